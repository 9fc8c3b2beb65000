//! What is known of the moment in which an error came to be.

use super::path::{brought, left, place, with_hops};
use super::route::Route;
use crate::Traceback;
use crate::config::settings;
use crate::report::{Failure, Kind, Report};
use crate::spans;
use crate::trace::{self, ReturnTrace};
use std::panic::Location;
use std::sync::Arc;

/// The frames that were active, those that the error had left, and the place.
pub(super) struct Origin {
    /// Without the frames and the error: those become text when somebody asks.
    report: Report,
    traceback: Traceback,
    left: Left,
    at: &'static Location<'static>,
    route: Arc<Route>,
}

/// The functions that the error had left.
enum Left {
    /// And the innermost one, which it is just leaving: the last one here.
    WithInnermost(ReturnTrace),
    /// Those inside of the innermost one.
    Inside(ReturnTrace),
    /// None were known then. When the innermost one is left by the error, those inside of it are.
    Unknown,
}

impl Origin {
    pub(super) fn here(type_name: Option<&str>, at: &'static Location<'static>) -> Origin {
        // Before the frames are copied: the innermost gets its number.
        let left = Left::here(type_name);
        let report = spans::add_to(Report::new(Kind::Error, Failure::default()));
        let route = Route::begin(&report);
        Origin {
            report,
            traceback: Traceback::capture(),
            left,
            at,
            route,
        }
    }

    pub(super) fn route(&self) -> Arc<Route> {
        Arc::clone(&self.route)
    }

    /// The place turned out to be this one.
    #[cfg(feature = "eyre")]
    pub(super) fn at(&mut self, at: &'static Location<'static>) {
        self.at = at;
    }

    pub(super) fn report(&self, failure: Failure) -> Report {
        let limits = &settings().limits;
        let mut report = self.report.clone();
        report.failure = failure;
        let report = brought(report, &self.route, limits);
        let (seen, innermost) = self.route.left_origin();
        let trace = match &self.left {
            Left::WithInnermost(trace) => seen.or_else(|| Some(trace.clone())),
            Left::Inside(_) | Left::Unknown => seen,
        };
        if let Some(trace) = trace {
            return left(report, &self.traceback, &trace, innermost, limits);
        }
        let mut report = report.with_traceback(&self.traceback, limits);
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
        Left::Unknown
    }
}
