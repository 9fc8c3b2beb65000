//! A frame that leaves the stack and comes back: an async function's, between two polls.

use super::guard::Guard;
use super::record::{INLINE_SLOTS, MARKED, Record, STRIDE};
use super::region::sink;
use super::thread;
use crate::capture::Tag;
use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering::Relaxed;

/// The flags of a frame that records its values.
#[cfg(unoptimised)]
const RECORDING: u32 = super::heat::WARM;
#[cfg(not(unoptimised))]
const RECORDING: u32 = 0;

/// The innermost frame of this thread, as the body of an async function reaches its own.
#[inline]
pub(crate) fn innermost() -> ManuallyDrop<Guard> {
    thread::with(|t| {
        let top = t.top.load(Relaxed);
        let recorded = t.base.load(Relaxed) < top && top <= t.end.load(Relaxed);
        // A frame that is only counted has no record: what is said of it is lost.
        Guard::of_record(if recorded { top - STRIDE } else { sink::base() })
    })
}

/// What is kept of a frame with `N` slots while it is suspended: where it is, and the values that are words. Bytes in the
/// arena stay behind with the thread; their values read as lost until they are captured anew.
#[derive(Clone, Debug)]
pub(crate) struct Suspended<const N: usize> {
    position: u32,
    notes: [u32; N],
    values: [u64; N],
}

impl<const N: usize> Suspended<N> {
    /// Slots beyond the record's own are not kept.
    const KEPT: () = assert!(N <= INLINE_SLOTS);

    /// A frame that has not run yet.
    pub(crate) const FRESH: Suspended<N> = Suspended {
        position: 0,
        notes: [Tag::EMPTY as u32; N],
        values: [0; N],
    };

    /// Gives the frame that was just entered what was kept.
    #[inline]
    pub(crate) fn resume(&self, guard: &Guard) {
        const { Self::KEPT };
        let record: &Record = guard.record();
        record.position.store(self.position, Relaxed);
        // What is kept must go on being recorded, however hot the function is.
        record.flags.store(RECORDING, Relaxed);
        for slot in 0..N {
            record.notes[slot].store(self.notes[slot], Relaxed);
            record.values[slot].store(self.values[slot], Relaxed);
        }
    }

    /// Keeps what the frame, about to be left, holds.
    #[inline]
    pub(crate) fn suspend(&mut self, guard: &Guard) {
        let record: &Record = guard.record();
        #[cfg(unoptimised)]
        super::heat::forget_if_hot(record);
        self.position = record.position.load(Relaxed) & !MARKED;
        for slot in 0..N {
            let note = record.notes[slot].load(Relaxed);
            let bytes = note as u8 == Tag::TEXT || note as u8 == Tag::TYPED;
            self.notes[slot] = note;
            // Without an offset: the length or the type is still known.
            self.values[slot] =
                record.values[slot].load(Relaxed) & if bytes { 0xffff_ffff } else { u64::MAX };
        }
    }
}
