//! The last lines of each thread.

use super::Level;
use super::event::Event;
use super::sink::Sink;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::time::SystemTime;

/// Keeps the last lines of each thread, for [`recent`] and for the log of a [`Report`](crate::Report): what led to an
/// error, at no cost in output.
///
/// ```
/// use stacklens::log_calls::{self, Ring};
///
/// #[stacklens::log_calls]
/// fn step(n: u32) -> u32 {
///     n + 1
/// }
///
/// log_calls::set_sink(Ring::new(3));
/// step(step(1));
/// # #[cfg(not(feature = "off"))]
/// assert_eq!(log_calls::recent(), ["← step(1) = 2", "→ step(2)", "← step(2) = 3"]);
/// ```
///
/// # Cost
///
/// A copy of each line. In steady state nothing is allocated.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    lines: usize,
}

impl Ring {
    /// A ring of so many lines for each thread.
    pub const fn new(lines: usize) -> Ring {
        Ring { lines }
    }
}

/// A line, and what a report says besides.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) time: SystemTime,
    pub(crate) level: Level,
    pub(crate) module: &'static str,
    pub(crate) line: String,
}

thread_local! {
    static LINES: RefCell<VecDeque<Kept>> = const { RefCell::new(VecDeque::new()) };
}

impl Sink for Ring {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        // A thread that is past its destructors keeps nothing.
        let _ = LINES.try_with(|lines| {
            let Ok(mut lines) = lines.try_borrow_mut() else {
                return;
            };
            let mut line = String::new();
            while lines.len() >= self.lines.max(1) {
                line = lines.pop_front().map(|kept| kept.line).unwrap_or_default();
            }
            if self.lines > 0 {
                line.clear();
                line.push_str(event.line().trim_end_matches('\n'));
                lines.push_back(Kept {
                    time: SystemTime::now(),
                    level: event.level(),
                    module: event.code().module(),
                    line,
                });
            }
        });
        Ok(())
    }
}

/// The last lines of this thread, the oldest first; empty unless a [`Ring`] is (part of) the sink.
pub fn recent() -> Vec<String> {
    kept().into_iter().map(|kept| kept.line).collect()
}

/// The same, for reports.
pub(crate) fn kept() -> Vec<Kept> {
    LINES
        .try_with(|lines| {
            let lines = lines.try_borrow().ok()?;
            Some(lines.iter().cloned().collect())
        })
        .ok()
        .flatten()
        .unwrap_or_default()
}
