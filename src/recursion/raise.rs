//! From a refused frame to a panic.

use super::RecursionError;
use crate::Traceback;
use crate::stack::native::{self, Raising};
use crate::stack::with_room;
use std::cell::Cell;
use std::panic::{catch_unwind, panic_any, resume_unwind};

/// Stack for the panic hook and the report. A backtrace that is symbolised in an unoptimised build takes a tenth of it.
const ROOM: usize = 1 << 20;

thread_local! {
    /// The error whose text the panic hook is being given. Constant and without a destructor.
    static RAISED: Cell<Option<RecursionError>> = const { Cell::new(None) };
}

/// In a panic hook: the error that is being raised, if the panic is one.
pub(crate) fn raised() -> Option<RecursionError> {
    let raised = RAISED.take();
    RAISED.set(raised.clone());
    raised
}

/// Raises the error that the thread's refusal is, of a call of the function that `facts` are of.
///
/// The panic hook is given a text: what the default hook, and those of others, can print. What is then caught is the
/// [`RecursionError`] itself.
pub(crate) fn raise(facts: &'static str) -> ! {
    let error = RecursionError::new(native::refusal(), facts);
    let raising = Raising::begin();
    let nested = raising.nested();
    // What the hook panics with is dropped: it ends the process anyway.
    let _ = with_room(ROOM, &mut || {
        let text = text(&error, nested);
        RAISED.set(Some(error.clone()));
        let _ = catch_unwind(|| panic_any(text));
        RAISED.set(None);
    });
    drop(raising);
    resume_unwind(Box::new(error))
}

/// The error and the stack that led to it, outermost first.
fn text(error: &RecursionError, nested: bool) -> String {
    if nested {
        return error.to_string();
    }
    format!("{error}\n{}", Traceback::capture())
}
