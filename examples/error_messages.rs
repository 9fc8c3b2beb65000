//! Who passed the bad value?
//!
//! The function that checks knows what is wrong; who is to blame stands one frame up.

use std::fmt;

use stacklens::{currentframe, frame};

#[derive(Debug)]
struct ValueError(String);

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueError: {}", self.0)
    }
}

#[frame]
fn validate_positive(value: i64) -> Result<i64, ValueError> {
    if value > 0 {
        return Ok(value);
    }
    let mut message = format!("Expected positive value, got {value}.");
    if let Some(caller) = currentframe().and_then(|frame| frame.back()) {
        let (name, file, line) = (caller.name(), caller.file(), caller.line());
        message += &format!(" Called from {name}() at {file}:{line}");
    }
    Err(ValueError(message))
}

#[frame]
fn process_items(count: i64) -> Result<i64, ValueError> {
    validate_positive(count)
}

#[frame]
fn main() {
    if let Err(error) = process_items(-5) {
        println!("{error}");
    }
}
