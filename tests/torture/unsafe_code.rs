//! Functions that are unsafe, contain unsafe code, or are other languages'.
// editions: 2015 2018 2021
// does not forbid: unsafe_code

use std::mem::MaybeUninit;
use std::os::raw::{c_char, c_int};

extern "C" {
    pub fn printf(format: *const c_char, ...) -> c_int;
    fn abs(x: c_int) -> c_int;
}

#[stacklens::frame]
pub unsafe fn unsafe_function(p: *const u8) -> u8 {
    *p
}

#[stacklens::frame]
pub unsafe extern "C" fn unsafe_and_foreign(p: *mut u8, n: usize) {
    for i in 0..n {
        *p.add(i) = 0;
    }
}

#[no_mangle]
#[stacklens::frame]
pub extern "C" fn stacklens_torture_exported(x: c_int) -> c_int {
    unsafe { abs(x) }
}

#[stacklens::frame]
pub fn foreign_calls() -> c_int {
    let n = unsafe { printf(b"\0".as_ptr() as *const c_char, 1 as c_int, 2.0f64) };
    n
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse4.2")]
#[stacklens::frame]
pub unsafe fn with_a_feature(a: u32, b: u8) -> u32 {
    std::arch::x86_64::_mm_crc32_u8(a, b)
}

#[cfg(target_arch = "x86_64")]
#[stacklens::frame]
#[target_feature(enable = "avx2")]
#[inline]
pub unsafe fn with_a_feature_inline(a: &[u8]) -> usize {
    a.iter().filter(|&&x| x == 0).count()
}

#[stacklens::frame]
pub fn half_made() -> [String; 2] {
    let mut array: MaybeUninit<[String; 2]> = MaybeUninit::uninit();
    let first = array.as_mut_ptr() as *mut String;
    unsafe {
        first.write(String::from("a"));
        first.add(1).write(String::from("b"));
        array.assume_init()
    }
}

#[stacklens::frame]
pub fn twice_owned(x: String) -> String {
    let copy = unsafe { std::ptr::read(&x) };
    std::mem::forget(x);
    copy
}

pub union Bits {
    float: f32,
    word: u32,
}

#[stacklens::frame]
pub fn fields_of_a_union(mut bits: Bits) -> u32 {
    bits.float = 1.0;
    match unsafe { bits.word } {
        0 => 0,
        word => word,
    }
}

static mut COUNT: u32 = 0;

#[stacklens::frame]
pub unsafe fn a_mutable_static(by: u32) -> u32 {
    COUNT += by;
    let now = COUNT;
    now
}

pub unsafe trait Zeroed: Sized {
    #[stacklens::frame]
    unsafe fn zeroed() -> Self {
        std::mem::zeroed()
    }

    #[stacklens::frame]
    unsafe fn declared(&self) -> u8;
}

unsafe impl Zeroed for u8 {
    #[stacklens::frame]
    unsafe fn declared(&self) -> u8 {
        *self
    }
}

#[stacklens::frame]
unsafe impl Zeroed for u16 {
    unsafe fn declared(&self) -> u8 {
        *self as u8
    }
}

#[stacklens::frame]
pub fn a_block_in_an_expression(x: &[u8]) -> u8 {
    let sum = unsafe { *x.get_unchecked(0) } + unsafe { *x.get_unchecked(1) };
    if unsafe { *x.as_ptr() } == 0 { return unsafe { *x.as_ptr().add(1) }; }
    unsafe { unsafe_function(&sum) }
}

#[stacklens::frame]
pub fn raw_pointers(x: &mut (u8, u16)) -> *const u16 {
    let p = std::ptr::addr_of!(x.1);
    let q = x as *mut (u8, u16) as *mut u8;
    let r = q as *const _;
    let _same: bool = p as *const u8 == r;
    p
}

#[repr(C, packed)]
#[derive(Clone, Copy)]
pub struct Packed {
    a: u8,
    b: u32,
}

impl Packed {
    #[stacklens::frame]
    pub fn fields(self) -> u32 {
        let b = self.b;
        let Packed { a, b: c } = self;
        let copy = { self.b };
        b + c + copy + u32::from(a)
    }

    #[stacklens::frame]
    pub fn assigns(&mut self, b: u32) -> u32 {
        self.b = b;
        let b = { self.b };
        b + u32::from(self.a)
    }
}
