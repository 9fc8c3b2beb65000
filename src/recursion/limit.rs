//! The limits, set and read.

use crate::stack::{depth, native};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;

/// How many frames this thread may have: `sys.getrecursionlimit()`. `None`: any number, which is the default.
///
/// ```
/// use stacklens::recursion;
///
/// assert_eq!(recursion::limit(), None);
/// recursion::set_limit(1000).unwrap();
/// assert_eq!(recursion::limit(), Some(1000));
/// ```
pub fn limit() -> Option<usize> {
    native::begin();
    some(native::limit())
}

/// Sets how many frames this thread may have: `sys.setrecursionlimit(n)`. `None` takes the limit away. Gives the one
/// before.
///
/// No number is too high: that the stack suffices is checked by itself.
///
/// ```
/// use stacklens::{frame, recursion};
///
/// #[frame]
/// fn lower_too_far() -> String {
///     recursion::set_limit(1).unwrap_err().to_string()
/// }
///
/// recursion::set_limit(5000).unwrap();
/// assert_eq!(recursion::set_limit(None), Ok(Some(5000)));
/// assert_eq!(
///     lower_too_far(),
///     "cannot set the recursion limit to 1 at the recursion depth 1: the limit is too low",
/// );
/// ```
///
/// # Errors
///
/// If as many frames are active already; the limit then stays as it is.
///
/// # Cost
///
/// Nothing for calls: the limit is the end of the storage that each call compares with anyway.
pub fn set_limit(limit: impl Into<Option<usize>>) -> Result<Option<usize>, LimitError> {
    let limit = limit.into().unwrap_or(usize::MAX);
    let depth = depth();
    if limit <= depth {
        return Err(LimitError { limit, depth });
    }
    native::begin();
    let before = native::limit();
    native::set_limit(limit);
    Ok(some(before))
}

/// [`set_limit`] until the guard is dropped.
///
/// ```
/// use stacklens::recursion;
///
/// let limit = recursion::scoped_limit(100).unwrap();
/// assert_eq!(recursion::limit(), Some(100));
/// drop(limit);
/// assert_eq!(recursion::limit(), None);
/// ```
///
/// # Errors
///
/// Those of [`set_limit`].
pub fn scoped_limit(limit: impl Into<Option<usize>>) -> Result<ScopedLimit, LimitError> {
    let before = set_limit(limit)?.unwrap_or(usize::MAX);
    Ok(ScopedLimit {
        before,
        _stays_here: PhantomData,
    })
}

/// Puts the limit of [`scoped_limit`] back to what it was, on the thread that set it.
#[must_use = "the limit ends when this is dropped"]
#[derive(Debug)]
pub struct ScopedLimit {
    before: usize,
    _stays_here: PhantomData<*const ()>,
}

impl Drop for ScopedLimit {
    fn drop(&mut self) {
        // Whatever the depth is: a limit below it refuses the next frame, and no running one.
        native::set_limit(self.before);
    }
}

/// What [`limit`] is on threads that enter their first frame, or ask for their limit, from now on.
///
/// ```
/// use stacklens::recursion;
///
/// recursion::set_default_limit(10_000);
/// let in_a_thread = std::thread::spawn(recursion::limit).join().unwrap();
/// assert_eq!(in_a_thread, Some(10_000));
/// ```
pub fn set_default_limit(limit: impl Into<Option<usize>>) {
    native::default_limit().store(limit.into().unwrap_or(usize::MAX), Relaxed);
}

/// What [`set_default_limit`] set; `None` at first.
pub fn default_limit() -> Option<usize> {
    some(native::default_limit().load(Relaxed))
}

/// Sets how many bytes are kept free of each stack: 128 KiB at first. No more than a quarter of a stack is kept.
///
/// Annotated functions are refused below it; it is there for the functions that are not annotated, and for destructors
/// while the error unwinds. For this thread it holds at once; for others, from their first frame on.
///
/// ```
/// use stacklens::recursion;
///
/// recursion::set_red_zone(256 << 10);
/// assert_eq!(recursion::red_zone(), 256 << 10);
/// ```
pub fn set_red_zone(bytes: usize) {
    native::set_red_zone(bytes);
}

/// What [`set_red_zone`] set.
pub fn red_zone() -> usize {
    native::get_red_zone()
}

/// Bytes that are left of the native stack that the caller runs on, the [red zone](set_red_zone) included.
///
/// `None` where that is not known: on the stack of a stackful coroutine, or on a system that does not say.
///
/// ```
/// use stacklens::recursion;
///
/// fn deeper() -> usize {
///     let array = std::hint::black_box([0_u8; 10_000]);
///     recursion::remaining_stack().unwrap() + usize::from(array[0])
/// }
///
/// # if cfg!(any(target_os = "linux", target_vendor = "apple", windows)) {
/// let here = recursion::remaining_stack().unwrap();
/// assert!(deeper() + 10_000 <= here);
/// # }
/// ```
///
/// # Cost
///
/// Some 20 instructions. The first question of a thread asks the system, as its first frame does.
pub fn remaining_stack() -> Option<usize> {
    native::remaining()
}

/// A limit that is not above the number of frames already active; see [`set_limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitError {
    limit: usize,
    depth: usize,
}

impl LimitError {
    /// The limit that was asked for.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The frames that are active.
    pub fn depth(&self) -> usize {
        self.depth
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LimitError { limit, depth } = self;
        write!(
            f,
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        )
    }
}

impl std::error::Error for LimitError {}

fn some(limit: usize) -> Option<usize> {
    (limit != usize::MAX).then_some(limit)
}
