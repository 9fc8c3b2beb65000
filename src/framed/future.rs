//! The bodies of async functions: on the stack while they are polled.

use crate::stack::{Guard, Suspended, enter};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an async function with its frame: on the thread's stack while it is polled.
pub struct Framed<F, const SLOTS: usize> {
    meta: &'static str,
    suspended: Suspended<SLOTS>,
    body: F,
}

/// Gives `body` a frame. `R` is the function's written return type, so that the body is checked against it.
#[inline]
pub fn framed<R, F: Future<Output = R>, const SLOTS: usize>(
    meta: &'static str,
    body: F,
) -> Framed<F, SLOTS> {
    Framed {
        meta,
        suspended: Suspended::FRESH,
        body,
    }
}

impl<F: Future, const SLOTS: usize> Future for Framed<F, SLOTS> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `body` is pinned with `self` and never moved out of it; the other fields are never pinned.
        let (body, suspended, meta) = unsafe {
            let this = self.get_unchecked_mut();
            (
                Pin::new_unchecked(&mut this.body),
                &mut this.suspended,
                this.meta,
            )
        };
        let guard: Guard = enter(meta);
        suspended.resume(&guard);
        let polled = body.poll(context);
        if polled.is_pending() {
            suspended.suspend(&guard);
        }
        polled
    }
}
