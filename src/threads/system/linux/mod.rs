//! Linux on 64-bit processors: declared by hand, the way std's own `libc` has it.

mod memory;
mod signal;
mod signal_stack;

pub(crate) use memory::{make_pipe, read_memory, reserve_stack};
pub(crate) use signal::*;
pub(crate) use signal_stack::{provide_signal_stack, remove_signal_stack};

use std::ffi::{CStr, c_char, c_int, c_long, c_void};

const O_RDONLY_CLOEXEC: c_int = 0o2_000_000;
const CLOCK_MONOTONIC: c_int = 1;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn getpid() -> c_int;
    fn __errno_location() -> *mut c_int;
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    fn nanosleep(time: *const Timespec, left: *mut Timespec) -> c_int;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, to: *mut c_void, most: usize) -> isize;
    fn write(file: c_int, from: *const c_void, length: usize) -> isize;
    fn close(file: c_int) -> c_int;
}

pub(crate) fn process_id() -> u32 {
    // SAFETY: it only tells.
    unsafe { getpid() as u32 }
}

/// The running thread's number.
pub(crate) fn thread_id() -> u32 {
    #[cfg(target_arch = "x86_64")]
    const GETTID: c_long = 186;
    #[cfg(target_arch = "aarch64")]
    const GETTID: c_long = 178;
    // SAFETY: it only tells.
    unsafe { syscall(GETTID) as u32 }
}

pub(crate) fn errno() -> c_int {
    // SAFETY: this thread's own.
    unsafe { *__errno_location() }
}

/// A handler leaves it as it was.
pub(crate) fn set_errno(error: c_int) {
    // SAFETY: this thread's own.
    unsafe { *__errno_location() = error };
}

/// Nanoseconds that a thread of this process has run; `None` if it is gone.
pub(crate) fn cpu_time(thread: u32) -> Option<u64> {
    // What `pthread_getcpuclockid` computes: the clock of a thread's scheduler.
    let clock = ((!thread) << 3 | 6) as c_int;
    time_of(clock)
}

/// Nanoseconds of a clock that is not set.
pub(crate) fn clock() -> u64 {
    time_of(CLOCK_MONOTONIC).unwrap_or(0)
}

fn time_of(clock: c_int) -> Option<u64> {
    let mut time = Timespec {
        seconds: 0,
        nanoseconds: 0,
    };
    // SAFETY: a place for the time.
    (unsafe { clock_gettime(clock, &raw mut time) } == 0)
        .then(|| time.seconds as u64 * 1_000_000_000 + time.nanoseconds as u64)
}

/// Waits, or until a signal comes.
pub(crate) fn pause(nanoseconds: u64) {
    let time = Timespec {
        seconds: (nanoseconds / 1_000_000_000) as i64,
        nanoseconds: (nanoseconds % 1_000_000_000) as i64,
    };
    // SAFETY: a time to read.
    unsafe { nanosleep(&raw const time, std::ptr::null_mut()) };
}

/// The beginning of a file.
pub(crate) fn read_file<'b>(path: &CStr, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    // SAFETY: the path ends in NUL, the buffer has that length, the file is closed once.
    let length = unsafe {
        let file = open(path.as_ptr(), O_RDONLY_CLOEXEC);
        if file < 0 {
            return None;
        }
        let length = read(file, buffer.as_mut_ptr().cast(), buffer.len());
        close(file);
        length
    };
    buffer.get(..usize::try_from(length).ok()?)
}

/// Writes all of it, as far as the file takes it.
pub(crate) fn write_all(file: c_int, mut bytes: &[u8]) {
    const EINTR: c_int = 4;
    while !bytes.is_empty() {
        // SAFETY: bytes to read.
        let written = unsafe { write(file, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(written) {
            Ok(0) => return,
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(_) if errno() == EINTR => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_has_a_clock_of_its_own() {
        let before = cpu_time(thread_id()).unwrap();
        let mut sum = 0_u64;
        for i in 0..1_000_000 {
            sum = std::hint::black_box(sum + i);
        }
        assert!(cpu_time(thread_id()).unwrap() > before);
        assert_eq!(cpu_time(u32::MAX >> 4), None);
    }
}
