//! `#[log_calls]` on async functions: a line at the first poll, one at the end, and lines of tasks that take turns.

#![cfg(not(feature = "off"))]

use stacklens::log_calls;
use stacklens::log_calls::{Event, Sink};
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Once;
use std::task::{Context, Poll, Waker};

thread_local! {
    static LINES: RefCell<String> = const { RefCell::new(String::new()) };
}

struct PerThread;

impl Sink for PerThread {
    fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
        LINES.with_borrow_mut(|lines| lines.push_str(event.line()));
        Ok(())
    }
}

/// What `body` logs, with the numbers of its tasks counted from 1.
fn logged<R>(body: impl FnOnce() -> R) -> String {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| stacklens::log_calls::set_sink(PerThread));
    LINES.take();
    let _ = catch_unwind(AssertUnwindSafe(|| drop(body())));
    let mut known: Vec<String> = Vec::new();
    let mut out = String::new();
    for line in LINES.take().lines() {
        let Some((task, rest)) = line.strip_prefix('#').and_then(|l| l.split_once(' ')) else {
            out.push_str(&format!("{line}\n"));
            continue;
        };
        if !known.iter().any(|k| k == task) {
            known.push(task.to_owned());
        }
        let number = known.iter().position(|k| k == task).unwrap() + 1;
        out.push_str(&format!("#{number} {rest}\n"));
    }
    out
}

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

/// Pending so many times.
struct Yield(u32);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

#[derive(Debug)]
struct Page(#[allow(dead_code)] String);

#[log_calls]
async fn fetch(url: &str, times: u32) -> Result<Page, String> {
    Yield(times).await;
    if url.is_empty() {
        return Err("no address".into());
    }
    Ok(Page(url.to_owned()))
}

#[log_calls]
async fn both(times: u32) -> usize {
    let first = fetch("a long address, which is no word", times).await;
    let second = fetch("", 0).await;
    sync(usize::from(first.is_ok()) + usize::from(second.is_ok()))
}

#[log_calls]
fn sync(n: usize) -> usize {
    n
}

#[test]
fn a_call_is_one_line_when_it_is_first_polled_and_one_when_it_is_ready() {
    assert_eq!(
        logged(|| block_on(both(2))),
        "\
#1 → both(2)
#1   → fetch(\"a long address, which is no word\", 2)
#1   ← fetch(\"a long address, which is no word\", 2) = Ok(Page(\"a long address, which is no word\"))
#1   → fetch(\"\", 0)
#1   ✗ fetch(\"\", 0) = Err(\"no address\")
#1   → sync(1)
#1   ← sync(1) = 1
#1 ← both(2) = 1
"
    );
}

#[test]
fn tasks_that_take_turns_keep_their_own_depth_and_number() {
    let lines = logged(|| {
        let (mut a, mut b) = (Box::pin(both(1)), Box::pin(both(1)));
        let mut context = Context::from_waker(Waker::noop());
        let mut done = [false; 2];
        while done != [true; 2] {
            done[0] = done[0] || a.as_mut().poll(&mut context).is_ready();
            done[1] = done[1] || b.as_mut().poll(&mut context).is_ready();
        }
    });
    let of = |task: &str| {
        let lines = lines
            .lines()
            .filter_map(|l| l.strip_prefix(task))
            .collect::<Vec<_>>();
        lines.join("\n")
    };
    assert_eq!(of("#1 "), of("#2 "));
    assert!(lines.starts_with("#1 → both(1)\n#1   → fetch("), "{lines}");
    assert!(lines.contains("\n#2 → both(1)\n#2   → fetch("), "{lines}");
    assert_eq!(lines.lines().count(), 16);
}

#[test]
fn a_future_that_is_dropped_early_closes_its_lines_inside_out() {
    let lines = logged(|| {
        let mut future = Box::pin(both(5));
        let _ = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        drop(future);
    });
    assert_eq!(
        lines,
        "\
#1 → both(5)
#1   → fetch(\"a long address, which is no word\", 5)
#1   ↯ fetch(\"a long address, which is no word\", 5) dropped
#1 ↯ both(5) dropped
"
    );
    assert_eq!(
        logged(|| drop(both(1))),
        "",
        "one that was never polled has no line"
    );
}

#[test]
fn a_panic_closes_the_lines_of_the_future_it_goes_through() {
    #[log_calls]
    async fn inner(n: u32) -> u32 {
        Yield(1).await;
        assert_eq!(n, 0, "no");
        n
    }
    #[log_calls]
    async fn outer(n: u32) -> u32 {
        inner(n).await
    }
    let lines = logged(|| block_on(outer(1)));
    assert!(
        lines.starts_with("#1 → outer(1)\n#1   → inner(1)\n#1   ↯ inner(1) panicked: assertion"),
        "{lines}"
    );
    assert!(
        lines
            .lines()
            .last()
            .unwrap()
            .starts_with("#1 ↯ outer(1) panicked: assertion"),
        "{lines}"
    );
    assert_eq!(lines.lines().count(), 4);
}

#[test]
fn suspend_and_resume_are_marked_on_request() {
    #[log_calls(suspend)]
    async fn wait(n: u32) -> u32 {
        Yield(n).await;
        n
    }
    assert_eq!(
        logged(|| block_on(wait(2))),
        "\
#1 → wait(2)
#1 ⏸ wait(2)
#1 ▶ wait(2)
#1 ⏸ wait(2)
#1 ▶ wait(2)
#1 ← wait(2) = 2
"
    );
}

struct Client {
    retries: u8,
}

#[log_calls]
impl Client {
    async fn get(&self, (a, b): (u8, u8), password: &str) -> u8 {
        Yield(u32::from(self.retries)).await;
        a + b + password.len() as u8
    }
}

impl Client {
    #[log_calls(names, receiver, if = self.retries > 0)]
    async fn take(self, mut n: u8) -> impl Iterator<Item = u8> {
        n += self.retries;
        0..n
    }
}

#[test]
fn methods_and_their_arguments_are_shown_as_those_of_other_functions() {
    assert_eq!(
        logged(|| {
            block_on(Client { retries: 1 }.get((1, 2), "x"));
            block_on(Client { retries: 1 }.take(3)).count();
            block_on(Client { retries: 0 }.take(3)).count()
        }),
        "\
#1 → Client::get(_, _, <redacted>)
#1 ← Client::get(_, _, <redacted>) = 4
#2 → Client::take(self=<Client>, n=3)
#2 ← Client::take(self=<Client>, n=3) = 0..4
"
    );
}

#[test]
fn a_future_goes_where_it_went_before() {
    fn send<T: Send>(future: T) -> T {
        future
    }
    let lines = std::thread::spawn(|| logged(|| block_on(send(both(1)))))
        .join()
        .unwrap();
    assert!(lines.contains("both(1) = 1"));
}

#[test]
fn the_frame_is_there_while_it_runs() {
    #[log_calls]
    async fn here(n: u32) -> String {
        Yield(1).await;
        stacklens::stack()[0].to_string() + &n.to_string()
    }
    let mut place = String::new();
    logged(|| place = block_on(here(1)));
    assert!(
        place.starts_with("here in tests/log_calls_async.rs:"),
        "{place}"
    );
}

#[test]
fn a_method_that_boxes_its_future_is_logged_when_that_runs() {
    trait Source {
        fn read<'a>(&'a self, n: u32) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>>;
    }
    #[log_calls]
    impl Source for Client {
        fn read<'a>(&'a self, n: u32) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
            Box::pin(async move {
                Yield(1).await;
                n + u32::from(self.retries)
            })
        }
    }
    let client = Client { retries: 1 };
    assert_eq!(
        logged(|| block_on(client.read(2))),
        "#1 → Client::read(2)\n#1 ← Client::read(2) = 3\n"
    );
}
