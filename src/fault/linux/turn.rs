//! One dump at a time.

use crate::threads::system::{self, thread_id};
use std::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// The thread that prints; 0: none.
static PRINTING: AtomicU32 = AtomicU32::new(0);
/// The thread whose fatal signal was printed and is being passed on; 0: none.
static DYING: AtomicU32 = AtomicU32::new(0);

/// How long a dump waits for another one.
const PATIENCE: u64 = 5_000_000_000;
const STEP: u64 = 1_000_000;

/// What a handler may do.
pub(super) enum Entered {
    /// Print, until this is dropped.
    Alone(Turn),
    /// Nothing: this thread prints already.
    Nested,
    /// Nothing: another one prints, and does not come to an end.
    No,
}

pub(super) struct Turn(());

impl Drop for Turn {
    fn drop(&mut self) {
        PRINTING.store(0, Release);
    }
}

/// Waits for the turn to print.
pub(super) fn enter() -> Entered {
    let this = thread_id();
    let end = system::clock().saturating_add(PATIENCE);
    loop {
        match PRINTING.compare_exchange(0, this, AcqRel, Acquire) {
            Ok(_) => return Entered::Alone(Turn(())),
            Err(printing) if printing == this => return Entered::Nested,
            Err(_) if system::clock() >= end => return Entered::No,
            Err(_) => system::pause(STEP),
        }
    }
}

/// Whether somebody's fatal signal was printed and the process is about to end.
pub(super) fn is_dying() -> bool {
    DYING.load(Relaxed) != 0
}

/// Says so while `pass_on` runs, which may not come back.
pub(super) fn dying(pass_on: impl FnOnce()) {
    let outer = DYING.swap(thread_id(), Relaxed);
    pass_on();
    DYING.store(outer, Relaxed);
}
