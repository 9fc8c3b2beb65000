//! The closed list: types whose values are copied wherever they turn up, also where only the
//! identity of the type is known.
//!
//! Identity is exact: `Vec<i32>` in the list says nothing about `Vec<Vec<i32>>`. So the list is the
//! product of everyday items and everyday nestings. It is data, in read-only memory: rows of four
//! words, entered into the type table when the first value is captured. What it costs is the
//! compilation of one small `inspect` per row, when this crate is built.

use std::any::{TypeId, type_name};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::{NonZero, Wrapping};
use std::ops::{Range, RangeFrom, RangeInclusive};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant, SystemTime};

use super::encode::Encoder;
use super::inspect::Inspect;
use super::kind::Tag;
use super::types::Encode;

/// One type of the list.
pub(super) struct Row {
    pub(super) type_id: fn() -> TypeId,
    pub(super) type_name: fn() -> &'static str,
    pub(super) encode: Encode,
    /// The scalar tag, or 0.
    pub(super) tag: u8,
}

macro_rules! rows {
    ($($type:ty $(= $tag:ident)?),* $(,)?) => {
        &[
            $(
                Row {
                    type_id: TypeId::of::<$type>,
                    type_name: type_name::<$type>,
                    // SAFETY: a thin reference and a thin pointer are passed alike. The impls in
                    // `std_types` are generic in every lifetime, as `Encode` demands.
                    encode: unsafe {
                        std::mem::transmute::<fn(&$type, &mut Encoder<'_>), Encode>(
                            <$type as Inspect>::inspect,
                        )
                    },
                    tag: 0 $(+ Tag::$tag as u8)?,
                },
            )*
        ]
    };
}

/// The nestings of an item that is in every second function.
struct Common<S>(PhantomData<S>);

impl<S: Inspect + 'static> Common<S> {
    const ROWS: &'static [Row] = rows![
        &'static mut S,
        &'static &'static S,
        Option<&'static mut S>,
        Rc<S>,
        Arc<S>,
        &'static mut Vec<S>,
        &'static mut [S],
        Box<[S]>,
        Rc<[S]>,
        Arc<[S]>,
        Option<&'static [S]>,
        Option<Box<S>>,
        VecDeque<S>,
        BTreeSet<S>,
        HashSet<S>,
        [S; 1],
        [S; 5],
        [S; 6],
        [S; 8],
        [S; 16],
        [S; 32],
        &'static [S; 2],
        &'static [S; 3],
        &'static [S; 4],
        Vec<Option<S>>,
        Vec<Vec<S>>,
        &'static Vec<Vec<S>>,
        Vec<&'static [S]>,
        Option<Option<S>>,
        Vec<(S, S)>,
        Option<(S, S)>,
        &'static (S, S),
        (S, S, S),
        (usize, S),
        (usize, &'static S),
        (&'static str, S),
        (String, S),
        (S, usize),
        (S, &'static str),
        (S, String),
        Vec<(usize, S)>,
        Vec<(String, S)>,
        Result<S, ()>,
        Result<S, &'static str>,
        Result<Option<S>, String>,
        Result<Vec<S>, String>,
        HashMap<String, S>,
        &'static HashMap<String, S>,
        HashMap<&'static str, S>,
        HashMap<usize, S>,
        HashMap<String, Vec<S>>,
        BTreeMap<String, S>,
        BTreeMap<&'static str, S>,
        BTreeMap<usize, S>,
        RefCell<S>,
        RefCell<Vec<S>>,
        Rc<RefCell<S>>,
        Rc<RefCell<Vec<S>>>,
        Mutex<S>,
        Arc<Mutex<S>>,
        Arc<Mutex<Vec<S>>>,
        Arc<RwLock<S>>,
        RwLock<S>,
    ];
}

/// The nestings of an item that is in every fifth.
struct Usual<S>(PhantomData<S>);

impl<S: Inspect + 'static> Usual<S> {
    const ROWS: &'static [Row] = rows![
        Box<S>,
        &'static Vec<S>,
        &'static [S],
        Option<Vec<S>>,
        &'static Option<S>,
        [S; 2],
        [S; 3],
        [S; 4],
        (S, S),
        Result<S, String>,
        Result<(), S>,
    ];
}

/// The nestings of every item.
struct Rare<S>(PhantomData<S>);

impl<S: Inspect + 'static> Rare<S> {
    const ROWS: &'static [Row] = rows![&'static S, Option<S>, Option<&'static S>, Vec<S>];
}

/// What only numbers are put in.
struct Numbers<S>(PhantomData<S>);

impl<S: Inspect + Copy + 'static> Numbers<S> {
    const ROWS: &'static [Row] = rows![
        Range<S>,
        RangeInclusive<S>,
        RangeFrom<S>,
        Option<Range<S>>,
        Vec<Range<S>>,
        Cell<S>,
        Rc<Cell<S>>,
        Wrapping<S>,
        Reverse<S>,
        BinaryHeap<S>,
        [S; 64],
        [S; 256],
        [[S; 2]; 2],
        [[S; 3]; 3],
        [[S; 4]; 4],
        Result<S, std::num::ParseIntError>,
        Result<S, std::num::ParseFloatError>,
        Result<S, std::num::TryFromIntError>,
    ];
}

const SCALARS: &[Row] = rows![
    () = Unit,
    bool = Bool,
    char = Char,
    u8 = U8,
    u16 = U16,
    u32 = U32,
    u64 = U64,
    usize = Usize,
    i8 = I8,
    i16 = I16,
    i32 = I32,
    i64 = I64,
    isize = Isize,
    f32 = F32,
    f64 = F64,
];

/// Items that have no shape in common with others.
const SINGLE: &[Row] = rows![
    &'static str,
    String,
    u128,
    i128,
    Box<str>,
    Rc<str>,
    Arc<str>,
    Cow<'static, str>,
    PathBuf,
    &'static Path,
    OsString,
    &'static OsStr,
    CString,
    &'static CStr,
    Duration,
    Instant,
    SystemTime,
    Ordering,
    IpAddr,
    Ipv4Addr,
    Ipv6Addr,
    SocketAddr,
    NonZero<u8>,
    NonZero<u16>,
    NonZero<u32>,
    NonZero<u64>,
    NonZero<usize>,
    NonZero<i32>,
    NonZero<i64>,
    std::io::Error,
    std::io::ErrorKind,
    std::fmt::Error,
    std::num::ParseIntError,
    std::num::ParseFloatError,
    std::num::TryFromIntError,
    std::str::Utf8Error,
    std::string::FromUtf8Error,
    std::str::ParseBoolError,
    std::env::VarError,
    std::thread::ThreadId,
    std::alloc::Layout,
    AtomicBool,
    AtomicU32,
    AtomicUsize,
    &'static AtomicBool,
    &'static AtomicUsize,
    Arc<AtomicBool>,
    Arc<AtomicUsize>,
    std::ops::RangeFull,
    *const u8,
    *mut u8,
    &'static &'static &'static str,
    &'static mut &'static str,
    Cow<'static, [u8]>,
    Option<Vec<Vec<u8>>>,
    (&'static str, &'static str),
    Option<(&'static str, &'static str)>,
    Vec<(&'static str, &'static str)>,
    (String, String),
    (usize, char),
    Option<(usize, char)>,
    (char, usize),
    Option<char>,
    (u8, usize),
    (bool, usize),
    (usize, bool),
    (usize, usize, usize, usize),
    (u8, u8, u8, u8),
    (f32, f32, f32, f32),
    (f64, f64, f64, f64),
    Result<(), ()>,
    Result<(), std::fmt::Error>,
    Result<(), std::io::Error>,
    Result<usize, std::io::Error>,
    Result<u64, std::io::Error>,
    Result<String, std::io::Error>,
    Result<Vec<u8>, std::io::Error>,
    Result<String, std::env::VarError>,
    Result<&'static str, std::str::Utf8Error>,
    Result<String, std::string::FromUtf8Error>,
    Result<Duration, std::time::SystemTimeError>,
    HashMap<char, usize>,
    HashMap<u64, u64>,
    HashMap<u32, u32>,
    HashMap<i32, i32>,
    HashMap<String, HashMap<String, String>>,
    BTreeMap<String, Vec<String>>,
    HashSet<char>,
    HashSet<(usize, usize)>,
    Vec<HashMap<String, String>>,
];

#[cfg(target_has_atomic = "64")]
const WIDE_ATOMICS: &[Row] = rows![AtomicU64, &'static AtomicU64, Arc<AtomicU64>];
#[cfg(not(target_has_atomic = "64"))]
const WIDE_ATOMICS: &[Row] = &[];

macro_rules! product {
    ($($shapes:ident: $($item:ty),*;)*) => {
        &[$($($shapes::<$item>::ROWS),*),*]
    };
}

const LIST: &[&[Row]] = &[SCALARS, SINGLE, WIDE_ATOMICS];

const PRODUCT: &[&[Row]] = product! {
    Common: usize, i32, u64, u8, f64, bool, char, &'static str, String;
    Usual: usize, i32, u64, u8, f64, bool, char, &'static str, String,
        u32, i64, u16, i8, i16, isize, f32, u128, i128, (), PathBuf, Duration,
        Box<str>, Cow<'static, str>, OsString;
    Rare: usize, i32, u64, u8, f64, bool, char, &'static str, String,
        u32, i64, u16, i8, i16, isize, f32, u128, i128, (), PathBuf, Duration,
        Box<str>, Cow<'static, str>, OsString,
        &'static Path, &'static OsStr, Rc<str>, Arc<str>, CString, Ordering, Instant, SystemTime,
        IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, NonZero<u32>, NonZero<u64>, NonZero<usize>,
        std::io::Error, std::io::ErrorKind, Range<usize>, Box<[u8]>, Arc<AtomicBool>;
    Numbers: usize, i32, u64, u8, f64, u32, i64, u16, f32;
};

/// Calls `add` for every type of the list.
pub(super) fn each(add: &mut dyn FnMut(&Row)) {
    for rows in LIST.iter().chain(PRODUCT) {
        for row in *rows {
            add(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::kind;
    use crate::capture::types::intern;

    fn known<T>(_: &T) -> bool {
        intern(kind::type_id::<T>, type_name::<T>).has_encoder()
    }

    #[test]
    fn values_of_everyday_types_are_known_by_their_type_alone() {
        let text = String::from("abc");
        assert!(known(&text) && known(&&text) && known(&&*text) && known(&Some(&*text)));
        assert!(known(&vec![1, 2]) && known(&&[1u8][..]) && known(&vec![text.clone()]));
        assert!(known(&text.split(' ').collect::<Vec<_>>()));
        assert!(known(&text.char_indices().collect::<Vec<_>>()));
        assert!(
            known(&HashMap::from([("a", 1)])) && known(&"1".parse::<i32>()) && known(&(1, "x"))
        );
        assert!(
            known(&Rc::new(RefCell::new(vec![1]))) && known(&(0..3usize)) && known(&Duration::ZERO)
        );
        assert!(
            known(&text.split_once(' ')) && known(&text.find('b')) && known(&text.parse::<f64>())
        );
    }

    #[test]
    fn other_types_are_not() {
        assert!(!known(&std::thread::current()));
        assert!(!known(&|| 1));
    }
}
