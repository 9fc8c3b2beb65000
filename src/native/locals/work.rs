//! How much may be done for one request.

use std::time::{Duration, Instant};

/// Values looked at between two looks at the clock.
const PER_LOOK: u32 = 32;

/// What is left of the time, the values and the bytes of a request. What is beyond is left out, and shown as left out.
pub(crate) struct Work {
    values: usize,
    bytes: u64,
    until: Option<Instant>,
    looks: u32,
}

impl Work {
    /// For one frame or stack.
    pub(crate) fn within(time: Duration) -> Work {
        Work {
            values: 0,
            bytes: 0,
            until: Instant::now().checked_add(time),
            looks: 0,
        }
    }

    /// For the next variable: what others took of values and bytes does not count.
    pub(crate) fn next(&mut self, values: usize, bytes: u64) {
        (self.values, self.bytes) = (values, bytes);
    }

    /// Whether time is left.
    pub(crate) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
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
