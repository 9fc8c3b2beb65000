//! An active frame: what it tells while it runs, and leaving it.

use super::look::{Depth, copied, store_spilled_or_not, typed, written};
#[cfg(not(unoptimised))]
use super::look::{store_spilled, text_bits};
#[cfg(not(unoptimised))]
use super::platform;
#[cfg(not(unoptimised))]
use super::record::ARGUMENT_TAGS;
#[cfg(not(unoptimised))]
use super::record::{INLINE_SLOTS, note};
use super::record::{MARKED, Record, WATCHED};
#[cfg(not(unoptimised))]
use super::thread;
#[cfg(not(unoptimised))]
use super::word::store64;
use super::word::{load32, store32};
use crate::capture::{Encode, Encoder, Tag, TypeEntry};
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

    /// The active frame that has this record.
    ///
    /// # Safety
    /// `record` is a guard's.
    #[cfg(unoptimised)]
    pub(crate) unsafe fn of_record(record: usize) -> Active {
        Active {
            record,
            _stays_here: PhantomData,
        }
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
        let (tag, bits) = written(self.record, site & 0xff, entry, inspect);
        store_spilled_or_not(self.record, site, tag, bits);
    }

    /// Copies a value by `encode`, which is its type's own.
    ///
    /// # Safety
    /// `entry` is that of the type of the live value at `value`, which `encode` accepts.
    pub(crate) unsafe fn capture_by(
        &self,
        site: u32,
        value: *const (),
        entry: &TypeEntry,
        encode: Encode,
    ) {
        // SAFETY: passed on.
        let (tag, bits) = unsafe { copied(self.record, site & 0xff, value, entry, encode) };
        store_spilled_or_not(self.record, site, tag, bits);
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
