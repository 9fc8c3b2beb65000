//! Reading a definition token by token, as far as the derive needs its grammar.

use proc_macro::{Delimiter, Group, Ident, Spacing, Span, TokenStream, TokenTree};

use super::error::{error, Result};

/// A position in a list of tokens.
pub(super) struct Cursor {
    pub(super) tokens: Vec<TokenTree>,
    pub(super) at: usize,
}

impl Cursor {
    pub(super) fn new(tokens: TokenStream) -> Cursor {
        Cursor {
            tokens: tokens.into_iter().collect(),
            at: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.at)
    }

    pub(super) fn next(&mut self) -> Option<TokenTree> {
        let token = self.tokens.get(self.at).cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(super) fn punct(&mut self, c: char) -> bool {
        let found = self.peek().is_some_and(|token| is_punct(token, c));
        self.at += usize::from(found);
        found
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| is_word(token, word));
        self.at += usize::from(found);
        found
    }

    pub(super) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.at += 1;
                Some(group)
            }
            _ => None,
        }
    }

    pub(super) fn ident(&mut self, what: &str) -> Result<Ident> {
        match self.next() {
            Some(TokenTree::Ident(ident)) => Ok(ident),
            // A name that came through a `macro_rules!` variable.
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                Cursor::new(group.stream()).ident(what)
            }
            Some(token) => error(token.span(), format!("derive(Inspect): expected {what}")),
            None => error(
                Span::call_site(),
                format!("derive(Inspect): expected {what}"),
            ),
        }
    }

    /// The contents of the attributes that begin here.
    pub(super) fn attributes(&mut self) -> Vec<Group> {
        let mut list = Vec::new();
        while self.peek().is_some_and(|token| is_punct(token, '#')) {
            self.at += 1;
            if let Some(attribute) = self.group(Delimiter::Bracket) {
                list.push(attribute);
            }
        }
        list
    }

    pub(super) fn visibility(&mut self) {
        let starts = |token: Option<&TokenTree>,
                      delimiter,
                      with: &dyn Fn(Option<TokenTree>) -> bool| match token {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                with(group.stream().into_iter().next())
            }
            _ => false,
        };
        // `$vis` arrives as an invisible group, also when it is empty.
        let is_pub = |first: Option<TokenTree>| first.is_none_or(|token| is_word(&token, "pub"));
        // `pub (A, B)` in a tuple struct is a visibility and a tuple.
        let is_place = |first: Option<TokenTree>| {
            first.is_some_and(|token| {
                ["crate", "self", "super", "in"]
                    .iter()
                    .any(|word| is_word(&token, word))
            })
        };
        let whole = starts(self.peek(), Delimiter::None, &is_pub);
        if whole || self.word("pub") && starts(self.peek(), Delimiter::Parenthesis, &is_place) {
            self.at += 1;
        }
    }

    /// Tokens up to one of the `ends` outside angle brackets, which is not taken.
    pub(super) fn until(&mut self, ends: &[char]) -> Vec<TokenTree> {
        let start = self.at;
        let mut depth = 0usize;
        let mut arrow = false;
        while let Some(token) = self.peek() {
            let mut joint = false;
            if let TokenTree::Punct(punct) = token {
                let c = punct.as_char();
                // The comparison comes first: the `>` that ends the generics is itself one of
                // `ends`.
                if depth == 0 && ends.contains(&c) && !(arrow && c == '>') {
                    break;
                }
                match c {
                    '<' => depth += 1,
                    '>' if !arrow => depth = depth.saturating_sub(1),
                    '-' | '=' => joint = punct.spacing() == Spacing::Joint,
                    _ => {}
                }
            }
            arrow = joint;
            self.at += 1;
        }
        self.tokens[start..self.at].to_vec()
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }
}

pub(super) fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

pub(super) fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}
