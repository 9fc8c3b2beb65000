//! Async functions under other attributes: the chain of `asynchronous.rs`, by poll and level.
//!
//! `async-backtrace` links the futures of a task so that all tasks can be dumped; under a root, as here,
//! each level is a node in a list. `tracing` enters and leaves the span on each poll.

use super::PEERS;
use super::tracing::registry;
use crate::asynchronous::{BARE_CHAIN, POLLED_LEVELS, chain, drive, driven};
use crate::bench::Bench;
use crate::row::Row;
use std::hint::black_box;

chain!(listed, [#[async_backtrace::framed]]);
chain!(instrumented, [#[tracing::instrument(skip_all)]]);

fn under_a_root(n: u64) {
    drive(async_backtrace::frame!(async {
        for i in 0..n {
            black_box(listed::outermost(black_box(i), black_box("hello")).await);
        }
    }));
}

const fn row(name: &'static str, bench: Bench) -> Row {
    Row::new(PEERS, name, bench.counts([100, 600]), BARE_CHAIN).per(POLLED_LEVELS)
}

const INSTRUMENTED: Bench = Bench::new("async tracing", driven!(instrumented));

pub(super) const ROWS: [Row; 3] = [
    row(
        "async-backtrace #[framed], per poll and level",
        Bench::new("async-backtrace", under_a_root),
    ),
    row("tracing, no subscriber, per poll and level", INSTRUMENTED),
    row(
        "tracing, registry, per poll and level",
        Bench {
            name: "async tracing registry",
            ..INSTRUMENTED
        }
        .prepared_by(registry),
    ),
];
