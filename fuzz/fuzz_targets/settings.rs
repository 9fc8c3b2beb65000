//! The variable `STACKLENS`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| stacklens::fuzzing::settings(bytes));
