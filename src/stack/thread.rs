//! What a thread knows of its own stack, and how it comes by it.
//!
//! All of it is one `const`-initialised thread-local without a destructor: one segment-relative load, no registration, and
//! it can be used while other thread-locals are being destroyed.

use super::record::STRIDE;
use super::region::{Region, sink};
use super::word::load;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed};

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
    /// Frames at or above it take the cold path.
    pub(crate) limit: AtomicUsize,
    pub(crate) base: AtomicUsize,
    region: AtomicPtr<Region>,
    state: AtomicU8,
    identities: AtomicU64,
}

#[cfg(not(unoptimised))]
thread_local! {
    static THREAD: Thread = const {
        Thread {
            top: AtomicUsize::new(0),
            limit: AtomicUsize::new(0),
            base: AtomicUsize::new(0),
            region: AtomicPtr::new(std::ptr::null_mut()),
            state: AtomicU8::new(FRESH),
            identities: AtomicU64::new(0),
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
            .min(self.limit.load(Relaxed))
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
            .saturating_sub(self.limit.load(Relaxed))
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
        load(&self.base) <= record && record < load(&self.limit)
    }

    #[inline]
    pub(crate) fn next_identity(&self) -> u64 {
        let next = self.identities.load(Relaxed) + 1;
        self.identities.store(next, Relaxed);
        next
    }

    fn settle(&self, state: u8, region: Option<&'static Region>) {
        // Without a region the limit is 0: every frame takes the cold path, which checks its place. The top cannot be trusted
        // then: a frame of a coroutine that is dropped after the thread's destructors stores an address in the region.
        let (base, limit) = region.map_or((sink::base(), 0), |r| (r.base, r.limit));
        self.region.store(
            region.map_or(std::ptr::null_mut(), |r| std::ptr::from_ref(r).cast_mut()),
            Relaxed,
        );
        self.limit.store(limit, Relaxed);
        self.base.store(base, Relaxed);
        self.top.store(base, Relaxed);
        self.state.store(state, Relaxed);
    }

    fn start(&self) {
        self.settle(STARTING, None);
        // Without a destructor to come (the thread is past them), the region could never be given back.
        let region = REAPER
            .try_with(|_| ())
            .ok()
            .and_then(|()| Region::acquire());
        self.settle(if region.is_some() { READY } else { SINK }, region);
    }
}

/// The place of a frame and where the next one goes.
#[repr(C)]
pub(crate) struct Place {
    pub(crate) record: usize,
    pub(crate) next: usize,
}

/// The first frame of a thread, or one beyond the limit.
#[cold]
pub(crate) extern "C" fn place_beyond_limit() -> Place {
    with(|t| {
        if t.state.load(Relaxed) == FRESH {
            t.start();
        }
        let top = t.top.load(Relaxed);
        let (record, end) = match t.region() {
            Some(_) if top < t.limit.load(Relaxed) => {
                return Place {
                    record: top,
                    next: top + STRIDE,
                };
            }
            Some(region) => (top, region.counted_end),
            None => (t.sink_place(), sink::end()),
        };
        Place {
            record,
            next: if record < end { record + 8 } else { record },
        }
    })
}

struct Reaper;

impl Drop for Reaper {
    fn drop(&mut self) {
        with(|t| {
            let Some(region) = t.region() else { return };
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
