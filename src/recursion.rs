//! Limits on recursion that are errors, not crashes: the counterpart of `sys.setrecursionlimit` and `RecursionError`.
//!
//! A recursion without an end uses up the thread's native stack, and the process dies of it: no destructor runs,
//! nothing can be caught. Where each turn of the recursion passes through a function with
//! [`#[frame]`](macro@crate::frame), it is an error instead:
//!
//! ```
//! use stacklens::frame;
//! use stacklens::recursion::{RecursionError, RecursionKind};
//!
//! #[frame]
//! fn infinite(n: u64) -> u64 {
//!     1 + infinite(n + 1)
//! }
//!
//! # std::panic::set_hook(Box::new(|_| {}));
//! let payload = std::panic::catch_unwind(|| infinite(0)).unwrap_err();
//! let error = payload.downcast_ref::<RecursionError>().unwrap();
//! assert_eq!(error.kind(), RecursionKind::StackBytes);
//! assert_eq!(error.function(), "infinite");
//! assert!(error.to_string().starts_with("maximum recursion depth exceeded ("));
//! ```
//!
//! # Three limits
//!
//! | limit | | set by |
//! |---|---|---|
//! | bytes of stack | always on: a frame is refused when less than the [red zone](set_red_zone) is left | the system, and whoever makes the thread |
//! | number of frames | off, unless it is set | [`set_limit`], [`scoped_limit`], [`set_default_limit`] |
//! | activations of one function | off, unless it is written | `#[frame(recursion_limit = N)]` |
//!
//! There is no limit on the number of frames by default, unlike Python's 1000: a program that is annotated must do
//! what it did before. And no number that is set is too high, unlike in Python: the first limit holds whatever the
//! others say.
//!
//! # What happens
//!
//! The call that is one too many does not begin. The function it is of panics; the payload is a [`RecursionError`].
//! The panic hook is given a text, the error and the stack that led to it with repetitions counted, so that every
//! hook has something to print. Where little stack is left, it runs on a stack of its own (on x86_64 Linux), with a
//! megabyte for a backtrace to be made on. Under `panic = "abort"` the process ends after the hook.
//!
//! A function marked `#[frame(on_recursion = "error")]` that returns a `Result<_, E>` with `E: From<RecursionError>`
//! returns the error instead:
//!
//! ```
//! use stacklens::frame;
//! use stacklens::recursion::{self, RecursionError};
//!
//! #[frame(on_recursion = "error")]
//! fn depth_of(n: u32) -> Result<u32, RecursionError> {
//!     if n == 0 { Ok(0) } else { Ok(depth_of(n - 1)? + 1) }
//! }
//!
//! let _limit = recursion::scoped_limit(100).unwrap();
//! assert_eq!(depth_of(99), Ok(99));
//! let error = depth_of(100).unwrap_err();
//! assert_eq!(error.to_string(), "maximum recursion depth exceeded (limit 100 frames in depth_of)");
//! ```
//!
//! While a panic unwinds, limits on numbers are off, and half of the red zone may be used: an error in a destructor
//! that runs then could only end the process. A recursion without an end in such a destructor does: it panics, and a
//! panic that leaves a destructor during another one aborts the process, after both were printed.
//!
//! # More stack
//!
//! With the feature `grow`, a function marked `#[frame(grow)]` goes on on another segment of stack where little is
//! left of one, up to `max_stack`: then it is an error as well. Frames, positions, handles and panics go across
//! segments, and a segment is kept for the next time. Async functions grow where they are polled.
//!
//! # Cost
//!
//! Three instructions of the 18 of a frame; a limit on the number of frames none. `recursion_limit` takes
//! some 95 more, and `grow` 11. An error takes what the panic and its report take. The first frame of a thread asks
//! the system where the stack lies: 40 µs on Linux's main thread, less than one on others.
//!
//! # What it cannot see
//!
//! * A recursion none of whose functions is annotated; and what the functions between two annotated ones use of the
//!   stack beyond the red zone, at once.
//! * The stack of a stackful coroutine, of a signal handler, or of the `stacker` crate: of a stack that is not the
//!   thread's own, or one of `#[frame(grow)]`, nothing is known and nothing refused. Limits on numbers hold there
//!   too.
//! * Systems other than Linux, Android, Apple's and Windows: there the bounds of stacks are not known.

mod activations;
mod enter;
mod error;
#[cfg(feature = "grow")]
mod grow;
mod limit;
mod raise;

pub(crate) use enter::{Refusable, enter_limited, refused, try_enter};
pub use error::{RecursionError, RecursionKind};
#[cfg(feature = "grow")]
pub(crate) use grow::grow;
#[cfg(feature = "grow")]
pub use grow::{max_stack, set_max_stack};
pub use limit::{
    LimitError, ScopedLimit, default_limit, limit, red_zone, remaining_stack, scoped_limit,
    set_default_limit, set_limit, set_red_zone,
};
pub(crate) use raise::{raise, raised};

/// What the macros' output calls.
pub(crate) mod private {
    pub use super::enter::{Refusable, UNLIMITED, enter_limited, refused, try_enter};
    #[cfg(feature = "grow")]
    pub use super::grow::grow;
}
