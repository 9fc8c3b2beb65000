//! `#[frame(future)]`: functions that return a future, whose frame goes on with it.

#![cfg(not(feature = "off"))]

use stacklens::tasks::{self, TaskDump, TaskFrame};
use stacklens::{frame, stack};
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A dump is of the whole program: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    guard
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Ready at the second poll.
async fn pause() {
    let mut polled = false;
    poll_fn(|_| match std::mem::replace(&mut polled, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

fn find<'d>(dump: &'d TaskDump, name: &str) -> TaskFrame<'d> {
    let mut found = dump.frames().filter(|frame| frame.name() == name);
    let frame = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in\n{dump}"));
    assert!(found.next().is_none(), "two {name} in\n{dump}");
    frame
}

fn tree() -> String {
    tasks::dump_tree().replace(concat!(" in ", file!()), "")
}

#[frame(future)]
fn fetch(id: u32, host: String) -> impl Future<Output = usize> {
    let url = format!("https://{host}/{id}");
    async move {
        pause().await;
        let length = url.len();
        pause().await;
        length + host.len()
    }
}
const FETCH: u32 = line!() - 9;

#[test]
fn a_returned_future_is_a_frame_from_the_call_to_its_end() {
    let _alone = alone();
    let mut future = pin!(fetch(7, "example.com".to_owned()));
    assert_eq!(
        tree(),
        format!(
            "fetch:{} {{id: 7, host: \"example.com\", url: \"https://example.com/7\"}} (not polled yet)\n",
            FETCH + 2
        )
    );
    assert!(poll(future.as_mut()).is_pending());
    let dump = tasks::dump();
    let waiting = find(&dump, "fetch");
    assert_eq!(
        (waiting.line(), waiting.polls(), waiting.is_running()),
        (FETCH + 3, 1, false)
    );
    assert_eq!(
        waiting.locals().to_string(),
        r#"{id: 7, host: "example.com", url: "https://example.com/7", length: <not yet assigned>}"#
    );
    assert!(poll(future.as_mut()).is_pending());
    let dump = tasks::dump();
    let waiting = find(&dump, "fetch");
    assert_eq!((waiting.line(), waiting.polls()), (FETCH + 5, 2));
    assert!(waiting.locals().to_string().ends_with("length: 21}"));
    assert_eq!(poll(future.as_mut()), Poll::Ready(32));
    assert!(tasks::dump().is_empty());
}

#[frame(future)]
fn boxed(n: u32) -> BoxFuture<'static, u32> {
    if n == 0 {
        return Box::pin(ready(0));
    }
    Box::pin(async move {
        pause().await;
        n + 1
    })
}

#[frame(future)]
fn chosen(n: u32) -> BoxFuture<'static, u32> {
    match n {
        0 => boxed(1),
        1 => {
            let next = boxed(2);
            next
        }
        n => return Box::pin(boxed(n)),
    }
}

#[test]
fn a_box_keeps_its_type_and_has_the_frame() {
    let _alone = alone();
    for (n, result) in [(0, 2), (1, 3), (2, 3)] {
        let mut future = chosen(n);
        assert!(poll(future.as_mut()).is_pending());
        let dump = tasks::dump();
        let inner = find(&dump, "boxed");
        assert_eq!(inner.awaited_by().unwrap().name(), "chosen");
        assert_eq!(
            inner.task().locals().get("n").unwrap().value().to_string(),
            n.to_string()
        );
        assert_eq!(poll(future.as_mut()), Poll::Ready(result));
        assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    }
    assert_eq!(poll(boxed(0).as_mut()), Poll::Ready(0));
}

#[frame(future)]
fn whole(n: u32) -> impl Future<Output = u32> + Send + Unpin + 'static {
    std::future::ready(stack()[0].line() + n - line!())
}

#[test]
fn any_other_future_is_taken_as_a_whole() {
    let _alone = alone();
    let mut future = whole(5);
    assert_eq!(poll(Pin::new(&mut future)), Poll::Ready(5));
    assert!(tasks::dump().is_empty());
}

#[frame(future)]
fn while_polled() -> impl Future<Output = Vec<&'static str>> {
    async { stack().iter().map(|frame| frame.name()).collect() }
}

#[frame]
async fn awaits() -> Vec<&'static str> {
    while_polled().await
}

#[test]
fn it_is_on_the_stack_while_it_is_polled() {
    let _alone = alone();
    let mut future = pin!(awaits());
    assert_eq!(
        poll(future.as_mut()),
        Poll::Ready(vec!["while_polled", "awaits"])
    );
    assert_eq!(stacklens::depth(), 0);
}

#[frame(future)]
fn fails(how: u32) -> impl Future<Output = ()> {
    assert!(how != 0, "while it is made");
    async move { assert!(how != 1, "while it is polled") }
}

#[test]
fn a_panic_ends_it_and_so_does_dropping_it() {
    let _alone = alone();
    let caught = std::panic::catch_unwind(|| drop(fails(0)));
    assert!(caught.is_err());
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    let caught = std::panic::catch_unwind(|| poll(pin!(fails(1))));
    assert!(caught.is_err());
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    drop(fails(2));
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
}

/// As tower's.
trait Service {
    type Future: Future<Output = u32>;
    fn call(&mut self, request: u32) -> Self::Future;
}

struct Add(u32);

#[frame]
impl Service for Add {
    type Future = BoxFuture<'static, u32>;

    #[frame(future)]
    fn call(&mut self, request: u32) -> Self::Future {
        let n = self.0;
        Box::pin(async move {
            pending::<()>().await;
            n + request
        })
    }
}

struct Store {
    keys: Vec<&'static str>,
}

#[frame(future)]
impl Store {
    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<usize>> {
        Box::pin(async move {
            pause().await;
            self.keys.iter().position(|k| *k == name)
        })
    }

    fn first(&self) -> impl Future<Output = Option<&str>> {
        async move {
            pause().await;
            self.keys.first().copied()
        }
    }

    fn len(&self) -> usize {
        stacklens::depth() + self.keys.len()
    }

    async fn both(&self, name: &str) -> (Option<usize>, usize) {
        (self.get(name).await, self.len())
    }
}

const FIRST: u32 = line!() - 14;

#[test]
fn methods_and_whole_impls_have_it_too() {
    let _alone = alone();
    let mut service = Add(1);
    let mut called = service.call(2);
    assert!(poll(called.as_mut()).is_pending());
    let dump = tasks::dump();
    let call = find(&dump, "call");
    assert_eq!(
        call.code().qualified_name(),
        "returned_futures::<Add as Service>::call"
    );
    let locals = call.locals();
    assert_eq!(locals.get("request").unwrap().value().to_string(), "2");
    assert_eq!(locals.get("n").unwrap().value().to_string(), "1");
    drop(called);

    let store = Store {
        keys: vec!["a", "b"],
    };
    let mut both = pin!(store.both("b"));
    assert!(poll(both.as_mut()).is_pending());
    let dump = tasks::dump();
    let get = find(&dump, "get");
    assert_eq!(
        get.locals().get("name").unwrap().value().to_string(),
        "\"b\""
    );
    assert_eq!(get.awaited_by().unwrap().name(), "both");
    assert_eq!(poll(both.as_mut()), Poll::Ready((Some(1), 4)));
    let mut first = pin!(store.first());
    assert!(poll(first.as_mut()).is_pending());
    assert_eq!(find(&tasks::dump(), "first").line(), FIRST);
}

#[allow(clippy::async_yields_async)] // that is the point
#[frame]
async fn makes_and_leaves() -> impl Future<Output = ()> {
    forever(1)
}

#[frame(future)]
fn forever(n: u32) -> impl Future<Output = ()> {
    let _ = n;
    pending()
}

#[test]
fn who_made_one_that_others_poll_is_told() {
    let _alone = alone();
    #[frame]
    async fn server(made: &Mutex<Option<BoxFuture<'static, ()>>>) {
        *made.lock().unwrap() = Some(Box::pin(forever(3)));
        pending::<()>().await;
    }
    let made = Mutex::new(None);
    let mut server = pin!(server(&made));
    assert!(poll(server.as_mut()).is_pending());
    let dump = tasks::dump();
    let left = find(&dump, "forever");
    assert_eq!(
        (left.spawned_by().unwrap().name(), left.polls()),
        ("server", 0)
    );
    let mut task = made.lock().unwrap().take().unwrap();
    assert!(poll(task.as_mut()).is_pending());
    let dump = tasks::dump();
    let left = find(&dump, "forever");
    assert_eq!(
        (left.spawned_by().unwrap().name(), left.polls()),
        ("server", 1)
    );
    let Poll::Ready(late) = poll(pin!(makes_and_leaves())) else {
        panic!("not ready");
    };
    assert!(poll(pin!(late)).is_pending());
}

#[test]
fn auto_traits_are_those_of_the_future() {
    fn is_send<T: Send + Sync>(_: &T) {}
    fn is_unpin<T: Unpin>(_: &T) {}
    is_send(&fetch(1, String::new()));
    is_unpin(&whole(1));
}

#[test]
fn a_return_amid_a_loop_and_a_generic_function() {
    #[frame(future)]
    fn first_even<T: Copy + Into<u64> + Send + 'static>(
        of: &[T],
    ) -> BoxFuture<'static, Option<u64>> {
        for item in of {
            let item: u64 = (*item).into();
            if item & 1 == 0 {
                return Box::pin(async move { Some(item) });
            }
        }
        Box::pin(ready(None))
    }
    let _alone = alone();
    assert_eq!(
        poll(first_even(&[1_u8, 4, 6]).as_mut()),
        Poll::Ready(Some(4))
    );
    assert_eq!(poll(first_even(&[1_u32]).as_mut()), Poll::Ready(None));
    assert!(tasks::dump().is_empty());
}

/// Ways in which programs write such functions.
mod shapes {
    use super::*;
    use futures::FutureExt as _;
    use stacklens::log_calls;
    use std::num::ParseIntError;

    trait Load {
        fn name(&self) -> String;

        #[frame(future)]
        fn load(&self) -> impl Future<Output = String> + '_ {
            async {
                pause().await;
                self.name().repeat(2)
            }
        }
    }

    impl Load for str {
        fn name(&self) -> String {
            stacklens::currentframe().map_or_else(String::new, |f| f.name().to_owned()) + self
        }
    }

    #[frame(future)]
    fn parses(text: &str) -> BoxFuture<'_, Result<u32, ParseIntError>> {
        async move {
            let number: u32 = text.parse()?;
            pause().await;
            Ok(number)
        }
        .boxed()
    }

    #[frame(future)]
    fn casts(n: u32) -> Pin<Box<dyn Future<Output = u32>>> {
        let future = async move { n };
        match n {
            0 => Box::pin(async { 0 }) as Pin<Box<dyn Future<Output = u32>>>,
            1 => panic!("one"),
            2 => unreachable!(),
            _ => Box::pin(future),
        }
    }

    #[frame(future)]
    fn borrows<'a, T>(
        of: &'a [T],
        by: impl Fn(&T) -> bool + 'a,
    ) -> impl Future<Output = Option<&'a T>> {
        let mut tried = 0;
        async move {
            for item in of {
                pause().await;
                tried += 1;
                if by(item) {
                    return Some(item);
                }
            }
            assert_eq!(tried, of.len());
            None
        }
    }

    #[frame(future)]
    fn coerces(
        n: u8,
    ) -> BoxFuture<'static, Result<Box<dyn std::fmt::Display>, Box<dyn std::error::Error>>> {
        Box::pin(async move {
            if n == 0 {
                return Err("none".into());
            }
            let n: u8 = if n > 9 { "large".parse()? } else { n };
            Ok(Box::new(n))
        })
    }

    #[frame]
    fn coerces_without(n: u8) -> Pin<Box<dyn Future<Output = Box<dyn std::fmt::Display>>>> {
        Box::pin(async move { Box::new(n) })
    }

    #[log_calls(future)]
    fn logged(n: u32) -> impl Future<Output = u32> {
        async move {
            pause().await;
            n
        }
    }

    #[frame(future)]
    fn patterns(
        (a, b): (u32, u32),
        [first, ..]: [u32; 3],
        _: u8,
        _unused: String,
    ) -> impl Future<Output = u32> {
        ready(a + b + first)
    }

    fn run<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = poll(future.as_mut()) {
                return value;
            }
        }
    }

    #[test]
    fn all_do_what_they_do_without_it() {
        let _alone = alone();
        assert_eq!(run("x".load()), "loadxloadx");
        assert_eq!(run(parses("12")), Ok(12));
        assert!(run(parses("-")).is_err());
        assert_eq!((run(casts(0)), run(casts(7))), (0, 7));
        assert_eq!(run(borrows(&[1, 2, 3], |n| n % 2 == 0)), Some(&2));
        assert_eq!(run(borrows(&[1, 3], |n| n % 2 == 0)), None);
        assert_eq!(run(logged(5)), 5);
        assert_eq!(
            run(coerces(5)).map(|n| n.to_string()).ok().as_deref(),
            Some("5")
        );
        assert_eq!(run(coerces_without(5)).to_string(), "5");
        for n in [0, 10] {
            assert!(run(coerces(n)).is_err());
        }
        assert_eq!(run(patterns((1, 2), [3, 4, 5], 6, String::new())), 6);
        assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
        assert_eq!(stacklens::depth(), 0);
    }

    #[test]
    fn what_waits_is_shown_with_what_it_borrows() {
        let _alone = alone();
        let mut future = pin!(borrows(&[7_u8, 8], |n| *n == 8));
        assert!(poll(future.as_mut()).is_pending());
        let dump = tasks::dump();
        let locals = find(&dump, "borrows").locals();
        assert_eq!(locals.get("of").unwrap().value().to_string(), "[7, 8]");
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(poll(future.as_mut()), Poll::Ready(Some(&8)));
    }
}
