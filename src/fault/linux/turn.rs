//! One dump at a time.

use crate::threads::system::{self, Info, thread_id};
use std::sync::atomic::{
    AtomicU32, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// The thread that prints; 0: none.
static PRINTING: AtomicU32 = AtomicU32::new(0);
/// The thread whose fatal signal was printed and is being passed on; 0: none.
static DYING: AtomicU32 = AtomicU32::new(0);

/// What the system told of that signal, by address, and where on its stack that thread passes it on.
static PASSED: AtomicUsize = AtomicUsize::new(0);
static PASSED_AT: AtomicUsize = AtomicUsize::new(0);

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
    match DYING.load(Relaxed) {
        0 => false,
        dying => dying != thread_id() || is_within(),
    }
}

/// Whether this is the signal that this thread is passing on: the handler that was there before calls us in turn.
pub(super) fn comes_back(info: *const Info) -> bool {
    DYING.load(Relaxed) == thread_id() && PASSED.load(Relaxed) == info as usize && is_within()
}

/// Whether this thread is still passing on: a handler that jumped out of it (`siglongjmp`) is not, and the next signal begins
/// no deeper on the same stack.
fn is_within() -> bool {
    here() < PASSED_AT.load(Relaxed)
}

/// Says so while `pass_on` runs, which may not come back.
pub(super) fn dying(info: *const Info, pass_on: impl FnOnce()) {
    let outer = DYING.swap(thread_id(), Relaxed);
    PASSED.store(info as usize, Relaxed);
    PASSED_AT.store(here(), Relaxed);
    pass_on();
    DYING.store(outer, Relaxed);
}

#[inline(never)]
fn here() -> usize {
    let local = 0_u8;
    std::hint::black_box(&raw const local) as usize
}
