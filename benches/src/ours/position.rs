//! Keeping the position.
//!
//! What each statement pays so that `line()` answers with the line the function is at now, not with where
//! it starts: one store of a constant to an address that is in a register. Statements that nothing can
//! observe (a `let` of a sum) store nothing.
//!
//! It would grow if the record's address had to be fetched again for each store, as it is in the body of an
//! async function.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use stacklens::frame;
use std::hint::black_box;

#[frame(skip_all)]
#[inline(never)]
fn nine() {
    black_box(());
    black_box(());
    black_box(());
    black_box(());
    black_box(());
    black_box(());
    black_box(());
    black_box(());
    black_box(());
}

#[frame(skip_all)]
#[inline(never)]
fn one() {
    black_box(());
}

macro_rules! calls {
    ($function:path) => {
        |n| {
            for _ in 0..n {
                $function();
            }
        }
    };
}

pub(super) const ROW: Row = Row::new(
    STACKLENS,
    "position store, each",
    Bench::new("nine positions", calls!(nine)),
    Bench::new("one position", calls!(one)),
)
.per(8)
.budget(1.0)
.untimed();
