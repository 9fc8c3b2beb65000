//! `gettid` by its number, which older C libraries have no function for, and `pthread_atfork`.

use std::ffi::{c_int, c_long};

#[cfg(target_arch = "x86_64")]
const GETTID: c_long = 186;
#[cfg(any(
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "loongarch64"
))]
const GETTID: c_long = 178;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn pthread_atfork(
        prepare: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> c_int;
}

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "loongarch64"
))]
pub(super) fn thread_id() -> u32 {
    // SAFETY: takes nothing and always succeeds.
    unsafe { syscall(GETTID) as u32 }
}

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64",
    target_arch = "loongarch64"
)))]
pub(super) fn thread_id() -> u32 {
    0
}

pub(super) fn on_fork(forked: extern "C" fn()) {
    // Without memory it fails: then threads of before a `fork` are listed in the child.
    // SAFETY: the function is there for as long as the program.
    unsafe { pthread_atfork(None, None, Some(forked)) };
}
