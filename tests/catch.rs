//! `catch`: panics as data, with and without `install()`.

#![cfg(not(feature = "off"))]

use stacklens::{Report, catch, frame};
use std::panic;
use std::thread;

#[frame]
fn divide(dividend: i32, divisor: i32) -> i32 {
    dividend / divisor
}

fn message(report: &Report) -> &str {
    &report.failure.message
}

fn functions(report: &Report) -> Vec<&str> {
    report.frames().map(|frame| &*frame.function).collect()
}

#[test]
fn a_panic_is_a_report_of_the_frames_that_it_left() {
    #[frame]
    fn outer(n: i32) -> i32 {
        divide(n, n - 1)
    }
    assert_eq!(catch(|| outer(2)).unwrap(), 2);
    let report = catch(|| outer(1)).unwrap_err();
    assert_eq!(message(&report), "attempt to divide by zero");
    assert_eq!(functions(&report), ["outer", "divide"]);
    let divide = report.frames().next_back().unwrap();
    let locals: Vec<_> = divide
        .locals
        .iter()
        .map(|l| (&*l.name, &*l.value))
        .collect();
    assert_eq!(locals, [("dividend", "1"), ("divisor", "0")]);
    assert_eq!(report.panic.as_ref().unwrap().file, file!());
    assert_eq!(stacklens::depth(), 0);
}

#[test]
fn a_catch_inside_of_another_takes_its_own() {
    let outer = catch(|| {
        let inner = catch(|| divide(1, 0)).unwrap_err();
        assert_eq!(functions(&inner), ["divide"]);
        panic!("outer");
    });
    assert_eq!(message(&outer.unwrap_err()), "outer");

    let outer = catch(|| {
        assert!(catch(|| divide(1, 0)).is_err());
        7
    });
    assert_eq!(outer.unwrap(), 7);
}

#[test]
fn a_panic_that_was_caught_inside_is_not_mistaken_for_the_one_that_comes_out() {
    let report = catch(|| {
        assert!(panic::catch_unwind(|| divide(1, 0)).is_err());
        panic::resume_unwind(Box::new(5_u8));
    })
    .unwrap_err();
    assert_eq!(message(&report), "5");
    assert!(report.panic.is_none(), "the hook has not seen it");

    let report = catch(|| {
        let payload = panic::catch_unwind(|| divide(1, 0)).unwrap_err();
        let _ = panic::catch_unwind(|| panic!("another"));
        panic::resume_unwind(payload);
    })
    .unwrap_err();
    assert_eq!(message(&report), "attempt to divide by zero");
    assert_eq!(functions(&report), ["divide"]);
}

#[test]
fn it_works_in_a_destructor_while_another_panic_unwinds() {
    struct Careful;
    impl Drop for Careful {
        fn drop(&mut self) {
            let report = catch(|| divide(1, 0)).unwrap_err();
            assert_eq!(message(&report), "attempt to divide by zero");
        }
    }
    let report = catch(|| {
        let _careful = Careful;
        panic!("first");
    })
    .unwrap_err();
    assert_eq!(message(&report), "first");
}

#[test]
fn each_thread_catches_for_itself() {
    let threads: Vec<_> = (0..8)
        .map(|i| {
            thread::spawn(move || {
                for n in 0..100 {
                    let report = catch(|| -> () { panic!("{i} {n}") }).unwrap_err();
                    assert_eq!(message(&report), format!("{i} {n}"));
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

#[test]
fn what_the_failing_statement_may_have_changed_says_of_when_it_is() {
    #[frame]
    fn total(prices: &[u32], divisor: u32) -> u32 {
        let mut sum = 0;
        for price in prices {
            sum += price / divisor;
        }
        sum
    }
    #[frame]
    fn third(list: &[u32]) -> u32 {
        let mut at = 1;
        at += 1;
        list[at]
    }
    let shown = |report: &Report, name: &str| {
        let frame = report.frames().next_back().unwrap();
        let local = frame
            .locals
            .iter()
            .find(|local| local.name == name)
            .unwrap();
        (local.value.to_string(), local.as_of_line.is_some())
    };
    let report = catch(|| total(&[1, 2], 0)).unwrap_err();
    assert_eq!(shown(&report, "sum"), ("0".to_owned(), true));
    assert_eq!(shown(&report, "divisor"), ("0".to_owned(), false));
    let report = catch(|| third(&[1])).unwrap_err();
    let at = shown(&report, "at");
    assert!(
        at == ("2".to_owned(), false) || at == ("1".to_owned(), true),
        "{at:?}"
    );
}

#[test]
fn a_payload_of_a_type_that_was_seen_is_said_by_its_name() {
    #[derive(Clone, stacklens::Inspect)]
    struct Cancelled {
        job: u32,
    }
    #[frame]
    fn cancel(reason: Cancelled) {
        panic::panic_any(reason.clone());
    }
    let report = catch(|| cancel(Cancelled { job: 7 })).unwrap_err();
    assert_eq!(message(&report), "<a Cancelled>");
}

#[test]
fn a_payload_whose_drop_panics_is_dropped_all_the_same() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the payload's drop");
        }
    }
    let report = catch(|| -> () { panic::panic_any(Bomb) }).unwrap_err();
    assert_eq!(message(&report), "<the payload is no text>");
    assert_eq!(catch(|| 1).unwrap(), 1);
}

#[test]
fn a_report_of_a_panic_goes_to_other_threads() {
    let report = catch(|| divide(1, 0)).unwrap_err();
    let text = thread::spawn(move || message(&report).to_owned())
        .join()
        .unwrap();
    assert_eq!(text, "attempt to divide by zero");
}

#[frame]
#[allow(unconditional_recursion)]
fn infinite(n: u64) -> u64 {
    1 + infinite(n + 1)
}

#[test]
fn a_recursion_without_an_end_is_a_report_on_stacks_of_every_size() {
    for size in [64 << 10, 256 << 10, 2 << 20] {
        let thread = thread::Builder::new().stack_size(size);
        let report = thread
            .spawn(|| catch(|| infinite(0)).unwrap_err())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(report.kind, stacklens::report::Kind::Recursion);
        assert!(
            message(&report).starts_with("maximum recursion depth exceeded"),
            "{size}"
        );
        assert!(!message(&report).contains('\n'), "{}", message(&report));
        let type_name = report.failure.type_name.as_deref().unwrap();
        assert!(type_name.ends_with("::RecursionError"));
        assert!(functions(&report).iter().all(|name| *name == "infinite"));
        assert!(report.stack.len() < 10, "repetitions are counted");
    }
}
