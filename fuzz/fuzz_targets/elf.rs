//! A file with debug information, with any bytes in it; its variables in any memory. It begins with eight bytes that the
//! memory is made of.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| stacklens::fuzzing::elf(bytes));
