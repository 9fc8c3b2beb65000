//! A value as the tag and the word that a slot holds, and where the slot is.

use super::arena;
#[cfg(not(unoptimised))]
use super::platform;
use super::record::{INLINE_SLOTS, Record, SHORT_TEXT, SHORT_TEXT_BYTES, note};
use super::word::{peek32, store32, store64};
#[cfg(unoptimised)]
use crate::capture::unoptimised::Looked;
use crate::capture::{Encode, Encoder, Tag, TypeEntry};
use std::any::TypeId;

/// The value of a slot, wherever the slot is.
#[inline(never)]
pub(super) fn store_spilled_or_not(record: usize, site: u32, tag: u8, bits: u64) {
    let slot = (site & 0xff) as usize;
    if slot < INLINE_SLOTS {
        // SAFETY: `record` is a guard's: 192 bytes of atomic words that live forever.
        let record = unsafe { &*(record as *const Record) };
        store64(&record.values[slot], bits);
        store32(&record.notes[slot], note(tag, site >> 8));
    } else {
        arena::store_spilled(record, site & 0xff, bits, note(tag, site >> 8));
    }
}

/// The value of a slot beyond the record's own.
#[cold]
pub(super) extern "C" fn store_spilled(record: usize, site: u32, tag: u32, bits: u64) {
    arena::store_spilled(record, site & 0xff, bits, note(tag as u8, site >> 8));
}

#[cfg(unoptimised)]
#[allow(improper_ctypes_definitions)] // Rust functions pass through, as words
pub(crate) unsafe extern "C" fn typed_whole(
    record: usize,
    slot: u32,
    value: *const (),
    id: fn() -> TypeId,
    name: fn() -> &'static str,
) -> Looked {
    // SAFETY: passed on.
    unsafe { typed(record, slot, value, id, name, Depth::Whole) }.into()
}

#[cfg(unoptimised)]
#[allow(improper_ctypes_definitions)] // as above
pub(crate) unsafe extern "C" fn typed_surface(
    record: usize,
    slot: u32,
    value: *const (),
    id: fn() -> TypeId,
    name: fn() -> &'static str,
) -> Looked {
    // SAFETY: passed on.
    unsafe { typed(record, slot, value, id, name, Depth::Surface) }.into()
}

/// How far a value is looked into.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
pub(crate) enum Depth {
    Whole,
    /// Scalars only: the function contains `unsafe`, and what a reference leads to may be half made.
    Surface,
}

/// Tag and word of a text: the text itself if it is short, else what leads to its bytes in the arena.
#[inline(always)]
pub(super) fn text_bits(record: usize, slot: u32, text: &str) -> (u8, u64) {
    if text.len() <= SHORT_TEXT_BYTES {
        return (SHORT_TEXT, short_text(text.as_bytes()));
    }
    #[cfg(unoptimised)]
    let word = arena::text(record, slot, text);
    #[cfg(not(unoptimised))]
    let word = platform::long_text(record, slot, text);
    (Tag::TEXT, word)
}

/// Up to seven bytes in the low bytes of a word, their number in the high one: without a loop, by loads that overlap.
#[inline(always)]
fn short_text(bytes: &[u8]) -> u64 {
    let (n, at) = (bytes.len(), bytes.as_ptr());
    debug_assert!(n <= SHORT_TEXT_BYTES);
    // SAFETY: each load lies within the `n` bytes.
    let word = unsafe {
        if n >= 4 {
            let (low, high) = (peek32(at), peek32(at.wrapping_add(n - 4)));
            low | high << ((n - 4) << 3)
        } else {
            tiny_text(at, n)
        }
    };
    word | (n as u64) << 56
}

/// Up to three bytes in a word. Not so rare as it says: out of the way of longer ones, which then need no jump around it.
///
/// # Safety
/// `n` bytes at `at` are readable.
#[cold]
#[inline(always)]
unsafe fn tiny_text(at: *const u8, n: usize) -> u64 {
    if n == 0 {
        return 0;
    }
    let middle = n >> 1;
    // SAFETY: all three lie within the `n` bytes.
    let (first, half, last) = unsafe { (*at, *at.wrapping_add(middle), *at.wrapping_add(n - 1)) };
    first as u64 | (half as u64) << (middle << 3) | (last as u64) << ((n - 1) << 3)
}

/// Tag and word of a value, by its type's table entry.
///
/// # Safety
/// `value` points to a live value of the type that `id` and `name` answer for; `record` is a guard's.
#[inline(never)]
pub(super) unsafe fn typed(
    record: usize,
    slot: u32,
    value: *const (),
    id: fn() -> TypeId,
    name: fn() -> &'static str,
    depth: Depth,
) -> (u8, u64) {
    let entry = crate::capture::intern(id, name);
    // SAFETY: `entry` is the entry of the identity that `id` gives.
    if let Some(known) = unsafe { entry.scalar(value) } {
        return known;
    }
    // SAFETY: as above; the text is copied before this returns.
    if let (Depth::Whole, Some(text)) = (depth, unsafe { entry.text(value) }) {
        return text_bits(record, slot, text);
    }
    let chunk = match depth {
        // SAFETY: as above.
        Depth::Whole => unsafe { arena::encode(record, slot, entry, value) },
        Depth::Surface => 0,
    };
    (
        Tag::TYPED,
        u64::from(entry.index().to_bits()) | u64::from(chunk) << 32,
    )
}

/// Tag and word of a value that `encode` copies, unless it is a scalar or a text, which need no copying.
///
/// # Safety
/// `entry` is that of the type of the live value at `value`, which `encode` accepts.
pub(crate) unsafe fn copied(
    record: usize,
    slot: u32,
    value: *const (),
    entry: &TypeEntry,
    encode: Encode,
) -> (u8, u64) {
    // SAFETY: passed on; the text is copied before this returns.
    unsafe {
        if let Some(known) = entry.scalar(value) {
            return known;
        }
        if let Some(text) = entry.text(value) {
            return text_bits(record, slot, text);
        }
        written(record, slot, entry, &mut |encoder| encode(value, encoder))
    }
}

/// Tag and word of a value of which `write` writes what is seen.
pub(crate) fn written(
    record: usize,
    slot: u32,
    entry: &TypeEntry,
    write: &mut dyn FnMut(&mut Encoder<'_>),
) -> (u8, u64) {
    let chunk = arena::encode_with(record, slot, write);
    let bits = u64::from(entry.index().to_bits()) | u64::from(chunk) << 32;
    (Tag::TYPED, bits)
}

#[cfg(test)]
mod tests {
    use super::short_text;

    #[test]
    fn short_texts_of_each_length_are_packed_byte_by_byte() {
        for n in 0..=7 {
            let text = &b"abcdefg"[..n];
            let word = short_text(text);
            assert_eq!(&word.to_le_bytes()[..n], text);
            assert_eq!(word >> 56, n as u64);
        }
    }
}
