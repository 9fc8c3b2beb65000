//! Text to tokens.

use stacklens::{Inspect, frame};

use super::error::{Error, Place};

/// The smallest piece of a program that means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Inspect)]
pub(crate) struct Token<'s> {
    pub(crate) kind: Kind,
    pub(crate) text: &'s str,
    #[inspect(skip)]
    pub(crate) place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Inspect)]
pub(crate) enum Kind {
    Number,
    Text,
    /// A name or a keyword.
    Word,
    Symbol,
    End,
}

/// All tokens of a program; the last one, and only that, is the end.
#[frame]
pub(crate) fn tokens(source: &str) -> Result<Vec<Token<'_>>, Error> {
    let mut tokens = Vec::new();
    let mut place = Place::START;
    loop {
        place = place.after(blank(&source[place.offset..]));
        let rest = &source[place.offset..];
        let (kind, length) = measure(rest, place)?;
        let text = &rest[..length];
        tokens.push(Token { kind, text, place });
        if kind == Kind::End {
            return Ok(tokens);
        }
        place = place.after(text);
    }
}

/// The white space and the comments that `rest` begins with.
fn blank(rest: &str) -> &str {
    let mut tail = rest.trim_start();
    while tail.starts_with('#') {
        tail = tail.find('\n').map_or("", |end| tail[end..].trim_start());
    }
    &rest[..rest.len() - tail.len()]
}

/// What `rest` begins with, and how many bytes of it that is.
#[frame]
fn measure(rest: &str, place: Place) -> Result<(Kind, usize), Error> {
    const SYMBOLS: [&str; 16] = [
        "==", "!=", "<=", ">=", "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", ",",
    ];

    let Some(first) = rest.chars().next() else {
        return Ok((Kind::End, 0));
    };
    if first.is_ascii_digit() {
        return Ok((
            Kind::Number,
            length(rest, |c| c.is_ascii_digit() || c == '.'),
        ));
    }
    if first.is_alphabetic() || first == '_' {
        return Ok((
            Kind::Word,
            length(rest, |c| c.is_alphanumeric() || c == '_'),
        ));
    }
    if first == '"' {
        return match closing_quote(rest) {
            Some(end) => Ok((Kind::Text, end + 1)),
            None => place.fail("this text has no closing quote on its line"),
        };
    }
    match SYMBOLS.iter().find(|&&symbol| rest.starts_with(symbol)) {
        Some(symbol) => Ok((Kind::Symbol, symbol.len())),
        None => place.fail(format!("{first:?} does not begin anything")),
    }
}

/// The length of what `rest` begins with that is made of such characters.
fn length(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

/// Where the text that `rest` begins with ends: the first quote on the line that no backslash precedes.
fn closing_quote(rest: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return None,
            '"' if !escaped => return Some(at),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    None
}
