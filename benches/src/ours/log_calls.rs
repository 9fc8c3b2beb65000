//! The call log: two lines a call, with both arguments and the result.
//!
//! What a logged call pays up to the sink, which counts the bytes: the frame, the line of the call with its
//! arguments from the frame's record, the line of the return with the result (a number of nineteen digits).
//! No allocation, no lock, no clock. Filtered out by level or path, it is the question whether the site is
//! off, on the way in and out.
//!
//! It would grow by a value that is not a number or a short text (those are printed by hand), by a name that
//! must be learned from `self` at each call, and by a clock: `time`, or a sink that asks for it.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{BARE, calls};
use stacklens::log_calls::{self, Event, Sink};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting(AtomicUsize);

impl Sink for Counting {
    fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
        self.0.fetch_add(event.line().len(), Relaxed);
        Ok(())
    }
}

static COUNTING: Counting = Counting(AtomicUsize::new(0));

/// Written out: what a macro returns is not seen, and a line with a result is to be measured.
#[stacklens::log_calls]
#[inline(never)]
fn logged(a: u64, b: &str) -> u64 {
    ::std::hint::black_box(());
    a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(b.len() as u64)
}

/// The frame that the log is put on.
#[stacklens::frame]
#[inline(never)]
fn framed(a: u64, b: &str) -> u64 {
    ::std::hint::black_box(());
    a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(b.len() as u64)
}

fn on() {
    log_calls::set_sink(&COUNTING);
    logged(1, "hello");
    assert!(
        COUNTING.0.load(Relaxed) > 0,
        "there is a line to be measured"
    );
}

fn off() {
    log_calls::set_sink(&COUNTING);
    log_calls::set_filter("off").expect("a filter");
    logged(1, "hello");
    assert_eq!(COUNTING.0.load(Relaxed), 0, "there is no line");
}

const LOGGED: Bench = Bench::new("log_calls", calls!(logged)).prepared_by(on);

pub(super) const ROWS: [Row; 3] = [
    Row::new(STACKLENS, "log_calls, two lines to a sink", LOGGED, BARE).budget(900.0),
    Row::new(
        STACKLENS,
        "log_calls filtered out, over its frame",
        Bench::new("log_calls filtered out", calls!(logged)).prepared_by(off),
        Bench::new("frame with arguments", calls!(framed)),
    )
    .budget(15.0),
    Row::allocations(STACKLENS, "log_calls, allocations", LOGGED).budget(0.0),
];
