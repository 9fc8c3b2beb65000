//! What can a function say of itself and of whoever called it?

use stacklens::{currentframe, frame};

#[frame]
fn show_frame_info() {
    let Some(frame) = currentframe() else { return };
    println!("Function: {}", frame.name());
    println!("File: {}", frame.file());
    println!("Line: {}", frame.line());
    println!("Locals: {}", frame.locals());
    if let Some(caller) = frame.back() {
        println!("Called from: {} line {}", caller.name(), caller.line());
    }
}

#[frame]
fn greet(name: &str) -> String {
    let greeting = format!("Hello, {name}");
    show_frame_info();
    greeting
}

#[frame]
fn main() {
    greet("Alice");
}
