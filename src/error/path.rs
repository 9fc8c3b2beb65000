//! The way of an error through functions, as frames of a report: those that are active, then those that it
//! has left.

use super::route::{self, Route};
use crate::Traceback;
use crate::capture::Limits;
use crate::report::{Entry, Exit, Frame, How, Report, TracebackEntry};
use crate::trace::{self, Hop, ReturnTrace, Way};
use std::panic::Location;

/// Adds the functions that the error left, inside of those that are there.
pub(super) fn with_hops(mut report: Report, trace: &ReturnTrace, limits: &Limits) -> Report {
    let hops = trace.hops();
    // The last one was called by a function that is active.
    let outermost_first = |hops: &[Hop]| {
        hops.iter()
            .rev()
            .map(|hop| frame(hop, limits))
            .collect::<Vec<_>>()
    };
    if trace.omitted() == 0 {
        return report.with_hops(outermost_first(hops), limits);
    }
    // The trace has a gap behind its first hops.
    let inner = &hops[..trace::FIRST.min(limits.hops_first).min(hops.len())];
    let outer = &hops[trace::FIRST.min(hops.len())..];
    let outer = &outer[outer.len().saturating_sub(limits.hops_last)..];
    let frames = trace.omitted() + hops.len() - inner.len() - outer.len();
    report
        .stack
        .extend(outermost_first(outer).into_iter().map(Entry::from));
    report.stack.push(Entry::Omitted { frames });
    report
        .stack
        .extend(outermost_first(inner).into_iter().map(Entry::from));
    report
}

/// Adds the functions of where the error was brought since it was made, the last place first, each with what says from where.
pub(super) fn brought(mut report: Report, route: &Route, limits: &Limits) -> Report {
    let (legs, omitted) = route.legs();
    for (i, leg) in legs.iter().enumerate().rev() {
        report = left(report, &leg.traceback, &leg.trace, leg.innermost, limits);
        report.stack.push(Entry::Joined(leg.joint.clone()));
        if omitted > 0 && i == route::FIRST {
            report.stack.push(Entry::Omitted { frames: omitted });
        }
    }
    report
}

/// Adds the functions of a traceback; of those that the error has left since, how it did, and those inside of them. `innermost`
/// is the number of the innermost one.
pub(super) fn left(
    report: Report,
    traceback: &Traceback,
    trace: &ReturnTrace,
    innermost: Option<u64>,
    limits: &Limits,
) -> Report {
    let hop_of = |number: Option<u64>| {
        let is_it = |hop: &Hop| hop.identity() == number;
        number.and_then(|_| trace.hops().iter().rposition(is_it))
    };
    let entries = traceback.entries();
    let left = entries.iter().rev().map_while(|entry| match entry {
        TracebackEntry::Frame(info) => hop_of(info.identity()),
        _ => None,
    });
    let left: Vec<usize> = left.collect();
    match (left.iter().max(), hop_of(innermost)) {
        (Some(&last), _) => {
            let active = &entries[..entries.len() - left.len()];
            with_hops(
                report.with_entries(active, limits),
                &trace.up_to(last),
                limits,
            )
        }
        // What is not recorded, or native, is innermost.
        (None, Some(last)) => with_hops(
            report.with_traceback(traceback, limits),
            &trace.up_to(last),
            limits,
        ),
        (None, None) => report.with_traceback(traceback, limits),
    }
}

fn frame(hop: &Hop, limits: &Limits) -> Frame {
    let exit = Exit::by(match hop.way() {
        Way::Question => How::Question,
        Way::Return => How::Return,
        Way::Tail => How::Tail,
        Way::Early => How::Early,
    });
    let exit = match (hop.error_type(), hop.converted_to()) {
        (Some(from), Some(to)) => exit.with_type(to).converted_from(from),
        (Some(name), None) | (None, Some(name)) => exit.with_type(name),
        (None, None) => exit,
    };
    Frame::of(hop.frame(), limits).left(exit)
}

/// Adds the active functions down to a depth: what an error came back into.
pub(super) fn with_callers(mut report: Report, depth: usize, limits: &Limits) -> Report {
    let mut reached = 0;
    for entry in Traceback::recorded().entries() {
        let mut entry = Entry::of(entry, limits);
        let room = depth.saturating_sub(reached);
        let frames = match &mut entry {
            Entry::Frame(_) => 1,
            Entry::Repeated { frames, times } => {
                *times = (*times).min(room / *frames);
                *frames * *times
            }
            Entry::Omitted { frames } | Entry::Unrecorded { frames } => {
                *frames = (*frames).min(room);
                *frames
            }
            // Of stacks that are active there is none.
            Entry::Joined(_) => break,
        };
        if frames == 0 || frames > room {
            break;
        }
        reached += frames;
        report.stack.push(entry);
    }
    report
}

/// Says where in the innermost function the error was made, which is known to the column. A function
/// without a frame gets one of which only the place is known.
pub(super) fn place(report: &mut Report, at: &Location<'static>) {
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
        (frame.line, frame.column, frame.range) = (line, column, None);
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
