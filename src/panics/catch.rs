//! A panic as data.

use super::hook;
use super::payload::Mark;
use crate::capture::debug::discard;
use crate::config::settings;
use crate::report::{Kind, Report};
use crate::spans;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{UnwindSafe, catch_unwind};

/// Runs a function and gives a panic of it as a [`Report`] instead of printing it.
///
/// ```
/// use stacklens::{catch, frame};
///
/// #[frame]
/// fn divide(a: i32, b: i32) -> i32 {
///     a / b
/// }
///
/// assert_eq!(catch(|| divide(6, 3)).unwrap(), 2);
///
/// let report = catch(|| divide(1, 0)).unwrap_err();
/// assert_eq!(report.failure.message, "attempt to divide by zero");
/// let frame = report.frames().next_back().unwrap();
/// assert_eq!(frame.function, "divide");
/// assert_eq!(frame.locals[1].name, "b");
/// assert_eq!(frame.locals[1].value, "0");
/// ```
///
/// It holds for this thread: panics of threads that the function starts are printed as without it. It can
/// be nested. It needs no [`install`](crate::install): the hook that it sets when it is first used leaves
/// every other panic to the hook that was there.
///
/// # Panics
///
/// A panic that cannot be caught ends the process and is printed, with those that were held back before
/// it: under `panic = "abort"`, in a destructor during unwinding, or in a function that must not unwind.
///
/// # Cost
///
/// Without a panic, that of `catch_unwind`. The first call sets the hook. A panic allocates.
///
/// If another panic hook was set since, and does not run the one it found, it prints the panic as it does,
/// and the report has the message and the frames outside of the function alone.
pub fn catch<T>(function: impl FnOnce() -> T + UnwindSafe) -> Result<T, Report> {
    catch_with_payload(function).map_err(|(report, payload)| {
        discard(payload);
        report
    })
}

/// As [`catch`], and gives what the panic was made with: to look at it, or to go on unwinding.
///
/// ```
/// use stacklens::catch_with_payload;
/// use std::panic::{panic_any, resume_unwind};
///
/// #[derive(Debug, PartialEq)]
/// struct Cancelled(u32);
///
/// let (report, payload) = catch_with_payload(|| panic_any(Cancelled(7))).unwrap_err();
/// match payload.downcast::<Cancelled>() {
///     Ok(cancelled) => assert_eq!(*cancelled, Cancelled(7)),
///     Err(other) => {
///         println!("{report}");
///         resume_unwind(other);
///     }
/// }
/// ```
pub fn catch_with_payload<T>(
    function: impl FnOnce() -> T + UnwindSafe,
) -> Result<T, (Report, Box<dyn Any + Send>)> {
    hook::ensure();
    let scope = Scope::enter();
    let result = catch_unwind(function);
    let held = scope.leave();
    result.map_err(|payload| {
        let report = held
            .into_iter()
            .rev()
            .find(|held| held.mark.matches(&*payload));
        (
            report.map_or_else(|| without_hook(&*payload), |held| held.report),
            payload,
        )
    })
}

/// What is left to say of a panic that the hook has not seen: `resume_unwind`, or another hook is set.
fn without_hook(payload: &(dyn Any + Send)) -> Report {
    let failure = super::payload::failure(payload, &settings().limits);
    spans::add_to(Report::new(Kind::Panic, failure)).with_stack()
}

/// The report of a panic that may still be caught.
struct Held {
    mark: Mark,
    report: Report,
}

/// Reports kept in one `catch`. More panics than this, each caught inside of it, and the first are lost.
const HELD: usize = 8;

struct State {
    /// How many `catch` are active.
    depth: Cell<usize>,
    /// What the innermost of them holds, oldest first.
    held: RefCell<Vec<Held>>,
}

thread_local! {
    static STATE: State = const { State { depth: Cell::new(0), held: RefCell::new(Vec::new()) } };
}

/// One `catch` on this thread.
struct Scope {
    /// What the enclosing one holds.
    outer: Vec<Held>,
}

impl Scope {
    fn enter() -> Scope {
        let enter = |state: &State| {
            state.depth.set(state.depth.get() + 1);
            state.held.take()
        };
        // Where the thread's data is gone, panics are printed as they come.
        Scope {
            outer: STATE.try_with(enter).unwrap_or_default(),
        }
    }

    fn leave(self) -> Vec<Held> {
        let leave = |state: &State| {
            state.depth.set(state.depth.get().saturating_sub(1));
            state.held.replace(self.outer)
        };
        STATE.try_with(leave).unwrap_or_default()
    }
}

/// Keeps a report for the `catch` that is active on this thread. Whether there is one.
pub(super) fn hold(payload: &(dyn Any + Send), report: Report) -> bool {
    let mut report = Some(report);
    let _ = STATE.try_with(|state| {
        let Ok(mut held) = state.held.try_borrow_mut() else {
            return;
        };
        if state.depth.get() > 0
            && let Some(report) = report.take()
        {
            if held.len() == HELD {
                held.remove(0);
            }
            held.push(Held {
                mark: Mark::in_hook(payload),
                report,
            });
        }
    });
    report.is_none()
}

/// Whether a `catch` is active on this thread.
pub(super) fn is_active() -> bool {
    STATE
        .try_with(|state| state.depth.get() > 0)
        .unwrap_or(false)
}

/// Takes what the innermost `catch` holds: it will not return.
pub(super) fn release() -> Vec<Report> {
    let take = |state: &State| {
        state
            .held
            .try_borrow_mut()
            .map(|mut held| mem::take(&mut *held))
    };
    let held = STATE
        .try_with(take)
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default();
    held.into_iter().map(|held| held.report).collect()
}
