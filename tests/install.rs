//! Panics reported by `install()`: each case in a process of its own, whose standard error is looked at.

#![cfg(not(feature = "off"))]
#![allow(unused_variables)] // to be seen in frames

mod ended;

use ended::{count, panic_on_thread, run, stderr};
use stacklens::{Config, PreviousHook, frame};
use std::panic;
use std::thread;

#[frame]
fn divide(dividend: i32, divisor: i32) -> i32 {
    dividend / divisor
}

#[frame]
fn average(numbers: &[i32]) -> i32 {
    let sum: i32 = numbers.iter().sum();
    divide(sum, numbers.len() as i32)
}

#[test]
fn a_panic_is_reported_with_frames_and_values_in_place_of_the_usual_message() {
    let stderr = stderr(&[], || {
        stacklens::install();
        panic_on_thread("worker-1", || {
            average(&[]);
        });
    });
    for part in [
        "attempt to divide by zero",
        "average",
        "divide",
        "divisor",
        "sum",
        "worker-1",
    ] {
        assert!(stderr.contains(part), "{part}:\n{stderr}");
    }
    assert!(stderr.contains("tests/install.rs"), "{stderr}");
    assert!(
        !stderr.contains("RUST_BACKTRACE"),
        "std's message:\n{stderr}"
    );
    assert_eq!(count(&stderr, "attempt to divide by zero"), 1, "{stderr}");
}

#[test]
fn a_hook_of_the_programs_runs_after_the_report_and_the_standard_one_does_not() {
    fn previous() {
        panic::set_hook(Box::new(|info| {
            eprintln!("previous hook: {:?}", info.location().is_some())
        }));
    }
    let stderr = stderr(&[], || {
        previous();
        stacklens::install();
        panic_on_thread("w", || {
            divide(1, 0);
        });
    });
    let report = stderr.find("divide by zero").expect("a report");
    assert!(
        stderr
            .find("previous hook: true")
            .is_some_and(|at| at > report),
        "{stderr}"
    );
}

#[test]
fn the_previous_hook_runs_always_or_never_if_so_configured() {
    let stderr = stderr(&[], || {
        Config::new().previous_hook(PreviousHook::Always).install();
        panic_on_thread("first", || {
            divide(1, 0);
        });
        let _ = panic::take_hook();
        panic::set_hook(Box::new(|_| eprintln!("previous hook")));
        Config::new().previous_hook(PreviousHook::Never).install();
        panic_on_thread("second", || {
            divide(1, 0);
        });
    });
    assert_eq!(count(&stderr, "panicked at"), 1, "std's message:\n{stderr}");
    assert_eq!(count(&stderr, "divide by zero"), 3, "{stderr}");
    assert!(!stderr.contains("previous hook"), "{stderr}");
}

#[test]
fn a_hook_set_over_ours_is_wrapped_by_the_next_install_and_each_panic_reported_once() {
    let stderr = stderr(&[], || {
        stacklens::install();
        let ours = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            eprintln!("between");
            ours(info);
        }));
        stacklens::install();
        panic_on_thread("w", || {
            divide(1, 0);
        });
    });
    assert_eq!(count(&stderr, "between"), 1, "{stderr}");
    assert_eq!(count(&stderr, "dividend = "), 1, "{stderr}");
}

#[test]
fn each_kind_of_payload_says_what_it_can() {
    struct Opaque;
    let stderr = stderr(&[], || {
        stacklens::install();
        panic_on_thread("w", || panic!("plain text"));
        panic_on_thread("w", || panic!("formatted {}", 1 + 1));
        panic_on_thread("w", || panic::panic_any(String::from("a string")));
        panic_on_thread("w", || panic::panic_any(Box::<str>::from("a box")));
        panic_on_thread("w", || panic::panic_any(42_u8));
        panic_on_thread("w", || {
            #[frame]
            fn raise() {
                let opaque = Opaque;
                panic::panic_any(opaque);
            }
            raise();
        });
        panic_on_thread("w", || {
            let _: u8 = "x".parse().unwrap();
        });
        panic_on_thread("w", || assert_eq!(1, 2, "so it is"));
    });
    for part in [
        "plain text",
        "formatted 2",
        "a string",
        "a box",
        "42",
        "Opaque",
        "called `Result::unwrap()` on an `Err` value: ParseIntError",
        "assertion `left == right` failed: so it is",
    ] {
        assert!(stderr.contains(part), "{part}:\n{stderr}");
    }
}

#[test]
fn the_report_is_written_at_once_with_a_lock_on_standard_error_held_by_another_thread() {
    let stderr = stderr(&[], || {
        stacklens::install();
        let lock = std::io::stderr().lock();
        panic_on_thread("w", || {
            divide(1, 0);
        });
        drop(lock);
    });
    assert_eq!(count(&stderr, "divide by zero"), 1, "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_standard_error_that_nobody_reads_is_no_second_panic() {
    let ended = run(&[], &["--nocapture"], || {
        stacklens::install();
        // SAFETY: plain system calls on descriptors of this process.
        unsafe {
            let mut ends = [0; 2];
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
            libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            assert_eq!(libc::dup2(ends[1], 2), 2);
            libc::close(ends[0]);
        }
        for previous in [PreviousHook::Auto, PreviousHook::Never] {
            Config::new().previous_hook(previous).install();
            panic_on_thread("w", || {
                divide(1, 0);
            });
        }
    });
    assert!(ended.status.success(), "{}", ended.status);
}

#[test]
fn a_panic_in_a_destructor_during_unwinding_is_reported_and_aborts() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            #[frame]
            fn explode(power: u32) {
                panic!("second panic")
            }
            explode(77);
        }
    }
    let body = || {
        stacklens::install();
        panic_on_thread("w", || {
            let _bomb = Bomb;
            divide(1, 0);
        });
    };
    let ended = run(&[], &["--nocapture"], body);
    assert!(!ended.status.success());
    for part in [
        "divide by zero",
        "second panic",
        "77",
        "second panic in thread 'w': panic in a destructor during cleanup",
    ] {
        assert!(ended.stderr.contains(part), "{part}:\n{}", ended.stderr);
    }
}

#[test]
fn a_function_that_cannot_unwind_is_reported() {
    extern "C" fn callback() {
        #[frame]
        fn inner(depth: u32) {
            panic!("from a callback")
        }
        inner(3);
    }
    let ended = run(&[], &["--nocapture"], || {
        stacklens::install();
        callback();
    });
    assert!(!ended.status.success());
    assert!(ended.stderr.contains("from a callback"), "{}", ended.stderr);
    assert!(ended.stderr.contains("cannot unwind"), "{}", ended.stderr);
}

#[test]
fn a_thread_without_a_name_and_one_made_by_c_are_reported() {
    let stderr = stderr(&[], || {
        stacklens::install();
        assert!(thread::spawn(|| divide(1, 0)).join().is_err());
        #[cfg(unix)]
        {
            extern "C" fn start(_: *mut libc::c_void) -> *mut libc::c_void {
                let _ = panic::catch_unwind(|| divide(2, 0));
                std::ptr::null_mut()
            }
            // SAFETY: a plain thread that is joined at once.
            unsafe {
                let mut thread = std::mem::zeroed();
                assert_eq!(
                    libc::pthread_create(
                        &mut thread,
                        std::ptr::null(),
                        start,
                        std::ptr::null_mut()
                    ),
                    0
                );
                assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
            }
        }
    });
    assert_eq!(
        count(&stderr, "divide by zero"),
        if cfg!(unix) { 2 } else { 1 },
        "{stderr}"
    );
}

#[test]
fn a_panic_while_the_threads_data_is_torn_down_is_reported() {
    struct AtExit;
    impl Drop for AtExit {
        fn drop(&mut self) {
            let _ = panic::catch_unwind(|| divide(9, 0));
        }
    }
    thread_local! {
        static AT_EXIT: AtExit = const { AtExit };
    }
    let stderr = stderr(&[], || {
        stacklens::install();
        thread::spawn(|| AT_EXIT.with(|_| ()))
            .join()
            .expect("no panic of the thread itself");
    });
    assert_eq!(count(&stderr, "divide by zero"), 1, "{stderr}");
}

#[test]
fn the_native_stack_is_added_where_the_standard_library_would() {
    let body = || {
        stacklens::install();
        panic_on_thread("w", || {
            divide(1, 0);
        });
    };
    let run = |value: Option<&str>| {
        let variables: Vec<_> = value
            .map(|value| ("RUST_BACKTRACE", value))
            .into_iter()
            .collect();
        stderr(&variables, body)
    };
    assert!(!run(None).contains("panic_on_thread"));
    assert!(!run(Some("0")).contains("panic_on_thread"));
    let short = run(Some("1"));
    assert!(
        short.contains("panic_fmt") && short.contains("divide"),
        "{short}"
    );
    assert!(
        !short.contains("stacklens::panics"),
        "our own frames:\n{short}"
    );
    let full = run(Some("full"));
    assert!(full.contains("__rust_begin_short_backtrace"), "{full}");
}

#[test]
fn the_test_harness_captures_the_report() {
    let ended = run(&[], &[], || {
        stacklens::install();
        divide(4321, 0);
    });
    assert!(!ended.status.success());
    assert!(!ended.stderr.contains("4321"), "{}", ended.stderr);
    let captured = ended
        .stdout
        .find("---- the_test_harness_captures_the_report stdout ----");
    let report = ended
        .stdout
        .find("4321")
        .expect("the report is in what was captured");
    assert!(
        captured.is_some_and(|captured| captured < report),
        "{}",
        ended.stdout
    );
}

#[test]
fn a_callback_gets_the_report() {
    let stderr = stderr(&[], || {
        Config::new()
            .on_panic(|report| eprintln!("sent: {} frames", report.frames().count()))
            .install();
        panic_on_thread("w", || {
            average(&[]);
        });
        assert!(stacklens::catch(|| average(&[])).is_err());
    });
    assert_eq!(count(&stderr, "sent: 2 frames"), 1, "{stderr}");
}

#[test]
fn a_recursion_without_an_end_is_reported_on_stacks_of_every_size() {
    #[frame]
    #[allow(unconditional_recursion)]
    fn infinite(n: u64) -> u64 {
        1 + infinite(n + 1)
    }
    let stderr = stderr(&[], || {
        stacklens::install();
        for size in [64 << 10, 256 << 10, 2 << 20] {
            let thread = thread::Builder::new().name("w".to_owned()).stack_size(size);
            assert!(
                thread
                    .spawn(|| infinite(0))
                    .expect("a thread")
                    .join()
                    .is_err()
            );
        }
    });
    assert_eq!(
        count(&stderr, "maximum recursion depth exceeded"),
        3,
        "{stderr}"
    );
    assert_eq!(
        count(&stderr, "Traceback (most recent call last)"),
        3,
        "{stderr}"
    );
    assert_eq!(count(&stderr, "frame repeated"), 3, "{stderr}");
}

#[frame]
fn deep(n: u32) -> u32 {
    if n == 0 {
        divide(1, 0) as u32
    } else {
        deep(n - 1) + 1
    }
}

#[test]
fn a_panic_with_little_stack_left_is_reported() {
    let stderr = stderr(&[("RUST_BACKTRACE", "0")], || {
        stacklens::install();
        let thread = thread::Builder::new().stack_size(96 << 10);
        assert!(thread.spawn(|| deep(60)).expect("a thread").join().is_err());
    });
    assert_eq!(count(&stderr, "attempt to divide by zero"), 1, "{stderr}");
    assert!(stderr.contains("dividend = 1"), "{stderr}");
}
