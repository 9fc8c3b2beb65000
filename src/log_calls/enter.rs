//! The arguments of a call that is logged.
//!
//! In an unoptimised build a hot function records no values; a call that is logged does.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use crate::stack::Guard;
#[cfg(unoptimised)]
use crate::{capture::Erased, stack::Depth};

/// Records an argument that was not, because the function is hot.
#[cfg(unoptimised)]
#[inline(always)]
pub fn log_argument<T>(index: u32, value: &T, frame: &Guard) {
    again(index, Erased::of(value), Depth::Whole, frame);
}

/// The same, recording scalars only.
#[cfg(unoptimised)]
#[inline(always)]
pub fn log_argument_plain<T>(index: u32, value: &T, frame: &Guard) {
    again(index, Erased::of(value), Depth::Surface, frame);
}

#[cfg(unoptimised)]
fn again(index: u32, value: Erased<'_>, depth: Depth, frame: &Guard) {
    frame.thaw();
    frame.argument_again(index, value, depth);
}

/// It is recorded always.
#[cfg(not(unoptimised))]
#[inline]
pub fn log_argument<T>(_: u32, _: &T, _: &Guard) {}

#[cfg(not(unoptimised))]
#[inline]
pub fn log_argument_plain<T>(_: u32, _: &T, _: &Guard) {}
