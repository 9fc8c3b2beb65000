//! The native stack: what really runs, beside what is recorded.

#![allow(dead_code)] // read from here on

#[cfg(native_elf)]
pub(crate) mod image;
pub(crate) mod unwind;
