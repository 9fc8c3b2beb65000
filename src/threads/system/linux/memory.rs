//! Memory that may not be there, and memory for stacks.

use super::{errno, process_id};
use std::ffi::{c_int, c_void};

const O_CLOEXEC: c_int = 0o2_000_000;

#[repr(C)]
struct IoVec {
    base: *mut c_void,
    length: usize,
}

unsafe extern "C" {
    fn read(file: c_int, to: *mut c_void, most: usize) -> isize;
    fn write(file: c_int, from: *const c_void, length: usize) -> isize;
    fn pipe2(ends: *mut [c_int; 2], flags: c_int) -> c_int;
    fn process_vm_readv(
        process: c_int,
        local: *const IoVec,
        local_count: u64,
        remote: *const IoVec,
        remote_count: u64,
        flags: u64,
    ) -> isize;
    fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn mprotect(address: *mut c_void, length: usize, protection: c_int) -> c_int;
}

/// Reads memory that may not be there; gives how many bytes could be read.
pub(crate) fn read_memory(from: usize, to: &mut [u8], pipe: Option<[c_int; 2]>) -> usize {
    let local = IoVec {
        base: to.as_mut_ptr().cast(),
        length: to.len(),
    };
    let remote = IoVec {
        base: from as *mut c_void,
        length: to.len(),
    };
    // SAFETY: the system writes to `to`, as many bytes as it has; it answers with an error where it cannot read.
    let read = unsafe {
        process_vm_readv(
            process_id() as c_int,
            &raw const local,
            1,
            &raw const remote,
            1,
            0,
        )
    };
    if let Ok(read) = usize::try_from(read) {
        return read;
    }
    const EFAULT: c_int = 14;
    match pipe {
        // Only where the call is not allowed: it is slower, and reads no part of what is there in part.
        Some(pipe) if errno() != EFAULT => through(pipe, from, to),
        _ => 0,
    }
}

/// Reads memory by writing it to a pipe.
fn through([out, into]: [c_int; 2], from: usize, to: &mut [u8]) -> usize {
    // No more than a pipe holds, so that writing does not wait.
    const HOLDS: usize = 4096;
    let mut done = 0;
    for piece in to.chunks_mut(HOLDS) {
        // SAFETY: the system reads `from`, or answers that it cannot.
        let written = unsafe { write(into, (from + done) as *const c_void, piece.len()) };
        let Ok(written) = usize::try_from(written) else {
            return done;
        };
        // SAFETY: no longer than the piece.
        let read = unsafe { read(out, piece.as_mut_ptr().cast(), written) };
        done += usize::try_from(read).unwrap_or(0);
        if written < piece.len() {
            return done;
        }
    }
    done
}

/// A pipe for [`read_memory`].
pub(crate) fn make_pipe() -> Option<[c_int; 2]> {
    let mut ends = [0; 2];
    // SAFETY: a place for two numbers.
    (unsafe { pipe2(&raw mut ends, O_CLOEXEC) } == 0).then_some(ends)
}

/// Memory for a stack, with a page below that nobody may touch. Never given back.
pub(crate) fn reserve_stack(size: usize) -> Option<usize> {
    const PAGE: usize = 64 << 10;
    const READ_WRITE: c_int = 3;
    const PRIVATE_ANONYMOUS_NORESERVE_STACK: c_int = 0x2 | 0x20 | 0x4000 | 0x2_0000;
    // SAFETY: a new mapping, wherever there is room; its lowest part is then closed.
    unsafe {
        let memory = mmap(
            std::ptr::null_mut(),
            size + PAGE,
            READ_WRITE,
            PRIVATE_ANONYMOUS_NORESERVE_STACK,
            -1,
            0,
        );
        if memory as isize == -1 || mprotect(memory, PAGE, 0) != 0 {
            return None;
        }
        Some(memory as usize + PAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_far_as_it_is_there() {
        let pipe = make_pipe();
        let bytes = *b"some bytes";
        let mut to = [0; 10];
        assert_eq!(read_memory(bytes.as_ptr() as usize, &mut to, pipe), 10);
        assert_eq!(to, bytes);
        for nowhere in [0, 1, 4096, usize::MAX - 4, 1 << 63] {
            assert_eq!(read_memory(nowhere, &mut to, pipe), 0, "{nowhere:x}");
        }
        let stack = reserve_stack(1 << 16).unwrap();
        assert_eq!(read_memory(stack - 8, &mut to, pipe), 0);
        assert_eq!(read_memory(stack, &mut to, pipe), 10);
    }

    #[test]
    fn memory_is_read_through_a_pipe_too() {
        let pipe = make_pipe().unwrap();
        let bytes: Vec<u8> = (0..10_000).map(|i| i as u8).collect();
        let mut to = vec![0; 10_000];
        assert_eq!(through(pipe, bytes.as_ptr() as usize, &mut to), 10_000);
        assert_eq!(to, bytes);
        assert_eq!(through(pipe, 8, &mut to), 0);
        // Nothing of the last reading is left in it.
        assert_eq!(through(pipe, bytes.as_ptr() as usize + 5, &mut to[..4]), 4);
        assert_eq!(to[..4], bytes[5..9]);
    }
}
