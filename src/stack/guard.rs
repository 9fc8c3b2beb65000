//! Entering a frame, what it tells while it runs, and leaving it.

use super::arena;
#[cfg(not(unoptimised))]
use super::platform;
use super::read::Meta;
#[cfg(not(unoptimised))]
use super::record::ARGUMENT_TAGS;
use super::record::{
    INLINE_SLOTS, MARKED, Record, SHORT_TEXT, SHORT_TEXT_BYTES, STRIDE, WATCHED, note,
};
use super::thread;
use super::word::{load32, peek32, store32, store64};
#[cfg(unoptimised)]
use crate::capture::unoptimised::Looked;
use crate::capture::{Encoder, Tag, TypeEntry};
#[cfg(not(unoptimised))]
use crate::capture::{scalar, text, type_id};
use std::any::TypeId;
#[cfg(not(unoptimised))]
use std::any::type_name;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::Ordering::Relaxed;

/// An active frame. Dropping it restores the top of the stack to what it was, whatever was entered and not left since:
/// the address of a frame's record *is* the top that was found.
///
/// It stays on the thread that made it. The macros bind it to a name that the user's code cannot speak of.
pub struct Guard {
    /// What the body is given of it.
    pub active: Active,
}

/// An active frame, as its function's body speaks of it: a copy, because each borrow of the guard would be one more for the
/// borrow checker to follow, some ten in a function.
///
/// One that outlives its frame tells things to a record that is nobody's or another's: see record.rs.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Active {
    pub(crate) record: usize,
    _stays_here: PhantomData<*const ()>,
}

impl Deref for Guard {
    type Target = Active;

    #[inline(always)]
    fn deref(&self) -> &Active {
        &self.active
    }
}

impl Drop for Guard {
    #[cfg_attr(not(unoptimised), inline)]
    #[cfg_attr(unoptimised, inline(always))]
    fn drop(&mut self) {
        #[cfg(unoptimised)]
        super::unoptimised::leave(self.active.record);
        #[cfg(not(unoptimised))]
        thread::with(|t| {
            // Never up: a frame of a coroutine that is ended below the frames it was entered above
            // must not bring those back.
            if self.active.record < t.top_now() {
                t.top.store(self.active.record, Relaxed);
            }
        });
    }
}

/// Enters a frame.
///
/// # Panics
/// With a [`RecursionError`](crate::recursion::RecursionError) if the frame is one too many. If `meta` is not a text that
/// the macros make: it ends in NUL. (Known when compiled: no instruction is spent on it.)
#[inline(always)]
pub fn enter(meta: &'static str) -> Guard {
    #[cfg(unoptimised)]
    return super::unoptimised::enter0(meta);
    #[cfg(not(unoptimised))]
    match try_enter(meta) {
        Some(guard) => guard,
        // SAFETY: the text of a `&'static str`.
        None => unsafe { refuse(meta.as_ptr(), meta.len()) },
    }
}

/// [`enter`], but a frame that is one too many is `None`: [`native::refusal`](super::native::refusal) says why.
#[cfg(not(unoptimised))]
#[inline(always)]
pub(crate) fn try_enter(meta: &'static str) -> Option<Guard> {
    let bytes = meta.as_bytes();
    if bytes.is_empty() || bytes[bytes.len() - 1] != 0 {
        malformed();
    }
    place(meta.as_ptr())
}

/// The frame of the function with this text, which ends in NUL.
#[cfg(not(unoptimised))]
#[inline(always)]
fn place(meta: *const u8) -> Option<Guard> {
    let record = thread::with(|t| {
        let top = t.top.load(Relaxed);
        if top < t.limit_now() && platform::stack_pointer() >= t.bound_now() {
            // SAFETY: below `limit` lies a region's record.
            let record = unsafe { &*(top as *const Record) };
            // First the place is taken, then filled: a signal handler that enters frames in between takes the next one. What
            // it sees of this one meanwhile is a frame without a function, which readers pass over.
            record.meta.store(std::ptr::null_mut(), Relaxed);
            t.advance();
            Some(top)
        } else {
            match platform::place_cold() {
                0 => None,
                record => Some(record),
            }
        }
    })?;
    // Not in the closure, which is a function of its own at opt-level=s: the place that is recorded is to be the caller's.
    // SAFETY: `place_cold` answers with a record of a region, or with a place in a counted part or sink behind which 192
    // bytes follow.
    unsafe { platform::fill(record, meta) };
    Some(Guard::of(record))
}

/// [`enter`], but a frame that is one too many is `None`: [`native::refusal`](super::native::refusal) says why.
#[cfg(unoptimised)]
#[inline(always)]
pub(crate) fn try_enter(meta: &'static str) -> Option<Guard> {
    match super::unoptimised::try_enter(meta.as_ptr(), meta.len()) {
        0 => None,
        record => Some(Guard::of(record)),
    }
}

/// A function's text that is known to be one, for frames that are entered again and again.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    #[cfg(unoptimised)]
    text: &'static str,
    #[cfg(not(unoptimised))]
    meta: Meta,
}

impl Known {
    /// # Panics
    /// As [`enter`].
    #[inline(always)]
    pub(crate) fn new(text: &'static str) -> Known {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes[bytes.len() - 1] != 0 {
            malformed();
        }
        Known {
            #[cfg(unoptimised)]
            text,
            #[cfg(not(unoptimised))]
            meta: Meta::at(text),
        }
    }

    #[inline]
    pub(crate) fn meta(self) -> Meta {
        #[cfg(unoptimised)]
        return Meta::at(self.text);
        #[cfg(not(unoptimised))]
        self.meta
    }

    pub(crate) fn text(self) -> &'static str {
        #[cfg(unoptimised)]
        return self.text;
        #[cfg(not(unoptimised))]
        self.meta.whole_text()
    }

    /// [`enter`].
    #[inline(always)]
    pub(crate) fn enter(self) -> Guard {
        #[cfg(unoptimised)]
        return enter(self.text);
        #[cfg(not(unoptimised))]
        match place(self.meta.pointer()) {
            Some(guard) => guard,
            None => self.refuse(),
        }
    }

    #[cfg(not(unoptimised))]
    #[cold]
    #[inline(never)]
    fn refuse(self) -> ! {
        crate::recursion::raise(self.text())
    }
}

/// Raises the error that the thread's [`native::refusal`](super::native::refusal) is.
///
/// # Safety
/// `meta` and `length` are those of a `&'static str`.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C-unwind" fn refuse(meta: *const u8, length: usize) -> ! {
    // SAFETY: passed on.
    let bytes = unsafe { std::slice::from_raw_parts(meta, length) };
    // SAFETY: as above.
    crate::recursion::raise(unsafe { std::str::from_utf8_unchecked(bytes) })
}

#[cold]
#[inline(never)]
pub(super) extern "C-unwind" fn malformed() -> ! {
    panic!("stacklens: `enter` is for the output of the stacklens macros alone");
}

impl Guard {
    #[inline(always)]
    pub(crate) fn of(record: usize) -> Guard {
        Guard {
            active: Active {
                record,
                _stays_here: PhantomData,
            },
        }
    }

    /// The innermost frame of this thread, for the body of an async function, whose guard is on the stack of `poll`.
    #[inline]
    pub(crate) fn of_record(record: usize) -> std::mem::ManuallyDrop<Guard> {
        std::mem::ManuallyDrop::new(Guard::of(record))
    }
}

impl Active {
    #[inline(always)]
    pub(crate) fn address(&self) -> usize {
        self.record
    }

    #[inline(always)]
    pub(crate) fn record(&self) -> &'static Record {
        // SAFETY: `enter` made the address: a record of a region, or a place with 192 bytes behind it in a counted part or
        // sink. All of these are atomic words that live forever.
        unsafe { &*(self.record as *const Record) }
    }

    /// The function is at statement `position` now.
    #[inline(always)]
    pub(crate) fn at(&self, position: u32) {
        #[cfg(unoptimised)]
        super::unoptimised::at(position, *self);
        #[cfg(not(unoptimised))]
        store32(&self.record().position, position);
    }

    /// Copies an argument into slot `index`; gives its tag, for [`Guard::tag_arguments`].
    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn argument<T>(&self, index: usize, value: &T, depth: Depth) -> u64 {
        debug_assert!(index < ARGUMENT_TAGS);
        let (tag, bits) = self.look(index as u32, value, depth);
        // Of a scalar of four bytes these alone: it need not be extended, which would be an instruction and a register.
        // Readers take no more than the tag says.
        if size_of::<T>() == 4 && Tag::scalar(tag).is_some() {
            platform::store_low(self.record(), index, bits as u32);
        } else {
            store64(&self.record().values[index], bits);
        }
        u64::from(tag) << (8 * index)
    }

    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn tag_arguments(&self, tags: u64) {
        store64(&self.record().argument_tags, tags);
    }

    /// Copies a local into its slot. `site` is the slot in the low 8 bits, the position above.
    #[inline(always)]
    pub(crate) fn capture<T>(&self, site: u32, value: &T) {
        #[cfg(unoptimised)]
        super::unoptimised::cap(value, site, *self);
        #[cfg(not(unoptimised))]
        self.look_and_store(site, value, Depth::Whole);
    }

    /// The same, looking at scalars only.
    #[inline(always)]
    pub(crate) fn capture_surface<T>(&self, site: u32, value: &T) {
        #[cfg(unoptimised)]
        super::unoptimised::cap_plain(value, site, *self);
        #[cfg(not(unoptimised))]
        self.look_and_store(site, value, Depth::Surface);
    }

    #[cfg(not(unoptimised))]
    #[inline(always)]
    pub(crate) fn look_and_store<T: ?Sized>(&self, site: u32, value: &T, depth: Depth) {
        let (tag, bits) = self.look(site & 0xff, value, depth);
        let slot = (site & 0xff) as usize;
        if slot < INLINE_SLOTS {
            let record = self.record();
            store64(&record.values[slot], bits);
            store32(&record.notes[slot], note(tag, site >> 8));
        } else {
            store_spilled(self.record, site, u32::from(tag), bits);
        }
    }

    /// [`Active::capture`] of a value whose type is known by its functions alone.
    ///
    /// # Safety
    /// `value` points to a live value of the type that `id` and `name` answer for.
    pub(crate) unsafe fn capture_as(
        self,
        site: u32,
        value: *const (),
        id: fn() -> TypeId,
        name: fn() -> &'static str,
    ) {
        if !self.records() {
            return;
        }
        // SAFETY: passed on; the record is a guard's.
        let (tag, bits) = unsafe { typed(self.record, site & 0xff, value, id, name, Depth::Whole) };
        store_spilled_or_not(self.record, site, tag, bits);
    }

    /// Slot and position of `site` hold nothing yet.
    #[inline]
    pub(crate) fn unset(&self, site: u32) {
        self.mark(site, Tag::UNSET);
    }

    /// The slot holds no value, for the reason that the tag says.
    pub(crate) fn mark(&self, site: u32, tag: u8) {
        store_spilled_or_not(self.record, site, tag, 0);
    }

    /// A number for the function and the slot of `site`.
    pub(crate) fn site_key(&self, site: u32) -> usize {
        self.record().meta.load(Relaxed) as usize ^ (site as usize & 0xff) << 8
    }

    /// The statement that runs now, or what was stored last where the frame has no record.
    pub(crate) fn statement(&self) -> u32 {
        load32(&self.record().position) & !MARKED
    }

    /// Whether no exit of the function was seen yet, in which a macro may return.
    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        load32(&self.record().flags) & WATCHED != 0
    }

    #[inline]
    pub(crate) fn set_watched(&self, watched: bool) {
        let flags = &self.record().flags;
        let others = load32(flags) & !WATCHED;
        store32(flags, others | if watched { WATCHED } else { 0 });
    }

    /// The function fails: what is recorded from here on counts, however often it is called.
    #[inline]
    pub(crate) fn thaw(&self) {
        #[cfg(unoptimised)]
        super::heat::thaw(self.record());
    }

    /// Whether this activation records its values: always, but in a hot function of an unoptimised build.
    #[inline(always)]
    pub(crate) fn records(&self) -> bool {
        #[cfg(unoptimised)]
        return super::unoptimised::records(*self);
        #[cfg(not(unoptimised))]
        true
    }

    /// Copies a value by what `inspect` writes.
    pub(crate) fn capture_with(
        &self,
        site: u32,
        entry: &TypeEntry,
        inspect: &mut dyn FnMut(&mut Encoder<'_>),
    ) {
        let chunk = arena::encode_with(self.record, site & 0xff, inspect);
        let bits = u64::from(entry.index().to_bits()) | u64::from(chunk) << 32;
        store_spilled_or_not(self.record, site, Tag::TYPED, bits);
    }

    /// Tag and word of a value. What does not fit the word goes to the arena.
    #[cfg(not(unoptimised))]
    #[inline(always)]
    fn look<T: ?Sized>(&self, slot: u32, value: &T, depth: Depth) -> (u8, u64) {
        if let Some(known) = scalar(value) {
            return known;
        }
        if let (Depth::Whole, Some(text)) = (depth, text(value)) {
            return text_bits(self.record, slot, text);
        }
        // SAFETY: `value` is a reference to a `T`.
        unsafe {
            typed(
                self.record,
                slot,
                std::ptr::from_ref(value).cast(),
                type_id::<T>,
                type_name::<T>,
                depth,
            )
        }
    }
}

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
    let (tag, bits) = unsafe { typed(record, slot, value, id, name, Depth::Whole) };
    Looked {
        tag: tag.into(),
        bits,
    }
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
    let (tag, bits) = unsafe { typed(record, slot, value, id, name, Depth::Surface) };
    Looked {
        tag: tag.into(),
        bits,
    }
}

/// A frame whose function is counted.
#[derive(Clone, Copy)]
pub(crate) struct LimitedFrame {
    record: usize,
    function: usize,
}

impl LimitedFrame {
    /// What the function is known by.
    pub(crate) fn function(self) -> usize {
        self.function
    }

    /// What the frame is known by: places of frames entered later are greater.
    pub(crate) fn place(self) -> usize {
        self.record
    }

    /// Whether a frame of the function is active at `place`, below this one.
    pub(crate) fn is_above(self, place: usize) -> bool {
        place < self.record && (!thread::with(|t| t.owns(place)) || self.is_at(place))
    }

    /// Whether the record at `place` is one of the function.
    fn is_at(self, place: usize) -> bool {
        // SAFETY: a place in the records of this thread's region.
        let record = unsafe { &*(place as *const Record) };
        record.meta.load(Relaxed) as usize == self.function
    }

    /// The number of the function's frames, this one included, as far as they have records.
    pub(crate) fn count_by_walking(self) -> usize {
        let (base, end) = thread::with(|t| (t.base.load(Relaxed), t.end.load(Relaxed)));
        let below = (base..self.record.min(end)).step_by(STRIDE);
        below.filter(|&place| self.is_at(place)).count() + 1
    }
}

impl Active {
    /// The frame, to be counted among those of its function.
    pub(crate) fn limited(&self) -> LimitedFrame {
        LimitedFrame {
            record: self.record,
            function: self.record().meta.load(Relaxed) as usize,
        }
    }
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
fn text_bits(record: usize, slot: u32, text: &str) -> (u8, u64) {
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

#[cfg(test)]
mod tests {
    use super::short_text;
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn a_record_leads_to_the_code_that_filled_it() {
        #[inline(never)]
        fn entered() -> usize {
            let guard = super::enter("entered\n\n\n\0");
            let word = guard.record().code_address.load(Relaxed);
            #[cfg(unoptimised)]
            return word;
            #[cfg(not(unoptimised))]
            super::platform::code_address(word)
        }
        let (address, begin) = (entered(), entered as fn() -> usize as usize);
        if address != 0 {
            assert!(
                (begin..begin + 4096).contains(&address),
                "{address:x} {begin:x}"
            );
        }
    }

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
