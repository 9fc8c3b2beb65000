//! The pitfalls of attribute macros that other crates fell into, one test each, named after its
//! number in the list of 44 that this library was designed from. Each says whose issue it is about.
//!
//! Those that are tested elsewhere, or not at all:
//!
//! * 13 `const fn`, 28 a name in `skip(..)` that the function does not have, 32 a body that is half
//!   typed, 33 macro arguments of all wrong kinds: errors of the compiler, in `tests/ui`.
//! * 15 `async_trait`: `tests/neighbours.rs`, whose packages have it as a dependency.
//! * 43 minimal versions of `syn`: does not apply, the macros depend on nothing.
//!
//! 19 to 24, about lints, and 34, about the order of drops, are here with the functions that the
//! issues reported; `tests/lints.rs` and `tests/drop_order.rs` are about them at large.

#![allow(
    clippy::multiple_bound_locations,
    clippy::needless_lifetimes,
    dead_code,
    improper_ctypes_definitions
)] // the functions are odd on purpose
#![forbid(
    unsafe_op_in_unsafe_fn,
    unused_must_use,
    unreachable_code,
    unused_assignments,
    unused_braces
)]

use stacklens::{currentframe, depth, frame, stack};
use std::cell::RefCell;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// Polls until it is ready.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}

/// Is pending once.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut paused, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn here() -> &'static str {
    currentframe().map_or("", |frame| frame.name())
}

/// The value of a local of the innermost frame, as text.
fn local(name: &str) -> String {
    let frame = currentframe().expect("a frame");
    frame
        .locals()
        .get(name)
        .map_or_else(|| format!("no {name}"), |local| local.value().to_string())
}

/// tracing #1615: the body was quoted twice, so that its closures and statics were two.
#[test]
fn p01_the_body_is_there_once() {
    #[frame]
    fn counts() -> (usize, impl Fn() -> usize) {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let n = CALLS.fetch_add(1, Ordering::Relaxed);
        if n > 100 {
            return (0, wrap(move || 0));
        }
        (n, wrap(move || n))
    }

    fn wrap(f: impl Fn() -> usize + 'static) -> Box<dyn Fn() -> usize> {
        Box::new(f)
    }

    assert_eq!(counts().0, 0);
    let (n, f) = counts();
    assert_eq!((n, f()), (1, 1));
}

/// tracing #1227: `impl Trait` cannot be written as the type of a variable.
#[test]
fn p02_impl_trait_is_returned() {
    #[frame]
    fn plain(n: u8) -> impl Iterator<Item = u8> {
        let from = n / 2;
        from..n
    }

    #[frame]
    fn in_a_result(text: &str) -> Result<impl Display + use<>, std::num::ParseIntError> {
        let n: u8 = text.parse()?;
        Ok(n)
    }

    #[frame]
    async fn asynchronous(n: u8) -> impl Display {
        pause().await;
        n + 1
    }

    assert_eq!(plain(4).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(in_a_result("5").map(|n| n.to_string()), Ok("5".to_owned()));
    assert_eq!(block_on(asynchronous(1)).to_string(), "2");
}

/// tracing #1056, fastrace #130: an async block does not coerce its tail to the function's type.
#[test]
fn p03_values_coerce_to_dyn() {
    #[frame]
    async fn asynchronous(text: bool) -> Box<dyn Debug> {
        pause().await;
        if text {
            return Box::new("text");
        }
        Box::new(1)
    }

    #[frame]
    fn synchronous(text: bool) -> Result<Box<dyn Debug>, Box<dyn std::error::Error>> {
        if text {
            return Ok(Box::new("text"));
        }
        Err("no text".into())
    }

    assert_eq!(
        format!(
            "{:?} {:?}",
            block_on(asynchronous(true)),
            block_on(asynchronous(false))
        ),
        "\"text\" 1"
    );
    assert!(synchronous(true).is_ok() && synchronous(false).is_err());
}

/// tracing #768: type errors were reported at the attribute. No error of
/// `tests/ui/errors_in_the_body.rs` points there.
#[test]
fn p04_type_errors_are_at_the_users_tokens() {
    let source = include_str!("ui/errors_in_the_body.rs");
    let attributes: Vec<usize> = source
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("#["))
        .map(|(at, _)| at + 1)
        .collect();
    let errors = include_str!("ui/errors_in_the_body.stderr");
    let places = errors.lines().filter_map(|line| {
        line.trim()
            .strip_prefix("--> tests/ui/errors_in_the_body.rs:")
    });
    let lines: Vec<usize> = places
        .map(|place| place.split(':').next().unwrap().parse().unwrap())
        .collect();
    assert!(lines.len() >= 10);
    assert!(
        lines.iter().all(|line| !attributes.contains(line)),
        "{errors}"
    );
}

/// tracing #3306: a type in the body had the name of the return type.
#[test]
fn p05_the_body_may_shadow_the_return_type() {
    type Out = u8;

    #[frame]
    fn synchronous(x: Option<Out>) -> Option<Out> {
        type Out = String;
        let y: Out = x?.to_string();
        y.parse().ok()
    }

    #[frame]
    async fn asynchronous() -> Out {
        type Out = String;
        let y: Out = "7".to_owned();
        pause().await;
        y.parse().unwrap()
    }

    assert_eq!(
        (synchronous(Some(3)), block_on(asynchronous())),
        (Some(3), 7)
    );
}

/// tracing #2626, clippy #12291: the trick that pins the return type needed eight `#[allow]`s. This
/// file forbids some of what they allowed; an `#[allow]` in the output would be an error.
#[test]
fn p06_nothing_is_allowed_in_the_output() {
    #[frame]
    async fn never(stop: bool) -> ! {
        loop {
            pause().await;
            if stop {
                panic!("stopped");
            }
        }
    }

    #[frame]
    async fn tail_diverges() -> u8 {
        pause().await;
        panic!("stopped")
    }

    for run in [
        || -> u8 { block_on(never(true)) },
        || -> u8 { block_on(tail_diverges()) },
    ] {
        assert!(std::panic::catch_unwind(run).is_err());
        assert_eq!(depth(), 0);
    }
}

/// tracing #1167: `mut` arguments, and arguments used after the body was moved.
#[test]
fn p07_mutable_arguments() {
    #[frame]
    fn synchronous(mut n: u8, list: &mut Vec<u8>, mut text: String) -> (u8, String) {
        n += 1;
        list.push(n);
        text.push('!');
        (n, text)
    }

    #[frame]
    async fn asynchronous(mut n: u8, list: &mut Vec<u8>) -> u8 {
        n += 1;
        pause().await;
        list.push(n);
        n
    }

    let mut list = vec![];
    assert_eq!(
        synchronous(1, &mut list, "a".to_owned()),
        (2, "a!".to_owned())
    );
    assert_eq!(block_on(asynchronous(4, &mut list)), 5);
    assert_eq!(list, [2, 5]);
}

/// tracing #2796: as a closure, the body could not return what it borrows from an argument.
#[test]
fn p08_borrows_of_arguments_are_returned() {
    #[frame]
    fn last(list: &mut Vec<u8>) -> Option<&mut u8> {
        list.push(3);
        let last = list.last_mut()?;
        *last += 1;
        Some(last)
    }

    #[frame]
    async fn later<'a>(text: &'a mut String, _other: &str) -> &'a mut str {
        pause().await;
        text.push('b');
        &mut text[1..]
    }

    let mut list = vec![1];
    *last(&mut list).unwrap() += 1;
    assert_eq!(list, [1, 5]);
    block_on(later(&mut "a".to_owned(), "")).make_ascii_uppercase();
}

/// tracing #2717: an argument was reassigned to something that lives less long than the call.
#[test]
fn p09_arguments_are_reassigned() {
    #[frame]
    fn reassigns<'a>(mut text: &'a str, other: &'a str, mut n: usize) -> usize {
        if text.is_empty() {
            text = other;
            n += 1;
        }
        let owned = text.to_uppercase();
        let mut text = text;
        if n > 1 {
            text = &owned;
        }
        assert_eq!(local("text"), "\"AB\"");
        text.len() + n
    }

    assert_eq!(reassigns("", "ab", 1), 4);
}

/// A closure round the body lets `return` and `?` leave only the closure.
#[test]
fn p10_returns_leave_the_function() {
    #[frame]
    fn early(n: u8) -> Result<u8, String> {
        if n == 0 {
            return Ok(10);
        }
        let m = n.checked_sub(2).ok_or("small")?;
        for i in 0.. {
            if i == m {
                return Ok(i);
            }
        }
        unreachable!()
    }

    assert_eq!(
        (early(0), early(1), early(3)),
        (Ok(10), Err("small".to_owned()), Ok(1))
    );
    assert_eq!(depth(), 0);
}

/// tracing #2294: inner attributes of the body.
#[test]
fn p11_inner_attributes() {
    #[frame]
    fn synchronous() -> u8 {
        #![allow(unused_variables)]
        //! Said inside.
        let unused = 1;
        2
    }

    #[frame]
    async fn asynchronous() -> u8 {
        #![allow(unused_variables)]
        let unused = 1;
        pause().await;
        2
    }

    assert_eq!(synchronous() + block_on(asynchronous()), 4);
}

/// tracing #2864: the output said `unsafe async`.
#[test]
fn p12_async_unsafe() {
    /// # Safety
    /// Safe.
    #[frame]
    async unsafe fn both(x: u8) -> u8 {
        pause().await;
        x
    }

    // SAFETY: it asks for nothing.
    assert_eq!(block_on(unsafe { both(1) }), 1);
}

/// A signature put together anew loses what its author did not think of.
#[test]
fn p14_the_signature_is_kept() {
    #[frame]
    pub(crate) extern "C" fn foreign(x: i32) -> i32 {
        x + 1
    }

    #[frame]
    unsafe extern "system" fn with_all<'a, const N: usize, T: ?Sized>(
        x: &'a T,
        y: [u8; N],
    ) -> (&'a T, [u8; N])
    where
        T: Debug,
    {
        (x, y)
    }

    let f: extern "C" fn(i32) -> i32 = foreign;
    assert_eq!(f(1), 2);
    let g: for<'a> unsafe extern "system" fn(&'a str, [u8; 2]) -> (&'a str, [u8; 2]) =
        with_all::<2, str>;
    // SAFETY: it asks for nothing.
    assert_eq!(unsafe { g("a", [1, 2]) }, ("a", [1, 2]));
}

/// tracing #1296: what stood before `Box::pin(async move { .. })` was lost.
#[test]
fn p16_statements_before_a_boxed_future_run() {
    #[frame]
    fn boxed<'a>(log: &'a RefCell<Vec<&'static str>>) -> Pin<Box<dyn Future<Output = u8> + 'a>> {
        log.borrow_mut().push("call");
        let n = 3;
        Box::pin(async move {
            log.borrow_mut().push("poll");
            n
        })
    }

    let log = RefCell::default();
    let future = boxed(&log);
    assert_eq!(*log.borrow(), ["call"]);
    assert_eq!(block_on(future), 3);
    assert_eq!(*log.borrow(), ["call", "poll"]);
}

/// tracing #1863: a function that returns a future it did not write itself.
#[test]
fn p17_functions_that_return_futures() {
    struct Ready;

    impl Future for Ready {
        type Output = u8;

        #[frame]
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
            Poll::Ready(depth() as u8)
        }
    }

    #[frame]
    fn by_hand() -> Ready {
        Ready
    }

    #[frame]
    fn as_impl() -> impl Future<Output = u8> {
        by_hand()
    }

    assert_eq!(block_on(by_hand()), 1);
    assert_eq!(block_on(as_impl()), 1);
}

/// tracing #342: the future borrowed what it should own.
#[test]
fn p18_arguments_move_into_the_future() {
    #[frame]
    async fn owns(text: String, (a, _): (Vec<u8>, u8), _unused: String) -> usize {
        pause().await;
        text.len() + a.len()
    }

    fn is_static<F: Future + Send + 'static>(future: F) -> F {
        future
    }

    assert_eq!(
        block_on(is_static(owns(
            "ab".to_owned(),
            (vec![1], 2),
            String::new()
        ))),
        3
    );
}

/// tracing #1831: `unused_braces` (forbidden in this file).
#[test]
fn p19_braces_of_the_output_are_not_the_users() {
    #[frame]
    async fn asynchronous() -> u8 {
        1
    }

    #[frame]
    fn empty() {}

    empty();
    assert_eq!(block_on(asynchronous()), 1);
}

/// tracing #1613: `else` after what looked like a statement.
#[test]
fn p20_else_after_the_output() {
    #[frame]
    #[deny(clippy::suspicious_else_formatting)]
    async fn asynchronous(x: u8) -> u8 {
        if x > 1 {
            pause().await;
        } else if x > 0 {
            return 1;
        }
        2
    }

    assert_eq!(block_on(asynchronous(1)), 1);
}

/// tracing #843, #2609: lints of clippy that only look at units.
#[test]
fn p21_units() {
    #[frame]
    #[deny(
        clippy::unit_arg,
        clippy::let_unit_value,
        clippy::redundant_closure_call,
        clippy::needless_return
    )]
    #[deny(
        clippy::let_with_type_underscore,
        clippy::unused_unit,
        clippy::semicolon_if_nothing_returned
    )]
    fn unit(x: &mut u8) {
        *x += 1;
        if *x > 3 {
            return;
        }
        *x += 1;
    }

    let mut x = 1;
    unit(&mut x);
    assert_eq!(x, 3);
}

/// tracing #1366: an annotated function was never dead.
#[test]
fn p22_dead_functions_are_dead() {
    #[expect(dead_code)]
    #[frame]
    fn dead(x: u8) -> u8 {
        x
    }

    #[expect(dead_code)]
    #[frame]
    async fn dead_too() {}
}

/// tracing #2209: an annotated function's arguments were never unused.
#[test]
fn p23_unused_arguments_are_unused_and_shown() {
    #[frame]
    #[deny(unused_variables)]
    fn unused(#[expect(unused_variables)] x: u8, y: &str) -> usize {
        y.len()
    }

    #[frame]
    fn underscored(_x: u8) -> String {
        local("_x")
    }

    assert_eq!(unused(1, "a"), 1);
    assert_eq!(underscored(5), "5");
}

/// tracing #3597: clippy does not look into what a macro made.
#[test]
fn p24_lints_see_the_body() {
    #[frame]
    #[expect(clippy::needless_return, clippy::bool_comparison)]
    fn body(x: bool) -> u8 {
        if x == true {
            return 1;
        }
        return 2;
    }

    assert_eq!(body(true) + body(false), 3);
}

/// tracing #3119: modules, types and variants of the user's with the names that the output uses.
#[test]
fn p25_user_names_do_not_matter() {
    mod shadowing {
        pub mod stacklens {}
        pub mod std {}
        pub mod core {}
        #[derive(Debug, PartialEq)]
        pub struct Ok(pub u8);
        pub struct Option;
        pub struct Some;

        #[super::frame]
        pub fn f(_x: Option, _y: Some) -> Result<Ok, String> {
            let z = Result::<Ok, String>::Ok(Ok(1))?;
            Result::Ok(z)
        }
    }

    use shadowing::{Option, Some, f};
    assert_eq!(f(Option, Some), Ok(shadowing::Ok(1)));
}

/// tracing's destructuring tests: patterns as parameters.
#[test]
fn p26_names_in_patterns_are_shown() {
    struct Pair(u8, u8);

    #[frame]
    fn destructured(
        (a, b): (u8, &str),
        Pair(c, _): Pair,
        [d, ..]: [u8; 3],
        &mut e: &mut u8,
    ) -> String {
        let all = [local("a"), local("b"), local("c"), local("d"), local("e")].join(" ");
        assert_eq!(
            usize::from(a) + b.len() + usize::from(c + d + e),
            1 + 1 + 3 + 5 + 6
        );
        all
    }

    assert_eq!(
        destructured((1, "b"), Pair(3, 4), [5, 0, 0], &mut 6),
        "1 \"b\" 3 5 6"
    );
}

/// tracing #396: every argument had to be `Debug`.
#[test]
fn p27_nothing_has_to_be_debug() {
    struct Opaque;

    #[frame]
    fn takes<T>(x: T, y: &T, z: Opaque) -> (T, String) {
        let _also = (z, y);
        (x, format!("{} {}", local("x"), local("z")))
    }

    let (_, shown) = takes(Opaque, &Opaque, Opaque);
    assert_eq!(shown, "<opaque Opaque> <opaque Opaque>");
}

/// tracing #2925: fields called like keywords or like other fields.
#[test]
fn p29_names_may_be_keywords() {
    #[frame]
    fn keywords(r#type: u8, r#fn: &str, stacklens_frame: u8, meta: u8) -> String {
        let guard = r#fn.len() + usize::from(r#type + stacklens_frame + meta);
        let all = [
            local("type"),
            local("fn"),
            local("stacklens_frame"),
            local("meta"),
            local("guard"),
        ]
        .join(" ");
        assert_eq!(guard, 9);
        all
    }

    assert_eq!(keywords(1, "ab", 2, 4), "1 \"ab\" 2 4 9");
}

/// fastrace's trace-interleaved: attributes before, between and after, and no token changed.
#[test]
fn p30_attributes_between() {
    #[inline(never)]
    #[frame]
    /// Documented.
    #[must_use]
    #[frame(skip)]
    #[cold]
    fn interleaved(#[allow(unused_mut)] mut x: u8) -> u8 {
        x + depth() as u8
    }

    assert_eq!(interleaved(1), 2);
}

/// fastrace PR #105: the library under another path.
#[test]
fn p31_the_library_has_another_path() {
    mod inner {
        pub mod re_exported {
            pub use stacklens::*;
        }
    }

    #[inner::re_exported::frame(crate = inner::re_exported)]
    fn by_another_path(x: Option<u8>) -> Option<usize> {
        let y = x?;
        Some(depth() + usize::from(y))
    }

    assert_eq!(by_another_path(Some(1)), Some(2));
}

/// tracing #3066, rust #128662: a guard declared before the tail changes when temporaries of the
/// tail are dropped, or may not outlive them.
#[test]
fn p34_temporaries_of_the_tail() {
    #[frame]
    fn tail(cell: &RefCell<Vec<u8>>) -> usize {
        cell.borrow_mut().push(1);
        cell.borrow().len()
    }

    #[frame]
    fn tail_of_a_local() -> usize {
        let cell = RefCell::new(vec![1]);
        cell.borrow().len()
    }

    assert_eq!(tail(&RefCell::default()) + tail_of_a_local(), 2);
}

/// tracing #1487: something not `Send` was held across an await.
#[test]
fn p35_futures_are_send() {
    #[frame(capture = "full")]
    async fn sends(text: String, cell: std::cell::Cell<u8>) -> Result<u8, String> {
        let n = text.len() as u8;
        pause().await;
        let fails = |fail: bool| async move {
            if fail {
                Err("failed".to_owned())
            } else {
                Ok(1)
            }
        };
        let sum = n + fails(false).await? + fails(n > 100).await?;
        pause().await;
        cell.set(sum);
        Ok(cell.get())
    }

    let future = sends("ab".to_owned(), std::cell::Cell::new(0));
    let sum = std::thread::spawn(move || block_on(future)).join().unwrap();
    assert_eq!(sum, Ok(4));
}

/// tracing's span_on_drop: what is seen while a suspended future is dropped. It is not running
/// then, so that its frame is not on the stack; and the stack is as it was.
#[test]
fn p36_a_suspended_future_is_dropped() {
    struct Seen<'a>(&'a RefCell<Vec<String>>);

    impl Drop for Seen<'_> {
        fn drop(&mut self) {
            self.0.borrow_mut().push(format!("{} {}", here(), depth()));
        }
    }

    #[frame]
    async fn holds(seen: Seen<'_>) {
        pause().await;
        drop(seen);
    }

    #[frame]
    fn drops_it(seen: &RefCell<Vec<String>>) {
        let mut future = Box::pin(holds(Seen(seen)));
        assert!(
            future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        drop(future);
        block_on(holds(Seen(seen)));
    }

    let seen = RefCell::default();
    drops_it(&seen);
    assert_eq!(*seen.borrow(), ["drops_it 1", "holds 2"]);
    assert_eq!(depth(), 0);
}

/// tracing #358: the same span entered twice.
#[test]
fn p37_the_same_function_is_entered_again() {
    #[frame]
    fn recursive(n: u8) -> Vec<String> {
        if n == 0 {
            return stack()
                .iter()
                .map(|frame| frame.locals().get("n").unwrap().value().to_string())
                .collect();
        }
        recursive(n - 1)
    }

    assert_eq!(recursive(3), ["0", "1", "2", "3"]);
    assert_eq!(depth(), 0);
}

/// tracing's register_callsite_deadlock: what is captured is itself annotated, and looks at the
/// stack.
#[test]
fn p38_capture_re_enters() {
    #[derive(Clone)]
    struct Nosy(u8);

    impl stacklens::Inspect for Nosy {
        #[frame]
        fn inspect(&self, encoder: &mut stacklens::Encoder<'_>) {
            let copy = self.0;
            let _seen = stack().len() + usize::from(copy);
            copy.inspect(encoder);
        }
    }

    impl Debug for Nosy {
        #[frame(capture = "full")]
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let copy = self.clone();
            write!(f, "{} {}", copy.0, stack().len())
        }
    }

    #[frame(capture = "full")]
    fn shows(x: Nosy, list: Vec<Nosy>) -> usize {
        let y = x.clone();
        let before = depth();
        let _text = stack().to_string();
        assert_eq!(depth(), before);
        list.len() + usize::from(y.0)
    }

    assert_eq!(shows(Nosy(1), vec![Nosy(2)]), 2);
    assert_eq!(depth(), 0);
}

/// async-backtrace's tests poll-in-drop, reentrant, contention.
#[test]
fn p39_poll_in_drop_and_many_threads() {
    struct PollsInDrop;

    impl Drop for PollsInDrop {
        fn drop(&mut self) {
            assert_eq!(block_on(counts(2)), depth() + 1);
        }
    }

    #[frame]
    async fn counts(n: u8) -> usize {
        for _ in 0..n {
            pause().await;
        }
        assert_eq!(stack().len(), depth());
        depth()
    }

    #[frame]
    async fn holds(_polls: PollsInDrop) -> usize {
        let _local = PollsInDrop;
        pause().await;
        counts(3).await
    }

    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                for _ in 0..100 {
                    assert_eq!(block_on(holds(PollsInDrop)), 2);
                    assert_eq!(depth(), 0);
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

/// tracing #616, #3209: futures grew until the compiler gave up, or the program's stack. With the
/// default `recursion_limit`, which this crate has, the compiler takes 13 annotated async functions
/// that call each other without a `Box` between, 11 of tracing's, and 33 without an attribute: each
/// attribute makes a second future.
#[test]
fn p40_futures_stay_small() {
    macro_rules! chain {
        ($last:ident) => {
            #[frame]
            async fn $last(n: u64) -> u64 {
                pause().await;
                n
            }
        };
        ($first:ident $second:ident $($rest:ident)*) => {
            #[frame]
            async fn $first(n: u64) -> u64 {
                let m = $second(n + 1).await;
                m + n
            }

            chain!($second $($rest)*);
        };
    }

    chain!(a b c d e f g h i j k l m);

    async fn plain(first: String, second: String) -> usize {
        pause().await;
        first.len() + second.len()
    }

    #[frame]
    async fn framed(first: String, second: String) -> usize {
        pause().await;
        first.len() + second.len()
    }

    assert_eq!(block_on(a(0)), (0..13).sum::<u64>());
    let sizes = [
        size_of_val(&plain(String::new(), String::new())),
        size_of_val(&framed(String::new(), String::new())),
    ];
    assert!(sizes[1] <= 3 * sizes[0], "{sizes:?}");
    assert!(size_of_val(&a(0)) <= 13 * 128, "{}", size_of_val(&a(0)));
}

/// rust #87417: a closure round the body would lose `#[track_caller]`.
#[test]
fn p41_track_caller() {
    #[frame]
    #[track_caller]
    fn where_called() -> u32 {
        let caller = std::panic::Location::caller();
        caller.line()
    }

    #[track_caller]
    #[frame]
    fn through_another() -> u32 {
        where_called()
    }

    assert_eq!((where_called(), through_another()), (line!(), line!()));
}

/// wasmtime #9210: a guard was held across an await. Ours cannot be: it is on the stack of the
/// poll, and while the task waits, the thread's frames are those of whoever runs it.
#[test]
fn p42_no_guard_is_held_across_an_await() {
    #[frame]
    async fn waits(log: &RefCell<Vec<String>>) {
        log.borrow_mut().push(format!("{} {}", here(), depth()));
        pause().await;
        log.borrow_mut().push(format!("{} {}", here(), depth()));
    }

    #[frame]
    fn runs_two(log: &RefCell<Vec<String>>) {
        let (mut first, mut second) = (Box::pin(waits(log)), Box::pin(waits(log)));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..2 {
            let _ = first.as_mut().poll(&mut context);
            log.borrow_mut().push(format!("{} {}", here(), depth()));
            let _ = second.as_mut().poll(&mut context);
        }
    }

    let log = RefCell::default();
    runs_two(&log);
    let round = ["waits 2", "runs_two 1", "waits 2"];
    assert_eq!(*log.borrow(), [round, round].concat());
}

/// tracing #3469: each wrapper was a native frame more. A function has none besides its own.
#[test]
fn p44_no_native_frames_are_added() {
    fn native_frames() -> usize {
        let trace = std::backtrace::Backtrace::force_capture().to_string();
        // `  12: function`, then perhaps `at file:line`.
        trace
            .lines()
            .filter(|line| {
                line.trim_start()
                    .split(':')
                    .next()
                    .is_some_and(|n| n.parse::<u32>().is_ok())
            })
            .count()
    }

    #[inline(never)]
    fn plain(list: &[u8]) -> usize {
        let n = native_frames();
        n + list.len()
    }

    #[inline(never)]
    #[frame]
    fn framed(list: &[u8]) -> usize {
        let n = native_frames();
        n + list.len()
    }

    assert!(plain(&[]) > 3);
    assert_eq!(plain(&[]), framed(&[]));
}
