//! The same look at the same tasks, by others. `async-backtrace` gives a text; `await-tree` data or a text. Neither has
//! values.

use super::PEERS;
use crate::bench::Bench;
use crate::dump::{TASKS, never, three, wait_forever};
use crate::row::Row;
use crate::work::NOTHING;
use await_tree::{Config, InstrumentAwait, Registry};
use std::hint::black_box;
use std::sync::OnceLock;

three!(listed, [#[async_backtrace::framed]]);

mod instrumented {
    use super::{InstrumentAwait, never};

    async fn innermost(id: u64) -> u64 {
        never().instrument_await("innermost").await;
        id
    }

    async fn middle(id: u64) -> u64 {
        innermost(id).instrument_await("middle").await + 1
    }

    pub(super) async fn task(id: u64) -> u64 {
        middle(id).await + 1
    }
}

static REGISTRY: OnceLock<Registry> = OnceLock::new();

fn register() {
    let registry = REGISTRY.get_or_init(|| Registry::new(Config::default()));
    wait_forever(|id| {
        registry
            .register(id, "task")
            .instrument(instrumented::task(id))
    });
    assert_eq!(registry.collect_all().len() as u64, TASKS);
}

fn registry() -> &'static Registry {
    REGISTRY.get().expect("registered before")
}

const fn row(name: &'static str, bench: Bench, prepare: fn()) -> Row {
    Row::new(
        PEERS,
        name,
        bench.counts([2, 12]).prepared_by(prepare),
        NOTHING,
    )
}

pub(super) const ROWS: [Row; 3] = [
    row(
        "1,000 tasks x 3 frames: async-backtrace taskdump_tree(false)",
        Bench::new("async-backtrace dump", |n| {
            for _ in 0..n {
                black_box(async_backtrace::taskdump_tree(false));
            }
        }),
        || wait_forever(listed::task),
    ),
    row(
        "1,000 tasks x 3 frames: await-tree collect_all()",
        Bench::new("await-tree dump", |n| {
            for _ in 0..n {
                black_box(registry().collect_all());
            }
        }),
        register,
    ),
    row(
        "1,000 tasks x 3 frames: await-tree, as text",
        Bench::new("await-tree dump as text", |n| {
            for _ in 0..n {
                let trees = registry().collect_all();
                black_box(
                    trees
                        .iter()
                        .map(|(_, tree)| tree.to_string())
                        .collect::<Vec<_>>(),
                );
            }
        }),
        register,
    ),
];
