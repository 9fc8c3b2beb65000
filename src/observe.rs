//! The places where a function is left by a value: `?`, `return e`, the value of its tail. A failure that passes one becomes a
//! hop of its return trace.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use crate::framed::Watching;
use crate::log_calls::call::Log;
use crate::stack::{Guard, innermost};
use crate::trace::{self, Left, Way};
use std::any::type_name;
use std::marker::PhantomData;
use std::ops::{ControlFlow, Deref};
use std::task::Poll;

/// The types that `?` works on.
#[diagnostic::on_unimplemented(
    message = "the `?` operator cannot be applied to type `{Self}`",
    label = "the `?` operator cannot be applied to type `{Self}`"
)]
pub trait Observed {
    /// Names the error's type, if there is an error.
    const ERROR: Option<fn() -> &'static str>;

    /// Whether `?` returns from the function.
    fn leaves(&self) -> bool;

    /// Tells the call log what the function is left by.
    fn failure(&self, log: &Log);
}

impl<T, E> Observed for Result<T, E> {
    const ERROR: Option<fn() -> &'static str> = Some(type_name::<E>);

    #[inline]
    #[allow(clippy::redundant_pattern_matching)] // `is_err` is a call in an unoptimised build
    fn leaves(&self) -> bool {
        matches!(self, Err(_))
    }

    fn failure(&self, log: &Log) {
        if let Err(error) = self {
            log.failed("Err", error);
        }
    }
}

impl<T> Observed for Option<T> {
    const ERROR: Option<fn() -> &'static str> = None;

    #[inline]
    #[allow(clippy::redundant_pattern_matching)] // as above
    fn leaves(&self) -> bool {
        matches!(self, None)
    }

    fn failure(&self, log: &Log) {
        log.none();
    }
}

impl<B, C> Observed for ControlFlow<B, C> {
    const ERROR: Option<fn() -> &'static str> = None;

    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, ControlFlow::Break(_))
    }

    fn failure(&self, log: &Log) {
        if let ControlFlow::Break(value) = self {
            log.failed("Break", value);
        }
    }
}

impl<T, E> Observed for Poll<Result<T, E>> {
    const ERROR: Option<fn() -> &'static str> = Some(type_name::<E>);

    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Err(_)))
    }

    fn failure(&self, log: &Log) {
        if let Poll::Ready(Err(error)) = self {
            log.failed("Err", error);
        }
    }
}

impl<T, E> Observed for Poll<Option<Result<T, E>>> {
    const ERROR: Option<fn() -> &'static str> = Some(type_name::<E>);

    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Some(Err(_))))
    }

    fn failure(&self, log: &Log) {
        if let Poll::Ready(Some(Err(error))) = self {
            log.failed("Err", error);
        }
    }
}

/// The operand of a `?` in a function that returns `R`: if it leaves the function, then from the position in `exit`.
#[inline]
pub fn q<R, T: Observed>(operand: T, exit: u64, guard: &Guard) -> T {
    if operand.leaves() {
        left::<R, T>(&operand, exit, guard);
    }
    operand
}

/// The operand of a `?` behind which the expression goes on, on another line.
#[inline]
pub fn q_next<R, T: Observed>(operand: T, exit: u64, success: u32, guard: &Guard) -> T {
    if operand.leaves() {
        left::<R, T>(&operand, exit, guard);
    } else {
        guard.at(success);
    }
    operand
}

#[inline]
pub fn q_top<R, T: Observed>(operand: T, exit: u64) -> T {
    if operand.leaves() {
        left_top::<R, T>(&operand, exit);
    }
    operand
}

#[inline]
pub fn q_next_top<R, T: Observed>(operand: T, exit: u64, success: u32) -> T {
    if operand.leaves() {
        left_top::<R, T>(&operand, exit);
    } else {
        innermost().at(success);
    }
    operand
}

/// The position that a failure leaves from is `exit`'s low bits; the position of the statement that made the failing
/// value is above them, 0 where that is the one that runs; then whether an `Option`'s `None` is a failure;
/// then by which code it leaves.
const POSITION: u32 = 20;

/// Whether the operand of a `?` leaves the function. If so, values are read next, for [`left`].
#[inline]
pub fn fails<T: Observed>(operand: &T, guard: &Guard) -> bool {
    let fails = operand.leaves();
    if fails {
        guard.thaw();
    }
    fails
}

#[inline]
pub fn fails_top<T: Observed>(operand: &T) -> bool {
    fails(operand, &innermost())
}

#[cold]
#[inline(never)]
pub fn left_top<R, T: Observed>(operand: &T, exit: u64) {
    left::<R, T>(operand, exit, &innermost());
}

/// The operand of a `?` leaves the function.
#[cold]
#[inline(never)]
pub fn left<R, T: Observed>(_: &T, exit: u64, guard: &Guard) {
    if T::ERROR.is_some() || exit >> (2 * POSITION) & 1 != 0 {
        leave(exit, guard, T::ERROR, type_name::<R>, false);
    } else {
        guard.at(position(exit));
    }
}

/// A function is about to leave by an `Err`: values are read next, for [`fail`].
#[inline]
pub fn failing(guard: &Guard) {
    guard.thaw();
}

#[inline]
pub fn failing_top() {
    innermost().thaw();
}

/// A function that returns `R` is about to leave by an `Err`.
#[cold]
#[inline(never)]
pub fn fail<R>(exit: u64, guard: &Guard) {
    leave(exit, guard, None, type_name::<R>, true);
}

#[cold]
#[inline(never)]
pub fn fail_top<R>(exit: u64) {
    leave(exit, &innermost(), None, type_name::<R>, true);
}

fn leave(
    exit: u64,
    guard: &Guard,
    error: Option<fn() -> &'static str>,
    result: fn() -> &'static str,
    made: bool,
) {
    let from = position(exit >> POSITION);
    guard.set_watched(false);
    let way = match exit >> (2 * POSITION + 1) & 3 {
        0 => Way::Question,
        1 => Way::Return,
        _ => Way::Tail,
    };
    trace::leave(
        guard,
        &Left {
            position: position(exit),
            from: (from > 0).then_some(from),
            made,
            way,
            error,
            result,
        },
    );
}

fn position(word: u64) -> u32 {
    word as u32 & ((1 << POSITION) - 1)
}

/// The value of a function that returns `R`, on its way out.
pub struct Leaf<R>(AnyLeaf<R>);

/// The same, of a type of which nothing is known.
pub struct AnyLeaf<R>(PhantomData<fn() -> R>);

impl<R> Leaf<R> {
    pub const NEW: Leaf<R> = Leaf(AnyLeaf(PhantomData));
}

impl<R> Deref for Leaf<R> {
    type Target = AnyLeaf<R>;

    #[inline]
    fn deref(&self) -> &AnyLeaf<R> {
        &self.0
    }
}

impl<T, E> Leaf<Result<T, E>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Result<T, E>, exit: u64, guard: &Guard) -> Result<T, E> {
        q::<Result<T, E>, _>(value, exit, guard)
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: Result<T, E>, exit: u64) -> Result<T, E> {
        q_top::<Result<T, E>, _>(value, exit)
    }
}

impl<T> Leaf<Option<T>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Option<T>, exit: u64, guard: &Guard) -> Option<T> {
        q::<Option<T>, _>(value, exit, guard)
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: Option<T>, exit: u64) -> Option<T> {
        q_top::<Option<T>, _>(value, exit)
    }
}

impl<T, E> Leaf<Result<T, E>> {
    /// How the future that returns this enters its frame: as `way` does, and watched.
    pub fn stacklens_watching<W>(&self, way: W) -> Watching<W, Result<T, E>> {
        Watching(way, PhantomData)
    }
}

impl<T> Leaf<Option<T>> {
    pub fn stacklens_watching<W>(&self, way: W) -> Watching<W, Option<T>> {
        Watching(way, PhantomData)
    }
}

impl<R> AnyLeaf<R> {
    pub fn stacklens_watching<W>(&self, way: W) -> W {
        way
    }

    #[inline]
    pub fn stacklens_ret(&self, value: R, _: u64, _: &Guard) -> R {
        value
    }

    #[inline]
    pub fn stacklens_ret_top(&self, value: R, _: u64) -> R {
        value
    }
}

/// The value of a function in which [`early`] watches, on its way out.
pub struct SeenLeaf<R>(Leaf<R>);

impl<R> SeenLeaf<R> {
    pub const NEW: SeenLeaf<R> = SeenLeaf(Leaf::NEW);
}

impl<R> Deref for SeenLeaf<R> {
    type Target = AnyLeaf<R>;

    #[inline]
    fn deref(&self) -> &AnyLeaf<R> {
        &self.0
    }
}

impl<T, E> SeenLeaf<Result<T, E>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Result<T, E>, exit: u64, guard: &Guard) -> Result<T, E> {
        guard.set_watched(false);
        self.0.stacklens_ret(value, exit, guard)
    }
}

impl<T> SeenLeaf<Option<T>> {
    #[inline]
    pub fn stacklens_ret(&self, value: Option<T>, exit: u64, guard: &Guard) -> Option<T> {
        guard.set_watched(false);
        self.0.stacklens_ret(value, exit, guard)
    }
}

/// Watches a function whose macros may return from it.
pub struct Early {
    record: usize,
    result: fn() -> &'static str,
    _stays_here: PhantomData<*const ()>,
}

/// When this is dropped and no exit was seen, the function was left by a macro: early, if its caller finds a failure.
#[inline]
pub fn early<R>(guard: &Guard) -> Early {
    guard.set_watched(true);
    Early {
        record: guard.address(),
        result: type_name::<R>,
        _stays_here: PhantomData,
    }
}

impl Drop for Early {
    #[inline]
    fn drop(&mut self) {
        let guard = Guard::of_record(self.record);
        if guard.is_watched() {
            left_early(&guard, self.result);
        }
    }
}

/// The body of an async function that returns `R` has ended in a failure. If that passed no exit, a macro returned.
#[cold]
#[inline(never)]
pub(crate) fn ended_in_failure<R>(guard: &Guard) {
    if !trace::has_left(guard) {
        left_early(guard, type_name::<R>);
    }
}

#[cold]
#[inline(never)]
fn left_early(guard: &Guard, result: fn() -> &'static str) {
    if std::thread::panicking() {
        return;
    }
    trace::leave(
        guard,
        &Left {
            position: guard.statement(),
            from: None,
            made: false,
            way: Way::Early,
            error: None,
            result,
        },
    );
}
