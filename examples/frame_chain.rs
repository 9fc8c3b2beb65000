//! What are my locals, and what are my caller's?
//!
//! A frame knows the one that called it: `back()` is Python's `f_back`.

use std::iter::successors;

use stacklens::{currentframe, frame};

#[frame]
fn c() {
    let Some(frame) = currentframe() else { return };
    println!("{}", frame.locals());
    if let Some(caller) = frame.back() {
        println!("{}", caller.locals());
    }

    for frame in successors(Some(frame), |frame| frame.back()) {
        println!("{} at line {}", frame.name(), frame.line());
    }
}

#[frame]
#[expect(unused_variables, reason = "c() reads it, through the frame")]
fn b() {
    let x = 42;
    c();
}

#[frame]
#[expect(unused_variables, reason = "c() reads it, through the frame")]
fn a() {
    let name = "Alice";
    b();
}

#[frame]
fn main() {
    a();
}
