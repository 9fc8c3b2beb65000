//! `mmap`.

use std::ffi::{c_int, c_void};

pub(super) const AVAILABLE: bool = true;

const PAGE: usize = 4096;

const PROT_NONE: c_int = 0;
const PROT_READ_WRITE: c_int = 1 | 2;
const MAP_PRIVATE: c_int = 0x02;
const MAP_ANONYMOUS: c_int = 0x20;
const MAP_NORESERVE: c_int = 0x4000;
const MAP_STACK: c_int = 0x2_0000;
/// At this address or not at all; a kernel that does not know the flag takes the address as a wish.
const MAP_FIXED_NOREPLACE: c_int = 0x10_0000;
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

/// Bounds of a new stack, below `ceiling` if there is room. A page that cannot be touched lies below it.
pub(super) fn map(bytes: usize, ceiling: usize) -> Option<(usize, usize)> {
    /// Places that are tried below the ceiling, and how far apart: a thread's storage may lie there.
    const TRIES: usize = 16;
    const STEP: usize = 64 << 20;
    /// The main thread's stack is mapped as it grows, and grows no further than `stack_guard_gap` (1 MiB, unless the system
    /// was started with another) above the next mapping: a segment any closer would cut it short.
    const GAP: usize = 16 << 20;
    let length = bytes.checked_next_multiple_of(PAGE)?.checked_add(PAGE)?;
    let below = (0..TRIES).find_map(|n| {
        let address = ceiling.checked_sub(length + GAP + n * STEP)? / PAGE * PAGE;
        map_at(address, length).filter(|&at| {
            let below = at < ceiling;
            if !below {
                unmap_all(at, length);
            }
            below
        })
    });
    let low = below.or_else(|| map_at(0, length))?;
    // SAFETY: the first page of a mapping that nobody else knows of.
    if unsafe { mprotect(low as *mut c_void, PAGE, PROT_NONE) } != 0 {
        unmap_all(low, length);
        return None;
    }
    Some((low + PAGE, low + length))
}

/// A mapping, at the address if it is not 0.
fn map_at(address: usize, length: usize) -> Option<usize> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
    let flags = flags | if address == 0 { 0 } else { MAP_FIXED_NOREPLACE };
    // SAFETY: a new mapping, which replaces none.
    let at = unsafe {
        mmap(
            address as *mut c_void,
            length,
            PROT_READ_WRITE,
            flags,
            -1,
            0,
        )
    };
    (at as usize != MAP_FAILED).then_some(at as usize)
}

fn unmap_all(low: usize, length: usize) {
    // SAFETY: a mapping that `map_at` gave, which nobody uses any more.
    unsafe { munmap(low as *mut c_void, length) };
}

/// Gives back what [`map`] gave.
pub(super) fn unmap(low: usize, high: usize) {
    unmap_all(low - PAGE, high - low + PAGE);
}
