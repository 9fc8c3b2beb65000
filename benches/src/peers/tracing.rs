//! `tracing`'s `#[instrument]`.
//!
//! Without a subscriber it is what a library pays that is annotated for others: a look at one global word.
//! With a registry it knows which spans are open, as a frame does; with the `ErrorLayer` it also keeps the
//! arguments for error reports, by formatting them on each call. That last row is the one that does what
//! `#[frame]` does.

use super::row;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use tracing::instrument;
use tracing_subscriber::prelude::*;

#[instrument(skip_all)]
#[inline(never)]
fn skipped(a: u64, b: &str) -> u64 {
    body!(a, b)
}

#[instrument]
#[inline(never)]
fn recorded(a: u64, b: &str) -> u64 {
    body!(a, b)
}

pub(super) fn registry() {
    tracing_subscriber::registry().init();
}

pub(super) fn error_layer() {
    tracing_subscriber::registry()
        .with(tracing_error::ErrorLayer::default())
        .init();
}

const SKIPPED: Bench = Bench::new("tracing skip_all", calls!(skipped));
const RECORDED: Bench = Bench::new("tracing", calls!(recorded));

pub(super) const ROWS: [Row; 5] = [
    row("tracing #[instrument(skip_all)], no subscriber", SKIPPED),
    row("tracing #[instrument], no subscriber", RECORDED),
    row(
        "tracing #[instrument(skip_all)], registry",
        Bench {
            name: "tracing skip_all registry",
            ..SKIPPED
        }
        .prepared_by(registry),
    ),
    row(
        "tracing #[instrument], registry",
        Bench {
            name: "tracing registry",
            ..RECORDED
        }
        .prepared_by(registry),
    ),
    row(
        "tracing #[instrument], registry and ErrorLayer",
        Bench {
            name: "tracing ErrorLayer",
            ..RECORDED
        }
        .prepared_by(error_layer)
        .counts([100, 600]),
    ),
];
