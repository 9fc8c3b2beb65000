//! Values that do not fit a word: their bytes, in the thread's arena.
//!
//! A frame's part of the arena begins where that of the frame below it ends. The bounds are worked out when a frame first
//! needs bytes, not when it is entered, so that frames without such values pay nothing; what is worked out is written
//! into the frames between, so that each is asked once.
//!
//! ```text
//! chunk: | capacity in words << 32 | length in bytes | data words... |
//! spill: | note of slot 11 | value of slot 11 | note of slot 12 | ...
//! ```

use super::record::{HAS_ARENA, HAS_SPILL, INLINE_SLOTS, OWNS_BYTES, Record, SLOTS, STRIDE};
use super::region::Region;
use super::thread;
use super::word::{load32, load64, peek, store32, store64};
use crate::capture::{Encoder, TypeEntry, VALUE_BYTES};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const VALUE_WORDS: usize = VALUE_BYTES / 8;
const SPILLED: usize = SLOTS - INLINE_SLOTS;
const SPILL_WORDS: usize = 2 * SPILLED;

/// Word 0 is never given out: an offset of 0 says "no bytes".
const FIRST: u32 = 1;

/// Puts the encoded form of `value` into the arena; gives the chunk's offset, or 0 if there is none (an opaque type, a frame
/// that is only counted, a full arena).
///
/// # Safety
/// `value` points to a value of the type that `entry` is for, and `record` is a guard's.
pub(super) unsafe fn encode(record: usize, slot: u32, entry: &TypeEntry, value: *const ()) -> u32 {
    if !entry.has_encoder() {
        return 0;
    }
    // SAFETY: `value` is what `entry` is for.
    encode_with(record, slot, &mut |encoder| unsafe {
        entry.encode_into(value, encoder)
    })
}

/// The same, for what `inspect` writes.
pub(super) fn encode_with(
    record: usize,
    slot: u32,
    inspect: &mut dyn FnMut(&mut Encoder<'_>),
) -> u32 {
    let Some(region) = thread::with(|t| if t.owns(record) { t.region() } else { None }) else {
        return 0;
    };
    let mut words = [0u64; VALUE_WORDS];
    // SAFETY: the array is plain bytes.
    let bytes = unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), VALUE_BYTES) };
    let mut encoder = Encoder::new(bytes);
    inspect(&mut encoder);
    let length = encoder.written().len();
    if length == 0 {
        0
    } else {
        store(region, record, slot, &words, length)
    }
}

/// Puts the beginning of a text into the arena: its whole length and the chunk's offset, in one word.
///
/// Written out with few calls: text is the commonest value that is no word.
#[inline(never)]
pub(super) fn text(record: usize, slot: u32, text: &str) -> u64 {
    let (from, whole) = (text.as_ptr(), text.len());
    let length = if whole < VALUE_BYTES {
        whole
    } else {
        VALUE_BYTES
    };
    let shown = if whole < u32::MAX as usize {
        whole as u64
    } else {
        u64::from(u32::MAX)
    };
    let chunk = thread::with(|t| {
        if !t.owns(record) {
            return 0;
        }
        let Some(region) = t.region() else { return 0 };
        let used = (length + 7) >> 3;
        let chunk = chunk_for(region, record, slot, used);
        if chunk == 0 {
            return 0;
        }
        let head = region.word(chunk as usize);
        store64(head, load64(head) & !0xffff_ffff | length as u64);
        let whole_words = length >> 3;
        let mut i = 0;
        while i < whole_words {
            // SAFETY: eight bytes at `8 * i` of at least `8 * whole_words`.
            store64(region.word(chunk as usize + 1 + i), unsafe {
                peek(from.wrapping_add(8 * i))
            });
            i += 1;
        }
        if length & 7 != 0 {
            // SAFETY: the rest of the text lies behind the whole words.
            store64(region.word(chunk as usize + 1 + i), unsafe {
                tail(from, length)
            });
        }
        chunk
    });
    shown | u64::from(chunk) << 32
}

/// The last `length % 8` bytes of a text, in the low bytes of a word.
///
/// # Safety
/// `length` bytes at `from` are readable, and `length % 8` is not 0.
#[inline]
unsafe fn tail(from: *const u8, length: usize) -> u64 {
    let rest = length & 7;
    if length >= 8 {
        // The last eight bytes, with those that are in the word before shifted out.
        // SAFETY: `length` is at least 8.
        return unsafe { peek(from.wrapping_add(length - 8)) } >> (8 * (8 - rest));
    }
    let mut word = 0;
    let mut i = rest;
    while i > 0 {
        i -= 1;
        // SAFETY: below `length`.
        word = word << 8 | u64::from(unsafe { *from.wrapping_add(i) });
    }
    word
}

fn store(
    region: &'static Region,
    record: usize,
    slot: u32,
    words: &[u64; VALUE_WORDS],
    length: usize,
) -> u32 {
    let used = (length + 7) >> 3;
    let chunk = chunk_for(region, record, slot, used);
    if chunk == 0 {
        return 0;
    }
    let head = region.word(chunk as usize);
    store64(head, load64(head) & !0xffff_ffff | length as u64);
    let mut i = 0;
    while i < used {
        store64(region.word(chunk as usize + 1 + i), words[i]);
        i += 1;
    }
    chunk
}

/// A chunk for `slot` with room for `words`: the one it has, if that is large enough, or a new one. 0 if there is no room.
fn chunk_for(region: &'static Region, address: usize, slot: u32, words: usize) -> u32 {
    // SAFETY: the caller saw that the record is one of this thread's region.
    let record = unsafe { &*(address as *const Record) };
    let flags = load32(&record.flags);
    let mut room = words;
    let may_own = (slot as usize) >= INLINE_SLOTS || flags & 1 << (OWNS_BYTES + slot) != 0;
    let old = if may_own {
        owned_chunk(region, record, slot)
    } else {
        None
    };
    if let Some(chunk) = old {
        let capacity = (load64(region.word(chunk as usize)) >> 32) as usize;
        if capacity >= words && chunk as usize + 1 + capacity <= region.arena_words() {
            return chunk;
        }
        // Grown values double their room, so that a string built in a loop settles after a few
        // turns.
        room = if 2 * words < VALUE_WORDS {
            2 * words
        } else {
            VALUE_WORDS
        };
    }
    let start = if flags & HAS_ARENA != 0 {
        load32(&record.arena_end)
    } else {
        begin(region, address)
    };
    let end = start as usize + 1 + room;
    if end > region.arena_words() {
        return 0;
    }
    store32(&record.arena_end, end as u32);
    store64(region.word(start as usize), (room as u64) << 32);
    if (slot as usize) < INLINE_SLOTS {
        store32(&record.flags, flags | HAS_ARENA | 1 << (OWNS_BYTES + slot));
    }
    start
}

/// Works out where the frame's part of the arena begins.
#[cold]
fn begin(region: &'static Region, address: usize) -> u32 {
    // SAFETY: the callers saw that the record is one of this thread's region.
    let record = unsafe { &*(address as *const Record) };
    let start = inherit(region, address);
    store32(&record.arena_start, start);
    store32(&record.arena_end, start);
    store32(&record.flags, load32(&record.flags) | HAS_ARENA);
    start
}

/// The chunk that `slot` was given in this activation of the frame.
fn owned_chunk(region: &'static Region, record: &Record, slot: u32) -> Option<u32> {
    let slot = slot as usize;
    let bits = if slot < INLINE_SLOTS {
        (record.flags.load(Relaxed) & 1 << (OWNS_BYTES + slot as u32) != 0)
            .then(|| record.values[slot].load(Relaxed))?
    } else {
        let (note, value) = spilled(region, record, slot)?;
        (note.load(Relaxed) != 0).then(|| value.load(Relaxed))?
    };
    let chunk = (bits >> 32) as u32;
    let (start, end) = (
        record.arena_start.load(Relaxed),
        record.arena_end.load(Relaxed),
    );
    (start <= chunk && chunk < end && (end as usize) <= region.arena().len() && chunk >= FIRST)
        .then_some(chunk)
}

/// The next `words` words of the arena for the frame at `address`.
fn allocate(region: &'static Region, address: usize, words: usize) -> Option<u32> {
    // SAFETY: the caller saw that the record is one of this thread's region.
    let record = unsafe { &*(address as *const Record) };
    let begun = load32(&record.flags) & HAS_ARENA != 0;
    let start = if begun {
        load32(&record.arena_end)
    } else {
        begin(region, address)
    };
    let end = start as usize + words;
    if end > region.arena_words() {
        return None;
    }
    store32(&record.arena_end, end as u32);
    Some(start)
}

/// Where the arena is free above the frames below this one.
fn inherit(region: &'static Region, address: usize) -> u32 {
    let mut below = address;
    let mut start = FIRST;
    while below > region.base {
        below -= STRIDE;
        // SAFETY: between `base` and a record of the region lie records.
        let record = unsafe { &*(below as *const Record) };
        if record.flags.load(Relaxed) & HAS_ARENA != 0 {
            start = record.arena_end.load(Relaxed).max(FIRST);
            break;
        }
    }
    let mut between = if below > region.base {
        below + STRIDE
    } else {
        below
    };
    while between < address {
        // SAFETY: as above.
        let record = unsafe { &*(between as *const Record) };
        if record.flags.load(Relaxed) & HAS_ARENA == 0 {
            record.arena_start.store(start, Relaxed);
            record.arena_end.store(start, Relaxed);
            record.flags.fetch_or(HAS_ARENA, Relaxed);
        }
        between += STRIDE;
    }
    start
}

/// Note and value words of a spilled slot, if the table was made in this activation.
fn spilled<'a>(
    region: &'static Region,
    record: &Record,
    slot: usize,
) -> Option<(&'a AtomicU64, &'a AtomicU64)> {
    if record.flags.load(Relaxed) & HAS_SPILL == 0 || !(INLINE_SLOTS..SLOTS).contains(&slot) {
        return None;
    }
    let at = record.spill.load(Relaxed) as usize + 2 * (slot - INLINE_SLOTS);
    let arena = region.arena();
    Some((arena.get(at)?, arena.get(at + 1)?))
}

/// Stores a capture of a slot beyond the record's own.
pub(super) fn store_spilled(address: usize, slot: u32, bits: u64, note: u32) {
    thread::with(|t| {
        if !t.owns(address) || slot as usize >= SLOTS {
            return;
        }
        let Some(region) = t.region() else { return };
        // SAFETY: `owns` saw that it is a record of this thread's region.
        let record = unsafe { &*(address as *const Record) };
        if load32(&record.flags) & HAS_SPILL == 0 && !make_spill_table(region, address) {
            return;
        }
        let at = load32(&record.spill) as usize + 2 * (slot as usize - INLINE_SLOTS);
        if at + 1 < region.arena_words() {
            store64(region.word(at + 1), bits);
            store64(region.word(at), u64::from(note));
        }
    });
}

/// Gives every slot beyond the record's own this note. Their chunks stay theirs.
#[cfg(unoptimised)]
pub(super) fn note_spilled(address: usize, note: u32) {
    thread::with(|t| {
        let Some(region) = t.region().filter(|_| t.owns(address)) else {
            return;
        };
        // SAFETY: `owns` saw that it is a record of this thread's region.
        let record = unsafe { &*(address as *const Record) };
        for slot in INLINE_SLOTS..SLOTS {
            if let Some((word, _)) = spilled(region, record, slot) {
                store64(word, u64::from(note));
            }
        }
    });
}

#[cold]
fn make_spill_table(region: &'static Region, address: usize) -> bool {
    let Some(table) = allocate(region, address, SPILL_WORDS) else {
        return false;
    };
    for word in &region.arena()[table as usize..][..SPILL_WORDS] {
        word.store(0, Relaxed);
    }
    // SAFETY: the caller saw that it is a record of this thread's region.
    let record = unsafe { &*(address as *const Record) };
    record.spill.store(table, Relaxed);
    record.flags.fetch_or(HAS_SPILL, Relaxed);
    true
}

/// Tag and value of a spilled slot.
pub(super) fn spilled_of(address: usize, slot: u32) -> Option<(u8, u64)> {
    spilled_note_of(address, slot).map(|(note, value)| (note as u8, value))
}

/// Note and value of a spilled slot.
pub(super) fn spilled_note_of(address: usize, slot: u32) -> Option<(u32, u64)> {
    let region = thread::with(|t| if t.owns(address) { t.region() } else { None })?;
    // SAFETY: `owns` saw that it is a record of this thread's region.
    let record = unsafe { &*(address as *const Record) };
    let (note, value) = spilled(region, record, slot as usize)?;
    Some((load64(note) as u32, load64(value)))
}

/// Bytes that stay until the frame at `address` is left; gives the chunk, or 0 if there is no room.
pub(super) fn keep(address: usize, bytes: &[u8]) -> u32 {
    let used = bytes.len().div_ceil(8);
    let Some(region) = thread::with(|t| if t.owns(address) { t.region() } else { None }) else {
        return 0;
    };
    let Some(chunk) = allocate(region, address, 1 + used) else {
        return 0;
    };
    let at = chunk as usize;
    store64(region.word(at), (used as u64) << 32 | bytes.len() as u64);
    let whole = bytes.len() / 8;
    for i in 0..whole {
        // SAFETY: eight of the bytes.
        let word = unsafe { peek(bytes.as_ptr().add(8 * i)) };
        store64(region.word(at + 1 + i), word);
    }
    if whole < used {
        // SAFETY: the length is no multiple of 8.
        let word = unsafe { tail(bytes.as_ptr(), bytes.len()) };
        store64(region.word(at + 1 + whole), word);
    }
    chunk
}

/// The bytes of a chunk of this thread, as they are now. Any number is accepted; one that is no chunk finds something else,
/// or nothing.
///
/// `read` calls nothing that may enter a frame, as an annotated allocator would: of a chunk that is not the thread's any
/// more, because its frame was in a coroutine that was left elsewhere, the bytes may be that frame's.
pub(super) fn read<R>(chunk: u32, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
    let region = thread::with(|t| t.region())?;
    let words = region.arena().get(chunk as usize..)?;
    let head = load64(words.first().filter(|_| chunk >= FIRST)?);
    let words = &words[1..];
    let length = (head as u32 as usize).min(8 * words.len());
    // SAFETY: this thread alone writes the words of its arena, and it is in `read`, which enters no frame; a signal handler
    // on it writes above those of the frames that are active. They may be read as the bytes they are.
    Some(read(unsafe {
        std::slice::from_raw_parts(words.as_ptr().cast::<u8>(), length)
    }))
}

/// The words of a spilled slot in a copy: note and value.
pub(super) fn spilled_in(copy: &[u64], start: u32, table: u32, slot: u32) -> Option<(u32, u64)> {
    let at = table.checked_sub(start)? as usize + 2 * (slot as usize).checked_sub(INLINE_SLOTS)?;
    Some((*copy.get(at)? as u32, *copy.get(at + 1)?))
}

/// The bytes of a chunk in a copy.
pub(super) fn bytes_in(copy: &[u64], start: u32, chunk: u32) -> Vec<u8> {
    let Some(at) = chunk.checked_sub(start).map(|at| at as usize) else {
        return Vec::new();
    };
    let Some(&head) = copy.get(at) else {
        return Vec::new();
    };
    let length = (head as u32 as usize).min(VALUE_BYTES);
    let words = copy.get(at + 1..).unwrap_or_default();
    let words = &words[..words.len().min(length.div_ceil(8))];
    let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_ne_bytes()).collect();
    bytes.truncate(length);
    bytes
}
