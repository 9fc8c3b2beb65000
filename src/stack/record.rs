//! What is kept of one active frame: a fixed-size record of plain words.
//!
//! The stride is fixed and every kind of word has its own offset, so that a store through a stale [`Guard`](super::Guard)
//! (a stackful coroutine that was switched away from and resumed after its caller returned) can only ever put a
//! position where a position is expected and a value where a value is expected. Records hold no pointer but `meta`,
//! which is written by `enter` alone: reading any record at any time gives at worst wrong text.

use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};

/// Value slots that lie in the record itself; the rest go to a table in the arena (see [`super::arena`]).
pub(crate) const INLINE_SLOTS: usize = 11;
/// Arguments captured by `enterN`, whose tags share one word.
pub(crate) const ARGUMENT_TAGS: usize = 8;
/// Slots of a frame, in the record and in the arena together ("32 locals a frame").
pub(crate) const SLOTS: usize = 32;

/// `position`: a function that this one called was left by a failure, and this one has not stored a position since. Readers
/// leave the bit out.
pub(crate) const MARKED: u32 = 1 << 31;

/// `flags`: the identity word was assigned for this activation.
pub(crate) const HAS_IDENTITY: u32 = 1;
/// `flags`: `arena_end` was computed for this activation.
pub(crate) const HAS_ARENA: u32 = 2;
/// `flags`: the table of spilled slots was allocated for this activation.
pub(crate) const HAS_SPILL: u32 = 4;
/// `flags`: the arguments were recorded on entry (unoptimised builds alone, see heat.rs; optimised ones always do).
pub(crate) const ARGUMENTS: u32 = 8;
/// `flags`: no exit of the function was seen yet, and one of its macros may return.
pub(crate) const WATCHED: u32 = 16;
/// `flags`: the frame of a future that is being polled. `argument_tags` is the number of its node, if it has values.
pub(crate) const FUTURE: u32 = 32;
/// `flags`: shift of the bits that say which inline slot owns bytes in the arena.
pub(crate) const OWNS_BYTES: u32 = 8;
/// `flags`: one of the captures that the activation may still make before heat.rs is asked again (unoptimised builds
/// alone). The counter is all bits from here to [`HOT`].
pub(crate) const COUNT: u32 = 1 << 20;
/// `flags`: the function is called, or captures, so often that values are left out now (unoptimised builds alone). It is
/// the sign, which is quickly tested.
pub(crate) const HOT: u32 = 1 << 31;

/// A tag of this module's own: a text that fits in the word, see `short_text` in look.rs. Readers get it as `Tag::TEXT`.
pub(crate) const SHORT_TEXT: u8 = 31;
pub(crate) const SHORT_TEXT_BYTES: usize = 7;

/// One frame. `enter` writes the first four words and clears `flags`; what `flags` does not vouch for is garbage of an
/// earlier activation.
///
/// Regions are aligned to cache lines; a place in the counted part of one, or in the sink, only to words.
#[repr(C, align(8))]
pub(crate) struct Record {
    /// The function's metadata: start of a NUL-terminated string literal, or null in memory never used.
    pub(crate) meta: AtomicPtr<u8>,
    /// Index of the statement that runs now.
    pub(crate) position: AtomicU32,
    pub(crate) flags: AtomicU32,
    /// The stack pointer in `enter`, inlined into the function: an address inside its native frame.
    pub(crate) stack_pointer: AtomicUsize,
    /// An address inside the machine code of the function (of this instance of it).
    pub(crate) code_address: AtomicUsize,
    pub(crate) identity: AtomicU64,
    /// First word of the arena that is free above this frame.
    pub(crate) arena_end: AtomicU32,
    /// Where in the arena the table of spilled slots is.
    pub(crate) spill: AtomicU32,
    /// A tag for each of the arguments that `enterN` captured.
    pub(crate) argument_tags: AtomicU64,
    pub(crate) values: [AtomicU64; INLINE_SLOTS],
    /// Tag (8 bits) and position of the capture (24 bits) of each slot.
    pub(crate) notes: [AtomicU32; INLINE_SLOTS],
    /// First word of the arena that is this frame's own.
    pub(crate) arena_start: AtomicU32,
}

pub(crate) const STRIDE: usize = 192;

// `enter_x86_64.rs` stores by these offsets.
const _: () = {
    assert!(size_of::<Record>() == STRIDE);
    assert!(std::mem::offset_of!(Record, meta) == 0);
    assert!(std::mem::offset_of!(Record, position) == 8);
    assert!(std::mem::offset_of!(Record, flags) == 12);
    assert!(std::mem::offset_of!(Record, stack_pointer) == 16);
    assert!(std::mem::offset_of!(Record, code_address) == 24);
    assert!(1 << (OWNS_BYTES + INLINE_SLOTS as u32) <= COUNT);
};

/// The note of a capture.
#[inline]
pub(crate) const fn note(tag: u8, position: u32) -> u32 {
    tag as u32 | position << 8
}
