//! A dump of a hundred thousand tasks that wait, while the runtime serves others.
//!
//! `STACKLENS_LOAD=8` runs eight times as long, and looks at each of them. Throughputs are printed (`--nocapture`): they are
//! the machine's. What is asserted of them leaves it room: that no dump stands still what is served, and that it takes a
//! core at most. What a poll does in a dump, counted, is in suspended_work.rs.

#![cfg(not(feature = "off"))]

use stacklens::{frame, tasks};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

const WAITING: usize = 100_000;
const SERVING: usize = 4;

#[frame]
async fn connection(id: u32, open: Arc<Semaphore>) -> u32 {
    let _ended = open.acquire().await.expect("it is never closed");
    id
}

/// A request is two polls.
#[frame]
async fn serve(worker: usize, served: Arc<AtomicU64>, stop: Arc<AtomicBool>) {
    while !stop.load(Relaxed) {
        request(worker).await;
        served.fetch_add(1, Relaxed);
    }
}

#[frame]
async fn request(worker: usize) -> usize {
    yield_now().await;
    worker
}

/// What was served while something ran, and how long that took.
fn during(served: &AtomicU64, run: impl FnOnce()) -> (u64, Duration) {
    let (before, began) = (served.load(Relaxed), Instant::now());
    run();
    (served.load(Relaxed) - before, began.elapsed())
}

fn rate((count, time): (u64, Duration)) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn waiting(dump: &tasks::TaskDump) -> impl Iterator<Item = tasks::TaskFrame<'_>> {
    dump.frames().filter(|frame| frame.name() == "connection")
}

#[test]
fn a_hundred_thousand_tasks_are_dumped_while_the_runtime_serves() {
    let times = std::env::var("STACKLENS_LOAD").ok();
    let times: u32 = times.and_then(|times| times.parse().ok()).unwrap_or(1);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("threads");
    let open = Arc::new(Semaphore::new(0));
    let (served, stop) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );

    let mut connections = JoinSet::new();
    for id in 0..WAITING as u32 {
        connections.spawn_on(connection(id, Arc::clone(&open)), runtime.handle());
    }
    let began = Instant::now();
    while tasks::dump()
        .frames()
        .filter(|frame| !frame.is_running())
        .count()
        < WAITING
    {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "not all waiting"
        );
        std::thread::sleep(Duration::from_millis(20));
    }

    let mut workers = JoinSet::new();
    for worker in 0..SERVING {
        let task = serve(worker, Arc::clone(&served), Arc::clone(&stop));
        workers.spawn_on(task, runtime.handle());
    }
    while served.load(Relaxed) == 0 {
        std::thread::yield_now();
    }

    let time = Duration::from_millis(500) * times;
    let alone = during(&served, || std::thread::sleep(time));
    let (mut dumps, mut standing) = (0, 0);
    let dumped = during(&served, || {
        let end = Instant::now() + time;
        while dumps == 0 || Instant::now() < end {
            let mut dump = None;
            let (meanwhile, _) = during(&served, || dump = Some(tasks::dump()));
            assert_eq!(
                dump.as_ref().map(|dump| waiting(dump).count()),
                Some(WAITING)
            );
            dumps += 1;
            standing += u32::from(meanwhile == 0);
        }
    });
    // A poll that waited for a dump would serve nothing in any of them. One may well go by while others have the cores.
    assert!(
        standing <= dumps / 2,
        "nothing was served in {standing} of {dumps} dumps"
    );
    println!(
        "{WAITING} tasks, {dumps} dumps of {:.1} ms each: {:.0} requests/s meanwhile, {:.0} without",
        dumped.1.as_secs_f64() * 1e3 / f64::from(dumps),
        rate(dumped),
        rate(alone)
    );
    // Two threads serve and one dumps: on one core a third is left of it, on two at least a half.
    assert!(
        rate(dumped) >= rate(alone) / 10.0,
        "{:.0} of {:.0}",
        rate(dumped),
        rate(alone)
    );

    // Each is there once, with what it was given; and the text is made while others are served, too.
    let dump = tasks::dump();
    assert_eq!(waiting(&dump).count(), WAITING);
    let one_of = if times > 1 { 1 } else { 100 };
    let mut ids: Vec<u64> = waiting(&dump)
        .step_by(one_of)
        .map(|frame| {
            assert_eq!((frame.polls(), frame.is_running()), (1, false));
            let locals = frame.locals();
            locals
                .get("id")
                .and_then(|id| id.value().as_u64())
                .expect("an id")
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), WAITING / one_of);
    assert!(ids.last().is_some_and(|&id| id < WAITING as u64));
    if times > 1 {
        let mut tree = String::new();
        let text = during(&served, || tree = dump.tree().to_string());
        assert!(text.0 > 0, "nothing was served while the text was made");
        assert_eq!(tree.matches("connection in ").count(), WAITING);
        println!(
            "as text: {:.0} ms, {:.0} requests/s meanwhile",
            text.1.as_secs_f64() * 1e3,
            rate(text)
        );
    }

    stop.store(true, Relaxed);
    open.add_permits(WAITING);
    runtime.block_on(async {
        while let Some(ended) = workers.join_next().await {
            ended.expect("no panic");
        }
        let mut sum = 0;
        while let Some(id) = connections.join_next().await {
            sum += u64::from(id.expect("no panic"));
        }
        assert_eq!(sum, (WAITING as u64 - 1) * WAITING as u64 / 2);
    });
    let left = tasks::dump();
    assert!(left.is_empty(), "{left}");
}
