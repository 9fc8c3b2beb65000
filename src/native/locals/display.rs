//! Printing functions with their variables.

use super::{FrameLocals, NativeLocals};
use crate::capture::Limits;
use std::fmt;

impl fmt::Display for NativeLocals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = self.missing {
            return write!(f, "[no variables: {why}]");
        }
        let (omitted, after) = self.omitted;
        for (i, frame) in self.frames.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            if omitted > 0 && i == after {
                writeln!(f, "[{omitted} frames not shown]")?;
            }
            write!(f, "[{}] {frame}", frame.native_index)?;
        }
        let seen = |frame: &FrameLocals| !frame.is_annotated && !frame.locals.is_empty();
        if self.frames.iter().any(seen) {
            f.write_str(
                "\n[as a debugger sees them: a variable may be moved, or not assigned yet]",
            )?;
        }
        for (i, reason) in self.reasons.iter().enumerate() {
            let is_first = i == 0 && self.frames.is_empty();
            write!(f, "{}[{reason}]", if is_first { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// The function and a line for each variable: `    sum: 3.5`.
impl fmt::Display for FrameLocals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.function.fmt(f)?;
        if self.function.is_inlined() {
            f.write_str(" (inlined)")?;
        }
        let most = Limits::DEFAULT.locals;
        for local in self.locals.iter().take(most) {
            write!(f, "\n    {local}")?;
        }
        match self.locals.len().checked_sub(most) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n    ... {more} more"),
        }
    }
}
