//! Bytes of values that are kept with a suspended frame, behind its values.
//!
//! While the frame runs, such a value's word says where they are, in place of a chunk of the thread's arena: texts that a
//! function does not change are copied once, however often it is polled.
//!
//! ```text
//! word:  1 | length (15 bits) | first word behind the values (16 bits) | length of a text, or type (32 bits)
//! ```

use super::arena;
use crate::capture::Tag;
use crate::suspend::{self, Id};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// In a value's word: its bytes are kept with the frame.
pub(super) const KEPT: u64 = 1 << 63;

const _: () = assert!(suspend::room(suspend::class_of(super::record::SLOTS)) <= 0xffff);

/// The most words behind the values of a frame.
const ROOM: usize = suspend::room(suspend::class_of(super::record::SLOTS));

/// The upper half of a value's word whose bytes are kept.
fn place(first: usize, length: usize) -> u64 {
    KEPT | (length as u64 & 0x7fff) << 48 | (first as u64) << 32
}

/// Whether the bytes of the value with this word are kept with the frame.
pub(super) fn is_kept(value: u64) -> bool {
    value & KEPT != 0
}

/// The word of a value whose bytes are `first` words behind the values.
pub(super) fn value(value: u64, first: usize, length: usize) -> u64 {
    let place = if length == 0 { 0 } else { place(first, length) };
    value & 0xffff_ffff | place
}

/// First word and length in bytes, from the upper half of a value's word; `None` if they are in the arena.
pub(crate) fn parts(place: u32) -> Option<(usize, usize)> {
    (place >> 31 == 1).then_some((place as usize & 0xffff, place as usize >> 16 & 0x7fff))
}

/// Brings the bytes of a frame's values together, from the arena and from where they were kept: in `words`, behind the
/// `slots` values. Each gets the same part of the room, and what others leave of theirs.
#[cold]
#[inline(never)]
pub(super) fn keep_bytes(words: &[AtomicU64], slots: usize) {
    let (values, bytes) = words.split_at(2 * slots);
    let mut collected = [0_u64; ROOM];
    let room = bytes.len().min(ROOM);
    let holds = |slot: usize| {
        has_bytes(values[2 * slot].load(Relaxed) as u8)
            && values[2 * slot + 1].load(Relaxed) >> 32 != 0
    };
    let mut waiting = (0..slots).filter(|&slot| holds(slot)).count();
    let mut used = 0;
    for slot in 0..slots {
        if !holds(slot) {
            continue;
        }
        let value = &values[2 * slot + 1];
        let bits = value.load(Relaxed);
        let share = (room - used) / waiting;
        waiting -= 1;
        let to = &mut collected[used..used + share];
        let length = match parts((bits >> 32) as u32) {
            Some((first, length)) => {
                let kept = bytes.get(first..).unwrap_or_default();
                for (to, word) in to.iter_mut().zip(kept) {
                    *to = word.load(Relaxed);
                }
                length.min(8 * share)
            }
            None => arena::read((bits >> 32) as u32, |chunk| fill(to, chunk)).unwrap_or(0),
        };
        value.store(self::value(bits, used, length), Relaxed);
        used += length.div_ceil(8);
    }
    for (word, collected) in bytes.iter().zip(&collected[..used]) {
        word.store(*collected, Relaxed);
    }
}

/// The beginning of `bytes`, as far as there is room; gives how much that is.
fn fill(words: &mut [u64], bytes: &[u8]) -> usize {
    let length = bytes.len().min(8 * words.len());
    for (word, part) in words.iter_mut().zip(bytes[..length].chunks(8)) {
        let mut padded = [0; 8];
        padded[..part.len()].copy_from_slice(part);
        *word = u64::from_ne_bytes(padded);
    }
    length
}

/// How many words behind the values are in use, by what the values say.
pub(super) fn used(values: &[u64]) -> usize {
    let ends = values.chunks_exact(2).filter_map(|value| {
        let (first, length) =
            parts((value[1] >> 32) as u32).filter(|_| has_bytes(value[0] as u8))?;
        Some(first + length.div_ceil(8))
    });
    ends.max().unwrap_or(0)
}

fn has_bytes(tag: u8) -> bool {
    tag == Tag::TEXT || tag == Tag::TYPED
}

/// The words behind the values of a frame, which are written when it waits: while it runs, they stay as they are. None of a
/// frame that is gone.
pub(super) fn words_of(id: Id) -> &'static [AtomicU64] {
    let Some((class, node)) = suspend::find(id).filter(|(_, node)| node.id.load(Relaxed) == id)
    else {
        return &[];
    };
    // SAFETY: a node of its class.
    let words = unsafe { node.words(class) };
    words
        .get(2 * node.slots.load(Relaxed) as usize..)
        .unwrap_or_default()
}

/// The bytes that the upper half of a value's word leads to, among the words behind the values; `None` if they are in the
/// arena. Words that make no sense lead to nothing.
pub(super) fn bytes_in(kept: &[u64], place: u32) -> Option<Vec<u8>> {
    let (first, length) = parts(place)?;
    let words = kept.get(first..).unwrap_or_default();
    let words = &words[..words.len().min(length.div_ceil(8))];
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    bytes.truncate(length);
    Some(bytes)
}
