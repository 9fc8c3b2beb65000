//! Frames for futures that no attribute stands on, and for what is polled by hand.

use crate::framed::{Polled, facts};
use crate::inspect::FrameInfo;
use crate::stack::State;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Gives futures frames.
pub trait FutureExt: Future + Sized {
    /// The future with a frame called `name`, placed at this call.
    ///
    /// For the root of a task, and for futures that come from elsewhere. The frame that is polled now is remembered: if it is
    /// an executor that polls the future, the dump says that it was spawned by that frame.
    ///
    /// ```
    /// use stacklens::tasks::{self, FutureExt};
    /// use std::future::{Future, pending};
    /// use std::pin::pin;
    /// use std::task::{Context, Waker};
    ///
    /// let mut task = pin!(pending::<()>().framed("sleeper"));
    /// let _ = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    /// # #[cfg(not(feature = "off"))]
    /// assert!(tasks::dump_tree().contains("sleeper in "));
    /// ```
    ///
    /// # Cost
    ///
    /// As for an async function with `#[frame]`; and once in the program, an allocation for the place. With the feature
    /// `off`, nothing is kept.
    #[track_caller]
    fn framed(self, name: &'static str) -> Framed<Self> {
        Framed::new(name, self)
    }
}

impl<F: Future> FutureExt for F {}

/// A future, a stream or an iterator with a frame: what [`FutureExt::framed`], `StreamExt::framed` (with the feature
/// `futures`) and [`IteratorExt::framed`](super::IteratorExt::framed) give.
#[derive(Debug)]
pub struct Framed<F> {
    // Dropped first: while its own destructors run, the frame is still there.
    inner: F,
    frame: PollFrame,
}

impl<F> Framed<F> {
    #[track_caller]
    pub(super) fn new(name: &'static str, inner: F) -> Framed<F> {
        Framed {
            frame: PollFrame::new(name),
            inner,
        }
    }

    /// Its frame.
    pub fn frame(&self) -> &PollFrame {
        &self.frame
    }

    /// What has the frame.
    pub fn get_ref(&self) -> &F {
        &self.inner
    }

    /// What has the frame, without it.
    pub fn into_inner(self) -> F {
        self.inner
    }

    /// Both, to run the one in the other.
    pub(super) fn parts(&mut self) -> (&mut F, &mut PollFrame) {
        (&mut self.inner, &mut self.frame)
    }

    /// Both, pinned.
    pub(super) fn pinned(self: Pin<&mut Self>) -> (Pin<&mut F>, &mut PollFrame) {
        // SAFETY: `inner` is pinned with `self` and never moved out of it; `frame` is never pinned.
        unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.inner), &mut this.frame)
        }
    }
}

impl<F: Future> Future for Framed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let (future, frame) = self.pinned();
        let result = frame.poll(|| future.poll(context));
        if result.is_ready() {
            frame.finish();
        }
        result
    }
}

/// A frame for something that is polled, or resumed, by hand: a `Future` or `Stream` that you implement, an iterator whose
/// `next` is yours. (For one that is there already, see [`FutureExt`], `StreamExt` and [`IteratorExt`](super::IteratorExt).)
///
/// ```
/// use stacklens::tasks::{self, PollFrame};
///
/// /// As an implementation of `Stream` for some other crate's trait of that name would be.
/// struct Countdown {
///     left: u32,
///     frame: PollFrame,
/// }
///
/// impl Countdown {
///     fn poll_next(&mut self) -> std::task::Poll<Option<u32>> {
///         let Countdown { left, frame } = self;
///         let item = frame.poll(|| {
///             assert_eq!(stacklens::currentframe().map(|frame| frame.name()), Some("countdown"));
///             *left = left.checked_sub(1)?;
///             Some(*left)
///         });
///         if item.is_none() {
///             frame.finish();
///         }
///         std::task::Poll::Ready(item)
///     }
/// }
///
/// # #[cfg(not(feature = "off"))] {
/// let mut countdown = Countdown { left: 1, frame: PollFrame::new("countdown") };
/// let kept = || tasks::dump().frames().any(|frame| frame.name() == "countdown");
/// assert!(!kept(), "not polled yet");
/// let _ = countdown.poll_next();
/// assert!(kept());
/// let _ = countdown.poll_next();
/// assert!(!kept(), "finished");
/// # }
/// ```
///
/// Dropping it ends the frame. It may move between threads between two polls.
#[derive(Debug)]
pub struct PollFrame {
    frame: Polled<0>,
}

impl PollFrame {
    /// A frame called `name`, placed at this call. It is kept from the first poll on.
    #[track_caller]
    pub fn new(name: &'static str) -> PollFrame {
        PollFrame::with_facts(facts(name, Location::caller()))
    }

    /// A frame with the facts of a function, as the macros write them.
    pub(crate) fn with_facts(meta: &'static str) -> PollFrame {
        PollFrame {
            frame: Polled::new(meta),
        }
    }

    /// Runs `poll` in the frame, which waits again after it; a panic in it ends the frame.
    ///
    /// # Panics
    ///
    /// If `poll` does, and as any annotated function where the stack is at its end.
    pub fn poll<R>(&mut self, poll: impl FnOnce() -> R) -> R {
        self.frame.poll(poll)
    }

    /// Nothing is waited for any more: the frame is gone. The next poll would begin a new one.
    pub fn finish(&mut self) {
        self.frame.finish();
    }

    /// Whether it was polled, waits, or is finished.
    pub fn state(&self) -> State {
        self.frame.state()
    }

    /// The frame as it waits; of one that was not polled yet, as it will begin. `None` when it is finished.
    pub fn frame(&self) -> Option<FrameInfo> {
        self.frame.snapshot().map(FrameInfo::new)
    }

    /// What [`TaskFrame::id`](super::TaskFrame::id) is in a dump, while the frame is kept.
    pub fn id(&self) -> Option<u64> {
        self.frame.id()
    }
}
