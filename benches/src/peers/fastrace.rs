//! `fastrace`'s `#[trace]`.
//!
//! Its spans carry time stamps and go to a collector on another thread; outside of a root span it does
//! little more than look. A root is opened for each hundred calls and is part of the number.

use super::row;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use fastrace::Span;
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use std::hint::black_box;

#[fastrace::trace]
#[inline(never)]
fn traced(a: u64, b: &str) -> u64 {
    body!(a, b)
}

struct Ignore;

impl Reporter for Ignore {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        black_box(spans);
    }
}

fn reporter() {
    fastrace::set_reporter(Ignore, Config::default());
}

fn under_roots(n: u64) {
    for start in (0..n).step_by(100) {
        let root = Span::root("root", SpanContext::random());
        let _local = root.set_local_parent();
        for i in start..n.min(start + 100) {
            black_box(traced(black_box(i), black_box("hello")));
        }
    }
}

pub(super) const ROWS: [Row; 2] = [
    row(
        "fastrace #[trace], no root",
        Bench::new("fastrace", calls!(traced)).prepared_by(reporter),
    ),
    row(
        "fastrace #[trace], under a root",
        Bench::new("fastrace root", under_roots)
            .prepared_by(reporter)
            .counts([1000, 5000]),
    ),
];
