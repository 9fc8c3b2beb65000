//! Text on its way to a file: collected in a buffer on the stack, written when that is full.

use crate::report::visible;
use crate::threads::system::write_all;
use std::fmt::{self, Write};

pub(super) struct Out<const N: usize = 4096> {
    file: i32,
    buffer: [u8; N],
    used: usize,
}

impl<const N: usize> Out<N> {
    pub(super) fn new(file: i32) -> Out<N> {
        Out {
            file,
            buffer: [0; N],
            used: 0,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let mut bytes = text.as_bytes();
        loop {
            let free = self.buffer.get_mut(self.used..).unwrap_or_default();
            // A character may go in two writes.
            let (now, later) = bytes.split_at(free.len().min(bytes.len()));
            free.iter_mut().zip(now).for_each(|(to, from)| *to = *from);
            self.used += now.len();
            if later.is_empty() {
                return;
            }
            self.flush();
            bytes = later;
        }
    }

    /// A text from anywhere, made harmless.
    pub(super) fn visible(&mut self, text: &str) {
        let _ = visible::write(text, false, self);
    }

    pub(super) fn flush(&mut self) {
        write_all(self.file, self.buffer.get(..self.used).unwrap_or_default());
        self.used = 0;
    }
}

impl<const N: usize> Write for Out<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// A text of a few bytes: a path.
pub(super) struct Short<const N: usize> {
    buffer: [u8; N],
    used: usize,
}

impl<const N: usize> Short<N> {
    pub(super) fn new() -> Short<N> {
        Short {
            buffer: [0; N],
            used: 0,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(..self.used).unwrap_or_default()
    }
}

impl<const N: usize> Write for Short<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.buffer.get_mut(self.used..).unwrap_or_default();
        if text.len() > free.len() {
            return Err(fmt::Error);
        }
        let pairs = free.iter_mut().zip(text.as_bytes());
        pairs.for_each(|(to, from)| *to = *from);
        self.used += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::threads::system::make_pipe;
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::FromRawFd;

    #[test]
    fn texts_longer_than_the_buffer_arrive_whole() {
        let [from, to] = make_pipe().unwrap();
        let mut out: Out<7> = Out::new(to);
        for text in ["ab", "cdefg", "", "größe größe", "0123456789012345"] {
            out.text(text);
        }
        out.visible("\u{1b}!");
        out.flush();
        // SAFETY: the ends of a pipe that nobody else has.
        drop(unsafe { File::from_raw_fd(to) });
        let mut text = String::new();
        // SAFETY: as above.
        unsafe { File::from_raw_fd(from) }
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "abcdefggröße größe0123456789012345\\u{1b}!");
    }

    #[test]
    fn a_short_text_takes_no_more_than_it_has_room_for() {
        let mut short: Short<8> = Short::new();
        assert!(write!(short, "{}", 12345678).is_ok());
        assert!(short.write_str("9").is_err());
        assert_eq!(short.bytes(), b"12345678");
    }
}
