//! `#[log_calls]`: what each kind of function, argument, result and way out looks like in the log.

#![cfg(not(feature = "off"))]

use stacklens::log_calls::{Event, Outcome, Sink};
use stacklens::{Inspect, log_calls};
use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// Lines of each thread, so that tests may run side by side.
struct PerThread;

thread_local! {
    static LINES: RefCell<String> = const { RefCell::new(String::new()) };
    static OUTCOMES: RefCell<Vec<Outcome>> = const { RefCell::new(Vec::new()) };
}

impl Sink for PerThread {
    fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
        LINES.with_borrow_mut(|lines| lines.push_str(event.line()));
        OUTCOMES.with_borrow_mut(|outcomes| outcomes.extend(event.outcome()));
        Ok(())
    }
}

/// What `body` logs.
fn logged<R>(body: impl FnOnce() -> R) -> String {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| stacklens::log_calls::set_sink(PerThread));
    LINES.take();
    OUTCOMES.take();
    let result = catch_unwind(AssertUnwindSafe(body));
    drop(result);
    LINES.take()
}

/// The way in which the calls ended.
fn outcomes() -> Vec<Outcome> {
    OUTCOMES.take()
}

#[track_caller]
fn assert_log<R>(body: impl FnOnce() -> R, expected: &str) {
    assert_eq!(logged(body), expected);
}

#[log_calls]
fn factorial(n: u64) -> u64 {
    if n <= 1 {
        return 1;
    }
    n * factorial(n - 1)
}

#[test]
fn the_lessons_log() {
    assert_log(
        || factorial(4),
        "\
→ factorial(4)
  → factorial(3)
    → factorial(2)
      → factorial(1)
      ← factorial(1) = 1
    ← factorial(2) = 2
  ← factorial(3) = 6
← factorial(4) = 24
",
    );
}

#[derive(Debug)]
struct Point(i32, i32);

struct Silent;

#[derive(Inspect)]
struct Login {
    user: String,
    password: String,
}

#[test]
fn arguments_are_shown_by_the_best_that_their_type_offers() {
    #[log_calls]
    fn show(
        point: Point,
        silent: &Silent,
        login: &Login,
        list: &[u8],
        text: &str,
        c: char,
        f: f64,
    ) {
        let _ = (
            point.0 + point.1,
            silent,
            &login.user,
            &login.password,
            list,
            text,
            c,
            f,
        );
    }
    let login = Login {
        user: "ann".into(),
        password: "hunter2".into(),
    };
    assert_log(
        || show(Point(1, 2), &Silent, &login, &[1, 2], "a \"b\"", 'x', 0.5),
        "→ show(Point(1, 2), <&Silent>, Login { user: \"ann\", password: <redacted> }, [1, 2], \"a \\\"b\\\"\", 'x', 0.5)\n\
         ← show(Point(1, 2), <&Silent>, Login { user: \"ann\", password: <redacted> }, [1, 2], \"a \\\"b\\\"\", 'x', 0.5)\n",
    );
}

#[test]
fn secrets_are_never_shown() {
    #[log_calls(redact(n))]
    fn login(password: &str, n: u32) -> String {
        format!("{password}{n}")
    }
    #[log_calls]
    fn next_token(text: &str) -> String {
        text.to_owned()
    }
    #[log_calls(show(result))]
    fn api_key(text: &str) -> String {
        text.to_owned()
    }
    #[log_calls(redact(result))]
    fn plain(text: &str) -> String {
        text.to_owned()
    }
    assert_log(
        || (login("x", 3), next_token("a"), api_key("b"), plain("c")),
        "→ login(<redacted>, <redacted>)\n← login(<redacted>, <redacted>) = \"x3\"\n\
         → next_token(\"a\")\n← next_token(\"a\") = <redacted>\n\
         → api_key(\"b\")\n← api_key(\"b\") = \"b\"\n\
         → plain(\"c\")\n← plain(\"c\") = <redacted>\n",
    );
}

#[test]
fn what_is_returned_is_shown_whatever_it_is() {
    #[log_calls]
    fn debug(a: i32) -> Point {
        Point(a, 1)
    }
    #[log_calls]
    fn opaque(_a: i32) -> Silent {
        Silent
    }
    #[log_calls]
    fn borrowed<'a>(text: &'a str, list: &'a mut Vec<u8>) -> &'a mut u8 {
        list.push(text.len() as u8);
        list.last_mut().unwrap()
    }
    #[log_calls]
    fn unnamed(n: u32) -> impl Iterator<Item = u32> {
        (0..n).map(|i| i + 1)
    }
    #[log_calls]
    fn closure(n: u32) -> impl Fn(u32) -> u32 {
        move |m| n + m
    }
    #[log_calls]
    fn higher(n: usize) -> impl Fn(&str) -> &str {
        move |text| &text[n..]
    }
    #[log_calls]
    fn boxed(n: u32) -> Box<dyn Fn(u32) -> u32> {
        Box::new(move |m| n + m)
    }
    #[log_calls]
    fn dynamic(n: u32) -> Box<dyn fmt::Debug> {
        Box::new(n)
    }
    #[log_calls]
    fn unit(n: u32) {
        let _ = n;
    }
    #[log_calls]
    fn macro_tail(n: u32) -> String {
        format!("{n}")
    }
    #[log_calls]
    fn generic<T: fmt::Debug>(value: T) -> T {
        value
    }
    #[log_calls]
    fn unbounded<T>(value: T) -> T {
        value
    }
    assert_log(
        || {
            debug(1);
            opaque(1);
            borrowed("abc", &mut vec![]);
            assert_eq!(unnamed(3).count(), 3);
            closure(1)(2);
            higher(1)("ab");
            boxed(1)(2);
            dynamic(1);
            unit(1);
            macro_tail(7);
            generic(Point(1, 2));
            unbounded(Point(1, 2));
        },
        "→ debug(1)\n← debug(1) = Point(1, 1)\n\
         → opaque(1)\n← opaque(1) = <Silent>\n\
         → borrowed(\"abc\", [])\n← borrowed(\"abc\", []) = 3\n\
         → unnamed(3)\n← unnamed(3) = <Map<Range<u32>, unnamed::{{closure}}>>\n\
         → closure(1)\n← closure(1) = <closure>\n\
         → higher(1)\n← higher(1) = <closure>\n\
         → boxed(1)\n← boxed(1) = <Box<dyn Fn(u32) -> u32>>\n\
         → dynamic(1)\n← dynamic(1) = <Box<dyn Debug>>\n\
         → unit(1)\n← unit(1)\n\
         → macro_tail(7)\n← macro_tail(7) = \"7\"\n\
         → generic(Point(1, 2))\n← generic(Point(1, 2)) = Point(1, 2)\n\
         → unbounded(<Point>)\n← unbounded(<Point>) = <Point>\n",
    );
}

#[test]
fn functions_with_unsafe_show_scalars_and_types() {
    #[log_calls]
    fn first(list: &[u8]) -> u8 {
        // SAFETY: the callers pass some.
        unsafe { *list.get_unchecked(0) }
    }
    #[log_calls]
    fn copy(text: &str) -> String {
        // SAFETY: the bytes of a text.
        unsafe { String::from_utf8_unchecked(text.as_bytes().to_vec()) }
    }
    assert_log(
        || (first(&[7]), copy("a")),
        "→ first(<&[u8]>)\n← first(<&[u8]>) = 7\n→ copy(<&str>)\n← copy(<&str>) = <String>\n",
    );
}

#[derive(Debug)]
struct Bad;

#[test]
fn a_failure_is_told_apart_from_success() {
    #[log_calls]
    fn check(n: i32) -> Result<Point, Silent> {
        if n < 0 { Err(Silent) } else { Ok(Point(n, n)) }
    }
    #[log_calls]
    fn parse(text: &str) -> Result<i32, std::num::ParseIntError> {
        let n: i32 = text.parse()?;
        Ok(n)
    }
    #[log_calls]
    fn find(list: &[i32], n: i32) -> Option<usize> {
        list.iter().position(|m| *m == n)
    }
    #[log_calls]
    fn through(text: &str) -> Result<i32, Box<dyn std::error::Error>> {
        let n = parse(text)?;
        Ok(n + 1)
    }
    #[log_calls]
    fn question(a: Option<i32>) -> Option<i32> {
        Some(a? + 1)
    }
    #[log_calls]
    fn debug() -> Result<u8, Bad> {
        Err(Bad)
    }
    assert_log(
        || {
            drop((check(1), check(-1)));
            drop((through("1"), through("x")));
            (
                find(&[5], 5),
                find(&[5], 6),
                question(None),
                debug().is_ok(),
            )
        },
        "→ check(1)\n← check(1) = Ok(<Point>)\n\
         → check(-1)\n✗ check(-1) = Err(<Silent>)\n\
         → through(\"1\")\n  → parse(\"1\")\n  ← parse(\"1\") = Ok(1)\n← through(\"1\") = Ok(2)\n\
         → through(\"x\")\n  → parse(\"x\")\n  ✗ parse(\"x\") = Err(ParseIntError { kind: InvalidDigit })\n\
         ✗ through(\"x\") = Err(ParseIntError { kind: InvalidDigit })\n\
         → find([5], 5)\n← find([5], 5) = Some(0)\n\
         → find([5], 6)\n∅ find([5], 6) = None\n\
         → question(None)\n∅ question(None) = None\n\
         → debug()\n✗ debug() = Err(Bad)\n",
    );
    let expected = [
        Outcome::Value,
        Outcome::Err,
        Outcome::Value,
        Outcome::Value,
        Outcome::Err,
        Outcome::Err,
        Outcome::Value,
        Outcome::None,
        Outcome::None,
        Outcome::Err,
    ];
    assert_eq!(outcomes(), expected);
}

#[test]
fn a_panic_closes_each_line_with_its_message() {
    #[log_calls]
    fn inner(n: u32) -> u32 {
        assert!(n > 5, "{n} is too small\nand more");
        n
    }
    #[log_calls]
    fn outer(n: u32) -> u32 {
        inner(n) + 1
    }
    #[log_calls]
    fn never(n: u32) -> ! {
        std::panic::resume_unwind(Box::new(n))
    }
    assert_log(
        || outer(3),
        "→ outer(3)\n  → inner(3)\n  ↯ inner(3) panicked: 3 is too small\n↯ outer(3) panicked: 3 is too small\n",
    );
    // No hook is told of this one: the message of the one before is not its own.
    assert_log(|| never(1), "→ never(1)\n↯ never(1) panicked\n");
    assert_eq!(outcomes(), [Outcome::Panic]);
}

#[test]
fn a_return_that_a_macro_hides_is_said_to_be_one() {
    macro_rules! leave {
        ($value:expr) => {
            return $value
        };
    }
    #[log_calls]
    fn hidden(n: u32) -> u32 {
        if n > 1 {
            leave!(7);
        }
        n
    }
    assert_log(|| hidden(2), "→ hidden(2)\n← hidden(2) = <returned>\n");
    assert_eq!(outcomes(), [Outcome::Left]);
}

#[test]
fn a_value_is_as_it_was_when_the_call_began() {
    #[log_calls]
    fn count(mut n: u32, list: &mut Vec<u32>) -> u32 {
        while n > 0 {
            list.push(n);
            n -= 1;
        }
        n
    }
    assert_log(
        || count(2, &mut vec![9]),
        "→ count(2, [9])\n← count(2, [9]) = 0\n",
    );
}

struct Counter {
    n: u32,
}

#[log_calls]
impl Counter {
    fn new(n: u32) -> Counter {
        Counter { n }
    }

    fn add(&mut self, m: u32) -> u32 {
        self.n += m;
        self.n
    }

    #[log_calls(receiver, names)]
    fn sum(&self, other: u32) -> u32 {
        self.n + other
    }

    #[frame]
    fn only_a_frame(&self) -> usize {
        stacklens::depth()
    }

    #[log_calls(skip)]
    fn untouched(&self) -> usize {
        stacklens::depth()
    }
}

trait Shape {
    fn area(&self) -> f64;
}

trait Named {
    #[log_calls(receiver)]
    fn named(&mut self, n: u8) -> u8 {
        let _ = &self;
        n
    }
}

impl Named for str {}

#[log_calls]
impl Shape for Counter {
    fn area(&self) -> f64 {
        f64::from(self.n)
    }
}

struct Single;

impl Single {
    #[log_calls]
    fn method(&self, n: u8) -> u8 {
        let Single = self;
        n
    }
}

#[test]
fn methods_are_named_by_their_type() {
    assert_log(
        || {
            let mut counter = Counter::new(1);
            counter.add(2);
            counter.sum(4);
            assert_eq!((counter.only_a_frame(), counter.untouched()), (1, 0));
            counter.area();
            Single.method(3)
        },
        "→ Counter::new(1)\n← Counter::new(1) = <Counter>\n\
         → Counter::add(2)\n← Counter::add(2) = 3\n\
         → Counter::sum(self=<Counter>, other=4)\n← Counter::sum(self=<Counter>, other=4) = 7\n\
         → Counter::area()\n← Counter::area() = 3.0\n\
         → Single::method(3)\n← Single::method(3) = 3\n",
    );
}

#[test]
fn a_default_method_is_for_types_without_a_size_too() {
    let text = &mut *"a".to_owned();
    assert_log(
        || text.named(1),
        "→ str::named(<str>, 1)\n← str::named(<str>, 1) = 1\n",
    );
}

#[log_calls(args = false)]
mod inside {
    pub fn one(_n: u32) -> u32 {
        two()
    }

    #[log_calls(result = false)]
    fn two() -> u32 {
        2
    }
}

#[test]
fn a_mod_is_logged_whole_and_inner_options_add_to_it() {
    assert_log(
        || inside::one(1),
        "→ one(..)\n  → two()\n  ← two()\n← one(..) = 2\n",
    );
}

#[test]
fn what_the_options_leave_out_is_marked() {
    #[log_calls(skip(body))]
    fn receive(from: &str, body: &[u8]) -> usize {
        from.len() + body.len()
    }
    #[log_calls]
    fn pattern((a, b): (i32, i32), _: u8) -> i32 {
        a + b
    }
    assert_log(
        || (receive("ann", b"hi"), pattern((1, 2), 3)),
        "→ receive(\"ann\", ..)\n← receive(\"ann\", ..) = 5\n\
         → pattern(1, 2)\n← pattern(1, 2) = 3\n",
    );
}

#[test]
fn a_condition_decides_call_by_call() {
    #[log_calls(if = n > 2)]
    fn count(n: u32) -> u32 {
        if n == 0 { 0 } else { count(n - 1) }
    }
    assert_log(
        || count(4),
        "→ count(4)\n  → count(3)\n  ← count(3) = 0\n← count(4) = 0\n",
    );
}

static OWN: PerThread = PerThread;

#[test]
fn a_function_may_have_a_sink_and_a_level_of_its_own() {
    #[log_calls(sink = crate::OWN, level = "error")]
    fn audited(n: u32) -> u32 {
        n
    }
    #[log_calls(level = "debug")]
    fn quiet(n: u32) -> u32 {
        n
    }
    assert_log(
        || (audited(1), quiet(2)),
        "→ audited(1)\n← audited(1) = 1\n",
    );
}

#[test]
fn locals_that_are_dropped_on_the_way_out_are_inside() {
    struct Noisy;
    impl Drop for Noisy {
        fn drop(&mut self) {
            cleanup();
        }
    }
    #[log_calls]
    fn cleanup() {}
    #[log_calls]
    fn work(n: u32) -> u32 {
        let _noisy = Noisy;
        n + 1
    }
    assert_log(
        || work(1),
        "→ work(1)\n  → cleanup()\n  ← cleanup()\n← work(1) = 2\n",
    );
}

#[test]
fn what_a_value_or_a_sink_calls_is_counted_and_not_logged() {
    #[log_calls]
    fn inside() -> &'static str {
        "Chatty"
    }
    struct Chatty;
    impl fmt::Debug for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(inside())
        }
    }
    #[log_calls]
    fn make() -> Chatty {
        Chatty
    }
    #[log_calls]
    fn take(chatty: &Chatty) {
        let _ = chatty;
    }
    let before = stacklens::log_calls::stats().suppressed;
    assert_log(make, "→ make()\n← make() = Chatty\n");
    assert_log(|| take(&Chatty), "→ take(Chatty)\n← take(Chatty)\n");
    assert!(stacklens::log_calls::stats().suppressed > before);
}

#[test]
fn a_debug_with_line_breaks_stays_on_its_line() {
    struct Lines;
    impl fmt::Debug for Lines {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a\nb")
        }
    }
    #[log_calls]
    fn make() -> Lines {
        Lines
    }
    assert_log(make, "→ make()\n← make() = a b\n");
}

#[test]
fn very_deep_lines_have_their_depth_as_a_number() {
    #[log_calls]
    fn down(n: u32) -> u32 {
        if n == 0 { 0 } else { down(n - 1) }
    }
    let lines = logged(|| down(102));
    let deepest = lines.lines().max_by_key(|line| line.len()).unwrap();
    assert!(
        lines.contains(&format!("\n{}[102] → down(0)\n", " ".repeat(200))),
        "{deepest}"
    );
    assert!(lines.contains(&format!("\n{}→ down(2)\n", " ".repeat(200))));
}

#[test]
fn hot_functions_are_logged_with_their_values_in_every_build() {
    #[log_calls]
    fn hot(n: u32, text: &str, point: &Point) -> usize {
        text.len() + n as usize + point.0 as usize
    }
    let lines = logged(|| {
        let sum: usize = (0..6000).map(|n| hot(n, "abc", &Point(1, 2))).sum();
        sum
    });
    let last: Vec<&str> = lines.lines().rev().take(2).collect();
    let call = "hot(5999, \"abc\", Point(1, 2))";
    assert_eq!(last, [format!("← {call} = 6003"), format!("→ {call}")]);
}

#[test]
fn a_block_may_be_logged() {
    let double = |n: u32| stacklens::framed!(log, "double", 2 * n);
    assert_log(|| double(4), "→ double()\n← double() = 8\n");
}

#[test]
fn recursion_that_is_refused_is_no_call() {
    #[log_calls(recursion_limit = 2, on_recursion = "error")]
    fn down(n: u32) -> Result<u32, stacklens::recursion::RecursionError> {
        down(n + 1)
    }
    let lines = logged(|| down(0));
    assert!(
        lines.starts_with("→ down(0)\n  → down(1)\n  ✗ down(1) = Err("),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 4);
}

#[cfg(feature = "grow")]
#[test]
fn what_goes_on_on_another_stack_is_logged() {
    #[log_calls(grow)]
    fn down(n: u32, point: Point) -> u32 {
        if n == 0 { 0 } else { down(n - 1, point) + 1 }
    }
    assert_log(
        || down(1, Point(1, 2)),
        "→ down(1, Point(1, 2))\n  → down(0, Point(1, 2))\n  ← down(0, Point(1, 2)) = 0\n← down(1, Point(1, 2)) = 1\n",
    );
}

#[test]
fn a_tail_that_only_returns_is_no_value() {
    #[deny(unreachable_code)]
    #[log_calls]
    #[allow(clippy::needless_return)]
    fn nearest(a: usize, b: usize) -> usize {
        if a == 0 || b > a {
            return b;
        } else {
            return a;
        }
    }
    assert_log(|| nearest(0, 2), "→ nearest(0, 2)\n← nearest(0, 2) = 2\n");
}
