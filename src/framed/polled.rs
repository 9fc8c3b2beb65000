//! A frame between two polls, and on the stack during one.

use crate::stack::{Known, Snapshot, State, Suspended};
use crate::suspend::{Id, SPAWNED};

/// The frame of something that is polled, with `N` values.
pub(crate) struct Polled<const N: usize> {
    meta: Known,
    /// Who made it, for whoever asks while nobody awaits it.
    maker: Id,
    frame: Suspended<N>,
}

impl<const N: usize> Polled<N> {
    /// A frame with the facts of a function, as the macros write them; it is kept from the first poll on.
    pub(crate) fn new(meta: &'static str) -> Polled<N> {
        Polled::kept(Known::new(meta), maker(), Suspended::FRESH)
    }

    /// A frame that is kept already, or that is yet to begin.
    pub(crate) fn kept(meta: Known, maker: Id, frame: Suspended<N>) -> Polled<N> {
        Polled { meta, maker, frame }
    }

    #[inline]
    pub(crate) fn poll<R>(&mut self, poll: impl FnOnce() -> R) -> R {
        if cfg!(feature = "off") {
            return poll();
        }
        let guard = self.meta.enter();
        let (node, polling) = self.frame.resume(self.meta.meta(), &guard, self.maker);
        let result = poll();
        Suspended::<N>::suspend(node, polling, &guard);
        result
    }

    pub(crate) fn finish(&mut self) {
        self.frame.release();
    }

    pub(crate) fn state(&self) -> State {
        self.frame.state()
    }

    pub(crate) fn snapshot(&self) -> Option<Snapshot> {
        self.frame.snapshot(self.meta.meta())
    }

    pub(crate) fn id(&self) -> Option<Id> {
        self.frame.id()
    }
}

impl<const N: usize> Drop for Polled<N> {
    fn drop(&mut self) {
        self.frame.release();
    }
}

impl<const N: usize> std::fmt::Debug for Polled<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.frame.fmt(f)
    }
}

/// The frame that is polled now, as what made something that others may poll.
pub(crate) fn maker() -> Id {
    match crate::suspend::thread::current().id() {
        0 => 0,
        id => id | SPAWNED,
    }
}
