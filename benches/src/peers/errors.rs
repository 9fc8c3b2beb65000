//! Errors of other crates, made 20 annotated functions deep, as they come: without `RUST_BACKTRACE`, which
//! would add what `force_capture` costs above.
//!
//! std's box and anyhow keep the error and nothing of where it was made; eyre and error-stack a place. What each
//! of them knows of the way there is what a native backtrace would say. A `SpanTrace` of tracing-error is made in
//! as many spans, with a field each, and is the one that knows the way.

use super::PEERS;
use super::tracing::error_layer;
use crate::bench::Bench;
use crate::ours::twenty_deep;
use crate::row::Row;
use crate::work::NOTHING;
use std::fmt;
use std::hint::black_box;
use tracing_error::SpanTrace;

/// Deep down, over an empty loop.
const fn row(name: &'static str, run: fn(u64)) -> Row {
    let bench = Bench::new(name, run).inside(twenty_deep).counts([5, 25]);
    Row::new(PEERS, name, bench, NOTHING)
}

#[tracing::instrument(skip(body))]
fn spans(level: u32, body: &mut dyn FnMut()) {
    match level {
        20 => body(),
        _ => spans(level + 1, body),
    }
}

const fn span_trace(name: &'static str, run: fn(u64)) -> Row {
    let bench = Bench::new(name, run)
        .prepared_by(error_layer)
        .inside(|body| spans(1, body))
        .counts([5, 25]);
    Row::new(PEERS, name, bench, NOTHING)
}

pub(super) const ROWS: [Row; 8] = [
    row("a Box<dyn Error> made", |n| {
        for _ in 0..n {
            let error: Box<dyn std::error::Error> = Box::new(black_box(fmt::Error));
            let _ = black_box(error);
        }
    }),
    row("an anyhow::Error made", |n| {
        for _ in 0..n {
            let _ = black_box(anyhow::Error::new(black_box(fmt::Error)));
        }
    }),
    row("an eyre::Report made", |n| {
        for _ in 0..n {
            let _ = black_box(eyre::Report::new(black_box(fmt::Error)));
        }
    }),
    row("an error_stack::Report made", |n| {
        for _ in 0..n {
            let _ = black_box(error_stack::Report::new(black_box(fmt::Error)));
        }
    }),
    row("an eyre::Report as text", |n| {
        let error = eyre::Report::new(fmt::Error);
        for _ in 0..n {
            let _ = black_box(format!("{error:?}"));
        }
    }),
    row("an error_stack::Report as text", |n| {
        let error = error_stack::Report::new(fmt::Error);
        for _ in 0..n {
            let _ = black_box(format!("{error:?}"));
        }
    }),
    span_trace("a tracing_error::SpanTrace made", |n| {
        for _ in 0..n {
            let _ = black_box(SpanTrace::capture());
        }
    }),
    span_trace("a tracing_error::SpanTrace as text", |n| {
        let trace = SpanTrace::capture();
        for _ in 0..n {
            let _ = black_box(trace.to_string());
        }
    }),
];
