//! Which function is this, on which line, with which values?
//!
//! A frame holds what Python's does: the code, the line, the last instruction, the locals, the caller.
//! And it is as live as Python's: the same handle, asked again further down, answers for *then*.

use stacklens::{currentframe, frame};

#[frame]
fn area(width: u32, height: u32) -> u32 {
    let Some(here) = currentframe() else { return 0 };
    println!("code:   {}", here.qualified_name());
    println!("file:   {}", here.file());
    println!("line:   {}", here.line());
    println!("lasti:  {}", here.lasti());
    println!("locals: {}", here.locals());
    if let Some(caller) = here.back() {
        println!("back:   {} at line {}", caller.name(), caller.line());
    }

    let area = width * height;
    println!();
    println!("line:   {}", here.line());
    println!("locals: {}", here.locals());
    area
}

#[frame]
fn main() {
    area(6, 7);
}
