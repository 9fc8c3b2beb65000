//! The stacks of other threads: `stacklens::threads`.

#![cfg(not(feature = "off"))]

mod child;

use stacklens::threads::{Answer, Dump, State, ThreadDump, ThreadStack, dump_all};
use stacklens::{frame, framed, threads};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

const ASKS: bool = cfg!(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
));

fn spawn<R: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn(body).expect("a thread")
}

fn named<'d>(dump: &'d ThreadDump, name: &str) -> Option<&'d ThreadStack> {
    dump.iter().find(|thread| thread.name() == Some(name))
}

fn names(thread: &ThreadStack) -> Vec<&'static str> {
    thread.frames().iter().map(|frame| frame.name()).collect()
}

/// Dumps until a thread is as it has to be.
fn dump_until(dump: impl Fn() -> ThreadDump, is: impl Fn(&ThreadDump) -> bool) -> ThreadDump {
    let began = Instant::now();
    loop {
        let dump = dump();
        if is(&dump) {
            return dump;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{dump}");
        thread::yield_now();
    }
}

#[frame]
fn wait_in_the_system(queue: &str, seen: u64, gate: &Receiver<()>) {
    assert!(seen > 0 && !queue.is_empty());
    let _ = gate.recv();
}

#[frame]
fn spin(stop: &AtomicBool) -> u64 {
    let mut turns = 0_u64;
    while !stop.load(Relaxed) {
        turns += 1;
        std::hint::spin_loop();
    }
    turns
}

#[frame]
fn leaf(n: u64) -> u64 {
    n.wrapping_mul(3)
}

/// Does little else than entering and leaving.
#[frame]
fn enter_and_leave(stop: &AtomicBool) {
    let mut n = 1;
    while !stop.load(Relaxed) {
        n = leaf(n);
    }
}

#[test]
fn each_thread_is_seen_where_it_is() {
    let (open, gate) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let (spinning, entering) = (Arc::clone(&stop), Arc::clone(&stop));
    let blocked = spawn("seen-blocked", move || wait_in_the_system("mail", 7, &gate));
    let spinning = spawn("seen-spinning", move || spin(&spinning));
    let entering = spawn("seen-entering", move || enter_and_leave(&entering));
    // A sanitizer holds signals back.
    let right = |thread: &ThreadStack| {
        let asked = ASKS && !child::slow();
        child::slow()
            || thread.answer()
                == if asked {
                    Answer::Itself
                } else {
                    Answer::Outside
                }
    };
    // Not while another test has its turn to ask for long.
    let there = |name| {
        move |dump: &ThreadDump| named(dump, name).is_some_and(|t| t.depth() > 0 && right(t))
    };
    let asleep = |dump: &ThreadDump| {
        named(dump, "seen-blocked").is_some_and(|t| t.state() != State::Running)
    };
    let dump = dump_until(dump_all, |dump| {
        ["seen-blocked", "seen-spinning", "seen-entering"]
            .iter()
            .all(|name| there(*name)(dump))
            && (asleep(dump) || !ASKS)
    });

    let thread = named(&dump, "seen-blocked").unwrap();
    assert_eq!(names(thread), ["wait_in_the_system"]);
    let locals = thread.frames()[0].locals();
    assert_eq!(locals.get("queue").unwrap().value().as_str(), Some("mail"));
    assert_eq!(locals.get("seen").unwrap().value().as_u64(), Some(7));
    assert!(right(thread), "{dump}");
    if ASKS {
        assert_eq!(thread.state(), State::Blocked);
    }
    let text = thread.to_string();
    assert!(
        text.contains("[0] wait_in_the_system in tests/threads.rs:"),
        "{text}"
    );
    assert!(
        text.contains(r#"{queue: "mail", seen: 7, gate: "#),
        "{text}"
    );

    let thread = named(&dump, "seen-spinning").unwrap();
    assert!(names(thread) == ["spin"] && right(thread), "{dump}");

    let thread = named(&dump, "seen-entering").unwrap();
    let outer = thread.frames().last().unwrap();
    assert_eq!(outer.name(), "enter_and_leave");
    assert!(thread.depth() <= 2);

    let own = dump.current().unwrap();
    assert_eq!(own.depth(), 0);

    stop.store(true, Relaxed);
    drop(open);
    blocked.join().unwrap();
    spinning.join().unwrap();
    entering.join().unwrap();
    let dump = dump_all();
    assert!(named(&dump, "seen-blocked").is_none_or(|t| t.depth() == 0));
}

#[test]
fn the_line_and_the_values_are_those_of_the_moment() {
    #[frame]
    fn stages(step: &Receiver<()>, done: &Sender<u32>) {
        let mut reached = 1;
        done.send(line!()).unwrap(); // the next statement waits
        step.recv().unwrap();
        reached += 1;
        done.send(line!()).unwrap();
        step.recv().unwrap();
        assert_eq!(reached, 2);
    }
    let (step, steps) = channel();
    let (done, reached) = channel();
    let worker = spawn("stages", move || stages(&steps, &done));
    for stage in 1..=2 {
        let line = reached.recv().unwrap();
        let at = |dump: &ThreadDump| named(dump, "stages").unwrap().frames()[0].line() == line + 1;
        let dump = dump_until(dump_all, at);
        let locals = named(&dump, "stages").unwrap().frames()[0].locals();
        assert_eq!(locals.get("reached").unwrap().value().as_u64(), Some(stage));
        step.send(()).unwrap();
    }
    worker.join().unwrap();
}

#[test]
fn a_variable_that_the_statement_may_have_changed_already_says_so() {
    #[frame]
    fn counts(stop: &AtomicBool) -> u64 {
        let mut turns = 1_u64;
        while turns > 0 && !stop.load(Relaxed) {
            turns += 1;
        }
        turns
    }
    let stop = Arc::new(AtomicBool::new(false));
    let stops = Arc::clone(&stop);
    let counting = spawn("counting", move || counts(&stops));
    let dump = dump_until(dump_all, |dump| {
        named(dump, "counting").is_some_and(|t| {
            let turns = |locals: stacklens::Locals| locals.get("turns")?.as_of_line();
            t.depth() == 1 && turns(t.locals(0)).is_some()
        })
    });
    stop.store(true, Relaxed);
    counting.join().unwrap();
    let thread = named(&dump, "counting").unwrap();
    assert!(thread.to_string().contains(" (as of line "), "{thread}");
    assert!(dump.to_json().contains("\"as_of_line\":"));
    assert!(thread.locals(1).is_empty());
}

#[test]
fn the_thread_that_asks_is_in_its_dump() {
    #[frame]
    fn asks(depth: u32) -> ThreadDump {
        if depth > 0 {
            asks(depth - 1)
        } else {
            dump_all()
        }
    }
    let dump = asks(2);
    let own = dump.current().unwrap();
    assert_eq!(names(own), ["asks"; 3]);
    assert_eq!(own.frames()[2].locals().to_string(), "{depth: 2}");
    assert!(
        own.to_string()
            .contains("(this one), innermost frame first:")
    );
    assert_eq!(dump.get(own.id()).unwrap().answer(), Answer::Own);
}

#[test]
fn threads_are_read_without_being_interrupted_where_that_is_wanted() {
    let (open, gate) = channel();
    let blocked = spawn("outside", move || wait_in_the_system("post", 9, &gate));
    let outside = || Dump::new().interrupt(false).take();
    let there = |dump: &ThreadDump| {
        named(dump, "outside").is_some_and(|t| t.depth() == 1 && t.answer() == Answer::Outside)
    };
    let dump = dump_until(outside, there);
    let thread = named(&dump, "outside").unwrap();
    let locals = thread.frames()[0].locals();
    assert_eq!(locals.get("queue").unwrap().value().as_str(), Some("post"));
    drop(open);
    blocked.join().unwrap();
}

#[test]
fn of_a_deep_stack_both_ends_are_kept_and_the_rest_is_counted() {
    #[frame]
    fn down(n: u32, gate: &Receiver<()>) {
        if n > 0 {
            down(n - 1, gate);
        } else {
            let _ = gate.recv();
        }
    }
    let (open, gate) = channel();
    let deep = thread::Builder::new()
        .name("deep".to_owned())
        .stack_size(64 << 20);
    let deep = deep.spawn(move || down(5_000, &gate)).unwrap();
    let dump = dump_until(
        || Dump::new().frames(20).take(),
        |dump| named(dump, "deep").is_some_and(|t| t.depth() == 5_001),
    );
    let thread = named(&dump, "deep").unwrap();
    assert_eq!((thread.frames().len(), thread.omitted()), (20, 4_981));
    let depths: Vec<usize> = thread.frames().iter().map(|frame| frame.depth()).collect();
    assert_eq!(depths[..2], [5_001, 5_000]);
    assert_eq!(depths[18..], [2, 1]);
    let text = thread.to_string();
    assert!(
        text.contains("\n  [4981 frames not shown]\n  [4991] down in "),
        "{text}"
    );
    drop(open);
    deep.join().unwrap();
}

#[test]
fn names_given_in_full_are_kept() {
    let (open, gate) = channel();
    let full = "a worker with a name that the system has no room for";
    let worker = spawn("short", move || {
        threads::register(full);
        wait_in_the_system("q", 1, &gate)
    });
    let dump = dump_until(dump_all, |dump| {
        named(dump, full).is_some_and(|t| t.depth() == 1)
    });
    assert!(dump.to_string().contains(&format!("\"{full}\"")));
    drop(open);
    worker.join().unwrap();
}

#[test]
fn a_hostile_name_is_shown_by_numbers() {
    let (open, gate) = channel();
    let worker = spawn("hostile", move || {
        threads::register("\u{1b}[31mred\n");
        wait_in_the_system("q", 1, &gate)
    });
    let dump = dump_until(dump_all, |dump| dump.to_string().contains("[31mred"));
    assert!(dump.to_string().contains(r#""\u{1b}[31mred\n""#));
    assert!(dump.to_json().contains(r#""name":"\u001b[31mred\n""#));
    drop(open);
    worker.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn threads_without_frames_are_listed_and_say_so() {
    let (open, gate) = channel::<()>();
    let plain = spawn("no-frames", move || gate.recv().is_err());
    let dump = dump_until(dump_all, |dump| named(dump, "no-frames").is_some());
    let thread = named(&dump, "no-frames").unwrap();
    assert_eq!((thread.depth(), thread.answer()), (0, Answer::Nothing));
    assert!(
        thread
            .to_string()
            .ends_with(": no annotated function is active")
    );
    assert!(named(&Dump::new().others(false).take(), "no-frames").is_none());
    drop(open);
    plain.join().unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_thread_that_blocks_all_signals_is_read_from_outside_in_bounded_time() {
    let (open, gate) = channel();
    let deaf = spawn("deaf", move || {
        // SAFETY: the set is filled before it is used.
        unsafe {
            let mut all = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, std::ptr::null_mut());
        }
        wait_in_the_system("deaf", 3, &gate);
        // The signals come now; nothing is asked any more.
        // SAFETY: as above.
        unsafe {
            let mut all = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const all, std::ptr::null_mut());
        }
        leaf(1)
    });
    let dump = dump_until(
        || Dump::new().timeout(Duration::from_millis(20)).take(),
        |dump| named(dump, "deaf").is_some_and(|t| t.answer() == Answer::Silent && t.depth() == 1),
    );
    let thread = named(&dump, "deaf").unwrap();
    assert!(
        thread
            .to_string()
            .contains("which did not answer, read from outside")
    );
    assert!(thread.to_string().contains(r#"{queue: "deaf", seen: 3"#));
    drop(open);
    assert_eq!(deaf.join().unwrap(), 3);
}

#[test]
#[cfg(target_os = "linux")]
fn a_thread_of_another_language_is_seen_like_any_other() {
    extern "C" fn begin(gate: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: a receiver that was boxed below, once.
        let gate = unsafe { Box::from_raw(gate.cast::<Receiver<()>>()) };
        wait_in_the_system("c", 1, &gate);
        std::ptr::null_mut()
    }
    let (open, gate) = channel::<()>();
    let gate = Box::into_raw(Box::new(gate));
    // SAFETY: the thread is given its own receiver, and joined.
    let foreign = unsafe {
        let mut thread = std::mem::zeroed();
        let none = std::ptr::null();
        assert_eq!(
            libc::pthread_create(&raw mut thread, none, begin, gate.cast()),
            0
        );
        libc::pthread_setname_np(thread, c"foreign".as_ptr());
        thread
    };
    let dump = dump_until(dump_all, |dump| {
        named(dump, "foreign").is_some_and(|t| t.depth() == 1)
    });
    assert_eq!(
        names(named(&dump, "foreign").unwrap()),
        ["wait_in_the_system"]
    );
    drop(open);
    // SAFETY: the thread that was made above.
    unsafe { libc::pthread_join(foreign, std::ptr::null_mut()) };
}

#[test]
#[cfg(target_os = "linux")]
fn after_a_fork_the_child_knows_its_own_thread_alone() {
    #[frame]
    fn in_the_child(answer: u32) -> ThreadDump {
        assert_eq!(answer, 42);
        // Another thread asks, which has never seen the one that forked.
        thread::spawn(dump_all).join().unwrap()
    }
    if child::slow() {
        // A sanitizer ends a forked child that makes threads.
        return;
    }
    child::run(|| {
        let (_open, gate) = channel();
        let _blocked = spawn("parents", move || wait_in_the_system("p", 1, &gate));
        dump_until(dump_all, |dump| {
            named(dump, "parents").is_some_and(|t| t.depth() == 1)
        });
        // SAFETY: the child does what a child of a program with threads may not, in principle; with this allocator it
        // may.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let dump = in_the_child(42);
            let text = dump.to_string();
            let seen = dump.iter().filter(|t| t.depth() > 0).count();
            let right = seen == 1 && text.contains("[0] in_the_child") && !text.contains("parents");
            if !right {
                eprintln!("{text}");
            }
            // SAFETY: ends the child.
            unsafe { libc::_exit(if right { 7 } else { 1 }) };
        }
        let mut status = 0;
        // SAFETY: waits for the child.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(libc::WEXITSTATUS(status), 7);
    });
}

#[test]
fn several_threads_may_ask_at_once() {
    let barrier = Arc::new(Barrier::new(4));
    let askers: Vec<_> = (0..4)
        .map(|i| {
            let barrier = Arc::clone(&barrier);
            spawn(&format!("asker-{i}"), move || {
                framed!("asker", {
                    barrier.wait();
                    for _ in 0..50 {
                        let dump = dump_all();
                        assert_eq!(names(dump.current().unwrap()), ["asker"]);
                    }
                    barrier.wait();
                })
            })
        })
        .collect();
    askers.into_iter().for_each(|asker| asker.join().unwrap());
}

/// Threads that block, spin, enter and leave, begin and end, while they are dumped again and again; each copy is of
/// functions that can be there.
#[test]
fn dumps_under_load_are_right_and_come_in_bounded_time() {
    let rounds = std::env::var("STACKLENS_TEST_DUMPS")
        .ok()
        .and_then(|n| n.parse().ok());
    let rounds = rounds.unwrap_or(if child::slow() { 20 } else { 300 });
    let (open, gate) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let begun = Arc::new(AtomicU64::new(0));
    let mut workers = vec![spawn("load-blocked", move || {
        wait_in_the_system("load", 5, &gate)
    })];
    for name in ["load-spin", "load-enter", "load-churn"] {
        let (stop, begun) = (Arc::clone(&stop), Arc::clone(&begun));
        workers.push(spawn(name, move || match name {
            "load-spin" => drop(spin(&stop)),
            "load-enter" => enter_and_leave(&stop),
            _ => {
                while !stop.load(Relaxed) {
                    let short = spawn("load-short", || leaf(2));
                    short.join().unwrap();
                    begun.fetch_add(1, Relaxed);
                }
            }
        }));
    }
    let all = ["load-blocked", "load-spin", "load-enter"];
    dump_until(dump_all, |dump| {
        all.iter()
            .all(|name| named(dump, name).is_some_and(|t| t.depth() > 0))
    });
    let mut slowest = Duration::ZERO;
    let (mut itself, mut others) = (0_u64, 0_u64);
    for round in 0..rounds {
        let dump = Dump::new().timeout(Duration::from_secs(5)).take();
        slowest = slowest.max(dump.took());
        for thread in dump.iter() {
            let right = match thread.name() {
                Some("load-blocked") => {
                    names(thread) == ["wait_in_the_system"]
                        && thread.frames()[0]
                            .locals()
                            .get("seen")
                            .unwrap()
                            .value()
                            .as_u64()
                            == Some(5)
                }
                Some("load-spin") => names(thread) == ["spin"],
                Some("load-enter") => {
                    let names = names(thread);
                    names == ["enter_and_leave"] || names == ["leaf", "enter_and_leave"]
                }
                Some("load-short") => names(thread).is_empty() || names(thread) == ["leaf"],
                _ => continue,
            };
            assert!(right, "round {round}:\n{dump}");
            match thread.answer() {
                Answer::Itself => itself += 1,
                _ => others += 1,
            }
        }
    }
    stop.store(true, Relaxed);
    drop(open);
    workers
        .into_iter()
        .for_each(|worker| worker.join().unwrap());
    // A sanitizer delivers signals when it comes to it.
    let bound = Duration::from_secs(if child::slow() { 60 } else { 6 });
    assert!(slowest < bound, "{slowest:?}");
    assert!(begun.load(Relaxed) > 0);
    if ASKS && !child::slow() {
        assert!(itself > rounds, "{itself} of {others}");
    }
    eprintln!("{rounds} dumps, {itself} answers, {others} without; the slowest took {slowest:?}");
}

#[test]
fn a_dump_as_json_has_the_frames_of_reports() {
    #[frame]
    fn asks(secret_key: &str, n: u8) -> String {
        assert!(n == 3 && !secret_key.is_empty());
        dump_all().to_json()
    }
    let json: serde_json::Value = serde_json::from_str(&asks("hush", 3)).unwrap();
    let threads = json["threads"].as_array().unwrap();
    let own = threads
        .iter()
        .find(|thread| thread["answer"] == "own")
        .unwrap();
    let frame = &own["frames"][0];
    assert_eq!(
        (&frame["function"], &frame["file"]),
        (&"asks".into(), &"tests/threads.rs".into())
    );
    assert_eq!(frame["locals"][0]["value"], "<redacted>");
    assert_eq!(frame["locals"][1]["value"], "3");
    assert!(json["took_us"].is_u64());
}

#[test]
fn dumps_go_anywhere() {
    fn anywhere<T: Send + Sync + Clone + std::panic::UnwindSafe + 'static>() {}
    anywhere::<ThreadDump>();
    anywhere::<ThreadStack>();
    anywhere::<Dump>();
}

#[test]
fn texts_that_an_async_function_had_before_it_was_suspended_are_shown() {
    #[frame]
    async fn fetch(url: &str, started: Sender<()>, gate: Receiver<()>) -> usize {
        let ids = vec![1, 2, 3];
        let mut waited = false;
        std::future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        let _ = started.send(());
        let _ = gate.recv();
        url.len() + ids.len()
    }

    let (open, gate) = channel();
    let (started, has_started) = channel();
    let thread = spawn("fetches", move || {
        let mut fetch = pin!(fetch("https://example.com", started, gate));
        let mut context = Context::from_waker(Waker::noop());
        assert!(fetch.as_mut().poll(&mut context).is_pending());
        assert!(fetch.as_mut().poll(&mut context).is_ready());
    });
    has_started.recv().unwrap();
    // By its handler where threads are asked, and by who asks.
    let from_outside = || threads::Dump::new().interrupt(false).take();
    for dump in [&dump_all as &dyn Fn() -> ThreadDump, &from_outside] {
        let dump = dump_until(dump, |dump| named(dump, "fetches").is_some());
        let locals = named(&dump, "fetches").unwrap().frames()[0].locals();
        assert_eq!(
            locals.get("url").unwrap().value().to_string(),
            "\"https://example.com\""
        );
        assert_eq!(locals.get("ids").unwrap().value().to_string(), "[1, 2, 3]");
    }
    drop(open);
    thread.join().unwrap();
}
