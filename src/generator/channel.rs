//! What passes between a generator and its body: the values, and who may touch them.
//!
//! The body reaches the channel by the context that it is polled with, whose waker is ours and points to it. No pointer
//! outlives the poll: a clone of the waker is another one that only wakes. So a [`Yielder`](super::Yielder) is a number,
//! and may go wherever it likes.

use super::frame;
use crate::suspend::Id;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::task::{RawWaker, RawWakerVTable, Wake, Waker};

/// The part of a channel that does not depend on its types.
pub(super) struct Head {
    /// Of one generator alone.
    id: u64,
    /// The thread that polls the body, as [`thread`] tells them apart; 0 while none does.
    polled_by: AtomicUsize,
    signal: OnceLock<Arc<Signal>>,
}

/// The head comes first: where it is, the rest is.
#[repr(C)]
pub(super) struct Channel<T, S> {
    head: Head,
    /// How often the body was resumed.
    turn: Cell<u64>,
    /// What the body gave and nobody took yet.
    item: Cell<Option<T>>,
    /// What the body was sent and did not take yet.
    sent: Cell<Option<S>>,
    /// The `yield_` that gave last.
    place: Cell<Option<&'static Location<'static>>>,
    /// The innermost frame that waits there, and the one that the body was resumed in: 0 where there is none.
    waiting: Cell<Id>,
    resumed_in: Cell<Id>,
}

/// A waker that was registered by something that the body awaits and that is no `yield_`.
#[derive(Default)]
struct Signal {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    fn wait(&self) {
        let mut woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*woken {
            woken = self
                .changed
                .wait(woken)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *woken = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

impl Head {
    fn signal(&self) -> &Arc<Signal> {
        self.signal.get_or_init(Arc::default)
    }
}

static WAKER: RawWakerVTable = RawWakerVTable::new(clone, |_| (), wake_by_ref, |_| ());

/// # Safety
/// `head` is that of a channel whose body is being polled.
unsafe fn clone(head: *const ()) -> RawWaker {
    // SAFETY: promised; a `Head` may be shared between threads.
    let signal = unsafe { &*head.cast::<Head>() }.signal();
    let waker = ManuallyDrop::new(Waker::from(Arc::clone(signal)));
    RawWaker::new(waker.data(), waker.vtable())
}

/// # Safety
/// As for [`clone`].
unsafe fn wake_by_ref(head: *const ()) {
    // SAFETY: as above.
    unsafe { &*head.cast::<Head>() }.signal().wake_by_ref();
}

const _: () = {
    const fn shared<T: Sync>() {}
    shared::<Head>();
};

/// A number for each thread that runs.
fn thread() -> usize {
    thread_local! {
        static HERE: u8 = const { 0 };
    }
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

impl<T, S> Channel<T, S> {
    pub(super) fn new() -> Channel<T, S> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Channel {
            head: Head {
                id: NEXT.fetch_add(1, Relaxed),
                polled_by: AtomicUsize::new(0),
                signal: OnceLock::new(),
            },
            turn: Cell::new(0),
            item: Cell::new(None),
            sent: Cell::new(None),
            place: Cell::new(None),
            waiting: Cell::new(0),
            resumed_in: Cell::new(0),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.head.id
    }

    /// The body is resumed, with `sent`.
    pub(super) fn resume(&self, sent: Option<S>) {
        self.turn.set(self.turn.get() + 1);
        self.sent.set(sent);
        self.place.set(None);
        self.waiting.set(0);
        self.resumed_in.set(frame::current());
    }

    /// Calls `poll` with a waker by which the body finds the channel.
    pub(super) fn polled<R>(&self, poll: impl FnOnce(&Waker) -> R) -> R {
        struct Polled<'h>(&'h Head);
        impl Drop for Polled<'_> {
            fn drop(&mut self) {
                self.0.polled_by.store(0, Relaxed);
            }
        }
        self.head.polled_by.store(thread(), Relaxed);
        let _polled = Polled(&self.head);
        let at = std::ptr::from_ref(self).cast::<()>();
        // SAFETY: the functions need the head of a channel whose body is being polled. Whoever has the waker, has it by
        // reference, for as long as `poll` lasts: clones are others. Dropping it does nothing.
        let waker = unsafe { ManuallyDrop::new(Waker::new(at, &WAKER)) };
        poll(&waker)
    }

    /// The channel of the generator with this number, if its body is what is being polled with `waker`, on this thread.
    ///
    /// # Safety
    /// The generator is one for values of the types `T` and `S`.
    pub(super) unsafe fn of(waker: &Waker, id: u64) -> Option<&Channel<T, S>> {
        if !std::ptr::eq(waker.vtable(), &WAKER) {
            return None;
        }
        // SAFETY: the vtable is nobody else's, and `polled` made the waker of a channel that lives at least as long as the
        // waker. Its head may be looked at by any thread.
        let head = unsafe { &*waker.data().cast::<Head>() };
        if head.id != id || head.polled_by.load(Relaxed) != thread() {
            return None;
        }
        // SAFETY: a channel begins with its head; the number says of which types it is. Only the thread that polls comes
        // here, so that nobody else is in its cells.
        Some(unsafe { &*waker.data().cast::<Channel<T, S>>() })
    }

    /// Waits until what the body awaits says that it is worth polling again.
    pub(super) fn wait(&self) {
        self.head.signal().wait();
    }

    /// How often the body was resumed.
    pub(super) fn turn(&self) -> u64 {
        self.turn.get()
    }

    /// The body gives `item`, if none is there yet, at `place`.
    pub(super) fn give(&self, item: &mut Option<T>, place: &'static Location<'static>) -> bool {
        let there = self.item.take();
        let free = there.is_none();
        self.item.set(if free { item.take() } else { there });
        if free {
            self.place.set(Some(place));
            self.waiting.set(frame::current());
        }
        free
    }

    pub(super) fn take(&self) -> Option<T> {
        self.item.take()
    }

    /// What was sent to the body.
    pub(super) fn receive(&self) -> Option<S> {
        self.sent.take()
    }

    /// The innermost frame that waits there.
    pub(super) fn waiting(&self) -> Id {
        self.waiting.get()
    }

    /// The frame in which the body was resumed.
    pub(super) fn resumed_in(&self) -> Id {
        self.resumed_in.get()
    }

    /// The `yield_` at which the body waits.
    pub(super) fn place(&self) -> Option<&'static Location<'static>> {
        self.place.get()
    }
}
