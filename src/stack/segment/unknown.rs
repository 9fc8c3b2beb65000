//! No way to another stack is known here.

pub(super) const AVAILABLE: bool = false;

pub(super) fn map(_bytes: usize, _ceiling: usize) -> Option<(usize, usize)> {
    None
}

pub(super) fn unmap(_low: usize, _high: usize) {}

/// # Safety
/// Not to be called: there is no segment to call it with.
pub(super) unsafe fn call_on(_top: usize, run: extern "C" fn(*mut ()), argument: *mut ()) {
    run(argument);
}
