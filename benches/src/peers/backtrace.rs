//! The native stack, 20 annotated functions deep, captured in each call: addresses only, nothing is
//! symbolised.
//!
//! This is what there is to ask "how did I get here" without annotations; `stack()` answers the same
//! question and has the values, too. It grows with the depth, by the tables of each function that is
//! unwound.

use super::row;
use crate::bench::Bench;
use crate::ours::twenty_deep;
use crate::row::Row;
use crate::work::{body, calls};
use std::hint::black_box;

#[inline(never)]
fn std_captured(a: u64, b: &str) -> u64 {
    let _ = black_box(std::backtrace::Backtrace::force_capture());
    body!(a, b)
}

#[inline(never)]
fn captured(a: u64, b: &str) -> u64 {
    black_box(backtrace::Backtrace::new_unresolved());
    body!(a, b)
}

#[inline(never)]
fn walked(a: u64, b: &str) -> u64 {
    backtrace::trace(|frame| {
        black_box(frame.ip());
        true
    });
    body!(a, b)
}

/// Of one call, deep down.
const fn deep(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).inside(twenty_deep).counts([5, 25])
}

pub(super) const ROWS: [Row; 3] = [
    row(
        "std Backtrace::force_capture, 20 deep",
        deep("force_capture", calls!(std_captured)),
    ),
    row(
        "backtrace::Backtrace::new_unresolved, 20 deep",
        deep("new_unresolved", calls!(captured)),
    ),
    row(
        "backtrace::trace, addresses only, 20 deep",
        deep("trace", calls!(walked)),
    ),
];
