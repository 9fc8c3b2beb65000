//! Frames for iterators.

use super::Framed;

/// Gives iterators frames.
pub trait IteratorExt: Iterator + Sized {
    /// The iterator with a frame called `name`, placed at this call: on the stack while the next item is made, kept between
    /// two items, and gone after the last one.
    ///
    /// ```
    /// use stacklens::tasks::{IteratorExt, State};
    ///
    /// /// Written by hand: what Python's generators save one.
    /// struct Countdown(u32);
    ///
    /// impl Iterator for Countdown {
    ///     type Item = u32;
    ///
    ///     fn next(&mut self) -> Option<u32> {
    ///         # #[cfg(not(feature = "off"))]
    ///         assert_eq!(stacklens::currentframe().unwrap().name(), "countdown");
    ///         self.0 = self.0.checked_sub(1)?;
    ///         Some(self.0)
    ///     }
    /// }
    ///
    /// let mut countdown = Countdown(2).framed("countdown");
    /// assert_eq!(countdown.next(), Some(1));
    /// # #[cfg(not(feature = "off"))] {
    /// assert_eq!(countdown.frame().state(), State::Suspended);
    /// assert_eq!(countdown.frame().frame().unwrap().name(), "countdown");
    /// assert_eq!(countdown.by_ref().count(), 1);
    /// assert_eq!(countdown.frame().state(), State::Finished);
    /// # }
    /// ```
    ///
    /// With values and a line of its own in each frame: [`generator`](crate::generator).
    ///
    /// # Cost
    ///
    /// For an item as for a poll of an async function with `#[frame]`; and once in the program, an allocation for the place.
    /// With the feature `off`, nothing is kept.
    #[track_caller]
    fn framed(self, name: &'static str) -> Framed<Self> {
        Framed::new(name, self)
    }
}

impl<I: Iterator> IteratorExt for I {}

impl<I: Iterator> Iterator for Framed<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let (items, frame) = self.parts();
        let item = frame.poll(|| items.next());
        if item.is_none() {
            frame.finish();
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.get_ref().size_hint()
    }
}
