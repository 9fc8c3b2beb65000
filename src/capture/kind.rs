//! What kind of value a slot holds, and the two tiers that are decided from a type alone.
//!
//! A `let` whose type is inferred gives the macro nothing but `&T` with no bound on `T`, not even
//! `'static`. What is left is the identity of `T`: it is compared with a short list of types whose
//! value fits in one word (or is text). Every comparison is between constants once `T` is known, so
//! that a release build keeps a single load and store.

use core::any::TypeId;
use core::marker::PhantomData;
use core::mem;

/// The kind of a slot's payload: one byte beside the payload word.
///
/// Kept below 32, so that five bits of a descriptor are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tag {
    /// Nothing was recorded.
    Empty = 0,
    Unit = 1,
    Bool = 2,
    Char = 3,
    U8 = 4,
    U16 = 5,
    U32 = 6,
    U64 = 7,
    Usize = 8,
    I8 = 9,
    I16 = 10,
    I32 = 11,
    I64 = 12,
    Isize = 13,
    F32 = 14,
    F64 = 15,
    /// Text: the payload is its whole length in bytes, the slot's bytes are its beginning.
    Text = 16,
    /// The payload is the bits of a [`TypeIndex`](super::types::TypeIndex), the slot's bytes are
    /// what its encoder wrote. No bytes: nothing is known but the type's name.
    Typed = 17,
    /// A value that was not copied, because its site is hot (unoptimised builds alone).
    Hot = 18,
}

impl Tag {
    pub(crate) const EMPTY: u8 = Tag::Empty as u8;
    pub(crate) const TEXT: u8 = Tag::Text as u8;
    pub(crate) const TYPED: u8 = Tag::Typed as u8;
    pub(crate) const HOT: u8 = Tag::Hot as u8;
    /// Declared without a value; a number beyond those of `Tag`.
    pub(crate) const UNSET: u8 = 30;
    /// It changed whenever another thread looked; likewise.
    pub(crate) const CHANGING: u8 = 28;
    /// Its `Debug` has taken too long at this site; likewise.
    pub(crate) const COSTLY: u8 = 29;

    /// The scalar kind with this number. Anything else, bytes that never were a tag included, is
    /// `None`.
    pub(crate) fn scalar(byte: u8) -> Option<Tag> {
        Some(match byte {
            1 => Tag::Unit,
            2 => Tag::Bool,
            3 => Tag::Char,
            4 => Tag::U8,
            5 => Tag::U16,
            6 => Tag::U32,
            7 => Tag::U64,
            8 => Tag::Usize,
            9 => Tag::I8,
            10 => Tag::I16,
            11 => Tag::I32,
            12 => Tag::I64,
            13 => Tag::Isize,
            14 => Tag::F32,
            15 => Tag::F64,
            _ => return None,
        })
    }

    /// The name of a scalar kind's type.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Tag::Empty | Tag::Typed | Tag::Hot => "?",
            Tag::Unit => "()",
            Tag::Bool => "bool",
            Tag::Char => "char",
            Tag::U8 => "u8",
            Tag::U16 => "u16",
            Tag::U32 => "u32",
            Tag::U64 => "u64",
            Tag::Usize => "usize",
            Tag::I8 => "i8",
            Tag::I16 => "i16",
            Tag::I32 => "i32",
            Tag::I64 => "i64",
            Tag::Isize => "isize",
            Tag::F32 => "f32",
            Tag::F64 => "f64",
            Tag::Text => "&str",
        }
    }

    /// Bytes of one value of this scalar kind in memory.
    pub(crate) fn width(self) -> usize {
        match self {
            Tag::Empty | Tag::Unit | Tag::Text | Tag::Typed | Tag::Hot => 0,
            Tag::Bool | Tag::U8 | Tag::I8 => 1,
            Tag::U16 | Tag::I16 => 2,
            Tag::Char | Tag::U32 | Tag::I32 | Tag::F32 => 4,
            Tag::U64 | Tag::I64 | Tag::F64 => 8,
            Tag::Usize | Tag::Isize => mem::size_of::<usize>(),
        }
    }
}

trait Identify {
    fn identify(&self) -> TypeId
    where
        Self: 'static;
}

impl<T: ?Sized> Identify for PhantomData<T> {
    #[inline(always)]
    fn identify(&self) -> TypeId
    where
        Self: 'static,
    {
        TypeId::of::<T>()
    }
}

/// The identity of a type, lifetimes aside: `&'a str` and `&'static str` have the same one.
///
/// Whoever acts on a match must therefore do nothing with the value that a shorter lifetime would
/// forbid: read it, copy its bytes, and let go.
#[inline]
pub(crate) fn type_id<T: ?Sized>() -> TypeId {
    let phantom = PhantomData::<T>;
    let this: &dyn Identify = &phantom;
    // SAFETY: only the lifetime bound of the trait object changes, and `identify` of
    // `PhantomData<T>` reads no data: it returns a constant computed after lifetimes are erased.
    // `identity_ignores_lifetimes` tests it.
    let this = unsafe { mem::transmute::<&dyn Identify, &(dyn Identify + 'static)>(this) };
    this.identify()
}

/// The tag and the bits of `x` if its type is a scalar.
///
/// In a release build this is a constant tag and one load; for any other type nothing is left of
/// it.
#[cfg(any(not(unoptimised), test))]
#[inline]
pub(crate) fn scalar<T: ?Sized>(x: &T) -> Option<(u8, u64)> {
    // Spares the optimiser the comparisons below for types that no scalar can be.
    if mem::size_of_val(x) > 8 {
        return None;
    }
    let id = type_id::<T>();
    let at: *const T = x;
    macro_rules! scalars {
        ($($type:ident => $tag:ident, |$v:ident| $bits:expr;)*) => {
            $(
                if id == TypeId::of::<$type>() {
                    // SAFETY: `T` is this type, which has no lifetime to get wrong, and `x` is a
                    // valid reference to it.
                    let $v = unsafe { *at.cast::<$type>() };
                    return Some((Tag::$tag as u8, $bits));
                }
            )*
        };
    }
    scalars! {
        usize => Usize, |v| v as u64;
        i32 => I32, |v| v as i64 as u64;
        u64 => U64, |v| v;
        u32 => U32, |v| u64::from(v);
        u8 => U8, |v| u64::from(v);
        bool => Bool, |v| u64::from(v);
        i64 => I64, |v| v as u64;
        f64 => F64, |v| v.to_bits();
        char => Char, |v| u64::from(v);
        u16 => U16, |v| u64::from(v);
        i8 => I8, |v| v as i64 as u64;
        i16 => I16, |v| v as i64 as u64;
        isize => Isize, |v| v as i64 as u64;
        f32 => F32, |v| u64::from(v.to_bits());
    }
    if id == TypeId::of::<()>() {
        return Some((Tag::Unit as u8, 0));
    }
    None
}

/// The text that `x` is, if its type is one of the everyday text types. Folds away like [`scalar`].
#[cfg(any(not(unoptimised), test))]
#[inline]
pub(crate) fn text<T: ?Sized>(x: &T) -> Option<&str> {
    let id = type_id::<T>();
    let at: *const T = x;
    if id == TypeId::of::<&'static str>() {
        // SAFETY: `T` is `&'a str` for some `'a`; the result is limited to the borrow of `x`, which
        // `'a` outlives.
        return Some(unsafe { at.cast::<&str>().read() });
    }
    if id == TypeId::of::<String>() {
        // SAFETY: `T` is `String` and the result borrows from `x`.
        return Some(unsafe { &*at.cast::<String>() });
    }
    if id == TypeId::of::<&'static String>() {
        // SAFETY: `T` is `&'a String`; as for `&'a str`.
        return Some(unsafe { *at.cast::<&String>() });
    }
    None
}

/// The bits of the scalar at `at`, as [`scalar`] gives them; 0 for a tag that is no scalar.
///
/// # Safety
/// `at` points to a live value of the type that `tag` names.
#[inline]
pub(crate) unsafe fn scalar_bits(tag: u8, at: *const ()) -> u64 {
    // SAFETY: the caller promises the type; each arm reads exactly that.
    unsafe {
        match tag {
            2 => *at.cast::<bool>() as u64,
            3 => *at.cast::<char>() as u64,
            4 => *at.cast::<u8>() as u64,
            5 => *at.cast::<u16>() as u64,
            6 | 14 => *at.cast::<u32>() as u64,
            7 | 15 => *at.cast::<u64>(),
            8 => *at.cast::<usize>() as u64,
            9 => *at.cast::<i8>() as i64 as u64,
            10 => *at.cast::<i16>() as i64 as u64,
            11 => *at.cast::<i32>() as i64 as u64,
            12 => *at.cast::<i64>() as u64,
            13 => *at.cast::<isize>() as i64 as u64,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_is_known_by_its_type_alone() {
        assert_eq!(scalar(&7u64), Some((Tag::U64 as u8, 7)));
        assert_eq!(scalar(&-1i8), Some((Tag::I8 as u8, u64::MAX)));
        assert_eq!(
            scalar(&1.5f32),
            Some((Tag::F32 as u8, u64::from(1.5f32.to_bits())))
        );
        assert_eq!(scalar(&()), Some((Tag::Unit as u8, 0)));
        assert_eq!(scalar(&'x'), Some((Tag::Char as u8, 120)));
        assert_eq!(scalar(&"text"), None);
        assert_eq!(scalar(&vec![1]), None);
        assert_eq!(scalar(&std::cell::Cell::new(1u64)), None);
    }

    #[test]
    fn a_wrapper_of_a_scalar_is_no_scalar() {
        #[repr(transparent)]
        struct Meters(#[allow(dead_code)] u64);
        assert_eq!(scalar(&Meters(3)), None);
    }

    #[test]
    fn text_is_found_in_its_everyday_types() {
        let owned = String::from("abc");
        assert_eq!(text(&"abc"), Some("abc"));
        assert_eq!(text(&owned), Some("abc"));
        assert_eq!(text(&&owned), Some("abc"));
        assert_eq!(text(&1), None);
        assert_eq!(text(&Box::<str>::from("abc")), None);
    }

    #[test]
    fn identity_ignores_lifetimes() {
        fn same<'a>(_: &'a str) -> bool {
            type_id::<&'a str>() == TypeId::of::<&'static str>()
        }
        assert!(same(&String::from("local")));
        assert_ne!(type_id::<&str>(), type_id::<&String>());
    }

    #[test]
    fn both_ways_to_the_bits_agree() {
        fn check<T>(x: T) {
            let (tag, bits) = scalar(&x).unwrap();
            let at: *const T = &x;
            // SAFETY: `scalar` has just named the type of `x`.
            assert_eq!(unsafe { scalar_bits(tag, at.cast()) }, bits);
            assert_eq!(Tag::scalar(tag).unwrap().width(), size_of::<T>());
            assert_eq!(
                Tag::scalar(tag).unwrap().type_name(),
                core::any::type_name::<T>()
            );
        }
        check(());
        check(true);
        check('\u{10FFFF}');
        check(u8::MAX);
        check(u16::MAX);
        check(u32::MAX);
        check(u64::MAX);
        check(usize::MAX);
        check(i8::MIN);
        check(i16::MIN);
        check(i32::MIN);
        check(i64::MIN);
        check(isize::MIN);
        check(f32::MIN);
        check(f64::MIN);
    }
}
