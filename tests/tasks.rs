//! What the frames of suspended futures say, to whoever asks from anywhere.

#![cfg(not(feature = "off"))]

use stacklens::tasks::{self, FutureExt, PollFrame, State, TaskDump, TaskFrame};
use stacklens::{frame, framed};
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// A dump is of the whole program: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    let guard = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // Also where the same places run thousands of times without optimisation.
    static CONFIGURED: Once = Once::new();
    CONFIGURED.call_once(|| {
        stacklens::Config::new()
            .hot(stacklens::Hot::Always)
            .install()
    });
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
    guard
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Ready at the poll of this number.
async fn pause(polls: u32) {
    let mut left = polls;
    poll_fn(|_| {
        left -= 1;
        if left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// The tree, without the path of this file.
fn tree(dump: &TaskDump) -> String {
    dump.tree()
        .to_string()
        .replace(concat!(" in ", file!()), "")
}

fn find<'d>(dump: &'d TaskDump, name: &str) -> TaskFrame<'d> {
    let mut found = dump.frames().filter(|frame| frame.name() == name);
    let frame = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in\n{dump}"));
    assert!(found.next().is_none(), "two {name} in\n{dump}");
    frame
}

#[frame]
async fn fetch(url: String) -> usize {
    let line = line!() + 1;
    pending::<()>().await;
    url.len() + line as usize
}

#[frame]
async fn gather(first: u32) -> usize {
    let (a, b) = futures::join!(
        fetch(format!("https://example.com/{first}")),
        fetch("short".to_owned())
    );
    a + b
}

#[test]
fn where_a_variable_is_awaited_is_a_line_too() {
    let _alone = alone();
    #[frame]
    async fn waits(lines: [u32; 3]) -> u32 {
        let first = async {
            pause(2).await;
            lines[0]
        };
        let (second, third) = (pause(2), pause(2));
        let number = first.await;
        second.await;
        let last = async {
            third.await;
            number
        };
        last.await
    }

    let line = line!() - 9;
    let mut future = pin!(waits([line, line + 1, line + 6]));
    for expected in [line, line + 1, line + 6] {
        assert!(poll(future.as_mut()).is_pending());
        assert_eq!(find(&tasks::dump(), "waits").line(), expected);
    }
    assert_eq!(poll(future.as_mut()), Poll::Ready(line));
}

#[test]
fn a_suspended_frame_shows_its_line_its_values_and_who_awaits_it() {
    let _alone = alone();
    let mut task = pin!(gather(1));
    assert!(poll(task.as_mut()).is_pending());
    let dump = tasks::dump();
    assert_eq!((dump.len(), dump.tasks().count(), dump.missed()), (3, 1, 0));
    let root = find(&dump, "gather");
    let fetched: Vec<TaskFrame<'_>> = root.awaits().collect();
    let locals = |frame: &TaskFrame<'_>| frame.locals().to_string();
    assert!(
        locals(&fetched[0]).starts_with(r#"{url: "https://example.com/1", line: "#),
        "{dump}"
    );
    assert!(
        locals(&fetched[1]).starts_with(r#"{url: "short", line: "#),
        "{dump}"
    );
    for frame in &fetched {
        assert_eq!(
            frame.line().to_string(),
            frame.locals().get("line").unwrap().value().to_string()
        );
        assert_eq!(frame.awaited_by().map(TaskFrame::id), Some(root.id()));
        assert_eq!(
            (frame.polls(), frame.is_running(), frame.info().depth()),
            (1, false, 2)
        );
    }
    assert!(root.awaited_by().is_none() && root.spawned_by().is_none() && !root.is_detached());
}

#[test]
fn values_survive_any_number_of_polls_and_say_when_they_are_cut() {
    let _alone = alone();
    #[frame]
    async fn keeps(long: String, list: Vec<u64>, number: i64) {
        for round in 0..100_u32 {
            pause(2).await;
            let now = stacklens::currentframe().unwrap().locals();
            assert_eq!(now.get("number").unwrap().value().as_i64(), Some(number));
            assert_eq!(
                now.get("round").unwrap().value().as_u64(),
                Some(u64::from(round))
            );
            assert!(
                now.get("list")
                    .unwrap()
                    .to_string()
                    .starts_with("list: [1, 2"),
                "{now}"
            );
        }
        drop((long, list));
    }
    let mut task = pin!(keeps("x".repeat(1000), vec![1, 2, 3], -5));
    for round in 0..50 {
        assert!(poll(task.as_mut()).is_pending());
        let dump = tasks::dump();
        let locals = find(&dump, "keeps").locals();
        let long = locals.get("long").unwrap().value().to_string();
        assert!(
            long.starts_with("\"xxxxxxxx") && long.ends_with("(1000 bytes)"),
            "{long}"
        );
        assert_eq!(
            locals.get("round").unwrap().value().as_u64(),
            Some(round),
            "{locals}"
        );
        assert_eq!(locals.get("number").unwrap().value().as_i64(), Some(-5));
        assert_eq!(find(&dump, "keeps").polls(), round + 1);
    }
}

#[test]
fn thirty_two_values_are_kept() {
    let _alone = alone();
    macro_rules! many {
        ($($name:ident)*) => {
            #[frame]
            async fn many(base: u64) -> u64 {
                let mut n = base;
                $(n += 1; let $name = n;)*
                pending::<()>().await;
                0 $(+ $name)*
            }
            const NAMES: [&str; 25] = [$(stringify!($name)),*];
        };
    }
    many!(a b c d e f g h i j k l m o p q r s t u v w x y z);
    let mut task = pin!(many(100));
    for _ in 0..3 {
        assert!(poll(task.as_mut()).is_pending());
    }
    let dump = tasks::dump();
    let locals = find(&dump, "many").locals();
    for (name, value) in NAMES.iter().zip(101..) {
        assert_eq!(
            locals.get(name).unwrap().value().as_u64(),
            Some(value),
            "{locals}"
        );
    }
}

#[test]
fn a_frame_is_gone_when_its_future_is_ready_dropped_or_left_by_a_panic() {
    let _alone = alone();
    #[frame]
    async fn panics() {
        pause(2).await;
        panic!("as asked");
    }
    #[frame]
    async fn short() {
        pause(2).await;
    }
    let mut ready = pin!(short());
    assert!(poll(ready.as_mut()).is_pending() && tasks::dump().len() == 1);
    assert!(poll(ready.as_mut()).is_ready() && tasks::dump().is_empty());

    let mut dropped = Box::pin(gather(1));
    assert!(poll(dropped.as_mut()).is_pending() && tasks::dump().len() == 3);
    drop(dropped);
    assert!(tasks::dump().is_empty());

    let mut panicking = Box::pin(panics());
    assert!(poll(panicking.as_mut()).is_pending() && tasks::dump().len() == 1);
    assert!(catch_unwind(AssertUnwindSafe(|| poll(panicking.as_mut()))).is_err());
    assert!(tasks::dump().is_empty());
    drop(panicking);

    drop(gather(1));
    assert!(tasks::dump().is_empty(), "never polled");
    // Whoever polls next is not taken for somebody that these awaited.
    let mut next = pin!(short());
    assert!(poll(next.as_mut()).is_pending());
    assert!(tasks::dump().tasks().all(|task| !task.is_detached()));
}

#[test]
fn destructors_of_what_is_dropped_half_way_still_see_the_frame() {
    let _alone = alone();
    struct Looks;
    impl Drop for Looks {
        fn drop(&mut self) {
            assert_eq!(tasks::dump().len(), 1);
        }
    }
    #[frame]
    async fn holds() {
        let _looks = Looks;
        pending::<()>().await;
    }
    let mut task = Box::pin(holds());
    assert!(poll(task.as_mut()).is_pending());
    drop(task);
    assert!(tasks::dump().is_empty());
}

#[test]
fn a_future_that_moves_to_another_parent_is_found_there() {
    let _alone = alone();
    #[frame]
    async fn first(child: &mut Pin<Box<dyn Future<Output = usize>>>) {
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            let _ = child.as_mut().poll(context);
            if polls == 2 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
    #[frame]
    async fn second(child: &mut Pin<Box<dyn Future<Output = usize>>>) -> usize {
        child.await
    }
    let mut child: Pin<Box<dyn Future<Output = usize>>> = Box::pin(fetch("moves".to_owned()));
    {
        let mut parent = pin!(first(&mut child));
        assert!(poll(parent.as_mut()).is_pending());
        assert_eq!(
            find(&tasks::dump(), "fetch").awaited_by().unwrap().name(),
            "first"
        );
        assert!(poll(parent.as_mut()).is_ready());
    }
    let dump = tasks::dump();
    assert!(
        find(&dump, "fetch").is_detached() && tree(&dump).ends_with("(detached)\n"),
        "{dump}"
    );
    let mut parent = pin!(second(&mut child));
    assert!(poll(parent.as_mut()).is_pending());
    assert_eq!(
        find(&tasks::dump(), "fetch").awaited_by().unwrap().name(),
        "second"
    );
}

#[test]
fn a_named_task_says_who_spawned_it() {
    let _alone = alone();
    type Task = Pin<Box<dyn Future<Output = usize>>>;
    #[frame]
    async fn spawner(spawned: &mut Vec<Task>) {
        for n in 0..2 {
            spawned.push(Box::pin(gather(n).framed("worker")));
        }
        pending::<()>().await;
    }
    let mut spawned = Vec::new();
    let mut main = Box::pin(spawner(&mut spawned));
    assert!(poll(main.as_mut()).is_pending());
    drop(main);
    for task in &mut spawned {
        assert!(poll(task.as_mut()).is_pending());
    }
    let dump = tasks::dump();
    let workers: Vec<TaskFrame<'_>> = dump.tasks().collect();
    assert!(
        workers
            .iter()
            .all(|task| task.name() == "worker" && task.is_detached()),
        "{dump}"
    );
    assert!(tree(&dump).contains("(its spawner is gone)"), "{dump}");
    drop(spawned);

    static SPAWNED: Mutex<Vec<Pin<Box<dyn Future<Output = usize> + Send>>>> =
        Mutex::new(Vec::new());
    #[frame]
    async fn lives() {
        SPAWNED
            .lock()
            .unwrap()
            .push(Box::pin(fetch("x".to_owned()).framed("worker")));
        pending::<()>().await;
    }
    let mut main = pin!(lives());
    assert!(poll(main.as_mut()).is_pending());
    let mut worker = SPAWNED.lock().unwrap().pop().unwrap();
    assert!(poll(worker.as_mut()).is_pending());
    let dump = tasks::dump();
    let root = find(&dump, "worker");
    assert_eq!(root.spawned_by().unwrap().name(), "lives");
    assert!(root.awaited_by().is_none() && dump.tasks().count() == 2);
    assert!(
        tree(&dump).contains("worker:") && tree(&dump).contains("(spawned by lives"),
        "{dump}"
    );
}

#[test]
fn a_block_has_lines_and_values_as_a_function_has() {
    let _alone = alone();
    let id = 7_u32;
    let mut task = pin!(framed!("connection", async move {
        let peer = format!("10.0.0.{id}");
        let line = line!() + 1;
        pending::<()>().await;
        (peer, line)
    }));
    assert!(poll(task.as_mut()).is_pending());
    let dump = tasks::dump();
    let frame = find(&dump, "connection");
    let locals = frame.locals();
    assert_eq!(
        locals.get("peer").unwrap().value().as_str(),
        Some("10.0.0.7")
    );
    assert_eq!(
        frame.line().to_string(),
        locals.get("line").unwrap().value().to_string()
    );
    assert!(frame.code().is_async() && frame.code().is_closure());
}

#[test]
fn a_frame_by_hand_goes_through_its_states() {
    let _alone = alone();
    let mut frame = PollFrame::new("by hand");
    assert_eq!((frame.state(), frame.id()), (State::Created, None));
    assert_eq!(frame.frame().unwrap().name(), "by hand");
    for _ in 0..2 {
        let inside = frame.poll(|| {
            let dump = tasks::dump();
            (
                find(&dump, "by hand").is_running(),
                stacklens::currentframe().map(|frame| frame.name()),
            )
        });
        assert_eq!(inside, (true, Some("by hand")));
        assert_eq!(frame.state(), State::Suspended);
    }
    assert_eq!(find(&tasks::dump(), "by hand").polls(), 2);
    frame.finish();
    assert!(
        frame.state() == State::Finished && frame.frame().is_none() && tasks::dump().is_empty()
    );
    let panics = || -> () { panic!("as asked") };
    assert!(catch_unwind(AssertUnwindSafe(|| frame.poll(panics))).is_err());
    assert!(frame.state() == State::Finished && tasks::dump().is_empty());
}

#[test]
fn a_running_task_shows_the_line_and_values_of_now() {
    let _alone = alone();
    #[frame]
    async fn inner(n: u32) -> u32 {
        let text = format!("number {n}, which is no word");
        let (dump, line) = (tasks::dump(), line!());
        let here = find(&dump, "inner");
        assert!(here.is_running() && here.awaited_by().unwrap().is_running());
        assert_eq!(here.line(), line);
        assert!(
            here.locals()
                .to_string()
                .starts_with(r#"{n: 7, text: "number 7, which is no word""#),
            "{dump}"
        );
        assert_eq!(here.info().depth(), 2);
        text.len() as u32
    }
    #[frame]
    async fn outer(n: u32) -> u32 {
        inner(n).await
    }
    assert!(poll(pin!(outer(7))).is_ready());
}

#[test]
fn equal_frames_are_counted() {
    let _alone = alone();
    let mut waiting: Vec<_> = (0..1000).map(|n| Box::pin(gather(n % 2))).collect();
    for task in &mut waiting {
        assert!(poll(task.as_mut()).is_pending());
    }
    let dump = tasks::dump();
    let tree = tree(&dump);
    assert_eq!((dump.len(), tree.lines().count()), (3000, 6), "{tree}");
    assert_eq!(
        tree.lines()
            .filter(|line| line.starts_with("500x gather:"))
            .count(),
        2,
        "{tree}"
    );
}

#[test]
fn the_tree_has_branches() {
    let _alone = alone();
    let mut task = pin!(gather(1));
    assert!(poll(task.as_mut()).is_pending());
    let dump = tasks::dump();
    let lines: Vec<String> = tree(&dump).lines().map(str::to_owned).collect();
    assert!(
        lines[0].starts_with("gather:") && lines[0].contains(" {first: 1, a: "),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("├─ fetch:") && lines[2].starts_with("└─ fetch:"),
        "{lines:?}"
    );
    let with_times = format!("{:#}", dump.tree());
    assert!(
        with_times
            .lines()
            .all(|line| line.contains(" old, 1 poll, the last ")),
        "{with_times}"
    );
}

#[test]
fn what_was_not_polled_for_long_is_found() {
    let _alone = alone();
    // Of two branches one comes again and again.
    #[frame]
    async fn both() {
        futures::join!(fetch("again".to_owned()), busy());
    }
    #[frame]
    async fn busy() {
        pause(1000).await;
    }
    let mut stuck = pin!(fetch("stuck".to_owned()));
    let mut goes_on = pin!(both());
    assert!(poll(stuck.as_mut()).is_pending() && poll(goes_on.as_mut()).is_pending());
    std::thread::sleep(Duration::from_millis(50));
    assert!(poll(goes_on.as_mut()).is_pending());

    let dump = tasks::dump();
    let task = |name: &str| dump.tasks().find(|task| task.name() == name).unwrap();
    let (waits, goes) = (task("fetch"), task("both"));
    assert!(waits.since_polled() >= Duration::from_millis(50) + goes.since_polled());
    assert!(waits.age() == waits.since_polled() && goes.age() > goes.since_polled());
    let found = dump.not_polled_for(waits.since_polled());
    assert_eq!(found.len(), 1, "{found}");
    assert!(find(&found, "fetch").locals().to_string().contains("stuck"));
    assert!(dump.not_polled_for(Duration::from_secs(600)).is_empty());
    assert_eq!(dump.not_polled_for(Duration::ZERO).len(), 4);
}

#[test]
fn json_has_all_of_it() {
    let _alone = alone();
    let mut task = pin!(gather(1));
    assert!(poll(task.as_mut()).is_pending());
    let json: serde_json::Value = serde_json::from_str(&tasks::dump().to_json()).unwrap();
    let frames = json["frames"].as_array().unwrap();
    assert_eq!((&json["version"], frames.len()), (&1.into(), 3));
    let named = |name: &str| {
        frames
            .iter()
            .filter(|frame| frame["name"] == name)
            .collect::<Vec<_>>()
    };
    let (root, fetched) = (named("gather")[0], named("fetch"));
    assert_eq!(root["locals"][0]["name"], "first");
    assert!(
        fetched
            .iter()
            .all(|frame| frame["awaited_by"] == root["id"] && frame["state"] == "suspended")
    );
    assert!(fetched[0]["age_ns"].as_u64() >= fetched[0]["since_polled_ns"].as_u64());
}

#[test]
fn a_forgotten_future_stays_in_the_dump_and_shows_what_it_had() {
    let _alone = alone();
    // In a process of its own would be better; so the frame is told apart and let go at the end.
    let mut forgotten = std::mem::ManuallyDrop::new(Box::pin(fetch("forgotten".to_owned())));
    assert!(poll(forgotten.as_mut()).is_pending());
    let other = std::thread::spawn(|| find(&tasks::dump(), "fetch").locals().to_string());
    assert!(other.join().unwrap().contains(r#"url: "forgotten""#));
    drop(std::mem::ManuallyDrop::into_inner(forgotten));
}

#[test]
fn futures_are_a_small_constant_larger() {
    async fn plain(text: String) -> usize {
        pending::<()>().await;
        text.len()
    }
    #[frame]
    async fn annotated(text: String) -> usize {
        pending::<()>().await;
        text.len()
    }
    #[frame]
    async fn with_many(a: u64, b: u64, c: u64) -> u64 {
        let (d, e, f) = (a + b, b + c, a + c);
        pending::<()>().await;
        a + b + c + d + e + f
    }
    let (bare, ours) = (
        size_of_val(&plain(String::new())),
        size_of_val(&annotated(String::new())),
    );
    // Two words, the state of the outer function, and the parameter once more.
    assert!(ours <= bare + 56, "{bare} {ours}");
    assert!(size_of_val(&with_many(1, 2, 3)) <= 160);
    assert_eq!(size_of::<tasks::Framed<()>>(), size_of::<PollFrame>());
    fn anywhere<T: Send + Sync + 'static>(_: &T) {}
    anywhere(&annotated(String::new()));
    anywhere(&PollFrame::new("x"));
    anywhere(&tasks::dump());
}

mod executors {
    use super::*;

    /// Yields to the executor, on any.
    async fn yields(times: u32) {
        for _ in 0..times {
            let mut yielded = false;
            poll_fn(|context| {
                if std::mem::replace(&mut yielded, true) {
                    return Poll::Ready(());
                }
                context.waker().wake_by_ref();
                Poll::Pending
            })
            .await;
        }
    }

    #[frame]
    async fn worker(id: u32, rounds: u32) -> u32 {
        for _ in 0..rounds {
            step(id).await;
        }
        id
    }

    #[frame]
    async fn step(id: u32) {
        yields(1).await;
        let here = stacklens::stack();
        assert_eq!(
            here[0].locals().get("id").unwrap().value().as_u64(),
            Some(u64::from(id))
        );
        assert_eq!(here[1].name(), "worker");
    }

    /// Whatever a dump catches, it is true.
    fn check(dump: &TaskDump) {
        for frame in dump.frames().filter(|frame| frame.name() == "step") {
            if let (Some(parent), false) = (frame.awaited_by(), frame.is_running()) {
                assert_eq!(parent.name(), "worker");
                let id = |frame: TaskFrame<'_>| {
                    frame.locals().get("id").map(|id| id.value().to_string())
                };
                assert_eq!(id(frame), id(parent), "{dump}");
            }
        }
    }

    #[test]
    fn on_tokio() {
        let _alone = alone();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(3)
            .enable_all()
            .build()
            .unwrap();
        let handles: Vec<_> = (0..50).map(|id| runtime.spawn(worker(id, 400))).collect();
        for _ in 0..50 {
            check(&tasks::dump());
        }
        let ids: Vec<u32> = runtime.block_on(async {
            let mut ids = Vec::new();
            for handle in handles {
                ids.push(handle.await.unwrap());
            }
            ids
        });
        assert_eq!(ids, (0..50).collect::<Vec<_>>());
        let aborted = runtime.spawn(async { fetch("aborted".to_owned()).await });
        while tasks::dump().is_empty() {
            std::thread::yield_now();
        }
        aborted.abort();
        assert!(runtime.block_on(aborted).is_err());
        assert!(tasks::dump().is_empty());
    }

    #[test]
    fn on_smol() {
        let _alone = alone();
        let tasks_of: Vec<_> = (0..20).map(|id| smol::spawn(worker(id, 100))).collect();
        check(&tasks::dump());
        let sum: u32 = smol::block_on(async {
            let mut sum = 0;
            for task in tasks_of {
                sum += task.await;
            }
            sum
        });
        assert!(sum == (0..20).sum::<u32>() && tasks::dump().is_empty());
    }

    #[test]
    fn on_futures_executors() {
        use futures::executor::{LocalPool, ThreadPool, block_on};
        use futures::stream::{FuturesUnordered, StreamExt};
        use futures::task::{LocalSpawnExt, SpawnExt};
        let _alone = alone();
        #[frame]
        async fn all() -> u32 {
            let mut unordered: FuturesUnordered<_> = (0..10).map(|id| worker(id, 3)).collect();
            let mut sum = 0;
            while let Some(id) = unordered.next().await {
                let dump = tasks::dump();
                let awaits = find(&dump, "all").awaits().count();
                assert_eq!(
                    awaits,
                    dump.frames()
                        .filter(|frame| frame.name() == "worker")
                        .count()
                );
                sum += id;
            }
            sum
        }
        assert_eq!(block_on(all()), 45);
        let pool = ThreadPool::builder().pool_size(2).create().unwrap();
        let handle = pool.spawn_with_handle(all()).unwrap();
        assert_eq!(block_on(handle), 45);
        let mut local = LocalPool::new();
        local
            .spawner()
            .spawn_local(async { assert_eq!(all().await, 45) })
            .unwrap();
        local.run();
        assert!(tasks::dump().is_empty());
    }
}

#[test]
fn a_tree_has_as_much_of_the_variables_as_it_is_asked_for() {
    struct Unknown;
    #[frame]
    async fn serve(id: u32, path: &str, unknown: &Unknown) -> u32 {
        let found = lookup(id, unknown).await;
        found + path.len() as u32
    }
    #[frame]
    async fn lookup(id: u32, _: &Unknown) -> u32 {
        pending::<()>().await;
        id
    }
    let _alone = alone();
    let tasks: Vec<_> = (1..=6)
        .map(|id| {
            let mut task = Box::pin(serve(id, "/order", &Unknown));
            assert!(poll(task.as_mut()).is_pending());
            task
        })
        .collect();
    let dump = tasks::dump();
    let at = |text: String| {
        let text = text.replace(concat!(" in ", file!()), "");
        let digits = |c: char| c.is_ascii_digit();
        let lines = text.lines().map(|line| {
            let (name, rest) = line.split_once(':').expect("a line");
            format!("{name}{}", rest.trim_start_matches(digits))
        });
        lines.collect::<Vec<_>>()
    };
    assert_eq!(
        at(dump.tree().without_values().to_string()),
        ["6x serve", "└─ lookup"]
    );
    let known = at(dump.tree().with_known_values().to_string());
    assert_eq!(known.len(), 2 * tasks.len());
    assert_eq!(
        known[..2],
        [
            r#"serve {id: 1, path: "/order", 2 without a value}"#,
            "└─ lookup {id: 1}"
        ]
    );
    let all = at(dump.tree().to_string());
    assert_eq!(
        all[0],
        r#"serve {id: 1, path: "/order", unknown: <opaque &Unknown>, found: <not yet assigned>}"#
    );
}
