//! Writing with colours, and without what a terminal would obey.

use super::TextOptions;
use crate::report::theme::Style;
use crate::report::visible;
use std::fmt::{self, Write};

/// Where text goes.
pub(super) struct Paint<'a> {
    out: &'a mut dyn Write,
    pub(super) options: &'a TextOptions,
    /// The first line has no line end before it.
    begun: bool,
}

impl<'a> Paint<'a> {
    pub(super) fn new(out: &'a mut dyn Write, options: &'a TextOptions) -> Paint<'a> {
        Paint {
            out,
            options,
            begun: false,
        }
    }

    /// Begins a line.
    pub(super) fn line(&mut self, indent: usize) -> fmt::Result {
        if std::mem::replace(&mut self.begun, true) {
            self.out.write_str("\n")?;
        }
        write!(self.out, "{:indent$}", "")
    }

    /// Writes text from anywhere.
    pub(super) fn text(&mut self, style: Style, text: &str) -> fmt::Result {
        self.styled(style, |paint| {
            visible::write(text, paint.options.ascii, paint.out)
        })
    }

    /// Writes text of ours.
    pub(super) fn own(&mut self, style: Style, text: fmt::Arguments<'_>) -> fmt::Result {
        self.styled(style, |paint| paint.out.write_fmt(text))
    }

    pub(super) fn styled(
        &mut self,
        style: Style,
        write: impl FnOnce(&mut Paint<'a>) -> fmt::Result,
    ) -> fmt::Result {
        if style.is_none() {
            return write(self);
        }
        write!(self.out, "\x1b[{}m", style.parameters())?;
        write(self)?;
        self.out.write_str("\x1b[0m")
    }

    /// Writes text that leads to a file where the terminal knows how.
    pub(super) fn link(&mut self, style: Style, path: &str, text: &str) -> fmt::Result {
        if !self.options.links {
            return self.text(style, text);
        }
        let Some(url) = file_url(path) else {
            return self.text(style, text);
        };
        write!(self.out, "\x1b]8;;{url}\x1b\\")?;
        self.text(style, text)?;
        self.out.write_str("\x1b]8;;\x1b\\")
    }
}

/// The address of a file, of bytes that an escape sequence may hold.
fn file_url(path: &str) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let mut url = String::from("file://");
    for byte in path.to_str()?.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => url.push(byte as char),
            byte if byte.is_ascii_alphanumeric() => url.push(byte as char),
            b'\\' => url.push('/'),
            byte => write!(url, "%{byte:02X}").ok()?,
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_hold_nothing_that_a_terminal_obeys() {
        #[cfg(unix)]
        assert_eq!(
            file_url("/a b/\x1b\u{e9}.rs").unwrap(),
            "file:///a%20b/%1B%C3%A9.rs"
        );
        assert!(file_url("src/main.rs").unwrap().ends_with("/src/main.rs"));
    }
}
