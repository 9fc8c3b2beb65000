//! Generators: what passes, where they wait, how they end, and that nothing that safe code does with their parts goes
//! wrong.

use stacklens::{Generator, Yielder, generator, generator_with_send};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

/// Counts what this thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator, unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_generator_is_one_allocation_and_a_value_is_none() {
    let before = ALLOCATIONS.get();
    let mut g = generator(|y| count_down(y, 1000));
    assert_eq!(ALLOCATIONS.get() - before, 1);
    // Its thread's first frame makes room for frames.
    g.next();
    let before = ALLOCATIONS.get();
    assert_eq!(g.count(), 999);
    assert_eq!(ALLOCATIONS.get() - before, 0);
}

async fn count_down(y: Yielder<u32>, from: u32) -> &'static str {
    for left in (1..=from).rev() {
        y.yield_(left).await;
    }
    "lift off"
}

#[test]
fn nothing_runs_before_the_first_value_is_asked_for() {
    let log = RefCell::new(Vec::new());
    let log = &log;
    let mut g = generator(|y| async move {
        log.borrow_mut().push("before yield 1");
        y.yield_(1).await;
        log.borrow_mut().push("before yield 2");
        y.yield_(2).await;
        log.borrow_mut().push("after last yield");
    });
    assert!(log.borrow().is_empty());
    assert_eq!(g.next(), Some(1));
    assert_eq!(*log.borrow(), ["before yield 1"]);
    assert_eq!(g.next(), Some(2));
    assert_eq!(g.next(), None);
    assert_eq!(log.borrow().last(), Some(&"after last yield"));
    assert_eq!(g.next(), None);
}

#[test]
fn what_is_returned_is_kept() {
    let mut g = generator(|y| count_down(y, 2));
    assert_eq!(g.returned(), None);
    assert_eq!(g.by_ref().collect::<Vec<_>>(), [2, 1]);
    assert_eq!(g.returned(), Some(&"lift off"));
    assert_eq!(g.into_returned(), Some("lift off"));
    assert_eq!(generator(|y| count_down(y, 2)).into_returned(), None);
}

#[test]
fn what_is_sent_is_what_yield_gives() {
    let mut g = generator_with_send(|y| async move {
        let mut heard = Vec::new();
        while heard.len() < 3 {
            let said: Option<String> = y.yield_(heard.len()).await;
            heard.push(said);
        }
        heard
    });
    let refused = g.send("early".to_owned()).unwrap_err();
    assert_eq!(refused.0, "early");
    assert!(refused.to_string().contains("has not started"));
    assert_eq!(g.next(), Some(0));
    assert_eq!(g.send("a".to_owned()).unwrap(), Some(1));
    assert_eq!(g.next(), Some(2));
    assert_eq!(g.send("b".to_owned()).unwrap(), None);
    assert_eq!(g.send("late".to_owned()).unwrap(), None);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(g.into_returned().unwrap(), [some("a"), None, some("b")]);
}

#[test]
fn it_is_known_where_a_body_waits() {
    let made = line!() + 1;
    let mut g = generator(|y| count_down(y, 2));
    let frame = g.frame().unwrap();
    assert!(!frame.is_started());
    assert_eq!((frame.name(), frame.line()), ("count_down", made));
    g.next();
    let frame = g.frame().unwrap();
    assert!(frame.is_started());
    assert_eq!((frame.name(), frame.file()), ("count_down", file!()));
    let text = include_str!("generators.rs")
        .lines()
        .nth(frame.line() as usize - 1);
    assert!(text.unwrap().contains("y.yield_(left)"), "{text:?}");
    g.by_ref().for_each(drop);
    assert!(g.frame().is_none());
    assert_eq!(format!("{g:?}"), "Generator(<finished>)");
}

#[cfg(not(feature = "off"))]
mod frames {
    use super::*;
    use stacklens::{frame, stack};

    #[frame(skip(y))]
    async fn powers(y: Yielder<u32>, of: u32) {
        for n in 1..4 {
            let power = of.pow(n);
            y.yield_(power).await;
        }
    }

    #[frame(skip(y))]
    async fn through(y: Yielder<u32>, name: &str) {
        powers(y, 3).await;
        let after = name.len() as u32;
        y.yield_(after).await;
    }

    fn locals<T, F: Future, S>(g: &Generator<T, F, S>) -> String {
        g.frame().unwrap().locals().to_string()
    }

    #[test]
    fn a_frame_keeps_its_variables_between_two_values() {
        let mut two = generator(|y| powers(y, 2));
        let mut ten = generator(|y| powers(y, 10));
        assert_eq!(locals(&two), "{}");
        assert_eq!(
            (two.next(), ten.next(), two.next()),
            (Some(2), Some(10), Some(4))
        );
        assert_eq!(locals(&two), "{of: 2, n: 2, power: 4}");
        assert_eq!(locals(&ten), "{of: 10, n: 1, power: 10}");
        // It is on no stack.
        assert_eq!(stack().len(), 0);
        let shown = format!("{two:?}");
        assert!(
            shown.starts_with("Generator(powers in tests/generators.rs:"),
            "{shown}"
        );
        assert!(shown.ends_with(" {of: 2, n: 2, power: 4})"), "{shown}");
        two.close();
        assert!(two.frame().is_none());
        assert_eq!(locals(&ten), "{of: 10, n: 1, power: 10}");
    }

    #[test]
    fn functions_that_wait_inside_of_a_body_are_seen_too() {
        let mut g = generator(|y| through(y, "abc"));
        g.next();
        let frame = g.frame().unwrap();
        let names: Vec<_> = frame
            .frames()
            .iter()
            .map(|f| (f.name(), f.depth()))
            .collect();
        assert_eq!(names, [("powers", 2), ("through", 1)]);
        assert_eq!(
            (frame.name(), frame.locals().to_string()),
            (
                "through",
                "{name: \"abc\", after: <not yet assigned>}".into()
            )
        );
        assert_eq!(
            frame.frames()[0].locals().to_string(),
            "{of: 3, n: 1, power: 3}"
        );
        assert_eq!(g.nth(2), Some(3));
        assert_eq!(g.frame().unwrap().frames().len(), 1);
        assert_eq!(locals(&g), "{name: \"abc\", after: 3}");
    }

    #[test]
    fn a_body_without_an_annotation_has_a_place() {
        let mut g = generator(|y| async move {
            powers(y, 2).await;
            y.yield_(0).await;
        });
        g.next();
        let frame = g.frame().unwrap();
        assert_eq!(frame.name(), "a_body_without_an_annotation_has_a_place");
        assert_eq!(
            (frame.locals().len(), frame.frames()[0].name()),
            (0, "powers")
        );
        assert_eq!(g.nth(2), Some(0));
        assert!(g.frame().unwrap().frames().is_empty());
    }

    #[test]
    fn whoever_asks_for_a_value_is_no_part_of_the_generator() {
        #[frame]
        fn ask(g: &mut impl Iterator<Item = u32>) -> Option<u32> {
            g.next()
        }
        let mut g = generator(|y| powers(y, 2));
        assert_eq!(ask(&mut g), Some(2));
        let mut outer = generator(|y| async move {
            let mut inner = generator(|y| through(y, "inner"));
            while let Some(value) = ask(&mut inner) {
                let names: Vec<_> = inner
                    .frame()
                    .unwrap()
                    .frames()
                    .iter()
                    .map(|f| f.name())
                    .collect();
                assert_eq!(names.last(), Some(&"through"));
                through_value(y, value).await;
            }
        });
        assert_eq!(outer.next(), Some(3));
        let names: Vec<_> = outer
            .frame()
            .unwrap()
            .frames()
            .iter()
            .map(|f| f.name())
            .collect();
        assert_eq!(names, ["through_value"]);
        assert_eq!(outer.collect::<Vec<_>>(), [9, 27, 5]);
        assert_eq!(locals(&g), "{of: 2, n: 1, power: 2}");
    }

    #[frame]
    async fn through_value(y: Yielder<u32>, value: u32) {
        y.yield_(value).await;
    }

    #[test]
    fn a_frame_moves_with_its_generator() {
        let mut g = generator(|y| powers(y, 2));
        g.next();
        let mut g = thread::spawn(move || {
            assert_eq!(locals(&g), "{of: 2, n: 1, power: 2}");
            g.next();
            g
        })
        .join()
        .unwrap();
        assert_eq!(locals(&g), "{of: 2, n: 2, power: 4}");
        assert_eq!(g.next(), Some(8));
    }

    #[test]
    fn frames_of_bodies_that_panicked_are_gone() {
        #[frame(skip(y))]
        async fn fail(y: Yielder<u32>) {
            y.yield_(1).await;
            panic!("on purpose");
        }
        let mut g = generator(fail);
        g.next();
        assert!(g.frame().is_some());
        assert!(catch_unwind(AssertUnwindSafe(|| g.next())).is_err());
        assert!(g.frame().is_none());
        assert_eq!(stack().len(), 0);
    }
}

/// Says when it is dropped.
struct Dropped<'c>(&'c Cell<u32>);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn closing_drops_what_the_body_holds_where_it_waits() {
    let drops = Cell::new(0);
    let drops = &drops;
    let mut g = generator(|y| async move {
        let _held = Dropped(drops);
        loop {
            y.yield_(()).await;
        }
    });
    g.next();
    assert_eq!(drops.get(), 0);
    g.close();
    assert_eq!(drops.get(), 1);
    assert!(g.next().is_none() && g.frame().is_none());
    g.close();
    drop(g);
    assert_eq!(drops.get(), 1);
}

#[test]
fn values_that_nobody_takes_are_dropped_once() {
    let drops = Cell::new(0);
    let drops = &drops;
    let mut g = generator_with_send(|y| async move {
        y.yield_(Dropped(drops)).await;
        // Made, and never given.
        drop(y.yield_(Dropped(drops)));
        y.yield_(Dropped(drops)).await
    });
    drop(g.next());
    assert_eq!(drops.get(), 1);
    let given = g.send(Dropped(drops)).ok().unwrap();
    assert_eq!(
        drops.get(),
        3,
        "what was sent to a `yield_` that drops it, and what was not given"
    );
    drop(given);
    g.next();
    drop(g);
    assert_eq!(drops.get(), 4);
}

#[test]
fn a_panic_goes_through_and_ends_the_generator() {
    let drops = Cell::new(0);
    let drops = &drops;
    let mut g = generator(|y| async move {
        let _held = Dropped(drops);
        y.yield_(1).await;
        panic!("in the body");
    });
    assert_eq!(g.next(), Some(1));
    let payload = catch_unwind(AssertUnwindSafe(|| g.next())).unwrap_err();
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"in the body"));
    assert_eq!(drops.get(), 1);
    assert_eq!((g.next(), g.frame().is_none()), (None, true));
}

#[test]
fn a_body_whose_drop_panics_is_finished_all_the_same() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the drop");
        }
    }
    let mut g = generator(|y| async move {
        let _bomb = Bomb;
        y.yield_(1).await;
    });
    g.next();
    assert!(catch_unwind(AssertUnwindSafe(|| g.close())).is_err());
    assert_eq!(g.next(), None);
}

#[test]
fn generators_take_turns_and_nest() {
    let mut outer = generator(|y| async move {
        for n in [2, 3] {
            let inner = generator(|y| count_down(y, n));
            for value in inner {
                y.yield_(10 * n + value).await;
            }
        }
    });
    let mut other = generator(|y| count_down(y, 3));
    assert_eq!((outer.next(), other.next()), (Some(22), Some(3)));
    assert_eq!((outer.next(), other.next()), (Some(21), Some(2)));
    assert_eq!(outer.collect::<Vec<_>>(), [33, 32, 31]);
    assert_eq!(other.next(), Some(1));
}

#[test]
fn values_may_be_borrowed() {
    let text = "a b c".to_owned();
    let words = generator(|y: Yielder<&str>| {
        let text = &text;
        async move {
            for word in text.split(' ') {
                y.yield_(word).await;
            }
        }
    });
    assert_eq!(words.collect::<String>(), "abc");
}

#[test]
fn two_yields_of_one_poll_are_two_values() {
    // As `join!` does it.
    async fn both<A: Future, B: Future>(a: A, b: B) {
        let (mut a, mut b) = (pin!(a), pin!(b));
        let (mut a_done, mut b_done) = (false, false);
        poll_fn(|context| {
            a_done = a_done || a.as_mut().poll(context).is_ready();
            b_done = b_done || b.as_mut().poll(context).is_ready();
            if a_done && b_done {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
    let g = generator(|y| async move { both(y.yield_(1), y.yield_(2)).await });
    assert_eq!(g.collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_value_given_by_a_body_that_goes_on_is_not_lost() {
    let mut g = generator(|y| async move {
        let mut given = pin!(y.yield_(1));
        poll_fn(|context| {
            assert!(given.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    });
    assert_eq!(g.next(), Some(1));
    assert_eq!((g.next(), g.returned()), (None, Some(&())));
}

#[test]
fn next_waits_for_what_else_the_body_awaits() {
    let (send, receive) = mpsc::channel::<Waker>();
    let woken = &AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(move || {
            for waker in receive {
                thread::sleep(Duration::from_millis(5));
                woken.fetch_add(1, Relaxed);
                waker.wake();
            }
        });
        let g = generator(|y| async move {
            for n in 0..3 {
                let mut asked = false;
                poll_fn(|context| {
                    if std::mem::replace(&mut asked, true) && woken.load(Relaxed) > n {
                        return Poll::Ready(());
                    }
                    send.send(context.waker().clone()).unwrap();
                    Poll::Pending
                })
                .await;
                y.yield_(n).await;
            }
        });
        assert_eq!(g.collect::<Vec<_>>(), [0, 1, 2]);
    });
}

#[test]
fn a_body_that_wakes_itself_is_polled_again() {
    let mut polls = 0;
    let g = generator(|y| {
        let polls = &mut polls;
        async move {
            poll_fn(|context| {
                *polls += 1;
                context.waker().wake_by_ref();
                if *polls < 3 {
                    Poll::Pending
                } else {
                    Poll::Ready(())
                }
            })
            .await;
            y.yield_(*polls).await;
        }
    });
    assert_eq!(g.collect::<Vec<_>>(), [3]);
}

/// Polls a `yield_` where its generator does not run.
fn refused<F: Future>(future: F, waker: &Waker) {
    let mut future = pin!(future);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        future
            .as_mut()
            .poll(&mut Context::from_waker(waker))
            .is_ready()
    }));
    let payload = polled.unwrap_err();
    let message = payload.downcast_ref::<&str>().unwrap();
    assert!(
        message.contains("where its generator does not run"),
        "{message}"
    );
}

#[test]
fn a_handle_is_of_no_use_elsewhere() {
    let escaped = Cell::new(None);
    let mut g = generator(|y| {
        escaped.set(Some(y));
        async move {
            y.yield_(1).await;
        }
    });
    let y = escaped.get().unwrap();
    refused(y.yield_(2), Waker::noop());
    g.next();
    refused(y.yield_(3), Waker::noop());
    // In another generator of the same types.
    let mut other = generator(|_: Yielder<i32>| async move {
        poll_fn(|context| {
            refused(y.yield_(4), context.waker());
            refused(y.yield_(5), &context.waker().clone());
            Poll::Ready(())
        })
        .await;
    });
    assert_eq!(other.next(), None);
    assert_eq!(g.next(), None);
    refused(y.yield_(6), Waker::noop());
    drop(g);
    refused(y.yield_(7), Waker::noop());
}

#[test]
fn another_thread_gives_nothing_while_the_body_is_polled() {
    let mut g = generator(|y: Yielder<i32>| async move {
        poll_fn(|context| {
            let waker = context.waker();
            thread::scope(|scope| {
                scope.spawn(|| refused(y.yield_(2), waker));
                scope.spawn(|| waker.wake_by_ref());
                scope.spawn(|| drop(waker.clone()));
            });
            Poll::Ready(())
        })
        .await;
        y.yield_(1).await;
    });
    assert_eq!((g.next(), g.next()), (Some(1), None));
}

#[test]
fn a_waker_may_outlive_its_generator() {
    let kept = Cell::new(None);
    let mut g = generator(|y| {
        let kept = &kept;
        async move {
            poll_fn(|context| {
                kept.set(Some(context.waker().clone()));
                Poll::Ready(())
            })
            .await;
            y.yield_(1).await;
        }
    });
    g.next();
    drop(g);
    let waker = kept.take().unwrap();
    waker.wake_by_ref();
    let last = waker.clone();
    drop(waker);
    last.wake();
}

#[test]
fn a_started_generator_goes_on_on_another_thread() {
    let mut g = generator(|y| count_down(y, 3));
    assert_eq!(g.next(), Some(3));
    let mut g = thread::spawn(move || {
        assert_eq!(g.next(), Some(2));
        g
    })
    .join()
    .unwrap();
    assert_eq!((g.next(), g.next()), (Some(1), None));
}

#[test]
fn a_forgotten_generator_does_nothing() {
    let mut g = generator(|y| count_down(y, 3));
    g.next();
    std::mem::forget(g);
    let mut g = generator(|y| count_down(y, 1));
    assert_eq!((g.next(), g.next()), (Some(1), None));
}

#[test]
fn a_generator_that_is_asked_from_its_own_body_says_so() {
    type Shared = Rc<RefCell<Option<Generator<i32, Pin<Box<dyn Future<Output = ()>>>>>>>;
    let shared: Shared = Rc::default();
    let inside = Rc::clone(&shared);
    *shared.borrow_mut() = Some(generator(|y| {
        Box::pin(async move {
            assert!(inside.try_borrow_mut().is_err());
            y.yield_(1).await;
        }) as Pin<Box<dyn Future<Output = ()>>>
    }));
    assert_eq!(shared.borrow_mut().as_mut().unwrap().next(), Some(1));
    // A circle: the body holds what holds it.
    shared.borrow_mut().as_mut().unwrap().close();
    assert_eq!(Rc::strong_count(&shared), 1);
}

#[test]
fn a_body_that_never_goes_on_can_be_dropped() {
    let mut g = generator(|y| async move {
        y.yield_(1).await;
        pending::<()>().await;
    });
    assert_eq!(g.next(), Some(1));
    drop(g);
}

#[test]
fn parts_are_what_their_values_are() {
    fn send<T: Send>(_: &T) {}
    fn anywhere<T: Send + Sync + Unpin>() {}
    send(&generator(|y| count_down(y, 1)));
    anywhere::<Yielder<Rc<u8>, Rc<u8>>>();
    fn unpin<T: Unpin>(_: &T) {}
    unpin(&generator(|y| count_down(y, 1)));
}
