//! `getrusage` of a thread, as it is on 64-bit processors.

use super::Usage;
use std::ffi::{c_int, c_long};
use std::mem::MaybeUninit;
use std::time::Duration;

const RUSAGE_THREAD: c_int = 1;

#[repr(C)]
struct TimeVal {
    seconds: i64,
    micros: i64,
}

/// `struct rusage`.
#[repr(C)]
struct RUsage {
    user: TimeVal,
    system: TimeVal,
    others: [c_long; 13],
    involuntary_switches: c_long,
}

unsafe extern "C" {
    fn getrusage(who: c_int, usage: *mut RUsage) -> c_int;
}

impl TimeVal {
    fn duration(&self) -> Duration {
        let seconds = u64::try_from(self.seconds).unwrap_or(0);
        Duration::from_secs(seconds) + Duration::from_micros(self.micros.unsigned_abs())
    }
}

pub(super) fn now() -> Option<Usage> {
    let mut usage = MaybeUninit::uninit();
    // SAFETY: a place for a `struct rusage`, which a success has filled.
    let usage: RUsage = unsafe {
        if getrusage(RUSAGE_THREAD, usage.as_mut_ptr()) != 0 {
            return None;
        }
        usage.assume_init()
    };
    Some(Usage {
        processor: usage.user.duration() + usage.system.duration(),
        preemptions: usage.involuntary_switches.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use super::now;
    use std::time::Duration;

    #[test]
    fn time_asleep_is_no_time_on_a_processor() {
        let before = now().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let asleep = now().unwrap();
        assert!(asleep.processor - before.processor < Duration::from_millis(40));
        while now().unwrap().processor < asleep.processor + Duration::from_millis(5) {}
    }
}
