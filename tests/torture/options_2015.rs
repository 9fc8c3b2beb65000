//! The option `crate` where paths begin at the root of the crate.
// editions: 2015
// not as a module: it says where the root is

extern crate stacklens;

pub mod again {
    pub use stacklens::*;
}

pub mod inner {
    #[stacklens::frame(crate = ::stacklens)]
    pub fn by_path(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }

    #[stacklens::frame(crate = ::again)]
    pub fn re_exported(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }

    #[stacklens::frame(crate = super::again)]
    pub fn by_relative_path(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }
}

#[derive(stacklens::Inspect)]
#[inspect(crate = ::again)]
pub struct ByPath {
    pub x: u8,
}
