//! What a thread knows of the log: how deep it is, on behalf of which task, and whether it is just writing a line.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Constant and without a destructor: usable while the thread exits, and inside an allocator.
struct Thread {
    /// Logged calls that are active, to the depth of which a line is indented.
    depth: Cell<u32>,
    /// The asynchronous task that runs; 0 for none.
    task: Cell<u64>,
    /// A line is being written.
    busy: Cell<bool>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread { depth: Cell::new(0), task: Cell::new(0), busy: Cell::new(false) }
    };
}

static SUPPRESSED: AtomicU64 = AtomicU64::new(0);

#[inline]
pub(super) fn depth() -> u32 {
    THREAD.with(|t| t.depth.get())
}

pub(super) fn set_depth(depth: u32) {
    THREAD.with(|t| t.depth.set(depth));
}

#[inline]
pub(super) fn task() -> u64 {
    THREAD.with(|t| t.task.get())
}

/// Says that `task` runs now, at `depth`, and gives what was before.
pub(super) fn switch(task: u64, depth: u32) -> (u64, u32) {
    THREAD.with(|t| (t.task.replace(task), t.depth.replace(depth)))
}

/// A number for a task that begins, from 1 on.
pub(super) fn next_task() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Relaxed)
}

/// While it lives, calls on this thread are not logged: those of a sink, of a value's `Debug`, of the allocator.
pub(super) struct Busy(());

impl Busy {
    /// `None` if the thread is writing a line already.
    #[inline]
    pub(super) fn enter() -> Option<Busy> {
        (!THREAD.with(|t| t.busy.replace(true))).then(|| Busy(()))
    }

    /// [`Busy::enter`], and a call that is not logged because of it is counted.
    #[inline]
    pub(super) fn enter_or_count() -> Option<Busy> {
        Busy::unless(THREAD.with(|t| t.busy.replace(true)))
    }
}

/// What a call asks as it begins, and as it ends: all at once, because without optimisation each time the thread's state is
/// asked for costs a hundred instructions.
impl Busy {
    /// A call begins: [`Busy::enter_or_count`], at which depth, and in which task.
    #[inline]
    pub(super) fn begin() -> Option<(Busy, u32, u64)> {
        let (busy, depth, task) =
            THREAD.with(|t| (t.busy.replace(true), t.depth.get(), t.task.get()));
        Busy::unless(busy).map(|busy| (busy, depth, task))
    }

    /// It has begun: calls from here on are at this depth.
    #[inline]
    pub(super) fn begun(self, depth: u32) {
        std::mem::forget(self);
        THREAD.with(|t| {
            t.depth.set(depth);
            t.busy.set(false);
        });
    }

    /// A call ends that began at this depth: [`Busy::enter_or_count`], and in which task.
    ///
    /// The depth is absolute: whatever a call left behind (a guard that was leaked) is gone when it ends.
    #[inline]
    pub(super) fn end(depth: u32) -> Option<(Busy, u64)> {
        let (busy, task) = THREAD.with(|t| {
            t.depth.set(depth);
            (t.busy.replace(true), t.task.get())
        });
        Busy::unless(busy).map(|busy| (busy, task))
    }

    #[inline]
    fn unless(busy: bool) -> Option<Busy> {
        if busy {
            SUPPRESSED.fetch_add(1, Relaxed);
            return None;
        }
        Some(Busy(()))
    }
}

impl Drop for Busy {
    #[inline]
    fn drop(&mut self) {
        THREAD.with(|t| t.busy.set(false));
    }
}

/// Calls that were not logged because they were made while a line was written.
pub(super) fn suppressed() -> u64 {
    SUPPRESSED.load(Relaxed)
}
