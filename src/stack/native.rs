//! How much a thread may still use: of its native stack, and of frames.
//!
//! The hot path compares two words of [`Thread`](super::thread::Thread), `limit` and `bound`; all that is worked out to set
//! them, and to decide when they are crossed, is here.

use super::bounds::Bounds;
use super::thread;
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Stack that is kept for raising an error: unwinding, the panic hook, a report.
///
/// A hook that symbolises a backtrace is what needs most; see `tests/recursion.rs` for what was measured.
static RED_ZONE: AtomicUsize = AtomicUsize::new(128 << 10);

/// Frames that a thread may have if nothing else was said on it.
static DEFAULT_LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Why a frame was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: Kind,
    pub(crate) limit: usize,
    /// Frames active then.
    pub(crate) depth: usize,
    /// Bytes of stack left then, if that is known.
    pub(crate) remaining: Option<usize>,
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Count,
    Function,
    StackBytes,
}

struct Native {
    /// The stack that runs now: the thread's own, or a segment.
    current: Cell<Bounds>,
    /// The thread's own.
    own: Cell<Bounds>,
    limit: Cell<usize>,
    refusal: Cell<Refusal>,
    /// An error is being raised: what runs meanwhile may use half of the red zone.
    raising: Cell<bool>,
}

thread_local! {
    static NATIVE: Native = const {
        Native {
            current: Cell::new(Bounds::UNKNOWN),
            own: Cell::new(Bounds::UNKNOWN),
            limit: Cell::new(usize::MAX),
            refusal: Cell::new(Refusal { kind: Kind::Count, limit: 0, depth: 0, remaining: None }),
            raising: Cell::new(false),
        }
    };
}

/// What is kept free of a stack: a quarter of it, if it is small.
pub(crate) fn red_zone(size: usize) -> usize {
    RED_ZONE.load(Relaxed).min(size / 4)
}

/// An address in the caller's native frame, or a little below.
#[inline(never)]
pub(crate) fn here() -> usize {
    let here = 0u8;
    std::hint::black_box(&raw const here) as usize
}

/// Finds out about the thread.
pub(super) fn start() {
    let bounds = Bounds::of_thread();
    NATIVE.with(|n| {
        n.own.set(bounds);
        n.current.set(bounds);
        n.limit.set(DEFAULT_LIMIT.load(Relaxed));
    });
}

/// Makes sure that what is said here of the thread is known.
pub(crate) fn begin() {
    thread::with(|t| t.begin());
}

/// Frames that the thread may have.
pub(crate) fn limit() -> usize {
    NATIVE.with(|n| n.limit.get())
}

/// The stack pointer below which frames take the cold path.
pub(super) fn bound() -> usize {
    let bounds = NATIVE.with(|n| n.current.get());
    if bounds == Bounds::UNKNOWN {
        return 0;
    }
    bounds.low + red_zone(bounds.size())
}

/// Whether a frame is one too many, `depth` being active: [`refusal`] then says why.
///
/// A stack pointer outside of the stack that the thread is known to be on is of a stackful coroutine or a signal handler with
/// a stack of its own: of those nothing is known, and nothing refused.
pub(super) fn refuses(depth: usize) -> bool {
    NATIVE.with(|n| {
        let tolerant = n.raising.get() || std::thread::panicking();
        let remaining = n.remaining();
        if let Some(left) = remaining {
            let size = n.current.get().size();
            let zone = red_zone(size);
            // What runs while a panic unwinds (destructors, the panic hook) may use half of the zone: a second panic there
            // would end the process.
            if left < if tolerant { zone / 2 } else { zone } {
                n.refuse(Kind::StackBytes, size, depth);
                return true;
            }
        }
        if depth >= n.limit.get() && !tolerant {
            n.refuse(Kind::Count, n.limit.get(), depth);
            return true;
        }
        false
    })
}

/// Why a frame was refused last.
pub(crate) fn refusal() -> Refusal {
    NATIVE.with(|n| n.refusal.get())
}

/// Refuses an activation of a function that has had `limit` of them.
pub(crate) fn refuse_function(limit: usize, depth: usize) {
    NATIVE.with(|n| n.refuse(Kind::Function, limit, depth));
}

/// Whether limits on numbers hold now: not while a panic unwinds, when an error could only end the process.
pub(crate) fn counts_hold() -> bool {
    !NATIVE.with(|n| n.raising.get()) && !std::thread::panicking()
}

/// Bytes that are left of the stack that runs now; `None` if it is not known.
pub(crate) fn remaining() -> Option<usize> {
    begin();
    NATIVE.with(Native::remaining)
}

/// The stack that an address is on.
pub(crate) fn stack_of(address: usize) -> Option<Bounds> {
    NATIVE.with(|n| {
        [n.current.get(), n.own.get()]
            .into_iter()
            .find(|bounds| bounds.contains(address))
    })
}

/// Sets the number of frames that this thread may have.
pub(crate) fn set_limit(limit: usize) {
    begin();
    NATIVE.with(|n| n.limit.set(limit));
    thread::with(|t| t.settle_limit());
}

pub(crate) fn default_limit() -> &'static AtomicUsize {
    &DEFAULT_LIMIT
}

/// Sets how much is kept free of each stack.
pub(crate) fn set_red_zone(bytes: usize) {
    RED_ZONE.store(bytes, Relaxed);
    begin();
    thread::with(|t| t.bound.store(bound(), Relaxed));
}

pub(crate) fn get_red_zone() -> usize {
    RED_ZONE.load(Relaxed)
}

/// Says that an error is being raised, until it is dropped.
pub(crate) struct Raising {
    before: bool,
}

impl Raising {
    pub(crate) fn begin() -> Raising {
        let before = NATIVE.with(|n| n.raising.replace(true));
        Raising { before }
    }

    /// Whether one was being raised already.
    pub(crate) fn nested(&self) -> bool {
        self.before
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        NATIVE.with(|n| n.raising.set(self.before));
    }
}

/// The thread runs on another stack, until this is dropped.
pub(crate) struct OnSegment {
    before: Bounds,
}

impl OnSegment {
    pub(super) fn enter(segment: Bounds) -> OnSegment {
        let before = NATIVE.with(|n| n.current.replace(segment));
        thread::with(|t| t.bound.store(bound(), Relaxed));
        OnSegment { before }
    }
}

impl Drop for OnSegment {
    fn drop(&mut self) {
        NATIVE.with(|n| n.current.set(self.before));
        thread::with(|t| t.bound.store(bound(), Relaxed));
    }
}

impl Native {
    fn remaining(&self) -> Option<usize> {
        let here = here();
        let bounds = self.current.get();
        bounds.contains(here).then(|| here - bounds.low)
    }

    fn refuse(&self, kind: Kind, limit: usize, depth: usize) {
        self.refusal.set(Refusal {
            kind,
            limit,
            depth,
            remaining: self.remaining(),
        });
    }
}
