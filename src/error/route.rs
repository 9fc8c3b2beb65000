//! The route of an error from where it was made: out of the functions around it, and from there to wherever it is brought:
//! to the thread that joins, to the task that awaits, to a later call.
//!
//! An error of ours says at each annotated function that it leaves that it does ([`route_of`]). Nothing is to be kept of a
//! function that was active when it was made: that is in the error from the start. One that was not got the error by
//! other means than its calls, and there a new leg begins: with the functions that are active there.

use super::Error;
use crate::Traceback;
use crate::capture::Erased;
use crate::report::{Joint, Report, Thread};
use crate::stack::{self, Cursor};
use crate::tasks::{self, Polled};
use crate::trace::{self, Hop, ReturnTrace};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Legs that are kept of an error that is handed round: so many first ones, and the last.
pub(super) const FIRST: usize = 4;
const KEPT: usize = 12;

/// Shared by an error and by who sees it leave a function.
pub struct Route(Mutex<State>);

struct State {
    /// The number of the innermost function that was active when the error was made.
    origin: Option<u64>,
    /// What it has left of those that were active then, as far as that was seen: from those inside of the innermost one on.
    left: Option<ReturnTrace>,
    /// Where the error is since it was made, or brought where the last leg is.
    here: Here,
    legs: Vec<Leg>,
    omitted: usize,
}

/// A part of an error's route on which each function was called by the one that the error left to.
#[derive(Clone)]
pub(super) struct Leg {
    /// The first function that it left, and those that were active, that one included.
    pub(super) innermost: Option<u64>,
    pub(super) traceback: Traceback,
    /// What it has left: that one and those inside of it, and of the others what it has left since.
    pub(super) trace: ReturnTrace,
    /// How the error came to be here: from the leg before, or from where it was made.
    pub(super) joint: Joint,
}

/// A moment on a thread, by which functions are known again that were active then.
struct Here {
    thread: ThreadId,
    /// Frames of the thread that have a number up to this one and are still active were active.
    numbered: u64,
    /// The futures that were polled; they may be polled again anywhere.
    polled: Polled,
    /// The function that the error was seen to leave last, and the one that it came back into.
    left: Option<u64>,
    back_in: Option<u64>,
    name: Thread,
    task: Option<Cow<'static, str>>,
}

impl Route {
    /// Of an error that is made now, in the thread and the task of its report.
    pub(super) fn begin(report: &Report) -> Arc<Route> {
        let here = Here::of(report.thread.clone(), report.task.clone());
        Arc::new(Route(Mutex::new(State {
            origin: stack::current().map(Cursor::identity),
            left: None,
            here,
            legs: Vec::new(),
            omitted: 0,
        })))
    }

    // Held for some lines of our own: nobody waits long.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The error is leaving the innermost function, of which there is a hop now.
    #[cold]
    #[inline(never)]
    pub(crate) fn left(&self) {
        let Some(frame) = stack::current() else {
            return;
        };
        let mut state = self.state();
        let here = &state.here;
        if !here.knows(frame) || trace::with_leaving(|trace| here.misses(trace)) == Some(true) {
            state.go_on();
        } else if state.here.is_on_this_thread() {
            state.add_hops();
        }
        state.here.left = Some(frame.identity());
        state.here.back_in = frame.caller().map(Cursor::identity);
    }

    /// The functions that the error left of those that were active when it was made, as far as they have hops; and the number of
    /// the innermost of them.
    pub(super) fn left_origin(&self) -> (Option<ReturnTrace>, Option<u64>) {
        let state = self.state();
        let left = state.left.clone().or_else(|| state.origin_left());
        (left, state.origin)
    }

    /// Where it was brought since, the first leg first, and how many between these are not kept.
    pub(super) fn legs(&self) -> (Vec<Leg>, usize) {
        let state = self.state();
        (state.legs.clone(), state.omitted)
    }
}

impl State {
    fn origin_left(&self) -> Option<ReturnTrace> {
        let is_here = self.legs.is_empty() && self.here.is_on_this_thread();
        trace::up_to(self.origin.filter(|_| is_here)?)
    }

    /// The error goes on leaving functions that were active.
    fn add_hops(&mut self) {
        if self.legs.is_empty() && self.left.is_none() {
            self.left = self.origin_left();
            self.here.left = self.origin;
        }
        let last = self.here.left;
        let trace = match self.legs.last_mut() {
            Some(leg) => Some(&mut leg.trace),
            None => self.left.as_mut(),
        };
        if let Some(trace) = trace {
            trace::with_leaving(|new| trace.extend(new.hops_since(last)));
        }
    }

    fn go_on(&mut self) {
        let here = Here::of(Thread::current(), tasks::name().map(Cow::Borrowed));
        let last = self.here.left.filter(|_| self.here.thread == here.thread);
        let since = |trace: &ReturnTrace| trace.hops_since(last).iter().cloned().collect();
        let Some(trace) = trace::with_leaving(since) else {
            return;
        };
        let joint = here.joint(&self.here);
        if self.legs.len() == KEPT {
            self.legs.remove(FIRST);
            self.omitted += 1;
        }
        self.legs.push(Leg {
            innermost: stack::current().map(Cursor::identity),
            traceback: Traceback::capture(),
            trace,
            joint,
        });
        self.here = here;
    }
}

impl Here {
    /// Now, on this thread and in this task.
    fn of(name: Thread, task: Option<Cow<'static, str>>) -> Here {
        Here {
            thread: thread::current().id(),
            numbered: stack::number_all(),
            task,
            polled: Polled::now(),
            left: None,
            back_in: None,
            name,
        }
    }

    /// Whether the frame, which is active, is of a function that was then, or that the error was returned to since.
    fn knows(&self, frame: Cursor) -> bool {
        self.is_on_this_thread() && self.knows_number(frame.identity())
            || Polled::innermost(frame).is_some_and(|future| self.polled.contains(future))
    }

    fn is_on_this_thread(&self) -> bool {
        self.thread == thread::current().id()
    }

    fn knows_number(&self, number: u64) -> bool {
        number <= self.numbered || self.back_in == Some(number)
    }

    /// Whether the error passed a function that is not known, since it was seen last: one that returned it without being asked
    /// for the error itself (`Err(e) => Err(e)`).
    fn misses(&self, trace: &ReturnTrace) -> bool {
        let numbers = trace.hops().iter().rev().skip(1).map_while(Hop::identity);
        self.is_on_this_thread()
            && numbers
                .take_while(|&number| self.left != Some(number))
                .any(|number| !self.knows_number(number))
    }

    /// How an error came here from there.
    fn joint(&self, from: &Here) -> Joint {
        let joint = match from.polled.task() {
            Some(task) if self.polled.task() != Some(task) => Joint::task(from.task.clone()),
            _ if from.thread != self.thread => Joint::thread(),
            _ => Joint::earlier(),
        };
        joint.on(from.name.clone())
    }
}

/// The route of an error that keeps one.
pub(crate) fn route_of(error: Erased<'_>) -> Option<Arc<Route>> {
    #[cfg(feature = "eyre")]
    if let Some(report) = error.downcast_ref::<::eyre::Report>() {
        return super::eyre::route_of(report);
    }
    let error = error.downcast_ref::<Error>()?;
    Some(error.0.origin.route())
}
