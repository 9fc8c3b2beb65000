//! Both stacks as one: in what a cross-check gives, in tracebacks, and in reports of panics.

#![cfg(all(
    feature = "native",
    target_arch = "x86_64",
    target_os = "linux",
    not(feature = "off")
))]

use stacklens::native::{self, CrossCheck, MergedFrame};
use stacklens::{Config, NativeFrames, Traceback, frame, framed};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[frame]
#[inline(never)]
fn leaf(x: i32) -> CrossCheck {
    black_box(x);
    black_box(native::crosscheck())
}

#[inline(always)]
fn inlined() -> CrossCheck {
    black_box(leaf(3))
}

#[frame]
#[inline(always)]
fn annotated_and_inlined() -> CrossCheck {
    black_box(inlined())
}

#[inline(never)]
fn not_annotated() -> CrossCheck {
    black_box(annotated_and_inlined())
}

#[frame]
#[inline(never)]
fn outer() -> CrossCheck {
    let call = || framed!("block", black_box(not_annotated()));
    black_box(call())
}

/// The entries up to the test, `annotated`, `[native]` or the number of runtime frames.
fn entries(check: &CrossCheck) -> Vec<String> {
    let name = |path: &str| {
        let path = path.trim_start_matches("native_symbols::");
        // As nightly compilers have it: with generic arguments, and a number for each closure.
        let path = path.split("::<").next().unwrap_or(path);
        path.replace("{closure#0}", "{{closure}}")
    };
    let mut entries: Vec<String> = check
        .merged()
        .iter()
        .map(|entry| match entry {
            MergedFrame::Recorded { frame, .. } => frame.name().to_owned(),
            MergedFrame::Native { function, .. } => {
                format!("[{}]", name(function.as_ref().map_or("?", |f| f.name())))
            }
            _ => "runtime".to_owned(),
        })
        .collect();
    let test = entries.iter().position(|entry| entry.contains("test"));
    entries.truncate(test.unwrap_or(entries.len()));
    entries
}

#[test]
fn functions_of_both_stacks_test() {
    assert_eq!(
        entries(&outer()),
        [
            "leaf",
            "[inlined]",
            "annotated_and_inlined",
            "[not_annotated]",
            "block",
            "[outer::{{closure}}]",
            "outer"
        ]
    );
}

fn poll<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it is ready"),
    }
}

#[frame]
async fn inner_task() -> CrossCheck {
    not_annotated()
}

#[frame]
async fn outer_task() -> CrossCheck {
    async { inner_task().await }.await
}

#[test]
fn an_async_function_is_one_entry_test() {
    assert_eq!(
        entries(&poll(outer_task())),
        [
            "leaf",
            "[inlined]",
            "annotated_and_inlined",
            "[not_annotated]",
            "inner_task",
            "outer_task",
            "[poll]"
        ]
    );
}

#[test]
fn a_traceback_has_both_and_names_them_when_it_is_shown() {
    let traceback = Traceback::from(outer());
    let text = std::thread::spawn(move || traceback.to_string())
        .join()
        .unwrap();
    let at = |part: &str| {
        text.find(part)
            .unwrap_or_else(|| panic!("no {part} in\n{text}"))
    };
    let order = [
        at(" in outer\n"),
        at(" in native_symbols::not_annotated [native]"),
        at(" in annotated_and_inlined\n"),
        at(" in leaf\n"),
        at("x = 3"),
    ];
    assert!(order.is_sorted(), "{text}");
    // What started the thread comes first.
    let second = text.lines().nth(1).unwrap();
    assert!(
        second.starts_with("  [") && second.ends_with(" frames not shown]"),
        "{text}"
    );
    // The source of a function that nobody annotated is read as well.
    assert!(
        text.contains("black_box(annotated_and_inlined())"),
        "{text}"
    );
}

#[inline(never)]
fn panics(text: &str) -> usize {
    let found: Result<usize, _> = text.parse::<usize>();
    black_box(found.expect("a number"))
}

#[frame]
fn reads(text: &str) -> usize {
    black_box(panics(text))
}

#[test]
fn a_panic_is_reported_with_native_frames_where_that_is_asked_for() {
    let reported = |native| {
        Config::new().native(native).install();
        let report = stacklens::catch(|| reads("many")).unwrap_err();
        Config::new().native(NativeFrames::Never).install();
        report.to_string()
    };
    let plain = reported(NativeFrames::Never);
    assert!(
        !plain.contains("[native]") && plain.contains(" in reads\n"),
        "{plain}"
    );
    assert_eq!(reported(NativeFrames::Auto), plain);
    let merged = reported(NativeFrames::Always);
    let at = |part: &str| {
        merged
            .find(part)
            .unwrap_or_else(|| panic!("no {part} in\n{merged}"))
    };
    assert!(
        at(" in reads\n") < at(" in native_symbols::panics [native]"),
        "{merged}"
    );
    // The place of the panic is that of the function that panicked, not a frame of its own.
    let line = merged.lines().find(|line| line.contains("panics [native]"));
    let place = line.unwrap().trim().split(' ').next().unwrap();
    assert_eq!(merged.matches(place).count(), 1, "{merged}");
    assert!(!merged.contains("core::result"), "{merged}");
}
