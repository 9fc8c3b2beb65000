//! The native stack, 20 annotated functions deep: captured in each call, addresses only; and captured, named and printed
//! as text, once all that is needed of the debug information has been read. color-backtrace prints what `backtrace`
//! captured.
//!
//! This is what there is to ask "how did I get here" without annotations; `stack()` answers the same
//! question and has the values, too. It grows with the depth, by the tables of each function that is
//! unwound. The first time that names are wanted is no loop: it costs each of these a few hundred milliseconds in this
//! program, whose debug information they parse as a whole, and us about one.

use super::{PEERS, row};
use crate::bench::Bench;
use crate::ours::twenty_deep;
use crate::row::Row;
use crate::work::{NOTHING, body, calls};
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

fn ours_text() -> String {
    stacklens::native::stack().to_string()
}

fn std_text() -> String {
    std::backtrace::Backtrace::force_capture().to_string()
}

fn backtrace_text() -> String {
    format!("{:?}", backtrace::Backtrace::new())
}

fn color_text() -> String {
    let printer = color_backtrace::BacktracePrinter::new();
    let text = printer.format_trace_to_string(&backtrace::Backtrace::new());
    text.unwrap_or_default()
}

/// Printed again and again; the first is in what both counts have.
const fn printed(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).inside(twenty_deep).counts([1, 3])
}

/// A loop that calls a function.
macro_rules! texts {
    ($text:expr) => {
        |n| {
            for _ in 0..n {
                black_box($text());
            }
        }
    };
}

pub(super) const ROWS: [Row; 7] = [
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
    Row::new(
        PEERS,
        "stacklens native::stack(), printed again, 20 deep",
        printed("native text", texts!(ours_text)),
        NOTHING,
    ),
    Row::new(
        PEERS,
        "std Backtrace, printed again, 20 deep",
        printed("std text", texts!(std_text)),
        NOTHING,
    ),
    Row::new(
        PEERS,
        "backtrace::Backtrace, printed again, 20 deep",
        printed("backtrace text", texts!(backtrace_text)),
        NOTHING,
    ),
    Row::new(
        PEERS,
        "color-backtrace, printed again, 20 deep",
        printed("color-backtrace text", texts!(color_text)),
        NOTHING,
    ),
];
