//! How often a function is active, for `#[frame(recursion_limit = N)]`.

use crate::stack::{Guard, LimitedFrame};
use std::cell::RefCell;

/// A function, and the places of its frames that are active, outermost first.
///
/// Nothing is done when a frame is left: what is found at its place when the function is entered again tells. So that
/// counts are right whatever became of a frame: returned from, unwound, leaked with the coroutine it was in.
struct Activations {
    function: usize,
    places: Vec<usize>,
}

thread_local! {
    static FUNCTIONS: RefCell<Vec<Activations>> = const { RefCell::new(Vec::new()) };
}

/// Counts the frame that `guard` is of, just entered: how often its function is active, itself included.
pub(super) fn count(guard: &Guard) -> usize {
    let frame = guard.limited();
    let counted = FUNCTIONS.try_with(|functions| {
        let mut functions = functions.try_borrow_mut().ok()?;
        Some(count_in(&mut functions, frame))
    });
    // Past the thread's destructors, or in an allocator that is annotated itself and was called to make room here.
    counted
        .ok()
        .flatten()
        .unwrap_or_else(|| frame.count_by_walking())
}

fn count_in(functions: &mut Vec<Activations>, frame: LimitedFrame) -> usize {
    let function = frame.function();
    let index = functions
        .iter()
        .position(|f| f.function == function)
        .unwrap_or_else(|| {
            functions.push(Activations {
                function,
                places: Vec::new(),
            });
            functions.len() - 1
        });
    let places = &mut functions[index].places;
    // Places at or above the new frame's are free since. One below it was given up if another function's frame is
    // there now; if it is this function's, that entered it is the last one in the list.
    while places.last().is_some_and(|&place| !frame.is_above(place)) {
        places.pop();
    }
    places.push(frame.place());
    places.len()
}
