//! Frames of functions that have a limit of their own: which they are, and how many are active.

use super::guard::Active;
use super::record::{Record, STRIDE};
use super::thread;
use std::sync::atomic::Ordering::Relaxed;

/// A frame whose function is counted.
#[derive(Clone, Copy)]
pub(crate) struct LimitedFrame {
    record: usize,
    function: usize,
}

impl LimitedFrame {
    /// What the function is known by.
    pub(crate) fn function(self) -> usize {
        self.function
    }

    /// What the frame is known by: places of frames entered later are greater.
    pub(crate) fn place(self) -> usize {
        self.record
    }

    /// Whether a frame of the function is active at `place`, below this one.
    pub(crate) fn is_above(self, place: usize) -> bool {
        place < self.record && (!thread::with(|t| t.owns(place)) || self.is_at(place))
    }

    /// Whether the record at `place` is one of the function.
    fn is_at(self, place: usize) -> bool {
        // SAFETY: a place in the records of this thread's region.
        let record = unsafe { &*(place as *const Record) };
        record.meta.load(Relaxed) as usize == self.function
    }

    /// The number of the function's frames, this one included, as far as they have records.
    pub(crate) fn count_by_walking(self) -> usize {
        let (base, end) = thread::with(|t| (t.base.load(Relaxed), t.end.load(Relaxed)));
        let below = (base..self.record.min(end)).step_by(STRIDE);
        below.filter(|&place| self.is_at(place)).count() + 1
    }
}

impl Active {
    /// The frame, to be counted among those of its function.
    pub(crate) fn limited(&self) -> LimitedFrame {
        LimitedFrame {
            record: self.record,
            function: self.record().meta.load(Relaxed) as usize,
        }
    }
}
