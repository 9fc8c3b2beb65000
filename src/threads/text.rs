//! A dump as text.

use super::{Answer, State, ThreadDump, ThreadStack};
use crate::inspect::fold::Row;
use crate::inspect::{FrameInfo, Locals};
use crate::report::visible;
use std::fmt;

/// A paragraph a thread:
///
/// ```text
/// thread 4242 "worker" (blocked), innermost frame first:
///   [0] wait_for_work in src/main.rs:12 {queue: "mail"}
///   [1] run in src/main.rs:30 {}
/// ```
impl fmt::Display for ThreadDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, thread) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            thread.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for ThreadStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "thread {}", self.id)?;
        if let Some(name) = self.name() {
            f.write_str(" \"")?;
            visible::write(name, false, f)?;
            f.write_str("\"")?;
        }
        let this = self.answer == Answer::Own;
        match (self.state, this) {
            (_, true) => f.write_str(" (this one)")?,
            (State::Unknown, false) => {}
            (state, false) => write!(f, " ({})", state.as_str())?,
        }
        f.write_str(match self.answer {
            Answer::Silent => ", which did not answer, read from outside",
            Answer::Torn => ", read while it ran",
            _ => "",
        })?;
        if self.depth() == 0 {
            return f.write_str(match (self.state, self.entering) {
                (_, true) => ": its first frame is being entered",
                (State::Exiting, _) => ": its frames are gone",
                _ => ": no annotated function is active",
            });
        }
        f.write_str(", innermost frame first:")?;
        if self.entering {
            f.write_str("\n  [a frame is being entered]")?;
        }
        if self.unrecorded > 0 {
            write!(f, "\n  {}", Row::Unrecorded(self.unrecorded))?;
        }
        let innermost = self.frames.first().map_or(0, FrameInfo::depth);
        let mut hidden = 0;
        let mut last = innermost;
        for (i, frame) in self.frames.iter().enumerate() {
            // A gap without frames left out is one of a frame that was being entered.
            let gap = self.omitted > 0 && last > frame.depth() + 1;
            last = frame.depth();
            if hidden > 0 && (gap || !frame.is_hidden()) {
                write!(f, "\n  {}", Row::Hidden(hidden))?;
                hidden = 0;
            }
            if gap {
                write!(f, "\n  {}", Row::Omitted(self.omitted))?;
            }
            if frame.is_hidden() {
                hidden += 1;
            } else {
                line(innermost - frame.depth(), frame, &self.locals(i), f)?;
            }
        }
        if hidden > 0 {
            write!(f, "\n  {}", Row::Hidden(hidden))?;
        }
        Ok(())
    }
}

fn line(
    index: usize,
    frame: &FrameInfo,
    locals: &Locals,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "\n  [{index}] {frame}")?;
    if locals.is_empty() {
        return Ok(());
    }
    f.write_str(" ")?;
    visible::write(&locals.to_string(), false, f)
}
