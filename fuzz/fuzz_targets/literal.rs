//! The facts of a function, read by the decoder and by the reader that does not allocate.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| stacklens::fuzzing::literal(text));
