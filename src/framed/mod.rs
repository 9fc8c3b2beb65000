//! Frames that are not functions: closures, thread roots, and the bodies of async functions.

mod closure;
mod future;

pub use closure::framed;
pub use future::framed as framed_future;
