//! What is dumped, and where to.

use super::{Watchdog, platform};
use std::io;
use std::time::Duration;

/// Settings of [`install`](super::install), [`dump_later`](super::dump_later) and [`dump_on`](super::dump_on).
///
/// ```no_run
/// use stacklens::fault::{Fatal, Options};
/// use std::fs::File;
/// use std::time::Duration;
///
/// let log = File::create("crash.log")?;
/// let options = Options::new().to(log).all_threads(false).without(Fatal::Fpe);
/// options.install()?;
/// options.dump_on(10)?; // SIGUSR1
/// let _watchdog = options.repeat(true).dump_later(Duration::from_secs(60))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub(super) file: i32,
    pub(super) all_threads: bool,
    pub(super) values: bool,
    pub(super) without: u8,
    pub(super) repeat: bool,
    pub(super) exit: Option<i32>,
}

/// A fatal signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fatal {
    /// `SIGSEGV`: an address that is not there, or not to be used so.
    Segv,
    /// `SIGBUS`: memory that the hardware, or a file behind it, does not give.
    Bus,
    /// `SIGFPE`: a division that the processor refuses.
    Fpe,
    /// `SIGILL`: an instruction that the processor does not know.
    Ill,
    /// `SIGABRT`: the program gave up.
    Abrt,
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

impl Options {
    /// The defaults: all signals, all threads, with values, to standard error.
    pub const fn new() -> Options {
        Options {
            file: 2,
            all_threads: true,
            values: true,
            without: 0,
            repeat: false,
            exit: None,
        }
    }

    /// Dumps to a file, pipe or socket, which stays open for good.
    #[cfg(unix)]
    #[must_use]
    pub fn to(mut self, file: impl Into<std::os::fd::OwnedFd>) -> Options {
        use std::os::fd::IntoRawFd;
        self.file = file.into().into_raw_fd();
        self
    }

    /// Whether other threads are dumped than the one that was hit.
    #[must_use]
    pub const fn all_threads(mut self, all: bool) -> Options {
        self.all_threads = all;
        self
    }

    /// Whether the values of variables are dumped.
    #[must_use]
    pub const fn values(mut self, values: bool) -> Options {
        self.values = values;
        self
    }

    /// Leaves a fatal signal alone: for [`install`](Options::install).
    #[must_use]
    pub const fn without(mut self, signal: Fatal) -> Options {
        self.without |= 1 << signal as u8;
        self
    }

    /// Whether there is a dump after each such time, and not only after the first: for
    /// [`dump_later`](Options::dump_later).
    #[must_use]
    pub const fn repeat(mut self, repeat: bool) -> Options {
        self.repeat = repeat;
        self
    }

    /// Ends the process with this status after a dump, at once and without destructors: for
    /// [`dump_later`](Options::dump_later).
    #[must_use]
    pub const fn exit(mut self, status: i32) -> Options {
        self.exit = Some(status);
        self
    }

    /// As [`install`](super::install).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn install(&self) -> io::Result<()> {
        platform::install(self)
    }

    /// As [`dump_on`](super::dump_on).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn dump_on(&self, signal: i32) -> io::Result<()> {
        platform::dump_on(self, signal)
    }

    /// As [`dump_later`](super::dump_later).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn dump_later(&self, duration: Duration) -> io::Result<Watchdog> {
        Watchdog::start(*self, duration)
    }
}
