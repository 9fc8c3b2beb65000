//! Errors of ours that are made at one place and leave functions at another: their reports say all of the way, and where they
//! were brought from.

#![cfg(not(feature = "off"))]

use stacklens::frame;
use stacklens::report::Entry;
use std::sync::mpsc;
use std::thread;

/// What an error of ours says of its way: the functions, outermost first, and where it was brought from.
fn way(error: &stacklens::Error) -> Vec<String> {
    let entry = |entry: &Entry| match entry {
        Entry::Frame(frame) => frame.function.to_string(),
        Entry::Joined(joint) => format!("[{joint}]"),
        other => format!("{other:?}"),
    };
    error.report().stack.iter().map(entry).collect()
}

#[frame]
fn makes(n: u32) -> stacklens::Result<u32> {
    stacklens::ensure!(n == 0, "low {n}");
    Ok(n)
}

fn worker() -> thread::JoinHandle<stacklens::Result<u32>> {
    let root = || stacklens::framed!("worker", makes(1));
    thread::Builder::new()
        .name("w".to_owned())
        .spawn(root)
        .unwrap()
}

#[frame]
fn joins() -> stacklens::Result<u32> {
    let n = worker().join().unwrap()?;
    Ok(n + 1)
}

#[frame]
fn outer(f: fn() -> stacklens::Result<u32>) -> stacklens::Result<u32> {
    let n = f()?;
    Ok(n)
}

fn way_of(f: fn() -> stacklens::Result<u32>) -> Vec<String> {
    way(&outer(f).unwrap_err())
}

#[test]
fn joined_from_a_thread() {
    let expected = [
        "outer",
        "joins",
        "[joined from thread 'w']",
        "worker",
        "makes",
    ];
    assert_eq!(way_of(joins), expected);
    // Nobody has to ask on the thread on which it left.
    let error = outer(joins).unwrap_err();
    assert_eq!(thread::spawn(move || way(&error)).join().unwrap(), expected);
}

#[test]
fn joined_and_passed_on_in_every_way() {
    #[frame]
    fn joins() -> stacklens::Result<u32> {
        worker().join().unwrap()
    }
    #[frame]
    fn joins_and_returns() -> stacklens::Result<u32> {
        let joined = worker().join().unwrap();
        if joined.is_err() {
            return joined;
        }
        Ok(0)
    }
    #[frame]
    fn joins_and_matches() -> stacklens::Result<u32> {
        match worker().join().unwrap() {
            Ok(n) => Ok(n),
            Err(error) => Err(error),
        }
    }
    #[frame]
    fn joins_with_context() -> stacklens::Result<u32> {
        use stacklens::ResultExt;
        worker()
            .join()
            .unwrap()
            .context("while joining")
            .note("a worker")
    }
    for (joins, name) in [
        (joins as fn() -> _, "joins"),
        (joins_and_returns, "joins_and_returns"),
        (joins_and_matches, "joins_and_matches"),
        (joins_with_context, "joins_with_context"),
    ] {
        let expected = ["outer", name, "[joined from thread 'w']", "worker", "makes"];
        assert_eq!(way_of(joins), expected);
    }
}

#[test]
fn joined_twice() {
    #[frame]
    fn between() -> stacklens::Result<u32> {
        let between = || stacklens::framed!("second", joins());
        thread::spawn(between).join().unwrap()
    }
    let way = way_of(between);
    assert!(way[2].starts_with("[joined from thread "), "{way:?}");
    let rest = [
        "second",
        "joins",
        "[joined from thread 'w']",
        "worker",
        "makes",
    ];
    assert_eq!(
        (&way[..2], &way[3..]),
        (
            &["outer".to_owned(), "between".to_owned()][..],
            &rest.map(str::to_owned)[..]
        )
    );
}

#[test]
fn sent_and_sent_back_to_the_function_that_waits() {
    #[frame]
    fn asks() -> stacklens::Result<u32> {
        let error = makes(1).unwrap_err();
        let (to, from) = mpsc::channel();
        let there = move || stacklens::framed!("there", to.send(passes(error)).unwrap());
        thread::Builder::new()
            .name("w".to_owned())
            .spawn(there)
            .unwrap()
            .join()
            .unwrap();
        from.recv().unwrap()
    }
    #[frame]
    fn passes(error: stacklens::Error) -> stacklens::Result<u32> {
        Err(error)?
    }
    let way = way_of(asks);
    let here = format!("[joined from {}]", stacklens::report::Thread::current());
    let expected = [
        "outer",
        "asks",
        "[joined from thread 'w']",
        "there",
        "passes",
        &here,
        "outer",
        "asks",
        "makes",
    ];
    assert_eq!(way, expected);
}

#[test]
fn stored_and_returned_by_a_later_call() {
    #[frame]
    fn later(stored: &mut Option<stacklens::Error>) -> stacklens::Result<u32> {
        match stored.take() {
            Some(error) => Err(error),
            None => Ok(0),
        }
    }
    #[frame]
    fn keeps() -> stacklens::Result<u32> {
        let mut stored = makes(1).err();
        makes(0)?;
        let n = later(&mut stored)?;
        Ok(n)
    }
    let expected = [
        "outer",
        "keeps",
        "later",
        "[kept since an earlier call]",
        "outer",
        "keeps",
        "makes",
    ];
    assert_eq!(way_of(keeps), expected);
}

#[test]
fn stored_in_the_function_that_returns_it() {
    #[frame]
    fn keeps() -> stacklens::Result<u32> {
        let stored = makes(1);
        makes(2).ok();
        makes(0)?;
        stored
    }
    assert_eq!(way_of(keeps), ["outer", "keeps", "makes"]);
}

#[test]
fn one_of_several_is_returned() {
    #[frame]
    fn first_of_two() -> stacklens::Result<u32> {
        let (a, b) = (worker(), worker());
        let (a, b) = (a.join().unwrap(), b.join().unwrap());
        a.or(b)
    }
    let expected = [
        "outer",
        "first_of_two",
        "[joined from thread 'w']",
        "worker",
        "makes",
    ];
    assert_eq!(way_of(first_of_two), expected);
}

#[test]
fn handled_errors_do_not_lend_theirs() {
    #[frame]
    fn retries() -> stacklens::Result<u32> {
        worker().join().unwrap().ok();
        joins().ok();
        let n = makes(2)?;
        Ok(n)
    }
    assert_eq!(way_of(retries), ["outer", "retries", "makes"]);
}

#[test]
fn made_without_a_frame() {
    #[frame]
    fn joins() -> stacklens::Result<u32> {
        Ok(thread::spawn(|| {
            "x".parse::<u32>()
                .map_err(|error| stacklens::Error::new(error))
        })
        .join()
        .unwrap()?)
    }
    let way = way_of(joins);
    assert_eq!(way[..2], ["outer", "joins"]);
    assert!(way[2].starts_with("[joined from thread "), "{way:?}");
    // The place alone.
    assert_eq!(way[3..], [""]);
}

#[test]
fn errors_of_other_types_go_along_where_they_are_traced() {
    use stacklens::ResultExt;

    #[frame]
    fn parses(text: &str) -> Result<u32, std::num::ParseIntError> {
        let n = text.parse()?;
        Ok(n)
    }
    fn worker(text: &'static str) -> thread::JoinHandle<stacklens::Result<u32>> {
        let work = move || stacklens::framed!("worker", parses(text).traced());
        let named = thread::Builder::new().name("w".to_owned());
        named.spawn(work).unwrap()
    }
    #[frame]
    fn joins() -> stacklens::Result<u32> {
        let n = worker("x").join().unwrap()?;
        Ok(n)
    }
    let expected = [
        "outer",
        "joins",
        "[joined from thread 'w']",
        "worker",
        "parses",
    ];
    assert_eq!(way_of(joins), expected);

    // The error itself leaves them there, and takes nothing of another one along.
    #[frame]
    fn joins_bare() -> Result<u32, std::num::ParseIntError> {
        parses("y").ok();
        let n = thread::spawn(|| parses("x")).join().unwrap()?;
        Ok(n)
    }
    let error = joins_bare().unwrap_err();
    let trace = stacklens::ReturnTrace::of(&error).unwrap();
    let hops: Vec<_> = trace.hops().iter().map(|hop| hop.frame().name()).collect();
    assert_eq!(hops, ["joins_bare"]);
}

#[test]
fn handed_round_for_ever() {
    #[frame]
    fn hand(error: stacklens::Error) -> stacklens::Result<u32> {
        Err(error)?
    }
    let mut error = makes(1).unwrap_err();
    for _ in 0..100 {
        error = thread::spawn(|| hand(error).unwrap_err()).join().unwrap();
    }
    let report = error.report();
    let joints = report
        .stack
        .iter()
        .filter(|entry| matches!(entry, Entry::Joined(_)))
        .count();
    let omitted: usize = report
        .stack
        .iter()
        .map(|entry| match entry {
            Entry::Omitted { frames } => *frames,
            _ => 0,
        })
        .sum();
    assert_eq!(joints + omitted, 100, "{}", report);
    assert!(joints < 20);
}

#[test]
fn deeper_than_frames_are_shown() {
    #[frame]
    fn deep(n: u32) -> stacklens::Result<u32> {
        match n {
            0 => joins(),
            n => Ok(deep(n - 1)? + 1),
        }
    }
    let error = deep(1_000).unwrap_err();
    let joints = |error: &stacklens::Error| {
        way(error)
            .iter()
            .filter(|line| line.starts_with("[joined"))
            .count()
    };
    assert_eq!(joints(&error), 1);
    #[frame]
    fn deep_origin(n: u32) -> stacklens::Result<u32> {
        match n {
            0 => makes(1),
            n => Ok(deep_origin(n - 1)? + 1),
        }
    }
    assert_eq!(joints(&deep_origin(1_000).unwrap_err()), 0);
}
/// Tasks, which threads poll.
mod tasks {
    use super::*;
    use stacklens::tasks::FutureExt;
    use std::future::Future;
    use tokio::runtime::{Builder, Runtime};
    use tokio::task::{JoinError, yield_now};

    #[frame]
    async fn fetch(page: u32) -> stacklens::Result<u32> {
        yield_now().await;
        stacklens::ensure!(page < 2, "no page {page}");
        Ok(page)
    }

    #[frame]
    async fn crawl(pages: u32) -> stacklens::Result<u32> {
        let mut sum = 0;
        for page in 0..pages {
            sum += fetch(page).await?;
        }
        Ok(sum)
    }

    fn runtimes() -> [Runtime; 2] {
        [Builder::new_current_thread(), Builder::new_multi_thread()]
            .map(|mut builder| builder.build().unwrap())
    }

    #[frame]
    async fn gather<F: Future<Output = stacklens::Result<u32>> + Send + 'static>(
        task: F,
    ) -> stacklens::Result<u32> {
        let handle: Result<stacklens::Result<u32>, JoinError> = tokio::spawn(task).await;
        let sum = handle.unwrap()?;
        Ok(sum)
    }

    #[test]
    fn awaited_as_a_task() {
        for runtime in runtimes() {
            let error = runtime.block_on(gather(crawl(3))).unwrap_err();
            assert_eq!(
                way(&error),
                ["gather", "[joined from another task]", "crawl", "fetch"]
            );
            assert_eq!(error.report().task, None);
        }
    }

    #[test]
    fn awaited_as_a_task_with_a_name() {
        for runtime in runtimes() {
            let error = runtime
                .block_on(gather(crawl(3).framed("crawler")))
                .unwrap_err();
            assert_eq!(
                way(&error),
                [
                    "gather",
                    "[joined from task 'crawler']",
                    "crawler",
                    "crawl",
                    "fetch"
                ]
            );
            assert_eq!(error.report().task.as_deref(), Some("crawler"));
        }
    }

    #[test]
    fn awaited_without_a_frame_and_passed_on() {
        #[frame]
        fn outside(runtime: &Runtime) -> stacklens::Result<u32> {
            let sum = runtime.block_on(async { tokio::spawn(crawl(3)).await.unwrap() })?;
            Ok(sum)
        }
        let [one_thread, threads] = runtimes().map(|runtime| way(&outside(&runtime).unwrap_err()));
        assert_eq!(
            threads,
            ["outside", "[joined from another task]", "crawl", "fetch"]
        );
        // There it was polled below the function that waits.
        assert_eq!(one_thread, ["outside", "crawl", "fetch"]);
    }

    #[test]
    fn polled_by_the_function_that_passes_it_on() {
        #[frame]
        fn outside(runtime: &Runtime) -> stacklens::Result<u32> {
            let sum = runtime.block_on(crawl(3))?;
            Ok(sum)
        }
        for runtime in runtimes() {
            assert_eq!(
                way(&outside(&runtime).unwrap_err()),
                ["outside", "crawl", "fetch"]
            );
        }
    }

    #[test]
    fn kept_while_others_are_awaited() {
        #[frame]
        async fn both() -> stacklens::Result<u32> {
            let slow = async {
                for _ in 0..5 {
                    yield_now().await;
                }
                Ok::<u32, stacklens::Error>(1)
            };
            let (failed, slow) = tokio::join!(crawl(3), slow);
            Ok(failed? + slow?)
        }
        #[frame]
        async fn outer() -> stacklens::Result<u32> {
            let n = both().await?;
            Ok(n)
        }
        for runtime in runtimes() {
            let error = runtime.block_on(outer()).unwrap_err();
            assert_eq!(way(&error), ["outer", "both", "crawl", "fetch"]);
            let spawned = async { tokio::spawn(outer()).await.unwrap() };
            let error = runtime.block_on(spawned).unwrap_err();
            assert_eq!(way(&error), ["outer", "both", "crawl", "fetch"]);
        }
    }

    #[test]
    fn from_a_thread_that_a_task_waits_for() {
        #[frame]
        async fn asks() -> stacklens::Result<u32> {
            let n = tokio::task::spawn_blocking(|| makes(1)).await.unwrap()?;
            Ok(n)
        }
        for runtime in runtimes() {
            let way = way(&runtime.block_on(asks().framed("main task")).unwrap_err());
            assert_eq!(way[..2], ["main task", "asks"]);
            assert!(way[2].starts_with("[joined from thread "), "{way:?}");
            assert_eq!(way[3..], ["makes"]);
        }
    }

    #[test]
    fn a_panic_names_its_task() {
        #[frame]
        async fn panics() {
            yield_now().await;
            panic!("in a task");
        }
        let task = async {
            let mut polled = std::pin::pin!(panics().framed("breaker"));
            std::future::poll_fn(move |context| {
                let poll = std::panic::AssertUnwindSafe(|| polled.as_mut().poll(context));
                match stacklens::catch(poll) {
                    Ok(poll) => poll.map(|()| unreachable!()),
                    Err(report) => std::task::Poll::Ready(report),
                }
            })
            .await
        };
        let report = runtimes()[0].block_on(task);
        assert_eq!(report.task.as_deref(), Some("breaker"));
        let last = report.to_string().lines().last().unwrap().to_owned();
        assert!(
            last.starts_with("panic in task 'breaker' on thread '"),
            "{last}"
        );
        assert!(report.to_json().contains(r#""task":"breaker""#));
        assert!(report.to_sentry().contains(r#""task":"breaker""#));
        assert!(report.to_otel_json().contains("breaker"));
    }
}
