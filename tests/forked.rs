//! A child of `fork` has one thread, and what the others had locked stays locked. It can be asked all the same, whatever
//! they were doing.

#![cfg(all(target_os = "linux", not(feature = "off")))]

mod child;

use stacklens::tasks::{self, FutureExt};
use stacklens::threads::{self, Dump};
use stacklens::{Config, Hot, ResultExt, catch, currentframe, frame, native, stack};
use std::future::{Future, pending};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

#[frame]
fn fails(n: u32) -> stacklens::Result<u32> {
    if n == 0 {
        let parsed: u32 = "no number".parse().traced()?;
        return Ok(parsed);
    }
    let below = fails(n - 1)?;
    Ok(below + 1)
}

#[frame]
fn looks(text: &str) {
    assert_eq!(
        currentframe()
            .unwrap()
            .locals()
            .get("text")
            .unwrap()
            .value()
            .as_str(),
        Some(text)
    );
    assert!(!stack().to_string().is_empty());
}

#[frame]
fn panics(list: &[u32]) -> u32 {
    let report = catch(|| list[list.len()]).unwrap_err();
    assert!(report.to_string().contains("out of bounds"), "{report}");
    list[0]
}

#[frame]
async fn waits(text: &str) -> usize {
    pending::<()>().await;
    text.len()
}

#[frame]
fn polls(text: &str) {
    let mut task = pin!(waits(text).framed("task"));
    assert!(
        task.as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
    let dump = tasks::dump();
    assert!(dump.frames().any(|frame| frame.name() == "waits"));
}

/// Each of the things that a thread may be in the middle of.
fn work(which: usize) {
    match which {
        0 => looks("some text that is no word"),
        1 => spend(format!("{:?}", fails(3).unwrap_err())),
        2 => spend(panics(&[1, 2, 3])),
        3 => polls("more text"),
        4 => spend(threads::dump_all().to_string()),
        5 => spend(Dump::new().interrupt(false).take()),
        6 => spend(native::stack().to_string()),
        7 => spend(native::locals().to_string()),
        _ => spend(native::crosscheck().to_string()),
    }
}

fn spend<T>(value: T) {
    drop(black_box(value));
}

const WAYS: usize = 9;

#[test]
fn a_forked_child_waits_for_none_of_its_parents_threads() {
    child::run(|| {
        static OVER: AtomicBool = AtomicBool::new(false);
        // Values of functions that are called all the time are wanted too.
        Config::new().hot(Hot::Always).install();
        // What is read once is not what this is about.
        (0..WAYS).for_each(work);
        let others: Vec<_> = (0..WAYS)
            .map(|which| {
                thread::spawn(move || {
                    while !OVER.load(Relaxed) {
                        work(which);
                    }
                })
            })
            .collect();
        let rounds = if child::slow() { 10 } else { 30 };
        for round in 0..rounds {
            thread::sleep(Duration::from_millis(1 + round % 5));
            for_fork(round as usize);
        }
        OVER.store(true, Relaxed);
        others.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

/// Forks; the child does everything, beginning with another thing each time.
fn for_fork(first: usize) {
    // SAFETY: the child runs what this file is about, and ends without destructors.
    unsafe {
        let child = libc::fork();
        assert!(child >= 0);
        if child == 0 {
            // Not for ever.
            libc::alarm(60);
            for which in 0..WAYS {
                let which = (first + which) % WAYS;
                work(which);
            }
            libc::_exit(0);
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
        assert_eq!(status, 0, "begun with {first}");
    }
}
