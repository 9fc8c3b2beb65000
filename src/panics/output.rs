//! One write to standard error.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether the test harness may be capturing what is printed.
static MAYBE_CAPTURED: AtomicBool = AtomicBool::new(true);

/// Says that nothing captures output: the panic hook was the standard library's own, and the test harness
/// sets another one before it captures.
pub(super) fn is_not_captured() {
    MAYBE_CAPTURED.store(false, Relaxed);
}

/// Writes the text in one piece. Never panics; what cannot be written is lost.
///
/// Only printing by a macro is captured by the test harness; that takes the lock of standard error, which
/// another thread may hold while it waits for this one. So where nothing is captured the lock is left
/// alone, as by the standard library's own panic messages.
pub(crate) fn write(text: &str) {
    if MAYBE_CAPTURED.load(Relaxed) || !write_unlocked(text) {
        eprint!("{}", Whole(text));
    }
}

/// A text that hides from the printing macro that it could not be written: the macro would panic (standard
/// error may be a pipe that nobody reads any more).
struct Whole<'a>(&'a str);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f.write_str(self.0);
        Ok(())
    }
}

/// Writes without a lock. Whether that is possible here.
#[cfg(unix)]
fn write_unlocked(text: &str) -> bool {
    use std::fs::File;
    use std::io::Write;
    use std::mem::ManuallyDrop;
    use std::os::fd::FromRawFd;

    // SAFETY: standard error is every program's to write to; it is not closed here.
    let mut stderr = ManuallyDrop::new(unsafe { File::from_raw_fd(2) });
    // There is nobody to tell that it failed.
    let _ = stderr.write_all(text.as_bytes());
    true
}

#[cfg(not(unix))]
fn write_unlocked(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    #[test]
    fn a_text_that_cannot_be_written_is_no_error() {
        struct Full;
        impl Write for Full {
            fn write_str(&mut self, _: &str) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        assert!(write!(Full, "{}", Whole("text")).is_ok());
        assert_eq!(Whole("text").to_string(), "text");
    }
}
