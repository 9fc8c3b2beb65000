//! The body of a generator, where it stays, and what state it is in.

use super::channel::Channel;
use super::yielder::Yielder;
use std::any::type_name;
use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Created,
    Suspended,
    Running,
    /// Returned, panicked or closed.
    Finished,
}

/// A future in one allocation with its channel.
pub(super) struct Body<T, F: Future, S>(Pin<Box<Inner<T, F, S>>>);

struct Inner<T, F: Future, S> {
    channel: Channel<T, S>,
    state: Cell<State>,
    made: &'static Location<'static>,
    /// Borrowed by [`Body::resume`], [`Body::close`] and [`Body::returned`], for as long as those borrow the body; never by
    /// what the future runs, which knows the channel alone.
    future: UnsafeCell<Progress<F>>,
}

enum Progress<F: Future> {
    Body(F),
    Returned(F::Output),
    Gone,
}

/// A value was sent to a generator that has not started: Python's "can't send non-None value to a just-started
/// generator".
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NotStarted<S>(
    /// The value.
    pub S,
);

impl<S> fmt::Debug for NotStarted<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotStarted(..)")
    }
}

impl<S> fmt::Display for NotStarted<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a generator that has not started takes no value: call `next` first")
    }
}

impl<S> std::error::Error for NotStarted<S> {}

impl<T, F: Future, S> Body<T, F, S> {
    pub(super) fn new(
        make: impl FnOnce(Yielder<T, S>) -> F,
        made: &'static Location<'static>,
    ) -> Body<T, F, S> {
        let channel = Channel::new();
        let future = make(Yielder::new(channel.id()));
        Body(Box::pin(Inner {
            channel,
            state: Cell::new(State::Created),
            made,
            future: UnsafeCell::new(Progress::Body(future)),
        }))
    }

    pub(super) fn state(&self) -> State {
        self.0.state.get()
    }

    /// What the body is called: the path of its function, or of the one that its closure is in.
    pub(super) fn type_name(&self) -> &'static str {
        type_name::<F>()
    }

    /// Where the generator was made.
    pub(super) fn made(&self) -> &'static Location<'static> {
        self.0.made
    }

    pub(super) fn channel(&self) -> &Channel<T, S> {
        &self.0.channel
    }

    /// Runs the body up to its next `yield_`.
    pub(super) fn resume(&mut self, sent: Option<S>) -> Option<T> {
        let inner = &*self.0;
        // Running: it was left in the middle of a poll, on a native stack that never came back.
        if matches!(inner.state.get(), State::Finished | State::Running) {
            return None;
        }
        inner.channel.resume(sent);
        inner.state.set(State::Running);
        // What is left by a panic is finished.
        let finish = Finish(inner);
        loop {
            let polled = inner.channel.polled(|waker| {
                // SAFETY: see `Inner::future`. It was pinned with its allocation, and is moved by nobody.
                let future = unsafe {
                    let Progress::Body(future) = &mut *inner.future.get() else {
                        return None;
                    };
                    Pin::new_unchecked(future)
                };
                Some(future.poll(&mut Context::from_waker(waker)))
            });
            match (polled, inner.channel.take()) {
                (Some(Poll::Pending), Some(item)) => {
                    std::mem::forget(finish);
                    inner.state.set(State::Suspended);
                    return Some(item);
                }
                (Some(Poll::Pending), None) => inner.channel.wait(),
                (Some(Poll::Ready(returned)), item) => {
                    std::mem::forget(finish);
                    inner.end(Progress::Returned(returned));
                    return item;
                }
                (None, item) => return item,
            }
        }
    }

    /// Drops the body, whatever it waits for.
    pub(super) fn close(&mut self) {
        if self.state() != State::Finished {
            self.0.end(Progress::Gone);
        }
    }

    pub(super) fn returned(&self) -> Option<&F::Output> {
        if self.state() != State::Finished {
            return None;
        }
        // SAFETY: see `Inner::future`: what a finished body left is changed by nobody.
        match unsafe { &*self.0.future.get() } {
            Progress::Returned(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn into_returned(self) -> Option<F::Output> {
        if self.state() != State::Finished {
            return None;
        }
        // SAFETY: see `Inner::future`. What a body returned was never pinned.
        match unsafe { std::mem::replace(&mut *self.0.future.get(), Progress::Gone) } {
            Progress::Returned(value) => Some(value),
            _ => None,
        }
    }
}

impl<T, F: Future, S> Inner<T, F, S> {
    /// The body is finished: it is dropped where it is. Nobody who is called by that finds it unfinished.
    fn end(&self, left: Progress<F>) {
        self.state.set(State::Finished);
        // SAFETY: see `Inner::future`. What was there is dropped in its place, as pinning demands.
        unsafe { *self.future.get() = left };
        drop((self.channel.take(), self.channel.receive()));
    }
}

/// Ends a body that is left by a panic.
struct Finish<'i, T, F: Future, S>(&'i Inner<T, F, S>);

impl<T, F: Future, S> Drop for Finish<'_, T, F, S> {
    fn drop(&mut self) {
        self.0.end(Progress::Gone);
    }
}
