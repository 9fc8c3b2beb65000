//! A traceback, read from the bottom up: the last line says what went wrong, the frame above it where, and each frame
//! further up who called it.

use stacklens::{Result, Traceback, bail, frame};

#[frame]
fn c(depth: u32) -> Result<()> {
    bail!("something went wrong at depth {depth}");
}

#[frame]
fn b(depth: u32) -> Result<()> {
    c(depth + 1)
}

#[frame]
fn a() -> Result<()> {
    b(1)
}

/// Without an error: how the program came to where it is.
#[frame]
fn here(caller: &str) {
    println!("{}", Traceback::capture());
    println!("asked by {caller}");
}

#[frame]
fn main() {
    if let Err(error) = a() {
        println!("{error:?}\n");
    }
    here("main");
}
