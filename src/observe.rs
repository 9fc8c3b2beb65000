//! The places where a function is left by a value: `?`, `return e`, the value of its tail. A failure that passes one becomes a
//! hop of its return trace.

#![allow(missing_docs)] // hidden: called by the macros' output alone

mod leaf;

pub use leaf::{Leaf, SeenLeaf};

use crate::capture::{Erased, debug};
use crate::error::{Route, route_of};
use crate::log_calls::call::Log;
use crate::stack::{Active, Guard, innermost};
use crate::trace::{self, Left, Way};
use std::any::type_name;
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::Poll;

/// The types that `?` works on.
#[diagnostic::on_unimplemented(
    message = "the `?` operator cannot be applied to type `{Self}`",
    label = "the `?` operator cannot be applied to type `{Self}`"
)]
pub trait Observed {
    /// Names the error's type, if there is an error.
    const ERROR: Option<fn() -> &'static str>;

    /// Whether the error may be one that keeps its route: it is as large as those are. What is not, costs nothing to be
    /// compiled.
    const KEEPS_ROUTE: bool = false;

    /// Whether `?` returns from the function.
    fn leaves(&self) -> bool;

    /// The route of the error, if it keeps one.
    fn route(&self) -> Option<Arc<Route>> {
        None
    }

    /// Tells the call log what the function is left by.
    fn failure(&self, log: &Log);
}

impl<T, E> Observed for Result<T, E> {
    const ERROR: Option<fn() -> &'static str> = Some(type_name::<E>);
    const KEEPS_ROUTE: bool = keeps_route::<E>();

    #[inline]
    #[allow(clippy::redundant_pattern_matching)] // `is_err` is a call in an unoptimised build
    fn leaves(&self) -> bool {
        matches!(self, Err(_))
    }

    #[inline]
    fn route(&self) -> Option<Arc<Route>> {
        match self {
            Err(error) => copied_route(error),
            _ => None,
        }
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
    const KEEPS_ROUTE: bool = keeps_route::<E>();

    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Err(_)))
    }

    #[inline]
    fn route(&self) -> Option<Arc<Route>> {
        match self {
            Poll::Ready(Err(error)) => copied_route(error),
            _ => None,
        }
    }

    fn failure(&self, log: &Log) {
        if let Poll::Ready(Err(error)) = self {
            log.failed("Err", error);
        }
    }
}

impl<T, E> Observed for Poll<Option<Result<T, E>>> {
    const ERROR: Option<fn() -> &'static str> = Some(type_name::<E>);
    const KEEPS_ROUTE: bool = keeps_route::<E>();

    #[inline]
    fn leaves(&self) -> bool {
        matches!(self, Poll::Ready(Some(Err(_))))
    }

    #[inline]
    fn route(&self) -> Option<Arc<Route>> {
        match self {
            Poll::Ready(Some(Err(error))) => copied_route(error),
            _ => None,
        }
    }

    fn failure(&self, log: &Log) {
        if let Poll::Ready(Some(Err(error))) = self {
            log.failed("Err", error);
        }
    }
}

const fn keeps_route<E>() -> bool {
    size_of::<E>() == size_of::<usize>()
}

/// The route of an error, by a copy of it: if the address of the error itself were handed on, an optimised function would have
/// every operand in memory, also those that succeed.
#[inline]
fn copied_route<E>(error: &E) -> Option<Arc<Route>> {
    // SAFETY: the bytes of a value, as bytes that nothing drops.
    let copy = unsafe { std::ptr::from_ref(error).cast::<MaybeUninit<E>>().read() };
    // SAFETY: they are those of a value that is alive, lent and not touched for as long as this one is looked at; of the types
    // that `route_of` knows nothing changes by that, and others it does not look at.
    route_of(Erased::of(unsafe { copy.assume_init_ref() }))
}

/// The route of a failure's error; not even asked for, if it cannot have one. To be the last argument of a call: what would be
/// computed behind it might unwind, and each crate would have to compile how it is dropped then.
macro_rules! route {
    ($operand:expr, $type:ty) => {
        if const { <$type as Observed>::KEEPS_ROUTE } {
            Observed::route($operand)
        } else {
            None
        }
    };
}

use route;

/// The operand of a `?` in a function that returns `R`: if it leaves the function, then from the position in `exit`.
#[inline]
pub fn q<R, T: Observed>(operand: T, exit: u64, frame: Active) -> T {
    if operand.leaves() {
        left_by(T::ERROR, exit, frame, type_name::<R>, route!(&operand, T));
    }
    operand
}

/// The operand of a `?` behind which the expression goes on, on another line.
#[inline]
pub fn q_next<R, T: Observed>(operand: T, exit: u64, success: u32, frame: Active) -> T {
    if operand.leaves() {
        left_by(T::ERROR, exit, frame, type_name::<R>, route!(&operand, T));
    } else {
        frame.at(success);
    }
    operand
}

#[inline]
pub fn q_top<R, T: Observed>(operand: T, exit: u64) -> T {
    if operand.leaves() {
        left_by(
            T::ERROR,
            exit,
            innermost().active,
            type_name::<R>,
            route!(&operand, T),
        );
    }
    operand
}

#[inline]
pub fn q_next_top<R, T: Observed>(operand: T, exit: u64, success: u32) -> T {
    if operand.leaves() {
        left_by(
            T::ERROR,
            exit,
            innermost().active,
            type_name::<R>,
            route!(&operand, T),
        );
    } else {
        innermost().at(success);
    }
    operand
}

/// The position that a failure leaves from is `exit`'s low bits; the position of the statement that made the failing
/// value is above them, plus one, 0 where that is the one that runs; then whether an `Option`'s `None` is a failure;
/// then by which code it leaves.
const POSITION: u32 = 20;

type Found = (Option<fn() -> &'static str>, Option<Arc<Route>>);

thread_local! {
    /// What [`fails`] has found, for [`left`]: what names the error, and its route.
    static FOUND: Cell<Found> = const { Cell::new((None, None)) };
}

/// Whether the operand of a `?` leaves the function. If so, values are read next, for [`left`].
#[inline]
pub fn fails<T: Observed>(operand: &T, frame: Active) -> bool {
    let fails = operand.leaves();
    if fails {
        found(T::ERROR, frame, route!(operand, T));
    }
    fails
}

#[inline]
pub fn fails_top<T: Observed>(operand: &T) -> bool {
    fails(operand, innermost().active)
}

#[cold]
#[inline(never)]
fn found(error: Option<fn() -> &'static str>, frame: Active, route: Option<Arc<Route>>) {
    frame.thaw();
    // A `Debug` that the reads run has no errors of its own here.
    if !debug::is_busy() {
        let _ = FOUND.try_with(|found| found.set((error, route)));
    }
}

#[cold]
#[inline(never)]
pub fn left_top<R>(exit: u64) {
    left::<R>(exit, innermost().active);
}

/// The operand of which [`fails`] was asked leaves the function: generic over the result alone, of which there are few.
#[cold]
#[inline(never)]
pub fn left<R>(exit: u64, frame: Active) {
    let (error, route) = match debug::is_busy() {
        true => (None, None),
        false => FOUND.try_with(Cell::take).unwrap_or_default(),
    };
    left_by(error, exit, frame, type_name::<R>, route);
}

#[cold]
#[inline(never)]
fn left_by(
    error: Option<fn() -> &'static str>,
    exit: u64,
    frame: Active,
    result: fn() -> &'static str,
    route: Option<Arc<Route>>,
) {
    match error {
        Some(_) => {
            leave(exit, frame, error, result, false);
            if let Some(route) = route {
                route.left();
            }
        }
        None => left_by_none(exit, frame, result),
    }
}

/// A `None` is a failure where the attribute says so.
fn left_by_none(exit: u64, frame: Active, result: fn() -> &'static str) {
    if exit >> (2 * POSITION) & 1 != 0 {
        leave(exit, frame, None, result, false);
    } else {
        frame.at(position(exit));
    }
}

/// A function is about to leave by an `Err`: values are read next, for [`fail`].
#[inline]
pub fn failing(frame: Active) {
    frame.thaw();
}

#[inline]
pub fn failing_top() {
    innermost().thaw();
}

/// A function that returns `R` is about to leave by an `Err`.
#[cold]
#[inline(never)]
pub fn fail<R>(exit: u64, frame: Active) {
    leave(exit, frame, None, type_name::<R>, true);
}

#[cold]
#[inline(never)]
pub fn fail_top<R>(exit: u64) {
    leave(exit, innermost().active, None, type_name::<R>, true);
}

#[cold]
#[inline(never)]
fn leave(
    exit: u64,
    frame: Active,
    error: Option<fn() -> &'static str>,
    result: fn() -> &'static str,
    made: bool,
) {
    let from = position(exit >> POSITION).checked_sub(1);
    frame.set_watched(false);
    let way = match exit >> (2 * POSITION + 1) & 3 {
        0 => Way::Question,
        1 => Way::Return,
        _ => Way::Tail,
    };
    trace::leave(
        frame,
        &Left {
            position: position(exit),
            from,
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

/// Watches a function whose macros may return from it.
pub struct Early {
    frame: Active,
    result: fn() -> &'static str,
}

/// When this is dropped and no exit was seen, the function was left by a macro: early, if its caller finds a failure.
#[inline]
pub fn early<R>(frame: Active) -> Early {
    frame.set_watched(true);
    Early {
        frame,
        result: type_name::<R>,
    }
}

impl Drop for Early {
    #[inline]
    fn drop(&mut self) {
        if self.frame.is_watched() {
            left_early(self.frame, self.result);
        }
    }
}

/// The body of an async function that returns `R` has ended in a failure. If that passed no exit, a macro returned.
#[cold]
#[inline(never)]
pub(crate) fn ended_in_failure<R>(guard: &Guard) {
    if !trace::has_left(guard.active) {
        left_early(guard.active, type_name::<R>);
    }
}

#[cold]
#[inline(never)]
fn left_early(frame: Active, result: fn() -> &'static str) {
    if std::thread::panicking() {
        return;
    }
    trace::leave(
        frame,
        &Left {
            position: frame.statement(),
            from: None,
            made: false,
            way: Way::Early,
            error: None,
            result,
        },
    );
}
