//! The stack that dumps are printed on: signal stacks are small, std's has four KiB to spare.

use crate::threads::system::reserve_stack;
use std::io;
use std::sync::atomic::{
    AtomicUsize,
    Ordering::{AcqRel, Acquire},
};

const SIZE: usize = 256 << 10;

/// Where it begins; 0: not made yet.
static STACK: AtomicUsize = AtomicUsize::new(0);

pub(super) fn prepare() -> io::Result<()> {
    if STACK.load(Acquire) == 0 {
        let stack = reserve_stack(SIZE).ok_or_else(io::Error::last_os_error)?;
        // If another thread was faster, this one is not used: a few pages of addresses.
        let _ = STACK.compare_exchange(0, stack, AcqRel, Acquire);
    }
    Ok(())
}

/// Runs on that stack. One thread at a time: the caller has the turn to print.
pub(super) fn on_own_stack(f: impl FnOnce()) {
    extern "C" fn call<F: FnOnce()>(f: *mut Option<F>) {
        // SAFETY: the place below, which waits.
        if let Some(f) = unsafe { (*f).take() } {
            f();
        }
    }
    fn switch<F: FnOnce()>(top: usize, f: &mut Option<F>) {
        // SAFETY: the memory is a stack that nothing else uses, its top is aligned, and `call` does not unwind: it is
        // `extern "C"`.
        unsafe {
            switch_to(
                top,
                call::<F> as *const (),
                std::ptr::from_mut(f).cast::<()>(),
            );
        }
    }
    let mut f = Some(f);
    match STACK.load(Acquire) {
        0 => {}
        stack => switch(stack + SIZE, &mut f),
    }
}

/// Calls a function of one argument on another stack.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn switch_to(top: usize, function: *const (), argument: *mut ()) {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "push rbp",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset rbp, -16",
        "mov rbp, rsp",
        ".cfi_def_cfa_register rbp",
        "mov rsp, rdi",
        "mov rdi, rdx",
        "call rsi",
        "mov rsp, rbp",
        "pop rbp",
        ".cfi_def_cfa rsp, 8",
        "ret",
        ".cfi_endproc",
    )
}

/// Calls a function of one argument on another stack.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn switch_to(top: usize, function: *const (), argument: *mut ()) {
    std::arch::naked_asm!(
        ".cfi_startproc",
        "stp x29, x30, [sp, #-16]!",
        ".cfi_def_cfa_offset 16",
        ".cfi_offset x29, -16",
        ".cfi_offset x30, -8",
        "mov x29, sp",
        ".cfi_def_cfa_register x29",
        "mov sp, x0",
        "mov x0, x2",
        "blr x1",
        "mov sp, x29",
        ".cfi_def_cfa_register sp",
        "ldp x29, x30, [sp], #16",
        ".cfi_def_cfa_offset 0",
        "ret",
        ".cfi_endproc",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_on_the_other_stack_sees_what_it_holds() {
        // Nobody prints in unit tests.
        prepare().unwrap();
        let mut text = String::from("here");
        let here = &raw const text as usize;
        on_own_stack(|| {
            let there = &raw const here as usize;
            let local = [1_u8; 64];
            let at = local.as_ptr() as usize;
            let stack = STACK.load(Acquire);
            assert!((stack..stack + SIZE).contains(&at) && there != 0);
            text.push_str(" and there");
        });
        assert_eq!(text, "here and there");
    }
}
