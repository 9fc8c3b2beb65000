//! Asking where the program is.
//!
//! `depth()` and `currentframe()` are cheap enough to be asked in each call: a log line that names its
//! function, a recursion that watches its depth. `stack()` copies the words of all frames, so that it can
//! be taken at each error, and leaves the work of making text of them to whoever prints it.
//!
//! `currentframe()` would grow by looking up the function's decoded table again, `stack()` with the number
//! of frames, and by one allocation for each frame that holds a text or a container. Neither depends on how
//! many values were recorded beside.

use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::NOTHING;
use stacklens::{currentframe, depth, frame, stack};
use std::hint::black_box;

/// The body runs in a function that is 20 frames deep, each with two numbers recorded.
pub(crate) fn twenty_deep(body: &mut dyn FnMut()) {
    descend(20, 0, body);
}

#[frame(only(frames, done))]
#[inline(never)]
fn descend(frames: usize, done: usize, body: &mut dyn FnMut()) {
    if frames == 1 {
        assert!(
            stack().len() == 20 || cfg!(feature = "off"),
            "not as deep as the row says"
        );
        black_box(done);
        body();
    } else {
        descend(frames - 1, done + 1, body);
    }
}

pub(super) const ROWS: [Row; 3] = [
    Row::new(
        STACKLENS,
        "depth()",
        Bench::new("depth()", |n| {
            for _ in 0..n {
                black_box(depth());
            }
        })
        .inside(twenty_deep),
        NOTHING,
    ),
    Row::new(
        STACKLENS,
        "currentframe()",
        Bench::new("currentframe()", |n| {
            for _ in 0..n {
                black_box(currentframe());
            }
        })
        .inside(twenty_deep),
        NOTHING,
    )
    .budget(40.0),
    Row::new(
        STACKLENS,
        "stack() of 20 frames, values not rendered",
        Bench::new("stack()", |n| {
            for _ in 0..n {
                black_box(stack());
            }
        })
        .inside(twenty_deep)
        .counts([100, 600]),
        NOTHING,
    )
    .budget(2000.0),
];
