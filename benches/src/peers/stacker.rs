//! Guards of the native stack: `stacker`, and the attributes of `recursive` and `stacksafe`, which call it.
//!
//! They ask on each call how much of the thread's stack is left, and switch to a new one if it is little: the
//! price of a recursion that cannot overflow. To be compared: the row `enter + leave` has our check in it (three
//! instructions), `#[frame(grow)]` what they do, and both have a frame besides.
//!
//! The rows of a million calls begin where little of the thread's stack is left, so that all grow on the way. They
//! would grow by what is kept on each stack that a call leaves, and by segments that are small: mapping one is a call
//! of the system. The time has in it what the system does for the pages.

use super::{PEERS, row};
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use std::hint::black_box;

#[inline(never)]
fn growing(a: u64, b: &str) -> u64 {
    stacker::maybe_grow(128 << 10, 2 << 20, || body!(a, b))
}

#[recursive::recursive]
#[inline(never)]
fn recursive(a: u64, b: &str) -> u64 {
    body!(a, b)
}

#[stacksafe::stacksafe]
#[inline(never)]
fn stacksafe(a: u64, b: &str) -> u64 {
    body!(a, b)
}

#[stacklens::frame(grow, skip_all)]
#[inline(never)]
fn ours(a: u64, b: &str) -> u64 {
    body!(a, b)
}

const CALLS: u64 = 1_000_000;

/// A recursion, by functions that differ in their attribute alone.
macro_rules! deep {
    ($(#[$attribute:meta])? $name:ident) => {
        $(#[$attribute])?
        #[inline(never)]
        fn $name(n: u64) -> u64 {
            if n == 0 {
                return 0;
            }
            black_box($name(black_box(n - 1))) + 1
        }
    };
}

deep!(
    #[stacklens::frame(grow)]
    ours_deep
);
deep!(
    #[stacksafe::stacksafe]
    stacksafe_deep
);
deep!(
    #[recursive::recursive]
    recursive_deep
);

/// Calls its argument where a mebibyte is left of the thread's stack.
fn near_the_end(body: &mut dyn FnMut()) {
    let pad = black_box([0_u8; 256 << 10]);
    match stacklens::recursion::remaining_stack() {
        Some(left) if left > 1 << 20 => near_the_end(body),
        _ => body(),
    }
    black_box(&pad);
}

/// One iteration is a million calls.
const fn growing_row(name: &'static str, bench: &'static str, run: fn(u64)) -> Row {
    let bench = Bench::new(bench, run).inside(near_the_end);
    Row::time_alone(PEERS, name, bench).per(CALLS)
}

macro_rules! descents {
    ($function:path) => {
        |n| {
            for _ in 0..n {
                black_box($function(black_box(CALLS)));
            }
        }
    };
}

pub(super) const ROWS: [Row; 7] = [
    row(
        "stacker::maybe_grow",
        Bench::new("stacker", calls!(growing)),
    ),
    row("recursive", Bench::new("recursive", calls!(recursive))),
    row("stacksafe", Bench::new("stacksafe", calls!(stacksafe))),
    row(
        "stacklens #[frame(grow, skip_all)]",
        Bench::new("grow", calls!(ours)),
    ),
    growing_row(
        "1,000,000 calls deep, growing, each: stacklens #[frame(grow)]",
        "grow, deep",
        descents!(ours_deep),
    ),
    growing_row(
        "1,000,000 calls deep, growing, each: stacksafe",
        "stacksafe, deep",
        descents!(stacksafe_deep),
    ),
    growing_row(
        "1,000,000 calls deep, growing, each: recursive",
        "recursive, deep",
        descents!(recursive_deep),
    ),
];
