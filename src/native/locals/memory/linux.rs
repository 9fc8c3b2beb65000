//! `process_vm_readv` on this process; where a sandbox forbids it, through a pipe.

use std::ffi::{c_int, c_ulong, c_void};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[repr(C)]
struct IoVec {
    base: *mut c_void,
    len: usize,
}

unsafe extern "C" {
    fn process_vm_readv(
        pid: c_int,
        local: *const IoVec,
        local_count: c_ulong,
        remote: *const IoVec,
        remote_count: c_ulong,
        flags: c_ulong,
    ) -> isize;
    fn getpid() -> c_int;
    fn pipe2(ends: *mut [c_int; 2], flags: c_int) -> c_int;
    fn read(fd: c_int, to: *mut c_void, len: usize) -> isize;
    fn write(fd: c_int, from: *const c_void, len: usize) -> isize;
    fn close(fd: c_int) -> c_int;
}

/// `EFAULT`: that memory is not there.
const BAD_ADDRESS: i32 = 14;
/// `EINTR`: a signal came.
const INTERRUPTED: i32 = 4;
const CLOSE_ON_EXEC: c_int = 0o2000000;
/// What a pipe takes at once, at least.
const PIPE: usize = 4096;

/// `None`: this way is not open here. `Some(false)`: the memory is not there.
type Way = fn(usize, &mut [u8]) -> Option<bool>;

const WAYS: [Way; 2] = [by_call, by_pipe];

pub(super) fn copy(address: usize, to: &mut [u8]) -> bool {
    /// Ways that were found to be closed.
    static CLOSED: AtomicUsize = AtomicUsize::new(0);
    for (closed, way) in WAYS.into_iter().enumerate().skip(CLOSED.load(Relaxed)) {
        match way(address, to) {
            Some(done) => return done,
            // No file may be open for the moment: the last way is tried again.
            None => CLOSED.store((closed + 1).min(WAYS.len() - 1), Relaxed),
        }
    }
    false
}

fn by_call(address: usize, to: &mut [u8]) -> Option<bool> {
    let local = IoVec {
        base: to.as_mut_ptr().cast(),
        len: to.len(),
    };
    let remote = IoVec {
        base: address as *mut c_void,
        len: to.len(),
    };
    // SAFETY: the kernel writes to `local` only, which is `to`; `remote` it reads if it can.
    let done = unsafe { process_vm_readv(getpid(), &raw const local, 1, &raw const remote, 1, 0) };
    match usize::try_from(done) {
        Ok(len) => Some(len == to.len()),
        Err(_) if last_error() == BAD_ADDRESS => Some(false),
        Err(_) => None,
    }
}

fn by_pipe(address: usize, to: &mut [u8]) -> Option<bool> {
    let mut ends = [-1; 2];
    // SAFETY: `ends` has room for two descriptors.
    if unsafe { pipe2(&raw mut ends, CLOSE_ON_EXEC) } != 0 {
        return None;
    }
    let done = to
        .chunks_mut(PIPE)
        .enumerate()
        .all(|(i, chunk)| through(ends, address.wrapping_add(i * PIPE), chunk));
    for end in ends {
        // SAFETY: ours, and used no more.
        unsafe { close(end) };
    }
    Some(done)
}

/// At most what the pipe takes at once: it is empty before and after.
fn through([from, into]: [c_int; 2], address: usize, to: &mut [u8]) -> bool {
    let mut done = 0;
    while done < to.len() {
        // SAFETY: the kernel reads what is there of these bytes, and fails if nothing is.
        let put = unsafe { write(into, (address + done) as *const c_void, to.len() - done) };
        let Ok(put) = usize::try_from(put) else {
            if last_error() == INTERRUPTED {
                continue;
            }
            return false;
        };
        let mut taken = 0;
        while taken < put {
            let rest = &mut to[done..][taken..put];
            // SAFETY: the kernel writes to `rest`.
            let got = unsafe { read(from, rest.as_mut_ptr().cast(), rest.len()) };
            match usize::try_from(got) {
                Ok(0) => return false,
                Ok(got) => taken += got,
                Err(_) if last_error() == INTERRUPTED => {}
                Err(_) => return false,
            }
        }
        done += put;
    }
    true
}

fn last_error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_reading_tells_the_same() {
        let text: Vec<u8> = (0..100_000).map(|i| i as u8).collect();
        for way in WAYS {
            let mut copy = vec![0; text.len()];
            assert_eq!(way(text.as_ptr() as usize, &mut copy), Some(true));
            assert_eq!(copy, text);
            assert_eq!(way(4096, &mut copy), Some(false));
        }
    }
}
