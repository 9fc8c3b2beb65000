//! A root without the standard library in scope.
// not as a module: `no_std` is the crate's
#![no_std]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

#[stacklens::frame]
pub fn plain(x: u8, text: &str) -> usize {
    let n = text.len();
    n + x as usize
}

#[stacklens::frame]
pub fn allocates(text: &str) -> Option<String> {
    let mut list = Vec::new();
    for c in text.chars() {
        list.push(c.to_lowercase().next()?);
    }
    let joined: String = list.into_iter().collect();
    if joined.is_empty() {
        return None;
    }
    Some(joined)
}

pub struct Point {
    pub x: u8,
}

#[stacklens::frame]
impl core::fmt::Display for Point {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.x)?;
        f.write_str("!")
    }
}

pub mod nested {
    #[stacklens::frame]
    pub fn diverges() -> ! {
        panic!("nested")
    }
}
