//! Where lines go.

use super::event::Event;
use super::filter;
use super::format::Flags;
use std::fmt;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering::*};
use std::sync::{Arc, LazyLock};

/// Where the log goes: something that takes an [`Event`] at a time.
///
/// ```
/// use stacklens::log_calls::{self, Event, Sink};
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// /// Counts the bytes.
/// struct Counting(AtomicUsize);
///
/// impl Sink for Counting {
///     fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
///         self.0.fetch_add(event.line().len(), Ordering::Relaxed);
///         Ok(())
///     }
/// }
///
/// static COUNTING: Counting = Counting(AtomicUsize::new(0));
/// log_calls::set_sink(&COUNTING);
///
/// #[stacklens::log_calls]
/// fn double(n: u32) -> u32 {
///     2 * n
/// }
///
/// double(4);
/// # #[cfg(not(feature = "off"))]
/// assert_eq!(COUNTING.0.load(Ordering::Relaxed), "→ double(4)\n← double(4) = 8\n".len());
/// ```
///
/// A sink is called by many threads at once. What it calls is not logged itself (it is counted,
/// [`Stats::suppressed`](super::Stats::suppressed)), and a panic of it is caught and counted as a failure. A line that
/// is written by one `write_all` under a lock is never torn.
///
/// Implemented for references, `Arc`, `Box` and `LazyLock` of sinks, and for pairs of sinks: both get each event.
pub trait Sink: Send + Sync {
    /// Takes one event.
    ///
    /// # Errors
    ///
    /// An error is counted ([`Stats::failed`](super::Stats::failed)); the program goes on.
    fn write(&self, event: &Event<'_>) -> io::Result<()>;

    /// Writes out what is kept back.
    ///
    /// # Errors
    ///
    /// As for `write`.
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }

    /// What the sink makes use of; asked once, when it is installed.
    fn needs(&self) -> Needs {
        Needs::LINE
    }
}

/// What a [`Sink`] makes use of. What it does not is not made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Needs {
    /// The text of an event, [`Event::line`].
    pub line: bool,
    /// Arguments and results, [`Event::each_argument`] and [`Event::result`]. In a text they are anyway.
    pub values: bool,
    /// How long calls took, [`Event::elapsed`]. (An option or the filter may ask for it too.)
    pub time: bool,
    /// The text is for a terminal that shows colours.
    pub color: bool,
}

impl Needs {
    /// The text, and nothing else.
    pub const LINE: Needs = Needs {
        line: true,
        values: true,
        time: false,
        color: false,
    };
    /// The fields of the event, not the text.
    pub const FIELDS: Needs = Needs {
        line: false,
        values: true,
        time: true,
        color: false,
    };
    /// Which calls begin and how they end: nothing is looked at and nothing formatted.
    pub const CALLS: Needs = Needs {
        line: false,
        values: false,
        time: false,
        color: false,
    };
}

macro_rules! forward {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Sink for $type {
            fn write(&self, event: &Event<'_>) -> io::Result<()> {
                (**self).write(event)
            }

            fn flush(&self) -> io::Result<()> {
                (**self).flush()
            }

            fn needs(&self) -> Needs {
                (**self).needs()
            }
        }
    )*};
}

forward! {
    [S: Sink + ?Sized] &S;
    [S: Sink + ?Sized] Arc<S>;
    [S: Sink + ?Sized] Box<S>;
    [S: Sink, F: FnOnce() -> S + Send] LazyLock<S, F>;
}

impl<A: Sink, B: Sink> Sink for (A, B) {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let first = self.0.write(event);
        self.1.write(event).and(first)
    }

    fn flush(&self) -> io::Result<()> {
        let first = self.0.flush();
        self.1.flush().and(first)
    }

    /// Colours only if both want them: there is one text.
    fn needs(&self) -> Needs {
        let (a, b) = (self.0.needs(), self.1.needs());
        Needs {
            line: a.line || b.line,
            values: a.values || b.values,
            time: a.time || b.time,
            color: (a.color || !a.line) && (b.color || !b.line),
        }
    }
}

/// A sink, and what it said that it needs.
pub(super) struct Target {
    pub(super) sink: &'static dyn Sink,
    pub(super) needs: Needs,
    looks: Flags,
    flags: Flags,
}

impl Target {
    pub(super) fn new(sink: &'static dyn Sink) -> Target {
        // A call that is logged must not unwind for the sake of its log.
        let needs = catch_unwind(AssertUnwindSafe(|| sink.needs())).unwrap_or_else(|payload| {
            failed(1);
            std::mem::forget(payload);
            Needs::LINE
        });
        let on = |flags, on| if on { flags } else { Flags::NONE };
        let values = on(Flags::VALUES, needs.line || needs.values);
        Target {
            sink,
            needs,
            looks: Flags::VALUES.other().with(values),
            flags: on(Flags::COLOR, needs.color),
        }
    }

    /// What lines for this sink have besides what is said of them.
    #[inline]
    pub(super) fn flags(&self) -> Flags {
        self.flags
    }

    /// Whether arguments and results are looked at.
    #[inline]
    pub(super) fn looks_at_values(&self) -> bool {
        self.needs.line || self.needs.values
    }

    /// What is looked at in a call, given what is said of it.
    #[inline]
    pub(super) fn looks(&self, said: Flags) -> Flags {
        said.of(self.looks)
    }

    /// Hands an event over. What goes wrong is counted.
    #[inline]
    pub(super) fn write(&self, event: &Event<'_>) {
        let write = || self.sink.write(event);
        match catch_unwind(AssertUnwindSafe(write)) {
            Ok(Ok(())) => {}
            other => failed_to(other),
        }
    }
}

/// The payload of a panic is not dropped: that may panic in turn.
#[cold]
fn failed_to(write: Result<io::Result<()>, Box<dyn std::any::Any + Send>>) {
    failed(1);
    std::mem::forget(write);
}

static FAILED: AtomicU64 = AtomicU64::new(0);

/// So many lines were not written.
#[cold]
pub(super) fn failed(lines: u64) {
    FAILED.fetch_add(lines, Relaxed);
}

pub(super) fn failures() -> u64 {
    FAILED.load(Relaxed)
}

/// Null: nothing was set, standard error.
static CURRENT: AtomicPtr<Target> = AtomicPtr::new(std::ptr::null_mut());

#[inline]
pub(super) fn current() -> &'static Target {
    // SAFETY: null or leaked by `install`.
    match unsafe { CURRENT.load(Acquire).as_ref() } {
        Some(target) => target,
        None => default(),
    }
}

#[cold]
fn default() -> &'static Target {
    install(Box::new(Target::new(&super::streams::Stderr)), false)
}

fn install(target: Box<Target>, replace: bool) -> &'static Target {
    let target = Box::into_raw(target);
    let before = if replace {
        CURRENT.swap(target, AcqRel)
    } else {
        match CURRENT.compare_exchange(std::ptr::null_mut(), target, AcqRel, Acquire) {
            Ok(_) => std::ptr::null_mut(),
            Err(faster) => {
                // SAFETY: nobody else has seen it.
                drop(unsafe { Box::from_raw(target) });
                // SAFETY: leaked, as below.
                return unsafe { &*faster };
            }
        }
    };
    // SAFETY: never freed: another thread may be writing to it.
    if let Some(before) = unsafe { before.as_ref() }
        && before.sink.flush().is_err()
    {
        failed(1);
    }
    // SAFETY: just leaked.
    unsafe { &*target }
}

/// Sends the log somewhere else from now on, in all threads. The default is [`Stderr`](super::Stderr).
///
/// The sink before is flushed. A sink stays for the rest of the program, since a thread may be writing to it at any
/// time: set it when the program starts, and change the [filter](super::set_filter) while it runs.
///
/// ```
/// use stacklens::log_calls::{self, Ring, Stderr};
///
/// log_calls::set_sink((Stderr, Ring::new(100)));
/// ```
pub fn set_sink(sink: impl Sink + 'static) {
    let sink: &'static dyn Sink = Box::leak(Box::new(sink));
    install(Box::new(Target::new(sink)), true);
    filter::reconsider();
}

/// Writes out what the sink keeps back. A program that logs to a [`Background`](super::Background) and ends by
/// `std::process::exit` calls this before; at the end of `main` it happens by itself.
pub fn flush() {
    // SAFETY: as in `current`.
    if let Some(target) = unsafe { CURRENT.load(Acquire).as_ref() } {
        let Some(_busy) = super::thread::Busy::enter() else {
            return;
        };
        if target.sink.flush().is_err() {
            failed(1);
        }
    }
}

/// One line about ourselves, where nobody else can be told.
#[cold]
pub(super) fn complain(message: fmt::Arguments<'_>) {
    let text = format!("stacklens: {message}\n");
    if io::stderr().lock().write_all(text.as_bytes()).is_err() {
        failed(1);
    }
}
