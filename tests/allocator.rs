//! A program's own allocator may have frames itself, and calls of annotated functions allocate
//! nothing.

use stacklens::{currentframe, depth, frame, stack};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Every allocation and release runs in a frame.
struct Annotated;

static DEEPEST: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

#[frame]
fn allocate(layout: Layout) -> *mut u8 {
    let (size, align) = (layout.size(), layout.align());
    CALLS.set(CALLS.get() + 1);
    DEEPEST.fetch_max(depth(), Relaxed);
    assert!(size > 0 && align > 0);
    // SAFETY: the caller of `alloc` vouches for the layout.
    unsafe { System.alloc(layout) }
}

#[frame]
fn release(memory: *mut u8, layout: Layout) {
    // SAFETY: the caller of `dealloc` vouches for both.
    unsafe { System.dealloc(memory, layout) }
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Annotated {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        allocate(layout)
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        release(memory, layout);
    }
}

#[global_allocator]
static ALLOCATOR: Annotated = Annotated;

#[frame]
fn allocates(text: &str) -> String {
    let owned = text.repeat(3);
    let frame = currentframe().unwrap();
    assert_eq!(frame.name(), "allocates");
    assert!(frame.locals().get("owned").unwrap().value().as_str() == Some(&*owned));
    owned
}

#[test]
fn an_annotated_allocator_works() {
    assert_eq!(allocates("abc"), "abcabcabc");
    assert!(
        DEEPEST.load(Relaxed) >= 2,
        "the allocator's frame is above its caller's"
    );
    assert_eq!((depth(), stack().len()), (0, 0));
    // Also as the very first thing that a thread does.
    std::thread::spawn(|| assert_eq!(allocates("x"), "xxx"))
        .join()
        .unwrap();
}

#[frame]
fn plain(n: u32, name: &str, list: &[u8], ratio: f64) -> u32 {
    let double = n * 2;
    let pair = (n, name);
    let part = &list[1..];
    let some = Some(ratio);
    if n == 0 {
        return double;
    }
    let below = plain(n - 1, name, part, ratio);
    std::hint::black_box((pair, part, some));
    below + double
}

#[test]
fn a_call_allocates_nothing_once_its_types_are_known() {
    let list = [7; 64];
    plain(20, "warm", &list, 1.5);
    let before = CALLS.get();
    for round in 0..1000 {
        std::hint::black_box(plain(round % 30, "abc", &list, 0.5));
    }
    assert_eq!(CALLS.get() - before, 0);
}
