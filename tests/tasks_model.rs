//! Random trees of futures, against a model of who is suspended where.
//!
//! A program is a tree: each node pauses, awaits its children one after the other, all at once (join) or until the first is
//! ready (select), spawns some for somebody else, or panics. A driver polls the tasks in a random order, on this thread or
//! on others, aborts some half-way, forgets others. The model is the future itself: each writes into a shared map, by hand,
//! what a right dump has to say of it.

#![cfg(not(feature = "off"))]

use proptest::prelude::*;
use stacklens::frame;
use stacklens::tasks::{self, FutureExt, TaskDump, TaskFrame};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

#[derive(Clone, Debug)]
enum Plan {
    Pause(u8),
    Sequence(Vec<Plan>),
    Join(Vec<Plan>),
    Select(Vec<Plan>),
    Spawn(Box<Plan>),
    Panic,
}

fn plan() -> impl Strategy<Value = Plan> {
    let leaf = prop_oneof![
        8 => (0_u8..4).prop_map(Plan::Pause),
        1 => Just(Plan::Panic),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let some = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some().prop_map(Plan::Sequence),
            some().prop_map(Plan::Join),
            some().prop_map(Plan::Select),
            inner.clone().prop_map(|plan| Plan::Spawn(Box::new(plan))),
        ]
    })
}

#[derive(Clone, Debug)]
enum Step {
    /// Polls the task of this number, counted round; on another thread if told.
    Poll(usize, bool),
    Abort(usize),
    Forget(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        20 => (any::<usize>(), any::<bool>()).prop_map(|(n, elsewhere)| Step::Poll(n, elsewhere)),
        1 => any::<usize>().prop_map(Step::Abort),
        1 => any::<usize>().prop_map(Step::Forget),
    ];
    prop::collection::vec(step, 1..60)
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What has to be true of a frame: who awaits it, how often it was polled.
#[derive(Clone, Debug, PartialEq)]
struct Expected {
    awaited_by: Option<u64>,
    polls: u64,
}

#[derive(Default)]
struct Shared {
    kept: Mutex<BTreeMap<u64, Expected>>,
    next: Mutex<u64>,
    spawned: Mutex<Vec<Task>>,
}

/// In the model as long as the frame should be: from the first poll to the end of the body.
struct Present(Arc<Shared>, u64);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.kept.lock().unwrap().remove(&self.1);
    }
}

/// Counts polls of a node of the plan for the model, around the annotated function.
struct Counted<F> {
    shared: Arc<Shared>,
    number: u64,
    parent: Option<u64>,
    future: F,
}

impl<F: Future<Output = ()> + Unpin> Future for Counted<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        {
            let mut kept = self.shared.kept.lock().unwrap();
            let parent = self.parent;
            let expected = kept.entry(self.number).or_insert(Expected {
                awaited_by: parent,
                polls: 0,
            });
            expected.polls += 1;
        }
        Pin::new(&mut self.future).poll(context)
    }
}

fn start(shared: &Arc<Shared>, parent: Option<u64>, plan: Plan) -> Task {
    let number = {
        let mut next = shared.next.lock().unwrap();
        *next += 1;
        *next
    };
    Box::pin(Counted {
        shared: Arc::clone(shared),
        number,
        parent,
        future: Box::pin(node(Arc::clone(shared), number, plan)),
    })
}

async fn pause(times: u8) {
    let mut left = times;
    poll_fn(|_| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
}

#[frame(only(number))]
fn node(shared: Arc<Shared>, number: u64, plan: Plan) -> Task {
    Box::pin(async move {
        let number = number;
        let _present = Present(Arc::clone(&shared), number);
        let children = |plans: Vec<Plan>| -> Vec<Task> {
            plans
                .into_iter()
                .map(|plan| start(&shared, Some(number), plan))
                .collect()
        };
        match plan {
            Plan::Pause(times) => pause(times).await,
            Plan::Panic => panic!("as planned"),
            Plan::Sequence(plans) => {
                for child in children(plans) {
                    child.await;
                }
            }
            Plan::Join(plans) => {
                futures::future::join_all(children(plans)).await;
            }
            Plan::Select(plans) => {
                let _ = futures::future::select_all(children(plans)).await;
            }
            Plan::Spawn(plan) => {
                let task = start(&shared, None, *plan).framed("spawned");
                shared.spawned.lock().unwrap().push(Box::pin(task));
                pause(1).await;
            }
        }
        let _ = number;
    })
}

fn number(frame: TaskFrame<'_>) -> Option<u64> {
    frame.locals().get("number")?.value().as_u64()
}

/// The dump says what the model says, and nothing else.
fn check(dump: &TaskDump, shared: &Shared) {
    let kept = shared.kept.lock().unwrap().clone();
    assert_eq!(dump.missed(), 0);
    let mut found = BTreeMap::new();
    for frame in dump.frames().filter(|frame| frame.name() == "node") {
        let by = frame.awaited_by().filter(|by| by.name() == "node");
        let expected = Expected {
            awaited_by: by.and_then(number),
            polls: frame.polls(),
        };
        assert!(!frame.is_running() && !frame.is_detached(), "{dump}");
        let again = found.insert(number(frame).unwrap_or_else(|| panic!("{dump}")), expected);
        assert!(again.is_none(), "{dump}");
    }
    assert_eq!(found, kept, "{dump}");
    // Each is reached from a root, once.
    let mut reached = 0;
    let mut waiting: Vec<TaskFrame<'_>> = dump.tasks().collect();
    while let Some(frame) = waiting.pop() {
        reached += 1;
        waiting.extend(frame.awaits());
    }
    assert_eq!(reached, dump.len(), "{dump}");
    assert!(!dump.to_string().contains("changed too often"));
}

/// One poll, of which nothing is left on the thread's stack.
fn poll(task: &mut Task) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(&mut context)));
    assert_eq!(stacklens::depth(), 0);
    !matches!(polled, Ok(Poll::Pending))
}

fn run(plans: Vec<Plan>, steps: Vec<Step>) {
    let shared = Arc::new(Shared::default());
    let mut running: Vec<Task> = plans
        .into_iter()
        .map(|plan| start(&shared, None, plan))
        .collect();
    let mut forgotten: Vec<Task> = Vec::new();
    for step in steps {
        running.append(&mut shared.spawned.lock().unwrap());
        if running.is_empty() {
            break;
        }
        match step {
            Step::Poll(n, elsewhere) => {
                let at = n % running.len();
                let mut task = running.swap_remove(at);
                let (task, ended) = if elsewhere {
                    std::thread::spawn(move || {
                        let ended = poll(&mut task);
                        (task, ended)
                    })
                    .join()
                    .unwrap()
                } else {
                    let ended = poll(&mut task);
                    (task, ended)
                };
                if !ended {
                    running.push(task);
                }
            }
            Step::Abort(n) => drop(running.swap_remove(n % running.len())),
            // Nobody drops it while the others go on.
            Step::Forget(n) => forgotten.push(running.swap_remove(n % running.len())),
        }
        check(&tasks::dump(), &shared);
    }
    drop((running, forgotten));
    shared.spawned.lock().unwrap().clear();
    check(&tasks::dump(), &shared);
    assert!(tasks::dump().is_empty(), "{}", tasks::dump_tree());
}

#[test]
fn a_dump_says_what_is_suspended_where() {
    stacklens::Config::new()
        .hot(stacklens::Hot::Always)
        .install();
    // Planned panics are no news.
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload().downcast_ref::<&str>();
        if text.is_none_or(|text| *text != "as planned") {
            quiet(panic);
        }
    }));
    let programs = (prop::collection::vec(plan(), 1..5), steps());
    proptest!(|((plans, steps) in programs)| run(plans, steps));
}
