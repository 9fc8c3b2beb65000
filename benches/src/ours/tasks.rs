//! A look at all tasks.
//!
//! A server that answers slowly is asked what its ten thousand connections wait for, while it goes on. The data is copied
//! words; the text is what a person reads, with the values where they are recorded.
//!
//! The data would grow with the number of frames and of the values that each holds; the text with the frames that are not
//! equal to others, as equal ones are counted.

use super::STACKLENS;
use crate::bench::Bench;
use crate::dump::{three, wait_forever};
use crate::row::Row;
use crate::work::NOTHING;
use stacklens::tasks;
use std::hint::black_box;

three!(framed, [#[stacklens::frame(skip_all)]]);
three!(recorded, [#[stacklens::frame]]);

fn check(frames: usize) {
    assert!(tasks::dump().len() == frames || cfg!(feature = "off"));
}

const DATA: Bench = Bench::new("task dump", |n| {
    for _ in 0..n {
        black_box(tasks::dump());
    }
})
.counts([2, 12]);

const TEXT: Bench = Bench::new("task dump as text", |n| {
    for _ in 0..n {
        black_box(tasks::dump_tree());
    }
})
.counts([2, 12]);

fn without_values() {
    wait_forever(framed::task);
    check(3_000);
}

fn with_values() {
    wait_forever(recorded::task);
    check(3_000);
}

const fn row(name: &'static str, bench: Bench) -> Row {
    Row::new(STACKLENS, name, bench, NOTHING)
}

pub(super) const ROWS: [Row; 4] = [
    row(
        "1,000 tasks x 3 frames: tasks::dump()",
        DATA.prepared_by(without_values),
    )
    .budget(325_000.0),
    row(
        "1,000 tasks x 3 frames: dump_tree()",
        TEXT.prepared_by(without_values),
    )
    .budget(2_370_000.0),
    row(
        "1,000 tasks x 3 frames with a value: tasks::dump()",
        Bench {
            name: "task dump, values",
            ..DATA
        }
        .prepared_by(with_values),
    ),
    row(
        "1,000 tasks x 3 frames with a value: dump_tree()",
        Bench {
            name: "task dump as text, values",
            ..TEXT
        }
        .prepared_by(with_values),
    ),
];
