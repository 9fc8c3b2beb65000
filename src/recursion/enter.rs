//! Entering a function that says something on its recursion.

use super::{RecursionError, activations, raise};
use crate::native::check;
use crate::stack::{Guard, depth, native, try_enter as try_enter_plain};

/// `recursion_limit` of a function that has none.
pub const UNLIMITED: usize = usize::MAX;

/// Enters a frame of a function that may be active `limit` times.
#[inline(always)]
pub fn enter_limited(meta: &'static str, limit: usize) -> Guard {
    let guard = crate::stack::enter(meta);
    if exceeds(&guard, limit) {
        // Not while it is raised: the frame never began.
        drop(guard);
        raise(meta);
    }
    guard
}

/// Enters a frame of a function that may be active `limit` times, if it is not one too many.
#[inline(always)]
pub fn try_enter(meta: &'static str, limit: usize) -> Result<Guard, RecursionError> {
    match try_enter_plain(meta) {
        Some(guard) if limit == UNLIMITED || !exceeds(&guard, limit) => Ok(guard),
        _ => Err(refused_now(meta)),
    }
}

#[cold]
fn refused_now(meta: &'static str) -> RecursionError {
    check::raise();
    RecursionError::new(native::refusal(), meta)
}

/// Whether the frame that was just entered is one too many of its function.
fn exceeds(guard: &Guard, limit: usize) -> bool {
    let exceeds = activations::count(guard) > limit && native::counts_hold();
    if exceeds {
        native::refuse_function(limit, depth() - 1);
    }
    exceeds
}

/// What a function with `#[frame(on_recursion = "error")]` returns.
#[diagnostic::on_unimplemented(
    message = "`#[frame(on_recursion = \"error\")]` is for functions that return `Result<_, E>` with `E: From<stacklens::recursion::RecursionError>`",
    label = "not a `Result` that can hold a `RecursionError`",
    note = "without the option the error is a panic, whatever the function returns"
)]
pub trait Refusable {
    /// The value that says that the function was not entered.
    fn refused(error: RecursionError) -> Self;
}

impl<T, E: From<RecursionError>> Refusable for Result<T, E> {
    #[cold]
    fn refused(error: RecursionError) -> Self {
        Err(E::from(error))
    }
}

/// The value that says that the function was not entered.
#[cold]
pub fn refused<R: Refusable>(error: RecursionError) -> R {
    R::refused(error)
}
