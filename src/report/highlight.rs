//! The parts of a line of Rust that get a colour of their own.
//!
//! A line is looked at by itself: of a string or comment over several lines only the first is known as
//! such. That is no loss of meaning, only of colour.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Plain,
    Keyword,
    String,
    Number,
    Comment,
}

const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "type",
    "unsafe", "use", "where", "while", "yield",
];

/// The parts of a line in order; together they are the line.
pub(crate) fn parts(line: &str) -> Vec<(Class, Range<usize>)> {
    let mut parts: Vec<(Class, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let (class, len) = part(&line[at..]);
        match parts.last_mut() {
            Some((last, range)) if *last == class && class == Class::Plain => range.end += len,
            _ => parts.push((class, at..at + len)),
        }
        at += len;
    }
    parts
}

/// The part that a text begins with; at least one character.
fn part(text: &str) -> (Class, usize) {
    let first = text.chars().next().unwrap_or(' ');
    if text.starts_with("//") {
        return (Class::Comment, text.len());
    }
    if text.starts_with("/*") {
        return (
            Class::Comment,
            text.find("*/").map_or(text.len(), |end| end + 2),
        );
    }
    if first == '"' {
        return (Class::String, string(text));
    }
    if first == '\'' {
        return character(text).map_or((Class::Plain, 1), |len| (Class::String, len));
    }
    if first.is_ascii_digit() {
        return (Class::Number, number(text));
    }
    if first == '_' || first.is_alphabetic() {
        let word = |c: char| c == '_' || c.is_alphanumeric();
        let len = text.find(|c| !word(c)).unwrap_or(text.len());
        if let Some(raw) = prefixed(&text[..len], &text[len..]) {
            return (Class::String, len + raw);
        }
        let is_keyword = KEYWORDS.contains(&&text[..len]);
        return (
            if is_keyword {
                Class::Keyword
            } else {
                Class::Plain
            },
            len,
        );
    }
    (Class::Plain, first.len_utf8())
}

/// Behind the opening quote up to the closing one, or to the end of the line.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a string's rest behind its prefix: `r"`, `b"`, `br#"`, `c"`, ..
fn prefixed(prefix: &str, rest: &str) -> Option<usize> {
    match prefix {
        "b" | "c" if rest.starts_with('"') => Some(string(rest)),
        "b" if rest.starts_with('\'') => character(rest),
        "r" | "br" | "cr" => {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let content = rest[hashes..].strip_prefix('"')?;
            let end = format!("\"{}", &rest[..hashes]);
            let len = content
                .find(&end)
                .map_or(content.len(), |at| at + end.len());
            Some(hashes + 1 + len)
        }
        _ => None,
    }
}

/// A character in quotes; `None` for a lifetime.
fn character(text: &str) -> Option<usize> {
    let content = &text[1..];
    let first = content.chars().next()?;
    let len = if first == '\\' {
        let escape = content.char_indices().skip(2);
        escape.clone().find(|(_, c)| *c == '\'').map(|(at, _)| at)?
    } else {
        first.len_utf8()
    };
    content[len..].starts_with('\'').then_some(1 + len + 1)
}

fn number(text: &str) -> usize {
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let next_is_digit = || text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        let inside = c == '_'
            || c.is_ascii_alphanumeric()
            || c == '.' && next_is_digit()
            || (c == '+' || c == '-')
                && previous.eq_ignore_ascii_case(&'e')
                && !text.starts_with("0x");
        if !inside {
            return at;
        }
        previous = c;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(line: &str) -> Vec<(Class, &str)> {
        let parts = parts(line);
        let whole: String = parts
            .iter()
            .map(|(_, range)| &line[range.clone()])
            .collect();
        assert_eq!(whole, line, "nothing is lost");
        let coloured = parts
            .into_iter()
            .filter(|(class, _)| *class != Class::Plain);
        coloured
            .map(|(class, range)| (class, &line[range]))
            .collect()
    }

    #[test]
    fn words_strings_numbers_and_comments_are_told_apart() {
        use Class::*;
        assert_eq!(
            classes("let x = f(\"a\\\"b\", 1.5e-3, 'c', '\\'') // é"),
            [
                (Keyword, "let"),
                (String, "\"a\\\"b\""),
                (Number, "1.5e-3"),
                (String, "'c'"),
                (String, "'\\''"),
                (Comment, "// é")
            ]
        );
        assert_eq!(classes("fn f<'a>(x: &'a str)"), [(Keyword, "fn")]);
        assert_eq!(
            classes("r#\"a\"b\"# br\"\\\" b'x' letter"),
            [
                (String, "r#\"a\"b\"#"),
                (String, "br\"\\\""),
                (String, "b'x'")
            ]
        );
        assert_eq!(
            classes("0..10 0x1e-1"),
            [
                (Number, "0"),
                (Number, "10"),
                (Number, "0x1e"),
                (Number, "1")
            ]
        );
        assert_eq!(classes("\"open"), [(String, "\"open")]);
    }

    #[test]
    fn any_line_is_taken_apart() {
        for line in [
            "",
            "'",
            "'\\",
            "\"\\",
            "r#",
            "/*",
            "日本",
            "'日'",
            "1.",
            "b'",
            "r##\"x\"#",
        ] {
            classes(line);
        }
    }
}
