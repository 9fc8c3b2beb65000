//! A traceback as text.

use super::{Traceback, TracebackEntry};
use crate::inspect::fold::{Row, hide};
use crate::inspect::{Assignments, FrameInfo};
use crate::source;
use std::fmt::{Formatter, Result};

pub(super) fn write(traceback: &Traceback, f: &mut Formatter<'_>) -> Result {
    f.write_str("Traceback (most recent call last):")?;
    let entries = traceback.entries();
    if entries.is_empty() {
        return f.write_str("\n  [no annotated function is active]");
    }
    let rows = entries.iter().enumerate().map(|(i, entry)| match *entry {
        TracebackEntry::Frame(_) => Row::Frame(i),
        TracebackEntry::Repeated { frames, times } => Row::Repeated { frames, times },
        TracebackEntry::Omitted { frames } => Row::Omitted(frames),
        TracebackEntry::Unrecorded { frames } => Row::Unrecorded(frames),
    });
    let hidden =
        |i: usize| matches!(&entries[i], TracebackEntry::Frame(frame) if frame.is_hidden());
    for row in hide(rows.collect(), hidden) {
        match row {
            Row::Frame(i) => {
                if let TracebackEntry::Frame(frame) = &entries[i] {
                    write_frame(frame, f)?;
                }
            }
            gap => write!(f, "\n  {gap}")?,
        }
    }
    Ok(())
}

fn write_frame(frame: &FrameInfo, f: &mut Formatter<'_>) -> Result {
    write!(
        f,
        "\n  {}:{}:{} in {}",
        frame.file(),
        frame.line(),
        frame.column(),
        frame.name()
    )?;
    if let Some(line) = source::line_of(frame.code(), frame.line()) {
        write!(f, "\n    {line}")?;
    }
    let locals = frame.locals();
    if !locals.is_empty() {
        write!(f, "\n    {}", Assignments(&locals))?;
    }
    Ok(())
}
