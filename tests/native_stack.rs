//! The native stack: which functions there are, by which names and lines, and at what price.

#![cfg(all(feature = "native", target_arch = "x86_64", target_os = "linux"))]

use stacklens::native::{self, Function, NativeStack};
use std::hint::black_box;

/// A line of the print that names this function.
#[track_caller]
fn line_of<'t>(text: &'t str, function: &str) -> &'t str {
    let found = text.lines().find(|line| line.contains(function));
    found.unwrap_or_else(|| panic!("no {function} in\n{text}"))
}

#[inline(never)]
fn leaf() -> (NativeStack, u32) {
    (black_box(native::stack()), line!())
}

#[inline(always)]
fn inlined() -> (NativeStack, u32) {
    leaf()
}

#[inline(never)]
fn outer() -> (NativeStack, u32) {
    let (stack, line) = inlined();
    (stack, black_box(line))
}

#[test]
fn functions_have_names_files_and_lines_the_inlined_ones_too() {
    let (stack, line) = outer();
    let text = stack.to_string();
    let here = file!();
    let expected = format!("[0] native_stack::leaf in {here}:{line}:");
    assert!(text.starts_with(&expected), "{text}");
    assert!(
        line_of(&text, "native_stack::inlined").ends_with("(inlined)"),
        "{text}"
    );
    let names: Vec<String> = stack.frames()[1]
        .symbols()
        .functions()
        .iter()
        .map(|function| function.name().to_owned())
        .collect();
    assert_eq!(names, ["native_stack::inlined", "native_stack::outer"]);
    assert_eq!(stack.frames()[1].symbols().missing(), None);
}

#[test]
fn what_started_the_thread_is_counted_and_shown_on_request() {
    let (stack, _) = outer();
    let (text, all) = (stack.to_string(), format!("{stack:#}"));
    assert!(
        text.lines().any(|line| line.ends_with("runtime frames]")),
        "{text}"
    );
    for runtime in ["__rust_begin_short_backtrace", "call_once"] {
        assert!(!text.contains(runtime), "{text}");
        assert!(all.contains(runtime), "{all}");
    }
    assert!(all.lines().count() > stack.frames().len());
}

/// Each release of Rust may call its own functions otherwise: what is shown of a program's start must be the program's.
#[test]
fn of_this_toolchain_no_function_of_the_runtime_is_shown() {
    let shown = |text: &str| -> Vec<String> {
        let names = text.lines().filter(|line| !line.contains("runtime frame"));
        let name = |line: &str| line.split(" in ").next().unwrap_or(line).to_owned();
        names
            .map(name)
            .map(|name| name[name.find(' ').map_or(0, |at| at + 1)..].to_owned())
            .collect()
    };
    let own = |name: &String| name.contains("native_stack::");
    let in_thread = std::thread::spawn(|| outer().0.to_string()).join().unwrap();
    assert!(shown(&in_thread).iter().all(own), "{in_thread}");
    let caught = std::panic::catch_unwind(|| outer().0.to_string()).unwrap();
    assert!(shown(&caught).iter().all(own), "{caught}");
    let boxed: Box<dyn Fn() -> String> = Box::new(|| outer().0.to_string());
    let boxed = boxed();
    assert!(shown(&boxed).iter().all(own), "{boxed}");
}

mod in_a_hook {
    use super::*;
    use std::cell::RefCell;

    thread_local! {
        static SEEN: RefCell<String> = const { RefCell::new(String::new()) };
    }

    #[inline(never)]
    fn panics() {
        black_box(None::<u8>).expect("a value");
    }

    #[test]
    fn of_a_panic_only_the_programs_part_is_shown() {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload_as_str().is_some_and(|text| text == "a value") {
                SEEN.with(|seen| *seen.borrow_mut() = native::stack().to_string());
            } else {
                previous(info);
            }
        }));
        assert!(std::panic::catch_unwind(panics).is_err());
        let text = SEEN.take();
        let first = text
            .lines()
            .find(|line| !line.contains("runtime frame"))
            .unwrap();
        assert!(
            first.contains("native_stack::in_a_hook::panics in "),
            "{text}"
        );
        assert!(!text.contains("panic_fmt"), "{text}");
    }
}

#[test]
fn other_threads_render_it() {
    let (stack, _) = outer();
    let here = stack.to_string();
    let there = std::thread::spawn(move || stack.to_string())
        .join()
        .unwrap();
    assert_eq!(here, there);
}

#[test]
fn a_deep_stack_is_cut_and_says_so() {
    #[inline(never)]
    fn down(n: usize) -> NativeStack {
        let stack = if n == 0 { native::stack() } else { down(n - 1) };
        black_box(stack)
    }
    let run = || down(10_000);
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let stack = thread.spawn(run).unwrap().join().unwrap();
    assert!(stack.is_cut());
    let text = stack.to_string();
    assert!(text.ends_with("[outer frames not walked]"), "{text}");
    assert!(text.contains("[previous frame repeated "), "{text}");
    assert!(text.lines().count() < 20, "{text}");
}

#[test]
fn a_child_of_fork_looks_up_names_too() {
    // A thread that looks up names all the time, so that whatever it holds is held when the child begins.
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let busy = {
        let stop = stop.clone();
        std::thread::spawn(move || {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                black_box(outer().0.to_string());
            }
        })
    };
    for _ in 0..20 {
        // SAFETY: the child only renders and ends. (It allocates, which glibc allows after `fork`.)
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: a child that hangs is ended.
            unsafe { libc::alarm(20) };
            let ok = outer().0.to_string().contains("native_stack::outer");
            // SAFETY: ends the child without running anything of the parent's.
            unsafe { libc::_exit(if ok { 0 } else { 1 }) };
        }
        let mut status = 0;
        // SAFETY: waits for the child above.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(status, 0);
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    busy.join().unwrap();
}

#[test]
fn a_function_of_a_library_has_its_symbol() {
    unsafe extern "C" fn compare(a: *const libc::c_void, _: *const libc::c_void) -> libc::c_int {
        // SAFETY: the elements are pointers to what waits below.
        let seen = unsafe { &mut **a.cast::<*mut String>() };
        *seen = native::stack().to_string();
        0
    }
    let mut seen = String::new();
    let mut elements = [&raw mut seen; 2];
    // SAFETY: two elements of the size of a pointer.
    unsafe {
        libc::qsort(elements.as_mut_ptr().cast(), 2, 8, Some(compare));
    }
    assert!(line_of(&seen, "qsort").starts_with("["), "{seen}");
    assert!(line_of(&seen, "a_function_of_a_library_has_its_symbol").contains(file!()));
}

#[test]
fn what_is_shown_goes_anywhere() {
    fn anywhere<T: Send + Sync + Clone + std::panic::UnwindSafe + 'static>() {}
    anywhere::<NativeStack>();
    anywhere::<native::NativeFrame>();
    anywhere::<native::Symbols>();
    anywhere::<Function>();
    anywhere::<native::CrossCheck>();
}

/// Anonymous memory of this process, in bytes: pages of mapped files are the system's to drop.
fn anonymous() -> usize {
    let text = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("Anonymous:"))
        .unwrap();
    let kilobytes = line.split_whitespace().nth(1).unwrap();
    kilobytes.parse::<usize>().unwrap() << 10
}

/// A process of its own, so that no other test's memory is counted.
#[test]
fn names_cost_less_than_two_megabytes() {
    const CHILD: &str = "STACKLENS_TEST_MEMORY";
    // A sanitizer's own memory is counted too.
    if std::env::var_os("STACKLENS_TEST_SLOW").is_some() {
        return;
    }
    if std::env::var_os(CHILD).is_some() {
        let (stack, _) = outer();
        let before = anonymous();
        black_box(stack.to_string());
        println!("grew by {} bytes", anonymous().saturating_sub(before));
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "names_cost_less_than_two_megabytes",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let grown = text
        .lines()
        .find_map(|line| line.split("grew by ").nth(1)?.split(' ').next());
    let grown: usize = grown.expect("its line").parse().unwrap();
    assert!(grown < 2 << 20, "{grown}");
}
