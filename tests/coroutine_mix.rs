//! Random programs whose parts run in stackful coroutines: each may be switched away from anywhere, in the middle of a
//! poll, of a generator, of a `catch`, of a value's `Debug` or of a sink, and come back later, deeper, higher, or never.
//!
//! What is shown meanwhile may be the wrong text. It is never memory that is not ours (`scripts/sanitize.sh` runs this file
//! under AddressSanitizer), nothing panics but what is told to, and the stack is right when all is over.

#![cfg(all(unix, any(target_arch = "x86_64", target_arch = "aarch64")))]
#![cfg(not(feature = "off"))]

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use proptest::prelude::*;
use stacklens::log_calls::{self, Event, Sink};
use stacklens::tasks::{self, PollFrame};
use stacklens::{
    ResultExt, Traceback, catch, currentframe, depth, frame, framed, generator, recursion, stack,
    threads,
};
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Debug)]
enum Plan {
    Suspend,
    Look,
    Dump,
    Panic,
    Inside(Way, Vec<Plan>),
}

/// What the parts of a plan run in.
#[derive(Clone, Copy, Debug)]
enum Way {
    Call,
    Block,
    Logged,
    Async,
    Polled,
    Generator,
    Catch,
    Fail,
    Debug,
    Limited,
}

fn plan() -> impl Strategy<Value = Plan> {
    let leaf = prop_oneof![
        6 => Just(Plan::Suspend),
        3 => Just(Plan::Look),
        1 => Just(Plan::Dump),
        1 => Just(Plan::Panic),
    ];
    let way = prop::sample::select(vec![
        Way::Call,
        Way::Block,
        Way::Logged,
        Way::Async,
        Way::Polled,
        Way::Generator,
        Way::Catch,
        Way::Fail,
        Way::Debug,
        Way::Limited,
    ]);
    leaf.prop_recursive(6, 40, 5, move |inner| {
        let parts = prop::collection::vec(inner, 1..5);
        (way.clone(), parts).prop_map(|(way, parts)| Plan::Inside(way, parts))
    })
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Resumes the coroutine of this number, counted round, below so many frames.
    Resume(usize, u8),
    Drop(usize),
    Forget(usize),
    Look,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        30 => (any::<usize>(), 0..6_u8).prop_map(|(n, deep)| Step::Resume(n, deep)),
        1 => any::<usize>().prop_map(Step::Drop),
        1 => any::<usize>().prop_map(Step::Forget),
        2 => Just(Step::Look),
    ];
    prop::collection::vec(step, 1..80)
}

type Switch = Yielder<(), ()>;
type Task = Coroutine<(), (), (), DefaultStack>;

/// Looks at all that can be seen; whatever it is, it can be read.
fn look() -> usize {
    let copy = stack();
    let mut text = format!("{copy} {copy:?}");
    let mut frame = currentframe();
    while let Some(f) = frame {
        text += &format!("{f:?} {} {} {:?}", f.depth(), f.locals(), f.stack_bytes());
        frame = f.back();
    }
    text += &Traceback::capture().to_string();
    std::hint::black_box(text).len()
}

fn run(plans: &[Plan], switch: &Switch) {
    for plan in plans {
        match plan {
            Plan::Suspend => switch.suspend(()),
            Plan::Look => {
                look();
            }
            Plan::Dump => {
                std::hint::black_box((
                    tasks::dump_tree().to_string(),
                    threads::dump_all().to_string(),
                ));
            }
            Plan::Panic => std::panic::resume_unwind(Box::new(Told)),
            Plan::Inside(way, parts) => inside(*way, parts, switch),
        }
    }
}

/// A panic that a plan asks for.
struct Told;

fn inside(way: Way, parts: &[Plan], switch: &Switch) {
    match way {
        Way::Call => {
            call(parts, switch, &"text ".repeat(parts.len()), 7);
        }
        Way::Block => framed!("block", {
            let kept = format!("{} parts", parts.len());
            run(parts, switch);
            assert!(kept.ends_with("parts"));
        }),
        Way::Logged => {
            logged(parts, switch, "some text that is no word");
        }
        Way::Async => {
            let mut future = pin!(waits(parts, switch, String::from("of a future")));
            poll_often(future.as_mut());
        }
        Way::Polled => {
            let mut frame = PollFrame::new("polled");
            for part in parts {
                frame.poll(|| run(std::slice::from_ref(part), switch));
            }
        }
        Way::Generator => {
            let body = generator(|y| async move {
                for (n, part) in parts.iter().enumerate() {
                    run(std::slice::from_ref(part), switch);
                    y.yield_(n).await;
                }
            });
            // The last one is left.
            for n in body.take(parts.len().max(2) - 1) {
                assert!(n < parts.len());
            }
        }
        Way::Catch => {
            if let Err(report) = catch(AssertUnwindSafe(|| run(parts, switch))) {
                assert!(!report.to_string().is_empty());
            }
        }
        Way::Fail => {
            if let Err(error) = fails(parts, switch, 5) {
                assert!(!format!("{error:?}").is_empty());
            }
        }
        Way::Debug => shows(&Runs(parts, switch)),
        Way::Limited => {
            let _limit = recursion::scoped_limit(100_000).expect("more than there are");
            limited(parts, switch);
        }
    }
}

#[frame]
fn call(parts: &[Plan], switch: &Switch, text: &str, n: u64) -> String {
    let mut grown = text.to_owned();
    let (a, b, c, d, e, f, g, h) = (n, 1_u8, 2.5, 'x', true, -1_i64, "abc", vec![n; 3]);
    run(parts, switch);
    grown.push_str("more");
    let again = (a, b, c, d, e, f, g, &h);
    run(&parts[..1], switch);
    format!("{grown}{again:?}")
}

#[stacklens::log_calls]
fn logged(parts: &[Plan], switch: &Switch, text: &str) -> String {
    run(parts, switch);
    format!("{text} and more")
}

#[frame]
async fn waits(parts: &[Plan], switch: &Switch, text: String) -> usize {
    let mut count = 0;
    for part in parts {
        let kept = format!("{text} {count}");
        run(std::slice::from_ref(part), switch);
        once().await;
        count += inner(part, switch, &kept).await;
    }
    count
}

#[stacklens::log_calls]
async fn inner(part: &Plan, switch: &Switch, text: &str) -> usize {
    once().await;
    run(std::slice::from_ref(part), switch);
    text.len()
}

/// Ready when it is polled again.
fn once() -> impl Future<Output = ()> {
    let ready = Cell::new(false);
    std::future::poll_fn(move |_| match ready.replace(true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
}

/// Until it is ready, or a few times.
fn poll_often<F: Future>(mut future: std::pin::Pin<&mut F>) {
    for _ in 0..7 {
        let context = &mut Context::from_waker(Waker::noop());
        if future.as_mut().poll(context).is_ready() {
            return;
        }
    }
}

#[frame]
fn fails(parts: &[Plan], switch: &Switch, levels: u32) -> stacklens::Result<()> {
    if levels == 0 {
        "x".parse::<u32>().traced()?;
    }
    run(&parts[..1], switch);
    let below = fails(parts, switch, levels - 1);
    run(&parts[..1], switch);
    below?;
    Ok(())
}

/// Its `Debug` runs a plan.
struct Runs<'a>(&'a [Plan], &'a Switch);

impl fmt::Debug for Runs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("begun ")?;
        run(self.0, self.1);
        f.write_str("ended")
    }
}

#[frame(capture = "full")]
fn shows(value: &Runs<'_>) {
    let count = value.0.len();
    look();
    assert!(count > 0);
}

#[frame(recursion_limit = 1000)]
fn limited(parts: &[Plan], switch: &Switch) {
    run(parts, switch);
}

/// A sink that looks at the stack.
struct Looks;

impl Sink for Looks {
    fn write(&self, event: &Event<'_>) -> std::io::Result<()> {
        std::hint::black_box((event.line().len(), depth()));
        Ok(())
    }
}

fn task(plan: Plan) -> Task {
    Coroutine::new(move |switch: &Switch, ()| {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            run(std::slice::from_ref(&plan), switch)
        }));
        if let Err(payload) = caught
            && !payload.is::<Told>()
        {
            std::panic::resume_unwind(payload);
        }
    })
}

#[frame]
fn resume(task: &mut Task, levels: u8, text: &str) -> bool {
    let own = format!("{text} {levels}");
    let over = match levels {
        0 => matches!(task.resume(()), CoroutineResult::Return(())),
        _ => resume(task, levels - 1, &own),
    };
    look();
    assert!(own.starts_with("level"));
    over
}

/// Another function with other values, where the coroutines' frames were.
#[frame]
fn between(n: usize) -> usize {
    let text = "other ".repeat(n % 40);
    let list: Vec<String> = (0..n % 5).map(|i| i.to_string()).collect();
    look() + text.len() + list.len()
}

/// On a thread of its own: what a coroutine that never comes back was in the middle of, its thread stays in.
fn check(plans: Vec<Plan>, steps: Vec<Step>) {
    std::thread::spawn(move || {
        let mut tasks: Vec<Option<Task>> = plans.into_iter().map(|p| Some(task(p))).collect();
        let count = tasks.len();
        for step in steps {
            match step {
                Step::Resume(n, deep) => {
                    let chosen = &mut tasks[n % count];
                    if let Some(task) = chosen
                        && resume(task, deep, "level")
                    {
                        *chosen = None;
                    }
                }
                Step::Drop(n) => drop(tasks[n % count].take()),
                Step::Forget(n) => std::mem::forget(tasks[n % count].take()),
                Step::Look => {
                    between(count);
                }
            }
            assert_eq!((depth(), stack().len()), (0, 0));
        }
        drop(tasks);
        assert_eq!((depth(), stack().len()), (0, 0));
        let names = framed("after", || stack()[0].name());
        assert_eq!(names, "after");
    })
    .join()
    .unwrap();
}

#[test]
fn whatever_is_switched_away_from_does_no_harm() {
    log_calls::set_sink(Looks);
    stacklens::Config::new()
        .capture(stacklens::Capture::Full)
        .install();
    let plans = prop::collection::vec(plan(), 1..4);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(plans in plans, steps in steps())| check(plans, steps));
}
