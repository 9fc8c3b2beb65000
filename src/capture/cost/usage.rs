//! What a thread has used of the machine.

#[cfg_attr(
    all(target_os = "linux", target_pointer_width = "64"),
    path = "usage/linux.rs"
)]
#[cfg_attr(
    not(all(target_os = "linux", target_pointer_width = "64")),
    path = "usage/elsewhere.rs"
)]
mod platform;

use std::time::Duration;

/// At one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    /// Time that the thread had a processor.
    pub(super) processor: Duration,
    /// How often it had to make room for another one, and would have gone on.
    pub(super) preemptions: u64,
}

impl Usage {
    /// Of the running thread; `None` where it is not known.
    pub(super) fn now() -> Option<Usage> {
        platform::now()
    }
}
