//! The stack that handlers run on, of each thread.

use std::ffi::c_int;
use std::mem::MaybeUninit;

/// `stack_t`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct SignalStack {
    address: usize,
    flags: c_int,
    size: usize,
}

const SS_DISABLE: c_int = 2;

unsafe extern "C" {
    fn sigaltstack(new: *const SignalStack, old: *mut SignalStack) -> c_int;
}

impl SignalStack {
    fn at(address: usize, size: usize) -> SignalStack {
        SignalStack {
            address,
            flags: 0,
            size,
        }
    }

    fn is_none(&self) -> bool {
        self.flags & SS_DISABLE != 0
    }

    /// Takes the place of none.
    pub(super) fn provide(&mut self, address: usize, size: usize) {
        if self.is_none() {
            *self = SignalStack::at(address, size);
        }
    }
}

/// Gives the running thread a signal stack if it has none. Not in a handler.
pub(crate) fn provide_signal_stack(address: usize, size: usize) {
    let new = SignalStack::at(address, size);
    if signal_stack().is_some_and(|stack| stack.is_none()) {
        // SAFETY: memory that is used for nothing else, until it is taken away again.
        unsafe { sigaltstack(&raw const new, std::ptr::null_mut()) };
    }
}

/// Takes a signal stack away from the running thread, if that is the one it has.
pub(crate) fn remove_signal_stack(address: usize) {
    let none = SignalStack {
        address: 0,
        flags: SS_DISABLE,
        size: 0,
    };
    if signal_stack().is_some_and(|stack| stack.address == address) {
        // SAFETY: the thread has none afterwards.
        unsafe { sigaltstack(&raw const none, std::ptr::null_mut()) };
    }
}

fn signal_stack() -> Option<SignalStack> {
    let mut stack = MaybeUninit::uninit();
    // SAFETY: a place for what the thread has, which a success has filled.
    unsafe { (sigaltstack(std::ptr::null(), stack.as_mut_ptr()) == 0).then(|| stack.assume_init()) }
}
