//! What is known of the moment in which an error came to be.

use crate::Traceback;
use crate::config::settings;
use crate::report::{Entry, Failure, Frame, Kind, Report};
use std::panic::Location;

/// The frames that were active, and the place.
pub(super) struct Origin {
    /// Without the frames and the error: those become text when somebody asks.
    report: Report,
    traceback: Traceback,
    /// The functions that the error had left before.
    hops: Vec<Frame>,
    at: &'static Location<'static>,
}

impl Origin {
    pub(super) fn here(type_name: Option<&str>, at: &'static Location<'static>) -> Origin {
        Origin {
            report: Report::new(Kind::Error, Failure::default()),
            traceback: Traceback::capture(),
            hops: hops(type_name),
            at,
        }
    }

    pub(super) fn report(&self, failure: Failure) -> Report {
        let limits = &settings().limits;
        let mut report = self.report.clone().with_traceback(&self.traceback, limits);
        if self.hops.is_empty() {
            place(&mut report, self.at);
        }
        report.failure = failure;
        report.with_hops(self.hops.iter().cloned(), limits)
    }
}

/// The functions that the error of this type, which is being handled now, has left: outermost first.
pub(super) fn hops(_type_name: Option<&str>) -> Vec<Frame> {
    Vec::new()
}

/// Says where in the innermost function the error was made, which is known to the column. A function
/// without a frame gets one of which only the place is known.
fn place(report: &mut Report, at: &Location<'static>) {
    // Made through a function pointer: the place is in the standard library and says nothing.
    if at.file().starts_with("/rustc/") {
        return;
    }
    let (line, column) = (at.line(), at.column());
    let place = Frame::new("", at.file(), line, column);
    let Some(Entry::Frame(frame)) = report
        .stack
        .last_mut()
        .filter(|last| is_in(last, at.file()))
    else {
        return report.stack.push(place.into());
    };
    if (frame.first_line..=frame.last_line).contains(&line) {
        (frame.line, frame.column) = (line, column);
    } else if line > frame.last_line || !is_attribute(&place) {
        report.stack.push(place.into());
    }
}

fn is_in(entry: &Entry, file: &str) -> bool {
    entry.frame().is_some_and(|frame| frame.file == file)
}

/// A `?` that the attribute has rewritten stands where the attribute does, above the function or what it
/// is in: the frame itself knows better.
fn is_attribute(place: &Frame) -> bool {
    let line = place.source().and_then(|source| source.line(place.line));
    line.is_none_or(|line| line.trim_start().starts_with("#["))
}
