//! The lesson's `enhanced_traceback`.

use super::Error;
use super::result_ext::IntoError;
use crate::report::{Entry, Frame, Report};
use std::error::Error as StdError;
use std::fmt;
use std::mem;

/// Runs a function; an error of it comes back with the frames around and their variables.
///
/// ```
/// use stacklens::{EnhancedError, enhanced_traceback, frame};
///
/// #[frame]
/// fn parse_number(s: &str) -> Result<i64, EnhancedError> {
///     let value = enhanced_traceback(|| s.parse::<i64>())?;
///     Ok(value * 2)
/// }
///
/// assert_eq!(parse_number("21").unwrap(), 42);
/// let error = parse_number("abc").unwrap_err().to_string();
/// let lines: Vec<_> = error.lines().collect();
/// assert_eq!(lines[0], "EnhancedError: invalid digit found in string");
/// assert!(lines[1].starts_with("  Frame: parse_number (line "));
/// assert!(lines[1].ends_with(r#") - locals: {s: "abc", value: <not yet assigned>}"#));
/// ```
///
/// The frames are those that the error has left, and those that are active; the innermost first.
///
/// # Errors
///
/// The function's error, as an [`EnhancedError`].
///
/// # Cost
///
/// Without an error, nothing.
#[track_caller]
pub fn enhanced_traceback<T, E: IntoError>(
    function: impl FnOnce() -> Result<T, E>,
) -> Result<T, EnhancedError> {
    match function() {
        Ok(value) => Ok(value),
        Err(error) => Err(EnhancedError {
            error: error.into_error(),
        }),
    }
}

/// An error with its frames and their variables in its message: what [`enhanced_traceback`] gives.
///
/// Its `source` is the error itself. `Debug` prints what `Display` does.
pub struct EnhancedError {
    error: Error,
}

impl EnhancedError {
    /// All that is known of the error, as data.
    pub fn report(&self) -> Report {
        self.error.report()
    }

    /// The error without the frames in its message.
    pub fn into_error(self) -> Error {
        self.error
    }
}

impl fmt::Display for EnhancedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EnhancedError: {}", self.error)?;
        let report = self.report();
        let mut hidden = 0;
        for entry in report.stack.iter().rev() {
            if entry.frame().is_some_and(|frame| frame.is_hidden) {
                hidden += 1;
                continue;
            }
            write_gap(mem::take(&mut hidden), "hidden", f)?;
            match entry {
                Entry::Frame(frame) => write_frame(frame, f)?,
                // The frames that it is about come after it, as the innermost is first.
                Entry::Repeated { frames: 1, times } => {
                    write!(f, "\n  [next frame repeated {times} more times]")?;
                }
                Entry::Repeated { frames, times } => {
                    write!(f, "\n  [next {frames} frames repeated {times} more times]")?;
                }
                Entry::Omitted { frames } => write_gap(*frames, "omitted", f)?,
                Entry::Unrecorded { frames } => write_gap(*frames, "unrecorded", f)?,
                Entry::Joined(joint) => write!(f, "\n  [{joint}]")?,
            }
        }
        write_gap(hidden, "hidden", f)
    }
}

/// A line for frames that are not shown, if there are any.
fn write_gap(frames: usize, kind: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match frames {
        0 => Ok(()),
        1 => write!(f, "\n  [1 {kind} frame]"),
        _ => write!(f, "\n  [{frames} {kind} frames]"),
    }
}

fn write_frame(frame: &Frame, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = match &*frame.function {
        "" => "<not annotated>",
        name => name,
    };
    write!(f, "\n  Frame: {name} (line {}) - locals: {{", frame.line)?;
    for (i, local) in frame.locals.iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}{}: {}", local.name, local.value)?;
        if let Some(line) = local.as_of_line {
            write!(f, " (as of line {line})")?;
        }
    }
    f.write_str("}")
}

impl fmt::Debug for EnhancedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for EnhancedError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.error.as_dyn())
    }
}
