//! The stacks of all threads when the program dies of a signal, or hangs: Python's `faulthandler`.
//!
//! ```no_run
//! use stacklens::{fault, frame};
//!
//! #[frame]
//! fn read_at(address: usize) -> u8 {
//!     // SAFETY: there is none.
//!     unsafe { *(address as *const u8) }
//! }
//!
//! fn main() -> std::io::Result<()> {
//!     fault::install()?;
//!     println!("{}", read_at(16));
//!     Ok(())
//! }
//! ```
//!
//! prints to standard error, before the program ends as it would have without it:
//!
//! ```text
//! stacklens: SIGSEGV at address 0x10
//!
//! thread 4242 "main" (this one), innermost frame first:
//!   [0] read_at in src/main.rs:6 {address: 16}
//! ```
//!
//! # What is caught
//!
//! [`install`] catches `SIGSEGV`, `SIGBUS`, `SIGFPE`, `SIGILL` and `SIGABRT`: wild pointers and failed hardware, an
//! `abort`, a panic inside a panic, and a stack that overflows in functions that have no `#[frame]` (those that have
//! one raise a [`RecursionError`](crate::recursion::RecursionError) before). Then the handler runs that was there
//! before, or the system does what it does: std's message on a stack overflow, the exit status and the core dump are
//! those of the program without us.
//!
//! [`dump_later`] dumps if the program does not say in time that it is alive. [`dump_on`] dumps whenever a signal comes
//! that you choose, and the program goes on.
//!
//! # How
//!
//! Nothing is allocated and no lock of the program's or std's is taken, whatever the program was doing. What is read is
//! read through the system (`process_vm_readv`, or a pipe where that is not allowed), so that overwritten memory makes
//! a line of the dump wrong and not a second fault. Printing has a stack of its own. Each thread has a signal stack:
//! std gives one to its threads, and one that another language made is given one when it enters its first frame or
//! calls [`threads::register`](crate::threads::register). Other threads run on while they are printed: a frame that is
//! entered or left meanwhile may be wrong. Of a thread 100 frames are printed, of the threads 100.
//!
//! Values are what is in the records: scalars, texts, and what fits of others. Secrets are left out as ever.
//!
//! # Where
//!
//! On Linux, x86_64 and aarch64. Elsewhere [`install`] and [`dump_on`] are errors that say so, and [`dump_later`]
//! prints what [`threads::dump_all`](crate::threads::dump_all) gives.

mod options;
#[cfg_attr(
    not(all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    path = "elsewhere.rs"
)]
#[cfg_attr(
    all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ),
    path = "linux/mod.rs"
)]
mod platform;
mod watchdog;

pub use options::{Fatal, Options};
pub use watchdog::Watchdog;

use std::io;
use std::time::Duration;

/// Catches fatal signals from now on, with the defaults of [`Options`].
///
/// Called again, it only changes the settings. A handler that the program sets later is on top of ours: it decides whether
/// ours, which it was given as the one before, runs.
///
/// # Errors
///
/// If the platform has no such signals, or there is no memory for the stack of the handler.
pub fn install() -> io::Result<()> {
    Options::new().install()
}

/// Has fatal signals handled as before [`install`], but for those whose handler somebody has replaced since.
pub fn uninstall() {
    platform::uninstall();
}

/// Dumps all threads to standard error if the answer is not dropped, or [fed](Watchdog::feed), in time.
///
/// ```
/// use stacklens::fault;
/// use std::time::Duration;
///
/// let watchdog = fault::dump_later(Duration::from_secs(30))?;
/// for _request in 0..3 {
///     watchdog.feed();
///     // Whatever takes longer than half a minute is a hang.
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// If there is no new thread to be had.
pub fn dump_later(duration: Duration) -> io::Result<Watchdog> {
    Options::new().dump_later(duration)
}

/// Dumps all threads to standard error whenever this signal comes: `kill -USR1 4242`. The program goes on.
///
/// A handler that was there before runs afterwards.
///
/// # Errors
///
/// If the platform has no signals, or it is one that cannot be caught, that is fatal ([`install`] has those) or that
/// others need: the one by which [threads are asked](crate::threads::signal), and the C library's own.
pub fn dump_on(signal: i32) -> io::Result<()> {
    Options::new().dump_on(signal)
}
