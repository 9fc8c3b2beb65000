//! What a frame that is kept costs, counted: the accesses to memory that others read, of each poll, and the memory itself.

#![cfg(not(feature = "off"))]

/// Atomics that count, in place of std's. Those of the library's own file can be loaded and stored, and no more: no poll ever
/// tries again, or waits for whoever reads.
#[allow(dead_code, unused_imports)]
mod atomic {
    use std::cell::Cell;
    use std::sync::atomic::{self as of_std};
    pub(crate) use std::sync::atomic::{Ordering, fence};

    thread_local! {
        pub(crate) static LOADS: Cell<u32> = const { Cell::new(0) };
        pub(crate) static STORES: Cell<u32> = const { Cell::new(0) };
    }

    macro_rules! counting {
        ($name:ident<$($parameter:ident)?> of $atomic:ty, $value:ty) => {
            pub(crate) struct $name<$($parameter)?>($atomic);

            impl<$($parameter)?> $name<$($parameter)?> {
                pub(crate) const fn new(value: $value) -> Self {
                    Self(<$atomic>::new(value))
                }

                pub(crate) fn load(&self, ordering: Ordering) -> $value {
                    LOADS.set(LOADS.get() + 1);
                    self.0.load(ordering)
                }

                pub(crate) fn store(&self, value: $value, ordering: Ordering) {
                    STORES.set(STORES.get() + 1);
                    self.0.store(value, ordering);
                }
            }
        };
    }

    counting!(AtomicU32<> of of_std::AtomicU32, u32);
    counting!(AtomicU64<> of of_std::AtomicU64, u64);
    counting!(AtomicPtr<T> of of_std::AtomicPtr<T>, *mut T);
}

#[allow(dead_code)]
#[path = "../src/suspend/node.rs"]
mod node;

use atomic::{AtomicPtr, AtomicU32, AtomicU64, LOADS, STORES};
use node::Node;
use std::future::{Future, pending};
use std::pin::Pin;
use std::ptr::null_mut;
use std::task::{Context, Waker};

/// Loads and stores of a piece of the protocol.
fn counted(run: impl FnOnce()) -> (u32, u32) {
    LOADS.set(0);
    STORES.set(0);
    run();
    (LOADS.get(), STORES.get())
}

#[test]
fn a_poll_has_a_fixed_number_of_accesses_whoever_reads() {
    let zero = || AtomicU64::new(0);
    let node = Node {
        id: zero(),
        meta: AtomicPtr::new(null_mut()),
        parent: zero(),
        record: AtomicPtr::new(null_mut()),
        polls: zero(),
        created: zero(),
        polled: zero(),
        position: AtomicU32::new(0),
        slots: AtomicU32::new(0),
    };
    let begin = counted(|| {
        node.take(null_mut(), null_mut(), 2, 1);
        node.taken(3, 1);
    });
    assert_eq!(begin, (1, 8), "the first poll");
    for _ in 0..3 {
        assert_eq!(counted(|| node.rest()), (1, 1), "it waits");
        // A dump looks, in the middle of everything.
        let moment = node.moment().expect("it is somebody's");
        assert_eq!(
            counted(|| node.resume(null_mut(), 3, 2)),
            (1, 4),
            "the next poll"
        );
        assert!(!node.is_still(moment));
    }
    assert_eq!(counted(|| node.release()), (0, 1), "the end");
}

#[stacklens::frame]
async fn with_a_value(id: u64) -> u64 {
    pending::<()>().await;
    id
}

#[stacklens::frame]
async fn without_values() {
    pending::<()>().await;
}

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has it");
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.expect("a number") * 4096
}

/// What each of many futures that wait takes, besides itself.
fn each<F: Future + 'static>(make: impl Fn(u64) -> F) -> f64 {
    const MANY: usize = 100_000;
    let mut futures: Vec<F> = Vec::with_capacity(MANY);
    futures.extend((0..MANY as u64).map(make));
    let before = resident();
    for future in &mut futures {
        // SAFETY: nothing moves them any more: they are forgotten below.
        let future = unsafe { Pin::new_unchecked(future) };
        assert!(
            future
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
    }
    let each = (resident() - before) as f64 / MANY as f64;
    // The nodes would be used again by the next ones, which would then seem to need none.
    std::mem::forget(futures);
    each
}

/// "A frame that is kept has a node of 64 bytes, or with values 256 (up to 4 of them)."
#[test]
#[cfg(target_os = "linux")]
fn a_frame_that_is_kept_takes_the_memory_that_the_documentation_says() {
    let (none, one) = (each(|_| without_values()), each(with_a_value));
    // The tables grow by doubling, and the system may give them large pages as soon as one word is written.
    for (class, each) in [(64.0, none), (256.0, one)] {
        assert!(
            (class * 0.95..=class * 2.0).contains(&each),
            "{each} bytes for {class}"
        );
    }
    println!("{none:.0} bytes for a frame without values, {one:.0} with one");
}

/// "A future is two words larger", besides what its arguments take where they are received; without optimisation three.
#[test]
fn a_future_is_a_few_words_larger() {
    async fn plain() {
        pending::<()>().await;
    }
    let more = size_of_val(&without_values()) - size_of_val(&plain());
    let allowed = if cfg!(debug_assertions) { 5 } else { 4 };
    assert!(more <= allowed * size_of::<usize>(), "{more} bytes");
}
