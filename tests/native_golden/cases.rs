//! Values of every kind of type. Each is a local variable of a function that prints it by its own `Debug` and asks
//! the library what it is.

#![allow(dead_code, clippy::mut_mutex_lock)]

use std::borrow::Cow;
use std::cell::*;
use std::cmp::{Ordering, Reverse};
use std::collections::*;
use std::ffi::*;
use std::fmt::Debug;
use std::hint::black_box;
use std::marker::PhantomData;
use std::net::*;
use std::num::*;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::rc::{self, Rc};
use std::sync::atomic::*;
use std::sync::{self, Arc, LazyLock, Mutex, OnceLock, RwLock};
use std::time::*;

/// What a case found.
pub struct Case {
    pub name: String,
    pub expected: String,
    /// `None`: the debug information does not tell of the variable.
    pub found: Option<stacklens::Value>,
    /// The names of all variables of the function.
    pub names: Vec<String>,
}

pub type Report = Vec<Case>;

/// The variable `value` of the function that calls this, and the names of all that it has.
#[inline(never)]
fn look() -> (Option<stacklens::Value>, Vec<String>) {
    let frames = stacklens::native::locals();
    let mut named = frames
        .iter()
        .filter(|frame| frame.function().name().contains("cases::"));
    let caller = named.find(|frame| !frame.function().name().contains("look"));
    let Some(caller) = caller else {
        return (None, Vec::new());
    };
    let value = caller
        .locals()
        .get("value")
        .map(|local| local.value().clone());
    let names = caller.locals().iter().map(|local| local.name().to_owned());
    (value, names.collect())
}

macro_rules! cases {
    ($list:ident: $($name:ident: $type:ty = $value:expr;)*) => {
        mod $list {
            use super::*;
            $(
                #[inline(never)]
                pub fn $name(report: &mut Report) {
                    let value: $type = black_box($value);
                    let expected = format!("{value:?}");
                    let (found, names) = look();
                    black_box(&value);
                    report.push(Case { name: stringify!($name).to_owned(), expected, found, names });
                }
            )*
        }
        fn $list(report: &mut Report) {
            $($list::$name(report);)*
        }
    };
}

/// The same of every type that a type can be inside of. Each is a function with a type parameter.
macro_rules! wrappers {
    ($($name:ident: $type:ty = |$item:ident| $value:expr;)*) => {
        mod wrapped {
            use super::*;
            $(
                #[inline(never)]
                pub fn $name<T: Debug + Clone + 'static>(item: &T, kind: &str, report: &mut Report) {
                    let $item = || item.clone();
                    let value: $type = black_box($value);
                    let expected = format!("{value:?}");
                    let (found, names) = look();
                    black_box(&value);
                    report.push(Case { name: format!("{} of {kind}", stringify!($name)), expected, found, names });
                }
            )*
        }
        fn wrapped<T: Debug + Clone + 'static>(kind: &str, item: T, report: &mut Report) {
            $(wrapped::$name(&item, kind, report);)*
        }
    };
}

wrappers! {
    itself: T = |item| item();
    reference: &T = |item| Box::leak(Box::new(item()));
    mutable: &mut T = |item| Box::leak(Box::new(item()));
    some: Option<T> = |item| Some(item());
    none: Option<T> = |_item| None;
    some_some: Option<Option<T>> = |item| Some(Some(item()));
    some_none: Option<Option<T>> = |_item| Some(None);
    ok: Result<T, u8> = |item| Ok(item());
    err: Result<u8, T> = |item| Err(item());
    of_result: Result<(), T> = |_item| Ok(());
    boxed: Box<T> = |item| Box::new(item());
    some_box: Option<Box<T>> = |item| Some(Box::new(item()));
    counted: Rc<T> = |item| Rc::new(item());
    shared: Arc<T> = |item| Arc::new(item());
    weak: rc::Weak<T> = |_item| rc::Weak::new();
    list: Vec<T> = |item| vec![item(), item()];
    empty: Vec<T> = |_item| Vec::new();
    slice: &[T] = |item| Box::leak(Box::new([item(), item()]));
    boxed_slice: Box<[T]> = |item| Box::new([item(), item(), item()]);
    counted_slice: Rc<[T]> = |item| Rc::from([item(), item()]);
    shared_slice: Arc<[T]> = |item| Arc::from([item()]);
    array: [T; 3] = |item| [item(), item(), item()];
    no_items: [T; 0] = |_item| [];
    pair: (T, u8) = |item| (item(), 7);
    single: (T,) = |item| (item(),);
    triple: (u8, T, T) = |item| (1, item(), item());
    deque: VecDeque<T> = |item| VecDeque::from([item(), item()]);
    linked: LinkedList<T> = |item| LinkedList::from([item(), item()]);
    values: HashMap<u8, T> = |item| HashMap::from([(1, item()), (2, item())]);
    ordered: BTreeMap<u8, T> = |item| BTreeMap::from([(1, item()), (2, item())]);
    cell: RefCell<T> = |item| RefCell::new(item());
    once: OnceCell<T> = |item| OnceCell::from(item());
    not_once: OnceCell<T> = |_item| OnceCell::new();
    once_lock: OnceLock<T> = |item| OnceLock::from(item());
    mutex: Mutex<T> = |item| Mutex::new(item());
    lock: RwLock<T> = |item| RwLock::new(item());
    in_struct: Generic<T> = |item| Generic { first: item(), second: Some(item()) };
    in_tuple_struct: Wrapper<T> = |item| Wrapper(item());
    in_variant: Either<T> = |item| Either::Left { value: item() };
    other_variant: Either<T> = |_item| Either::Right(3, "r");
    range: std::ops::Range<Box<T>> = |item| Box::new(item())..Box::new(item());
    pinned: Pin<Box<T>> = |item| Box::pin(item());
    cow: Cow<'static, [T]> = |item| Cow::Owned(vec![item()]);
    reversed: Reverse<T> = |item| Reverse(item());
    wrapping: Wrapping<T> = |item| Wrapping(item());
    phantom: PhantomData<T> = |_item| PhantomData;
    manual: std::mem::ManuallyDrop<T> = |item| std::mem::ManuallyDrop::new(item());
    dynamic: Box<dyn Debug> = |item| Box::new(item());
    counted_dynamic: Rc<dyn Debug> = |item| Rc::new(item());
    reference_dynamic: &dyn Debug = |item| Box::leak(Box::new(item()));
    bound: std::ops::Bound<T> = |item| std::ops::Bound::Included(item());
    flow: std::ops::ControlFlow<T> = |item| std::ops::ControlFlow::Break(item());
    poll: std::task::Poll<T> = |item| std::task::Poll::Ready(item());
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generic<T> {
    first: T,
    second: Option<T>,
}

#[derive(Debug, Clone)]
pub struct Wrapper<T>(T);

#[derive(Debug, Clone)]
pub enum Either<T> {
    Left { value: T },
    Right(u8, &'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Nothing;

#[derive(Debug, Clone)]
pub struct Point<T> {
    x: T,
    y: f64,
    label: &'static str,
}

#[derive(Debug, Clone)]
pub enum Shape {
    Unit,
    Circle(f64),
    Polygon { sides: u32, label: String },
    Both(Box<Shape>, Box<Shape>),
}

#[derive(Debug, Clone, Copy)]
#[repr(i16)]
pub enum Level {
    Low = -300,
    Mid = 0,
    High = 300,
}

#[derive(Debug, Clone)]
pub enum Single {
    Only(String),
}

#[derive(Debug, Clone)]
#[repr(u8)]
pub enum Tagged {
    A(u64) = 5,
    B { x: bool } = 250,
    C = 251,
}

#[derive(Debug, Clone)]
pub enum Niche {
    Text(String),
    A,
    B,
    C(u8),
}

#[derive(Debug, Clone)]
pub struct Node {
    name: &'static str,
    children: Vec<Node>,
}

#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Aligned(u8);

#[derive(Debug, Clone)]
#[repr(C, packed)]
pub struct Packed {
    a: u8,
    b: u32,
}

#[derive(Debug, Clone)]
pub struct Raw {
    r#type: u8,
    r#match: &'static str,
}

fn increment(n: i32) -> i32 {
    n + 1
}

fn letters() -> VecDeque<char> {
    let mut ring: VecDeque<char> = VecDeque::with_capacity(4);
    ring.extend(['a', 'b', 'c', 'd']);
    ring.pop_front();
    ring.pop_front();
    ring.push_back('e');
    ring
}

cases! { scalars:
    yes: bool = true;
    no: bool = false;
    letter: char = 'λ';
    quote: char = '\'';
    newline: char = '\n';
    emoji: char = '🦀';
    unit: () = ();
    i8_low: i8 = i8::MIN;
    i16_low: i16 = i16::MIN;
    i32_low: i32 = i32::MIN;
    i64_low: i64 = i64::MIN;
    i128_low: i128 = i128::MIN;
    isize_low: isize = isize::MIN;
    u8_high: u8 = u8::MAX;
    u16_high: u16 = u16::MAX;
    u32_high: u32 = u32::MAX;
    u64_high: u64 = u64::MAX;
    u128_high: u128 = u128::MAX;
    usize_high: usize = usize::MAX;
    f32_third: f32 = 1.0 / 3.0;
    f64_third: f64 = 1.0 / 3.0;
    f64_large: f64 = 1e300;
    f64_nan: f64 = f64::NAN;
    f32_zero: f32 = -0.0;
    f64_infinite: f64 = f64::NEG_INFINITY;
}

cases! { texts:
    str: &'static str = "a\"b\\c\né";
    empty_str: &'static str = "";
    owned: String = "hello".to_owned();
    empty_owned: String = String::new();
    with_room: String = { let mut s = String::with_capacity(100); s.push('x'); s };
    boxed_str: Box<str> = "boxed".into();
    counted_str: Rc<str> = "counted".into();
    shared_str: Arc<str> = "shared".into();
    cow_borrowed: Cow<'static, str> = Cow::Borrowed("borrowed");
    cow_owned: Cow<'static, str> = Cow::Owned("owned".to_owned());
    path: &'static Path = Path::new("/a/b c");
    path_buf: PathBuf = PathBuf::from("/x/\"y");
    boxed_path: Box<Path> = PathBuf::from("/boxed").into();
    os_str: &'static OsStr = OsStr::new("os");
    os_string: OsString = OsString::from("owned os");
    c_str: &'static CStr = c"c text";
    c_string: CString = CString::new("owned c").unwrap();
    bytes: &'static [u8] = b"ab";
    byte_array: &'static [u8; 3] = b"abc";
    byte_list: Vec<u8> = vec![1, 2, 255];
    chars: Vec<char> = vec!['a', '\t'];
    texts: Vec<String> = vec!["a".into(), "".into(), "ccc".into()];
    strs: [&'static str; 2] = ["x", "y"];
    texts_by_text: HashMap<String, String> = HashMap::from([("k".into(), "v".into())]);
}

cases! { enums:
    shape_unit: Shape = Shape::Unit;
    shape_circle: Shape = Shape::Circle(1.5);
    shape_polygon: Shape = Shape::Polygon { sides: 3, label: "tri".into() };
    shape_both: Shape = Shape::Both(Box::new(Shape::Unit), Box::new(Shape::Circle(2.0)));
    shapes: Vec<Shape> = vec![Shape::Unit, Shape::Circle(0.5)];
    level_low: Level = Level::Low;
    level_high: Level = Level::High;
    levels: [Level; 3] = [Level::Low, Level::Mid, Level::High];
    single: Single = Single::Only("s".into());
    tagged_a: Tagged = Tagged::A(1 << 40);
    tagged_b: Tagged = Tagged::B { x: true };
    tagged_c: Tagged = Tagged::C;
    niche_text: Niche = Niche::Text("t".into());
    niche_a: Niche = Niche::A;
    niche_b: Niche = Niche::B;
    niche_c: Niche = Niche::C(9);
    some_niche: Option<Niche> = Some(Niche::B);
    no_niche: Option<Niche> = None;
    less: Ordering = Ordering::Less;
    some_equal: Option<Ordering> = Some(Ordering::Equal);
    no_ordering: Option<Ordering> = None;
    some_true: Option<bool> = Some(true);
    no_bool: Option<bool> = None;
    some_none_bool: Option<Option<bool>> = Some(None);
    none_of_options: Option<Option<bool>> = None;
    some_char: Option<char> = Some('x');
    no_char: Option<char> = None;
    some_reference: Option<&'static u8> = Some(&5);
    no_reference: Option<&'static u8> = None;
    some_str: Option<&'static str> = Some("s");
    no_str: Option<&'static str> = None;
    some_u128: Option<u128> = Some(u128::MAX);
    no_u128: Option<u128> = None;
    some_i128: Option<i128> = Some(-1);
    some_non_zero: Option<NonZeroU32> = Some(NonZeroU32::MIN);
    no_non_zero: Option<NonZeroU32> = None;
    error: Result<u8, std::num::ParseIntError> = "x".parse();
    nested: Result<Option<Vec<u8>>, String> = Ok(Some(vec![1]));
    function_or_none: Option<fn(i32) -> i32> = None;
}

cases! { structs:
    nothing: Nothing = Nothing;
    point: Point<i32> = Point { x: 1, y: 2.5, label: "p" };
    point_of_point: Point<Point<u8>> =
        Point { x: Point { x: 1, y: 0.0, label: "i" }, y: 1.0, label: "o" };
    tree: Node = Node { name: "root", children: vec![Node { name: "leaf", children: vec![] }] };
    aligned: Aligned = Aligned(3);
    packed: Packed = Packed { a: 1, b: 2 };
    raw: Raw = Raw { r#type: 1, r#match: "m" };
    nothings: [Nothing; 3] = [Nothing; 3];
    list_of_nothing: Vec<Nothing> = vec![Nothing; 4];
    tuple: (i32, &'static str, f64, (u8, char)) = (-1, "two", 3.0, (4, '5'));
    matrix: [[i16; 2]; 3] = [[1, 2], [3, 4], [5, 6]];
    large_array: [u64; 10] = [9; 10];
    boxes: Vec<Box<dyn Debug>> = vec![Box::new(1u8), Box::new("two"), Box::new(Nothing)];
    dyn_point: &'static dyn Debug = &Point { x: 1u16, y: 0.5, label: "d" };
    two_counts: Rc<Rc<u8>> = Rc::new(Rc::new(1));
    reference_chain: &'static &'static &'static u8 = &&&8;
}

cases! { containers:
    ring: VecDeque<char> = letters();
    ring_of_nothing: VecDeque<Nothing> = VecDeque::from([Nothing; 3]);
    heap: BinaryHeap<i32> = BinaryHeap::from([3, 1, 2]);
    hash_set: HashSet<u8> = HashSet::from([3, 1, 2]);
    empty_hash_set: HashSet<String> = HashSet::new();
    hash_set_of_text: HashSet<&'static str> = HashSet::from(["a", "b"]);
    tree_set: BTreeSet<char> = BTreeSet::from(['c', 'a', 'b']);
    empty_tree_set: BTreeSet<char> = BTreeSet::new();
    hash_map: HashMap<&'static str, Vec<u8>> = HashMap::from([("one", vec![1]), ("two", vec![1, 2])]);
    empty_hash_map: HashMap<u8, u8> = HashMap::new();
    map_of_units: HashMap<u64, ()> = (0..5).map(|n| (n, ())).collect();
    sparse_map: HashMap<u32, u32> = {
        let mut map: HashMap<u32, u32> = (0..1000).map(|n| (n, n)).collect();
        map.retain(|n, _| *n > 996);
        map
    };
    tree_map: BTreeMap<String, i32> = BTreeMap::from([("b".into(), 2), ("a".into(), 1)]);
    empty_tree_map: BTreeMap<u8, u8> = BTreeMap::new();
    tree_map_of_units: BTreeMap<u8, ()> = BTreeMap::from([(1, ()), (2, ())]);
    deep: Vec<Vec<Vec<u8>>> = vec![vec![vec![1], vec![]], vec![]];
    map_of_maps: BTreeMap<u8, BTreeMap<u8, &'static str>> = BTreeMap::from([(1, BTreeMap::from([(2, "x")]))]);
    hash_map_of_pairs: HashMap<(u8, u16), [u8; 2]> = HashMap::from([((1, 2), [3, 4])]);
}

cases! { iterators:
    iter: std::slice::Iter<'static, u8> = [1, 2, 3].iter();
    iter_mut: std::slice::IterMut<'static, u16> = Box::leak(Box::new([1, 2, 3])).iter_mut();
    into_iter: std::vec::IntoIter<String> = vec!["a".to_owned(), "b".to_owned()].into_iter();
    begun: std::vec::IntoIter<u8> = { let mut it = vec![1, 2, 3].into_iter(); it.next(); it };
}

cases! { cells:
    cell: Cell<i32> = Cell::new(4);
    unsafe_cell: UnsafeCell<i32> = UnsafeCell::new(4);
    shared_cell: Rc<RefCell<Vec<u8>>> = Rc::new(RefCell::new(vec![1]));
    borrowed: RefCell<u8> = { let cell = RefCell::new(1); std::mem::forget(cell.borrow_mut()); cell };
    locked: Mutex<u8> = { let lock = Mutex::new(1); std::mem::forget(lock.lock()); lock };
    read_locked: RwLock<u8> = { let lock = RwLock::new(1); std::mem::forget(lock.read()); lock };
    write_locked: RwLock<u8> = { let lock = RwLock::new(1); std::mem::forget(lock.write()); lock };
    guard: sync::MutexGuard<'static, u8> = Box::leak(Box::new(Mutex::new(5))).lock().unwrap();
    read_guard: sync::RwLockReadGuard<'static, u8> = Box::leak(Box::new(RwLock::new(5))).read().unwrap();
    write_guard: sync::RwLockWriteGuard<'static, u8> = Box::leak(Box::new(RwLock::new(5))).write().unwrap();
    borrow: Ref<'static, String> = Box::leak(Box::new(RefCell::new("b".to_owned()))).borrow();
    borrow_mut: RefMut<'static, Vec<u8>> = Box::leak(Box::new(RefCell::new(vec![1]))).borrow_mut();
    lazy: LazyLock<u8> = LazyLock::new(|| 5);
    lazy_done: LazyLock<u8> = { let lazy: LazyLock<u8> = LazyLock::new(|| 5); LazyLock::force(&lazy); lazy };
    lazy_cell: LazyCell<u8> = LazyCell::new(|| 5);
    lazy_cell_done: LazyCell<String> = { let lazy: LazyCell<String> = LazyCell::new(|| "s".to_owned()); LazyCell::force(&lazy); lazy };
    no_once_lock: OnceLock<String> = OnceLock::new();
    shared_mutex: Arc<Mutex<HashMap<u8, u8>>> = Arc::new(Mutex::new(HashMap::from([(1, 2)])));
    atomic_bool: AtomicBool = AtomicBool::new(true);
    atomic_u8: AtomicU8 = AtomicU8::new(200);
    atomic_i64: AtomicI64 = AtomicI64::new(-5);
    atomic_usize: AtomicUsize = AtomicUsize::new(5);
    atomic_pointer: AtomicPtr<u8> = AtomicPtr::new(std::ptr::null_mut());
    weak_alive: sync::Weak<u8> = { let it = Arc::new(1); let weak = Arc::downgrade(&it); std::mem::forget(it); weak };
    maybe: std::mem::MaybeUninit<u32> = std::mem::MaybeUninit::new(1);
}

cases! { system:
    non_zero: NonZeroI64 = NonZeroI64::new(-5).unwrap();
    non_zero_u128: NonZeroU128 = NonZeroU128::MAX;
    wrapping: Wrapping<u8> = Wrapping(200);
    saturating: Saturating<i8> = Saturating(-100);
    duration: Duration = Duration::from_millis(1500);
    no_duration: Duration = Duration::ZERO;
    long_duration: Duration = Duration::MAX;
    some_duration: Option<Duration> = Some(Duration::from_nanos(1));
    no_some_duration: Option<Duration> = None;
    instant: Instant = Instant::now();
    system_time: SystemTime = SystemTime::now();
    before_epoch: SystemTime = UNIX_EPOCH - Duration::from_millis(1500);
    range: std::ops::Range<i32> = -1..5;
    range_inclusive: std::ops::RangeInclusive<u8> = 0..=9;
    range_from: std::ops::RangeFrom<u64> = 3..;
    range_to: std::ops::RangeTo<i8> = ..-3;
    range_to_inclusive: std::ops::RangeToInclusive<char> = ..='z';
    range_full: std::ops::RangeFull = ..;
    ip_v4: IpAddr = IpAddr::from([127, 0, 0, 1]);
    ip_v6: IpAddr = IpAddr::from([1u16, 2, 3, 4, 5, 6, 7, 8]);
    v4: Ipv4Addr = Ipv4Addr::BROADCAST;
    v6: Ipv6Addr = Ipv6Addr::LOCALHOST;
    socket_v4: SocketAddr = SocketAddr::from(([10, 0, 0, 1], 8080));
    socket_v6: SocketAddr = SocketAddr::from((Ipv6Addr::LOCALHOST, 80));
    mut_pointer: *mut u8 = std::ptr::without_provenance_mut(0x1000);
    const_pointer: *const String = std::ptr::null();
    slice_pointer: *const [u8] = std::ptr::slice_from_raw_parts(std::ptr::without_provenance(64), 3);
    non_null: std::ptr::NonNull<u16> = std::ptr::NonNull::dangling();
    function: fn(i32) -> i32 = increment;
    some_function: Option<fn(i32) -> i32> = Some(increment);
    functions: [fn(i32) -> i32; 1] = [increment];
    phantom: PhantomData<String> = PhantomData;
    io_error: std::io::Error = std::io::Error::from_raw_os_error(2);
    layout: std::alloc::Layout = std::alloc::Layout::new::<u32>();
}

/// Runs those of one value each.
pub fn run_scalars() -> Report {
    let mut report = Vec::new();
    scalars(&mut report);
    report
}

/// Runs all.
pub fn run() -> Report {
    let mut report = Vec::new();
    let out = &mut report;
    scalars(out);
    texts(out);
    enums(out);
    structs(out);
    containers(out);
    iterators(out);
    cells(out);
    system(out);
    wrapped("bool", true, out);
    wrapped("char", 'é', out);
    wrapped("u8", 200u8, out);
    wrapped("i32", -5i32, out);
    wrapped("u128", 1u128 << 100, out);
    wrapped("f32", 1.5f32, out);
    wrapped("unit", (), out);
    wrapped("&str", "text", out);
    wrapped("String", "owned".to_owned(), out);
    wrapped("Nothing", Nothing, out);
    wrapped(
        "Point",
        Point {
            x: 1u8,
            y: 0.5,
            label: "p",
        },
        out,
    );
    wrapped("Shape", Shape::Circle(1.5), out);
    wrapped("Option", Some(1u16), out);
    wrapped("Vec", vec![1u8, 2], out);
    wrapped("Box", Box::new(1u8), out);
    wrapped("NonZero", NonZeroU16::MAX, out);
    wrapped("Duration", Duration::from_secs(3), out);
    wrapped("Ordering", Ordering::Greater, out);
    report
}
