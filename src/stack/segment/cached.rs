//! Growing onto segments of our own. The one used last is kept: a loop at the edge of a stack would else map and
//! unmap one on each turn.

use super::Segment;
use crate::stack::native;
use std::cell::Cell;
use std::thread;

thread_local! {
    static KEPT: Cell<Option<Segment>> = const { Cell::new(None) };
}

/// Runs `work` on a segment of `bytes`, if the thread then has no more stack than `ceiling`, and the system has it.
///
/// # Errors
/// What `work` panics with.
pub(crate) fn run_on_segment(
    bytes: usize,
    ceiling: usize,
    work: &mut dyn FnMut(),
) -> thread::Result<()> {
    // Nothing is known of where this runs: the stack of a coroutine is its owner's business.
    if native::remaining().is_none() || native::total().saturating_add(bytes) > ceiling {
        return Ok(());
    }
    let kept = KEPT.try_with(Cell::take).ok().flatten();
    let Some(segment) = kept.or_else(|| Segment::map(bytes)) else {
        return Ok(());
    };
    let result = segment.run(work);
    // What was kept meanwhile, by segments above this one, is given back.
    let _ = KEPT.try_with(|kept| kept.set(Some(segment)));
    result
}
