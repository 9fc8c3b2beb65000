//! No thread can be asked.

use crate::stack::owner::Owner;
use std::io;

/// What became of a signal to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)] // as where there are signals
pub(crate) enum Sent {
    Yes,
    Gone,
    No,
}

pub(super) fn number() -> Option<i32> {
    None
}

pub(super) fn choose(_: i32) -> io::Result<()> {
    let what =
        "threads cannot be asked by a signal on this platform; their stacks are read from outside";
    Err(io::Error::new(io::ErrorKind::Unsupported, what))
}

pub(crate) fn send(_: &Owner) -> Sent {
    Sent::No
}
