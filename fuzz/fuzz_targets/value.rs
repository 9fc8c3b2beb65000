//! What is recorded of a value may be anything by the time that it is read: see src/capture/decode.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| stacklens::fuzzing::value(bytes));
