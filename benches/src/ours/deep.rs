//! A million frames deep.
//!
//! What a call pays more for being far down in a recursion: nothing, or a recursive program would get
//! slower with each level. (A registry of spans, asked for the current span, looks through the list of
//! those that are open.)
//!
//! It would grow if entering, or finding room for a text, looked at more than the frame right below; and it
//! would jump if the thread's storage were used up: frames beyond it (two million on 64-bit systems) are
//! counted but not recorded, by way of a call.

use super::FRAMED;
use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use stacklens::{depth, frame};

const FRAMES: usize = 1_000_000;

#[frame(skip_all)]
#[inline(never)]
fn descend(frames: usize, body: &mut dyn FnMut()) {
    if frames == 1 {
        assert!(
            depth() == FRAMES || cfg!(feature = "off"),
            "not as deep as the row says"
        );
        body();
    } else {
        descend(frames - 1, body);
    }
}

fn at_the_bottom(body: &mut dyn FnMut()) {
    descend(FRAMES, body);
}

#[frame]
#[inline(never)]
fn with_text(a: u64, b: &str) -> u64 {
    body!(a, b)
}

const TEXT: Bench = Bench::new("frame with a text", calls!(with_text));

pub(super) const ROWS: [Row; 2] = [
    Row::new(
        STACKLENS,
        "1,000,000 frames deep, over depth 1",
        Bench {
            name: "frame, deep",
            ..FRAMED
        }
        .inside(at_the_bottom),
        FRAMED,
    )
    .budget(0.0),
    Row::new(
        STACKLENS,
        "1,000,000 frames deep, number and text recorded",
        Bench {
            name: "frame with a text, deep",
            ..TEXT
        }
        .inside(at_the_bottom),
        TEXT,
    )
    .budget(0.0),
];
