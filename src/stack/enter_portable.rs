//! `enter` where there is no assembly for it: about six instructions dearer, because the cold path is an ordinary call.

use super::record::Record;
use super::thread::place_beyond_limit;
use std::sync::atomic::Ordering::Relaxed;

/// Fills the header of `record`: metadata, position 0, flags 0, an address in this native frame, no code address.
///
/// # Safety
/// `record` is the address of a record in a region, or of 192 bytes of a counted part or sink.
#[inline(always)]
pub(super) unsafe fn fill(record: usize, meta: *const u8) {
    let here = 0u8;
    // SAFETY: the caller vouches for the memory, which is only ever accessed as atomic words.
    let record = unsafe { &*(record as *const Record) };
    record.meta.store(meta.cast_mut(), Relaxed);
    record.position.store(0, Relaxed);
    record.flags.store(0, Relaxed);
    record
        .stack_pointer
        .store(&raw const here as usize, Relaxed);
    record.code_address.store(0, Relaxed);
}

#[inline(always)]
pub(super) fn place_cold() -> usize {
    place_beyond_limit()
}

/// Stores the value of a slot, of which the low half matters.
#[inline(always)]
pub(super) fn store_low(record: &Record, index: usize, low: u32) {
    record.values[index].store(u64::from(low), Relaxed);
}

/// [`arena::text`](super::arena::text).
#[cold]
pub(super) fn long_text(record: usize, slot: u32, text: &str) -> u64 {
    super::arena::text(record, slot, text)
}

/// An address in this native frame.
#[inline(always)]
pub(super) fn stack_pointer() -> usize {
    let here = 0u8;
    &raw const here as usize
}

/// The address that a record's word for it means: none is stored.
pub(super) fn code_address(word: usize) -> usize {
    word
}
