//! Tokens with what the rewriting asks of them at hand: names as text, groups already opened.
//!
//! A raw tree instead of a syntax tree: macros are compiled without optimisation in a user's `cargo build`, and parsing,
//! visiting and printing with the usual crates costs four times what this costs for a whole function.

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use std::mem::ManuallyDrop;

pub(crate) enum Tok {
    Ident {
        name: String,
        token: Ident,
    },
    Punct {
        ch: char,
        joint: bool,
        token: Punct,
    },
    Literal(Literal),
    Group {
        delimiter: Delimiter,
        inner: Vec<Tok>,
        /// Not dropped: each drop is a message to the compiler, which lets go of all groups anyway when the macro returns.
        token: ManuallyDrop<Group>,
    },
}

impl Tok {
    pub(crate) fn tree(stream: TokenStream) -> Vec<Tok> {
        let mut toks = Vec::new();
        for tree in stream {
            toks.push(match tree {
                TokenTree::Ident(token) => Tok::Ident {
                    name: token.to_string(),
                    token,
                },
                TokenTree::Punct(token) => Tok::Punct {
                    ch: token.as_char(),
                    joint: token.spacing() == Spacing::Joint,
                    token,
                },
                TokenTree::Literal(token) => Tok::Literal(token),
                TokenTree::Group(token) => Tok::Group {
                    delimiter: token.delimiter(),
                    inner: Tok::tree(token.stream()),
                    token: ManuallyDrop::new(token),
                },
            });
        }
        toks
    }

    pub(crate) fn token(&self) -> TokenTree {
        match self {
            Tok::Ident { token, .. } => token.clone().into(),
            Tok::Punct { token, .. } => token.clone().into(),
            Tok::Literal(token) => token.clone().into(),
            Tok::Group { token, .. } => Group::clone(token).into(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Tok::Ident { token, .. } => token.span(),
            Tok::Punct { token, .. } => token.span(),
            Tok::Literal(token) => token.span(),
            Tok::Group { token, .. } => token.span_open(),
        }
    }

    /// Of its last character.
    pub(crate) fn last_span(&self) -> Span {
        match self {
            Tok::Group { token, .. } => token.span_close(),
            tok => tok.span(),
        }
    }

    pub(crate) fn ident(&self) -> Option<&str> {
        match self {
            Tok::Ident { name, .. } => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is_ident(&self, text: &str) -> bool {
        self.ident() == Some(text)
    }

    pub(crate) fn is_punct(&self, c: char) -> bool {
        matches!(self, Tok::Punct { ch, .. } if *ch == c)
    }

    pub(crate) fn group(&self, wanted: Delimiter) -> Option<&[Tok]> {
        match self {
            Tok::Group {
                delimiter, inner, ..
            } if *delimiter == wanted => Some(inner),
            _ => None,
        }
    }
}

pub(crate) fn ident_at(toks: &[Tok], at: usize) -> Option<&str> {
    toks.get(at)?.ident()
}

pub(crate) fn punct_at(toks: &[Tok], at: usize, c: char) -> bool {
    toks.get(at).is_some_and(|t| t.is_punct(c))
}

/// Whether the puncts of `text` stand at `at`, all but the last joined to the next.
pub(crate) fn operator_at(toks: &[Tok], at: usize, text: &str) -> bool {
    // A loop over bytes: most of what a user's build of this crate, which is not optimised, does with a function's tokens.
    let text = text.as_bytes();
    let mut k = 0;
    while k < text.len() {
        match toks.get(at.wrapping_add(k)) {
            Some(Tok::Punct { ch, joint, .. })
                if *ch == text[k] as char && (*joint || k + 1 == text.len()) => {}
            _ => return false,
        }
        k += 1;
    }
    true
}

pub(crate) fn group_at(toks: &[Tok], at: usize, delimiter: Delimiter) -> Option<&[Tok]> {
    toks.get(at)?.group(delimiter)
}

/// The index behind a `<...>` that begins at `at`. The `>` of `->` and `=>` closes nothing.
pub(crate) fn skip_angles(toks: &[Tok], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = at;
    while let Some(tok) = toks.get(i) {
        if tok.is_punct('<') {
            depth += 1;
        } else if tok.is_punct('>') && !(i > 0 && arrow_before(toks, i)) {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(i + 1);
            }
        }
        i += 1;
    }
    None
}

fn arrow_before(toks: &[Tok], at: usize) -> bool {
    matches!(
        &toks[at - 1],
        Tok::Punct {
            ch: '-' | '=',
            joint: true,
            ..
        }
    )
}

/// The attributes at `at`: the index behind them, and whether one is `cfg` or `cfg_attr`.
pub(crate) fn skip_attributes(toks: &[Tok], at: usize) -> (usize, bool) {
    let (mut i, mut conditional) = (at, false);
    while punct_at(toks, i, '#') {
        let Some(inner) = group_at(toks, i + 1, Delimiter::Bracket) else {
            break;
        };
        conditional |= matches!(ident_at(inner, 0), Some("cfg" | "cfg_attr"));
        i += 2;
    }
    (i, conditional)
}

/// Splits at the commas outside of groups and angle brackets. A trailing comma makes no empty part.
pub(crate) fn split_commas(toks: &[Tok]) -> Vec<&[Tok]> {
    let (mut parts, mut from, mut angles) = (Vec::new(), 0, 0usize);
    for (i, tok) in toks.iter().enumerate() {
        if let Tok::Punct { ch, .. } = tok {
            match ch {
                '<' => angles += 1,
                '>' if !(i > 0 && arrow_before(toks, i)) => angles = angles.saturating_sub(1),
                ',' if angles == 0 => {
                    parts.push(&toks[from..i]);
                    from = i + 1;
                }
                _ => {}
            }
        }
    }
    if from < toks.len() {
        parts.push(&toks[from..]);
    }
    parts
}

/// The binary operator at `at`.
///
/// Decided by its characters at once: it is asked of each identifier, in a user's build of this crate, which is not optimised.
pub(crate) fn binary_at(toks: &[Tok], at: usize) -> Option<&'static str> {
    let first = match toks.get(at) {
        Some(Tok::Punct { ch, joint, .. }) => (*ch, *joint),
        _ => return None,
    };
    if !matches!(
        first.0,
        '=' | '+' | '-' | '*' | '/' | '%' | '^' | '&' | '|' | '<' | '>' | '.' | '!'
    ) {
        return None;
    }
    let behind = |before: (char, bool), at: usize| match toks.get(at) {
        Some(Tok::Punct { ch, joint, .. }) if before.1 => (*ch, *joint),
        _ => (' ', false),
    };
    let second = behind(first, at + 1);
    let third = behind(second, at + 2);
    Some(match (first.0, second.0, third.0) {
        ('<', '<', '=') => "<<=",
        ('>', '>', '=') => ">>=",
        ('.', '.', '=') => "..=",
        ('.', '.', '.') => "...",
        ('&', '&', _) => "&&",
        ('|', '|', _) => "||",
        ('=', '=', _) => "==",
        ('!', '=', _) => "!=",
        ('<', '=', _) => "<=",
        ('>', '=', _) => ">=",
        ('+', '=', _) => "+=",
        ('-', '=', _) => "-=",
        ('*', '=', _) => "*=",
        ('/', '=', _) => "/=",
        ('%', '=', _) => "%=",
        ('^', '=', _) => "^=",
        ('&', '=', _) => "&=",
        ('|', '=', _) => "|=",
        ('=', '>', _) => "=>",
        ('<', '<', _) => "<<",
        ('>', '>', _) => ">>",
        ('.', '.', _) => "..",
        ('+', ..) => "+",
        ('-', ..) => "-",
        ('*', ..) => "*",
        ('/', ..) => "/",
        ('%', ..) => "%",
        ('^', ..) => "^",
        ('&', ..) => "&",
        ('|', ..) => "|",
        ('<', ..) => "<",
        ('>', ..) => ">",
        ('=', ..) => "=",
        _ => return None,
    })
}

/// The assignment operator at `at`.
pub(crate) fn assignment_at(toks: &[Tok], at: usize) -> Option<&'static str> {
    let comparison = |op: &str| matches!(op, "==" | "!=" | "<=" | ">=" | "..=");
    binary_at(toks, at).filter(|op| op.ends_with('=') && !comparison(op))
}

/// Calls `f` for every identifier, and for every name in braces of a literal (`"{name}"`), in groups too. The second argument
/// says whether it is assigned to, which is no use of it.
pub(crate) fn each_name(toks: &[Tok], f: &mut dyn FnMut(&str, bool)) {
    for (i, tok) in toks.iter().enumerate() {
        match tok {
            Tok::Ident { name, .. } => {
                let field = punct_at(toks, i.wrapping_sub(1), '.')
                    && !operator_at(toks, i.wrapping_sub(2), "..");
                if !field {
                    f(name, assignment_at(toks, i + 1).is_some());
                }
            }
            Tok::Group { inner, .. } => each_name(inner, f),
            Tok::Literal(literal) => format_names(&literal.to_string(), &mut |name| f(name, false)),
            Tok::Punct { .. } => {}
        }
    }
}

/// The names that a format string mentions.
fn format_names(text: &str, f: &mut dyn FnMut(&str)) {
    if !text.ends_with(['"', '#']) {
        return;
    }
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        let end = rest
            .find(|c: char| !(c == '_' || c.is_alphanumeric()))
            .unwrap_or(rest.len());
        if end > 0 {
            f(&rest[..end]);
        }
        // Widths and precisions name variables too: `{x:width$.precision$}`.
        let Some(close) = rest.find('}') else {
            continue;
        };
        for part in rest[end.min(close)..close].split([':', '.', '<', '>', '^', '+', '#', '0']) {
            if let Some(name) = part.strip_suffix('$') {
                f(name);
            }
        }
    }
}
