//! Calling a function on another native stack of this thread.

#[cfg_attr(
    all(target_arch = "x86_64", target_os = "linux"),
    path = "x86_64_linux.rs"
)]
#[cfg_attr(
    all(target_arch = "aarch64", target_os = "linux"),
    path = "aarch64_linux.rs"
)]
#[cfg_attr(
    not(all(
        any(target_arch = "x86_64", target_arch = "aarch64"),
        target_os = "linux"
    )),
    path = "unknown.rs"
)]
mod platform;

/// Calls `run(argument)` with the stack pointer at `top`, and comes back. Where no way to another stack is known, it is
/// called on this one.
///
/// The frame below is known to unwinders, so that backtraces reach over.
///
/// # Safety
/// Below `top`, a multiple of 16, lies a stack that nothing else runs on.
pub(crate) unsafe fn call_on(top: usize, run: extern "C" fn(*mut ()), argument: *mut ()) {
    // SAFETY: as above; `run` does not unwind: it is `extern "C"`.
    unsafe { platform::call_on(top, run, argument) }
}

#[cfg(test)]
mod tests {
    use super::call_on;

    #[test]
    fn what_runs_on_another_stack_sees_what_this_one_holds() {
        struct Seen<'a> {
            stack: &'a [u8],
            text: String,
            is_there: bool,
        }
        extern "C" fn look(seen: *mut ()) {
            // SAFETY: what is passed below, where it waits.
            let seen = unsafe { &mut *seen.cast::<Seen<'_>>() };
            let local = 0_u8;
            seen.is_there = seen.stack.as_ptr_range().contains(&&raw const local);
            seen.text.push_str(" and there");
        }
        let memory = vec![0_u8; 256 << 10];
        let mut seen = Seen {
            stack: &memory,
            text: String::from("here"),
            is_there: false,
        };
        let top = memory.as_ptr_range().end as usize & !15;
        // SAFETY: memory of its own.
        unsafe { call_on(top, look, (&raw mut seen).cast()) };
        assert_eq!(seen.text, "here and there");
        let known = cfg!(all(
            any(target_arch = "x86_64", target_arch = "aarch64"),
            target_os = "linux"
        ));
        assert_eq!(seen.is_there, known);
    }
}
