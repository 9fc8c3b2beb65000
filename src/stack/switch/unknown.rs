//! No way to another stack is known here.

/// # Safety
/// None is needed: it is a call.
pub(super) unsafe fn call_on(_top: usize, run: extern "C" fn(*mut ()), argument: *mut ()) {
    run(argument);
}
