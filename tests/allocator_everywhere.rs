//! An allocator that is annotated, logged and curious: each allocation of the library's own comes back to it, from wherever
//! it was made. Nobody may wait for himself, and nothing may be borrowed twice.

#![cfg(all(unix, not(feature = "off")))]

use stacklens::log_calls::{self, Background, Ring, Timeline, Writer};
use stacklens::tasks::{self, FutureExt};
use stacklens::{
    Inspect, ResultExt, catch, currentframe, depth, frame, generator, native, stack, threads,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

struct Curious;

/// How often the allocator looked at the stack.
static LOOKED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// What it allocates itself while it looks is given without a look.
    static LOOKING: Cell<bool> = const { Cell::new(false) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

#[stacklens::log_calls(level = "trace")]
fn allocate(layout: Layout, why: &str) -> *mut u8 {
    let (size, align) = (layout.size(), layout.align());
    let text = "what is in no word of a record";
    look(why);
    assert!(size > 0 && align > 0 && !text.is_empty());
    // SAFETY: the caller of `alloc` vouches for the layout.
    unsafe { System.alloc(layout) }
}

#[stacklens::log_calls(level = "trace")]
fn release(memory: *mut u8, layout: Layout, why: &str) {
    look(why);
    // SAFETY: the caller of `dealloc` vouches for both.
    unsafe { System.dealloc(memory, layout) }
}

/// Does something that the library may be in the middle of.
fn look(why: &str) {
    let count = COUNT.get();
    COUNT.set(count + 1);
    if LOOKING.replace(true) {
        return;
    }
    match count % 97 {
        0 => spend(stack().to_string()),
        1 => spend(currentframe().map(|frame| frame.locals().to_string())),
        2 => spend(fails(1).map_err(|error| format!("{error:?}"))),
        3 => spend(tasks::dump_tree().to_string()),
        4 => spend(generator(|y| async move { y.yield_(1).await }).count()),
        5 => spend(poll_once(waits(3, "text of an allocation"))),
        6 => spend(log_calls::recent()),
        7 => spend(limited(3)),
        8 => spend(shows(Mine {
            list: vec![1, 2, 3],
        })),
        _ => {}
    }
    LOOKED.fetch_add(1, Relaxed);
    assert!(depth() > 0 && !why.is_empty());
    LOOKING.set(false);
}

fn spend<T>(value: T) {
    drop(black_box(value));
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Curious {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocate(layout, "because somebody asked")
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        release(memory, layout, "because it is over");
    }
}

#[global_allocator]
static ALLOCATOR: Curious = Curious;

#[derive(Inspect)]
struct Mine {
    list: Vec<u32>,
}

#[frame]
fn shows(mine: Mine) -> usize {
    let copy = mine.list.clone();
    let text = stack().to_string();
    copy.len() + text.len()
}

#[frame(recursion_limit = 50)]
fn limited(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + limited(n - 1) }
}

#[frame]
fn fails(n: u32) -> stacklens::Result<u32> {
    if n == 0 {
        let parsed: u32 = "no number".parse().traced()?;
        return Ok(parsed);
    }
    let below = fails(n - 1)?;
    Ok(below + 1)
}

#[stacklens::log_calls]
async fn waits(n: u32, text: &str) -> usize {
    let kept = format!("{text} {n}");
    let mut ready = false;
    poll_fn(|_| match std::mem::replace(&mut ready, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
    kept.len()
}

fn poll_once<F: Future>(future: F) -> bool {
    let mut future = pin!(future.framed("once"));
    let context = &mut Context::from_waker(Waker::noop());
    future.as_mut().poll(context).is_ready()
}

/// All that allocates.
fn everything() {
    let error = fails(3).unwrap_err();
    let report = error.report();
    assert!(!format!("{error:?}{error:#}{report}{}", report.to_json()).is_empty());
    let report = catch(|| -> u32 { [1, 2, 3][limited(9) as usize] }).unwrap_err();
    assert!(report.to_string().contains("out of bounds"), "{report}");
    let runs_out = catch(|| limited(100)).unwrap_err();
    assert!(!runs_out.to_string().is_empty());
    assert!(!poll_once(waits(1, "some text")));
    let mut held = Box::pin(waits(2, "more text"));
    let context = &mut Context::from_waker(Waker::noop());
    assert!(held.as_mut().poll(context).is_pending());
    assert!(!tasks::dump_tree().to_string().is_empty());
    drop(held);
    assert_eq!(
        generator(|y| async move { y.yield_(String::from("x")).await }).count(),
        1
    );
    assert!(!threads::dump_all().to_string().is_empty());
    assert!(!native::stack().to_string().is_empty());
    assert!(!native::crosscheck().to_string().is_empty());
    let _ = native::locals().to_string();
    let _ = threads::sample(1000, Duration::from_millis(5)).to_string();
}

#[test]
fn whatever_allocates_may_find_itself_again() {
    // Whoever waits for himself waits for ever.
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(240));
        eprintln!("it hangs");
        exit(101);
    });
    let timeline = Arc::new(Timeline::with_room(1000));
    log_calls::set_sink((Ring::new(5), Arc::clone(&timeline)));
    log_calls::set_filter("trace").unwrap();
    everything();
    timeline.write_perfetto(Vec::new()).unwrap();
    timeline.write_folded(Vec::new()).unwrap();
    log_calls::set_sink(Background::new(std::io::sink()));
    let threads: Vec<_> = (0..3).map(|_| thread::spawn(everything)).collect();
    for thread in threads {
        thread.join().unwrap();
    }
    log_calls::flush();
    log_calls::set_sink(Writer::new(Vec::new()));
    everything();
    assert_eq!(log_calls::stats().failed, 0);
    assert!(LOOKED.load(Relaxed) > 1000 && depth() == 0);
}
