//! A look at single values of an active frame, without a copy of the rest; and a few bytes that are kept beside it.

use super::guard::{Active, Guard};
#[cfg(unoptimised)]
use super::look::{Depth, store_spilled_or_not, typed};
use super::read::{ARGUMENT, Meta};
use super::record::{
    ARGUMENT_TAGS, HAS_SPILL, HOT, INLINE_SLOTS, MARKED, SHORT_TEXT, SHORT_TEXT_BYTES,
};
#[cfg(unoptimised)]
use super::word::store64;
use super::word::{load32, load64};
use super::{arena, kept, thread};
#[cfg(unoptimised)]
use crate::capture::Erased;
use crate::capture::Tag;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::sync::atomic::Ordering::Relaxed;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A tag, and a word that is the value or says all there is.
    Word(u8, u64),
    /// A text that fits a word, and its length.
    Short(u64, usize),
    /// A tag, its word, and where the bytes are ([`Active::kept`]).
    Bytes(u8, u64, u32),
}

impl Meta {
    /// `None` for a text that the macros did not make: it does not end in NUL.
    pub(crate) fn of(text: &'static str) -> Option<Meta> {
        text.ends_with('\0').then(|| Meta::at(text))
    }
}

#[cfg(unoptimised)]
const ONES: u64 = u64::from_ne_bytes([1; 8]);

/// In a few instructions without optimisation, too.
#[cfg(unoptimised)]
fn has_zero_byte(word: u64) -> bool {
    word.wrapping_sub(ONES) & !word & (0x80 * ONES) != 0
}

/// The word of a value as its type has it: of a scalar of four bytes the record may hold no more.
pub(super) fn narrowed(tag: u8, bits: u64) -> u64 {
    match Tag::scalar(tag) {
        Some(Tag::I32) => bits as i32 as u64,
        Some(scalar) if scalar.width() == 4 => u64::from(bits as u32),
        _ => bits,
    }
}

/// The values of a frame that has a record.
#[derive(Clone, Copy)]
pub(crate) struct Values(Active);

impl Values {
    /// What a slot holds. A word is for [`Seen::narrowed`], unless its type has all eight bytes.
    #[inline(always)]
    pub(crate) fn peek(self, slot: u32) -> Option<Seen> {
        let record = self.0.record();
        let flags = load32(&record.flags);
        if cfg!(unoptimised) && flags & HOT != 0 {
            return Some(Seen::Word(Tag::HOT, 0));
        }
        let (tag, bits) = if slot & ARGUMENT != 0 {
            let slot = (slot & !ARGUMENT) as usize;
            let bits = load64(record.values.get(slot).filter(|_| slot < ARGUMENT_TAGS)?);
            ((load64(&record.argument_tags) >> (8 * slot)) as u8, bits)
        } else if (slot as usize) < INLINE_SLOTS {
            let slot = slot as usize;
            (
                load32(&record.notes[slot]) as u8,
                load64(&record.values[slot]),
            )
        } else if flags & HAS_SPILL != 0 {
            arena::spilled_of(self.0.address(), slot)?
        } else {
            return None;
        };
        Some(match tag {
            SHORT_TEXT => Seen::Short(
                bits & 0x00ff_ffff_ffff_ffff,
                ((bits >> 56) as usize).min(SHORT_TEXT_BYTES),
            ),
            Tag::TEXT | Tag::TYPED => Seen::Bytes(tag, bits & 0xffff_ffff, (bits >> 32) as u32),
            tag => Seen::Word(tag, bits),
        })
    }
}

impl Deref for Values {
    type Target = Active;

    #[inline]
    fn deref(&self) -> &Active {
        &self.0
    }
}

impl Seen {
    /// What is seen, of a word no more than its type has.
    pub(crate) fn narrowed(self) -> Seen {
        match self {
            Seen::Word(tag, bits) => Seen::Word(tag, narrowed(tag, bits)),
            other => other,
        }
    }
}

impl Active {
    /// A second name for the frame, for somebody who lives no longer. It leaves nothing when it is dropped.
    pub(crate) fn alias(&self) -> ManuallyDrop<Guard> {
        Guard::of_record(self.address())
    }

    /// What a slot (by its number in the metadata) holds. `None` if the frame has no record.
    pub(crate) fn peek(&self, slot: u32) -> Option<Seen> {
        self.values()?.peek(slot).map(Seen::narrowed)
    }

    /// The values of the frame. `None` if it has no record.
    #[inline]
    pub(crate) fn values(&self) -> Option<Values> {
        thread::with(|t| t.owns(self.address())).then_some(Values(*self))
    }

    /// Whether an argument may have been left out, because the function or the argument's place is hot: then some tag says so,
    /// though it may be one that another activation has left.
    #[cfg(unoptimised)]
    pub(crate) fn is_hot(&self) -> bool {
        let record = self.record();
        load32(&record.flags) & HOT != 0
            || has_zero_byte(load64(&record.argument_tags) ^ (u64::from(Tag::HOT) * ONES))
    }

    /// Whether a slot was not recorded, because the function or the place is hot.
    #[cfg(unoptimised)]
    pub(crate) fn is_missing(&self, slot: u32) -> bool {
        matches!(self.peek(slot), Some(Seen::Word(Tag::HOT, _)))
    }

    /// Records a local, however hot the place is.
    #[cfg(unoptimised)]
    pub(crate) fn capture_always(&self, site: u32, value: Erased<'_>) {
        let (tag, bits) = self.look_always(site & 0xff, value, Depth::Whole);
        store_spilled_or_not(self.address(), site, tag, bits);
    }

    /// Records an argument that was not, because the function or the place is hot.
    #[cfg(unoptimised)]
    pub(crate) fn argument_again(&self, index: u32, value: Erased<'_>, depth: Depth) {
        if !self.is_missing(index | ARGUMENT) {
            return;
        }
        let (tag, bits) = self.look_always(index, value, depth);
        let record = self.record();
        let shift = 8 * index;
        let others = load64(&record.argument_tags) & !(0xff << shift);
        store64(&record.values[index as usize], bits);
        store64(&record.argument_tags, others | u64::from(tag) << shift);
    }

    #[cfg(unoptimised)]
    fn look_always(&self, slot: u32, value: Erased<'_>, depth: Depth) -> (u8, u64) {
        let (at, id, name) = value.parts();
        // SAFETY: address, identity and name of one live value, and a guard's record.
        unsafe { typed(self.address(), slot, at, id, name, depth) }
    }

    /// The statement that runs now; `None` if the frame has no record.
    pub(crate) fn position(&self) -> Option<u32> {
        thread::with(|t| t.owns(self.address())).then(|| load32(&self.record().position) & !MARKED)
    }

    /// Keeps a few bytes until the frame is left; gives where, or 0 if there is no room.
    pub(crate) fn keep(&self, bytes: &[u8]) -> u32 {
        if thread::with(|t| t.owns(self.address())) {
            arena::keep(self.address(), bytes)
        } else {
            0
        }
    }

    /// The bytes of a value, or what was kept, at `place`. Somebody who holds a place for too long finds other bytes
    /// there. `read` enters no frame, and so allocates nothing.
    pub(crate) fn kept<R>(&self, place: u32, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        if place >> 31 == 0 {
            return arena::read(place, read);
        }
        let id = load64(&self.record().argument_tags);
        let words = Some(kept::words_of(id)).filter(|words| !words.is_empty())?;
        let kept: Vec<u64> = words.iter().map(|word| word.load(Relaxed)).collect();
        kept::bytes_in(&kept, place).map(|bytes| read(&bytes))
    }
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::*;
    use crate::__private::{at, cap, enter2};
    use crate::code::fixture::Function;

    fn bytes(guard: &Guard, slot: u32) -> Vec<u8> {
        match guard.peek(slot) {
            Some(Seen::Bytes(.., place)) => guard.kept(place, <[u8]>::to_vec).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_slot_of_each_kind_is_seen_as_it_was_captured() {
        let long = "a text that is no word".to_owned();
        let guard = enter2(Function::default().literal(), &7_u64, &"short");
        at(1, guard.active);
        cap(&long, 2 | 1 << 8, guard.active);
        cap(&Some(1_u8), 3 | 1 << 8, guard.active);
        cap(&-5_i32, 20 | 1 << 8, guard.active);
        assert_eq!(guard.peek(ARGUMENT), Some(Seen::Word(Tag::U64 as u8, 7)));
        let short = u64::from_le_bytes(*b"short\0\0\0");
        assert_eq!(guard.peek(ARGUMENT | 1), Some(Seen::Short(short, 5)));
        assert_eq!(bytes(&guard, 2), long.as_bytes());
        assert!(!bytes(&guard, 3).is_empty());
        assert_eq!(
            guard.peek(20),
            Some(Seen::Word(Tag::I32 as u8, -5_i64 as u64))
        );
        assert_eq!(guard.position(), Some(1));
    }

    #[test]
    fn what_is_kept_stays_beside_what_is_captured() {
        let guard = enter2(Function::default().literal(), &1_u8, &2_u8);
        let place = guard.keep(b"kept bytes");
        cap(&"a text that is no word", 5, guard.active);
        let inner = enter2(Function::default().literal(), &1_u8, &2_u8);
        assert_ne!(inner.keep(b"others"), place);
        drop(inner);
        assert_eq!(
            guard.kept(place, |bytes| bytes.to_vec()).unwrap(),
            b"kept bytes"
        );
        assert_eq!(guard.kept(0, |_| ()), None);
        assert_eq!(guard.kept(u32::MAX, |_| ()), None);
    }
}
