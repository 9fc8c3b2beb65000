//! How many calls deep is this?
//!
//! As in the lesson, the outermost frame is level 0: the module there, `main` here.

use std::iter::successors;

use stacklens::{currentframe, depth, frame};

/// One word read, however deep the stack is. Not annotated, so that it does not count itself.
fn current_depth() -> usize {
    depth().saturating_sub(1)
}

/// The same, by walking from frame to frame.
fn walked_depth() -> usize {
    let frames = successors(currentframe(), |frame| frame.back());
    frames.count().saturating_sub(1)
}

#[frame]
fn a() {
    println!("{}", current_depth());
    assert_eq!(current_depth(), walked_depth());
}

#[frame]
fn b() {
    a();
}

#[frame]
fn c() {
    b();
}

#[frame]
fn main() {
    a();
    c();
}
