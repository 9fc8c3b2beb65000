//! One frame as it is kept: by the thread that polls its future, for readers on any other.
//!
//! Who polls is the only writer. What it writes lies between two changes of `polls`, which is odd while it may write:
//!
//! ```text
//! take     id = another (release)   fence   who, what, since when, record   polls = 1 (release)
//! suspend  position, values                                                 polls + 1 (release)   fence
//! resume   record                           polls + 1 (release)   fence     awaited by whom, polled when
//! release                                   polls = 0 (release)   fence
//! made     position, values, made by whom   polls = 1 << 63 (release)   fence: instead of the first `suspend`
//! ```
//!
//! A reader loads `id` and `polls` in this order, copies, and loads them again: if both are the same, all that it copied
//! was written before, and nothing of it was being written meanwhile. It never waits. What it copies while `polls` is odd
//! is the record, for as long as that is the frame's.
//!
//! Built a second time, with loom's atomics, by tests/suspended_loom.rs: nothing is used here but what is imported.

use super::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::*, fence};

/// Which frame: the node's place in the tables in the low half; above, how many frames had the node before. 0 is none.
pub(crate) type Id = u64;

/// In every place, so that none is 0.
pub(crate) const PLACE: Id = 1 << 30;

/// In a node's `parent`: it did not poll this one, it made it and left it to somebody else.
pub(crate) const SPAWNED: Id = 1 << 31;

/// In a node's `polls`: the frame was made before the future was polled, so that what is counted below begins at 0.
const MADE: u64 = 1 << 63;

/// One more frame had the node.
const NEXT: Id = 1 << 32;

/// The head of a node; its values follow it in memory.
#[repr(C, align(64))]
pub(crate) struct Node {
    pub(crate) id: AtomicU64,
    /// The function's literal.
    pub(crate) meta: AtomicPtr<u8>,
    /// Who polled it last, or [`SPAWNED`] it.
    pub(crate) parent: AtomicU64,
    /// The record on the stack of the thread that polls it, or that polled it last.
    pub(crate) record: AtomicPtr<()>,
    /// How often it was polled, and how often it was suspended again; 0 while the node is nobody's.
    pub(crate) polls: AtomicU64,
    /// When it was polled first, by the [clock](super::clock). Of a free node: the next free one's address (at a thread's
    /// hand) or place (in a chain).
    pub(crate) created: AtomicU64,
    /// When the poll began in which it was polled last. Of a free node: the next chain of free ones.
    pub(crate) polled: AtomicU64,
    /// The statement at which it waits.
    pub(crate) position: AtomicU32,
    /// How many values follow.
    pub(crate) slots: AtomicU32,
}

/// What a copy is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) id: Id,
    polls: u64,
}

impl Moment {
    /// Whether it was being polled.
    pub(crate) fn is_running(self) -> bool {
        self.polls & 1 == 1
    }

    /// How often it had been polled, the poll that was going on included.
    pub(crate) fn polls(self) -> u64 {
        (self.polls & !MADE).div_ceil(2)
    }
}

impl Node {
    /// A future takes the node, and is polled for the first time: its frame is at `record`.
    #[inline(always)]
    pub(crate) fn take(&self, meta: *mut u8, record: *mut (), slots: u32, now: u64) {
        self.id
            .store(self.id.load(Relaxed).wrapping_add(NEXT), Release);
        fence(Release);
        self.meta.store(meta, Relaxed);
        self.created.store(now, Relaxed);
        // Those without values are of a table of their own, where the word stays 0.
        if slots > 0 {
            self.slots.store(slots, Relaxed);
        }
        self.record.store(record, Relaxed);
    }

    /// The last part of taking the node, and of resuming it: who polls it, and when.
    #[inline(always)]
    pub(crate) fn taken(&self, parent: Id, now: u64) {
        self.parent.store(parent, Relaxed);
        self.polled.store(now, Relaxed);
        self.polls.store(1, Release);
    }

    /// It is polled again: its frame is at `record`.
    #[inline(always)]
    pub(crate) fn resume(&self, record: *mut (), parent: Id, now: u64) {
        self.record.store(record, Relaxed);
        self.polls.store(self.polls.load(Relaxed) + 1, Release);
        fence(Release);
        self.parent.store(parent, Relaxed);
        self.polled.store(now, Relaxed);
    }

    /// It waits, once position and values are stored.
    #[inline(always)]
    pub(crate) fn rest(&self) {
        self.polls.store(self.polls.load(Relaxed) + 1, Release);
        // What the place of its record is used for from here on is not the frame's.
        fence(Release);
    }

    /// The function that makes the future returns it, once position and values are stored: it waits for its first poll.
    #[inline]
    pub(crate) fn made(&self, by: Id) {
        self.parent.store(by, Relaxed);
        self.polls.store(MADE, Release);
        fence(Release);
    }

    /// The frame is gone, and the node nobody's.
    #[inline(always)]
    pub(crate) fn release(&self) {
        self.polls.store(0, Release);
        fence(Release);
    }

    /// The number of the frame that has the node, or had it last.
    #[inline]
    pub(crate) fn id(&self) -> Id {
        self.id.load(Relaxed)
    }

    /// Who polled the frame last, or made it ([`SPAWNED`]); 0 for nobody.
    #[inline]
    pub(crate) fn parent(&self) -> Id {
        self.parent.load(Relaxed)
    }

    /// The present moment, if the node is somebody's.
    #[inline]
    pub(crate) fn moment(&self) -> Option<Moment> {
        let id = self.id.load(Acquire);
        let polls = self.polls.load(Acquire);
        (polls != 0).then_some(Moment { id, polls })
    }

    /// Whether what was read since `moment` is all of that moment.
    #[inline]
    pub(crate) fn is_still(&self, moment: Moment) -> bool {
        fence(Acquire);
        self.id.load(Relaxed) == moment.id && self.polls.load(Relaxed) == moment.polls
    }
}
