//! Frames come and go with the functions they are of, however those end, on every thread and at any
//! time of its life.

#![cfg(not(feature = "off"))]

mod child;

use stacklens::{FrameInfo, ValueKind, currentframe, depth, frame, framed, stack};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

/// The names of the active frames, innermost first.
fn names() -> Vec<&'static str> {
    stack().iter().map(FrameInfo::name).collect()
}

#[frame]
fn leaf() -> Vec<&'static str> {
    names()
}

mod ends {
    use super::*;

    #[frame]
    fn returns_early(early: bool) -> usize {
        if early {
            return depth();
        }
        depth()
    }

    #[test]
    fn a_frame_ends_with_its_function() {
        assert_eq!((returns_early(true), depth()), (1, 0));
        assert_eq!((returns_early(false), depth()), (1, 0));
        assert!(currentframe().is_none() && stack().is_empty());
    }

    #[frame]
    fn fails() -> Result<(), String> {
        Err("no".to_owned())
    }

    #[frame]
    fn passes_on() -> Result<usize, String> {
        fails()?;
        Ok(depth())
    }

    #[frame]
    fn handles() -> Vec<&'static str> {
        assert!(passes_on().is_err());
        names()
    }

    #[test]
    fn a_frame_left_by_a_question_mark_is_gone() {
        assert_eq!(handles(), ["handles"]);
        assert!(names().is_empty());
    }

    #[frame]
    fn leaves_blocks(rounds: usize) -> Vec<usize> {
        let mut depths = Vec::new();
        'block: {
            framed!("a", {
                framed!("b", {
                    depths.push(depth());
                    if rounds > 0 {
                        break 'block;
                    }
                });
            });
        }
        depths.push(depth());
        for round in 0..rounds {
            framed!("turn", {
                depths.push(depth());
                if round == 0 {
                    continue;
                }
                break;
            });
        }
        depths.push(depth());
        depths
    }

    #[test]
    fn a_frame_left_by_break_or_continue_is_gone() {
        assert_eq!(leaves_blocks(3), [3, 1, 2, 2, 1]);
        assert_eq!(depth(), 0);
    }

    #[frame]
    fn panics(levels: u32) {
        if levels == 0 {
            panic!("as asked");
        }
        panics(levels - 1);
    }

    #[frame]
    fn catches() -> Vec<&'static str> {
        let caught = catch_unwind(|| panics(20));
        assert!(caught.is_err());
        leaf()
    }

    #[test]
    fn a_frame_left_by_panic_is_gone() {
        assert_eq!(catches(), ["leaf", "catches"]);
        assert!(catch_unwind(|| panics(3)).is_err());
        assert_eq!(depth(), 0);
    }

    #[frame]
    fn resumes() -> usize {
        let first = catch_unwind(|| panics(2)).unwrap_err();
        let before = depth();
        let again = catch_unwind(AssertUnwindSafe(|| framed!("again", resume_unwind(first))));
        assert!(again.is_err());
        assert_eq!(before, depth());
        depth()
    }

    #[test]
    fn a_panic_that_goes_on_later_takes_its_frames_with_it() {
        assert_eq!(resumes(), 1);
        assert_eq!(depth(), 0);
    }

    struct Looks<'a>(&'a mut Vec<Vec<&'static str>>);

    impl Drop for Looks<'_> {
        fn drop(&mut self) {
            self.0.push(names());
            self.0.push(leaf());
            // A panic inside a destructor that runs because of a panic, caught in it.
            assert!(catch_unwind(|| panics(1)).is_err());
            self.0.push(names());
        }
    }

    #[frame]
    fn unwinds_through(seen: &mut Vec<Vec<&'static str>>) {
        let _looks = Looks(seen);
        panics(1);
    }

    #[test]
    fn a_destructor_sees_the_frame_it_runs_in_while_the_stack_unwinds() {
        let mut seen = Vec::new();
        assert!(catch_unwind(AssertUnwindSafe(|| unwinds_through(&mut seen))).is_err());
        assert_eq!(
            seen,
            [
                vec!["unwinds_through"],
                vec!["leaf", "unwinds_through"],
                vec!["unwinds_through"]
            ]
        );
    }

    /// A thread made by the system, which `pthread_exit` may unwind.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_frame_left_by_forced_unwinding_is_gone() {
        unsafe extern "C-unwind" {
            safe fn pthread_exit(value: *mut libc::c_void) -> !;
        }

        #[frame]
        fn exits(levels: u32) {
            if levels == 0 {
                pthread_exit(std::ptr::null_mut());
            }
            exits(levels - 1);
        }

        /// Dropped last of all.
        struct Below;

        impl Drop for Below {
            fn drop(&mut self) {
                println!("below: {} {:?}", depth(), leaf());
            }
        }

        extern "C-unwind" fn body(_: *mut libc::c_void) -> *mut libc::c_void {
            let _below = Below;
            exits(5);
            std::ptr::null_mut()
        }

        let printed = child::run(|| {
            let mut thread = 0;
            // SAFETY: the function's type differs from what is asked for in that it may unwind,
            // which is what happens.
            unsafe {
                let body: extern "C-unwind" fn(*mut libc::c_void) -> *mut libc::c_void = body;
                let body: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void =
                    std::mem::transmute(body);
                assert_eq!(
                    libc::pthread_create(&mut thread, std::ptr::null(), body, std::ptr::null_mut()),
                    0
                );
                libc::pthread_join(thread, std::ptr::null_mut());
            }
            println!("joined: {}", depth());
        });
        assert_eq!(printed, "below: 0 [\"leaf\"]\njoined: 0");
    }
}

mod deep {
    use super::*;

    /// Runs `f` on a thread whose stack is as large as its depth needs; the system commits what is
    /// used.
    fn on_a_large_stack<R: Send>(bytes: usize, f: impl FnOnce() -> R + Send) -> R {
        thread::scope(|scope| {
            let thread = thread::Builder::new()
                .stack_size(bytes)
                .spawn_scoped(scope, f)
                .expect("a thread");
            thread.join().expect("no panic")
        })
    }

    #[frame]
    fn down<R>(levels: usize, bottom: &dyn Fn() -> R) -> R {
        if levels == 0 {
            bottom()
        } else {
            down(levels - 1, bottom)
        }
    }

    #[test]
    fn depth_and_stack_agree_on_the_way_down_and_up() {
        #[frame]
        fn step(level: usize) {
            assert_eq!(depth(), level + 1);
            assert_eq!(currentframe().unwrap().depth(), level + 1);
            let copy = stack();
            assert_eq!((copy.len(), copy.unrecorded()), (level + 1, 0));
            assert!(copy.iter().rev().enumerate().all(|(i, info)| {
                info.depth() == i + 1
                    && info.locals().get("level").unwrap().value().as_u64() == Some(i as u64)
            }));
            if level < 60 {
                step(level + 1);
            }
            assert_eq!(depth(), level + 1);
        }
        step(0);
        assert_eq!(depth(), 0);
    }

    #[test]
    fn a_million_frames_are_all_there() {
        // ThreadSanitizer keeps a stack of its own, of 65,536 frames.
        let levels = if child::slow() { 20_000 } else { 1_000_000 };
        on_a_large_stack(levels * 1500, || {
            let seen = down(levels - 1, &|| {
                assert_eq!(depth(), levels);
                let innermost = currentframe().unwrap();
                assert_eq!(innermost.depth(), levels);
                let mut frame = Some(innermost);
                let mut seen = 0;
                while let Some(f) = frame {
                    assert_eq!(f.depth(), levels - seen);
                    seen += 1;
                    frame = f.back();
                }
                seen
            });
            assert_eq!((seen, depth()), (levels, 0));
        });
    }

    /// Where the system gives little memory a region is small: that is how the limit comes within
    /// reach.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_beyond_the_limit_is_counted_and_gone_again() {
        if child::slow() {
            // Sanitizers end the process where the system would say that there is no memory.
            return;
        }
        let counted = |levels: usize| {
            down(levels - 1, &|| {
                let copy = stack();
                let (recorded, beyond) = (copy.len(), copy.unrecorded());
                assert!(beyond > 0 && currentframe().is_none());
                assert_eq!(depth(), recorded + beyond);
                assert!(
                    copy.to_string().starts_with(&format!("[{beyond} ")),
                    "{:.80}",
                    copy.to_string()
                );
                // Beyond the limit frames still end one by one, also by panic.
                let before = depth();
                assert!(catch_unwind(|| down(9, &|| panic!("as asked"))).is_err());
                assert_eq!(depth(), before);
                (recorded, beyond)
            })
        };
        let printed = child::run(|| {
            on_a_large_stack(300 << 20, || {
                leave_memory(20 << 20);
                let limit = 34_500;
                // None is lost: each is recorded or counted.
                for levels in [40_000, 60_000, 50_000] {
                    let (recorded, beyond) = counted(levels);
                    assert!(recorded > limit);
                    assert_eq!((recorded + beyond, depth()), (levels, 0));
                }
                // So deep that even the count runs full: it stays behind, and nothing breaks.
                let (recorded, beyond) = counted(150_000);
                assert!(recorded > limit && recorded + beyond < 150_000);
                assert_eq!((depth(), leaf()), (0, vec!["leaf"]));
                println!("went well");
            });
        });
        assert_eq!(printed, "went well");
    }

    /// Limits the process to what it has and `bytes` more.
    #[cfg(target_os = "linux")]
    fn leave_memory(bytes: u64) {
        let pages = std::fs::read_to_string("/proc/self/statm").expect("the memory in use");
        let used = pages
            .split(' ')
            .next()
            .and_then(|n| n.parse::<u64>().ok())
            .expect("a number of pages")
            * 4096;
        let limit = libc::rlimit {
            rlim_cur: used + bytes,
            rlim_max: used + bytes,
        };
        // SAFETY: a call of the system with a valid pointer.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) }, 0);
    }

    /// Takes what the allocator still has, down to less than the smallest region.
    #[cfg(target_os = "linux")]
    fn exhaust() {
        // SAFETY: plain allocations, kept for good.
        while !std::hint::black_box(unsafe { libc::malloc(64 << 10) }).is_null() {}
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_without_memory_for_a_region_still_runs() {
        if child::slow() {
            return;
        }
        let printed = child::run(|| {
            thread::scope(|scope| {
                scope.spawn(|| {
                    leave_memory(0);
                    exhaust();
                    // Counted, not recorded.
                    let (deep, none) = down(4, &|| (depth(), currentframe().is_none()));
                    assert!(none && stack().is_empty());
                    println!("{deep} {}", depth());
                });
            });
        });
        assert_eq!(printed, "5 0");
    }
}

mod threads {
    use super::*;
    use std::sync::Barrier;

    #[frame]
    fn work(id: usize, all: Option<&Barrier>) -> usize {
        let doubled = helper(id, all);
        let copy = stack();
        assert_eq!((copy.len(), copy[0].name()), (1, "work"));
        doubled
    }

    #[frame]
    fn helper(x: usize, all: Option<&Barrier>) -> usize {
        let text = format!("thread {x}");
        if let Some(all) = all {
            all.wait();
        }
        let copy = stack();
        assert_eq!(
            (copy.len(), copy[0].name(), copy[1].name()),
            (2, "helper", "work")
        );
        let locals = copy[0].locals();
        assert_eq!(locals.get("x").unwrap().value().as_u64(), Some(x as u64));
        let shown = locals.get("text").unwrap().value();
        // An unoptimised build copies text of functions that are called so often only now and then.
        assert!(
            shown.as_str() == Some(&*text)
                || cfg!(debug_assertions) && shown.kind() == ValueKind::Omitted
        );
        assert_eq!(
            copy[1].locals().get("id").unwrap().value().as_u64(),
            Some(x as u64)
        );
        2 * x
    }

    #[test]
    fn a_thousand_threads_at_once_each_have_their_own_stack() {
        let count = if child::slow() { 20 } else { 1000 };
        let all = Barrier::new(count);
        thread::scope(|scope| {
            let spawn = |id| {
                let builder = thread::Builder::new().stack_size(256 << 10);
                builder
                    .spawn_scoped(scope, {
                        let all = &all;
                        move || work(id, Some(all))
                    })
                    .expect("a thread")
            };
            let threads: Vec<_> = (0..count).map(spawn).collect();
            for (id, thread) in threads.into_iter().enumerate() {
                assert_eq!(thread.join().unwrap(), 2 * id);
            }
        });
    }

    /// A region is 512 MiB of addresses; two thousand of them would be a terabyte.
    #[cfg(target_os = "linux")]
    #[test]
    fn later_threads_use_the_regions_of_earlier_ones() {
        fn addresses() -> u64 {
            let pages = std::fs::read_to_string("/proc/self/statm").expect("the memory in use");
            pages
                .split(' ')
                .next()
                .and_then(|n| n.parse::<u64>().ok())
                .expect("a number of pages")
                * 4096
        }
        child::run(|| {
            let first = thread::spawn(|| work(0, None));
            first.join().unwrap();
            let before = addresses();
            let rounds = if child::slow() { 50 } else { 2000 };
            for id in 0..rounds {
                assert_eq!(
                    thread::spawn(move || work(id, None)).join().unwrap(),
                    2 * id
                );
            }
            assert!(
                addresses() - before < 4 << 30,
                "{} MiB",
                (addresses() - before) >> 20
            );
        });
    }

    #[test]
    fn a_later_thread_sees_nothing_of_the_one_before() {
        for round in 0..20 {
            thread::spawn(move || {
                assert!(depth() == 0 && currentframe().is_none() && stack().is_empty());
                #[frame]
                fn first(x: u32) {
                    assert_eq!(
                        currentframe().unwrap().locals().to_string(),
                        format!("{{x: {x}}}")
                    );
                    assert!(currentframe().unwrap().back().is_none());
                }
                first(round);
            })
            .join()
            .unwrap();
        }
    }
}

mod at_the_end_of_a_thread {
    use super::*;
    use std::cell::Cell;
    use std::sync::mpsc::{Sender, channel};

    /// Tells, when it is dropped, what can be seen of the stack then.
    struct Last(Cell<Option<Sender<Seen>>>);

    /// Depth, and names of the frames.
    type Seen = (usize, Vec<&'static str>);

    impl Drop for Last {
        fn drop(&mut self) {
            let inside = framed!("inside", (depth(), leaf()));
            assert_eq!(depth(), 0);
            if let Some(to) = self.0.take() {
                to.send(inside).unwrap();
            }
        }
    }

    thread_local! {
        static EARLY: Last = const { Last(Cell::new(None)) };
        static LATE: Last = const { Last(Cell::new(None)) };
    }

    #[test]
    fn destructors_of_thread_locals_that_came_later_have_frames() {
        let (to, from) = channel();
        thread::spawn(move || {
            leaf();
            LATE.with(|last| last.0.set(Some(to)));
        })
        .join()
        .unwrap();
        assert_eq!(from.recv().unwrap(), (1, vec!["leaf", "inside"]));
    }

    #[test]
    fn destructors_of_thread_locals_that_came_before_may_call_annotated_functions() {
        let (to, from) = channel();
        thread::spawn(move || {
            EARLY.with(|last| last.0.set(Some(to)));
            leaf();
        })
        .join()
        .unwrap();
        // Whether the thread's storage is still there is not promised; what is shown is right.
        let (deep, names) = from.recv().unwrap();
        assert_eq!(deep, 1);
        assert!(names == ["leaf", "inside"] || names.is_empty(), "{names:?}");
    }

    #[test]
    fn a_thread_whose_first_frame_is_in_a_destructor_gives_its_region_back_or_takes_none() {
        for _ in 0..if child::slow() { 5 } else { 300 } {
            let (to, from) = channel();
            thread::spawn(move || EARLY.with(|last| last.0.set(Some(to))))
                .join()
                .unwrap();
            let (deep, names) = from.recv().unwrap();
            assert_eq!(deep, 1);
            assert!(names == ["leaf", "inside"] || names.is_empty(), "{names:?}");
        }
    }

    #[test]
    fn a_handle_kept_to_the_end_of_its_thread_is_finished() {
        thread_local! {
            static KEPT: Cell<Option<stacklens::Frame>> = const { Cell::new(None) };
        }
        struct Asks;
        impl Drop for Asks {
            fn drop(&mut self) {
                framed!("other", {
                    let kept = KEPT.with(Cell::get).expect("a handle");
                    assert!(!kept.is_live() && kept.back().is_none() && kept.info().is_none());
                    assert_eq!((kept.depth(), kept.stack_bytes()), (1, None));
                    assert_eq!(
                        (kept.name(), kept.locals().to_string()),
                        ("keeps", "<finished>".to_owned())
                    );
                });
            }
        }
        thread_local! {
            static BEFORE: Asks = const { Asks };
            static AFTER: Asks = const { Asks };
        }
        #[frame]
        fn keeps() {
            KEPT.with(|kept| kept.set(currentframe()));
        }
        thread::spawn(|| {
            BEFORE.with(|_| ());
            keeps();
            AFTER.with(|_| ());
        })
        .join()
        .unwrap();
    }
}

#[cfg(unix)]
mod at_the_end_of_the_process {
    use super::*;

    extern "C" fn handler() {
        let inside = framed!("handler", (depth(), leaf()));
        println!("{inside:?} {}", depth());
    }

    #[frame]
    fn exits() {
        // SAFETY: the handler may run at any time before the process ends.
        assert_eq!(unsafe { libc::atexit(handler) }, 0);
        std::process::exit(0);
    }

    #[test]
    fn an_atexit_handler_sees_the_frames_that_exit_was_called_in() {
        let printed = child::run(exits);
        assert_eq!(printed, r#"(2, ["leaf", "handler", "exits"]) 1"#);
    }

    #[test]
    fn an_atexit_handler_may_call_annotated_functions_past_the_threads_destructors() {
        let printed = child::run(|| {
            // SAFETY: as above.
            assert_eq!(unsafe { libc::atexit(handler) }, 0);
            assert_eq!(leaf(), ["leaf"]);
        });
        assert!(
            ["(1, []) 0", r#"(1, ["leaf", "handler"]) 0"#].contains(&&*printed),
            "{printed}"
        );
    }

    #[test]
    fn an_atexit_handler_may_be_the_first_to_enter_a_frame() {
        let printed = child::run(|| {
            // SAFETY: as above.
            assert_eq!(unsafe { libc::atexit(handler) }, 0);
        });
        assert!(
            ["(1, []) 0", r#"(1, ["leaf", "handler"]) 0"#].contains(&&*printed),
            "{printed}"
        );
    }

    #[frame]
    fn forks(x: i32) -> (Vec<&'static str>, String) {
        // SAFETY: the child calls nothing but what follows, and other threads hold no lock: there
        // are none.
        let child = unsafe { libc::fork() };
        assert!(child >= 0 && x == 42);
        let seen = (leaf(), stack()[0].locals().get("x").unwrap().to_string());
        if child == 0 {
            println!("child {seen:?}");
            // Not `exit`: handlers and destructors of a process whose other threads are gone.
            // SAFETY: nothing is left to do.
            unsafe { libc::_exit(0) };
        }
        let mut status = -1;
        // SAFETY: a call of the system with a valid pointer.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        assert_eq!(status, 0);
        seen
    }

    #[test]
    fn a_forked_child_goes_on_with_the_stack_of_the_thread_that_forked() {
        let printed = child::run(|| {
            let seen = forks(42);
            println!("parent {seen:?}");
            assert_eq!(depth(), 0);
        });
        let seen = r#"(["leaf", "forks"], "x: 42")"#;
        assert_eq!(printed, format!("child {seen}\nparent {seen}"));
    }
}

#[cfg(unix)]
mod signals {
    use super::*;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

    fn handle(signal: libc::c_int, handler: extern "C" fn(libc::c_int)) {
        // SAFETY: all zero is a valid `sigaction`, and the handlers of this test are written to run
        // at any moment.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as *const () as usize;
            action.sa_flags = libc::SA_RESTART;
            assert_eq!(libc::sigaction(signal, &action, std::ptr::null_mut()), 0);
        }
    }

    static SEEN: AtomicUsize = AtomicUsize::new(0);

    #[frame]
    fn inside_the_handler(signal: i32) -> usize {
        let copy = stack();
        assert_eq!(copy[0].name(), "inside_the_handler");
        assert_eq!(
            copy[0].locals().get("signal").unwrap().value().as_i64(),
            Some(i64::from(signal))
        );
        assert_eq!(copy[1].name(), "raises");
        assert_eq!(copy[1].locals().get("x").unwrap().value().as_i64(), Some(7));
        copy.len()
    }

    extern "C" fn looks(signal: libc::c_int) {
        let before = names();
        assert_eq!(before, ["raises"]);
        SEEN.store(inside_the_handler(signal), Relaxed);
        assert_eq!(names(), before);
    }

    #[frame]
    fn raises(x: i32) {
        // SAFETY: a handler for it is in place.
        unsafe { libc::raise(libc::SIGUSR1) };
        assert_eq!(
            currentframe().unwrap().locals().to_string(),
            format!("{{x: {x}}}")
        );
    }

    #[test]
    fn a_handler_sees_the_interrupted_stack_and_has_frames_of_its_own() {
        child::run(|| {
            handle(libc::SIGUSR1, looks);
            raises(7);
            assert_eq!((SEEN.load(Relaxed), depth()), (2, 0));
        });
    }

    static RUNS: AtomicUsize = AtomicUsize::new(0);
    static WRONG: AtomicBool = AtomicBool::new(false);

    #[frame]
    fn ticks(signal: i32) {
        // Nothing that allocates: the signal may have come in the middle of an allocation.
        if currentframe().is_none_or(|frame| frame.depth() != depth()) {
            WRONG.store(true, Relaxed);
        }
        RUNS.fetch_add(usize::from(signal != 0), Relaxed);
    }

    extern "C" fn tick(signal: libc::c_int) {
        let before = depth();
        ticks(signal);
        if depth() != before {
            WRONG.store(true, Relaxed);
        }
    }

    #[frame]
    fn interrupted(x: u64) -> u64 {
        let doubled = x * 2;
        let frame = currentframe().unwrap();
        assert_eq!(
            frame.code() as *const _,
            own_code() as *const _,
            "another function's frame"
        );
        doubled
    }

    /// `interrupted`'s code, as it was seen when no signal was on the way.
    fn own_code() -> &'static stacklens::Code {
        static CODE: std::sync::OnceLock<&'static stacklens::Code> = std::sync::OnceLock::new();
        CODE.get_or_init(|| currentframe().unwrap().code())
    }

    /// A signal that comes between any two instructions of `enter` must not leave its own frame in
    /// the other's place.
    #[test]
    fn a_signal_at_any_moment_leaves_the_stack_as_it_was() {
        child::run(|| {
            interrupted(1);
            ticks(0);
            handle(libc::SIGUSR1, tick);
            // SAFETY: no more than the thread's own name.
            let this = unsafe { libc::pthread_self() };
            let wanted = if child::slow() { 500 } else { 20_000 };
            let mut sum = 0;
            thread::scope(|scope| {
                scope.spawn(|| {
                    while RUNS.load(Relaxed) < wanted {
                        // SAFETY: the thread waits for this one before it ends.
                        unsafe { libc::pthread_kill(this, libc::SIGUSR1) };
                        thread::sleep(std::time::Duration::from_micros(10));
                    }
                });
                while RUNS.load(Relaxed) < wanted {
                    for x in 0..100 {
                        sum += interrupted(x);
                        assert_eq!(depth(), 0);
                    }
                }
            });
            assert!(sum > 0 && !WRONG.load(Relaxed));
        });
    }
}
