//! Panics: the hook that reports them, and `catch`, which makes data of them.
//!
//! A panic inside a panic hook aborts the process, so that nothing here may panic, run code of the
//! program's, or wait for a lock that it may hold: values are plain bytes by then, messages are text.

mod backtrace;
mod catch;
mod hook;
pub(crate) mod last;
pub(crate) mod output;
mod payload;
mod previous;
mod render;

pub use catch::{catch, catch_with_payload};
pub(crate) use hook::{PanicCallback, install, listen, reports};
pub(crate) use render::text;
