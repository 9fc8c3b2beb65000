//! The stacks of all threads, while they run: what `sys._current_frames()` and `py-spy dump` are to Python.
//!
//! ```
//! use stacklens::{frame, threads};
//! use std::sync::mpsc::channel;
//!
//! #[frame]
//! fn wait_for_work(queue: &str, jobs: &std::sync::mpsc::Receiver<u32>) {
//!     let _job = jobs.recv();
//! }
//!
//! let (give, jobs) = channel();
//! # let (started, has_started) = channel();
//! let worker = std::thread::Builder::new().name("worker".to_owned());
//! let worker = worker.spawn(move || {
//! #   started.send(()).unwrap();
//!     wait_for_work("mail", &jobs)
//! })?;
//!
//! # has_started.recv().unwrap();
//! # let at_work = |dump: &threads::ThreadDump| dump.to_string().contains("\"mail\"");
//! # while !at_work(&threads::dump_all()) && cfg!(not(feature = "off")) {}
//! let dump = threads::dump_all();
//! # #[cfg(not(feature = "off"))] {
//! let worker = dump.iter().find(|thread| thread.frames().len() == 1).unwrap();
//! assert_eq!(worker.frames()[0].name(), "wait_for_work");
//! assert!(dump.to_string().contains(r#"[0] wait_for_work in "#));
//! assert!(dump.to_string().contains(r#"{queue: "mail", "#));
//! # }
//! # drop(give);
//! # worker.join().unwrap();
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # How
//!
//! On Linux (x86_64 and aarch64) each thread is sent a real-time signal, in whose handler it copies its own stack into
//! memory that was made ready: it is asked at one moment, wherever it is, in the middle of entering a frame too. The
//! signal is one that nobody has a handler for: the fifth from the end (`SIGRTMAX - 4`), or the next one before it that
//! is free; [`signal`] says which, [`use_signal`] chooses another. A thread that does not answer in time (it has the
//! signal blocked, or waits in the system where nothing can wake it) is read from outside. So are all threads
//! elsewhere, and where [`Dump::interrupt`] says so. A thread that is idle is not harmed by being read so: its stack
//! stands still. One that runs may have parts of two moments in its copy; its [`Answer`] says that.
//!
//! A thread is known from its first frame on until its thread-locals are destroyed, whoever made it. On Linux the
//! others are listed too, without frames.
//!
//! # What it costs the others
//!
//! Nothing on the way in and out of functions, and one system call at a thread's first frame. A thread that is asked
//! runs the handler: some 190 instructions a frame. A system call that it waits in is restarted, but for those that the
//! system never restarts after a signal (`epoll_wait`, `poll`, `nanosleep`; see `signal(7)`): they fail with `EINTR`,
//! which std and the usual event loops handle.

mod dump;
mod json;
mod os;
mod profile;
mod sample;
#[cfg_attr(
    all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ),
    path = "signal/linux.rs"
)]
#[cfg_attr(
    not(all(
        target_os = "linux",
        target_pointer_width = "64",
        any(target_arch = "x86_64", target_arch = "aarch64")
    )),
    path = "signal/elsewhere.rs"
)]
mod signal;
mod stack;
pub(crate) mod system;
mod text;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
pub(crate) mod wait;

pub use dump::Dump;
pub use profile::{Profile, Sample};
pub use sample::{Sampler, Sampling, sample};
pub use stack::{Answer, State, ThreadDump, ThreadStack};

use crate::stack::{native, owner};
use std::io;

/// The stacks of all threads as they are now, with the defaults of [`Dump`].
///
/// # Cost
///
/// Some microseconds a thread, and as long as the slowest of them takes to answer; a quarter of a second at most. No
/// thread is stopped for longer than copying its own stack takes.
pub fn dump_all() -> ThreadDump {
    Dump::new().take()
}

/// Makes the running thread known before its first frame, and gives it a name in full: the system keeps fifteen bytes
/// of one. Of a longer one than 64 bytes the beginning is kept.
///
/// ```
/// use stacklens::threads;
///
/// threads::register("a thread with quite a long name");
/// let dump = threads::dump_all();
/// assert_eq!(dump.current().unwrap().name(), Some("a thread with quite a long name"));
/// ```
///
/// A thread that Rust's library did not make is so given its signal stack, without which a stack overflow cannot be
/// reported ([`fault`](crate::fault)), before its first frame.
pub fn register(name: &str) {
    native::begin();
    if let Some(region) = owner::own() {
        region.owner.set_name(name);
    }
}

/// The number of the signal by which threads are asked; `None` where there is none, or all are taken.
///
/// ```
/// # use stacklens::threads;
/// if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
///     assert_eq!(threads::signal(), Some(60));
/// }
/// ```
pub fn signal() -> Option<i32> {
    signal::number()
}

/// Has threads asked by this signal from now on. Its handler stays.
///
/// # Errors
///
/// If it is not one of the system's real-time signals, if it has a handler already, and where threads cannot be asked.
pub fn use_signal(signal: i32) -> io::Result<()> {
    signal::choose(signal)
}
