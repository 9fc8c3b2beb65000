//! Errors, made 20 annotated functions deep.
//!
//! Making one is what a program pays that handles it and goes on: the words of the frames are copied. The
//! report, where values become text, and the text are for whoever is told of it. All grow with the number of
//! frames, up to the hundred that are kept, and with their values.

use super::STACKLENS;
use super::inspect::twenty_deep;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::NOTHING;
use stacklens::{Error, enhanced_traceback};
use std::fmt;
use std::hint::black_box;

const fn deep(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).inside(twenty_deep).counts([5, 25])
}

pub(super) const ROWS: [Row; 4] = [
    Row::new(
        STACKLENS,
        "an Error made, 20 deep",
        deep("Error::new", |n| {
            for _ in 0..n {
                let _ = black_box(Error::new(black_box(fmt::Error)));
            }
        }),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "its report",
        deep("report", |n| {
            let error = Error::new(fmt::Error);
            for _ in 0..n {
                let _ = black_box(error.report());
            }
        }),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "its report as text",
        deep("report as text", |n| {
            let report = Error::new(fmt::Error).report();
            for _ in 0..n {
                let _ = black_box(report.to_string());
            }
        }),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "enhanced_traceback without an error",
        deep("enhanced_traceback", |n| {
            for _ in 0..n {
                let done = enhanced_traceback(|| black_box(Ok::<u64, fmt::Error>(1)));
                let _ = black_box(done.is_ok());
            }
        }),
        NOTHING,
    ),
];
