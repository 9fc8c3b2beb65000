//! Async functions under other attributes: the chain of `asynchronous.rs`, by poll and level.
//!
//! `async-backtrace` links the futures of a task so that all tasks can be dumped; under a root, as here,
//! each level is a node in a list. `await-tree` keeps a tree of spans beside the task, in a lock of its own. `tracing` enters
//! and leaves the span on each poll.

use super::PEERS;
use super::tracing::registry;
use crate::asynchronous::{BARE_CHAIN, POLLED_LEVELS, chain, drive, driven};
use crate::bench::Bench;
use crate::row::Row;
use await_tree::{Config, InstrumentAwait, Registry};
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

/// The chain, each future in a span where it is awaited.
mod spans {
    use super::InstrumentAwait;
    use crate::asynchronous::Later;

    async fn leaf(a: u64, b: &str) -> u64 {
        Later::new().await;
        a.wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(b.len() as u64)
    }

    macro_rules! over {
        ($inner:ident $name:ident $($rest:ident)*) => {
            pub(super) async fn $name(a: u64, b: &str) -> u64 {
                $inner(a, b).instrument_await(stringify!($inner)).await.wrapping_add(1)
            }
            over!($name $($rest)*);
        };
        ($inner:ident) => {};
    }

    over!(leaf f1 f2 f3 f4 f5 f6 f7 f8 f9 outermost);
}

fn in_a_tree(n: u64) {
    let registry = Registry::new(Config::default());
    drive(registry.register(0, "root").instrument(async {
        for i in 0..n {
            let span = spans::outermost(black_box(i), black_box("hello"));
            black_box(span.instrument_await("outermost").await);
        }
    }));
}

const fn row(name: &'static str, bench: Bench) -> Row {
    Row::new(PEERS, name, bench.counts([100, 600]), BARE_CHAIN).per(POLLED_LEVELS)
}

const INSTRUMENTED: Bench = Bench::new("async tracing", driven!(instrumented));

pub(super) const ROWS: [Row; 4] = [
    row(
        "async-backtrace #[framed], per poll and level",
        Bench::new("async-backtrace", under_a_root),
    ),
    row(
        "await-tree instrument_await, per poll and level",
        Bench::new("await-tree", in_a_tree),
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
