//! The bodies of async functions: on the stack while they are polled.

use crate::observe::{self, Observed};
use crate::recursion::{RecursionError, Refusable, enter_limited, refused, try_enter};
use crate::stack::{Guard, Known, Suspended};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of an async function with its frame: on the thread's stack while it is polled.
///
/// Two words more than the body. The frame is not in here but in a node (src/suspend) that this holds: see there for why
/// nothing goes wrong when a future moves, is forgotten, or is dropped half-way.
pub struct Framed<F, const SLOTS: usize, W = Plain> {
    // Dropped first: while its own destructors run, the frame is still there. Not in a `ManuallyDrop`: each type round a body
    // counts against how deep rustc follows futures in futures.
    body: F,
    way: W,
    meta: Known,
    suspended: Held<SLOTS>,
}

/// How a poll enters the frame.
pub trait Way<R> {
    /// Always inlined: the frame is to be recorded as one of `poll`, which goes on, not as one of this.
    ///
    /// # Errors
    /// The value of the future whose frame is one too many.
    fn enter(&self, meta: Known) -> Result<Guard, R>;

    /// The body has ended, with this.
    #[inline]
    fn ended(&self, _value: &R, _guard: &Guard) {}

    /// Runs the poll, on another stack if little is left of this one.
    #[inline]
    fn run<T>(&self, poll: impl FnOnce() -> T) -> T {
        poll()
    }
}

/// As any function.
pub struct Plain;

/// `#[frame(recursion_limit = N)]`
pub struct Limited(pub usize);

/// `#[frame(on_recursion = "error")]`, with the limit.
pub struct OrError(pub usize);

impl<R> Way<R> for Plain {
    #[inline(always)]
    fn enter(&self, meta: Known) -> Result<Guard, R> {
        Ok(meta.enter())
    }
}

impl<R> Way<R> for Limited {
    #[inline(always)]
    fn enter(&self, meta: Known) -> Result<Guard, R> {
        Ok(enter_limited(meta.text(), self.0))
    }
}

impl<R: Refusable> Way<R> for OrError {
    #[inline(always)]
    fn enter(&self, meta: Known) -> Result<Guard, R> {
        try_enter(meta.text(), self.0).map_err(|error: RecursionError| refused(error))
    }
}

/// Of a body whose macros may return from it, in one of these ways: a failure that passed no exit is noticed.
pub struct Watching<W, R>(pub W, pub PhantomData<fn() -> R>);

impl<R: Observed, W: Way<R>> Way<R> for Watching<W, R> {
    #[inline(always)]
    fn enter(&self, meta: Known) -> Result<Guard, R> {
        self.0.enter(meta)
    }

    #[inline]
    fn ended(&self, value: &R, guard: &Guard) {
        if value.leaves() {
            observe::ended_in_failure::<R>(guard);
        }
    }

    #[inline]
    fn run<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.0.run(poll)
    }
}

/// `#[frame(grow)]`
#[cfg(feature = "grow")]
pub struct Growing<W>(pub W);

#[cfg(feature = "grow")]
impl<R, W: Way<R>> Way<R> for Growing<W> {
    #[inline(always)]
    fn enter(&self, meta: Known) -> Result<Guard, R> {
        self.0.enter(meta)
    }

    #[inline]
    fn run<T>(&self, poll: impl FnOnce() -> T) -> T {
        crate::recursion::grow(poll)
    }
}

/// Gives `body` a frame. `R` is the function's written return type, so that the body is checked against it.
#[inline]
pub fn framed<R, F: Future<Output = R>, const SLOTS: usize>(
    meta: &'static str,
    body: F,
) -> Framed<F, SLOTS> {
    framed_by(meta, Plain, body)
}

/// [`framed`], of a function that says something on its recursion.
#[inline]
pub fn framed_by<R, F: Future<Output = R>, const SLOTS: usize, W: Way<R>>(
    meta: &'static str,
    way: W,
    body: F,
) -> Framed<F, SLOTS, W> {
    Framed {
        body,
        way,
        meta: Known::new(meta),
        suspended: Held(Suspended::FRESH),
    }
}

impl<F: Future, const SLOTS: usize, W: Way<F::Output>> Future for Framed<F, SLOTS, W> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `body` is pinned with `self` and never moved out of it; the other fields are never pinned.
        let (body, way, meta, suspended) = unsafe {
            let this = self.get_unchecked_mut();
            let body = Pin::new_unchecked(&mut this.body);
            (body, &this.way, this.meta, &mut this.suspended.0)
        };
        way.run(|| {
            let guard = match way.enter(meta) {
                Ok(guard) => guard,
                Err(value) => return Poll::Ready(value),
            };
            let (node, polling) = suspended.resume(meta.meta(), &guard, 0);
            match body.poll(context) {
                Poll::Pending => {
                    Suspended::<SLOTS>::suspend(node, polling, &guard);
                    Poll::Pending
                }
                Poll::Ready(value) => {
                    way.ended(&value, &guard);
                    suspended.end(node, polling);
                    drop(guard);
                    suspended.finish();
                    Poll::Ready(value)
                }
            }
        })
    }
}

/// The frame of a future, given back with it, also where a destructor of the body panics.
struct Held<const SLOTS: usize>(Suspended<SLOTS>);

impl<const SLOTS: usize> Drop for Held<SLOTS> {
    #[inline(always)]
    fn drop(&mut self) {
        if !self.0.is_finished() {
            self.give_back();
        }
    }
}

impl<const SLOTS: usize> Held<SLOTS> {
    #[cold]
    #[inline(never)]
    fn give_back(&mut self) {
        self.0.release();
    }
}
