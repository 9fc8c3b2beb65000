//! `#[frame(grow)]`: going on where there is more stack.

use crate::stack::{native, run_on_segment};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes of native stack that a thread may have, with all that it grew by.
static MAX_STACK: AtomicUsize = AtomicUsize::new(1 << 30);

/// Bytes that a function with `grow` wants to find above the red zone: what its own native frame may take before it is
/// entered.
const ROOM: usize = 64 << 10;

/// Bytes of a new segment of stack. Memory for it is taken as it is touched.
const SEGMENT: usize = 4 << 20;

/// Sets how many bytes of native stack a thread may have, with all that functions marked `#[frame(grow)]` let it grow
/// by: 1 GiB at first. Beyond it they raise a [`RecursionError`](super::RecursionError).
///
/// ```
/// use stacklens::frame;
/// use stacklens::recursion::{self, RecursionError};
///
/// #[frame(grow)]
/// fn sum_to(n: u64) -> u64 {
///     if n == 0 { 0 } else { n + sum_to(n - 1) }
/// }
///
/// # std::panic::set_hook(Box::new(|_| {}));
/// // Far more than the stack of this thread has room for.
/// assert_eq!(sum_to(100_000), 5_000_050_000);
///
/// recursion::set_max_stack(8 << 20);
/// let payload = std::panic::catch_unwind(|| sum_to(u64::MAX)).unwrap_err();
/// assert!(payload.is::<RecursionError>());
/// ```
pub fn set_max_stack(bytes: usize) {
    MAX_STACK.store(bytes, Relaxed);
}

/// What [`set_max_stack`] set.
pub fn max_stack() -> usize {
    MAX_STACK.load(Relaxed)
}

/// Runs `body`, on a new segment of stack if little is left of this one.
#[inline]
pub fn grow<R>(body: impl FnOnce() -> R) -> R {
    if native::has_room(ROOM) {
        body()
    } else {
        grown(body)
    }
}

#[cold]
#[inline(never)]
fn grown<R>(body: impl FnOnce() -> R) -> R {
    let mut body = Some(body);
    let mut value = None;
    let ran = run_on_segment(SEGMENT, max_stack(), &mut || {
        value = body.take().map(|body| body());
    });
    if let Err(payload) = ran {
        resume_unwind(payload);
    }
    match (value, body) {
        (Some(value), _) => value,
        // There is no other stack to be had: here then, where the frame will be refused once too little is left.
        (None, Some(body)) => body(),
        (None, None) => unreachable!("stacklens: a body that ran has a value"),
    }
}
