//! A system whose threads cannot be asked: their stacks are read from outside.

use std::time::Duration;

pub(crate) fn process_id() -> u32 {
    std::process::id()
}

/// Not known here.
pub(crate) fn cpu_time(_: u32) -> Option<u64> {
    None
}

pub(crate) fn pause(nanoseconds: u64) {
    std::thread::sleep(Duration::from_nanos(nanoseconds));
}
