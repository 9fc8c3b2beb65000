//! Limits on recursion: what is refused, what is said, and what stays right. `recursion_matrix.rs` goes through
//! threads, builds and shapes.

#![cfg(not(feature = "off"))]
#![allow(unconditional_recursion)]

mod child;

use stacklens::recursion::{self, RecursionError, RecursionKind};
use stacklens::{currentframe, depth, frame, stack};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;

/// Calls it on a thread of its own, with a stack of so many KiB, and gives what it returns.
fn on_thread<T: Send + 'static>(kib: usize, body: impl FnOnce() -> T + Send + 'static) -> T {
    let builder = thread::Builder::new().stack_size(kib << 10);
    builder.spawn(body).unwrap().join().unwrap()
}

/// The error that it raises; the default hook stays silent in tests that pass.
fn raised<T>(body: impl FnOnce() -> T) -> RecursionError {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(_) => panic!("nothing was raised"),
        Err(payload) => *payload.downcast().expect("a RecursionError"),
    }
}

#[frame]
fn infinite(n: u64) -> u64 {
    std::hint::black_box(infinite(n + 1)) + 1
}

#[frame]
fn down(n: usize) -> usize {
    if n == 0 { depth() } else { down(n - 1) }
}

mod stack_bytes {
    use super::*;

    #[test]
    fn a_recursion_without_an_end_is_an_error_again_and_again() {
        for kib in [64, 512, 2048] {
            on_thread(kib, move || {
                for _ in 0..20 {
                    let error = raised(|| infinite(0));
                    assert_eq!(error.kind(), RecursionKind::StackBytes);
                    assert_eq!(error.function(), "infinite");
                    // The system may hand out the larger stack of a thread that has ended.
                    assert!(error.limit() >= kib << 9, "{error}");
                    assert!(
                        error.remaining().unwrap() > 10 << 10 && error.depth() > 50,
                        "{error:?}"
                    );
                    assert_eq!((depth(), stack().len()), (0, 0));
                }
                assert_eq!(down(20), 21);
            });
        }
    }

    #[test]
    fn the_thread_may_use_its_stack_up_to_the_red_zone() {
        on_thread(2048, || {
            // Destructors, and the code around, find what is kept free.
            let error = raised(|| infinite(0));
            let kept = error.remaining().unwrap();
            let zone = recursion::red_zone();
            assert!(
                (zone - (8 << 10)..=zone).contains(&kept),
                "{kept} of {zone}"
            );
        });
    }

    #[test]
    fn the_red_zone_is_what_is_set_but_a_quarter_of_a_small_stack() {
        child::run(|| {
            recursion::set_red_zone(512 << 10);
            let kept = |kib| on_thread(kib, || raised(|| infinite(0)).remaining().unwrap());
            assert!((500 << 10..=512 << 10).contains(&kept(4096)));
            assert!((8 << 10..=16 << 10).contains(&kept(64)));
        });
    }

    /// Also in builds where hot functions do not record them.
    #[test]
    fn the_last_frames_have_their_values_however_deep_they_are() {
        child::run(|| {
            std::panic::set_hook(Box::new(|_| {}));
            let last = |report: stacklens::Report| {
                let frame = report.frames().next_back().unwrap().clone();
                frame.locals[0].value.parse::<usize>().unwrap()
            };
            on_thread(16 << 10, move || {
                for _ in 0..3 {
                    let report = stacklens::catch(|| infinite(0)).unwrap_err();
                    assert!(last(report) > 10_000);
                    let _limit = recursion::scoped_limit(5_000).unwrap();
                    let report = stacklens::catch(|| infinite(0)).unwrap_err();
                    assert_eq!(last(report), 4_999);
                }
            });
        });
    }

    #[test]
    fn what_is_left_shrinks_as_calls_nest() {
        if std::env::var_os("STACKLENS_TEST_SLOW").is_some() {
            // A sanitizer keeps large variables elsewhere.
            return;
        }

        fn in_bytes(frames: usize) -> usize {
            let buffer = std::hint::black_box([0_u8; 1000]);
            let below = match frames {
                0 => recursion::remaining_stack().unwrap(),
                _ => in_bytes(frames - 1),
            };
            below + usize::from(buffer[0])
        }
        let (few, many) = (in_bytes(1), in_bytes(11));
        assert!((10_000..100_000).contains(&(few - many)), "{few} {many}");
    }

    #[test]
    fn a_frame_knows_its_bytes_and_those_of_the_stack_up_to_it() {
        #[frame]
        #[inline(never)]
        fn inner() -> (usize, usize, usize) {
            let me = currentframe().unwrap();
            let (inner, outer) = (
                me.stack_bytes().unwrap(),
                me.back().unwrap().stack_bytes().unwrap(),
            );
            assert_eq!(inner.total(), outer.total() + inner.frame());
            (inner.frame(), outer.frame(), inner.total())
        }
        #[frame]
        #[inline(never)]
        fn outer() -> (usize, usize, usize) {
            let buffer = std::hint::black_box([1_u8; 20_000]);
            let bytes = inner();
            assert_eq!(buffer[7], 1);
            bytes
        }
        let (inner, outer, total) = outer();
        assert!(
            outer >= 20_000 && inner < 20_000 && total > 20_000,
            "{inner} {outer} {total}"
        );
        #[frame]
        fn finished() -> stacklens::Frame {
            currentframe().unwrap()
        }
        assert_eq!(finished().stack_bytes(), None);
    }

    #[test]
    fn destructors_may_use_part_of_what_is_kept_while_the_error_unwinds() {
        struct Annotated(Arc<Mutex<usize>>);
        impl Drop for Annotated {
            #[frame]
            fn drop(&mut self) {
                *self.0.lock().unwrap() += down(3);
            }
        }
        #[frame]
        fn holds(kept: &Arc<Mutex<usize>>) -> usize {
            let _held = Annotated(Arc::clone(kept));
            holds(kept) + 1
        }
        let sum = Arc::new(Mutex::new(0));
        let held = Arc::clone(&sum);
        let error = on_thread(256, move || raised(|| holds(&held)));
        assert_eq!(error.kind(), RecursionKind::StackBytes);
        assert!(*sum.lock().unwrap() > 1000);
    }

    #[test]
    fn an_annotated_panic_hook_runs_where_little_is_left() {
        child::run(|| {
            static RAN: Mutex<Vec<String>> = Mutex::new(Vec::new());
            std::panic::set_hook(Box::new(|info| {
                let text = info.payload().downcast_ref::<String>().unwrap().clone();
                RAN.lock().unwrap().push(text);
                down(10);
            }));
            on_thread(64, || raised(|| infinite(0)));
            let ran = RAN.lock().unwrap();
            assert_eq!(ran.len(), 1);
            // What every hook can print: the error, and the stack with the repetitions counted.
            assert!(
                ran[0].starts_with("maximum recursion depth exceeded ("),
                "{}",
                ran[0]
            );
            assert!(
                ran[0].contains("\nTraceback (most recent call last):\n"),
                "{}",
                ran[0]
            );
            assert!(ran[0].contains("[previous frame repeated "), "{}", ran[0]);
            assert!(ran[0].contains("n = 0\n"), "{}", ran[0]);
        });
    }

    #[test]
    fn a_hook_that_prints_nothing_is_all_that_is_needed_for_silence() {
        child::run(|| {
            std::panic::set_hook(Box::new(|_| {}));
            let error = on_thread(64, || raised(|| infinite(0)));
            println!("{}", error.function());
        });
    }

    #[test]
    fn caught_as_a_report_it_has_the_first_and_the_last_frames() {
        child::run(|| {
            let report = on_thread(64, || stacklens::catch(|| infinite(0)).unwrap_err());
            assert_eq!(report.kind, stacklens::report::Kind::Recursion);
            let message = &report.failure.message;
            assert!(
                message.starts_with("maximum recursion depth exceeded ("),
                "{message}"
            );
            let values: Vec<u64> = report
                .frames()
                .map(|frame| frame.locals[0].value.parse().unwrap())
                .collect();
            assert_eq!(values[..3], [0, 1, 2]);
            assert!(values.len() == 4 && values[3] > 50, "{values:?}");
        });
    }

    #[cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
    #[test]
    fn on_the_stack_of_a_coroutine_nothing_is_refused_for_bytes() {
        use corosensei::{Coroutine, CoroutineResult, Yielder};
        // On a thread, for its stack may lie above or below that of the coroutine.
        for _ in 0..4 {
            on_thread(64, || {
                let mut task: Coroutine<(), (), usize> =
                    Coroutine::new(|yielder: &Yielder<(), ()>, ()| {
                        assert_eq!(recursion::remaining_stack(), None);
                        yielder.suspend(());
                        // More than the thread's own stack has room for.
                        down(500)
                    });
                assert!(matches!(task.resume(()), CoroutineResult::Yield(())));
                assert!(matches!(task.resume(()), CoroutineResult::Return(501)));
                assert_eq!(raised(|| infinite(0)).kind(), RecursionKind::StackBytes);
            });
        }
    }
}

mod count {
    use super::*;

    #[test]
    fn there_is_no_limit_unless_one_is_set() {
        on_thread(2048, || {
            assert_eq!(recursion::limit(), None);
            assert_eq!(down(1500), 1501);
        });
    }

    #[test]
    fn the_call_beyond_the_limit_is_refused_and_no_other() {
        on_thread(2048, || {
            assert_eq!(recursion::set_limit(1000), Ok(None));
            assert_eq!(down(999), 1000);
            let error = raised(|| down(1000));
            assert_eq!(
                error.to_string(),
                "maximum recursion depth exceeded (limit 1000 frames in down)"
            );
            assert_eq!(
                (error.kind(), error.limit(), error.depth()),
                (RecursionKind::Count, 1000, 1000)
            );
            assert_eq!(down(999), 1000);
            assert_eq!(recursion::set_limit(None), Ok(Some(1000)));
            assert_eq!(down(1000), 1001);
        });
    }

    #[test]
    fn no_limit_is_too_high() {
        on_thread(64, || {
            recursion::set_limit(usize::MAX - 1).unwrap();
            assert_eq!(raised(|| infinite(0)).kind(), RecursionKind::StackBytes);
            recursion::set_limit(usize::MAX).unwrap();
            assert_eq!(recursion::limit(), None);
        });
    }

    #[test]
    fn a_limit_below_what_is_active_is_an_error_and_changes_nothing() {
        #[frame]
        fn lowers(n: usize) -> Result<Option<usize>, recursion::LimitError> {
            if n > 0 {
                lowers(n - 1)
            } else {
                recursion::set_limit(10)
            }
        }
        on_thread(2048, || {
            recursion::set_limit(50).unwrap();
            let error = lowers(9).unwrap_err();
            assert_eq!((error.limit(), error.depth()), (10, 10));
            assert_eq!(
                error.to_string(),
                "cannot set the recursion limit to 10 at the recursion depth 10: the limit is too low"
            );
            assert_eq!(recursion::limit(), Some(50));
            assert_eq!(lowers(8), Ok(Some(50)));
            assert_eq!(recursion::limit(), Some(10));
            assert!(recursion::set_limit(0).is_err());
        });
    }

    #[test]
    fn a_scoped_limit_ends_with_its_scope_also_by_a_panic() {
        on_thread(2048, || {
            let error = raised(|| {
                let _limit = recursion::scoped_limit(20).unwrap();
                {
                    let _inner = recursion::scoped_limit(10).unwrap();
                    assert_eq!(raised(|| down(15)).limit(), 10);
                }
                assert_eq!(down(15), 16);
                down(25)
            });
            assert_eq!((error.limit(), recursion::limit()), (20, None));
        });
    }

    #[test]
    fn each_thread_has_its_own_and_begins_with_the_default() {
        child::run(|| {
            recursion::set_limit(30).unwrap();
            assert_eq!(on_thread(256, recursion::limit), None);
            recursion::set_default_limit(40);
            assert_eq!(
                (recursion::limit(), recursion::default_limit()),
                (Some(30), Some(40))
            );
            assert_eq!(
                on_thread(256, || (raised(|| down(40)).limit(), recursion::limit())),
                (40, Some(40))
            );
            recursion::set_default_limit(None);
            assert_eq!(on_thread(256, || down(40)), 41);
        });
    }

    #[test]
    fn raised_inside_a_deep_call_it_holds_from_there_on() {
        #[frame]
        fn raises_it(n: usize) -> usize {
            if n > 0 {
                return raises_it(n - 1);
            }
            recursion::set_limit(100).unwrap();
            down(79)
        }
        on_thread(2048, || {
            recursion::set_limit(20).unwrap();
            assert_eq!(raises_it(19), 100);
            assert_eq!(down(99), 100);
        });
    }

    #[test]
    fn it_does_not_hold_while_a_panic_unwinds() {
        struct Deep(Arc<Mutex<usize>>);
        impl Drop for Deep {
            fn drop(&mut self) {
                *self.0.lock().unwrap() = down(50);
            }
        }
        let reached = Arc::new(Mutex::new(0));
        let held = Arc::clone(&reached);
        on_thread(512, move || {
            recursion::set_limit(10).unwrap();
            let error = raised(|| {
                let _deep = Deep(held);
                down(20)
            });
            assert_eq!((error.kind(), error.limit()), (RecursionKind::Count, 10));
        });
        assert_eq!(*reached.lock().unwrap(), 51);
    }

    #[test]
    fn frames_beyond_those_that_are_recorded_count_too() {
        if child::slow() {
            return;
        }
        // Two million records, and a hundred thousand more.
        on_thread(1 << 20, || {
            recursion::set_limit(2_400_000).unwrap();
            let error = raised(|| {
                #[frame(skip_all)]
                fn bare() {
                    bare();
                    std::hint::black_box(());
                }
                bare();
            });
            assert_eq!(
                (error.kind(), error.depth()),
                (RecursionKind::Count, 2_400_000)
            );
        });
    }
}

mod function {
    use super::*;

    #[frame(recursion_limit = 10)]
    fn ten(n: u32) -> u32 {
        if n == 1 { 1 } else { ten(n - 1) + 1 }
    }

    #[test]
    fn a_function_is_active_as_often_as_it_says_and_no_more() {
        for _ in 0..3 {
            assert_eq!(ten(10), 10);
            let error = raised(|| ten(11));
            assert_eq!(
                error.to_string(),
                "maximum recursion depth exceeded (limit 10 activations of ten)"
            );
            assert_eq!(
                (error.kind(), error.limit(), error.function()),
                (RecursionKind::Function, 10, "ten")
            );
        }
    }

    #[test]
    fn functions_that_call_each_other_are_counted_each_for_its_own() {
        #[frame(recursion_limit = 5)]
        fn five(n: u32) -> u32 {
            if n == 0 { 0 } else { seven(n - 1) + 1 }
        }
        #[frame(recursion_limit = 7)]
        fn seven(n: u32) -> u32 {
            if n == 0 { 0 } else { five(n - 1) + 1 }
        }
        assert_eq!(five(9), 9);
        assert_eq!(raised(|| five(10)).function(), "five");
        #[frame(recursion_limit = 3)]
        fn three(n: u32) -> u32 {
            // Calls that return are not active any more.
            (0..n).map(|_| if n > 1 { three(n - 1) } else { 1 }).sum()
        }
        assert_eq!(three(3), 6);
        assert_eq!(raised(|| three(4)).limit(), 3);
    }

    #[test]
    fn the_limit_may_be_a_constant_and_other_options_hold_as_ever() {
        const LIMIT: usize = 4;
        #[frame(recursion_limit = LIMIT, name = "renamed", redact(pin))]
        fn named(n: u32, pin: u32, _unused: u32) -> String {
            match n {
                0 if pin > 0 => stack()[0].locals().to_string(),
                _ => named(n - 1, pin + 1, 0),
            }
        }
        assert_eq!(named(3, 1, 2), "{n: 0, pin: <redacted>, _unused: 0}");
        assert_eq!(raised(|| named(4, 1, 2)).function(), "renamed");
    }

    #[test]
    fn of_a_container_it_holds_for_each_function_in_it() {
        struct Tree(Vec<Tree>);
        #[frame(recursion_limit = 3)]
        impl Tree {
            fn height(&self) -> usize {
                self.0.iter().map(Tree::height).max().unwrap_or(0) + 1
            }
            #[frame(recursion_limit = 5)]
            fn size(&self) -> usize {
                self.0.iter().map(Tree::size).sum::<usize>() + 1
            }
        }
        let chain = |n| (0..n).fold(Tree(Vec::new()), |tree, _| Tree(vec![tree]));
        assert_eq!((chain(2).height(), chain(4).size()), (3, 5));
        assert_eq!(raised(|| chain(3).height()).limit(), 3);
        assert_eq!(raised(|| chain(5).size()).limit(), 5);
    }

    #[cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
    #[test]
    fn activations_that_were_leaked_with_their_coroutine_are_not_counted() {
        use corosensei::{Coroutine, Yielder};
        #[frame(recursion_limit = 4)]
        fn suspends(yielder: &Yielder<(), ()>, n: u32) {
            if n > 1 {
                suspends(yielder, n - 1);
            }
            yielder.suspend(());
        }
        #[frame]
        fn leaks() {
            let mut task: Coroutine<(), (), ()> =
                Coroutine::new(|yielder: &Yielder<(), ()>, ()| suspends(yielder, 3));
            task.resume(());
            std::mem::forget(task);
        }
        #[frame]
        fn between() -> usize {
            // Other frames, at the places where the leaked ones were.
            down(7)
        }
        for _ in 0..10 {
            leaks();
            between();
            let mut task: Coroutine<(), (), ()> =
                Coroutine::new(|yielder: &Yielder<(), ()>, ()| suspends(yielder, 4));
            task.resume(());
            task.resume(());
            while !task.done() {
                task.resume(());
            }
        }
        assert_eq!(depth(), 0);
    }
}

mod returned {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Failure {
        TooDeep(String),
        Other,
    }

    impl From<RecursionError> for Failure {
        fn from(error: RecursionError) -> Failure {
            Failure::TooDeep(error.to_string())
        }
    }

    #[frame(on_recursion = "error")]
    fn counted(n: u32, fails: bool) -> Result<u32, Failure> {
        match n {
            0 if fails => Err(Failure::Other),
            0 => Ok(0),
            _ => Ok(counted(n - 1, fails)? + 1),
        }
    }

    #[test]
    fn the_error_is_returned_and_nothing_unwinds() {
        on_thread(2048, || {
            let _limit = recursion::scoped_limit(30).unwrap();
            assert_eq!(counted(29, false), Ok(29));
            assert_eq!(counted(29, true), Err(Failure::Other));
            let too_deep =
                "maximum recursion depth exceeded (limit 30 frames in counted)".to_owned();
            assert_eq!(counted(30, false), Err(Failure::TooDeep(too_deep)));
            assert_eq!(depth(), 0);
        });
    }

    #[test]
    fn for_each_of_the_three_limits() {
        #[frame(on_recursion = "error", recursion_limit = 5)]
        fn limited(n: u32) -> Result<u32, RecursionError> {
            if n == 1 {
                Ok(1)
            } else {
                Ok(limited(n - 1)? + 1)
            }
        }
        #[frame(on_recursion = "error")]
        fn endless(n: u64) -> Result<u64, RecursionError> {
            Ok(endless(n + 1)? + 1)
        }
        on_thread(64, || {
            assert_eq!(limited(5), Ok(5));
            assert_eq!(limited(6).unwrap_err().kind(), RecursionKind::Function);
            assert_eq!(endless(0).unwrap_err().kind(), RecursionKind::StackBytes);
            let _limit = recursion::scoped_limit(9).unwrap();
            assert_eq!(endless(0).unwrap_err().kind(), RecursionKind::Count);
        });
    }

    #[test]
    fn in_types_that_hold_any_error_and_in_aliases_and_generics() {
        type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
        #[frame(on_recursion = "error", recursion_limit = 2)]
        fn boxed<T: Default>(n: u32) -> Outcome<T> {
            if n == 0 {
                Ok(T::default())
            } else {
                boxed(n - 1)
            }
        }
        assert_eq!(boxed::<u8>(1).unwrap(), 0);
        let error = boxed::<u8>(2).unwrap_err();
        assert!(error.is::<RecursionError>(), "{error}");
    }

    #[test]
    fn of_a_container_it_is_for_the_functions_that_return_a_result() {
        struct Parser;
        #[frame(on_recursion = "error", recursion_limit = 3)]
        impl Parser {
            fn result(&self, n: u32) -> Result<u32, RecursionError> {
                if n == 0 { Ok(0) } else { self.result(n - 1) }
            }
            fn number(&self, n: u32) -> u32 {
                if n == 0 { 0 } else { self.number(n - 1) }
            }
        }
        assert_eq!(Parser.result(3).unwrap_err().limit(), 3);
        assert_eq!(raised(|| Parser.number(3)).limit(), 3);
    }
}

mod asynchronous {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn ready<F: Future>(future: F) -> F::Output {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits for nothing"),
        }
    }

    #[frame]
    async fn plain(n: u32) -> u32 {
        if n == 0 {
            0
        } else {
            Box::pin(plain(n - 1)).await + 1
        }
    }

    #[test]
    fn futures_that_poll_each_other_count_as_calls_do() {
        on_thread(2048, || {
            let _limit = recursion::scoped_limit(50).unwrap();
            assert_eq!(ready(plain(49)), 49);
            let error = raised(|| ready(plain(50)));
            assert_eq!(
                (error.kind(), error.depth(), error.function()),
                (RecursionKind::Count, 50, "plain")
            );
        });
        let error = on_thread(64, || raised(|| ready(plain(u32::MAX))));
        assert_eq!(error.kind(), RecursionKind::StackBytes);
    }

    #[test]
    fn a_limit_of_the_function_and_an_error_that_is_returned() {
        #[frame(recursion_limit = 4, on_recursion = "error")]
        async fn four(n: u32) -> Result<u32, RecursionError> {
            if n == 1 {
                Ok(1)
            } else {
                Ok(Box::pin(four(n - 1)).await? + 1)
            }
        }
        #[frame(recursion_limit = 4)]
        async fn raises(n: u32) -> u32 {
            if n == 1 {
                1
            } else {
                Box::pin(raises(n - 1)).await + 1
            }
        }
        assert_eq!(ready(four(4)), Ok(4));
        assert_eq!(ready(four(5)).unwrap_err().kind(), RecursionKind::Function);
        assert_eq!(ready(raises(4)), 4);
        assert_eq!(raised(|| ready(raises(5))).limit(), 4);
    }
}

mod our_own {
    use super::*;

    /// What we make of a deep stack is dropped, copied and printed in loops.
    #[test]
    fn a_million_frames_are_copied_printed_and_dropped_on_a_small_stack() {
        if child::slow() {
            return;
        }
        #[frame]
        fn deep(n: u32, done: &mut dyn FnMut()) {
            if n == 0 {
                done();
            } else {
                deep(n - 1, done);
            }
        }
        let (copy, traceback) = on_thread(1 << 20, || {
            let mut taken = None;
            deep(999_999, &mut || {
                taken = Some((stack(), stacklens::Traceback::capture()))
            });
            taken.unwrap()
        });
        assert_eq!(copy.len(), 1_000_000);
        on_thread(64, move || {
            let text = traceback.to_string();
            assert!(
                text.contains("[previous frame repeated ") && text.lines().count() < 30,
                "{text}"
            );
            let printed = copy.to_string();
            assert!(printed.lines().count() < 120, "{printed}");
            assert_eq!(copy[999_999].depth(), 1);
            drop(copy.clone());
            drop(copy);
        });
    }
}
