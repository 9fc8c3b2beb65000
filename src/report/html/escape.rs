//! Text from anywhere inside a page.

use crate::report::visible::is_hostile;
use std::fmt::{self, Write};

/// Text between tags: `<b>` is four characters, and what a browser would obey is shown by its number.
/// Line ends stay line ends.
pub(super) struct Text<'a>(pub(super) &'a str);

/// Text inside a quoted attribute.
pub(super) struct Attribute<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\n' => f.write_char(c)?,
                '\t' => f.write_str("    ")?,
                c if is_hostile(c) => {
                    write!(f, "<span class=esc>\\u{{{:x}}}</span>", u32::from(c))?
                }
                c => write(c, f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                c if is_hostile(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
                c => write(c, f)?,
            }
        }
        Ok(())
    }
}

fn write(c: char, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match c {
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '&' => f.write_str("&amp;"),
        '"' => f.write_str("&quot;"),
        '\'' => f.write_str("&#39;"),
        c => f.write_char(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_tag_or_an_attribute() {
        let text = "</b a='\"'>&amp;\n\t\u{202e}";
        assert_eq!(
            Text(text).to_string(),
            "&lt;/b a=&#39;&quot;&#39;&gt;&amp;amp;\n    <span class=esc>\\u{202e}</span>"
        );
        assert_eq!(
            Attribute(text).to_string(),
            "&lt;/b a=&#39;&quot;&#39;&gt;&amp;amp;\\u{a}\\u{9}\\u{202e}"
        );
    }
}
