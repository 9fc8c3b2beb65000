//! The frames of futures that wait: what each task of the program awaits, on which line, with which values.
//!
//! A server has ten thousand connections on a few threads; at any moment nearly all of them wait, and the stacks of the
//! threads show none of them. Python's answer is `asyncio.all_tasks()` and each task's stack; here it is [`dump`], for any
//! executor, from any thread, while all goes on.
//!
//! ```
//! use stacklens::{frame, tasks};
//! use std::future::{Future, pending};
//! use std::pin::pin;
//! use std::task::{Context, Waker};
//!
//! #[frame]
//! async fn fetch_data(url: &str) -> usize {
//!     pending::<()>().await;
//!     url.len()
//! }
//!
//! #[frame]
//! async fn serve(id: u32) -> usize {
//!     let url = format!("https://example.com/{id}");
//!     fetch_data(&url).await
//! }
//!
//! let mut task = pin!(serve(7));
//! assert!(task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
//! # #[cfg(not(feature = "off"))] {
//! let dump = tasks::dump();
//! let waiting = dump.frames().find(|frame| frame.name() == "fetch_data").unwrap();
//! assert_eq!(waiting.locals().to_string(), r#"{url: "https://example.com/7"}"#);
//! assert_eq!(waiting.awaited_by().unwrap().name(), "serve");
//! assert_eq!((waiting.polls(), waiting.is_running()), (1, false));
//! # }
//! ```
//!
//! # What is in it
//!
//! The frames of `#[frame] async fn`s, of [`FutureExt::framed`] and of [`PollFrame`] that were polled at least once and are
//! neither ready nor dropped; those of functions with `#[frame(future)]` from the call on, with `(not polled yet)` until they
//! are. A future that was forgotten (`mem::forget`) is there for good.
//!
//! *Awaited by* is who polled it last: the innermost frame around that poll. So it is the function that awaits it, through
//! `join!`, `select!`, `FuturesUnordered` and whatever else polls several at once; and one that is moved to another place is
//! found there after its next poll. A future that an executor polls is the root of a task. Who spawned it, the executor
//! does not tell; [`FutureExt::framed`] does.
//!
//! # Cost
//!
//! To a poll: see the README's table; nothing waits for a dump, whatever it does. To a dump: some hundred instructions a
//! frame; no lock. A frame that is kept has a node of 64 bytes, or with values 256 (up to 4 of them), 512 (up to 11) or
//! 1024 bytes (measured with 100,000 frames: 64 to 102 and 256 to 338, by whether the system gives large pages); the memory
//! is used again, and not given back to the system. A future is two words larger.

mod dump;
mod future;
mod iterator;
mod json;
mod polled;
#[cfg(feature = "futures")]
mod stream;
mod tree;

pub use crate::stack::State;
pub use dump::{TaskDump, TaskFrame};
pub use future::{Framed, FutureExt, PollFrame};
pub use iterator::IteratorExt;
pub(crate) use polled::{Polled, name};
#[cfg(feature = "futures")]
pub use stream::StreamExt;
pub use tree::Tree;

/// All frames of futures, as they are now.
///
/// Each frame is a copy of one moment, all of them together are not: the program goes on while they are taken, one after the
/// other.
///
/// # Cost
///
/// Some hundred instructions a frame, and two large allocations. Values are not turned into text before somebody asks. No
/// lock; no poll waits.
pub fn dump() -> TaskDump {
    TaskDump::take()
}

/// [`dump`] as a text: [`TaskDump::tree`].
pub fn dump_tree() -> String {
    dump().to_string()
}
