use super::STACKLENS;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use stacklens::log_calls::{self, Event, Sink};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting(AtomicUsize);
impl Sink for Counting {
    fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
        self.0.fetch_add(event.line().len(), Relaxed);
        Ok(())
    }
}
static COUNTING: Counting = Counting(AtomicUsize::new(0));

const META: &str = "work\n\nsrc/main.rs\n#%($*\n#$%(\na $]%##$#\nb $^%##$#\n\nbench\0";
use stacklens::__private as p;

#[inline(never)]
fn logged(a: u64, b: &str) -> u64 {
    static SITE: p::LogSite = p::LogSite::new(META, "");
    let g = p::enter2(META, &a, &b);
    let log = p::log_none();
    p::log_enter(&SITE, &g, &log);
    p::at(1, &g);
    p::log_ret::<u64>(body!(a, b), &log)
}

#[stacklens::frame]
#[inline(never)]
fn framed(a: u64, b: &str) -> u64 {
    body!(a, b)
}
const FRAMED: Bench = Bench::new("frame with arguments", calls!(framed));

pub(super) const ROWS: [Row; 2] = [
    Row::new(
        STACKLENS,
        "log_calls, two lines",
        Bench::new("log_calls", calls!(logged)).prepared_by(|| {
            log_calls::set_sink(&COUNTING);
            logged(1, "hello");
            assert!(COUNTING.0.load(Relaxed) > 0);
        }),
        crate::work::BARE,
    )
    .budget(900.0),
    Row::new(
        STACKLENS,
        "log_calls, filtered out",
        Bench::new("log_calls off", calls!(logged)).prepared_by(|| {
            log_calls::set_filter("off").unwrap();
            log_calls::set_sink(&COUNTING);
        }),
        FRAMED,
    )
    .budget(15.0),
];
