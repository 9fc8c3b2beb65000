//! Which functions are called too often for their values to be recorded each time, in an unoptimised build.
//!
//! Recording a value takes some fifty unoptimised instructions, more than many a function that is called a million times
//! in a test. So a hot function keeps its frame and its positions always, but its values rarely, and says so. Hot is a
//! rate, not a total: a function that a server calls a thousand times a second shows its values for as long as it runs. An
//! optimised build records always.
//!
//! What is known of a function lies in front of the thread's records, so that threads do not share cache lines. The hot
//! path (`enter` in unoptimised.rs) counts down, takes the flags that stand here, and comes here when it has counted to
//! zero or finds another function's entry. A frame has such a counter of its own, in its flags, for loops that capture.

use super::record::{ARGUMENTS, COUNT, HOT, INLINE_SLOTS, MARKED, Record, STRIDE, note};
use super::word::{load, load32, store32, store64};
use super::{arena, thread};
use crate::capture::Tag;
use crate::capture::unoptimised::records_always;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

/// So many activations of a function, on a thread, always record their values.
const ALWAYS: u32 = 1024;
/// Then so many do or do not, by how long the ones before took: at least
const BATCH: u32 = 128;
/// times so many ticks (of 1024 cycles), or the function is hot. One of a batch always records its values.
const TICKS_PER_CALL: u32 = 64;
/// So many captures an activation makes without being asked for the time,
const BUDGET: u32 = 512;
/// then so many at a time, if there were at least
const GRANT: u32 = 256;
/// ticks for each; and so many of a function's grants are free.
const TICKS_PER_CAPTURE: u32 = 4;
const FREE_GRANTS: u32 = 8;

/// The flags of an activation that records its values.
pub(super) const WARM: u32 = ARGUMENTS | (BUDGET * COUNT);

const _: () = assert!(BUDGET < HOT / COUNT && GRANT < HOT / COUNT);

/// What `enter` looks at. All zero is an entry that no function has.
#[repr(C)]
pub(super) struct Warmth {
    /// The function's text. That it stands here says that the text was checked.
    pub(super) meta: AtomicUsize,
    /// Activations until it is looked at again.
    pub(super) left: AtomicU32,
    /// What goes into the flags of an activation.
    pub(super) flags: AtomicU32,
}

/// What is looked at now and then.
#[repr(C)]
struct History {
    /// When the batch began.
    since: AtomicU32,
    batch: AtomicU32,
    /// When the captures of a loop were last granted.
    granted: AtomicU32,
    grants: AtomicU32,
}

/// Functions that are known at a time. They are told apart by their texts' addresses.
const ENTRIES: usize = 4096;
/// In front of the records.
pub(super) const HEAT_BYTES: usize = ENTRIES * (size_of::<Warmth>() + size_of::<History>());
const HISTORIES: usize = ENTRIES * size_of::<Warmth>();
/// `address >> 1 & MASK` is the offset of the entry of a text: one in 32 bytes, which few texts are shorter than.
pub(super) const MASK: usize = (ENTRIES - 1) * size_of::<Warmth>();

const _: () = assert!(size_of::<Warmth>() == 16 && size_of::<History>() == 16);

/// The two entries that a text may have, as offsets.
fn offsets(meta: usize) -> (usize, usize) {
    let first = meta >> 1 & MASK;
    (first, first ^ size_of::<Warmth>())
}

/// # Safety
/// `base` is that of a region or of the sink, `offset` one that `offsets` gave.
unsafe fn entry(base: usize, offset: usize) -> (&'static Warmth, &'static History) {
    let at = base - HEAT_BYTES + offset;
    // SAFETY: `HEAT_BYTES` in front of the base are the two arrays: atomic words, zero at first, that live forever.
    unsafe {
        (
            &*(at as *const Warmth),
            &*((at + HISTORIES) as *const History),
        )
    }
}

/// Ticks of 1024 cycles. They wrap in some twenty minutes: then a function is once thought hotter than it is.
fn now() -> u32 {
    // SAFETY: every x86_64 processor has the instruction.
    (unsafe { core::arch::x86_64::_rdtsc() } >> 10) as u32
}

/// Forgets what this thread knows of all functions: each is cold again.
pub(super) fn forget_all() {
    let base = thread::with(|t| load(&t.base));
    for index in 0..ENTRIES {
        // SAFETY: of a thread that has entered a frame: the base is that of a region or of the sink.
        let (warmth, _) = unsafe { entry(base, index * size_of::<Warmth>()) };
        warmth.meta.store(0, Relaxed);
    }
}

/// What is known of the function with this text, if anything is.
///
/// # Safety
/// `base` is that of a region or of the sink.
unsafe fn find(base: usize, meta: usize) -> Option<(&'static Warmth, &'static History)> {
    let (first, second) = offsets(meta);
    // SAFETY: passed on.
    let (a, b) = unsafe { (entry(base, first), entry(base, second)) };
    if load(&a.0.meta) == meta {
        Some(a)
    } else if load(&b.0.meta) == meta {
        Some(b)
    } else {
        None
    }
}

/// The flags for an activation of a function whose batch is at an end, or that is not known yet. `record` is the place
/// that it is about to take.
///
/// 0 if the text is not one that the macros make: it ends in NUL.
pub(super) extern "C" fn next_batch(meta: *const u8, length: usize, record: usize) -> u32 {
    let base = thread::with(|t| load(&t.base));
    let now = now();
    // SAFETY: `place_beyond_limit` has set the base before the first frame.
    if let Some((warmth, history)) = unsafe { find(base, meta as usize) } {
        let took = now.wrapping_sub(load32(&history.since));
        let rare = records_always() || took >= load32(&history.batch) * TICKS_PER_CALL;
        store32(&history.since, now);
        store32(&history.batch, BATCH);
        store32(&warmth.flags, if rare { WARM } else { HOT });
        store32(&warmth.left, BATCH - 2);
        // SAFETY: as above; `record` is a place of this thread.
        unsafe { look_at_caller(base, record, now) };
        return WARM;
    }
    // SAFETY: `enter` passes pointer and length of a text.
    if length == 0 || unsafe { *meta.wrapping_add(length - 1) } != 0 {
        return 0;
    }
    let (first, second) = offsets(meta as usize);
    // SAFETY: as above.
    let (a, b) = unsafe { (entry(base, first), entry(base, second)) };
    let (warmth, history) = if load(&a.0.meta) != 0 && load(&b.0.meta) == 0 {
        b
    } else {
        a
    };
    store32(&warmth.left, ALWAYS - 2);
    store32(&warmth.flags, WARM);
    store32(&history.since, now);
    store32(&history.batch, ALWAYS);
    store32(&history.grants, 0);
    warmth.meta.store(meta as usize, Relaxed);
    WARM
}

/// Whether an activation whose counter is at an end makes the capture that it was about to make; if not, it is hot now.
pub(super) extern "C" fn next_grant(address: usize) -> bool {
    // SAFETY: `capture_checked` passes a guard's record.
    let record = unsafe { &*(address as *const Record) };
    let base = thread::with(|t| load(&t.base));
    // SAFETY: this thread has entered a frame.
    let granted = unsafe { grant(base, record, now()) };
    let rest = load32(&record.flags) & (COUNT - 1);
    store32(
        &record.flags,
        rest | if granted { GRANT * COUNT } else { HOT },
    );
    granted
}

/// A caller that went hot in a loop and does not loop that fast any more records its values again. Callees whose batch is
/// at an end see to that: a hot frame itself does nothing any more.
///
/// # Safety
/// `record` is a place of this thread, `base` its base.
unsafe fn look_at_caller(base: usize, record: usize, now: u32) {
    let end = thread::with(|t| load(&t.end));
    if record <= base || record > end {
        return;
    }
    // SAFETY: below a place in the records lies a record.
    let caller = unsafe { &*((record - STRIDE) as *const Record) };
    let flags = load32(&caller.flags);
    // SAFETY: passed on.
    if flags & HOT != 0 && flags & ARGUMENTS != 0 && unsafe { grant(base, caller, now) } {
        thaw(caller);
    }
}

/// Whether the function of `record` may make another [`GRANT`] of captures.
///
/// # Safety
/// As for `find`.
unsafe fn grant(base: usize, record: &Record, now: u32) -> bool {
    let meta = record.meta.load(Relaxed) as usize;
    // SAFETY: passed on.
    let Some((_, history)) = (unsafe { find(base, meta) }) else {
        return false;
    };
    let grants = load32(&history.grants);
    let took = now.wrapping_sub(load32(&history.granted));
    store32(&history.granted, now);
    store32(&history.grants, grants.saturating_add(1));
    records_always() || grants < FREE_GRANTS || took >= GRANT * TICKS_PER_CAPTURE
}

/// An activation that records no values records them from here on; those that it did not record say so.
pub(super) fn thaw(record: &Record) {
    let flags = load32(&record.flags);
    if flags & HOT == 0 {
        return;
    }
    if flags & ARGUMENTS == 0 {
        let hot = u64::from(Tag::HOT);
        store64(&record.argument_tags, hot * 0x0101_0101_0101_0101);
    }
    forget(record);
    let rest = load32(&record.flags) & (COUNT - 1);
    store32(&record.flags, rest | ARGUMENTS | (GRANT * COUNT));
}

/// If values of the activation are left out now, what its slots hold may be old: it is not known any more.
pub(super) fn forget_if_hot(record: &Record) {
    if load32(&record.flags) & HOT != 0 {
        forget(record);
    }
}

/// What was captured after entry is not known any more.
fn forget(record: &Record) {
    let lost = note(Tag::HOT, load32(&record.position) & !MARKED);
    let mut slot = 0;
    while slot < INLINE_SLOTS {
        store32(&record.notes[slot], lost);
        slot += 1;
    }
    arena::note_spilled(std::ptr::from_ref(record) as usize, lost);
}
