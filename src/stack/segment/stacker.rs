//! Growing by the `stacker` crate, which knows how to on most systems. It keeps no segment for the next time.

use crate::stack::bounds::Bounds;
use crate::stack::native::{self, OnSegment};
use std::thread;

/// Runs `work` on a segment of `bytes`, if the thread then has no more stack than `ceiling`.
///
/// # Errors
/// None: what `work` panics with goes through.
pub(crate) fn run_on_segment(
    bytes: usize,
    ceiling: usize,
    work: &mut dyn FnMut(),
) -> thread::Result<()> {
    if native::remaining().is_none() || native::total().saturating_add(bytes) > ceiling {
        return Ok(());
    }
    let left = native::here();
    stacker::grow(bytes, || {
        let here = native::here();
        let room = stacker::remaining_stack().unwrap_or(bytes / 2);
        // What lies above is in use by `stacker` itself.
        let segment = Bounds {
            low: here.saturating_sub(room),
            high: here + 1024,
        };
        let _on_segment = OnSegment::enter(segment, left);
        work();
    });
    Ok(())
}
