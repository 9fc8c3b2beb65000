//! An error whose message shows the frames around it and their variables.
//!
//! The lesson's `enhanced_traceback`: where a function fails, what it and its callers were doing.

use stacklens::{EnhancedError, enhanced_traceback, frame};

#[frame]
fn parse_number(s: &str) -> Result<i64, EnhancedError> {
    let value = enhanced_traceback(|| s.parse::<i64>())?;
    Ok(value * 2)
}

/// The error comes from below: `compute` has returned when it is seen.
#[frame]
fn compute(x: u32) -> Result<u32, String> {
    let divisor = x - 42;
    let result = 1000_u32.checked_div(divisor).ok_or("division by zero")?;
    Ok(result)
}

#[frame]
fn run() -> Result<u32, EnhancedError> {
    enhanced_traceback(|| compute(42).map_err(std::io::Error::other))
}

#[frame]
fn main() {
    for text in ["21", "abc"] {
        match parse_number(text) {
            Ok(number) => println!("{number}"),
            Err(error) => println!("{error}"),
        }
    }
    println!();
    if let Err(error) = run() {
        println!("{error}");
    }
}
