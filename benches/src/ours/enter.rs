//! Entering and leaving a frame.
//!
//! What every call of an annotated function pays before it records a single value: reading and writing the
//! thread's top, the check that there is room, and the four words of the record (function, position, stack
//! pointer, code address). A function that is called a hundred million times a second notices; one that
//! allocates, locks or prints does not.
//!
//! It would grow by a second look at the thread-local storage (in a shared library each look is a call), by
//! another word in the record's header, and most of all by a call on the path where there is no room, if
//! the compiler knew of it: it would then keep the function's arguments in registers that must be saved and
//! restored on every call.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use stacklens::frame;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

#[frame(skip_all)]
#[inline(never)]
fn framed(a: u64, b: &str) -> u64 {
    body!(a, b)
}

/// The one statement of the work stores its position, which is a row of its own. This store takes it out.
#[inline(never)]
fn bare_with_a_store(a: u64, b: &str) -> u64 {
    // Kept although nothing reads it.
    #[used]
    static POSITION: AtomicU32 = AtomicU32::new(0);
    POSITION.store(1, Relaxed);
    body!(a, b)
}

/// A call with a frame that records no values.
pub(crate) const FRAMED: Bench = Bench::new("frame", calls!(framed));

pub(super) const ROW: Row = Row::new(
    STACKLENS,
    "enter + leave",
    FRAMED,
    Bench::new("bare with a store", calls!(bare_with_a_store)),
)
.budget(18.0)
.goal(14.0);
