//! Text from anywhere, made harmless to look at.
//!
//! A message or a path may hold characters that a terminal or browser obeys instead of showing: escape
//! sequences, and marks that reorder what stands around them. They are shown by their number.

use std::fmt::{self, Write};

/// Whether a character must not be written as it is.
pub(crate) fn is_hostile(c: char) -> bool {
    // Most text.
    if (' '..='~').contains(&c) {
        return false;
    }
    c.is_control()
        || matches!(
            c,
            // Marks of direction; line and paragraph separators; the joiner of words and invisible
            // operators; deprecated format characters; annotations; tags; byte order marks.
            '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
        )
}

/// Writes a text on one line: what is hostile by its number, line ends as `\n`.
pub(crate) fn write(text: &str, ascii: bool, out: &mut dyn Write) -> fmt::Result {
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        if is_hostile(c) || ascii && !c.is_ascii() {
            out.write_str(&text[plain..at])?;
            match c {
                '\n' => out.write_str("\\n")?,
                '\t' => out.write_str("\\t")?,
                '\r' => out.write_str("\\r")?,
                c => write!(out, "\\u{{{:x}}}", u32::from(c))?,
            }
            plain = at + c.len_utf8();
        }
    }
    out.write_str(&text[plain..])
}

/// A text on one line, as [`write`] writes it.
pub(crate) fn line(text: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // A `String` takes everything.
    let _ = write(text, ascii, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_by_its_number() {
        assert_eq!(line("a\x1b[31mb\u{9b}", false), "a\\u{1b}[31mb\\u{9b}");
        assert_eq!(line("user\u{202e}nimda", false), "user\\u{202e}nimda");
        assert_eq!(line("a\nb\tc\r", false), "a\\nb\\tc\\r");
        assert_eq!(
            line("größe 日本 🦀 👩\u{200d}🚀", false),
            "größe 日本 🦀 👩\u{200d}🚀"
        );
    }

    #[test]
    fn ascii_only_shows_everything_else_by_its_number() {
        assert_eq!(line("größe", true), "gr\\u{f6}\\u{df}e");
    }
}
