//! [`Inspect`] for the types of std.
//!
//! None of these impls calls code that a user can write, other than another `Inspect`: no `Hash`,
//! `Ord`, `Deref` or `Debug` of a type parameter. None locks or allocates. Each visits only the
//! items that are kept.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{NonZero, Saturating, Wrapping};
use std::ops::{
    Bound, ControlFlow, Deref, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo,
    RangeToInclusive,
};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::atomic::{self, Ordering::Relaxed};
use std::sync::{self, Arc, Mutex, OnceLock, RwLock};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use super::encode::Encoder;
use super::inspect::{Fuel, Inspect, Uniform};
use super::kind::Tag;
use super::op::{self, Bounds};

/// The impl is the same for all lifetimes if those of these types are.
macro_rules! uniform_if {
    ($($type:ty),*) => {
        fn __uniform(fuel: &mut Fuel) -> Uniform {
            Uniform::all(&[$(<$type as Inspect>::__uniform),*], fuel)
        }
    };
}

macro_rules! scalars {
    ($($type:ident $tag:ident |$v:ident| $bits:expr;)*) => {
        $(
            impl Inspect for $type {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    let $v = *self;
                    encoder.scalar_node(Tag::$tag, $bits);
                }

                fn __inspect_slice(items: &[Self], encoder: &mut Encoder<'_>) {
                    // SAFETY: these types have no padding: every byte of the slice is initialised.
                    let bytes = unsafe {
                        core::slice::from_raw_parts(items.as_ptr().cast::<u8>(), size_of_val(items))
                    };
                    encoder.packed(Tag::$tag, items.len(), bytes);
                }

                uniform_if!();
            }
        )*
    };
}

scalars! {
    bool Bool |v| u64::from(v);
    char Char |v| u64::from(v);
    u8 U8 |v| u64::from(v);
    u16 U16 |v| u64::from(v);
    u32 U32 |v| u64::from(v);
    u64 U64 |v| v;
    usize Usize |v| v as u64;
    i8 I8 |v| v as u64;
    i16 I16 |v| v as u64;
    i32 I32 |v| v as u64;
    i64 I64 |v| v as u64;
    isize Isize |v| v as u64;
    f32 F32 |v| u64::from(v.to_bits());
    f64 F64 |v| v.to_bits();
}

/// `impl Inspect` of one expression, for types without type parameters.
macro_rules! plain {
    ($($type:ty, |$this:ident, $encoder:ident| $body:expr;)*) => {
        $(
            impl Inspect for $type {
                fn inspect(&self, $encoder: &mut Encoder<'_>) {
                    let $this = self;
                    $body
                }

                uniform_if!();
            }
        )*
    };
}

plain! {
    (), |_this, encoder| encoder.scalar_node(Tag::Unit, 0);
    i128, |this, encoder| encoder.wide_node(op::I128, *this as u128);
    u128, |this, encoder| encoder.wide_node(op::U128, *this);
    str, |this, encoder| encoder.text(this);
    String, |this, encoder| encoder.text(this);
    OsStr, |this, encoder| encoder.byte_text(this.as_encoded_bytes());
    OsString, |this, encoder| encoder.byte_text(this.as_encoded_bytes());
    Path, |this, encoder| encoder.byte_text(this.as_os_str().as_encoded_bytes());
    PathBuf, |this, encoder| encoder.byte_text(this.as_os_str().as_encoded_bytes());
    CStr, |this, encoder| encoder.byte_text(this.to_bytes());
    CString, |this, encoder| encoder.byte_text(this.as_bytes());
    Duration, |this, encoder| encoder.duration_node(this.as_secs(), this.subsec_nanos());
    RangeFull, |_this, encoder| encoder.range::<()>(Bounds::Full, None, None);
    Ordering, |this, encoder| encoder.verbatim(match this {
        Ordering::Less => "Less",
        Ordering::Equal => "Equal",
        Ordering::Greater => "Greater",
    });
    std::convert::Infallible, |this, _encoder| match *this {};
    io::Error, |this, encoder| io_error(this, encoder);
    std::num::ParseIntError, |this, encoder| {
        encoder.structure("ParseIntError", 1).field("kind", this.kind()).finish();
    };
    std::string::FromUtf8Error, |this, encoder| {
        let fields = encoder.structure("FromUtf8Error", 2);
        fields.field("bytes", this.as_bytes()).field("error", &this.utf8_error()).finish();
    };
}

/// Types whose `Debug` is std's, short and free of allocations.
macro_rules! by_debug {
    ($($type:ty)*) => {
        $(
            impl Inspect for $type {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    encoder.format(format_args!("{self:?}"));
                }

                uniform_if!();
            }
        )*
    };
}

by_debug! {
    IpAddr Ipv4Addr Ipv6Addr SocketAddr SocketAddrV4 SocketAddrV6
    Instant SystemTime std::thread::ThreadId std::alloc::Layout std::any::TypeId
    io::ErrorKind fmt::Error core::str::Utf8Error std::num::ParseFloatError
    std::num::IntErrorKind std::num::TryFromIntError std::str::ParseBoolError std::char::ParseCharError
    std::char::CharTryFromError std::net::AddrParseError std::array::TryFromSliceError std::cell::BorrowError
    std::cell::BorrowMutError std::env::VarError std::sync::mpsc::RecvError std::sync::mpsc::TryRecvError
    std::time::SystemTimeError std::ffi::FromBytesWithNulError
}

/// std's `Debug` allocates the message of an OS error, and formats the user's own error inside a
/// custom one.
fn io_error(error: &io::Error, encoder: &mut Encoder<'_>) {
    let kind = error.kind();
    if let Some(code) = error.raw_os_error() {
        encoder.format(format_args!("Os {{ code: {code}, kind: {kind:?}, .. }}"));
    } else if error.get_ref().is_some() {
        encoder.format(format_args!("Custom {{ kind: {kind:?}, .. }}"));
    } else {
        encoder.format(format_args!("{error:?}"));
    }
}

macro_rules! integers {
    ($($int:ident)*) => {
        $(
            impl Inspect for NonZero<$int> {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    self.get().inspect(encoder);
                }

                uniform_if!();
            }
        )*
    };
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

macro_rules! atomics {
    ($($width:literal $atomic:ident)*) => {
        $(
            #[cfg(target_has_atomic = $width)]
            impl Inspect for atomic::$atomic {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    self.load(Relaxed).inspect(encoder);
                }

                uniform_if!();
            }
        )*
    };
}

atomics! {
    "8" AtomicBool "8" AtomicU8 "8" AtomicI8 "16" AtomicU16 "16" AtomicI16 "32" AtomicU32 "32" AtomicI32
    "64" AtomicU64 "64" AtomicI64 "ptr" AtomicUsize "ptr" AtomicIsize
}

/// Pointers of one kind or another, through which the value is shown as `Debug` does.
macro_rules! pointers {
    ($($type:ty)*) => {
        $(
            impl<T: Inspect + ?Sized> Inspect for $type {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    T::inspect(self, encoder);
                }

                uniform_if!(T);
            }
        )*
    };
}

pointers!(&T &mut T Box<T> Rc<T> Arc<T>);

/// Only for the pointers of std: a user's `Deref` must not run.
macro_rules! pinned {
    ($($type:ty)*) => {
        $(
            impl<T: Inspect + ?Sized> Inspect for Pin<$type> {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    T::inspect(self.deref(), encoder);
                }

                uniform_if!(T);
            }
        )*
    };
}

pinned!(&T &mut T Box<T> Rc<T> Arc<T>);

/// Types with one parameter, by one expression.
macro_rules! wrappers {
    ($([$($bounds:tt)*] $type:ty, |$this:ident, $encoder:ident| $body:expr;)*) => {
        $(
            impl<T: Inspect $($bounds)*> Inspect for $type {
                fn inspect(&self, $encoder: &mut Encoder<'_>) {
                    let $this = self;
                    $body
                }

                uniform_if!(T);
            }
        )*
    };
}

wrappers! {
    [] [T], |this, encoder| T::__inspect_slice(this, encoder);
    [] Vec<T>, |this, encoder| T::__inspect_slice(this, encoder);
    [] Option<T>, |this, encoder| match this {
        Some(inner) => encoder.wrapped(op::SOME, inner),
        None => encoder.byte_node(op::NONE),
    };
    [] VecDeque<T>, |this, encoder| {
        encoder.list_of(this.len(), &mut |index, encoder| this[index].inspect(encoder));
    };
    [] BinaryHeap<T>, |this, encoder| T::__inspect_slice(this.as_slice(), encoder);
    [] LinkedList<T>, |this, encoder| encoder.list(this.len(), this);
    [] BTreeSet<T>, |this, encoder| encoder.set(this.len(), this);
    [] Range<T>, |this, encoder| encoder.range(Bounds::Both, Some(&this.start), Some(&this.end));
    [] RangeInclusive<T>, |this, encoder| {
        encoder.range(Bounds::Inclusive, Some(this.start()), Some(this.end()));
    };
    [] RangeFrom<T>, |this, encoder| encoder.range(Bounds::From, Some(&this.start), None);
    [] RangeTo<T>, |this, encoder| encoder.range(Bounds::To, None, Some(&this.end));
    [] RangeToInclusive<T>, |this, encoder| encoder.range(Bounds::ToInclusive, None, Some(&this.end));
    [] Bound<T>, |this, encoder| match this {
        Bound::Included(end) => encoder.tuple_struct("Included", 1).item(end).finish(),
        Bound::Excluded(end) => encoder.tuple_struct("Excluded", 1).item(end).finish(),
        Bound::Unbounded => encoder.verbatim("Unbounded"),
    };
    [] Reverse<T>, |this, encoder| encoder.tuple_struct("Reverse", 1).item(&this.0).finish();
    [] Wrapping<T>, |this, encoder| this.0.inspect(encoder);
    [] Saturating<T>, |this, encoder| this.0.inspect(encoder);
    [] Poll<T>, |this, encoder| match this {
        Poll::Ready(inner) => encoder.tuple_struct("Ready", 1).item(inner).finish(),
        Poll::Pending => encoder.verbatim("Pending"),
    };
    [+ Copy] Cell<T>, |this, encoder| encoder.structure("Cell", 1).field("value", &this.get()).finish();
    [+ ?Sized] RefCell<T>, |this, encoder| match this.try_borrow() {
        Ok(value) => encoder.structure("RefCell", 1).field("value", &*value).finish(),
        Err(_) => encoder.verbatim("RefCell { value: <borrowed> }"),
    };
    [+ ?Sized] std::cell::Ref<'_, T>, |this, encoder| T::inspect(this, encoder);
    [+ ?Sized] std::cell::RefMut<'_, T>, |this, encoder| T::inspect(this, encoder);
    [+ ?Sized] sync::MutexGuard<'_, T>, |this, encoder| T::inspect(this, encoder);
    [+ ?Sized] sync::RwLockReadGuard<'_, T>, |this, encoder| T::inspect(this, encoder);
    [+ ?Sized] sync::RwLockWriteGuard<'_, T>, |this, encoder| T::inspect(this, encoder);
    [] OnceCell<T>, |this, encoder| match this.get() {
        Some(value) => encoder.tuple_struct("OnceCell", 1).item(value).finish(),
        None => encoder.verbatim("OnceCell(<uninit>)"),
    };
    [] OnceLock<T>, |this, encoder| match this.get() {
        Some(value) => encoder.tuple_struct("OnceLock", 1).item(value).finish(),
        None => encoder.verbatim("OnceLock(<uninit>)"),
    };
}

/// Types of which nothing inside is looked at.
macro_rules! closed {
    ($($type:ty, |$this:ident| $text:expr;)*) => {
        $(
            impl<T: ?Sized> Inspect for $type {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    let $this = self;
                    encoder.format($text);
                }

                uniform_if!();
            }
        )*
    };
}

closed! {
    // Even a lock that is free is left alone: to take it for a moment can make another thread's
    // `try_lock` fail.
    Mutex<T>, |_this| format_args!("Mutex {{ .. }}");
    RwLock<T>, |_this| format_args!("RwLock {{ .. }}");
    rc::Weak<T>, |_this| format_args!("(Weak)");
    sync::Weak<T>, |_this| format_args!("(Weak)");
    PhantomData<T>, |this| format_args!("{this:?}");
    *const T, |this| format_args!("{:p}", *this);
    *mut T, |this| format_args!("{:p}", *this);
}

impl<T: Inspect, const N: usize> Inspect for [T; N] {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        T::__inspect_slice(self, encoder);
    }

    uniform_if!(T);
}

impl<T: Inspect, E: Inspect> Inspect for Result<T, E> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        match self {
            Ok(value) => encoder.wrapped(op::OK, value),
            Err(error) => encoder.wrapped(op::ERR, error),
        }
    }

    uniform_if!(T, E);
}

impl<B: Inspect, C: Inspect> Inspect for ControlFlow<B, C> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        match self {
            ControlFlow::Break(value) => encoder.tuple_struct("Break", 1).item(value).finish(),
            ControlFlow::Continue(value) => {
                encoder.tuple_struct("Continue", 1).item(value).finish()
            }
        }
    }

    uniform_if!(B, C);
}

/// The owned forms are named, because a user's own `ToOwned` would be asked for a reference by its
/// own `Borrow`.
macro_rules! cows {
    ($($type:ty)*) => {
        $(
            impl Inspect for Cow<'_, $type> {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    <$type>::inspect(self, encoder);
                }

                uniform_if!();
            }
        )*
    };
}

cows!(str OsStr Path CStr);

impl<T: Inspect + Clone> Inspect for Cow<'_, [T]> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        T::__inspect_slice(self, encoder);
    }

    uniform_if!(T);
}

/// Looking for the few entries of a table that is almost empty would scan most of it.
fn too_sparse(len: usize, capacity: usize) -> bool {
    capacity > 256 && capacity / 32 > len
}

impl<K: Inspect, V: Inspect, S> Inspect for HashMap<K, V, S> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        let kept = if too_sparse(self.len(), self.capacity()) {
            0
        } else {
            usize::MAX
        };
        encoder.map(self.len(), self.iter().take(kept));
    }

    uniform_if!(K, V);
}

impl<T: Inspect, S> Inspect for HashSet<T, S> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        let kept = if too_sparse(self.len(), self.capacity()) {
            0
        } else {
            usize::MAX
        };
        encoder.set(self.len(), self.iter().take(kept));
    }

    uniform_if!(T);
}

impl<K: Inspect, V: Inspect> Inspect for BTreeMap<K, V> {
    fn inspect(&self, encoder: &mut Encoder<'_>) {
        encoder.map(self.len(), self);
    }

    uniform_if!(K, V);
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => {
        $(
            impl<$($name: Inspect),+> Inspect for ($($name,)+) {
                fn inspect(&self, encoder: &mut Encoder<'_>) {
                    const LEN: usize = [$($index),+].len();
                    encoder.sequence(op::TUPLE, LEN, &mut |index, encoder| match index {
                        $($index => self.$index.inspect(encoder),)+
                        _ => {}
                    });
                }

                uniform_if!($($name),+);
            }
        )*
    };
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Value;

    fn shown<T: Inspect + ?Sized>(value: &T) -> String {
        Value::of(value).to_string()
    }

    #[test]
    fn a_lock_is_never_taken() {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        assert_eq!(shown(&mutex), "Mutex { .. }");
        assert_eq!(shown(&guard), "1");
    }

    #[test]
    fn a_borrowed_cell_is_left_alone() {
        let cell = RefCell::new(vec![1]);
        let guard = cell.borrow_mut();
        assert_eq!(shown(&cell), "RefCell { value: <borrowed> }");
        assert_eq!(shown(&guard), "[1]");
        drop(guard);
        assert_eq!(shown(&cell), "RefCell { value: [1] }");
    }

    #[test]
    fn a_large_map_with_few_entries_is_not_scanned() {
        let mut map = HashMap::with_capacity(1_000_000);
        map.insert(1, 2);
        assert_eq!(shown(&map), "{... 1 more}");
        let mut set = HashSet::with_capacity(1_000_000);
        set.insert(1);
        assert_eq!(shown(&set), "{... 1 more}");
    }

    #[test]
    fn a_map_hides_the_values_of_secret_keys() {
        let headers = BTreeMap::from([("Authorization", "Bearer 123"), ("Host", "example.org")]);
        assert_eq!(
            shown(&headers),
            r#"{"Authorization": <redacted>, "Host": "example.org"}"#
        );
        let settings = BTreeMap::from([(Path::new("x").to_path_buf(), 1)]);
        assert_eq!(shown(&settings), r#"{"x": 1}"#);
        assert_eq!(
            shown(&HashMap::from([(String::from("db_password"), "x")])),
            r#"{"db_password": <redacted>}"#
        );
    }

    #[test]
    fn items_behind_the_cut_are_never_visited() {
        struct Counted<'c>(&'c Cell<u32>);
        impl Inspect for Counted<'_> {
            fn inspect(&self, encoder: &mut Encoder<'_>) {
                self.0.set(self.0.get() + 1);
                encoder.verbatim("counted");
            }
        }
        let count = Cell::new(0);
        let many: Vec<_> = (0..100_000).map(|_| Counted(&count)).collect();
        shown(&many);
        assert_eq!(count.replace(0), 10);
        let nested = vec![vec![vec![many]]];
        shown(&nested);
        assert_eq!(count.replace(0), 10);
        shown(&vec![nested]);
        assert_eq!(count.get(), 0);
    }

    #[test]
    fn the_users_own_errors_are_not_formatted() {
        #[derive(Debug)]
        struct Mine;
        impl fmt::Display for Mine {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                unreachable!()
            }
        }
        impl std::error::Error for Mine {}
        assert_eq!(shown(&io::Error::other(Mine)), "Custom { kind: Other, .. }");
        assert_eq!(
            shown(&io::Error::from_raw_os_error(2)),
            "Os { code: 2, kind: NotFound, .. }"
        );
        assert_eq!(
            shown(&io::Error::from(io::ErrorKind::NotFound)),
            "Kind(NotFound)"
        );
    }

    #[test]
    fn a_path_may_be_anything() {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            let path = Path::new(OsStr::from_bytes(b"/tmp/\xFF\n"));
            assert_eq!(shown(path), format!("{path:?}"));
        }
    }

    #[test]
    fn lifetimes_do_not_matter_to_types_of_std() {
        fn uniform<T: Inspect>() -> bool {
            T::__uniform(&mut Fuel::new()).holds()
        }
        assert!(uniform::<HashMap<&str, Vec<Option<Cow<'_, str>>>>>());
        struct Hand;
        impl Inspect for Hand {
            fn inspect(&self, _: &mut Encoder<'_>) {}
        }
        assert!(!uniform::<Hand>());
        assert!(!uniform::<Vec<&Hand>>());
    }
}
