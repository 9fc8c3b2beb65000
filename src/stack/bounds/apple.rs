//! `pthread_get_stackaddr_np`: macOS, iOS and their kin.

use std::ffi::c_void;

unsafe extern "C" {
    fn pthread_self() -> *mut c_void;
    fn pthread_get_stackaddr_np(thread: *mut c_void) -> *mut c_void;
    fn pthread_get_stacksize_np(thread: *mut c_void) -> usize;
}

pub(super) fn bounds() -> Option<(usize, usize)> {
    // SAFETY: the calls only read what the system knows of the running thread.
    let (high, size) = unsafe {
        let this = pthread_self();
        (
            pthread_get_stackaddr_np(this) as usize,
            pthread_get_stacksize_np(this),
        )
    };
    Some((high.checked_sub(size)?, high))
}
