//! Copies of frames, for those who look later or on another thread.

use super::peek::narrowed;
use super::read::{ARGUMENT, Cursor, Meta, meta_of};
use super::record::{
    ARGUMENT_TAGS, ARGUMENTS, FUTURE, HAS_ARENA, HAS_IDENTITY, HAS_SPILL, HOT, INLINE_SLOTS,
    MARKED, Record, SHORT_TEXT, SHORT_TEXT_BYTES, STRIDE,
};
use super::region::Region;
use super::{arena, kept, thread};
use crate::capture::Tag;
use std::array;
use std::mem::{MaybeUninit, offset_of};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A copy of one record and of the bytes of its values.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    words: Words,
    depth: usize,
    /// Shared by the frames that were copied together. None for a frame that has no bytes.
    arena: Option<Arc<[u64]>>,
    /// Where in the arena that part begins.
    arena_start: u32,
    /// The bytes that are kept with the frame of a future.
    kept: Option<Arc<[u64]>>,
}

/// The words of a [`Record`], at the same offsets, once nobody writes them any more.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(8))]
pub(super) struct Words {
    meta: Option<Meta>,
    position: u32,
    flags: u32,
    stack_pointer: usize,
    code_address: usize,
    identity: u64,
    arena_end: u32,
    spill: u32,
    argument_tags: u64,
    values: [u64; INLINE_SLOTS],
    notes: [u32; INLINE_SLOTS],
    arena_start: u32,
}

const _: () = {
    assert!(
        size_of::<Words>() == size_of::<Record>() && align_of::<Words>() == align_of::<Record>()
    );
    assert!(offset_of!(Words, meta) == offset_of!(Record, meta));
    assert!(offset_of!(Words, position) == offset_of!(Record, position));
    assert!(offset_of!(Words, flags) == offset_of!(Record, flags));
    assert!(offset_of!(Words, stack_pointer) == offset_of!(Record, stack_pointer));
    assert!(offset_of!(Words, code_address) == offset_of!(Record, code_address));
    assert!(offset_of!(Words, identity) == offset_of!(Record, identity));
    assert!(offset_of!(Words, arena_end) == offset_of!(Record, arena_end));
    assert!(offset_of!(Words, spill) == offset_of!(Record, spill));
    assert!(offset_of!(Words, argument_tags) == offset_of!(Record, argument_tags));
    assert!(offset_of!(Words, values) == offset_of!(Record, values));
    assert!(offset_of!(Words, notes) == offset_of!(Record, notes));
    assert!(offset_of!(Words, arena_start) == offset_of!(Record, arena_start));
};

/// What a slot holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Captured {
    pub(crate) tag: u8,
    pub(crate) bits: u64,
    /// The position at which it was captured.
    pub(crate) position: u32,
    /// The encoded value, for `Tag::TYPED` (`bits` then is the type's index), or the beginning of a
    /// `Tag::TEXT` (`bits`: its whole length).
    pub(crate) bytes: Vec<u8>,
}

/// Copies of all recorded frames of this thread, innermost first.
///
/// Each record is copied once, into its place in the vector, and the bytes of all values at once.
pub(crate) fn snapshots() -> Vec<Snapshot> {
    thread::with(|t| {
        let Some(region) = t.region() else {
            return Vec::new();
        };
        let (base, count) = (t.base.load(Relaxed), t.recorded());
        let mut copies: Vec<Snapshot> = Vec::with_capacity(count);
        let mut arena = None;
        for (copy, index) in copies.spare_capacity_mut().iter_mut().zip((0..count).rev()) {
            let copy = copy.as_mut_ptr();
            // SAFETY: below the top lie records (`recorded`), which may be read as [`Words`]
            // (`read`). All fields of the copy are written, without reading or dropping what was
            // there.
            unsafe {
                copy_words(base + index * STRIDE, &raw mut (*copy).words);
                (&raw mut (*copy).depth).write(index + 1);
                // The innermost frame with bytes comes first: the copy made for it reaches far
                // enough for all.
                (&raw mut (*copy).arena).write((*copy).words.own_arena().map(|(_, end)| {
                    Arc::clone(arena.get_or_insert_with(|| copy_arena(region, 0, end)))
                }));
                (&raw mut (*copy).arena_start).write(0);
                (&raw mut (*copy).kept).write((*copy).words.kept());
            }
        }
        // SAFETY: the loop wrote `count` elements: there is room for them, and as many indices.
        unsafe { copies.set_len(count) };
        // Frames that were just being entered when a signal came.
        if copies.iter().any(|copy| copy.words.meta.is_none()) {
            copies.retain(|copy| copy.words.meta.is_some());
        }
        copies
    })
}

impl Cursor {
    /// All that is recorded of the frame, copied.
    pub(crate) fn snapshot(self) -> Snapshot {
        let mut words = MaybeUninit::uninit();
        // SAFETY: a cursor has the address of a record.
        let words = unsafe {
            copy_words(self.address(), words.as_mut_ptr());
            words.assume_init()
        };
        let own = words.own_arena().zip(thread::with(|t| t.region()));
        Snapshot {
            words,
            depth: self.depth(),
            arena: own.map(|((start, end), region)| copy_arena(region, start, end)),
            arena_start: words.arena_start,
            kept: words.kept(),
        }
    }
}

/// Copies the words of a record.
///
/// # Safety
/// `record` is the address of a record of this thread's region, so that nothing writes it
/// meanwhile: this thread is here, and a signal handler on it enters frames above the top, never
/// below. `to` can be written.
#[inline(always)]
unsafe fn copy_words(record: usize, to: *mut Words) {
    // In halves: each is small enough to be copied in place, the whole would be a call of `memcpy`.
    type Half = [u64; STRIDE / 16];
    let (from, to) = (record as *const Half, to.cast::<Half>());
    // SAFETY: readable without a race (above), and of the same layout: `Words` has the offsets and
    // sizes of `Record` (the assertions), integers take any bits, and `meta` is null or what
    // `enter` wrote there, the start of a literal.
    unsafe {
        from.copy_to_nonoverlapping(to, 1);
        from.add(1).copy_to_nonoverlapping(to.add(1), 1);
    }
}

/// Copies a part of the arena.
#[cold]
fn copy_arena(region: &'static Region, start: u32, end: u32) -> Arc<[u64]> {
    let words = region
        .arena()
        .get(start as usize..end as usize)
        .unwrap_or_default();
    // SAFETY: this thread alone writes the words of its arena, and it is here. They may be read as
    // the integers they are.
    Arc::from(unsafe { std::slice::from_raw_parts(words.as_ptr().cast::<u64>(), words.len()) })
}

impl Words {
    /// Copies a record that its thread may be writing to: word by word, as it writes them.
    pub(super) fn load(record: &Record) -> Words {
        Words {
            meta: meta_of(record),
            position: record.position.load(Relaxed),
            flags: record.flags.load(Relaxed),
            stack_pointer: record.stack_pointer.load(Relaxed),
            code_address: record.code_address.load(Relaxed),
            identity: record.identity.load(Relaxed),
            arena_end: record.arena_end.load(Relaxed),
            spill: record.spill.load(Relaxed),
            argument_tags: record.argument_tags.load(Relaxed),
            values: array::from_fn(|slot| record.values[slot].load(Relaxed)),
            notes: array::from_fn(|slot| record.notes[slot].load(Relaxed)),
            arena_start: record.arena_start.load(Relaxed),
        }
    }

    /// Whether a frame that was copied twice did nothing in between that can be told.
    pub(super) fn is_same_moment(&self, other: &Words) -> bool {
        let address = |words: &Words| words.meta.map(Meta::address);
        address(self) == address(other)
            && self.position == other.position
            && self.values == other.values
            && self.notes == other.notes
    }

    /// Whether the frame is entered: one that is not was just being entered.
    pub(super) fn is_entered(&self) -> bool {
        self.meta.is_some()
    }

    /// Where in the arena the bytes of the frame are, if it has any.
    #[inline]
    pub(super) fn own_arena(&self) -> Option<(u32, u32)> {
        (self.flags & HAS_ARENA != 0 && self.arena_start < self.arena_end)
            .then_some((self.arena_start, self.arena_end))
    }
}

impl Snapshot {
    /// Of a frame that another thread may have copied: `arena` is the part of its arena from `arena_start` on, `kept` what
    /// was kept with the frame of a future.
    pub(super) fn new(
        words: Words,
        depth: usize,
        arena: Option<Arc<[u64]>>,
        arena_start: u32,
        kept: &[u64],
    ) -> Snapshot {
        Snapshot {
            words,
            depth,
            arena,
            arena_start,
            kept: (!kept.is_empty()).then(|| kept.into()),
        }
    }

    /// Of a frame that a node keeps. `words`: of each value note and value, then the bytes that are kept.
    pub(crate) fn of_kept(
        meta: Meta,
        position: u32,
        words: &[u64],
        slots: usize,
        depth: usize,
    ) -> Snapshot {
        let (values, bytes) = words.split_at(words.len().min(2 * slots));
        let value = |slot: usize| {
            values
                .get(2 * slot..2 * slot + 2)
                .map_or((0, 0), |v| (v[0] as u32, v[1]))
        };
        let spilled = slots > INLINE_SLOTS;
        // A table of spilled slots, as in an arena, at its word 1.
        let arena: Option<Arc<[u64]>> = spilled.then(|| values[2 * INLINE_SLOTS..].into());
        let end = arena.as_ref().map_or(1, |arena| 1 + arena.len() as u32);
        Snapshot {
            words: Words {
                meta: Some(meta),
                position,
                flags: if spilled { HAS_ARENA | HAS_SPILL } else { 0 },
                stack_pointer: 0,
                code_address: 0,
                identity: 0,
                arena_end: end,
                spill: 1,
                argument_tags: 0,
                values: std::array::from_fn(|slot| value(slot).1),
                notes: std::array::from_fn(|slot| value(slot).0),
                arena_start: 1,
            },
            depth,
            arena,
            arena_start: 1,
            kept: (!bytes.is_empty()).then(|| bytes.into()),
        }
    }
}

impl Words {
    /// The bytes that are kept with the frame of a future.
    #[inline]
    pub(super) fn kept_words(&self) -> &'static [AtomicU64] {
        if self.flags & FUTURE == 0 {
            return &[];
        }
        kept::words_of(self.argument_tags)
    }

    /// A copy of them, if there are any.
    #[inline]
    fn kept(&self) -> Option<Arc<[u64]>> {
        let words = self.kept_words();
        (!words.is_empty()).then(|| words.iter().map(|word| word.load(Relaxed)).collect())
    }
}

impl Snapshot {
    #[inline]
    pub(crate) fn meta(&self) -> Option<Meta> {
        self.words.meta
    }

    /// The number of the activation, if it had been given one.
    pub(crate) fn identity(&self) -> Option<u64> {
        (self.words.flags & HAS_IDENTITY != 0).then_some(self.words.identity)
    }

    /// An address inside the native frame.
    pub(crate) fn stack_pointer(&self) -> usize {
        self.words.stack_pointer
    }

    /// For [`code_address`](super::code_address).
    pub(crate) fn code_address_word(&self) -> usize {
        self.words.code_address
    }

    pub(crate) fn position(&self) -> u32 {
        self.words.position & !MARKED
    }

    /// 1 for the outermost frame.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// The content of a slot (by its number in the metadata, [`ARGUMENT`] included). Whether the
    /// slot was filled at all in this activation is for the metadata to say: an unfilled one holds
    /// an earlier frame's words.
    pub(crate) fn slot(&self, slot: u32) -> Option<Captured> {
        let w = &self.words;
        // Of a hot activation the arguments may be known: those that cannot change, from its entry.
        if w.flags & HOT != 0 && (slot & ARGUMENT == 0 || w.flags & ARGUMENTS == 0) {
            return Some(Captured {
                tag: Tag::HOT,
                bits: 0,
                position: self.position(),
                bytes: Vec::new(),
            });
        }
        let (note, bits) = if slot & ARGUMENT != 0 {
            let slot = (slot & !ARGUMENT) as usize;
            let value = *w.values.get(slot).filter(|_| slot < ARGUMENT_TAGS)?;
            ((w.argument_tags >> (8 * slot)) as u32 & 0xff, value)
        } else if (slot as usize) < INLINE_SLOTS {
            (w.notes[slot as usize], w.values[slot as usize])
        } else if w.flags & HAS_SPILL != 0 {
            let (start, arena) = self.own_arena();
            arena::spilled_in(arena, start, w.spill, slot)?
        } else {
            return None;
        };
        let (tag, position) = (note as u8, note >> 8);
        if tag == SHORT_TEXT {
            let length = ((bits >> 56) as usize).min(SHORT_TEXT_BYTES);
            let bytes = bits.to_le_bytes()[..length].to_vec();
            return Some(Captured {
                tag: Tag::TEXT,
                bits: length as u64,
                position,
                bytes,
            });
        }
        if tag != Tag::TYPED && tag != Tag::TEXT {
            return Some(Captured {
                tag,
                bits: narrowed(tag, bits),
                position,
                bytes: Vec::new(),
            });
        }
        let kept = self.kept.as_deref().unwrap_or_default();
        let bytes = match (bits >> 32) as u32 {
            0 => Vec::new(),
            chunk => kept::bytes_in(kept, chunk).unwrap_or_else(|| {
                let (start, arena) = self.own_arena();
                arena::bytes_in(arena, start, chunk)
            }),
        };
        Some(Captured {
            tag,
            bits: bits & 0xffff_ffff,
            position,
            bytes,
        })
    }

    /// The frame's own part of the arena, and where that starts. Offsets that lead elsewhere find
    /// nothing.
    fn own_arena(&self) -> (u32, &[u64]) {
        let own = || {
            let (start, end) = self.words.own_arena()?;
            let offset = |word: u32| word.checked_sub(self.arena_start).map(|n| n as usize);
            Some((
                start,
                self.arena.as_ref()?.get(offset(start)?..offset(end)?)?,
            ))
        };
        own().unwrap_or((0, &[]))
    }
}
