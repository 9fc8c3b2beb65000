//! Dumps that the program asks for, and settings of those that it does not: `stacklens::fault`. How programs die is in
//! `fault_matrix.rs`.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(feature = "off")
))]

mod ended;

use ended::{Ended, count, run, stderr};
use stacklens::fault::{self, Fatal, Options};
use stacklens::frame;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::pin::pin;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

fn raise(signal: i32) {
    // SAFETY: to this thread, which has a handler.
    assert_eq!(unsafe { libc::raise(signal) }, 0);
}

#[frame]
fn raises(signal: i32, password: &str) {
    assert!(!password.is_empty());
    raise(signal);
}

#[frame]
fn waits(gate: &Receiver<()>) {
    let _ = gate.recv();
}

#[frame]
fn works(job: &str, time: Duration) {
    assert!(!job.is_empty());
    thread::sleep(time);
}

/// What a child that is ended by a signal has written to standard error.
fn dies(signal: i32, body: impl FnOnce()) -> String {
    let Ended { status, stderr, .. } = run(&[], &["--nocapture"], || {
        let none = libc::rlimit {
            rlim_cur: 0,
            rlim_max: 0,
        };
        // SAFETY: a limit of the child.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
        body();
    });
    assert_eq!(status.signal(), Some(signal), "{status}\n{stderr}");
    stderr
}

#[test]
fn a_signal_that_the_program_chose_dumps_and_the_program_goes_on() {
    let text = stderr(&[], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        raises(libc::SIGUSR1, "hush");
        raises(libc::SIGUSR1, "hush");
        eprintln!("goes on");
    });
    assert_eq!(count(&text, "stacklens: signal 10\n"), 2, "{text}");
    assert_eq!(count(&text, "[0] raises in tests/fault.rs:"), 2);
    assert_eq!(count(&text, "{signal: 10, password: <redacted>}"), 2);
    assert!(
        text.ends_with("goes on\n") && !text.contains("hush"),
        "{text}"
    );
}

#[test]
fn a_handler_that_was_there_before_still_runs() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn handler(_: libc::c_int) {
        CALLS.fetch_add(1, Relaxed);
    }
    let text = stderr(&[], || {
        // SAFETY: the handler adds to a number.
        unsafe { libc::signal(libc::SIGUSR2, handler as *const () as libc::sighandler_t) };
        for _ in 0..2 {
            // The second time it only changes the settings.
            fault::dump_on(libc::SIGUSR2).unwrap();
        }
        raises(libc::SIGUSR2, "x");
        eprintln!("called {}", CALLS.load(Relaxed));
    });
    assert_eq!(count(&text, "stacklens: "), 1);
    assert!(text.ends_with("called 1\n"), "{text}");
}

#[test]
fn signals_that_cannot_be_dumped_on_are_refused() {
    let asking = stacklens::threads::signal().unwrap();
    for (signal, why) in [
        (libc::SIGKILL, "cannot be caught"),
        (libc::SIGSTOP, "cannot be caught"),
        (33, "cannot be caught"),
        (libc::SIGSEGV, "is fatal: `install` catches it"),
        (asking, "is the one by which threads are asked"),
        (0, "is none"),
        (1000, "is none"),
    ] {
        let error = fault::dump_on(signal).unwrap_err();
        let text = format!("expected a signal to dump on, found {signal}, which {why}");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_program_that_hangs_is_dumped_by_its_watchdog() {
    let text = stderr(&[], || {
        let watchdog = fault::dump_later(Duration::from_millis(100)).unwrap();
        works("slow", Duration::from_millis(600));
        eprintln!("went on");
        watchdog.feed();
        works("slow again", Duration::from_millis(600));
    });
    assert_eq!(
        count(&text, "stacklens: no sign of life for 100ms\n"),
        2,
        "{text}"
    );
    assert_eq!(count(&text, r#"[0] works in tests/fault.rs:"#), 2);
    assert_eq!(count(&text, r#"{job: "slow", time: 600ms}"#), 1);
    assert_eq!(count(&text, r#"{job: "slow again", time: 600ms}"#), 1);
    assert_eq!(count(&text, "went on"), 1);
}

#[test]
fn a_program_that_feeds_its_watchdog_is_left_alone() {
    let text = stderr(&[], || {
        let watchdog = fault::dump_later(Duration::from_secs(20)).unwrap();
        for _ in 0..10 {
            watchdog.feed();
            works("quick", Duration::from_millis(1));
        }
        drop(watchdog);
        works("slow", Duration::from_millis(50));
    });
    assert_eq!(text, "");
}

#[test]
fn a_watchdog_dumps_again_where_that_is_wanted() {
    let text = stderr(&[], || {
        let options = Options::new().repeat(true);
        let _watchdog = options.dump_later(Duration::from_millis(50)).unwrap();
        works("slow", Duration::from_millis(700));
    });
    assert!(
        count(&text, "stacklens: no sign of life for 50ms\n") >= 3,
        "{text}"
    );
}

#[test]
fn a_watchdog_ends_the_process_where_that_is_wanted() {
    let ended = run(&[], &["--nocapture"], || {
        let options = Options::new().exit(9);
        let _watchdog = options.dump_later(Duration::from_millis(50)).unwrap();
        works("slow", Duration::from_secs(60));
    });
    assert_eq!(ended.status.code(), Some(9));
    assert_eq!(count(&ended.stderr, "stacklens: "), 1);
}

#[test]
fn a_dump_goes_where_it_is_told_with_what_it_is_told() {
    let path = std::env::temp_dir().join(format!("stacklens-fault-{}", process::id()));
    let name = path.to_str().unwrap().to_owned();
    let ended = run(&[("STACKLENS_TEST_FILE", &name)], &["--nocapture"], || {
        let (_open, gate) = channel();
        thread::spawn(move || waits(&gate));
        let path = std::env::var("STACKLENS_TEST_FILE").unwrap();
        let options = Options::new().all_threads(false).values(false);
        let options = options.to(File::create(path).unwrap());
        options.install().unwrap();
        options.dump_on(libc::SIGUSR1).unwrap();
        raises(libc::SIGUSR1, "x");
        raises(libc::SIGFPE, "x");
    });
    assert_eq!(ended.status.signal(), Some(libc::SIGFPE));
    assert_eq!(ended.stderr, "");
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    assert!(
        text.starts_with("stacklens: signal 10\n\nthread "),
        "{text}"
    );
    assert_eq!(count(&text, "stacklens: SIGFPE\n"), 1);
    assert_eq!(count(&text, "\nthread "), 2);
    assert!(!text.contains('{'), "{text}");
}

#[test]
fn a_fatal_signal_may_be_left_alone() {
    let text = dies(libc::SIGFPE, || {
        Options::new().without(Fatal::Fpe).install().unwrap();
        raises(libc::SIGFPE, "x");
    });
    assert_eq!(text, "");
}

#[test]
fn signals_may_be_given_back() {
    let text = dies(libc::SIGILL, || {
        fault::install().unwrap();
        fault::uninstall();
        raises(libc::SIGILL, "x");
    });
    assert_eq!(text, "");
}

#[test]
fn signals_may_be_caught_again() {
    let text = dies(libc::SIGILL, || {
        fault::install().unwrap();
        fault::uninstall();
        fault::install().unwrap();
        fault::install().unwrap();
        raises(libc::SIGILL, "x");
    });
    assert_eq!(count(&text, "stacklens: SIGILL\n"), 1, "{text}");
}

/// A handler that the program sets after us, and that calls the one before it: ours.
mod on_top {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    static BEFORE: AtomicUsize = AtomicUsize::new(0);

    extern "C" fn handler(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        let line = b"the program's own\n";
        // SAFETY: a line to read; the handler before it has three arguments.
        unsafe {
            libc::write(2, line.as_ptr().cast(), line.len());
            let before = BEFORE.load(Relaxed);
            if before > 1 {
                std::mem::transmute::<
                    usize,
                    extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void),
                >(before)(signal, info, context);
            } else {
                libc::signal(signal, libc::SIG_DFL);
                libc::raise(signal);
            }
        }
    }

    /// `chained`: it calls the one before it.
    pub fn set(signal: i32, chained: bool) {
        // SAFETY: actions that are all zero but for what is set.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let mut before: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = handler as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigaction(signal, &raw const action, &raw mut before);
            if chained {
                BEFORE.store(before.sa_sigaction, Relaxed);
            }
        }
    }
}

#[test]
fn a_handler_that_is_set_later_has_ours_as_the_one_before_it() {
    let text = dies(libc::SIGFPE, || {
        fault::install().unwrap();
        on_top::set(libc::SIGFPE, true);
        // Leaves it where it is: two that call each other would go round in circles.
        fault::install().unwrap();
        raises(libc::SIGFPE, "x");
    });
    let first = "the program's own\nstacklens: SIGFPE\n\nthread ";
    assert!(text.starts_with(first), "{text}");
    assert_eq!(
        (
            count(&text, "stacklens: "),
            count(&text, "the program's own")
        ),
        (1, 1)
    );
}

#[test]
fn a_handler_that_is_set_later_may_leave_us_out() {
    let text = dies(libc::SIGFPE, || {
        fault::install().unwrap();
        on_top::set(libc::SIGFPE, false);
        raises(libc::SIGFPE, "x");
    });
    assert_eq!(text, "the program's own\n");
}

#[test]
fn handlers_that_have_each_other_before_them_come_to_an_end() {
    let text = dies(libc::SIGFPE, || {
        on_top::set(libc::SIGFPE, true);
        fault::install().unwrap();
        on_top::set(libc::SIGFPE, true);
        raises(libc::SIGFPE, "x");
    });
    assert_eq!(count(&text, "stacklens: SIGFPE\n"), 1, "{text}");
    assert_eq!(count(&text, "the program's own\n"), 2, "{text}");
}

/// A handler that makes good what was wrong, as runtimes of other languages have them.
#[test]
#[cfg(target_arch = "x86_64")]
fn a_handler_that_makes_good_what_was_wrong_has_the_program_go_on() {
    extern "C" fn skip(_: libc::c_int, _: *mut libc::siginfo_t, context: *mut libc::c_void) {
        let context = context.cast::<libc::ucontext_t>();
        // SAFETY: the system's; the instruction is two bytes long.
        unsafe { (*context).uc_mcontext.gregs[libc::REG_RIP as usize] += 2 };
    }
    #[frame]
    fn illegal(n: u32) -> u32 {
        // SAFETY: the handler goes on behind it.
        unsafe { std::arch::asm!("ud2") };
        n
    }
    let text = stderr(&[], || {
        // SAFETY: an action that is all zero but for what is set.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = skip as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO;
            libc::sigaction(libc::SIGILL, &raw const action, std::ptr::null_mut());
        }
        fault::install().unwrap();
        eprintln!("first {}", illegal(1));
        eprintln!("second {}", illegal(2));
    });
    assert_eq!(count(&text, "stacklens: SIGILL\n"), 2, "{text}");
    assert!(
        text.contains("[0] illegal in ")
            && text.contains("first 1\n")
            && text.ends_with("second 2\n")
    );
}

#[test]
fn names_that_the_program_says_are_secret_are_secret_in_a_dump() {
    #[frame]
    fn pays(iban: &str, amount: u32, token: u64) {
        assert!(!iban.is_empty() && amount + token as u32 > 0);
        raise(libc::SIGUSR1);
    }
    let text = stderr(&[("STACKLENS", "redact=iban")], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        pays("DE00", 3, 4);
    });
    assert!(
        text.contains("{iban: <redacted>, amount: 3, token: <redacted>}"),
        "{text}"
    );
}

#[test]
fn of_a_deep_stack_the_ends_are_printed() {
    #[frame]
    fn down(n: u32) {
        if n > 0 {
            down(n - 1)
        } else {
            raise(libc::SIGUSR1)
        }
    }
    #[frame(hide)]
    fn hidden() {
        down(299);
    }
    #[frame]
    fn root() {
        hidden();
    }
    let text = stderr(&[], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        root();
    });
    let own = text.split("\n\n").nth(1).unwrap();
    let lines: Vec<&str> = own.lines().collect();
    assert_eq!(lines.len(), 102, "{own}");
    assert!(lines[1].starts_with("  [0] down in ") && lines[50].starts_with("  [49] down in "));
    assert_eq!(lines[51], "  [202 frames not shown]");
    assert!(lines[52].starts_with("  [252] down in "));
    assert_eq!(lines[100], "  [1 hidden frame]");
    assert!(lines[101].starts_with("  [301] root in "));
}

#[test]
fn values_of_all_kinds_are_printed_as_in_reports() {
    #[frame]
    #[allow(clippy::too_many_arguments)]
    fn holds(
        a: i8,
        b: u64,
        c: f64,
        d: bool,
        e: char,
        f: &str,
        g: &[u8],
        h: Option<&str>,
        i: (),
    ) -> stacklens::Stack {
        let long = f.repeat(50);
        let list = vec![Some(1.5), None];
        let pair = (a, "x");
        let mut changing = b;
        changing += 1;
        raise(libc::SIGUSR1);
        assert!(d && e != 'x' && g.len() < 9 && h.is_some() && c > 0.0);
        let () = i;
        assert!(changing > 0 && pair.0 < 0 && list.len() == 2 && long.len() > 2);
        stacklens::stack()
    }
    let ended = run(&[], &["--nocapture"], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        let stack = holds(-5, 7, 1e300, true, '\'', "a\"b\n", b"by", Some("none"), ());
        println!("<<{}>>", stack[0].locals());
    });
    assert!(ended.status.success(), "{}", ended.stderr);
    let (_, live) = ended.stdout.split_once("<<").unwrap();
    // It is taken after the variable was mentioned once more.
    let (live, _) = live.split_once(" (as of line ").unwrap();
    let line = ended
        .stderr
        .lines()
        .find(|line| line.contains("[0] holds in "))
        .unwrap();
    let (_, dumped) = line.split_once(" {").unwrap();
    assert_eq!(
        format!("{{{dumped}"),
        format!("{live}}}"),
        "{}",
        ended.stderr
    );
}

#[test]
fn several_threads_that_are_hit_at_once_are_dumped_one_after_the_other() {
    let text = stderr(&[], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        let hit: Vec<_> = (0..4)
            .map(|_| thread::spawn(|| raises(libc::SIGUSR1, "x")))
            .collect();
        hit.into_iter().for_each(|hit| hit.join().unwrap());
    });
    assert_eq!(count(&text, "stacklens: signal 10\n"), 4);
    for dump in text.split("stacklens: signal 10\n").skip(1) {
        let first = dump.lines().nth(1).unwrap();
        assert!(
            first.ends_with("(this one), innermost frame first:"),
            "{first}"
        );
        assert!(dump.lines().nth(2).unwrap().starts_with("  [0] raises in "));
    }
}

#[test]
fn texts_that_an_async_function_had_before_it_was_suspended_are_shown() {
    #[frame]
    async fn fetch(url: &str) -> usize {
        let ids = vec![1, 2, 3];
        let mut waited = false;
        std::future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        raise(libc::SIGUSR1);
        url.len() + ids.len()
    }

    let text = stderr(&[], || {
        fault::dump_on(libc::SIGUSR1).unwrap();
        let mut fetch = pin!(fetch("https://example.com"));
        let mut context = Context::from_waker(Waker::noop());
        assert!(fetch.as_mut().poll(&mut context).is_pending());
        assert!(fetch.as_mut().poll(&mut context).is_ready());
    });
    let values = r#"{url: "https://example.com", ids: [1, 2, 3]"#;
    assert_eq!(count(&text, values), 1, "{text}");
}
