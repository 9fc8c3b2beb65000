//! Which functions are nobody's: the start of a program, of a thread, of a panic, and this library.

use super::names::{around_closures, crate_of, last_segment};

const BEGIN: &str = "__rust_begin_short_backtrace";
const END: &str = "__rust_end_short_backtrace";

/// Functions of std that only pass control on, by their last path segment. Tested against the toolchain in use:
/// tests/native_stack.rs.
const PASS_ON: &[&str] = &[
    BEGIN,
    END,
    "__rust_try",
    "assert_failed",
    "assert_failed_inner",
    "begin_panic",
    "begin_panic_handler",
    "call",
    "call_mut",
    "call_once",
    "call_once_force",
    "catch_unwind",
    "catch_unwind_intrinsic",
    "default_hook",
    "do_call",
    "do_catch",
    "expect",
    "expect_err",
    "expect_failed",
    "lang_start",
    "lang_start_internal",
    "resume_unwind",
    "run_with_cstr",
    "rust_begin_unwind",
    "rust_panic",
    "rust_panic_with_hook",
    "spawn_hook",
    "thread_start",
    "try",
    "unwrap",
    "unwrap_err",
    "unwrap_failed",
];

/// Functions without a path: the system's and the linker's.
const BARE: &[&str] = &[
    "__clone",
    "__clone3",
    "__pthread_start",
    "__rust_try",
    "_start",
    "clone",
    "clone3",
    "main",
    "rust_begin_unwind",
    "rust_panic",
    "start_thread",
    "thread_start",
];

/// Whether a function is the runtime's, by its name alone.
pub(crate) fn is_runtime(path: &str) -> bool {
    let (around, _) = around_closures(path);
    let name = last_segment(around);
    match crate_of(around) {
        "stacklens" => true,
        "std" | "core" | "alloc" => PASS_ON.contains(&name) || name.starts_with("panic_"),
        "__rustc" => true,
        // `<F as core::ops::function::FnOnce<()>>::call_once`, of a type of the program's.
        _ if around.contains(" as core::ops::function::Fn") => PASS_ON.contains(&name),
        // glibc has several names for the first of them.
        "" => is_bare(name) || begins(name) || ends(name),
        // The test harness's own.
        _ => begins(name) || ends(name),
    }
}

/// Whether this is the name of a function that the system, the linker or the compiler makes.
#[cfg_attr(not(native_elf), allow(dead_code))]
pub(crate) fn is_bare(name: &str) -> bool {
    name.starts_with("__libc_start_") || BARE.contains(&name)
}

/// Whether it is what std runs the program's own code in: all that is outside of it is the runtime's.
pub(crate) fn begins(path: &str) -> bool {
    last_segment(path) == BEGIN
}

/// Whether it is what std's panics run in: all that is inside of it is the runtime's.
pub(crate) fn ends(path: &str) -> bool {
    last_segment(path) == END
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_known_by_last_segments_and_crates() {
        for name in [
            "std::sys::backtrace::__rust_begin_short_backtrace::<fn(), ()>",
            "std::rt::lang_start::<()>::{closure#0}",
            "std::rt::lang_start::{{closure}}",
            "<demo::main::{closure#0} as core::ops::function::FnOnce<()>>::call_once",
            "core::ops::function::FnOnce::call_once",
            "core::ops::function::FnOnce::call_once{{vtable.shim}}",
            "std::panicking::try::do_call",
            "core::panicking::panic_bounds_check",
            "core::option::Option<T>::expect",
            "__rustc::rust_begin_unwind",
            "stacklens::native::stack",
            "<stacklens::framed::future::Framed<F> as core::future::future::Future>::poll",
            "main",
            "_start",
            "__libc_start_main_alias_2",
        ] {
            assert!(is_runtime(name), "{name}");
        }
        for name in [
            "demo::main",
            "demo::call_once",
            "core::iter::traits::iterator::Iterator::for_each",
            "alloc::vec::Vec<T,A>::retain",
            "demo::stacklens::f",
        ] {
            assert!(!is_runtime(name), "{name}");
        }
    }
}
