//! Sinks that write lines somewhere: the standard streams, and anything with `io::Write`.

use super::event::Event;
use super::sink::{Needs, Sink};
use super::thread::Busy;
use crate::color::{self, Stream};
use crate::config;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// Standard error: where the log goes by default. Coloured if it is a terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stderr;

/// Standard output. Coloured if it is a terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stdout;

/// By `eprint!`, so that the test harness shows the lines with the output of the test that they are from.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestOutput;

/// Nowhere. Lines are made and dropped: to see what logging costs. ([`Counter`](super::Counter) needs no lines.)
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Sink for Stderr {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        io::stderr().lock().write_all(event.line().as_bytes())
    }

    fn needs(&self) -> Needs {
        Needs {
            color: color::enabled(config::settings().color, Stream::Stderr),
            ..Needs::LINE
        }
    }
}

impl Sink for Stdout {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        io::stdout().lock().write_all(event.line().as_bytes())
    }

    fn flush(&self) -> io::Result<()> {
        io::stdout().lock().flush()
    }

    fn needs(&self) -> Needs {
        Needs {
            color: color::enabled(config::settings().color, Stream::Stdout),
            ..Needs::LINE
        }
    }
}

impl Sink for TestOutput {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        eprint!("{}", event.line());
        Ok(())
    }
}

impl Sink for Null {
    fn write(&self, _: &Event<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// Anything with `io::Write`, one `write_all` for each line, under a lock.
///
/// ```
/// use stacklens::log_calls::{self, Writer};
/// # let path = std::env::temp_dir().join("stacklens-writer-example.log");
///
/// log_calls::set_sink(Writer::new(std::fs::File::create(path)?));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// The caller waits for it. For an output that may be slow there is [`Background`](super::Background).
#[derive(Debug)]
pub struct Writer<W: ?Sized>(Mutex<W>);

impl<W: Write + Send> Writer<W> {
    /// Lines go to `output`.
    pub const fn new(output: W) -> Writer<W> {
        Writer(Mutex::new(output))
    }

    /// Calls `look` with the output. Logged functions that it calls are not logged but
    /// [counted](super::Stats::suppressed).
    pub fn with<R>(&self, look: impl FnOnce(&mut W) -> R) -> R {
        // What it calls is not logged: that would wait for the lock.
        let _busy = Busy::enter();
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<W: Write + Send> Sink for Writer<W> {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        self.with(|output| output.write_all(event.line().as_bytes()))
    }

    fn flush(&self) -> io::Result<()> {
        self.with(Write::flush)
    }
}
