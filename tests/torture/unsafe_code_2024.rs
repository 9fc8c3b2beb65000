//! Unsafe and foreign functions as they are written since 2024.
// editions: 2024
// does not forbid: unsafe_code

use std::ffi::{c_char, c_int};

unsafe extern "C" {
    pub fn printf(format: *const c_char, ...) -> c_int;
    safe fn abs(x: c_int) -> c_int;
    unsafe fn strlen(text: *const c_char) -> usize;
}

#[stacklens::frame]
pub unsafe fn unsafe_function(p: *const u8) -> u8 {
    unsafe { *p }
}

#[unsafe(no_mangle)]
#[stacklens::frame]
pub extern "C" fn stacklens_torture_exported_2024(x: c_int) -> c_int {
    abs(x)
}

#[stacklens::frame]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn stacklens_torture_exported_too(text: *const c_char) -> usize {
    let length = unsafe { strlen(text) };
    if length > 10 {
        return 10;
    }
    length
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
#[stacklens::frame]
pub fn a_safe_function_with_a_feature(a: u32, b: u8) -> u32 {
    std::arch::x86_64::_mm_crc32_u8(a, b)
}

#[stacklens::frame]
pub async unsafe fn asynchronous(p: *const u8) -> u8 {
    unsafe { *p }
}

pub trait Reads {
    #[stacklens::frame]
    unsafe fn read(&self, at: usize) -> u8;
}

#[stacklens::frame]
impl Reads for [u8] {
    unsafe fn read(&self, at: usize) -> u8 {
        unsafe { *self.get_unchecked(at) }
    }
}

#[stacklens::frame]
pub fn raw_borrows(x: &mut [u32; 4]) -> *const u32 {
    let a = &raw const x[1];
    let b = &raw mut x[2];
    unsafe { *b = *a };
    &raw const (*x)[0]
}
