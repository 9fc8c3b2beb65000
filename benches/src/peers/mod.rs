//! The same work under other crates' attributes and calls, in the same run. They do different things (see
//! each file): the table is to tell the size of a number, not who wins.

mod asynchronous;
mod backtrace;
mod call_log;
mod errors;
mod fastrace;
mod stacker;
mod tasks;
mod tracing;

use crate::bench::Bench;
use crate::ours::FRAMED;
use crate::row::Row;
use crate::work::{BARE, body, calls};
use std::hint::black_box;

/// The title over the rows.
const PEERS: &str = "peers";

/// The loop of calls without the call.
const LOOP: Bench = Bench::new("loop", |n| {
    for i in 0..n {
        black_box((black_box(i), black_box("hello")));
    }
});

#[stacklens::frame]
#[inline(never)]
fn framed(a: u64, b: &str) -> u64 {
    body!(a, b)
}

/// A row of calls, over plain calls.
const fn row(name: &'static str, bench: Bench) -> Row {
    Row::new(PEERS, name, bench, BARE)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![
        Row::new(PEERS, "the bare call itself", BARE, LOOP),
        row("stacklens #[frame(skip_all)]", FRAMED),
        row(
            "stacklens #[frame], both arguments recorded",
            Bench::new("#[frame]", calls!(framed)),
        ),
    ];
    rows.extend(tracing::ROWS);
    rows.extend(fastrace::ROWS);
    rows.extend(stacker::ROWS);
    rows.extend(backtrace::ROWS);
    rows.extend(errors::ROWS);
    rows.extend(call_log::ROWS);
    rows.extend(asynchronous::ROWS);
    rows.extend(tasks::ROWS);
    rows
}
