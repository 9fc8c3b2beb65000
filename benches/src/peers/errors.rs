//! Errors of other crates, made 20 annotated functions deep, as they come: without `RUST_BACKTRACE`, which
//! would add what `force_capture` costs above.
//!
//! anyhow keeps the error and nothing of where it was made; eyre and error-stack a place. What each of them
//! knows of the way there is what a native backtrace would say.

use super::PEERS;
use crate::bench::Bench;
use crate::ours::twenty_deep;
use crate::row::Row;
use crate::work::NOTHING;
use std::fmt;
use std::hint::black_box;

/// Deep down, over an empty loop.
const fn row(name: &'static str, run: fn(u64)) -> Row {
    let bench = Bench::new(name, run).inside(twenty_deep).counts([5, 25]);
    Row::new(PEERS, name, bench, NOTHING)
}

pub(super) const ROWS: [Row; 3] = [
    row("an anyhow::Error made", |n| {
        for _ in 0..n {
            let _ = black_box(anyhow::Error::new(black_box(fmt::Error)));
        }
    }),
    row("an eyre::Report made", |n| {
        for _ in 0..n {
            let _ = black_box(eyre::Report::new(black_box(fmt::Error)));
        }
    }),
    row("an error_stack::Report made", |n| {
        for _ in 0..n {
            let _ = black_box(error_stack::Report::new(black_box(fmt::Error)));
        }
    }),
];
