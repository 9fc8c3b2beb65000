//! Beginnings of text: cut between characters, and of what is formatted only as much as there is
//! room for.

use core::fmt;

use super::encode::VALUE_BYTES;

/// The longest beginning of `text` of at most `most` bytes that is text itself.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Keeps the beginning of what is formatted, and asks the formatting to stop where there is no more
/// room.
pub(super) struct Beginning {
    bytes: [u8; VALUE_BYTES],
    len: usize,
}

impl Default for Beginning {
    fn default() -> Beginning {
        Beginning {
            bytes: [0; VALUE_BYTES],
            len: 0,
        }
    }
}

impl Beginning {
    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let kept = beginning(text, self.bytes.len() - self.len);
        self.bytes[self.len..self.len + kept.len()].copy_from_slice(kept.as_bytes());
        self.len += kept.len();
        if kept.len() == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}
