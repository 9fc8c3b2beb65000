//! The types seen so far: what each is called, and how its values are copied.
//!
//! A slot has no room for a `TypeId`, a name and a function, so it holds the number of an entry
//! here. The table is global and append-only. It is read and extended by every capture, and so by
//! whatever a capture may interrupt or be called from: another thread, an annotated global
//! allocator, a signal handler. Therefore there is no lock, no allocation, and no state between two
//! of its writes that a reader could misread:
//!
//! * an entry is claimed by one compare-exchange of its identity; its other fields only ever go
//!   from empty to their one value, and any thread that finds one empty writes the same value
//!   itself;
//! * the built-in encoders are inserted at first use by every thread that finds them missing,
//!   each for itself.
//!
//! Nothing is removed. When the table is full, types that come too late share the entry
//! [`UNKNOWN`].

use core::any::TypeId;
use core::hash::{Hash, Hasher};
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};

use super::builtin;
#[cfg(test)]
use super::debug;
use super::encode::Encoder;
#[cfg(test)]
use super::inspect::Inspect;
use super::inspect::{Fuel, Uniform};
use super::kind;
use super::load::{load_pointer, load_u32};

/// Writes the value at the address into the encoder.
///
/// # Safety
/// The address is that of a live, valid value of the type that the function was made for, lifetimes
/// aside.
pub(crate) type Encode = unsafe fn(*const (), &mut Encoder<'_>);

/// How many types the table can hold.
pub(super) const CAPACITY: usize = 8192;
/// How many entries are looked at before the table counts as full.
const PROBES: usize = 128;
/// Cells of the cache in front of the table.
pub(super) const CELLS: usize = 4096;
/// How many cells are looked at after the first, before the table is asked.
const CELL_PROBES: usize = 4;

/// A type that was seen. Its number is its place in the table.
#[repr(C)]
pub(crate) struct TypeEntry {
    /// `fn() -> TypeId`. Null while the entry is free.
    type_id: AtomicPtr<()>,
    /// `fn() -> &'static str`
    name: AtomicPtr<()>,
    /// [`Encode`]. Null while nobody has said how to copy values of this type.
    pub(super) encode: AtomicPtr<()>,
    /// A scalar [`Tag`](kind::Tag); 0 for everything else.
    pub(super) tag: AtomicU32,
    /// How a text is read: see [`TypeEntry::text`].
    text: AtomicU32,
}

/// One remembered answer of the table: which function asked, and which entry it got.
#[repr(C)]
pub(super) struct Cell {
    /// `fn() -> TypeId`. Null while the cell is free.
    pub(super) key: AtomicPtr<()>,
    /// Null between the two writes of whoever fills the cell.
    pub(super) entry: AtomicPtr<TypeEntry>,
}

pub(super) static TABLE: [TypeEntry; CAPACITY] = [const { TypeEntry::free() }; CAPACITY];
pub(super) static CACHE: [Cell; CELLS] = [const {
    Cell {
        key: AtomicPtr::new(ptr::null_mut()),
        entry: AtomicPtr::new(ptr::null_mut()),
    }
}; CELLS];
/// The entry of all types for which there is no room: nothing is known of them.
static UNKNOWN: TypeEntry = TypeEntry::free();
static BUILT_IN: AtomicBool = AtomicBool::new(false);

const _: () = assert!(CAPACITY.is_power_of_two() && CELLS.is_power_of_two());
const _: () = assert!(
    mem::size_of::<TypeEntry>() <= 32,
    "the table is reserved in every program"
);

/// The number of a [`TypeEntry`].
///
/// Bits that come back from a slot may be stale or torn. Any bits are accepted: they name some
/// type, possibly the wrong one, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TypeIndex(u32);

impl TypeIndex {
    #[inline]
    pub(crate) fn to_bits(self) -> u32 {
        self.0
    }

    pub(crate) fn from_bits(bits: u32) -> TypeIndex {
        TypeIndex(bits)
    }

    /// The full name of the type, if there is such a type.
    pub(crate) fn name(self) -> Option<&'static str> {
        TABLE.get((self.0 as usize).wrapping_sub(1))?.name()
    }
}

impl TypeEntry {
    const fn free() -> TypeEntry {
        TypeEntry {
            type_id: AtomicPtr::new(ptr::null_mut()),
            name: AtomicPtr::new(ptr::null_mut()),
            encode: AtomicPtr::new(ptr::null_mut()),
            tag: AtomicU32::new(0),
            text: AtomicU32::new(0),
        }
    }

    pub(crate) fn index(&self) -> TypeIndex {
        let offset = (ptr::from_ref(self) as usize).wrapping_sub(TABLE.as_ptr() as usize);
        let position = offset / mem::size_of::<TypeEntry>();
        // `UNKNOWN` lies outside: 0 is the number that no entry has.
        TypeIndex(if position < CAPACITY {
            position as u32 + 1
        } else {
            0
        })
    }

    fn name(&self) -> Option<&'static str> {
        let name = self.name.load(Ordering::Acquire);
        if name.is_null() {
            return None;
        }
        // SAFETY: `name` fields are only ever written by `insert`, from a function of this type.
        Some(unsafe {
            mem::transmute::<*mut (), fn() -> &'static str>(name)
        }())
    }

    /// The tag and bits of the value at `at`, if this is a scalar's entry.
    ///
    /// # Safety
    /// [`intern`] returned this entry for the type of the live value at `at`.
    #[inline]
    pub(crate) unsafe fn scalar(&self, at: *const ()) -> Option<(u8, u64)> {
        let tag = load_u32(&self.tag) as u8;
        if tag == 0 {
            return None;
        }
        // SAFETY: the tag of an entry is that of its type.
        Some((tag, unsafe { kind::scalar_bits(tag, at) }))
    }

    /// The text at `at`, if this is the entry of `&str`, `String` or `&String`.
    ///
    /// # Safety
    /// [`intern`] returned this entry for the type of the value at `at`, which lives for `'a`.
    #[inline]
    pub(crate) unsafe fn text<'a>(&self, at: *const ()) -> Option<&'a str> {
        let kind = load_u32(&self.text);
        if kind == 0 {
            return None;
        }
        // SAFETY: `intern_further` sets the kind of these three entries alone.
        Some(unsafe {
            match kind {
                1 => *at.cast::<&str>(),
                2 => &*at.cast::<String>(),
                _ => *at.cast::<&String>(),
            }
        })
    }

    /// Whether values of this type are known by it alone, be it as a scalar, a text or a copy.
    pub(crate) fn is_known(&self) -> bool {
        load_u32(&self.tag) != 0 || load_u32(&self.text) != 0 || self.has_encoder()
    }

    /// Whether the short way of an unoptimised build (`unoptimised::look`) has all that it asks of this type: those of which it
    /// would take the name alone are not among them.
    #[cfg(unoptimised)]
    pub(crate) fn is_copied(&self) -> bool {
        load_u32(&self.tag) != 0 || self.has_encoder()
    }

    /// Whether values of this type can be copied, not only named.
    pub(crate) fn has_encoder(&self) -> bool {
        load_pointer(&self.encode) as usize != 0
    }

    /// Writes the value at `at` as one node. Writes nothing if only the name of the type is known.
    ///
    /// # Safety
    /// [`intern`] returned this entry for the type of the live, valid value at `at`.
    pub(crate) unsafe fn encode_into(&self, at: *const (), encoder: &mut Encoder<'_>) {
        let encode = load_pointer(&self.encode);
        if encode as usize == 0 {
            return;
        }
        // SAFETY: `encode` fields are only ever written by `insert` and `register`, from a function
        // of this type.
        let encode = unsafe { mem::transmute::<*mut (), Encode>(encode) };
        // SAFETY: it was made for the entry's type, lifetimes aside, which is the type at `at`.
        unsafe { encode(at, encoder) }
    }
}

/// The entry of the type whose identity `type_id` returns.
///
/// The function's address is the key of a small cache, so that in an unoptimised build the usual
/// capture is two loads and two comparisons. A function answers always the same; two functions that
/// answer the same (one per crate, or merged by the linker) are two keys of one type.
#[inline]
pub(crate) fn intern(
    type_id: fn() -> TypeId,
    type_name: fn() -> &'static str,
) -> &'static TypeEntry {
    let key = type_id as *mut ();
    let cell = &CACHE[home(key)];
    if load_pointer(&cell.key) == key {
        let entry = load_pointer(&cell.entry);
        if entry as usize != 0 {
            // SAFETY: cells hold references to entries, which are static.
            return unsafe { &*entry };
        }
    }
    intern_further(type_id, type_name)
}

/// Functions are laid out at multiples of 16, mostly of a few sizes: without the second term they
/// would share cells.
#[inline(always)]
fn home(key: *mut ()) -> usize {
    let key = key as usize;
    ((key >> 4) ^ (key >> 15)) & (CELLS - 1)
}

#[cold]
#[inline(never)]
fn intern_further(type_id: fn() -> TypeId, type_name: fn() -> &'static str) -> &'static TypeEntry {
    let key = type_id as *mut ();
    for probe in 1..=CELL_PROBES {
        let cell = &CACHE[(home(key) + probe) & (CELLS - 1)];
        if cell.key.load(Ordering::Relaxed) == key {
            let entry = cell.entry.load(Ordering::Acquire);
            if !entry.is_null() {
                // SAFETY: cells hold references to entries, which are static.
                return unsafe { &*entry };
            }
        }
    }
    if !BUILT_IN.load(Ordering::Acquire) {
        builtin::each(&mut |row| {
            insert(row.type_id, row.type_name, row.encode as *mut (), row.tag);
        });
        for (id, name, kind) in [
            (
                kind::type_id::<&str> as fn() -> TypeId,
                core::any::type_name::<&str> as fn() -> &'static str,
                1,
            ),
            (kind::type_id::<String>, core::any::type_name::<String>, 2),
            (kind::type_id::<&String>, core::any::type_name::<&String>, 3),
        ] {
            let entry = insert(id, name, ptr::null_mut(), 0);
            if !ptr::eq(entry, &UNKNOWN) {
                entry.text.store(kind, Ordering::Relaxed);
            }
        }
        BUILT_IN.store(true, Ordering::Release);
    }
    let entry = insert(type_id, type_name, ptr::null_mut(), 0);
    remember(key, entry);
    entry
}

/// Keeps the answer in the first free cell of the few that are looked at, if there is one, and says
/// whether that is the first, which the short way looks at. A cell is filled once and never changes
/// hands: a reader that has matched the key can trust the entry.
pub(crate) fn remember(key: *mut (), entry: &'static TypeEntry) -> bool {
    let entry = ptr::from_ref(entry).cast_mut();
    for probe in 0..=CELL_PROBES {
        let cell = &CACHE[(home(key) + probe) & (CELLS - 1)];
        match cell
            .key
            .compare_exchange(ptr::null_mut(), key, Ordering::Relaxed, Ordering::Relaxed)
        {
            // Claimed for this key by someone who has not come to the second write: finish it for
            // them.
            Err(there) if there != key => {}
            _ => {
                cell.entry.store(entry, Ordering::Release);
                return probe == 0;
            }
        }
    }
    false
}

/// Finds or makes the entry of a type, and fills what is still empty in it.
fn insert(
    type_id: fn() -> TypeId,
    type_name: fn() -> &'static str,
    encode: *mut (),
    tag: u8,
) -> &'static TypeEntry {
    let id = type_id();
    let start = hash(id);
    for probe in 0..PROBES {
        let entry = &TABLE[start.wrapping_add(probe) & (CAPACITY - 1)];
        let mut there = entry.type_id.load(Ordering::Acquire);
        if there.is_null() {
            let mine = type_id as *mut ();
            let free = ptr::null_mut();
            let claim =
                entry
                    .type_id
                    .compare_exchange(free, mine, Ordering::AcqRel, Ordering::Acquire);
            there = claim.err().unwrap_or(mine);
        }
        // SAFETY: `type_id` fields are only ever written just above, from a function of this type.
        let other = unsafe { mem::transmute::<*mut (), fn() -> TypeId>(there) };
        if other() != id {
            continue;
        }
        if tag != 0 {
            entry.tag.store(u32::from(tag), Ordering::Relaxed);
        }
        if !encode.is_null() {
            entry.encode.store(encode, Ordering::Release);
        }
        entry.name.store(type_name as *mut (), Ordering::Release);
        return entry;
    }
    &UNKNOWN
}

/// The name of a type that was seen before.
pub(crate) fn name_of(id: TypeId) -> Option<&'static str> {
    let start = hash(id);
    for probe in 0..PROBES {
        let entry = &TABLE[start.wrapping_add(probe) & (CAPACITY - 1)];
        let there = entry.type_id.load(Ordering::Acquire);
        if there.is_null() {
            return None;
        }
        // SAFETY: `type_id` fields are only ever written by `insert`, from a function of this type.
        let other = unsafe { mem::transmute::<*mut (), fn() -> TypeId>(there) };
        if other() == id {
            return entry.name();
        }
    }
    None
}

/// `TypeId` is already a hash of which its own `Hash` hands out one word.
fn hash(id: TypeId) -> usize {
    struct Word(u64);
    impl Hasher for Word {
        fn finish(&self) -> u64 {
            self.0
        }
        fn write(&mut self, bytes: &[u8]) {
            for &byte in bytes {
                self.0 = self.0.rotate_left(8) ^ u64::from(byte);
            }
        }
        fn write_u64(&mut self, word: u64) {
            self.0 ^= word;
        }
    }
    let mut word = Word(0);
    id.hash(&mut word);
    word.0 as usize
}

/// As the probes do it: see probe.rs.
#[cfg(test)]
pub(crate) fn register<T: Inspect>() -> &'static TypeEntry {
    Inspected {
        type_id: kind::type_id::<T>,
        type_name: core::any::type_name::<T>,
        uniform: T::__uniform,
        encode: debug::encode_isolated::<T>,
    }
    .register()
}

/// A type with an `Inspect`: what is asked of it, so that whoever asks need not be generic.
pub(crate) struct Inspected {
    pub(crate) type_id: fn() -> TypeId,
    pub(crate) type_name: fn() -> &'static str,
    pub(crate) uniform: fn(&mut Fuel) -> Uniform,
    pub(crate) encode: Encode,
}

impl Inspected {
    /// Lets values of the type be shown wherever they are captured from now on, also where only its identity is known.
    ///
    /// A type whose impl might not be the same for all lifetimes is left out (see [`Uniform`]).
    pub(crate) fn register(&self) -> &'static TypeEntry {
        let entry = intern(self.type_id, self.type_name);
        if !entry.has_encoder()
            && !ptr::eq(entry, &UNKNOWN)
            && (self.uniform)(&mut Fuel::new()).holds()
        {
            entry
                .encode
                .store(self.encode as *mut (), Ordering::Release);
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::kind::Tag;

    fn entry_of<T: ?Sized>() -> &'static TypeEntry {
        intern(kind::type_id::<T>, core::any::type_name::<T>)
    }

    #[test]
    fn a_type_keeps_its_entry() {
        struct Local;
        let first = entry_of::<Local>();
        assert!(ptr::eq(first, entry_of::<Local>()));
        assert!(first.index().name().unwrap().ends_with("Local"));
        assert!(!first.has_encoder());
        let x = Local;
        // SAFETY: the entry is that of the type of `x`.
        assert_eq!(unsafe { first.scalar((&raw const x).cast()) }, None);
    }

    #[test]
    fn two_functions_of_one_type_share_an_entry() {
        fn other() -> TypeId {
            TypeId::of::<Vec<i32>>()
        }
        let name = core::any::type_name::<Vec<i32>>;
        assert!(ptr::eq(entry_of::<Vec<i32>>(), intern(other, name)));
    }

    #[test]
    fn scalars_carry_their_tag() {
        let x = -5i32;
        // SAFETY: the entry is that of the type of `x`.
        let scalar = unsafe { entry_of::<i32>().scalar((&raw const x).cast()) };
        assert_eq!(scalar, Some((Tag::I32 as u8, -5i64 as u64)));
    }

    #[test]
    fn any_bits_are_an_index() {
        for bits in [0, 1, 8192, 8193, u32::MAX, 0xDEAD_BEEF] {
            let _ = TypeIndex::from_bits(bits).name();
        }
        assert_eq!(UNKNOWN.index().name(), None);
        assert_eq!(TypeIndex::from_bits(u32::MAX).name(), None);
    }

    #[test]
    fn a_registered_type_is_known_by_its_type_alone() {
        struct Mine(u8);
        impl Inspect for Mine {
            fn inspect(&self, encoder: &mut Encoder<'_>) {
                encoder.tuple_struct("Mine", 1).item(&self.0).finish();
            }
            fn __uniform(_: &mut Fuel) -> Uniform {
                Uniform::YES
            }
        }
        assert!(!entry_of::<Mine>().has_encoder());
        register::<Mine>();
        let x = Mine(3);
        let mut out = [0; 64];
        let mut encoder = Encoder::new(&mut out);
        // SAFETY: the entry is that of the type of `x`.
        unsafe { entry_of::<Mine>().encode_into((&raw const x).cast(), &mut encoder) };
        let shown = crate::capture::Value::decode(Tag::TYPED, 0, encoder.written()).to_string();
        assert_eq!(shown, "Mine(3)");
    }

    #[test]
    fn an_impl_for_some_lifetimes_only_is_not_registered() {
        struct Borrowed<'a>(#[allow(dead_code)] &'a str);
        impl Inspect for Borrowed<'static> {
            fn inspect(&self, _: &mut Encoder<'_>) {}
        }
        register::<Borrowed<'static>>();
        assert!(!entry_of::<Borrowed<'_>>().has_encoder());
    }

    #[test]
    fn threads_that_race_for_a_type_agree() {
        macro_rules! types {
            ($($name:ident)*) => { $(struct $name;)* };
        }
        types!(A B C D E F G H);
        fn all() -> [*const TypeEntry; 8] {
            [
                entry_of::<A>(),
                entry_of::<B>(),
                entry_of::<C>(),
                entry_of::<D>(),
                entry_of::<E>(),
                entry_of::<F>(),
                entry_of::<G>(),
                entry_of::<H>(),
            ]
        }
        let threads: Vec<_> = (0..8)
            .map(|_| std::thread::spawn(|| all().map(|entry| entry as usize)))
            .collect();
        let answers: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }

    #[test]
    fn the_built_in_types_fill_a_small_part_of_the_table() {
        let mut count = 0;
        builtin::each(&mut |_| count += 1);
        assert!(count < CAPACITY / 4, "{count} built-in types");
    }
}
