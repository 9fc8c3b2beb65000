//! The work that every call does, whoever's attribute is on it.

use crate::bench::Bench;
use std::hint::black_box;

/// The body. It is copied into each function, not called.
///
/// `black_box(())` is no instruction, but the compiler must take it to read and write all memory. Without
/// it, entering and leaving the frame of a leaf would be removed as stores that nothing reads, and the row
/// would show less than a real function pays.
macro_rules! body {
    ($a:ident, $b:ident) => {{
        ::std::hint::black_box(());
        $a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add($b.len() as u64)
    }};
}

/// A loop of calls of a `fn(u64, &str) -> u64`.
///
/// One loop for all of them, and by address: of a function that it knows all calls of, the compiler leaves
/// out arguments that are not used, an instruction that a row would be wrong by.
macro_rules! calls {
    ($function:path) => {
        |n| $crate::work::call($function, n)
    };
}

pub(crate) use {body, calls};

#[inline(never)]
pub(crate) fn call(function: fn(u64, &str) -> u64, n: u64) {
    let function = black_box(function);
    for i in 0..n {
        black_box(function(black_box(i), black_box("hello")));
    }
}

#[inline(never)]
fn bare(a: u64, b: &str) -> u64 {
    body!(a, b)
}

/// The call without a frame: what is subtracted from the rows of calls, and what times are a multiple of.
pub(crate) const BARE: Bench = Bench::new("bare", calls!(bare));

/// An empty loop, to be subtracted from loops that pass nothing.
pub(crate) const NOTHING: Bench = Bench::new("nothing", |n| {
    for _ in 0..n {
        black_box(());
    }
});
