//! Call logs of others, into a sink that counts bytes.
//!
//! By hand: two `writeln!`s into a reused text, with the depth as indentation. `log-derive` and `trace` print
//! a line before and after, through the `log` crate; `logcall` one line after; `tracing` with `ret` one line
//! after, by its `fmt` layer without times. What is switched off, is so by level.

use super::row;
use crate::bench::Bench;
use crate::row::Row;
use crate::work::{body, calls};
use log_derive::{logfn, logfn_inputs};
use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static BYTES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// One line, made in a text that is reused.
fn line(arguments: std::fmt::Arguments<'_>) {
    LINE.with_borrow_mut(|line| {
        line.clear();
        let _ = writeln!(line, "{arguments}");
        BYTES.fetch_add(line.len(), Relaxed);
    });
}

#[inline(never)]
fn by_hand(a: u64, b: &str) -> u64 {
    let depth = DEPTH.replace(DEPTH.get() + 1);
    LINE.with_borrow_mut(|line| {
        line.clear();
        let _ = writeln!(
            line,
            "{:width$}→ by_hand({a:?}, {b:?})",
            "",
            width = 2 * depth
        );
        BYTES.fetch_add(line.len(), Relaxed);
    });
    let result = body!(a, b);
    LINE.with_borrow_mut(|line| {
        line.clear();
        let _ = writeln!(
            line,
            "{:width$}← by_hand({a:?}, {b:?}) = {result:?}",
            "",
            width = 2 * depth
        );
        BYTES.fetch_add(line.len(), Relaxed);
    });
    DEPTH.set(depth);
    result
}

#[logfn(Info)]
#[logfn_inputs(Info)]
#[inline(never)]
fn derived(a: u64, b: &str) -> u64 {
    body!(a, b)
}

mod traced {
    use crate::work::body;
    use trace::trace;

    trace::init_depth_var!();

    #[trace(logging)]
    #[inline(never)]
    pub(super) fn traced(a: u64, b: &str) -> u64 {
        body!(a, b)
    }
}

#[logcall::logcall("info", input = "a = {a:?}, b = {b:?}")]
#[inline(never)]
fn one_line(a: u64, b: &str) -> u64 {
    body!(a, b)
}

#[tracing::instrument(ret)]
#[inline(never)]
fn returned(a: u64, b: &str) -> u64 {
    body!(a, b)
}

struct Counting;

impl log::Log for Counting {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Debug
    }

    fn log(&self, record: &log::Record<'_>) {
        line(format_args!(
            "{} {} {}",
            record.level(),
            record.target(),
            record.args()
        ));
    }

    fn flush(&self) {}
}

fn logger(most: log::LevelFilter) {
    log::set_logger(&Counting).expect("the only logger");
    log::set_max_level(most);
}

fn on() {
    logger(log::LevelFilter::Trace);
}

fn off() {
    logger(log::LevelFilter::Error);
}

impl io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        BYTES.fetch_add(bytes.len(), Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn formatted() {
    tracing_subscriber::fmt()
        .without_time()
        .with_ansi(false)
        .with_writer(|| Counting)
        .init();
}

const fn logging(name: &'static str, run: fn(u64)) -> Bench {
    Bench::new(name, run).counts([100, 600])
}

pub(super) const ROWS: [Row; 6] = [
    row(
        "call log by hand, 2 lines",
        logging("by hand", calls!(by_hand)),
    ),
    row(
        "call log by log-derive, 2 lines",
        logging("log-derive", calls!(derived)).prepared_by(on),
    ),
    row(
        "call log by trace, 2 lines",
        logging("trace crate", calls!(traced::traced)).prepared_by(on),
    ),
    row(
        "call log by logcall, 1 line",
        logging("logcall", calls!(one_line)).prepared_by(on),
    ),
    row(
        "call log by logcall, level off",
        logging("logcall off", calls!(one_line)).prepared_by(off),
    ),
    row(
        "call log by tracing's ret and fmt, 1 line",
        logging("tracing ret", calls!(returned)).prepared_by(formatted),
    ),
];
