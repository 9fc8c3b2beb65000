//! The call log: a line when a function begins, and one when it ends.
//!
//! [`#[log_calls]`](macro@crate::log_calls) puts functions into it. This module says what becomes of the lines.
//!
//! # Panics of the program
//!
//! What a panic says is told to nobody but the panic hook, so that the first call of a logged function puts a hook before
//! the one that is there, as [`catch`](crate::catch) and [`install`](crate::install()) do (there is only one for all three).
//! It keeps the message for the lines of the calls that the panic goes through, and calls the hook that was there. A hook
//! that the program sets later takes its place, as `std::panic::set_hook` always does: calls then end by
//! `↯ parse("x") panicked`, without a message, until `install` puts ours before that one too.

mod background;
pub(crate) mod call;
#[cfg(all(not(unoptimised), target_arch = "x86_64", not(windows)))]
#[path = "cold_x86_64.rs"]
mod cold;
#[cfg(not(all(not(unoptimised), target_arch = "x86_64", not(windows))))]
#[path = "cold_portable.rs"]
mod cold;
mod counter;
pub(crate) mod enter;
pub(crate) mod entry;
mod event;
mod filter;
mod format;
mod json;
mod level;
mod line;
#[cfg(feature = "log")]
mod log_crate;
mod outcome;
pub(crate) mod probe;
mod ring;
pub(crate) mod show;
mod sink;
pub(crate) mod site;
mod streams;
mod subject;
pub(crate) mod task;
mod thread;
mod timeline;
#[cfg(feature = "tracing")]
mod tracing_crate;
mod value;

pub use background::Background;
pub use counter::Counter;
pub use event::{Event, EventKind};
pub use filter::{FilterError, set_filter};
pub use format::{Format, set_format};
pub use json::Json;
pub use level::{Level, UnknownLevel};
#[cfg(feature = "log")]
pub use log_crate::LogCrate;
pub use outcome::Outcome;
pub(crate) use ring::{Kept, kept};
pub use ring::{Ring, recent};
pub use sink::{Needs, Sink, flush, set_sink};
pub use streams::{Null, Stderr, Stdout, TestOutput, Writer};
pub use timeline::Timeline;
#[cfg(feature = "tracing")]
pub use tracing_crate::TracingCrate;

/// The asynchronous task that runs on this thread, by the number that its lines have.
pub(crate) fn running_task() -> Option<u64> {
    Some(thread::task()).filter(|&number| number != 0)
}

/// What did not become a line, since the program began.
///
/// ```
/// let stats = stacklens::log_calls::stats();
/// assert_eq!(stats.dropped + stats.failed, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Stats {
    /// Lines that found the queue of a background sink full.
    pub dropped: u64,
    /// Lines that a sink did not write: it gave an error, or panicked.
    pub failed: u64,
    /// Calls made by a sink, by the `Debug` of a value or by the allocator while a line was written. They are not
    /// logged.
    pub suppressed: u64,
}

/// What did not become a line.
pub fn stats() -> Stats {
    Stats {
        dropped: background::dropped(),
        failed: sink::failures(),
        suppressed: thread::suppressed(),
    }
}
