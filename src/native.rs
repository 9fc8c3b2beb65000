//! The native stack: what really runs, beside what is recorded.
//!
//! [`stack`] walks this thread's native frames, annotated or not, and names them from the program's own debug information.
//! [`crosscheck`] holds the recorded frames against them. Both need the feature `native`, which is on by default; without
//! it, and on systems where it cannot be done, they answer that it is not there.
//!
//! ```
//! use stacklens::{frame, native};
//!
//! #[frame]
//! fn annotated() -> native::CrossCheck {
//!     not_annotated()
//! }
//!
//! fn not_annotated() -> native::CrossCheck {
//!     native::crosscheck()
//! }
//!
//! println!("{}", annotated());
//! // the stacks agree: 1 of 1 recorded frame is on the native stack; 2 native functions are not annotated
//! // [0] app::not_annotated in src/main.rs:9:5
//! // [1] app::annotated in src/main.rs:5:5 = recorded [0] annotated
//! // [2] app::main in src/main.rs:12:20
//! // [9 runtime frames]
//! ```
//!
//! # What is read
//!
//! On Linux: the file that the program was started from, wherever it is now, and those of shared libraries if they are
//! still the ones that were loaded; debug information in the file, compressed or not, in `.dwp` and `.dwo` files, or in
//! those that a build id or `.gnu_debuglink` names. Only what an address leads to is parsed. A file that was opened stays
//! mapped. Elsewhere, what the `backtrace` crate finds.

pub(crate) mod check;
mod crosscheck;
#[cfg(native_elf)]
pub(crate) mod image;
mod locals;
mod names;
mod runtime;
mod stack;
mod symbols;
pub(crate) mod unwind;

#[cfg(all(native_elf, fuzzing))]
pub(crate) use image::fuzz;
pub(crate) use names::last_segment;

pub use crosscheck::{CrossCheck, MergedFrame, NativeKind, OrderViolation, Verdict, crosscheck};
pub use locals::{FrameLocals, NativeLocals, locals, locals_within};
pub use stack::{NativeFrame, NativeStack, stack};
pub use symbols::{Function, Symbols};

/// Whether the native stack can be walked as far as so many recorded frames may lie.
pub(crate) fn can_merge(recorded: usize) -> bool {
    unwind::MISSING.is_none() && recorded <= unwind::MOST
}
