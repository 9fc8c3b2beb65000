//! When values are dropped in async functions that complete, fail, unwind, are dropped while they
//! wait, are never polled.
// editions: 2018 2021 2024

#![allow(unused)]

use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

struct D(&'static str);

impl Drop for D {
    fn drop(&mut self) {
        println!("    drop {}", self.0);
    }
}

impl D {
    fn value(&self) -> u8 {
        self.0.len() as u8
    }

    fn some(&self) -> Option<&Self> {
        Some(self)
    }

    async fn later(&self) -> u8 {
        wait().await;
        self.value()
    }
}

fn make(name: &'static str) -> D {
    println!("    make {}", name);
    D(name)
}

struct D2 {
    x: D,
    y: D,
}

/// Is pending once.
struct Wait(bool);

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn wait() -> Wait {
    Wait(false)
}

#[stacklens::frame]
async fn parameters_not_mentioned(
    a: D,
    mut b: D,
    _: D,
    _c: D,
    (d, _): (D, D),
    D2 { x: e, .. }: D2,
    n: u8,
    text: &str,
) {
    println!("    body");
    wait().await;
    println!("    end");
}

#[stacklens::frame]
async fn parameters_mentioned(a: D, b: D, c: D, (d, e): (D, D)) -> u8 {
    let local = make("local");
    wait().await;
    c.value() + a.value() + e.value() + d.value() + local.value() + b.value()
}

#[stacklens::frame]
async fn some_are_mentioned(a: D, b: D, c: D, d: D) -> u8 {
    wait().await;
    c.value() + a.value()
}

#[stacklens::frame]
async fn parameters_moved(a: D, b: D, mut c: D) -> D {
    drop(b);
    wait().await;
    let moved = a;
    wait().await;
    c = make("new c");
    moved
}

#[stacklens::frame]
async fn without_awaits(a: D, b: D) -> u8 {
    let local = make("local");
    make("temporary of the tail").value()
}

#[stacklens::frame]
async fn temporaries_across_awaits() -> u8 {
    let local = make("local");
    let n = make("receiver").later().await + make("second receiver").later().await;
    match make("scrutinee").some() {
        Some(d) => d.later().await,
        None => 0,
    };
    println!("    between");
    if let Some(d) = make("scrutinee of if let").some() {
        let inner = make("inner");
        d.later().await;
    }
    {
        let inner = make("inner of the block");
        make("tail of the block").later().await
    };
    n + make("temporary of the tail").later().await
}

#[stacklens::frame]
async fn tail_is_an_await(a: D) -> u8 {
    let local = make("local");
    make("temporary of the tail").later().await
}

async fn fails(name: &'static str, fail: bool) -> Result<D, D> {
    wait().await;
    if fail { Err(make(name)) } else { Ok(make(name)) }
}

#[stacklens::frame]
async fn questions(at: u8, unused: D) -> Result<D, D> {
    let a = fails("a", at == 0).await?;
    fails("statement", at == 1).await?;
    let b = fails("b", at == 2).await?.value() + fails("c", at == 3).await?.value();
    for _ in 0..2 {
        let round = make("round");
        fails("in a loop", at == 4).await?;
    }
    if at == 5 {
        return Err(make("returned"));
    }
    Ok(fails("tail", at == 6).await?)
}

#[stacklens::frame]
async fn shadowing(a: D, b: D) -> u8 {
    let a = make("a again");
    wait().await;
    let b = {
        let a = make("inner a");
        wait().await;
        a.value()
    };
    let a = make("a third time");
    wait().await;
    b
}

#[stacklens::frame]
async fn panics(at: u8, a: D, _b: D) -> u8 {
    let c = make("c");
    if at == 0 {
        panic!("0");
    }
    wait().await;
    let d = make("d").value() + if at == 1 { panic!("1") } else { 1 };
    wait().await;
    d
}

struct Holder {
    first: D,
    second: D,
}

impl Holder {
    #[stacklens::frame]
    async fn by_value(self, other: D) -> u8 {
        wait().await;
        1
    }

    #[stacklens::frame]
    async fn by_mutable_value(mut self, other: D) -> D {
        wait().await;
        self.first = make("new first");
        self.second
    }

    #[stacklens::frame]
    async fn boxed(self: Box<Self>, _: D) {
        wait().await;
    }

    #[stacklens::frame]
    async fn after_another(other: D, this: Self, _: D) -> u8 {
        let local = make("local");
        wait().await;
        this.first.value()
    }

    #[stacklens::frame]
    async fn by_reference(&self, other: D, _: D) -> u8 {
        wait().await;
        self.first.value()
    }
}

#[stacklens::frame]
async fn calls_others(a: D) -> u8 {
    let n = some_are_mentioned(make("1"), make("2"), make("3"), make("4")).await;
    let future = parameters_mentioned(make("1"), make("2"), make("3"), (make("4"), make("5")));
    println!("    not yet polled");
    wait().await;
    n + future.await
}

#[stacklens::frame]
async fn generic<T: Future<Output = u8>>(first: impl Future<Output = u8>, second: T, third: D) -> u8 {
    let n = second.await;
    n + first.await
}

fn waker() -> Waker {
    const TABLE: RawWakerVTable = RawWakerVTable::new(|_| RAW, |_| (), |_| (), |_| ());
    const RAW: RawWaker = RawWaker::new(std::ptr::null(), &TABLE);
    unsafe { Waker::from_raw(RAW) }
}

/// Polls at most so many times, then drops the future.
fn scenario<F: Future>(name: &str, mut make_future: impl FnMut() -> F) {
    for polls in 0..12 {
        println!("{}, {} polls", name, polls);
        let mut ready = false;
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let mut future = Box::pin(make_future());
            println!("    made");
            for _ in 0..polls {
                if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker())) {
                    println!("    ready");
                    drop(value);
                    ready = true;
                    break;
                }
                println!("    pending");
            }
            println!("    dropping the future");
        }));
        println!("    {}", if unwound.is_err() { "unwound" } else { "done" });
        if ready || unwound.is_err() {
            break;
        }
    }
}

fn main() {
    std::panic::set_hook(Box::new(|_| println!("    panic")));
    scenario("parameters_not_mentioned", || {
        let pair = D2 { x: D("e"), y: D("e's") };
        parameters_not_mentioned(D("a"), D("b"), D("_"), D("_c"), (D("d"), D("d's")), pair, 1, "text")
    });
    scenario("parameters_mentioned", || parameters_mentioned(D("a"), D("b"), D("c"), (D("d"), D("e"))));
    scenario("some_are_mentioned", || some_are_mentioned(D("a"), D("b"), D("c"), D("d")));
    scenario("parameters_moved", || parameters_moved(D("a"), D("b"), D("c")));
    scenario("without_awaits", || without_awaits(D("a"), D("b")));
    scenario("temporaries_across_awaits", temporaries_across_awaits);
    scenario("tail_is_an_await", || tail_is_an_await(D("a")));
    for at in 0..8 {
        scenario(&format!("questions {}", at), || questions(at, D("unused")));
    }
    scenario("shadowing", || shadowing(D("a"), D("b")));
    for at in 0..3 {
        scenario(&format!("panics {}", at), || panics(at, D("a"), D("_b")));
    }
    let holder = || Holder { first: D("first"), second: D("second") };
    scenario("by_value", || holder().by_value(D("other")));
    scenario("by_mutable_value", || holder().by_mutable_value(D("other")));
    scenario("boxed", || Box::new(holder()).boxed(D("other")));
    scenario("after_another", || Holder::after_another(D("other"), holder(), D("_")));
    let held = holder();
    scenario("by_reference", || held.by_reference(D("other"), D("_")));
    scenario("calls_others", || calls_others(D("a")));
    scenario("generic", || {
        let first = some_are_mentioned(D("1"), D("2"), D("3"), D("4"));
        generic(first, without_awaits(D("5"), D("6")), D("third"))
    });
}
