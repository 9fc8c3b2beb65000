//! The memory of one thread's stack: reserved once, committed by the system as it is touched, never given back.
//!
//! ```text
//! | heat | records: one per frame | counted: 8 bytes per frame | arena: bytes of values |
//!        base                     limit                        arena
//! ```
//!
//! `heat` is there in unoptimised builds alone (heat.rs).
//!
//! A frame beyond the records still gets 8 bytes of its own in `counted`, so that leaving it restores the top exactly as
//! for any other; what it stores there overlaps its neighbours and is never read.
//!
//! Regions are `'static`: when a thread ends its region waits in a pool for the next thread. A stale guard or a reader on
//! another thread therefore always finds mapped memory of atomic words.

use super::owner::{self, Owner};
use super::record::STRIDE;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering::*};

/// Bytes asked of the system for the largest region: address space, not memory, where it is committed lazily.
/// Where the system charges a reservation at once (Windows), or addresses are scarce, it is kept small.
#[cfg(all(target_pointer_width = "64", not(windows)))]
const LARGEST: usize = 512 << 20;
#[cfg(not(all(target_pointer_width = "64", not(windows))))]
const LARGEST: usize = 4 << 20;
/// Below this a region is not worth having.
const SMALLEST: usize = 256 << 10;

#[cfg(unoptimised)]
use super::heat::HEAT_BYTES;
#[cfg(not(unoptimised))]
const HEAT_BYTES: usize = 0;

/// Where the parts of a region lie. The struct itself stands at the region's start.
#[repr(C, align(64))]
pub(crate) struct Region {
    pub(crate) base: usize,
    pub(crate) limit: usize,
    pub(crate) counted_end: usize,
    pub(crate) arena: usize,
    pub(crate) arena_words: usize,
    next: AtomicPtr<Region>,
    /// Whose it is.
    pub(crate) owner: Owner,
    /// The region that was made before this one.
    older: AtomicPtr<Region>,
}

impl Region {
    /// A region for a thread that has none: a used one from the pool, or a new one.
    pub(crate) fn acquire() -> Option<&'static Region> {
        pool::take().or_else(Region::reserve)
    }

    /// Gives the region to the pool. The caller keeps no frame in it.
    pub(crate) fn release(&'static self) {
        pool::put(self);
    }

    /// Keeps the region out of the pool for good: frames in it may still be active.
    pub(crate) fn keep(&'static self) {
        pool::keep(self);
    }

    fn reserve() -> Option<&'static Region> {
        let mut bytes = LARGEST;
        while bytes >= SMALLEST {
            if let Some(region) = Region::reserve_exactly(bytes) {
                owner::list(region);
                return Some(region);
            }
            bytes /= 8;
        }
        None
    }

    fn reserve_exactly(bytes: usize) -> Option<&'static Region> {
        // No more than the allocator's own alignment: for any other it zeroes by hand, which would commit all of it.
        let layout = Layout::from_size_align(bytes, 16).ok()?;
        // The system allocator itself: the program's may be annotated, count, or fill with zeros what it hands out.
        // SAFETY: the layout has a size. The memory is never freed, so that `'static` holds.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() {
            return None;
        }
        let skipped = memory.align_offset(align_of::<Region>());
        let start = memory.wrapping_add(skipped);
        let bytes = bytes - skipped;
        let base = start as usize + size_of::<Region>() + HEAT_BYTES;
        let bytes = bytes - HEAT_BYTES;
        // 13/16 records, 1/16 counted, the rest arena.
        let limit = base + (bytes / 16 * 13) / STRIDE * STRIDE;
        let counted_end = limit + bytes / 128 * 8;
        let arena = counted_end + STRIDE;
        let region = Region {
            base,
            limit,
            counted_end,
            arena,
            arena_words: (start as usize + HEAT_BYTES + bytes - arena) / 8,
            next: AtomicPtr::new(null_mut()),
            owner: Owner::nobody(),
            older: AtomicPtr::new(null_mut()),
        };
        // SAFETY: `start` is aligned for and large enough for a `Region`, and nobody else knows of it.
        unsafe {
            let place = start.cast::<Region>();
            place.write(region);
            pool::note(&*place);
            Some(&*place)
        }
    }

    /// The region of any thread that has a record at this address.
    pub(crate) fn with_record(address: usize) -> Option<&'static Region> {
        pool::all().find(|region| {
            (region.base..region.limit).contains(&address)
                && (address - region.base).is_multiple_of(STRIDE)
        })
    }

    #[inline]
    pub(crate) fn arena_words(&self) -> usize {
        self.arena_words
    }

    /// One word of the arena.
    ///
    /// # Panics
    /// If there is no such word.
    #[inline]
    pub(crate) fn word(&'static self, index: usize) -> &'static AtomicU64 {
        assert!(index < self.arena_words);
        // SAFETY: as for `arena`, and the index was just checked.
        unsafe { &*((self.arena + 8 * index) as *const AtomicU64) }
    }

    /// The words of the arena.
    #[inline]
    pub(crate) fn arena(&'static self) -> &'static [AtomicU64] {
        // SAFETY: `arena..arena + 8 * arena_words` lies in this region (reserve_exactly), is 8-aligned (`base` is
        // 64-aligned and all parts are multiples of 8), zeroed at first, and only ever accessed as atomic words.
        unsafe { std::slice::from_raw_parts(self.arena as *const AtomicU64, self.arena_words) }
    }
}

/// A list of unused regions. Taking detaches the whole list, so that no two takers ever look at one node (no ABA).
mod pool {
    use super::*;

    static POOL: AtomicPtr<Region> = AtomicPtr::new(null_mut());
    /// Regions that are not given out again: known here only so that leak checkers find them.
    static KEPT: AtomicPtr<Region> = AtomicPtr::new(null_mut());

    pub(super) fn take() -> Option<&'static Region> {
        let first = POOL.swap(null_mut(), Acquire);
        // SAFETY: the pool holds pointers to `'static` regions only.
        let first = unsafe { first.as_ref() }?;
        let mut rest = first.next.swap(null_mut(), Relaxed);
        // SAFETY: as above.
        while let Some(region) = unsafe { rest.as_ref() } {
            rest = region.next.swap(null_mut(), Relaxed);
            put(region);
        }
        Some(first)
    }

    pub(super) fn put(region: &'static Region) {
        push(&POOL, region);
    }

    pub(super) fn keep(region: &'static Region) {
        push(&KEPT, region);
    }

    /// All regions, the newest first.
    static ALL: AtomicPtr<Region> = AtomicPtr::new(null_mut());

    pub(super) fn note(region: &'static Region) {
        link(&ALL, region, &region.older);
    }

    pub(super) fn all() -> impl Iterator<Item = &'static Region> {
        // SAFETY: as above; a region is not changed behind these links.
        let at = |link: &AtomicPtr<Region>| unsafe { link.load(Acquire).as_ref() };
        std::iter::successors(at(&ALL), move |region| at(&region.older))
    }

    fn push(list: &AtomicPtr<Region>, region: &'static Region) {
        link(list, region, &region.next);
    }

    fn link(list: &AtomicPtr<Region>, region: &'static Region, next: &AtomicPtr<Region>) {
        let this = std::ptr::from_ref(region).cast_mut();
        let mut head = list.load(Relaxed);
        loop {
            next.store(head, Relaxed);
            match list.compare_exchange_weak(head, this, Release, Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }
}

/// Where stores go when there is no region: while one is being made, when none could be had, and after the thread's
/// destructors. Written by all threads, read by none.
pub(crate) mod sink {
    use super::*;

    const WORDS: usize = 8 << 10;
    #[repr(align(64))]
    struct Sink([AtomicU64; HEAT_BYTES / 8 + WORDS]);
    static SINK: Sink = Sink([const { AtomicU64::new(0) }; HEAT_BYTES / 8 + WORDS]);

    /// Where the first frame goes.
    pub(crate) const PLACE: *mut () = (&raw const SINK.0)
        .cast::<u8>()
        .wrapping_add(HEAT_BYTES)
        .cast_mut()
        .cast();

    pub(crate) fn base() -> usize {
        PLACE as usize
    }

    /// The last address that a frame may be given: a whole record still fits behind it.
    pub(crate) fn end() -> usize {
        base() + WORDS * 8 - STRIDE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_region_follow_each_other_and_fit() {
        for bytes in [SMALLEST, 4 << 20] {
            let r = Region::reserve_exactly(bytes).unwrap();
            assert!(r.base < r.limit && (r.limit - r.base).is_multiple_of(STRIDE));
            assert!(r.limit < r.counted_end && r.counted_end + STRIDE <= r.arena);
            assert!(
                r.arena.is_multiple_of(8)
                    && r.arena + 8 * r.arena_words <= r as *const _ as usize + bytes
            );
            r.arena().last().unwrap().store(1, Relaxed);
        }
    }

    #[test]
    fn a_released_region_is_used_again() {
        let region = Region::reserve_exactly(SMALLEST).unwrap();
        region.release();
        let mut seen = Vec::new();
        while let Some(r) = pool::take() {
            seen.push(r as *const Region);
        }
        assert!(seen.contains(&(region as *const Region)));
    }
}
