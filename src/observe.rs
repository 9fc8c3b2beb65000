//! `?` tells the frame where the function leaves.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use crate::stack::{Guard, innermost};
use std::ops::ControlFlow;
use std::task::Poll;

/// The types that `?` works on.
#[diagnostic::on_unimplemented(
    message = "the `?` operator cannot be applied to type `{Self}`",
    label = "the `?` operator cannot be applied to type `{Self}`"
)]
pub trait Observed {
    /// Whether `?` returns from the function.
    fn leaves(&self) -> bool;
}

impl<T, E> Observed for Result<T, E> {
    #[inline]
    fn leaves(&self) -> bool {
        self.is_err()
    }
}

impl<T> Observed for Option<T> {
    #[inline]
    fn leaves(&self) -> bool {
        self.is_none()
    }
}

impl<B, C> Observed for ControlFlow<B, C> {
    #[inline]
    fn leaves(&self) -> bool {
        self.is_break()
    }
}

impl<T, E> Observed for Poll<Result<T, E>> {
    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Err(_)))
    }
}

impl<T, E> Observed for Poll<Option<Result<T, E>>> {
    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Some(Err(_))))
    }
}

/// The operand of a `?`: if it leaves the function, then from `failure`.
#[inline]
pub fn q<T: Observed>(operand: T, failure: u32, guard: &Guard) -> T {
    if operand.leaves() {
        guard.at(failure);
    }
    operand
}

/// The operand of a `?` behind which the expression goes on, on another line.
#[inline]
pub fn q_next<T: Observed>(operand: T, failure: u32, success: u32, guard: &Guard) -> T {
    guard.at(if operand.leaves() { failure } else { success });
    operand
}

#[inline]
pub fn q_top<T: Observed>(operand: T, failure: u32) -> T {
    if operand.leaves() {
        innermost().at(failure);
    }
    operand
}

#[inline]
pub fn q_next_top<T: Observed>(operand: T, failure: u32, success: u32) -> T {
    innermost().at(if operand.leaves() { failure } else { success });
    operand
}
