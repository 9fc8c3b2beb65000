//! Two scalar arguments.
//!
//! What a frame pays to know the values it was called with, when they are numbers, characters or truth
//! values: a store each, and one for the word of tags that says what they are. There is nothing to be
//! gained by `skip`ping a number.
//!
//! It would grow if a type's tag were not a constant by the time the function is compiled (a generic `cap`
//! that is not inlined compares type identities at run time: some 30 instructions a value), or if each
//! value had its own tag to store.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use stacklens::frame;
use std::hint::black_box;

/// As in `work.rs`, of two numbers.
macro_rules! body {
    ($a:ident, $b:ident) => {{
        black_box(());
        $a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(u64::from($b))
    }};
}

macro_rules! calls {
    ($function:path) => {
        |n| {
            for i in 0..n {
                black_box($function(black_box(i), black_box(7_u32)));
            }
        }
    };
}

#[frame]
#[inline(never)]
fn recorded(a: u64, b: u32) -> u64 {
    body!(a, b)
}

#[frame(skip_all)]
#[inline(never)]
fn skipped(a: u64, b: u32) -> u64 {
    body!(a, b)
}

pub(super) const ROW: Row = Row::new(
    STACKLENS,
    "+ two scalar arguments",
    Bench::new("scalars recorded", calls!(recorded)),
    Bench::new("scalars skipped", calls!(skipped)),
)
.budget(3.0);
