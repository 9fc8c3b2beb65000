//! `pthread_getattr_np`: glibc, musl and bionic.

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

/// At least as large and as aligned as `pthread_attr_t` anywhere: 64 bytes at most.
#[repr(C, align(16))]
struct Attributes([u64; 16]);

unsafe extern "C" {
    fn pthread_self() -> usize;
    fn pthread_getattr_np(thread: usize, attributes: *mut Attributes) -> c_int;
    fn pthread_attr_getstack(
        attributes: *const Attributes,
        address: *mut *mut c_void,
        size: *mut usize,
    ) -> c_int;
    fn pthread_attr_getguardsize(attributes: *const Attributes, size: *mut usize) -> c_int;
    fn pthread_attr_destroy(attributes: *mut Attributes) -> c_int;
}

pub(super) fn bounds() -> Option<(usize, usize)> {
    let mut attributes = Attributes([0; 16]);
    let (mut address, mut size, mut guard) = (null_mut(), 0, 0);
    // SAFETY: the calls get what their declarations in <pthread.h> ask for; `attributes` is initialised by the first
    // and destroyed by the last.
    unsafe {
        if pthread_getattr_np(pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        let known = pthread_attr_getstack(&raw const attributes, &raw mut address, &raw mut size)
            == 0
            && pthread_attr_getguardsize(&raw const attributes, &raw mut guard) == 0;
        pthread_attr_destroy(&raw mut attributes);
        if !known {
            return None;
        }
    }
    let low = address as usize;
    // Whether the guard page is counted in differs between systems and versions.
    Some((low.checked_add(guard)?, low.checked_add(size)?))
}
