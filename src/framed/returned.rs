//! Functions that return futures, with `#[frame(future)]`: the frame of the call becomes that of the future.

use super::polled::{Polled, maker};
use crate::stack::{Guard, Known, Polling, Suspended};
use crate::suspend::{Id, Node};
use std::cell::Cell;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The call of a function that will return a future: a frame on the stack, which has a node already.
pub struct Making<const N: usize> {
    meta: Known,
    maker: Id,
    frame: Cell<Suspended<N>>,
    /// Until the future has the frame.
    going_on: Cell<Option<(&'static Node, Polling)>>,
    // Left last.
    guard: Guard,
}

/// Enters the frame.
///
/// Always inlined, as all that enters: the frame is the caller's.
#[inline(always)]
pub fn enter_future<const N: usize>(meta: &'static str) -> Making<N> {
    let meta = Known::new(meta);
    let maker = maker();
    let guard = meta.enter();
    let mut frame = Suspended::FRESH;
    let going_on = frame.resume(meta.meta(), &guard, maker);
    Making {
        meta,
        maker,
        frame: Cell::new(frame),
        going_on: Cell::new(Some(going_on)),
        guard,
    }
}

impl<const N: usize> Deref for Making<N> {
    type Target = Guard;

    #[inline(always)]
    fn deref(&self) -> &Guard {
        &self.guard
    }
}

impl<const N: usize> Making<N> {
    /// What the frame holds now is kept for the future.
    fn hand_over(&self) -> Polled<N> {
        let frame = match self.going_on.take() {
            Some((node, polling)) => {
                Suspended::<N>::made(node, polling, &self.guard, self.maker);
                self.frame.replace(Suspended::FRESH)
            }
            // A second value that leaves one call: there is none, but in code that no macro of ours wrote.
            None => Suspended::FRESH,
        };
        Polled::kept(self.meta, self.maker, frame)
    }
}

impl<const N: usize> Drop for Making<N> {
    #[inline]
    fn drop(&mut self) {
        // A panic, or a macro that returned past our sight: the frame ends with the call.
        if let Some((_, polling)) = self.going_on.take() {
            drop(polling);
            self.frame.get_mut().release();
        }
    }
}

/// A future that a function returned, with that function's frame.
#[derive(Debug)]
pub struct Returned<F, const N: usize> {
    // Dropped first: while its own destructors run, the frame is still there.
    future: F,
    frame: Polled<N>,
}

/// Gives the frame of the call to the future that it returns.
#[inline]
pub fn future<F: Future, const N: usize>(future: F, making: &Making<N>) -> Returned<F, N> {
    Returned {
        future,
        frame: making.hand_over(),
    }
}

/// The same, of a future whose type is the one that the function returns by name.
#[inline]
pub fn same_future<F: SameFuture, const N: usize>(future: F, making: &Making<N>) -> F {
    future.with_frame(making.hand_over())
}

impl<F: Future, const N: usize> Future for Returned<F, N> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `future` is pinned with `self` and never moved out of it; `frame` is never pinned.
        let (future, frame) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.future), &mut this.frame)
        };
        let result = frame.poll(|| future.poll(context));
        if result.is_ready() {
            frame.finish();
        }
        result
    }
}

/// Futures in boxes, which stay what they are with a frame put in.
#[diagnostic::on_unimplemented(
    message = "`#[frame(future)]` cannot put a frame into a `{Self}`",
    label = "not a future in a box",
    note = "it is for functions that return `impl Future<Output = ..>` or `Pin<Box<dyn Future<Output = ..>>>`, \
            the latter also by another name (`BoxFuture<'_, T>`, `Self::Future`)"
)]
pub trait SameFuture: Sized {
    #[doc(hidden)]
    #[allow(private_interfaces)] // called by this module alone
    fn with_frame<const N: usize>(self, frame: Polled<N>) -> Self;
}

/// One more allocation: what is in a box of this type cannot be asked how large it is.
macro_rules! boxes {
    ($($bounds:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        #[allow(private_interfaces)]
        impl<'a, T: 'a> SameFuture for Pin<Box<$bounds>> {
            fn with_frame<const N: usize>(self, frame: Polled<N>) -> Self {
                Box::pin(Returned { future: self, frame })
            }
        }
    )*};
}

boxes!(
    dyn Future<Output = T> + 'a,
    dyn Future<Output = T> + Send + 'a,
    dyn Future<Output = T> + Send + Sync + 'a
);
