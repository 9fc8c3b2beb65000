//! Through which functions did the program come here?
//!
//! `stack()` is Python's `inspect.stack()`: all frames of this thread, the innermost first.

use stacklens::{frame, stack};

#[frame]
fn deep_call() {
    for (i, frame_info) in stack().iter().enumerate() {
        println!("  [{i}] {frame_info}");
    }
}

#[frame]
fn middle() {
    deep_call();
}

#[frame]
fn top() {
    middle();
}

#[frame]
fn main() {
    top();
}
