//! Stackful coroutines switch native stacks inside annotated functions, in safe code: frames stay
//! on the thread's own stack while the native ones they belong to are suspended, end in another
//! order, or never end.
//!
//! What is shown then may be the wrong text; it is never memory that is not ours
//! (`scripts/sanitize.sh` runs this file under AddressSanitizer), and once the function that
//! resumed returns, the stack is right again.

#![cfg(all(
    unix,
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(feature = "off")
))]

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use stacklens::{FrameInfo, Traceback, currentframe, depth, frame, framed, stack};

/// Looks at all that can be seen; whatever it is, it can be read.
fn look() -> usize {
    let copy = stack();
    let mut text = format!("{copy} {copy:?}");
    for info in &copy {
        text += &format!(
            "{} {} {:#}",
            info.qualified_name(),
            info.line(),
            info.locals()
        );
    }
    let mut frame = currentframe();
    while let Some(f) = frame {
        text += &format!("{f:?} {}", f.locals());
        frame = f.back();
    }
    text += &Traceback::capture().to_string();
    std::hint::black_box(text).len()
}

fn names() -> Vec<&'static str> {
    stack().iter().map(FrameInfo::name).collect()
}

type Switch = Yielder<u32, u32>;
type Task = Coroutine<u32, u32, String, DefaultStack>;

/// Suspends on every level, with values of all kinds in its frame.
#[frame]
fn inside(yielder: &Switch, level: u32, text: String, list: &[u64]) -> String {
    let mut grown = text.clone();
    let (a, b, c, d, e, f, g, h) = (level, 1_u8, 2.5, 'x', true, -1_i64, "abc", vec![level; 3]);
    look();
    let input = yielder.suspend(level);
    grown.push_str(&input.to_string());
    look();
    if level > 0 {
        let below = inside(yielder, level - 1, grown.clone(), list);
        yielder.suspend(100 + level);
        look();
        grown.push_str(&below);
    }
    let block = framed!("block", {
        let kept = format!("{grown}{input}");
        yielder.suspend(200 + level);
        look();
        kept
    });
    let _used = (a, b, c, d, e, f, g, h);
    grown + &block
}

fn task(levels: u32) -> Task {
    Coroutine::new(move |yielder: &Switch, first: u32| {
        inside(
            yielder,
            levels,
            format!("task {levels} {first}"),
            &[1, 2, 3],
        )
    })
}

#[frame]
fn resume(task: &mut Task, input: u32) -> Option<String> {
    let text = "of the resumer".to_owned();
    let result = match task.resume(input) {
        CoroutineResult::Yield(_) => None,
        CoroutineResult::Return(text) => Some(text),
    };
    look();
    assert!(!text.is_empty());
    result
}

/// Another function with other values, where the coroutine's frames were.
#[frame]
fn between(n: u32) -> usize {
    let text = "other ".repeat(n as usize % 40);
    let list: Vec<String> = (0..n % 5).map(|i| i.to_string()).collect();
    let seen = look();
    seen + text.len() + list.len()
}

#[test]
fn a_coroutine_that_runs_through_leaves_the_stack_as_it_was() {
    let mut task = task(3);
    let mut rounds = 0;
    let text = loop {
        rounds += 1;
        assert_eq!(depth(), 0);
        if let Some(text) = resume(&mut task, rounds) {
            break text;
        }
    };
    assert!(text.starts_with("task 3 1") && rounds > 8);
    assert_eq!((depth(), names().len()), (0, 0));
}

#[test]
fn the_frames_of_a_suspended_coroutine_are_gone_when_its_resumer_returns() {
    #[frame]
    fn starts() -> Task {
        let mut task = task(5);
        for input in 0..4 {
            resume(&mut task, input);
            assert_eq!(names(), ["starts"]);
        }
        task
    }
    let task = starts();
    assert_eq!(between(7).min(1), 1);
    assert_eq!(depth(), 0);
    // Its destructors run on its own stack, through all of its frames.
    drop(task);
    assert_eq!((depth(), names().len()), (0, 0));
    assert_eq!(between(8).min(1), 1);
}

#[test]
fn a_coroutine_resumed_outside_of_all_frames_leaves_none() {
    let mut task = task(2);
    #[frame]
    fn starts(task: &mut Task) {
        assert!(resume(task, 1).is_none());
    }
    starts(&mut task);
    for input in 0.. {
        // Its own frames were entered above `starts`, which has returned.
        let done = matches!(task.resume(input), CoroutineResult::Return(_));
        assert_eq!(depth(), stack().len());
        if done {
            break;
        }
    }
    assert_eq!((depth(), names().len()), (0, 0));
}

#[test]
fn coroutines_that_take_turns_end_in_any_order() {
    for order in 0..24_u32 {
        let mut tasks: Vec<Option<Task>> = (0..4).map(|n| Some(task(n))).collect();
        let mut turn = order;
        while tasks.iter().any(Option::is_some) {
            turn = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let chosen = (turn >> 16) as usize % tasks.len();
            if let Some(task) = &mut tasks[chosen]
                && resume(task, turn).is_some()
            {
                tasks[chosen] = None;
            }
            between(turn >> 8);
            assert_eq!(depth(), 0);
        }
    }
}

#[test]
fn a_coroutine_may_be_resumed_deeper_and_higher_than_where_it_was_suspended() {
    #[frame]
    fn down(levels: u32, task: &mut Task) -> bool {
        let text = format!("level {levels}");
        let done = if levels == 0 {
            resume(task, levels).is_some()
        } else {
            down(levels - 1, task)
        };
        look();
        // This function's own record is below all that the coroutine wrote over, unless that was
        // entered lower.
        assert!(text.starts_with("level"));
        done
    }
    let mut task = task(4);
    let mut levels = 7;
    while !down(levels, &mut task) {
        levels = (levels * 5 + 3) % 11;
        assert_eq!(depth(), 0);
        between(levels);
    }
}

#[test]
fn a_coroutine_inside_a_coroutine_is_no_different() {
    #[frame]
    fn outer(yielder: &Switch) -> String {
        let mut inner = task(2);
        let mut text = String::new();
        let mut input = 0;
        loop {
            input = yielder.suspend(input);
            if let Some(end) = resume(&mut inner, input) {
                text.push_str(&end);
                return text;
            }
            look();
        }
    }
    let mut nested: Task = Coroutine::new(|yielder: &Switch, _| outer(yielder));
    let mut rounds = 0;
    while resume(&mut nested, rounds).is_none() {
        rounds += 1;
        between(rounds);
        assert_eq!(depth(), 0);
    }
}

#[test]
fn a_panic_inside_a_coroutine_goes_through_its_resumer() {
    #[frame]
    fn panics(yielder: &Switch) -> String {
        let text = String::from("kept");
        yielder.suspend(1);
        look();
        panic!("as asked, {text}");
    }
    let mut doomed: Task = Coroutine::new(|yielder: &Switch, _| panics(yielder));
    assert!(resume(&mut doomed, 0).is_none());
    between(3);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| resume(&mut doomed, 1)));
    assert!(caught.is_err() && depth() == 0);
    assert_eq!(framed!("after", names()), ["after"]);
}

/// Safe code may leak a suspended coroutine; its guards then never run, and its stack, with what
/// frames were told of, is reused or unmapped.
#[test]
fn a_leaked_coroutine_leaves_nothing_behind() {
    for round in 0..20 {
        #[frame]
        fn leaks(levels: u32) {
            let mut task = task(levels);
            for input in 0..levels {
                assert!(resume(&mut task, input).is_none());
            }
            std::mem::forget(task);
            look();
            assert_eq!(names(), ["leaks"]);
        }
        leaks(1 + round % 5);
        between(round);
        assert_eq!(depth(), 0);
    }
}

/// `force_reset` abandons the coroutine's stack without unwinding it; the memory is given back.
#[test]
fn an_abandoned_stack_is_never_read() {
    #[frame]
    fn abandons() {
        let local = [7_u64; 32];
        let text = String::from("on the heap");
        let mut task: Coroutine<(), (), (), DefaultStack> =
            Coroutine::new(|yielder: &Yielder<(), ()>, ()| {
                #[frame]
                fn on_the_other_stack(
                    yielder: &Yielder<(), ()>,
                    array: &[u64; 4],
                    number: &u64,
                    text: &str,
                ) {
                    let reference = &array[1..];
                    let nested = Some(number);
                    yielder.suspend(());
                    look();
                    let _used = (reference, nested, text);
                }
                let (array, number) = ([1, 2, 3, 4], 5);
                on_the_other_stack(yielder, &array, &number, "static");
            });
        task.resume(());
        // SAFETY: nothing on the abandoned stack needs its destructor.
        unsafe { task.force_reset() };
        drop(task);
        look();
        assert!(local[0] == 7 && !text.is_empty());
    }
    for _ in 0..20 {
        abandons();
        look();
        assert_eq!(depth(), 0);
    }
}

#[test]
fn a_coroutine_dropped_when_its_thread_ends_is_no_harm() {
    use std::cell::RefCell;
    thread_local! {
        static EARLY: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
        static LATE: RefCell<Vec<Task>> = const { RefCell::new(Vec::new()) };
    }
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            between(9);
            look();
        }
    }
    thread_local! {
        static LAST: Last = const { Last };
    }
    for _ in 0..10 {
        std::thread::spawn(|| {
            LAST.with(|_| ());
            // Destroyed after the thread's storage was given back, and before.
            EARLY.with_borrow_mut(|kept| kept.push(task(3)));
            EARLY.with_borrow_mut(|kept| assert!(resume(&mut kept[0], 1).is_none()));
            LATE.with_borrow_mut(|kept| kept.push(task(2)));
            LATE.with_borrow_mut(|kept| assert!(resume(&mut kept[0], 1).is_none()));
            assert_eq!(depth(), 0);
        })
        .join()
        .unwrap();
        // Another thread now has the region.
        std::thread::spawn(|| {
            assert_eq!(depth(), 0);
            between(5);
            assert_eq!(framed!("fresh", (depth(), names())), (1, vec!["fresh"]));
        })
        .join()
        .unwrap();
    }
}
