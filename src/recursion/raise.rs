//! From a refused frame to a panic.

use super::RecursionError;
use crate::native::check;
use crate::stack::native::{self, Raising};
use crate::stack::with_room;
use crate::{Traceback, panics};
use std::panic::{catch_unwind, panic_any, resume_unwind};

/// Stack for the panic hook and the report. A backtrace that is symbolised in an unoptimised build takes a tenth of it.
const ROOM: usize = 1 << 20;

/// Raises the error that the thread's refusal is, of a call of the function that `facts` are of.
///
/// The panic hook is given a text: what the default hook, and those of others, can print. What is then caught is the
/// [`RecursionError`] itself.
pub(crate) fn raise(facts: &'static str) -> ! {
    check::raise();
    let error = RecursionError::new(native::refusal(), facts);
    let raising = Raising::begin(facts);
    let alone = raising.nested() || panics::reports();
    // A hook that panics ends the process, so nothing comes back but what was thrown here.
    let _ = with_room(ROOM, &mut || {
        let text = text(&error, alone);
        let _ = catch_unwind(|| panic_any(text));
    });
    drop(raising);
    resume_unwind(Box::new(error))
}

/// The error that the panic on this thread is about to become, for our own hook.
pub(crate) fn raised() -> Option<RecursionError> {
    native::being_raised().map(|facts| RecursionError::new(native::refusal(), facts))
}

/// The error, and the stack that led to it, outermost first, unless somebody else prints that.
fn text(error: &RecursionError, alone: bool) -> String {
    if alone {
        return error.to_string();
    }
    format!("{error}\n{}", Traceback::capture())
}
