//! The lines of a function as they are written, for its literal: `#[frame(embed)]`.

use crate::tree::Tok;
use proc_macro::Span;

/// What stands for the end of a line: the literal's own fields end with those.
const LINE_END: char = '\u{1}';

/// The function from its first token to its last, each at its place; white space between them is spaces. What was between
/// them else, a comment in the signature, is not there. `None` for tokens that do not come from one place in a file.
pub(crate) fn lines(toks: &[Tok]) -> Option<String> {
    let mut text = String::new();
    let (mut line, mut column) = (first_line(toks)?, 1);
    for tok in toks {
        let span = whole(tok);
        let written = span.source_text()?;
        while line < span.line() {
            text.push(LINE_END);
            (line, column) = (line + 1, 1);
        }
        if line != span.line() || span.column() < column {
            return None;
        }
        text.extend((column..span.column()).map(|_| ' '));
        text.extend(written.chars().filter_map(kept));
        let end = span.end();
        (line, column) = (end.line(), end.column());
    }
    Some(text)
}

pub(crate) fn first_line(toks: &[Tok]) -> Option<usize> {
    Some(whole(toks.first()?).line())
}

/// A group with all that is in it.
fn whole(tok: &Tok) -> Span {
    match tok {
        Tok::Group { token, .. } => token.span(),
        tok => tok.span(),
    }
}

fn kept(c: char) -> Option<char> {
    match c {
        '\n' => Some(LINE_END),
        '\r' => None,
        '\t' => Some(' '),
        c if c.is_control() => Some('\u{fffd}'),
        c => Some(c),
    }
}
