//! How much may be done for one request.

use std::ffi::{c_int, c_long};
use std::time::Duration;

/// Values looked at between two looks at the clock.
const PER_LOOK: u32 = 32;

/// What is left of the time, the values and the bytes of a request. What is beyond is left out, and shown as left out.
pub(crate) struct Work {
    values: usize,
    bytes: u64,
    /// In time that this thread works: how busy the machine is does not count.
    until: Duration,
    looks: u32,
}

impl Work {
    /// For one frame or stack.
    pub(crate) fn within(time: Duration) -> Work {
        Work {
            values: 0,
            bytes: 0,
            until: worked().saturating_add(time),
            looks: 0,
        }
    }

    /// For the next variable: what others took of values and bytes does not count.
    pub(crate) fn next(&mut self, values: usize, bytes: u64) {
        (self.values, self.bytes) = (values, bytes);
    }

    /// Whether time is left.
    pub(crate) fn is_over(&self) -> bool {
        worked() >= self.until
    }

    /// Whether one more value may be read.
    pub(crate) fn value(&mut self) -> bool {
        self.looks += 1;
        if self.looks.is_multiple_of(PER_LOOK) && self.is_over() {
            self.values = 0;
        }
        self.values = match self.values.checked_sub(1) {
            Some(left) => left,
            None => return false,
        };
        true
    }

    /// Whether so many more bytes may be read.
    pub(crate) fn bytes(&mut self, count: u64) -> bool {
        match self.bytes.checked_sub(count) {
            Some(left) => self.bytes = left,
            None => return false,
        }
        true
    }
}

/// `struct timespec`, where `time_t` is as wide as a pointer.
#[repr(C)]
struct Timespec {
    seconds: c_long,
    nanos: c_long,
}

unsafe extern "C" {
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
}

/// `CLOCK_THREAD_CPUTIME_ID`
const WORK_OF_THREAD: c_int = 3;

/// How long this thread has worked.
pub(crate) fn worked() -> Duration {
    let mut time = Timespec {
        seconds: 0,
        nanos: 0,
    };
    // SAFETY: the call writes to `time` alone.
    unsafe { clock_gettime(WORK_OF_THREAD, &raw mut time) };
    Duration::new(time.seconds as u64, time.nanos as u32)
}
