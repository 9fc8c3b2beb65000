//! How much a thread may still use: of its native stack, and of frames.
//!
//! The hot path compares two words of [`Thread`](super::thread::Thread), `limit` and `bound`; all that is worked out
//! to set them, and to decide when they are crossed, is here.

use super::bounds::Bounds;
use super::thread;
use std::cell::{Cell, RefCell};
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
    /// What the thread has: its own stack, and the segments that it runs on.
    total: Cell<usize>,
    /// Bytes in use on the stacks below the one that runs.
    below: Cell<usize>,
    limit: Cell<usize>,
    refusal: Cell<Refusal>,
    /// The last frames before a limit record their values, see [`Native::approach`].
    near: Cell<bool>,
    /// The facts of the function that was refused, while its error is raised: what runs meanwhile may use half of the
    /// red zone.
    raising: Cell<Option<&'static str>>,
}

/// A stack that waits for a segment to be left.
#[derive(Clone, Copy)]
struct Waiting {
    bounds: Bounds,
    below: usize,
}

thread_local! {
    /// The stacks below the one that runs, the thread's own first.
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };

    static NATIVE: Native = const {
        Native {
            current: Cell::new(Bounds::UNKNOWN),
            total: Cell::new(0),
            below: Cell::new(0),
            limit: Cell::new(usize::MAX),
            refusal: Cell::new(Refusal { kind: Kind::Count, limit: 0, depth: 0, remaining: None }),
            near: Cell::new(false),
            raising: Cell::new(None),
        }
    };
}

/// In a build without optimisation, hot functions do not record their values; but those of the last frame are what a
/// report of a recursion is read for. So many frames before a limit on their number,
const LAST_FRAMES: usize = if cfg!(unoptimised) { 4 } else { 0 };
/// and that part of the red zone above it, all are thought cold again.
const LAST_BYTES: usize = if cfg!(unoptimised) { 8 } else { usize::MAX };

/// What is kept free of a stack: a quarter of it, if it is small.
pub(crate) fn red_zone(size: usize) -> usize {
    RED_ZONE.load(Relaxed).min(size / 4)
}

/// An address in the caller's native frame, or a little below.
///
/// Not that of a variable where the stack pointer can be read: a sanitizer may keep variables elsewhere.
#[cfg(target_arch = "x86_64")]
#[inline(never)]
pub(crate) fn here() -> usize {
    let here;
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) here, options(nomem, nostack, preserves_flags));
    }
    here
}

/// An address in the caller's native frame, or a little below.
#[cfg(not(target_arch = "x86_64"))]
#[inline(never)]
pub(crate) fn here() -> usize {
    let here = 0u8;
    std::hint::black_box(&raw const here) as usize
}

/// Finds out about the thread.
pub(super) fn start() {
    let bounds = Bounds::of_thread();
    NATIVE.with(|n| {
        n.current.set(bounds);
        n.total.set(bounds.size());
        n.limit.set(DEFAULT_LIMIT.load(Relaxed));
    });
}

/// Makes sure that what is said here of the thread is known.
pub(crate) fn begin() {
    thread::with(|t| t.begin());
}

/// Frames from which on another one takes the cold path.
pub(super) fn threshold() -> usize {
    NATIVE.with(|n| {
        n.limit
            .get()
            .saturating_sub(if n.near.get() { 0 } else { LAST_FRAMES })
    })
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
    let zone = red_zone(bounds.size());
    let near = NATIVE.with(|n| n.near.get());
    bounds.low + zone + if near { 0 } else { zone / LAST_BYTES }
}

/// Whether a frame is one too many, `depth` being active: [`refusal`] then says why.
///
/// A stack pointer outside of the stack that the thread is known to be on is of a stackful coroutine or a signal
/// handler with a stack of its own: of those nothing is known, and nothing refused.
pub(super) fn refuses(depth: usize) -> bool {
    NATIVE.with(|n| {
        let tolerant = n.raising.get().is_some() || std::thread::panicking();
        let remaining = n.remaining();
        if let Some(left) = remaining {
            let zone = red_zone(n.current.get().size());
            // What runs while a panic unwinds (destructors, the panic hook) may use half of the zone: a second panic
            // there would end the process.
            if left < if tolerant { zone / 2 } else { zone } {
                n.refuse(Kind::StackBytes, n.total.get(), depth);
                return true;
            }
        }
        if depth >= n.limit.get() && !tolerant {
            n.refuse(Kind::Count, n.limit.get(), depth);
            return true;
        }
        n.approach(depth);
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
    NATIVE.with(|n| n.raising.get()).is_none() && !std::thread::panicking()
}

/// Bytes that are left of the stack that runs now; `None` if it is not known.
pub(crate) fn remaining() -> Option<usize> {
    begin();
    NATIVE.with(Native::remaining)
}

/// The stack that an address is on, and the bytes in use on those below it.
pub(crate) fn stack_of(address: usize) -> Option<(Bounds, usize)> {
    let (bounds, below) = NATIVE.with(|n| (n.current.get(), n.below.get()));
    if bounds.contains(address) {
        return Some((bounds, below));
    }
    let waiting = |w: &&Waiting| w.bounds.contains(address);
    WAITING
        .try_with(|all| all.try_borrow().ok()?.iter().rev().find(waiting).copied())
        .ok()?
        .map(|w| (w.bounds, w.below))
}

/// The stack that runs, if it is known and has this address.
pub(crate) fn current_stack(address: usize) -> Option<Bounds> {
    begin();
    let bounds = NATIVE.with(|n| n.current.get());
    bounds.contains(address).then_some(bounds)
}

/// Where the stack that runs ends.
pub(crate) fn lowest() -> usize {
    NATIVE.with(|n| n.current.get().low)
}

/// Whether so many bytes of stack are left above the red zone, or nothing is known of the stack.
#[cfg(feature = "grow")]
#[inline]
pub(crate) fn has_room(bytes: usize) -> bool {
    #[cfg(unoptimised)]
    let here = here();
    #[cfg(not(unoptimised))]
    let here = super::platform::stack_pointer();
    here.wrapping_sub(bytes) >= thread::with(|t| t.bound.load(Relaxed))
}

/// What the thread has: its own stack, and the segments that it runs on.
#[cfg(feature = "grow")]
pub(crate) fn total() -> usize {
    NATIVE.with(|n| n.total.get())
}

/// Sets the number of frames that this thread may have.
pub(crate) fn set_limit(limit: usize) {
    begin();
    NATIVE.with(|n| {
        n.limit.set(limit);
        n.near.set(false);
    });
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

/// The function that was refused, while its error is raised on this thread.
pub(crate) fn being_raised() -> Option<&'static str> {
    NATIVE.with(|n| n.raising.get())
}

/// Says that an error is being raised, until it is dropped.
pub(crate) struct Raising {
    before: Option<&'static str>,
}

impl Raising {
    /// `facts` are those of the function that was refused.
    pub(crate) fn begin(facts: &'static str) -> Raising {
        let before = NATIVE.with(|n| n.raising.replace(Some(facts)));
        Raising { before }
    }

    /// Whether one was being raised already.
    pub(crate) fn nested(&self) -> bool {
        self.before.is_some()
    }
}

impl Drop for Raising {
    fn drop(&mut self) {
        NATIVE.with(|n| n.raising.set(self.before));
    }
}

/// The thread runs on another stack, until this is dropped.
pub(crate) struct OnSegment {
    before: Waiting,
    total: usize,
    waiting: Option<usize>,
}

impl OnSegment {
    /// `left`: an address in the native frame on the stack that is left.
    pub(super) fn enter(segment: Bounds, left: usize) -> OnSegment {
        begin();
        let (before, total) = NATIVE.with(|n| {
            let (bounds, below) = (n.current.get(), n.below.get());
            let used = if bounds.contains(left) {
                bounds.high - left
            } else {
                0
            };
            let total = n.total.get();
            n.current.set(segment);
            n.near.set(false);
            n.total.set(total.saturating_add(segment.size()));
            n.below.set(below + used);
            (Waiting { bounds, below }, total)
        });
        thread::with(|t| t.bound.store(bound(), Relaxed));
        let push = |all: &RefCell<Vec<Waiting>>| {
            let mut all = all.try_borrow_mut().ok()?;
            all.push(before);
            Some(all.len() - 1)
        };
        let waiting = WAITING.try_with(push).ok().flatten();
        OnSegment {
            before,
            total,
            waiting,
        }
    }
}

impl Drop for OnSegment {
    fn drop(&mut self) {
        NATIVE.with(|n| {
            n.current.set(self.before.bounds);
            n.total.set(self.total);
            n.below.set(self.before.below);
        });
        thread::with(|t| t.bound.store(bound(), Relaxed));
        // Absolute: segments that a leaked coroutine was on are gone with it.
        if let Some(index) = self.waiting {
            let _ = WAITING.try_with(|all| all.try_borrow_mut().map(|mut all| all.truncate(index)));
        }
    }
}

impl Native {
    fn remaining(&self) -> Option<usize> {
        let here = here();
        let bounds = self.current.get();
        bounds.contains(here).then(|| here - bounds.low)
    }

    /// A frame took the cold path and was let in: if a limit is near, it and those behind it record their values.
    /// Once: a loop there would else be as slow as cold functions are.
    fn approach(&self, depth: usize) {
        if !cfg!(unoptimised) || self.near.get() {
            return;
        }
        let bounds = self.current.get();
        let zone = red_zone(bounds.size());
        let near_the_end = self
            .remaining()
            .is_some_and(|left| left < zone + zone / LAST_BYTES);
        if near_the_end || depth.saturating_add(LAST_FRAMES) >= self.limit.get() {
            self.set_near(true);
            #[cfg(unoptimised)]
            super::heat::forget_all();
        }
    }

    fn set_near(&self, near: bool) {
        if self.near.replace(near) != near {
            thread::with(|t| {
                t.settle_limit();
                t.bound.store(bound(), Relaxed);
            });
        }
    }

    fn refuse(&self, kind: Kind, limit: usize, depth: usize) {
        self.set_near(false);
        self.refusal.set(Refusal {
            kind,
            limit,
            depth,
            remaining: self.remaining(),
        });
    }
}
