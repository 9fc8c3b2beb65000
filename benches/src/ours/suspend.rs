//! The frame of an async function.
//!
//! It is on the thread's stack only while the function is polled, so each poll enters it, gives it back
//! what it held, and keeps that again when the poll ends with `Pending`; and that for each async function
//! between the task and the one that waits. A task that wakes up a thousand times a second through ten
//! levels pays ten thousand times this number.
//!
//! It would grow with the number of values a frame holds over a suspension, and with the size of what lies
//! in the future beside the function's own state, since a future is moved into the one that awaits it.
//! Un-annotated levels are free: the compiler makes one state machine of them, and that is what is
//! subtracted here.

use super::STACKLENS;
use crate::asynchronous::{BARE_CHAIN, POLLED_LEVELS, chain, driven};
use crate::bench::Bench;
use crate::row::Row;

chain!(framed, [#[stacklens::frame(skip_all)]]);
chain!(recorded, [#[stacklens::frame]]);

/// The chain with frames that record no values.
pub(super) const CHAIN: Bench = Bench::new("framed chain", driven!(framed)).counts([100, 600]);

pub(super) const ROWS: [Row; 2] = [
    Row::new(
        STACKLENS,
        "async frame, per poll and level",
        CHAIN,
        BARE_CHAIN,
    )
    .per(POLLED_LEVELS)
    .budget(80.0),
    Row::new(
        STACKLENS,
        "async frame, number and text recorded",
        Bench::new("recorded chain", driven!(recorded)).counts([100, 600]),
        BARE_CHAIN,
    )
    .per(POLLED_LEVELS),
];
