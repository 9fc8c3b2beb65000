//! What the programs in `fuzz/` call of what is not public. Not there without `--cfg fuzzing`.

use crate::capture::{Value, scan};
use crate::code;
use crate::config;
use std::fmt::{self, Write};

/// A text that is too long to be one of a value.
struct Bounded(usize);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        assert!(self.0 < 1 << 20, "longer than any value");
        Ok(())
    }
}

/// A tag, a word and the bytes of a value, as they may be found in a record.
pub fn value(bytes: &[u8]) {
    let Some((&tag, rest)) = bytes.split_first() else {
        return;
    };
    let mut word = [0; 8];
    let (head, bytes) = rest.split_at(rest.len().min(8));
    word[..head.len()].copy_from_slice(head);
    let word = u64::from_le_bytes(word);
    let value = Value::decode(tag, word, bytes);
    let _ = (
        value.kind(),
        value.type_name(),
        value.is_complete(),
        value.clone() == value,
    );
    let mut out = Bounded(0);
    assert!(write!(out, "{value}{value:#}{value:?}").is_ok());
    assert!(scan::print(bytes, &mut out).is_ok());
    assert!(scan::print_text(bytes, word as usize, &mut out).is_ok());
}

/// The literal of a function.
pub fn literal(text: &str) {
    code::fuzz(text);
}

/// The variable `STACKLENS`.
pub fn settings(bytes: &[u8]) {
    config::fuzz(bytes);
}

/// A file with debug information.
#[cfg(native_elf)]
pub fn elf(bytes: &[u8]) {
    crate::native::fuzz(bytes);
}
