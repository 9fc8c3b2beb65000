//! The native stack, 20 annotated functions deep.
//!
//! Capturing is what an error or a panic pays that is to have native frames in its report: the unwinder's walk,
//! which is most of it, and it grows with the depth. Printing is paid by who prints; here it is printed again:
//! the first time a program's debug information is looked at takes milliseconds and is no loop. A cross-check
//! is what each N-th call pays in the debug mode.
//!
//! Beside it stand std's backtrace and the `backtrace` crate's, see `peers/backtrace.rs`.

use super::STACKLENS;
use super::inspect::twenty_deep;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::NOTHING;
use stacklens::native;
use std::hint::black_box;

/// Of one call, deep down.
const fn deep(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).inside(twenty_deep).counts([5, 25])
}

pub(super) const ROWS: [Row; 3] = [
    Row::new(
        STACKLENS,
        "native::stack(), 20 deep, not named",
        deep("native::stack", |n| {
            for _ in 0..n {
                black_box(native::stack());
            }
        }),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "native::stack(), 20 deep, named again",
        deep("native::stack named", |n| {
            let stack = native::stack();
            for _ in 0..n {
                for frame in stack.frames() {
                    black_box(frame.symbols().functions().len());
                }
            }
        }),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "native::crosscheck(), 20 deep",
        deep("native::crosscheck", |n| {
            for _ in 0..n {
                black_box(native::crosscheck());
            }
        }),
        NOTHING,
    ),
];
