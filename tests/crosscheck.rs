//! Recorded frames held against the native stack: what is there is confirmed, what is not is told apart.

#![cfg(all(
    feature = "native",
    target_arch = "x86_64",
    target_os = "linux",
    not(feature = "off")
))]

use stacklens::native::{CrossCheck, NativeFrame, NativeKind, Verdict, crosscheck};
use stacklens::{frame, framed};
use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// All recorded frames are confirmed, in order, and these are their names, innermost first.
#[track_caller]
fn assert_confirmed(check: &CrossCheck, names: &[&str]) {
    let found: Vec<_> = check.recorded().iter().map(|frame| frame.name()).collect();
    assert_eq!(found, names);
    let confirmed = |verdict: &Verdict| matches!(verdict, Verdict::Confirmed { .. });
    assert!(check.verdicts().iter().all(confirmed), "{check:#}");
    assert!(check.agrees() && check.violations().is_empty(), "{check:#}");
}

#[frame]
#[inline(never)]
fn leaf() -> CrossCheck {
    black_box(crosscheck())
}

#[frame]
#[inline]
fn inlined() -> CrossCheck {
    leaf()
}

#[frame]
fn generic<T: Default>() -> CrossCheck {
    black_box(T::default());
    inlined()
}

#[inline(never)]
fn not_annotated() -> CrossCheck {
    black_box(generic::<u8>())
}

trait Tr {
    fn method(&self) -> CrossCheck;
}

struct S(#[allow(dead_code)] u8);

#[frame]
impl Tr for S {
    fn method(&self) -> CrossCheck {
        black_box(not_annotated())
    }
}

#[frame]
fn by_closure(object: &dyn Tr) -> CrossCheck {
    let call = || framed!("closure", black_box(object.method()));
    call()
}

#[test]
fn functions_methods_generics_and_closures_are_there() {
    let check = by_closure(&S(1));
    assert_confirmed(
        &check,
        &[
            "leaf",
            "inlined",
            "generic",
            "method",
            "closure",
            "by_closure",
        ],
    );
    let text = check.to_string();
    let verdict = "the stacks agree: 6 of 6 recorded frames are on the native stack";
    assert!(text.starts_with(verdict), "{text}");
    assert!(text.contains("not_annotated"), "{text}");
}

/// Nothing that is annotated is inlined into it, at any level of optimisation.
#[inline(never)]
fn around_leaf() -> CrossCheck {
    black_box(leaf())
}

#[test]
fn native_frames_are_told_apart() {
    let check = around_leaf();
    let name = |frame: &NativeFrame| {
        let symbols = frame.symbols();
        let name = symbols.functions().last().map(|f| f.name().to_owned());
        name.unwrap_or_default()
    };
    let names = check.native().frames().iter().map(name);
    let kinds: Vec<_> = names.zip(check.kinds()).collect();
    let kind = |wanted: &str| {
        let found = kinds.iter().find(|(name, _)| name.ends_with(wanted));
        found.map(|(_, kind)| *kind)
    };
    assert_eq!(kind("::leaf"), Some(NativeKind::Annotated), "{kinds:?}");
    assert_eq!(
        kind("::around_leaf"),
        Some(NativeKind::Unannotated),
        "{kinds:?}"
    );
    assert_eq!(kinds.last().unwrap().1, NativeKind::Runtime, "{kinds:?}");
    let leaf = kinds
        .iter()
        .position(|(name, _)| name.ends_with("::leaf"))
        .unwrap();
    assert!(check.recorded_in(leaf).any(|frame| frame.name() == "leaf"));
}

#[frame]
fn down(n: usize) -> CrossCheck {
    if n == 0 {
        return black_box(crosscheck());
    }
    black_box(down(n - 1))
}

#[test]
fn each_activation_of_a_recursion_is_in_its_own_frame() {
    let check = down(20);
    assert_confirmed(&check, &["down"; 21]);
    if cfg!(debug_assertions) {
        let mut places: Vec<_> = check.verdicts().to_vec();
        places.dedup();
        assert_eq!(places.len(), 21);
    }
}

fn poll<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}

async fn once_pending() {
    let mut waited = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

#[frame]
async fn inner() -> CrossCheck {
    once_pending().await;
    leaf()
}

#[frame]
async fn outer() -> CrossCheck {
    inner().await
}

#[test]
fn async_functions_are_where_they_are_polled() {
    assert_confirmed(&poll(outer()), &["leaf", "inner", "outer"]);
    assert_confirmed(&poll(Box::pin(outer())), &["leaf", "inner", "outer"]);
}

#[frame(future)]
fn returned() -> impl Future<Output = (CrossCheck, CrossCheck)> {
    let making = leaf();
    async move {
        once_pending().await;
        (making, leaf())
    }
}

#[frame(future)]
fn whole(
    future: Pin<Box<dyn Future<Output = CrossCheck>>>,
) -> Pin<Box<dyn Future<Output = CrossCheck>>> {
    future
}

#[test]
fn futures_that_a_function_returned_are_where_they_are_polled() {
    let (making, polled) = poll(returned());
    assert_confirmed(&making, &["leaf", "returned"]);
    assert_confirmed(&polled, &["leaf", "returned"]);
    let polled = poll(whole(Box::pin(outer())));
    assert_confirmed(&polled, &["leaf", "inner", "outer", "whole"]);
}

extern "C" fn called_back(argument: *mut libc::c_void) {
    // SAFETY: what `through_c` passes.
    unsafe { *argument.cast::<Option<CrossCheck>>() = Some(framed!("callback", leaf())) };
}

unsafe extern "C" fn compare(a: *const libc::c_void, _b: *const libc::c_void) -> libc::c_int {
    // SAFETY: the elements are pointers to what `through_c` waits for.
    called_back(unsafe { *a.cast::<*mut libc::c_void>() });
    0
}

#[frame]
fn through_c() -> CrossCheck {
    let mut check: Option<CrossCheck> = None;
    let mut elements = [&raw mut check; 2];
    // SAFETY: two elements of the size of a pointer.
    unsafe { libc::qsort(elements.as_mut_ptr().cast(), 2, 8, Some(compare)) };
    check.unwrap()
}

#[test]
fn a_callback_through_c_is_there() {
    assert_confirmed(&through_c(), &["leaf", "callback", "through_c"]);
}

#[frame]
fn on_another_stack() -> CrossCheck {
    stacker::grow(1 << 20, || framed!("grown", leaf()))
}

#[test]
fn frames_on_both_sides_of_a_switch_of_stacks_are_there() {
    assert_confirmed(&on_another_stack(), &["leaf", "grown", "on_another_stack"]);
}

#[test]
fn a_thread_has_a_native_stack_of_its_own() {
    let check = std::thread::spawn(|| framed!("worker", leaf()))
        .join()
        .unwrap();
    assert_confirmed(&check, &["leaf", "worker"]);
}

mod left_behind {
    use super::*;
    use std::ffi::c_int;

    unsafe extern "C" {
        #[link_name = "__sigsetjmp"]
        fn sigsetjmp(buffer: *mut [u64; 64], mask: c_int) -> c_int;
        fn siglongjmp(buffer: *mut [u64; 64], value: c_int) -> !;
    }

    static mut BUFFER: [u64; 64] = [0; 64];

    #[frame]
    #[inline(never)]
    fn jumps() {
        // SAFETY: `checked_after` has set it, and waits; nothing in between has a destructor but the guard of this very frame.
        unsafe { siglongjmp(&raw mut BUFFER, 1) }
    }

    #[frame]
    #[inline(never)]
    pub(super) fn checked_after() -> CrossCheck {
        // SAFETY: a buffer larger than `sigjmp_buf`; it is jumped to while this function is active, and no variable of it is
        // changed in between.
        if unsafe { sigsetjmp(&raw mut BUFFER, 0) } == 0 {
            jumps();
        }
        leaf()
    }
}

#[test]
fn a_frame_that_was_jumped_out_of_has_leaked() {
    let check = left_behind::checked_after();
    let names: Vec<_> = check.recorded().iter().map(|frame| frame.name()).collect();
    assert_eq!(names, ["leaf", "jumps", "checked_after"]);
    assert_eq!(check.verdicts()[1], Verdict::Leaked, "{check}");
    assert!(matches!(check.verdicts()[0], Verdict::Confirmed { .. }));
    assert!(matches!(check.verdicts()[2], Verdict::Confirmed { .. }));
    assert!(!check.agrees());
    let text = check.to_string();
    assert!(text.starts_with(
        "the stacks disagree: 2 of 3 recorded frames are on the native stack, 1 leaked"
    ));
    assert!(text.contains("\nrecorded [1] jumps in "), "{text}");
}

mod coroutines {
    use super::*;
    use corosensei::{Coroutine, CoroutineResult};

    #[frame]
    fn body(yielder: &corosensei::Yielder<(), ()>) -> CrossCheck {
        yielder.suspend(());
        leaf()
    }

    #[frame]
    fn host() -> (CrossCheck, CrossCheck) {
        let mut coroutine = Coroutine::new(|yielder, ()| body(yielder));
        assert!(matches!(coroutine.resume(()), CoroutineResult::Yield(())));
        let while_suspended = leaf();
        let CoroutineResult::Return(while_running) = coroutine.resume(()) else {
            panic!("it returns");
        };
        (while_suspended, while_running)
    }

    #[test]
    fn a_frame_of_a_coroutine_that_waits_is_suspended_and_then_there() {
        let (suspended, running) = host();
        let names: Vec<_> = suspended.recorded().iter().map(|f| f.name()).collect();
        assert_eq!(names, ["leaf", "body", "host"]);
        assert_eq!(suspended.verdicts()[1], Verdict::Suspended, "{suspended:#}");
        assert!(suspended.agrees(), "{suspended}");
        assert!(
            matches!(running.verdicts()[0], Verdict::Confirmed { .. }),
            "{running:#}"
        );
    }

    #[frame]
    fn abandons() {
        let mut coroutine = Coroutine::<(), (), CrossCheck>::new(|yielder, ()| body(yielder));
        coroutine.resume(());
        // Its stack is given back without unwinding.
        // SAFETY: nothing on it is used again.
        unsafe { coroutine.force_reset() };
    }

    #[frame]
    fn after_abandoning() -> CrossCheck {
        abandons();
        leaf()
    }

    #[test]
    fn what_a_coroutine_left_is_gone_with_the_function_that_ran_it() {
        assert_confirmed(&after_abandoning(), &["leaf", "after_abandoning"]);
    }
}

/// This test binary in the debug mode, with a check at every call.
fn in_debug_mode(arguments: &[&str]) -> (bool, String) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .env("STACKLENS", "crosscheck=1")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[test]
fn the_debug_mode_finds_nothing_in_these_tests() {
    let (success, text) = in_debug_mode(&["--skip", "debug_mode", "--skip", "has_leaked"]);
    assert!(success, "{text}");
}

#[test]
fn the_debug_mode_panics_where_the_stacks_disagree() {
    let (success, text) = in_debug_mode(&["--exact", "a_frame_that_was_jumped_out_of_has_leaked"]);
    assert!(!success, "{text}");
    assert!(
        text.contains("stacklens: the stacks disagree: 1 of 2 recorded frames"),
        "{text}"
    );
    assert!(text.contains("recorded [0] jumps in "), "{text}");
}

#[test]
fn the_debug_mode_can_be_turned_on_while_the_program_runs() {
    let on_a_thread = || {
        stacklens::Config::new().crosscheck(2).install();
        let found = std::panic::catch_unwind(left_behind::checked_after);
        stacklens::Config::new().crosscheck(0).install();
        found.is_err()
    };
    assert!(std::thread::spawn(on_a_thread).join().unwrap());
    assert!(
        !std::thread::spawn(|| left_behind::checked_after().agrees())
            .join()
            .unwrap()
    );
}
