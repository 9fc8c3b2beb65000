//! Frames that are not functions: closures, thread roots, and the bodies of async functions.

mod closure;
mod future;
mod polled;
mod returned;

pub(crate) use closure::facts;
pub use closure::framed;
#[cfg(feature = "grow")]
pub use future::Growing;
pub use future::{Limited, OrError, Plain, Watching, framed as framed_future, framed_by};
pub(crate) use polled::Polled;
pub use returned::{Making, Returned, SameFuture, enter_future, future, same_future};
