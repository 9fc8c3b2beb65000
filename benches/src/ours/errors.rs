//! Errors, made 20 annotated functions deep.
//!
//! Making one is what a program pays that handles it and goes on: the words of the frames are copied. The
//! report, where values become text, and the text are for whoever is told of it. All grow with the number of
//! frames, up to the hundred that are kept, and with their values.
//!
//! A `?` is to cost nothing where nothing fails: the rows would grow if what is asked on the failing path had the
//! operand's address.

use super::STACKLENS;
use super::inspect::twenty_deep;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::NOTHING;
use stacklens::{Error, enhanced_traceback, frame};
use std::hint::black_box;
use std::{fmt, io};

/// A loop over a `?`, in an annotated function and in one that is a part of such a function. A position is stored for each
/// round, too.
macro_rules! questions {
    ($annotated:ident, $plain:ident, $error:ty) => {
        #[inline(never)]
        #[frame(skip_all)]
        fn $annotated(get: fn(u64) -> Result<u64, $error>) -> Result<u64, $error> {
            let mut n = 0;
            while n < 8 {
                n = get(n)?;
            }
            Ok(n)
        }

        #[inline(never)]
        #[frame(skip_all)]
        fn $plain(get: fn(u64) -> Result<u64, $error>) -> Result<u64, $error> {
            #[inline(always)]
            fn plain(get: fn(u64) -> Result<u64, $error>) -> Result<u64, $error> {
                let mut n = 0;
                while n < 8 {
                    n = get(n)?;
                }
                Ok(n)
            }
            plain(get)
        }
    };
}

questions!(ours, ours_plain, Error);
questions!(theirs, theirs_plain, io::Error);

#[inline(never)]
fn succeed<E>(n: u64) -> Result<u64, E> {
    Ok(black_box(n + 1))
}

macro_rules! calls {
    ($function:path) => {
        |n| {
            for _ in 0..n {
                let _ = black_box($function(black_box(succeed)));
            }
        }
    };
}

/// Fails in the innermost of twenty functions, and leaves them all.
#[inline(never)]
#[frame]
fn leaves(level: u64) -> Result<u64, fmt::Error> {
    if level == 20 {
        return Err(fmt::Error);
    }
    let below = leaves(level + 1)?;
    Ok(below + 1)
}

const fn deep(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).inside(twenty_deep).counts([5, 25])
}

pub(super) const ROWS: [Row; 7] = [
    Row::new(
        STACKLENS,
        "a statement with a `?` that succeeds, of an Error",
        Bench::new("? of Error", calls!(ours)),
        Bench::new("plain ? of Error", calls!(ours_plain)),
    )
    .per(8)
    .budget(2.0)
    .untimed(),
    Row::new(
        STACKLENS,
        "a statement with a `?` that succeeds, of an io::Error",
        Bench::new("? of io::Error", calls!(theirs)),
        Bench::new("plain ? of io::Error", calls!(theirs_plain)),
    )
    .per(8)
    .budget(2.0)
    .untimed(),
    Row::new(
        STACKLENS,
        "an error that leaves 20 functions, each",
        Bench::new("leaves", |n| {
            for _ in 0..n {
                let _ = black_box(leaves(black_box(1)));
            }
        })
        .counts([5, 25]),
        NOTHING,
    )
    .per(20),
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
