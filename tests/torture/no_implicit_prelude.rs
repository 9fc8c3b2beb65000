//! A crate without a prelude: no name is in scope unless it says so.
// editions: 2018 2021 2024
// not as a module: `no_implicit_prelude` is the crate's
#![no_implicit_prelude]

use ::std::option::Option::{self, None, Some};

#[::stacklens::frame]
pub fn plain(x: u8, text: &str) -> usize {
    let n = text.len();
    n + x as usize
}

#[::stacklens::frame]
pub fn question(x: Option<u8>) -> Option<u8> {
    let y = x?;
    if y > 3 {
        return None;
    }
    Some(y)
}

pub mod inner {
    #[::stacklens::frame]
    pub fn without_option(x: &[u8]) -> u8 {
        let mut sum = 0;
        for y in x {
            sum += *y;
        }
        sum
    }

    #[::stacklens::frame]
    pub async fn asynchronous(x: &[u8]) -> u8 {
        without_option(x)
    }
}
