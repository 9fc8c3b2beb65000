//! Generators: an iterator written as one body that gives values and waits in between, on stable Rust.

mod body;
mod channel;
mod frame;
mod yielder;

pub use body::NotStarted;
pub use frame::GeneratorFrame;
pub use yielder::{Yield, Yielder};

use body::{Body, State};
use std::fmt;
use std::future::Future;
use std::iter::FusedIterator;
use std::panic::Location;

/// Makes an iterator of a body that [gives](Yielder::yield_) one value after the other, as Python's `def` with `yield`.
///
/// Nothing runs yet. Each [`next`](Iterator::next) runs the body up to its next `yield_`, where it waits with all its
/// variables. In an annotated body they can be looked at while it does:
///
/// ```
/// use stacklens::{Yielder, frame, generator};
///
/// #[frame]
/// async fn count_down(y: Yielder<u32>, from: u32) {
///     for left in (1..=from).rev() {
///         y.yield_(left).await;
///     }
/// }
///
/// let mut counting = generator(|y| count_down(y, 3));
/// assert_eq!(counting.next(), Some(3));
/// assert_eq!(counting.next(), Some(2));
/// let here = counting.frame().unwrap();
/// # #[cfg(not(feature = "off"))]
/// assert_eq!(here.locals().get("left").unwrap().to_string(), "left: 2");
/// assert_eq!(counting.collect::<Vec<_>>(), [1]);
/// ```
///
/// A body may be a closure too, without a frame of its own; where it waits is known all the same:
///
/// ```
/// let mut squares = stacklens::generator(|y| async move {
///     for n in 1_u64.. {
///         y.yield_(n * n).await;
///     }
/// });
/// assert_eq!(squares.by_ref().take(3).collect::<Vec<_>>(), [1, 4, 9]);
/// ```
///
/// The body may await what it likes. If that is not ready and is no `yield_`, `next` blocks the thread until it is.
/// `yield_` finds its generator by the context that the body is polled with: in a combinator that polls its parts with
/// wakers of its own it panics.
///
/// # Cost
///
/// One allocation when it is made, for the body; none for a value. Values are moved.
#[track_caller]
pub fn generator<T, F: Future>(make: impl FnOnce(Yielder<T>) -> F) -> Generator<T, F> {
    generator_with_send(make)
}

/// A [`generator`] that values can be [sent](Generator::send) to: they are what `yield_` gives.
///
/// ```
/// let mut average = stacklens::generator_with_send(|y| async move {
///     let (mut sum, mut count) = (0.0, 0.0);
///     // `None` where `next` was called.
///     while let Some(value) = y.yield_(sum / f64::max(count, 1.0)).await {
///         sum += value;
///         count += 1.0;
///     }
///     sum
/// });
///
/// average.next();
/// assert_eq!(average.send(10.0).unwrap(), Some(10.0));
/// assert_eq!(average.send(20.0).unwrap(), Some(15.0));
/// assert_eq!(average.next(), None);
/// assert_eq!(average.into_returned(), Some(30.0));
/// ```
#[track_caller]
pub fn generator_with_send<T, S, F: Future>(
    make: impl FnOnce(Yielder<T, S>) -> F,
) -> Generator<T, F, S> {
    Generator(Body::new(make, Location::caller()))
}

/// What [`generator`] makes: gives values of type `T`, and is sent some of type `S`. `F` is the body.
///
/// It is `Send` if the body and the values are.
pub struct Generator<T, F: Future, S = ()>(Body<T, F, S>);

impl<T, F: Future, S> Generator<T, F, S> {
    /// Goes on with the body, whose `yield_` gives `value`, up to its next `yield_`. Python's `send`.
    ///
    /// # Errors
    ///
    /// A generator that has not started has no `yield_` that the value could be for: it is given back, and nothing runs.
    /// One that is finished gives `Ok(None)`, as `next` does, and drops it.
    pub fn send(&mut self, value: S) -> Result<Option<T>, NotStarted<S>> {
        if self.0.state() == State::Created {
            return Err(NotStarted(value));
        }
        Ok(self.0.resume(Some(value)))
    }

    /// Ends the body where it waits: its variables are dropped. Python's `close`. Dropping the generator does the same.
    pub fn close(&mut self) {
        self.0.close();
    }

    /// Where the body is, with its variables; `None` once it is finished. Python's `gi_frame`.
    ///
    /// # Cost
    ///
    /// A copy of the frame. Nothing is prepared for it while the generator runs.
    pub fn frame(&self) -> Option<GeneratorFrame> {
        GeneratorFrame::of(&self.0)
    }

    /// What the body returned, once it has. Python's `StopIteration.value`.
    pub fn returned(&self) -> Option<&F::Output> {
        self.0.returned()
    }

    /// What the body returned, if it has.
    pub fn into_returned(self) -> Option<F::Output> {
        self.0.into_returned()
    }
}

impl<T, F: Future, S> Iterator for Generator<T, F, S> {
    type Item = T;

    /// # Panics
    ///
    /// With a panic of the body, which is finished then.
    fn next(&mut self) -> Option<T> {
        self.0.resume(None)
    }
}

impl<T, F: Future, S> FusedIterator for Generator<T, F, S> {}

impl<T, F: Future, S> fmt::Debug for Generator<T, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.frame() {
            Some(frame) => write!(f, "Generator({frame:?})"),
            None => f.write_str("Generator(<finished>)"),
        }
    }
}
