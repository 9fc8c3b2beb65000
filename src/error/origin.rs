//! What is known of the moment in which an error came to be.

use super::path::{left_innermost, place, with_hops};
use crate::Traceback;
use crate::config::settings;
use crate::report::{Failure, Kind, Report};
use crate::spans;
use crate::stack;
use crate::trace::{self, ReturnTrace};
use std::panic::Location;
use std::thread::{self, ThreadId};

/// The frames that were active, those that the error had left, and the place.
pub(super) struct Origin {
    /// Without the frames and the error: those become text when somebody asks.
    report: Report,
    traceback: Traceback,
    left: Left,
    at: &'static Location<'static>,
}

/// The functions that the error had left.
enum Left {
    /// And the innermost one, which it is just leaving: the last one here.
    WithInnermost(ReturnTrace),
    /// Those inside of the innermost one.
    Inside(ReturnTrace),
    /// None are known yet. When the innermost one, with this number on this thread, is left by the error,
    /// those inside of it are.
    Unknown {
        innermost: Option<u64>,
        thread: ThreadId,
    },
}

impl Origin {
    pub(super) fn here(type_name: Option<&str>, at: &'static Location<'static>) -> Origin {
        // Before the frames are copied: the innermost gets its number.
        let left = Left::here(type_name);
        Origin {
            report: spans::add_to(Report::new(Kind::Error, Failure::default())),
            traceback: Traceback::capture(),
            left,
            at,
        }
    }

    /// The place turned out to be this one.
    #[cfg(feature = "eyre")]
    pub(super) fn at(&mut self, at: &'static Location<'static>) {
        self.at = at;
    }

    pub(super) fn report(&self, failure: Failure) -> Report {
        let limits = &settings().limits;
        let mut report = self.report.clone().with_traceback(&self.traceback, limits);
        report.failure = failure;
        match &self.left {
            Left::WithInnermost(trace) => return left_innermost(report, trace, limits),
            Left::Unknown {
                innermost: Some(number),
                thread,
            } if *thread == thread::current().id() => {
                if let Some(trace) = trace::up_to(*number) {
                    return left_innermost(report, &trace, limits);
                }
            }
            Left::Inside(_) | Left::Unknown { .. } => {}
        }
        place(&mut report, self.at);
        match &self.left {
            Left::Inside(trace) => with_hops(report, trace, limits),
            _ => report,
        }
    }
}

impl Left {
    fn here(type_name: Option<&str>) -> Left {
        if let Some(trace) = trace::leaving() {
            return Left::WithInnermost(trace);
        }
        if let Some(trace) = type_name.and_then(trace::back_here) {
            return Left::Inside(trace);
        }
        Left::Unknown {
            innermost: stack::current().map(stack::Cursor::identity),
            thread: thread::current().id(),
        }
    }
}
