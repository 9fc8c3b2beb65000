//! `stacker`'s `maybe_grow`.
//!
//! It asks on each call how much of the thread's stack is left, and switches to a new one if it is little:
//! the price of a recursion that cannot overflow, to which a frame's own check of the stack's bounds is to
//! be compared.

use super::row;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};

#[inline(never)]
fn growing(a: u64, b: &str) -> u64 {
    stacker::maybe_grow(128 << 10, 2 << 20, || body!(a, b))
}

pub(super) const ROWS: [Row; 1] = [row(
    "stacker::maybe_grow",
    Bench::new("stacker", calls!(growing)),
)];
