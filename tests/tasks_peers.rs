//! What the examples of `async-backtrace` and `await-tree` show, with us: the same trees, and in them where each function
//! waits, and with which values.

#![cfg(not(feature = "off"))]

use futures::channel::oneshot;
use futures::future::{join, pending, select};
use stacklens::tasks::{self, FutureExt, TaskFrame};
use stacklens::{frame, framed};
use std::fmt::Write;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::task::yield_now;

/// Runs on an executor of its own: a dump is of the whole program, so one test at a time.
fn run<F: Future>(main: F) -> F::Output {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let output = runtime.expect("a runtime").block_on(main);
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    output
}

/// The tree of all tasks, with the source line in place of its number: `name {values}: line`.
fn tree() -> String {
    let source: Vec<&str> = include_str!("tasks_peers.rs").lines().collect();
    let mut shown = String::from("\n");
    for line in tasks::dump_tree().lines() {
        let (name, rest) = line.split_once(concat!(" in ", file!(), ":")).expect(line);
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let (number, values) = rest.split_at(digits.unwrap_or(rest.len()));
        let number: usize = number.parse().expect("a line");
        let _ = writeln!(shown, "{name}{values}: {}", source[number - 1].trim());
    }
    shown
}

/// Until all others wait.
async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

fn only(name: &str, look: impl FnOnce(TaskFrame<'_>)) {
    let dump = tasks::dump();
    let mut found = dump.frames().filter(|frame| frame.name() == name);
    look(found.next().expect(name));
    assert!(found.next().is_none(), "{dump}");
}

/// `async-backtrace`: functions that are joined are siblings; the one that looks is among them.
#[test]
fn functions_that_are_joined_are_siblings() {
    #[frame]
    async fn pending_task() {
        std::future::pending::<()>().await;
    }

    #[frame]
    async fn outer() -> String {
        let requests = 2;
        both(requests).await
    }

    #[frame]
    async fn both(requests: u32) -> String {
        let ((), shown) = tokio::join!(yields(requests), prints(requests));
        shown
    }

    #[frame]
    async fn yields(request: u32) {
        yield_now().await;
        assert_eq!(request, 2);
    }

    #[frame]
    async fn prints(request: u32) -> String {
        looks(&format!("request {request}")).await
    }

    #[frame]
    async fn looks(what: &str) -> String {
        assert!(!what.is_empty());
        tree()
    }

    let shown = run(async {
        tokio::select! {
            biased;
            _ = tokio::spawn(pending_task()) => unreachable!("it waits for ever"),
            shown = async { settle().await; outer().await } => shown,
        }
    });
    assert_eq!(
        shown,
        r#"
pending_task: std::future::pending::<()>().await;
outer {requests: 2} (running): both(requests).await
└─ both {requests: 2, shown: <not yet assigned>} (running): let ((), shown) = tokio::join!(yields(requests), prints(requests));
   ├─ yields {request: 2}: yield_now().await;
   └─ prints {request: 2} (running): looks(&format!("request {request}")).await
      └─ looks {what: "request 2"} (running): tree()
"#
    );
}

/// `async-backtrace`: of `select!` the branches that were polled are there; without an attribute around them they are tasks
/// of their own, and a function without one is left out of the line of those that have it.
#[test]
fn branches_of_select_are_there_and_functions_without_an_attribute_are_not() {
    #[frame]
    async fn selecting(deadline_ms: u64) -> String {
        tokio::select! {
            biased;
            () = yields(deadline_ms) => unreachable!("it is not ready yet"),
            () = yields(deadline_ms + 1) => unreachable!("nor is this one"),
            shown = without_frame() => shown,
        }
    }

    #[frame]
    async fn yields(ms: u64) {
        yield_now().await;
        assert!(ms > 0);
    }

    async fn without_frame() -> String {
        looks().await
    }

    #[frame]
    async fn looks() -> String {
        tree()
    }

    let shown = run(selecting(40));
    let lines: Vec<&str> = shown.lines().skip(2).collect();
    assert!(
        shown.starts_with("\nselecting {deadline_ms: 40} (running): tokio::select! {\n"),
        "{shown}"
    );
    assert_eq!(
        lines,
        [
            "├─ yields {ms: 40}: yield_now().await;",
            "├─ yields {ms: 41}: yield_now().await;",
            "└─ looks (running): tree()",
        ]
    );

    async fn selecting_without_frame() -> String {
        tokio::select! {
            biased;
            () = yields(40) => unreachable!("it is not ready yet"),
            shown = looks() => shown,
        }
    }
    assert_eq!(
        run(selecting_without_frame()),
        "\nyields {ms: 40}: yield_now().await;\nlooks (running): tree()\n"
    );
}

/// `async-backtrace` lists tasks that do the same one by one; here they are counted, unless their values differ.
#[test]
fn tasks_that_wait_at_the_same_place_are_counted() {
    #[frame]
    async fn accept(port: u16) {
        read(port).await;
    }

    #[frame]
    async fn read(port: u16) {
        pending::<()>().await;
        assert!(port > 0);
    }

    run(async {
        let tasks = [80, 80, 443].map(|port| tokio::spawn(accept(port)));
        settle().await;
        assert_eq!(
            tree(),
            "
2x accept {port: 80}: read(port).await;
└─ read {port: 80}: pending::<()>().await;
accept {port: 443}: read(port).await;
└─ read {port: 443}: pending::<()>().await;
"
        );
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
    });
}

/// `await-tree`: spans with names of the program's choice, what they wait in below them; a number in the name is a value.
#[test]
fn a_task_with_a_name_has_what_it_waits_in_below_it() {
    #[frame]
    async fn bar(i: u32) {
        baz(i).await;
    }

    #[frame]
    async fn baz(i: u32) {
        pending::<()>().framed("a reply that never comes").await;
        assert!(i > 0);
    }

    #[frame]
    async fn foo() {
        join(bar(3), baz(2)).await;
    }

    run(async {
        let task = tokio::spawn(foo().framed("actor 7"));
        settle().await;
        assert_eq!(
            tree(),
            r#"
actor 7: let task = tokio::spawn(foo().framed("actor 7"));
└─ foo: join(bar(3), baz(2)).await;
   ├─ bar {i: 3}: baz(i).await;
   │  └─ baz {i: 3}: pending::<()>().framed("a reply that never comes").await;
   │     └─ a reply that never comes: pending::<()>().framed("a reply that never comes").await;
   └─ baz {i: 2}: pending::<()>().framed("a reply that never comes").await;
      └─ a reply that never comes: pending::<()>().framed("a reply that never comes").await;
"#
        );
        task.abort();
        let _ = task.await;
    });
}

/// `await-tree`: a future that was polled in `select`, and is kept when that is over, is detached until it is polled again:
/// then it is found where that happens, as old as it is.
#[test]
fn a_future_that_nobody_polls_any_more_is_found_again_where_it_is_polled_next() {
    #[frame]
    async fn slow(bytes: usize) {
        pending::<()>().await;
        assert!(bytes > 0);
    }

    #[frame]
    async fn work(mut go_on: Vec<oneshot::Receiver<()>>) {
        let mut slow = pin!(slow(512));
        let first = go_on.remove(0);
        framed!("select", async {
            select(first, slow.as_mut()).await;
        })
        .await;
        go_on.remove(0).await.expect("a signal");
        slow.await;
    }

    run(async {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..2).map(|_| oneshot::channel()).unzip();
        let task = tokio::spawn(work(receivers));
        let mut age = Duration::ZERO;
        let mut older = |parent: Option<&str>, line: &str| {
            only("slow", |slow| {
                assert_eq!(slow.awaited_by().map(TaskFrame::name), parent);
                assert_eq!(slow.is_detached(), parent.is_none());
                assert_eq!(slow.locals().to_string(), "{bytes: 512}");
                assert!(slow.age() > age);
                age = slow.age();
            });
            only("work", |work| {
                let mut source = include_str!("tasks_peers.rs").lines();
                let shown = source.nth(work.line() as usize - 1);
                assert_eq!(shown.map(str::trim), Some(line));
            });
        };
        let mut senders = senders.into_iter();
        settle().await;
        older(Some("select"), r#"framed!("select", async {"#);
        for (parent, line) in [
            (None, r#"go_on.remove(0).await.expect("a signal");"#),
            (Some("work"), "slow.await;"),
        ] {
            let sender = senders.next().expect("two");
            sender.send(()).expect("somebody waits for it");
            settle().await;
            older(parent, line);
        }
        task.abort();
        let _ = task.await;
    });
}

/// `await-tree`: a task that was spawned by another says so; and what was not polled for long stands out.
#[test]
fn a_spawned_task_says_who_spawned_it_and_what_waits_for_long_is_found() {
    #[frame]
    async fn background(n: u32) {
        pending::<()>().await;
        assert!(n < 9);
    }

    #[frame]
    async fn actor(n: u32) {
        let task = tokio::spawn(background(n).framed("background task"));
        task.await.expect("no panic");
    }

    run(async {
        let actors = [0, 1].map(|n| tokio::spawn(actor(n)));
        settle().await;
        let dump = tasks::dump();
        let spawned = dump.tasks().filter(|task| task.name() == "background task");
        for (n, task) in spawned.enumerate() {
            let below = task.awaits().next().expect("background");
            assert_eq!(below.locals().to_string(), format!("{{n: {n}}}"));
            let by = task.spawned_by().expect("an actor");
            assert_eq!(by.name(), "actor");
            assert_eq!(
                by.locals().get("n").expect("n").value().as_u64(),
                Some(n as u64)
            );
        }
        assert_eq!(dump.len(), 6);
        // One that is polled again and again is not among those that wait for long.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let busy = tokio::spawn(framed!("busy", async {
            loop {
                yield_now().await;
            }
        }));
        settle().await;
        let dump = tasks::dump();
        assert_eq!(dump.len(), 7);
        let polled = dump.frames().find(|frame| frame.name() == "busy");
        let polled = polled.expect("busy").since_polled();
        let stuck = dump.not_polled_for(polled + Duration::from_millis(25));
        assert_eq!(stuck.len(), 6, "{stuck}");
        busy.abort();
        let _ = busy.await;
        for actor in actors {
            actor.abort();
            let _ = actor.await;
        }
        let dump = tasks::dump();
        assert_eq!(dump.len(), 4, "tasks that nobody waits for go on:\n{dump}");
    });
}
