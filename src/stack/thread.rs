//! What a thread knows of its own stack, and how it comes by it.
//!
//! All of it is one `const`-initialised thread-local without a destructor: one segment-relative load, no registration, and
//! it can be used while other thread-locals are being destroyed.

use super::native;
use super::owner;
use super::record::{Record, STRIDE};
use super::region::{Region, sink};
use super::word::load;
use crate::native::check;
use crate::suspend;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed};
#[cfg(not(unoptimised))]
use std::sync::atomic::{Ordering::AcqRel, compiler_fence};

/// No frame was ever entered on this thread.
const FRESH: u8 = 0;
/// `start` runs; frames entered by what it calls (the program's allocator) go to the sink.
const STARTING: u8 = 1;
const READY: u8 = 2;
/// No memory, or the thread's destructors have run.
const SINK: u8 = 3;

/// Words are atomics only so that a signal handler on the same thread may look at any moment. All zero is the state of a
/// thread that never entered a frame.
#[repr(C)]
pub(crate) struct Thread {
    /// Where the next record goes.
    pub(crate) top: AtomicUsize,
    /// Frames at or above it take the cold path: where the records end, or a limit on their number lies.
    pub(crate) limit: AtomicUsize,
    /// Frames whose stack pointer is below it take the cold path.
    pub(crate) bound: AtomicUsize,
    pub(crate) base: AtomicUsize,
    /// Where the records end; equal to `base` without a region.
    pub(crate) end: AtomicUsize,
    region: AtomicPtr<Region>,
    identities: AtomicU64,
    state: AtomicU8,
}

#[cfg(not(unoptimised))]
thread_local! {
    static THREAD: Thread = const {
        Thread {
            top: AtomicUsize::new(0),
            limit: AtomicUsize::new(0),
            bound: AtomicUsize::new(0),
            base: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            region: AtomicPtr::new(std::ptr::null_mut()),
            identities: AtomicU64::new(0),
            state: AtomicU8::new(FRESH),
        }
    };
}

thread_local! {
    /// Gives the region back. Its own thread-local, because `Thread` must not have a destructor.
    static REAPER: Reaper = const { Reaper };
}

/// This thread's state.
#[cfg(not(unoptimised))]
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Thread) -> R) -> R {
    THREAD.with(f)
}

/// This thread's state.
#[cfg(unoptimised)]
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Thread) -> R) -> R {
    // SAFETY: the address of a thread-local of this thread, zeroed (which is a valid `Thread`) when the thread began; it
    // lives while the thread does, and the reference does not leave `f`.
    f(unsafe { &*super::unoptimised::thread() })
}

impl Thread {
    /// The limit, by a load that may be folded into a comparison.
    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn limit_now(&self) -> usize {
        // SAFETY: only this thread writes the word, in one instruction. A signal handler on it that enters the thread's first
        // frame in the middle of another first frame is the one case of a change meanwhile: either value is right then.
        unsafe { self.limit.as_ptr().read() }
    }

    /// The bound, likewise.
    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn bound_now(&self) -> usize {
        // SAFETY: as for the limit.
        unsafe { self.bound.as_ptr().read() }
    }

    /// Moves the top up by a record, in one instruction.
    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn advance(&self) {
        // A top that was just read is read again: else the sum would be kept in a register, an instruction more.
        compiler_fence(AcqRel);
        // Atomic for those who look from other threads; the compiler makes one instruction of both all the same.
        self.top.store(self.top.load(Relaxed) + STRIDE, Relaxed);
    }

    /// The top, by a load that may be folded into a comparison.
    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn top_now(&self) -> usize {
        // SAFETY: only this thread writes the word; a signal handler on it leaves it as it was.
        unsafe { self.top.as_ptr().read() }
    }

    /// The region, once there is one.
    #[inline]
    pub(crate) fn region(&self) -> Option<&'static Region> {
        // SAFETY: only `start` and `Reaper` write it: null or a `'static` region.
        unsafe { self.region.load(Relaxed).as_ref() }
    }

    /// Frames that have a record.
    #[inline]
    pub(crate) fn recorded(&self) -> usize {
        if self.region().is_none() {
            return 0;
        }
        self.top
            .load(Relaxed)
            .min(self.end.load(Relaxed))
            .saturating_sub(self.base.load(Relaxed))
            / STRIDE
    }

    /// Frames that were counted only.
    #[inline]
    pub(crate) fn unrecorded(&self) -> usize {
        if self.region().is_none() {
            return (self.sink_place() - sink::base()) / 8;
        }
        self.top
            .load(Relaxed)
            .saturating_sub(self.end.load(Relaxed))
            / 8
    }

    /// The top, if it lies in the sink; its beginning otherwise.
    fn sink_place(&self) -> usize {
        let top = self.top.load(Relaxed);
        if (sink::base()..=sink::end()).contains(&top) && top & 7 == 0 {
            top
        } else {
            sink::base()
        }
    }

    /// Whether the record at this address is one of this thread's, and not of the counted part or the sink.
    #[inline]
    pub(crate) fn owns(&self, record: usize) -> bool {
        load(&self.base) <= record && record < load(&self.end)
    }

    #[inline]
    pub(crate) fn next_identity(&self) -> u64 {
        let next = self.identities.load(Relaxed) + 1;
        self.identities.store(next, Relaxed);
        next
    }

    /// The greatest number that was given so far.
    pub(crate) fn last_identity(&self) -> u64 {
        self.identities.load(Relaxed)
    }

    fn settle(&self, state: u8, region: Option<&'static Region>) {
        // The top cannot be trusted without a region: a frame of a coroutine that is dropped after the thread's destructors
        // stores an address in the one that was.
        let (base, end) = region.map_or((sink::base(), sink::base()), |r| (r.base, r.limit));
        self.region.store(
            region.map_or(std::ptr::null_mut(), |r| std::ptr::from_ref(r).cast_mut()),
            Relaxed,
        );
        self.base.store(base, Relaxed);
        self.end.store(end, Relaxed);
        self.top.store(base, Relaxed);
        self.state.store(state, Relaxed);
        self.settle_limit();
    }

    /// Sets the word that the hot path compares with.
    pub(crate) fn settle_limit(&self) {
        let limit = match self.region() {
            // Each frame is to take the cold path.
            Some(_) if check::is_on() => 0,
            Some(region) => native::threshold()
                .saturating_mul(STRIDE)
                .saturating_add(region.base)
                .min(region.limit),
            // Every frame takes the cold path, which checks its place.
            None => 0,
        };
        self.limit.store(limit, Relaxed);
    }

    fn start(&self) {
        self.settle(STARTING, None);
        native::start();
        // Without a destructor to come (the thread is past them), the region could never be given back.
        let region = REAPER
            .try_with(|_| ())
            .ok()
            .and_then(|()| Region::acquire());
        self.settle(if region.is_some() { READY } else { SINK }, region);
        self.bound.store(native::bound(), Relaxed);
        if let Some(region) = region {
            owner::begin(region, self);
        }
    }

    /// Makes sure that what the thread knows of its native stack is known.
    pub(crate) fn begin(&self) {
        if self.state.load(Relaxed) == FRESH {
            self.start();
        }
    }
}

/// Takes the place of a frame that the hot path has none for: the first one of a thread, one beyond the limit, or one with
/// little stack left. Gives the address of its record, or 0 if the frame is refused: [`native::refusal`] then says why, or
/// [`check::raise`].
#[cold]
pub(crate) extern "C" fn place_beyond_limit() -> usize {
    with(|t| {
        t.begin();
        if native::refuses(t.recorded() + t.unrecorded()) || check::finds_fault() {
            return 0;
        }
        let top = t.top.load(Relaxed);
        let (record, next) = match t.region() {
            Some(region) if top < region.limit => (top, top + STRIDE),
            Some(region) => (top, counted(top, region.counted_end)),
            None => {
                let place = t.sink_place();
                (place, counted(place, sink::end()))
            }
        };
        // SAFETY: a record of a region, or a place in a counted part or sink behind which 192 bytes follow.
        let meta = unsafe { &(*(record as *const Record)).meta };
        // Taken first, filled then: see enter.rs.
        meta.store(std::ptr::null_mut(), Relaxed);
        t.top.store(next, Relaxed);
        record
    })
}

/// The place after one that is only counted; the last one is everybody's.
fn counted(place: usize, end: usize) -> usize {
    if place < end { place + 8 } else { place }
}

struct Reaper;

impl Drop for Reaper {
    fn drop(&mut self) {
        suspend::thread::close();
        with(|t| {
            let Some(region) = t.region() else { return };
            owner::end(region);
            // `exit` called below annotated functions runs these destructors with frames still active: they keep their
            // region, and later destructors and `atexit` handlers still see them.
            if t.top.load(Relaxed) == region.base {
                t.settle(SINK, None);
                region.release();
            } else {
                region.keep();
            }
        });
    }
}
