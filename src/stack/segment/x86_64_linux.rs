//! `mmap`, and a new stack pointer.

use std::arch::naked_asm;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

pub(super) const AVAILABLE: bool = true;

const PAGE: usize = 4096;

const PROT_NONE: c_int = 0;
const PROT_READ_WRITE: c_int = 1 | 2;
const MAP_PRIVATE: c_int = 0x02;
const MAP_ANONYMOUS: c_int = 0x20;
const MAP_NORESERVE: c_int = 0x4000;
const MAP_STACK: c_int = 0x2_0000;
const MAP_FAILED: usize = usize::MAX;

unsafe extern "C" {
    fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn mprotect(address: *mut c_void, length: usize, protection: c_int) -> c_int;
    fn munmap(address: *mut c_void, length: usize) -> c_int;
}

/// Bounds of a new stack. A page that cannot be touched lies below it.
pub(super) fn map(bytes: usize) -> Option<(usize, usize)> {
    let length = bytes.checked_next_multiple_of(PAGE)?.checked_add(PAGE)?;
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
    // SAFETY: a new mapping, wherever the system has room; its first page is then made the guard.
    unsafe {
        let address = mmap(null_mut(), length, PROT_READ_WRITE, flags, -1, 0);
        if address as usize == MAP_FAILED {
            return None;
        }
        if mprotect(address, PAGE, PROT_NONE) != 0 {
            munmap(address, length);
            return None;
        }
        Some((address as usize + PAGE, address as usize + length))
    }
}

/// Gives back what [`map`] gave.
pub(super) fn unmap(low: usize, high: usize) {
    // SAFETY: the caller's mapping, guard page included, on which nothing runs any more.
    unsafe { munmap((low - PAGE) as *mut c_void, high - low + PAGE) };
}

/// Calls `run(argument)` with the stack pointer at `top`, and comes back.
///
/// The directives tell an unwinder where the frame below is, so that backtraces reach over.
///
/// # Safety
/// Below `top`, a multiple of 16, lies a stack that nothing else runs on. `run` does not unwind.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call_on(
    top: usize,
    run: extern "C" fn(*mut ()),
    argument: *mut (),
) {
    naked_asm!(
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
