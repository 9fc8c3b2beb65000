//! Frames for streams: those of `futures-core`, which all crates with streams share.

use super::Framed;
use futures_core::future::FusedFuture;
use futures_core::stream::{FusedStream, Stream};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Gives streams frames.
///
/// If it has the name of another trait that you use: `use stacklens::tasks::StreamExt as _;`.
pub trait StreamExt: Stream + Sized {
    /// The stream with a frame called `name`, placed at this call: on the stack while the next item is polled for, kept
    /// between two polls, and gone after the last item.
    ///
    /// ```
    /// use futures::stream::{self, StreamExt as _};
    /// use stacklens::tasks::{self, StreamExt as _};
    ///
    /// # futures::executor::block_on(async {
    /// let mut lines = stream::iter(["a", "b"]).framed("lines");
    /// assert_eq!(lines.next().await, Some("a"));
    /// # #[cfg(not(feature = "off"))]
    /// assert!(tasks::dump_tree().contains("lines in "));
    /// # });
    /// ```
    ///
    /// # Cost
    ///
    /// For a poll as that of an async function with `#[frame]`; and once in the program, an allocation for the place. With
    /// the feature `off`, nothing is kept.
    #[track_caller]
    fn framed(self, name: &'static str) -> Framed<Self> {
        Framed::new(name, self)
    }
}

impl<S: Stream> StreamExt for S {}

impl<S: Stream> Stream for Framed<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let (stream, frame) = self.pinned();
        let item = ready!(frame.poll(|| stream.poll_next(context)));
        if item.is_none() {
            frame.finish();
        }
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.get_ref().size_hint()
    }
}

impl<S: FusedStream> FusedStream for Framed<S> {
    fn is_terminated(&self) -> bool {
        self.get_ref().is_terminated()
    }
}

impl<F: FusedFuture> FusedFuture for Framed<F> {
    fn is_terminated(&self) -> bool {
        self.get_ref().is_terminated()
    }
}
