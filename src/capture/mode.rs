//! How much of the values is recorded, as switched when the program runs.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// How much is recorded of values.
///
/// What an attribute asks for (`#[frame(capture = "..")]`) is decided when the program is built: for
/// `"full"`, code has to be there that formats. When the program runs it can only be lowered, by
/// [`Config::capture`](crate::Config::capture) or `STACKLENS=capture=..`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Capture {
    /// Names and positions only.
    None,
    /// Bounded copies, no code of the program's but its `Inspect`.
    Cheap,
    /// What the attributes ask for.
    #[default]
    Full,
}

static MODE: AtomicU8 = AtomicU8::new(Capture::Full as u8);

pub(crate) fn set(mode: Capture) {
    MODE.store(mode as u8, Relaxed);
}

/// In a build without optimisation: records the values of hot functions always, or rarely.
pub(crate) fn set_hot(always: bool) {
    #[cfg(unoptimised)]
    super::unoptimised::record_always(always);
    #[cfg(not(unoptimised))]
    let _ = always;
}

/// Whether this much may be recorded and shown.
#[inline]
pub(crate) fn allows(mode: Capture) -> bool {
    MODE.load(Relaxed) >= mode as u8
}
