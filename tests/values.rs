//! What the variables of a frame hold is shown as Rust's own `Debug` prints it, by default and in
//! every build.

#![cfg(not(feature = "off"))]
#![allow(
    clippy::box_collection,
    clippy::redundant_allocation,
    clippy::rc_buffer,
    clippy::vec_box,
    clippy::drop_non_drop,
    clippy::single_element_loop,
    clippy::too_many_arguments
)] // the types are odd on purpose

use stacklens::{Inspect, currentframe, frame};
use std::fmt::Debug;

/// The innermost annotated function's variable, as it is shown.
fn shown(name: &str) -> String {
    let locals = currentframe().expect("an annotated caller").locals();
    locals.get(name).map_or_else(
        || "(no such variable)".to_owned(),
        |local| {
            let as_of = local
                .as_of_line()
                .map(|line| format!(" (as of line {line})"));
            format!("{}{}", local.value(), as_of.unwrap_or_default())
        },
    )
}

/// All variables of the innermost annotated function.
fn locals() -> String {
    currentframe()
        .expect("an annotated caller")
        .locals()
        .to_string()
}

/// One test for each group of values: each is looked at as an argument of its written type, as an
/// inferred `let`, and behind a generic parameter.
macro_rules! each_shows_as_debug_does {
    ($($test:ident: $($type:ty = $value:expr),+ $(,)?;)+) => {$(
        #[test]
        fn $test() {
            $({
                #[frame]
                fn argument(x: $type) -> String {
                    let text = shown("x");
                    assert_eq!(text, format!("{x:?}"), "an argument of type {}", stringify!($type));
                    text
                }

                #[frame]
                fn local() -> String {
                    let x = $value;
                    let text = shown("x");
                    assert_eq!(text, format!("{x:?}"), "a local of type {}", stringify!($type));
                    text
                }

                assert_eq!(argument($value), local());
                generic::<$type>($value);
            })+
        }
    )+};
}

#[frame]
fn generic<T: Debug>(x: T) {
    assert_eq!(
        shown("x"),
        format!("{x:?}"),
        "a {} behind a type parameter",
        std::any::type_name::<T>()
    );
    let y = x;
    assert_eq!(
        shown("y"),
        format!("{y:?}"),
        "a {} behind a type parameter",
        std::any::type_name::<T>()
    );
}

mod scalars {
    use super::*;
    use std::num::{NonZero, Wrapping};
    use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize};

    each_shows_as_debug_does! {
        integers:
            u8 = 255_u8, u16 = u16::MAX, u32 = u32::MAX, u64 = u64::MAX, usize = usize::MAX,
            u128 = u128::MAX, i8 = i8::MIN, i16 = -300_i16, i32 = i32::MIN, i64 = i64::MIN,
            isize = isize::MIN, i128 = i128::MIN;
        floats:
            f64 = 1.0, f64 = -0.0, f64 = 1e300, f64 = 1.0e-7, f64 = f64::NAN, f64 = f64::INFINITY,
            f64 = 0.1 + 0.2, f32 = 1.5_f32, f32 = 16_777_216_f32, f32 = f32::MIN_POSITIVE,
            f32 = f32::NEG_INFINITY;
        truth_text_and_nothing:
            bool = true, bool = false, char = 'x', char = '\'', char = '\n', char = '\u{301}',
            char = '😀', char = '\u{0}', () = ();
        non_zero:
            NonZero<u8> = NonZero::new(7_u8).unwrap(), NonZero<u32> = NonZero::new(7_u32).unwrap(),
            NonZero<u64> = NonZero::new(7_u64).unwrap(),
            NonZero<usize> = NonZero::new(7_usize).unwrap(),
            NonZero<i32> = NonZero::new(-7_i32).unwrap(),
            NonZero<i64> = NonZero::new(-7_i64).unwrap(),
            Option<NonZero<u32>> = NonZero::new(7_u32);
        atomics:
            AtomicBool = AtomicBool::new(true), AtomicU32 = AtomicU32::new(7),
            AtomicU64 = AtomicU64::new(7), AtomicUsize = AtomicUsize::new(7),
            &AtomicUsize = &AtomicUsize::new(7);
        wrapped:
            Wrapping<u32> = Wrapping(7_u32), std::cmp::Reverse<i32> = std::cmp::Reverse(7),
            &i32 = &7, &&i32 = &&7, &mut i32 = &mut 7, Box<i32> = Box::new(7);
    }
}

mod text {
    use super::*;
    use std::borrow::Cow;
    use std::ffi::{CStr, CString, OsStr, OsString};
    use std::path::{Path, PathBuf};
    use std::rc::Rc;
    use std::sync::Arc;

    each_shows_as_debug_does! {
        strings:
            &str = "abc", &str = "", &str = "a \"quote\", a \\ and a\ttab\r\n",
            &str = "\u{7f}\u{0}é\u{301}😀\u{200b}", String = "abc".to_owned(),
            &String = &"abc".to_owned(), &&str = &"abc", &mut String = &mut "abc".to_owned();
        other_owners:
            Box<str> = Box::<str>::from("abc"), Rc<str> = Rc::<str>::from("abc"),
            Arc<str> = Arc::<str>::from("abc"), Cow<'static, str> = Cow::Borrowed("abc"),
            Cow<'static, str> = Cow::<str>::Owned("abc".to_owned()), Option<&str> = Some("abc"),
            Option<String> = Some("abc".to_owned());
        paths:
            &Path = Path::new("/tmp/a b"), PathBuf = PathBuf::from("/tmp/\"q\""),
            &OsStr = OsStr::new("abc"), OsString = OsString::from("abc"), &CStr = c"abc",
            CString = c"abc".to_owned(), &PathBuf = &PathBuf::from("a");
    }

    #[frame]
    fn long(text: &str) -> (String, Option<usize>, bool) {
        let shown = shown("text");
        let locals = currentframe().unwrap().locals();
        let value = locals.get("text").unwrap().value();
        assert!(text.starts_with(value.as_str().unwrap()));
        (shown, value.len(), value.is_complete())
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_told() {
        assert_eq!(long(&"x".repeat(80)).0, format!("{:?}", "x".repeat(80)));
        let (shown, length, complete) = long(&"x".repeat(1000));
        assert_eq!(shown, format!("{:?}... (1000 bytes)", "x".repeat(80)));
        assert_eq!((length, complete), (Some(1000), false));
    }

    #[test]
    fn a_text_is_never_cut_inside_a_character() {
        for lead in 0..4 {
            for filler in ["é", "€", "😀", "e\u{301}"] {
                let text = "x".repeat(lead) + &filler.repeat(300);
                let (shown, length, _) = long(&text);
                assert_eq!(length, Some(text.len()));
                assert!(!shown.contains('\u{fffd}'), "{shown}");
                let (quoted, _) = shown.split_once("... (").unwrap();
                let quoted = quoted.trim_matches('"');
                assert!(format!("{text:?}").contains(quoted), "{shown}");
            }
        }
    }
}

mod times_and_places {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use std::time::Duration;

    each_shows_as_debug_does! {
        durations:
            Duration = Duration::from_millis(1500), Duration = Duration::ZERO,
            Duration = Duration::from_nanos(1), Duration = Duration::MAX,
            Option<Duration> = Some(Duration::from_secs(3));
        addresses:
            IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST), Ipv4Addr = Ipv4Addr::new(1, 2, 3, 4),
            Ipv6Addr = Ipv6Addr::LOCALHOST, SocketAddr = SocketAddr::from(([127, 0, 0, 1], 80)),
            Option<SocketAddr> = "[::1]:443".parse::<SocketAddr>().ok();
        orders:
            std::cmp::Ordering = std::cmp::Ordering::Less, std::cmp::Ordering = 1.cmp(&1),
            Option<std::cmp::Ordering> = Some(std::cmp::Ordering::Greater);
        ranges:
            std::ops::Range<usize> = 1..5_usize, std::ops::RangeInclusive<i32> = 1..=5,
            std::ops::RangeFrom<u8> = 1_u8.., std::ops::RangeFull = ..,
            Option<std::ops::Range<usize>> = Some(0..1_usize);
    }
}

mod containers {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
    use std::rc::Rc;
    use std::sync::Arc;

    each_shows_as_debug_does! {
        options_and_results:
            Option<i32> = Some(3), Option<i32> = None::<i32>, Option<Option<i32>> = Some(Some(1)),
            Option<&i32> = Some(&3), Result<i32, String> = Ok::<i32, String>(3),
            Result<i32, String> = Err::<i32, _>("no".to_owned()), Result<(), i32> = Err::<(), _>(3),
            Result<i32, std::num::ParseIntError> = "x".parse::<i32>(),
            Result<f64, std::num::ParseFloatError> = "1.5".parse::<f64>();
        tuples:
            (i32, i32) = (1, 2), (i32, &str) = (1, "a"), (&str, i32) = ("a", 1),
            (usize, char) = (1_usize, 'c'), (String, i32) = ("a".to_owned(), 1),
            (i32, i32, i32) = (1, 2, 3);
        lists:
            [i32; 3] = [1, 2, 3], [i32; 1] = [1], [u8; 4] = *b"abcd", [&str; 2] = ["a", "b"],
            &[i32] = &[1, 2, 3][..], &[u8] = &b"abc"[..], &[i32; 3] = &[1, 2, 3],
            Vec<i32> = vec![1, 2, 3], Vec<i32> = Vec::<i32>::new(), Vec<u8> = vec![1, 2],
            Vec<&str> = vec!["a", "b"], Vec<String> = vec!["a".to_owned()],
            Vec<f64> = vec![1.0, f64::NAN], Vec<bool> = vec![true], Vec<char> = vec!['a'],
            &Vec<i32> = &vec![1], &mut Vec<i32> = &mut vec![1],
            Vec<Vec<i32>> = vec![vec![1], vec![]], Vec<Option<i32>> = vec![Some(1), None],
            Vec<(i32, i32)> = vec![(1, 2)], Vec<(String, i32)> = vec![("a".to_owned(), 1)],
            Box<[i32]> = vec![1, 2].into_boxed_slice(), VecDeque<i32> = VecDeque::from([1, 2]),
            Option<Vec<i32>> = Some(vec![1]), &mut [i32] = &mut [1, 2][..];
        maps_and_sets:
            HashMap<String, i32> = HashMap::from([("a".to_owned(), 1)]),
            HashMap<&str, i32> = HashMap::from([("a", 1)]),
            BTreeMap<String, i32> = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
            BTreeMap<&str, f64> = BTreeMap::from([("a", 1.0)]), HashSet<i32> = HashSet::from([1]),
            BTreeSet<&str> = BTreeSet::from(["a", "b"]),
            HashMap<String, Vec<i32>> = HashMap::from([("a".to_owned(), vec![1])]);
        owners:
            Rc<i32> = Rc::new(1), Arc<String> = Arc::new("a".to_owned()),
            Box<String> = Box::new("a".to_owned()), Cell<i32> = Cell::new(1),
            RefCell<i32> = RefCell::new(1), Rc<RefCell<Vec<i32>>> = Rc::new(RefCell::new(vec![1])),
            Rc<Cell<i32>> = Rc::new(Cell::new(1));
    }

    #[frame]
    fn long(numbers: &[i32], names: Vec<String>) -> String {
        let shown = locals();
        drop((numbers, names));
        shown
    }

    #[test]
    fn long_lists_are_cut_and_the_rest_counted() {
        let numbers: Vec<i32> = (0..1000).collect();
        let names: Vec<String> = (0..100).map(|i| format!("name {i}")).collect();
        let text = long(&numbers, names);
        let head = "{numbers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 990 more], names: [\"name 0\", ";
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains(" 90 more], shown: "), "{text}");
    }

    #[frame]
    fn huge(map: HashMap<u64, u64>, text: String, bytes: Vec<u8>) -> String {
        let shown = locals();
        drop((map, text, bytes));
        shown
    }

    #[test]
    fn the_work_is_bounded_too() {
        let sparse = {
            let mut map: HashMap<u64, u64> = HashMap::with_capacity(5_000_000);
            map.insert(1, 2);
            map
        };
        let (text, bytes) = ("x".repeat(50_000_000), vec![0; 50_000_000]);
        let start = std::time::Instant::now();
        let shown = huge(sparse, text, bytes);
        // Freeing them is most of it.
        assert!(start.elapsed().as_millis() < 500, "{:?}", start.elapsed());
        assert!(
            shown.contains("(50000000 bytes)") && shown.contains("49999990 more"),
            "{shown}"
        );
    }

    #[test]
    fn a_lock_that_is_held_is_not_waited_for() {
        #[frame]
        fn look(lock: &std::sync::Mutex<i32>, cell: &RefCell<i32>) -> String {
            let _held = (lock.lock().unwrap(), cell.borrow_mut());
            inner(lock, cell)
        }
        #[frame]
        fn inner(lock: &std::sync::Mutex<i32>, cell: &RefCell<i32>) -> String {
            let shown = locals();
            assert!(lock.try_lock().is_err() && cell.try_borrow().is_err());
            shown
        }
        let shown = look(&std::sync::Mutex::new(7), &RefCell::new(7));
        assert!(!shown.contains('7'), "{shown}");
    }
}

mod written_types {
    use super::*;
    use std::collections::BTreeMap;
    use std::net::Ipv4Addr;

    /// Nestings that are in no list of everyday types: where a type is written, it is enough that
    /// its parts are known.
    #[frame]
    fn nested(
        x: BTreeMap<Ipv4Addr, Vec<Option<(u8, String)>>>,
        y: &[Result<(bool, f32), Box<str>>],
    ) -> [String; 2] {
        let texts = [shown("x"), shown("y")];
        assert_eq!(texts[0], format!("{x:?}"));
        assert_eq!(texts[1], format!("{y:?}"));
        texts
    }

    #[test]
    fn arguments_show_any_nesting_of_known_types() {
        let x = BTreeMap::from([(Ipv4Addr::LOCALHOST, vec![Some((1, "a".to_owned())), None])]);
        nested(x, &[Ok((true, 1.5)), Err("no".into())]);
    }

    #[frame]
    fn plain(x: BTreeMap<i32, i32>, y: Box<Vec<i32>>) -> String {
        let shown = locals();
        drop((x, y));
        shown
    }

    #[test]
    fn arguments_show_everyday_nestings() {
        let shown = plain(BTreeMap::from([(1, 2)]), Box::new(vec![1]));
        assert_eq!(shown, "{x: {1: 2}, y: [1], shown: <not yet assigned>}");
    }

    #[frame]
    fn annotated_let() {
        let x: Vec<Option<(u8, f32)>> = vec![Some((1, 2.0)), None];
        assert_eq!(shown("x"), format!("{x:?}"));
    }

    #[test]
    fn a_let_with_its_type_written_shows_any_nesting_too() {
        annotated_let();
    }
}

mod own_types {
    use super::*;

    #[derive(Clone, Debug, Inspect)]
    struct Point {
        x: i32,
        y: f64,
    }

    #[derive(Clone, Debug, Inspect)]
    enum Shape {
        Empty,
        Circle(Point, u32),
        Named { name: String, corners: Vec<Point> },
    }

    #[derive(Clone, Debug, Inspect)]
    struct Generic<T>(T, Option<T>);

    #[frame]
    fn arguments(point: Point, shape: &Shape, shapes: &[Shape], generic: Generic<u8>) -> String {
        assert_eq!(shown("point"), format!("{point:?}"));
        assert_eq!(shown("shape"), format!("{shape:?}"));
        assert_eq!(shown("shapes"), format!("{shapes:?}"));
        assert_eq!(shown("generic"), format!("{generic:?}"));
        locals()
    }

    #[test]
    fn a_type_that_derives_inspect_shows_its_fields() {
        let point = Point { x: 1, y: 2.0 };
        let shapes = [
            Shape::Empty,
            Shape::Circle(point.clone(), 3),
            Shape::Named {
                name: "a".to_owned(),
                corners: vec![point.clone()],
            },
        ];
        for shape in &shapes {
            arguments(point.clone(), shape, &shapes, Generic(1, None));
        }
    }

    impl Point {
        #[frame]
        fn method(&self, by: i32) -> String {
            assert_eq!(shown("self"), format!("{self:?}"));
            let moved = self.x + by;
            assert_eq!(shown("moved"), moved.to_string());
            locals()
        }

        #[frame]
        fn changes(&mut self, by: i32) -> [String; 2] {
            let before = shown("self");
            self.x += by;
            [before, shown("self")]
        }
    }

    #[test]
    fn a_method_shows_self() {
        let point = Point { x: 1, y: 2.0 };
        assert!(
            point
                .method(2)
                .starts_with("{self: Point { x: 1, y: 2.0 }, by: 2, moved: 3"),
            "{}",
            point.method(2)
        );
    }

    #[test]
    fn a_self_that_changed_says_since_when_it_is_not_certain() {
        let [before, after] = Point { x: 1, y: 2.0 }.changes(2);
        assert_eq!(before, "Point { x: 1, y: 2.0 }");
        assert!(
            after == "Point { x: 3, y: 2.0 }"
                || after.starts_with("Point { x: 1, y: 2.0 } (as of line "),
            "{after}"
        );
    }

    struct Unknown;

    #[frame]
    fn unknown(x: Unknown, y: &[Unknown]) -> String {
        let shown = locals();
        drop((x, y));
        shown
    }

    #[test]
    fn any_other_type_shows_its_name() {
        assert_eq!(
            unknown(Unknown, &[]),
            "{x: <opaque Unknown>, y: <opaque &[Unknown]>, shown: <not yet assigned>}"
        );
    }
}

mod variables {
    use super::*;

    #[frame]
    fn unreached(s: &str) -> String {
        let first = locals();
        let value = s.len();
        assert_eq!((shown("value"), value), ("3".to_owned(), 3));
        first
    }

    #[test]
    fn what_is_not_reached_is_not_yet_assigned() {
        let not = "<not yet assigned>";
        assert_eq!(
            unreached("abc"),
            format!("{{s: \"abc\", first: {not}, value: {not}}}")
        );
    }

    #[frame]
    fn late(flag: bool) -> [String; 2] {
        let value: i32;
        let before = shown("value");
        if flag {
            value = 1;
        } else {
            value = 2;
        }
        assert!(value > 0);
        [before, shown("value")]
    }

    #[test]
    fn a_declaration_without_a_value_is_not_yet_assigned() {
        let [before, after] = late(true);
        assert_eq!(before, "<not yet assigned>");
        assert!(
            after == "1" || after == "<omitted: not captured>" || after == "<not yet assigned>",
            "{after}"
        );
    }

    #[frame]
    fn shadows(x: i32) -> Vec<String> {
        let mut seen = vec![shown("x")];
        let x = x + 1;
        seen.push(shown("x"));
        {
            let x = format!("inner {x}");
            seen.push(shown("x"));
            if let Some(x) = x.strip_prefix("inner") {
                let x = x.trim().parse::<f64>();
                seen.push(shown("x"));
                assert!(x.is_ok());
            }
            seen.push(shown("x"));
            assert_eq!(x, "inner 2");
        }
        seen.push(shown("x"));
        for x in [true] {
            seen.push(shown("x"));
            assert!(x);
        }
        match x {
            x if x > 100 => unreachable!(),
            x => {
                let x = x as u8 as char;
                seen.push(shown("x"));
                assert_eq!(x, '\u{2}');
            }
        }
        seen.push(shown("x"));
        seen
    }

    #[test]
    fn a_shadowed_variable_comes_back_when_the_scope_ends() {
        assert_eq!(
            shadows(1),
            [
                "1",
                "2",
                "\"inner 2\"",
                "Ok(2.0)",
                "\"inner 2\"",
                "2",
                "true",
                "'\\u{2}'",
                "2"
            ]
        );
    }

    #[frame]
    fn scopes(flag: bool) -> Vec<[bool; 3]> {
        let mut seen = Vec::new();
        if flag {
            let inside = 1;
            seen.push(visible());
            assert_eq!(inside, 1);
        } else {
            let other = 2;
            seen.push(visible());
            assert_eq!(other, 2);
        }
        for round in 0..1 {
            seen.push(visible());
            assert_eq!(round, 0);
        }
        seen.push(visible());
        seen
    }

    fn visible() -> [bool; 3] {
        ["inside", "other", "round"]
            .map(|name| currentframe().unwrap().locals().get(name).is_some())
    }

    #[test]
    fn what_is_out_of_scope_is_not_shown() {
        assert_eq!(
            scopes(true),
            [[true, false, false], [false, false, true], [false; 3]]
        );
        assert_eq!(scopes(false)[0], [false, true, false]);
    }

    #[frame]
    fn patterns(
        pair: (i32, &str),
        (a, b): (u8, u8),
        [first, .., last]: [i32; 4],
        opt: Option<&(i32, char)>,
    ) -> String {
        let (n, text) = pair;
        let Some(&(code, letter)) = opt else {
            return locals();
        };
        let list @ [head, _] = [n, code];
        let shown = locals();
        let _all = (a, b, first, last, n, text, code, letter, list, head);
        shown
    }

    #[test]
    fn all_names_of_a_pattern_are_shown() {
        let text = patterns((1, "x"), (2, 3), [4, 5, 6, 7], Some(&(8, 'y')));
        for expected in [
            "pair: (1, \"x\")",
            "a: 2",
            "b: 3",
            "first: 4",
            "last: 7",
            "n: 1",
            "text: \"x\"",
            "code: 8",
            "letter: 'y'",
            "list: [1, 8]",
            "head: 1",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        let text = patterns((1, "x"), (2, 3), [4, 5, 6, 7], None);
        assert!(
            text.contains("opt: ") && !text.contains("code: 8"),
            "{text}"
        );
    }

    #[allow(unused_variables, reason = "that is what is tested")]
    #[frame]
    fn unused(number: i32, text: &str, list: &[u8]) -> String {
        let literal = 42;
        let sum = literal_plus(1);
        let negative = -1.5;
        locals()
    }

    fn literal_plus(n: i32) -> i32 {
        n + 42
    }

    #[test]
    fn what_nothing_else_mentions_is_shown_all_the_same() {
        let text = unused(7, "abc", &[1, 2]);
        for expected in [
            "number: 7",
            "text: \"abc\"",
            "list: [1, 2]",
            "literal: 42",
            "negative: -1.5",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        // A call may return a reference to a temporary or never: its value is named, not captured.
        assert!(
            text.contains("sum: 43") || text.contains("sum: <omitted: not captured>"),
            "{text}"
        );
    }

    #[frame]
    fn many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8) -> String {
        let (k, l, m, n, o, p, q, r, s, t) = (
            a + 10,
            b + 10,
            c + 10,
            d + 10,
            e + 10,
            f + 10,
            g + 10,
            h + 10,
            i + 10,
            j + 10,
        );
        let shown = locals();
        let _used = [k, l, m, n, o, p, q, r, s, t];
        shown
    }

    #[test]
    fn many_variables_all_have_their_values() {
        let text = many(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (value, name) in ('a'..='t').enumerate() {
            assert!(
                text.contains(&format!("{name}: {value}")),
                "{name} in {text}"
            );
        }
    }
}

mod changes {
    use super::*;

    /// The value, if it is said to be current; otherwise what it was, and that it may have changed.
    fn current(text: &str) -> Result<&str, &str> {
        text.split_once(" (as of line ")
            .map_or(Ok(text), |(old, _)| Err(old))
    }

    #[frame]
    fn pushes() -> Vec<String> {
        let mut seen = Vec::new();
        let mut v = Vec::new();
        v.push(1);
        look(&v, &mut seen);
        v.push(2);
        look(&v, &mut seen);
        v.clear();
        v.push(seen.len());
        look(&v, &mut seen);
        seen
    }

    fn look(_: &[usize], seen: &mut Vec<String>) {
        seen.push(shown("v"));
    }

    #[test]
    fn a_change_shows_at_the_next_use() {
        assert_eq!(pushes(), ["[1]", "[1, 2]", "[2]"]);
    }

    #[frame]
    fn counts(n: i32) -> Vec<String> {
        let mut seen = Vec::new();
        let mut total = 0;
        for i in 0..n {
            total += i;
            seen.push(shown("total"));
        }
        total *= 2;
        seen.push(shown("total"));
        assert_eq!(total, 6);
        seen
    }

    #[test]
    fn a_value_that_may_have_changed_is_never_said_to_be_current() {
        let seen = counts(3);
        for (text, real) in seen.iter().zip(["0", "1", "3", "6"]) {
            match current(text) {
                Ok(value) => assert_eq!(value, real),
                Err(old) => assert!(["0", "1", "3"].contains(&old), "{text}"),
            }
        }
    }

    #[frame]
    fn behind_a_reference(list: &mut Vec<i32>, n: &mut i32) -> Vec<String> {
        let mut seen = vec![locals()];
        list.push(2);
        *n += 1;
        seen.push(locals());
        assert_eq!((list.len(), *n), (2, 8));
        seen
    }

    #[test]
    fn what_a_mutable_reference_leads_to_may_have_changed() {
        let seen = behind_a_reference(&mut vec![1], &mut 7);
        assert!(seen[0].starts_with("{list: [1], n: 7"), "{}", seen[0]);
        let fresh = |new: &str, old: &str| {
            seen[1].contains(new) || seen[1].contains(&format!("{old} (as of line "))
        };
        assert!(
            fresh("list: [1, 2]", "list: [1]") && fresh("n: 8", "n: 7"),
            "{}",
            seen[1]
        );
    }

    #[frame]
    fn moves(text: String) -> [String; 2] {
        let before = shown("text");
        let taken = text;
        assert_eq!(taken, "abc");
        [before, shown("text")]
    }

    #[test]
    fn a_value_that_was_moved_is_what_it_was() {
        let [before, after] = moves("abc".to_owned());
        assert_eq!(before, "\"abc\"");
        assert!(after == "\"abc\"" || after == "<moved?>", "{after}");
    }

    #[frame]
    fn loops(n: usize) -> Vec<String> {
        let mut seen = Vec::new();
        let mut text = String::new();
        while text.len() < n {
            text.push('x');
            keep(&text, &mut seen);
        }
        seen
    }

    fn keep(_: &str, seen: &mut Vec<String>) {
        seen.push(shown("text"));
    }

    #[test]
    fn a_text_that_grows_in_a_loop_is_shown_in_each_round() {
        let expected: Vec<String> = (1..=40).map(|n| format!("{:?}", "x".repeat(n))).collect();
        assert_eq!(loops(40), expected);
    }

    /// Long enough to be given new room several times; the frames above keep theirs. (Not so often
    /// that an unoptimised build would copy only now and then.)
    #[test]
    fn values_that_outgrow_their_room_do_not_meet_others() {
        #[frame]
        fn outer() {
            let (mut a, mut b) = (String::new(), String::new());
            for round in 0..90 {
                a.push_str("aaa");
                b.push_str("bbb");
                look_at_both(&a, &b);
                assert_eq!(inner(&a, round), a.len());
            }
        }
        fn look_at_both(a: &str, b: &str) {
            let starts = |name: &str, text: &str| {
                let shown = shown(name);
                assert!(
                    shown.starts_with(
                        &format!("{:?}", text)
                            .trim_end_matches('"')
                            .chars()
                            .take(81)
                            .collect::<String>()
                    ),
                    "{shown}"
                );
            };
            starts("a", a);
            if let Ok(text) = current(&shown("b")) {
                assert!(text.starts_with("\"b"), "{text} beside {b}");
            }
        }
        #[frame]
        fn inner(text: &str, round: usize) -> usize {
            let upper = text.to_uppercase();
            let shown = shown("upper");
            assert!(shown.starts_with("\"A"), "{shown} in round {round}");
            upper.len()
        }
        outer();
    }
}

mod secrets {
    use super::*;

    #[frame]
    #[allow(non_snake_case)]
    fn log_in(user: &str, password: &str, api_key: u64, sessionToken: String) -> String {
        let secret = password.len();
        let shown = locals();
        assert!(!user.is_empty() && secret > 0 && api_key > 0 && !sessionToken.is_empty());
        shown
    }

    #[test]
    fn a_variable_with_a_secrets_name_is_redacted() {
        assert_eq!(
            log_in("ann", "hunter2", 123, "abc".to_owned()),
            "{user: \"ann\", password: <redacted>, api_key: <redacted>, \
             sessionToken: <redacted>, secret: <redacted>, \
             shown: <not yet assigned>}"
        );
    }

    #[frame(redact(pin), show(tokens))]
    fn options(pin: u32, tokens: usize) -> String {
        let shown = locals();
        assert!(pin > 0 && tokens > 0);
        shown
    }

    #[test]
    fn the_attribute_redacts_more_and_shows_what_is_no_secret() {
        assert_eq!(
            options(1234, 3),
            "{pin: <redacted>, tokens: 3, shown: <not yet assigned>}"
        );
    }

    #[derive(Inspect)]
    struct Account {
        name: &'static str,
        password: &'static str,
        #[inspect(redact)]
        balance: i32,
    }

    #[frame]
    fn account(account: &Account) -> String {
        let shown = shown("account");
        assert!(!account.name.is_empty() && !account.password.is_empty() && account.balance > 0);
        shown
    }

    #[test]
    fn a_field_with_a_secrets_name_is_redacted() {
        let account_text = account(&Account {
            name: "ann",
            password: "hunter2",
            balance: 5,
        });
        assert_eq!(
            account_text,
            r#"Account { name: "ann", password: <redacted>, balance: <redacted> }"#
        );
    }
}

mod options {
    use super::*;

    #[frame(skip(big, made))]
    fn skips(big: &str, small: i32) -> String {
        let made = big.len();
        let shown = locals();
        assert!(made > 0 && small > 0);
        shown
    }

    #[frame(only(small))]
    fn only(big: &str, small: i32) -> String {
        let shown = locals();
        assert!(!big.is_empty() && small > 0);
        shown
    }

    #[frame(skip_all)]
    fn skips_all(big: &str) -> String {
        let shown = locals();
        assert!(!big.is_empty());
        shown
    }

    #[frame(capture = "none")]
    fn none(big: &str) -> String {
        let made = big.len();
        let shown = locals();
        assert!(made > 0);
        shown
    }

    #[test]
    fn what_is_skipped_is_not_there() {
        let shown = "shown: <not yet assigned>";
        assert_eq!(skips("abc", 1), format!("{{small: 1, {shown}}}"));
        assert_eq!(only("abc", 1), "{small: 1}");
        assert_eq!(skips_all("abc"), "{}");
        assert_eq!(none("abc"), "{}");
    }

    struct Machine(u32);

    #[frame(skip(data), capture = "cheap")]
    impl Machine {
        fn feed(&self, data: &str) -> String {
            let shown = shown("data");
            assert!(!data.is_empty() && self.0 > 0);
            shown
        }

        #[frame(only(data))]
        fn eat(&self, data: &str) -> String {
            let shown = shown("data");
            assert!(!data.is_empty() && self.0 > 0);
            shown
        }

        #[frame(skip)]
        fn unseen(&self) -> bool {
            currentframe().is_none()
        }
    }

    #[test]
    fn a_functions_own_options_win_over_those_of_its_impl() {
        let machine = Machine(1);
        assert_eq!(machine.feed("abc"), "(no such variable)");
        assert!(machine.unseen());
        let eaten = machine.eat("abc");
        assert_eq!(eaten, "\"abc\"");
    }

    #[frame]
    fn with_unsafe(n: i32, text: &str) -> String {
        // SAFETY: a reference is valid to read.
        let copy = unsafe { *std::ptr::from_ref(&n) };
        let shown = locals();
        assert!(copy == n && !text.is_empty());
        shown
    }

    #[test]
    fn next_to_unsafe_code_only_scalars_are_read() {
        assert_eq!(
            with_unsafe(3, "abc"),
            "{n: 3, text: <opaque &str>, copy: 3, shown: <not yet assigned>}"
        );
    }
}

mod full {
    use super::*;

    #[derive(Debug)]
    #[allow(dead_code, reason = "read by `Debug`")]
    struct Plain {
        id: u32,
        tags: Vec<&'static str>,
    }

    #[frame(capture = "full")]
    fn debugged(x: Plain, y: &Plain) -> String {
        let shown = locals();
        drop((x, y));
        shown
    }

    #[test]
    fn with_capture_full_an_argument_shows_its_debug() {
        let plain = || Plain {
            id: 7,
            tags: vec!["a"],
        };
        let text = debugged(plain(), &plain());
        let expected = format!("{:?}", plain());
        assert_eq!(
            text,
            format!("{{x: {expected}, y: {expected}, shown: <not yet assigned>}}")
        );
    }
}
