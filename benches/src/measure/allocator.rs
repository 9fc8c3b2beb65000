//! The system's allocator, counting.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// Allocations of this thread so far; one that grows or shrinks counts as one.
pub(crate) fn count() -> u64 {
    ALLOCATIONS.get()
}

/// It stands in for the system's allocator in all rows, and adds some three instructions to each allocation
/// there.
pub(crate) struct Counting;

impl Counting {
    fn note(&self) {
        // Const-initialised and without a destructor: it can be reached whenever a thread allocates.
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
    }
}

// SAFETY: all four hand their arguments on to the system's allocator and its answer back.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.note();
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.note();
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.note();
        // SAFETY: the caller's promise, handed on.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_allocation_of_this_thread_is_counted() {
        let before = count();
        let mut text = String::with_capacity(1);
        text.push_str("long enough to grow once");
        std::hint::black_box(&text);
        assert_eq!(count() - before, 2);
    }
}
