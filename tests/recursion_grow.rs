//! `#[frame(grow)]`: recursion that goes on on new segments of stack.

#![cfg(all(feature = "grow", not(feature = "off")))]
#![allow(unconditional_recursion)]

mod child;

use stacklens::recursion::{self, RecursionError, RecursionKind};
use stacklens::{currentframe, depth, frame, stack};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::thread;

fn on_thread<T: Send + 'static>(kib: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
    let builder = thread::Builder::new().stack_size(kib << 10);
    builder.spawn(body).unwrap().join().unwrap()
}

/// Deeper than the stacks here have room for, in every build.
const DEEP: u64 = 50_000;

#[frame(grow)]
fn sum_to(n: u64) -> u64 {
    if n == 0 { 0 } else { n + sum_to(n - 1) }
}

fn address() -> usize {
    let here = 0_u8;
    &raw const here as usize
}

#[test]
fn a_recursion_deeper_than_the_stack_has_the_value_it_should_have() {
    for kib in [64, 2048] {
        on_thread(kib, || {
            for _ in 0..3 {
                assert_eq!(sum_to(DEEP), DEEP * (DEEP + 1) / 2);
                assert_eq!(depth(), 0);
            }
        });
    }
}

#[test]
fn frames_are_whole_across_segments() {
    #[frame(grow)]
    fn level(n: u64, own: &str) -> u64 {
        if n > 0 {
            return level(n - 1, own) + 1;
        }
        let frames = stack();
        assert_eq!(frames.len() as u64, DEEP + 1);
        assert!(frames.iter().all(|f| f.name() == "level"));
        let mut handle = currentframe();
        let (mut total, mut walked) = (usize::MAX, 0);
        while let Some(frame) = handle {
            let bytes = frame
                .stack_bytes()
                .expect("each is on a stack that is known");
            assert!(bytes.total() <= total && bytes.frame() <= bytes.total());
            total = bytes.total();
            walked += 1;
            handle = frame.back();
        }
        assert_eq!(walked, DEEP + 1);
        0
    }
    on_thread(64, || assert_eq!(level(DEEP, "text"), DEEP));
}

#[test]
fn a_panic_goes_through_all_segments_and_runs_every_destructor() {
    thread_local! {
        static DROPPED: Cell<u64> = const { Cell::new(0) };
    }
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            DROPPED.set(DROPPED.get() + 1);
        }
    }
    #[frame(grow)]
    fn throws(n: u64) {
        let _counted = Counted;
        if n == 0 {
            panic_any(7_u8);
        }
        throws(n - 1);
    }
    on_thread(64, || {
        for round in 1..4 {
            let payload = catch_unwind(|| throws(DEEP)).unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&7_u8));
            assert_eq!((DROPPED.get(), depth()), (round * (DEEP + 1), 0));
            // The bounds are those of the thread's own stack again.
            assert!(recursion::remaining_stack().unwrap() <= 64 << 10);
        }
    });
}

/// Pages that the system gave this thread so far.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn pages() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    fields.split(' ').nth(7).unwrap().parse().unwrap()
}

/// A mapping that is new has new pages: it would be at least one for each turn.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn a_loop_at_the_edge_of_a_segment_maps_none_anew() {
    #[frame(grow)]
    fn looks() -> usize {
        address()
    }
    /// Goes down to where `looks` begins to grow, and loops there.
    #[frame]
    fn to_the_edge() -> u64 {
        let is_elsewhere = || address().abs_diff(looks()) > 64 << 10;
        if !is_elsewhere() {
            return to_the_edge();
        }
        let before = pages();
        for _ in 0..1000 {
            assert!(is_elsewhere());
        }
        pages() - before
    }
    let pages = on_thread(2048, to_the_edge);
    assert!(pages < 50, "{pages} pages in 1000 turns");
}

#[test]
fn beyond_the_ceiling_it_is_an_error_and_below_it_goes_on() {
    child::run(|| {
        recursion::set_max_stack(16 << 20);
        assert_eq!(recursion::max_stack(), 16 << 20);
        on_thread(2048, || {
            for _ in 0..3 {
                let payload = catch_unwind(|| sum_to(u64::MAX)).unwrap_err();
                let error = payload.downcast::<RecursionError>().unwrap();
                assert_eq!(
                    (error.kind(), error.function()),
                    (RecursionKind::StackBytes, "sum_to")
                );
                assert!((8 << 20..=16 << 20).contains(&error.limit()), "{error}");
                assert_eq!(sum_to(5_000), 12_502_500);
            }
        });
    });
}

#[test]
fn the_other_limits_hold_as_ever() {
    #[frame(grow, recursion_limit = 1000)]
    fn limited(n: u32) -> u32 {
        if n == 1 { 1 } else { limited(n - 1) + 1 }
    }
    #[frame(grow, on_recursion = "error")]
    fn returns(n: u32) -> Result<u32, RecursionError> {
        if n == 1 {
            Ok(1)
        } else {
            Ok(returns(n - 1)? + 1)
        }
    }
    on_thread(64, || {
        assert_eq!(limited(1000), 1000);
        let payload = catch_unwind(|| limited(1001)).unwrap_err();
        assert_eq!(
            payload.downcast::<RecursionError>().unwrap().kind(),
            RecursionKind::Function
        );
        assert_eq!(returns(20_000), Ok(20_000));
        let _limit = recursion::scoped_limit(20_000).unwrap();
        assert_eq!(returns(20_001).unwrap_err().kind(), RecursionKind::Count);
    });
}

#[test]
fn futures_that_poll_each_other_grow_too() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    #[frame(grow)]
    async fn deep(n: u32) -> u32 {
        if n == 0 {
            0
        } else {
            Box::pin(deep(n - 1)).await + 1
        }
    }
    on_thread(64, || {
        let polled = pin!(deep(20_000)).poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Ready(20_000));
    });
}

/// What a body may be, that is moved into a closure: the signature is kept, with its lifetimes, patterns and results.
mod bodies {
    use super::*;

    struct Holder {
        values: Vec<String>,
    }

    #[frame(grow)]
    impl Holder {
        fn first(&self) -> Option<&String> {
            self.values.first()
        }
        fn last_mut(&mut self) -> &mut String {
            let last = self.values.len() - 1;
            &mut self.values[last]
        }
        fn found<'a>(&'a mut self, of: &str) -> Result<&'a mut String, String> {
            let found = self.values.iter_mut().find(|v| *v == of);
            let found = found.ok_or_else(|| format!("no {of}"))?;
            Ok(found)
        }
        fn into_lengths(
            mut self,
            (more, _): (String, u8),
            mut add: usize,
        ) -> impl Iterator<Item = usize> {
            self.values.push(more);
            add += 1;
            self.values.into_iter().map(move |v| v.len() + add)
        }
        fn made(count: usize) -> Self {
            Holder {
                values: vec!["abc".to_owned(); count],
            }
        }
        fn with<F: FnOnce(&Self) -> R, R>(&self, f: F) -> R {
            f(self)
        }
    }

    trait Shape {
        #[frame(grow)]
        fn twice(&self) -> f64 {
            self.area() * 2.0
        }
        fn area(&self) -> f64;
    }

    impl Shape for f64 {
        #[frame(grow)]
        fn area(&self) -> f64 {
            *self
        }
    }

    macro_rules! dropping {
        ($(#[$attribute:meta])? $name:ident) => {
            $(#[$attribute])?
            fn $name(_a: Noisy, b: Noisy, (c, _): (Noisy, Noisy), _: Noisy) -> usize {
                let _local = Noisy("local");
                drop(b);
                usize::from(c.0 == "c")
            }
        };
    }

    dropping!(plain);
    dropping!(
        #[frame(grow)]
        grown
    );

    struct Noisy(&'static str);

    thread_local! {
        static ORDER: Cell<Vec<&'static str>> = const { Cell::new(Vec::new()) };
    }

    impl Drop for Noisy {
        fn drop(&mut self) {
            let mut order = ORDER.take();
            order.push(self.0);
            ORDER.set(order);
        }
    }

    #[frame(grow)]
    unsafe fn raw(at: *const u8) -> u8 {
        // SAFETY: the caller's.
        unsafe { *at }
    }

    #[frame(grow)]
    fn looks(n: u32, label: &str) -> String {
        let doubled = n * 2;
        let text = currentframe().unwrap().locals().to_string();
        text.replace("text: <not yet assigned>", label) + &doubled.to_string()
    }

    #[test]
    fn bodies_of_all_kinds_mean_what_they_mean_without_it() {
        let mut holder = Holder::made(2);
        holder.last_mut().push('d');
        assert_eq!(
            (holder.first().unwrap().as_str(), holder.values[1].as_str()),
            ("abc", "abcd")
        );
        *holder.found("abcd").unwrap() = "x".to_owned();
        assert_eq!(holder.found("y"), Err("no y".to_owned()));
        assert_eq!(holder.with(|h| h.values.len()), 2);
        let lengths: Vec<usize> = holder.into_lengths(("12345".to_owned(), 1), 0).collect();
        assert_eq!(lengths, [4, 2, 6]);
        assert_eq!(1.5.twice(), 3.0);
        // SAFETY: a byte of this function's own.
        assert_eq!(unsafe { raw(b"z".as_ptr()) }, b'z');
        assert_eq!(looks(4, "?"), "{n: 4, label: \"?\", doubled: 8, ?}8");
    }

    #[test]
    fn parameters_are_dropped_in_the_order_of_the_plain_function() {
        let order = |function: fn(Noisy, Noisy, (Noisy, Noisy), Noisy) -> usize| {
            let pair = (Noisy("c"), Noisy("d"));
            assert_eq!(function(Noisy("a"), Noisy("b"), pair, Noisy("e")), 1);
            ORDER.take()
        };
        assert_eq!(order(grown), order(plain));
    }
}

/// `stacker` keeps its own bounds: on our segments it sees that it is not on the stack that it knows.
#[test]
fn the_stacker_crate_finds_room_on_our_segments() {
    #[inline(never)]
    fn theirs(n: u64) -> u64 {
        stacker::maybe_grow(64 << 10, 1 << 20, || {
            if n == 0 {
                sum_to(10)
            } else {
                theirs(n - 1) + 1
            }
        })
    }
    #[frame(grow)]
    fn ours(n: u64) -> u64 {
        if n == 0 { theirs(20_000) } else { ours(n - 1) }
    }
    on_thread(256, || {
        let value = catch_unwind(AssertUnwindSafe(|| ours(10_000)));
        assert_eq!(value.unwrap(), 20_055);
    });
}
