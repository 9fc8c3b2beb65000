//! The stack that dumps are printed on: signal stacks are small, std's has four KiB to spare.

use crate::stack::switch::call_on;
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
    extern "C" fn call<F: FnOnce()>(f: *mut ()) {
        // SAFETY: the place below, which waits.
        if let Some(f) = unsafe { (*f.cast::<Option<F>>()).take() } {
            f();
        }
    }
    fn switch<F: FnOnce()>(top: usize, f: &mut Option<F>) {
        // SAFETY: the memory is a stack that nothing else uses, and its top is aligned.
        unsafe { call_on(top, call::<F>, std::ptr::from_mut(f).cast()) };
    }
    let mut f = Some(f);
    match STACK.load(Acquire) {
        0 => {}
        stack => switch(stack + SIZE, &mut f),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::native;

    #[test]
    fn what_is_run_is_run_on_that_stack() {
        // Nobody prints in unit tests.
        prepare().unwrap();
        let mut text = String::from("here");
        let mut at = 0;
        on_own_stack(|| {
            // Not the address of a variable: a sanitizer may keep those elsewhere.
            at = native::here();
            text.push_str(" and there");
        });
        let stack = STACK.load(Acquire);
        assert!((stack..stack + SIZE).contains(&at));
        assert!(!(stack..stack + SIZE).contains(&native::here()));
        assert_eq!(text, "here and there");
    }
}
