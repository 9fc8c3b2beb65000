//! The body's side of a generator.

use super::channel::Channel;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The handle by which the body of a [`generator`](crate::generator) gives values of type `T`, and is given those of type
/// `S` that it is sent.
///
/// It is a number: `Copy`, `Send`, and harmless wherever it goes.
pub struct Yielder<T, S = ()> {
    id: u64,
    types: Types<T, S>,
}

/// As a channel is, in both directions; nothing of either is in here.
type Types<T, S> = PhantomData<fn(T, S) -> (T, S)>;

impl<T, S> Yielder<T, S> {
    pub(super) fn new(id: u64) -> Yielder<T, S> {
        Yielder {
            id,
            types: PhantomData,
        }
    }

    /// Gives a value, and waits until the next one is asked for: `y.yield_(1).await`. What comes back is what was
    /// [sent](super::Generator::send); `None` where `next` was called.
    ///
    /// # Panics
    ///
    /// Where the future is polled by anybody but the body that the handle was made for, on the thread that runs it: after
    /// the generator, in another one, or in a combinator that polls with wakers of its own.
    #[track_caller]
    pub fn yield_(&self, value: T) -> Yield<T, S> {
        Yield {
            id: self.id,
            place: Location::caller(),
            state: Giving::Value(Some(value)),
            types: PhantomData,
        }
    }
}

impl<T, S> Clone for Yielder<T, S> {
    fn clone(&self) -> Yielder<T, S> {
        *self
    }
}

impl<T, S> Copy for Yielder<T, S> {}

impl<T, S> fmt::Debug for Yielder<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Yielder")
    }
}

/// What [`Yielder::yield_`] gives: a future that is ready when the generator goes on.
#[must_use = "the value is given when this is awaited"]
pub struct Yield<T, S = ()> {
    id: u64,
    place: &'static Location<'static>,
    state: Giving<T>,
    types: Types<T, S>,
}

enum Giving<T> {
    /// Not given yet.
    Value(Option<T>),
    /// Given when the body had been resumed so often.
    Turn(u64),
}

/// Nothing in it is pinned.
impl<T, S> Unpin for Yield<T, S> {}

impl<T, S> Future for Yield<T, S> {
    type Output = Option<S>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S>> {
        // SAFETY: the number is that of the generator that the handle was made for, with these types.
        let Some(channel) = (unsafe { Channel::<T, S>::of(context.waker(), self.id) }) else {
            outside()
        };
        let place = self.place;
        match &mut self.state {
            Giving::Value(value) => {
                // Otherwise another `yield_` of the same body was first: this one's turn comes.
                if channel.give(value, place) {
                    self.state = Giving::Turn(channel.turn());
                }
                Poll::Pending
            }
            Giving::Turn(turn) if *turn < channel.turn() => Poll::Ready(channel.receive()),
            Giving::Turn(_) => Poll::Pending,
        }
    }
}

impl<T, S> fmt::Debug for Yield<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Yield({})", self.place)
    }
}

#[cold]
fn outside() -> ! {
    panic!(
        "`yield_` was polled where its generator does not run: it is awaited by the body of the generator that made the \
         handle, or by what that awaits"
    )
}
