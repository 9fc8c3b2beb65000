//! A sink that counts calls, and nothing else.

use super::event::{Event, EventKind};
use super::outcome::Outcome;
use super::sink::{Needs, Sink};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts calls by how they end. No value is looked at and no text made.
///
/// ```
/// use stacklens::log_calls::{Counter, Outcome};
///
/// static CALLS: Counter = Counter::new();
///
/// #[stacklens::log_calls(sink = CALLS)]
/// fn parse(text: &str) -> Option<u32> {
///     text.parse().ok()
/// }
///
/// for text in ["1", "2", "three"] {
///     parse(text);
/// }
/// # #[cfg(not(feature = "off"))]
/// assert_eq!((CALLS.begun(), CALLS.ended(Outcome::None)), (3, 1));
/// ```
#[derive(Debug, Default)]
pub struct Counter {
    begun: AtomicU64,
    ended: [AtomicU64; Outcome::ALL.len()],
}

impl Counter {
    /// None so far.
    pub const fn new() -> Counter {
        Counter {
            begun: AtomicU64::new(0),
            ended: [const { AtomicU64::new(0) }; Outcome::ALL.len()],
        }
    }

    /// How many calls began.
    pub fn begun(&self) -> u64 {
        self.begun.load(Relaxed)
    }

    /// How many calls ended in this way.
    pub fn ended(&self, outcome: Outcome) -> u64 {
        self.ended[outcome as usize].load(Relaxed)
    }
}

impl Sink for Counter {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        match (event.kind(), event.outcome()) {
            (EventKind::Call, _) => self.begun.fetch_add(1, Relaxed),
            (EventKind::Return, Some(outcome)) => {
                self.ended[outcome as usize].fetch_add(1, Relaxed)
            }
            _ => return Ok(()),
        };
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs::CALLS
    }
}
