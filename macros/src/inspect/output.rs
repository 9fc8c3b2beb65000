//! The tokens of the impl in the making: the derive's own beside the user's.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::cursor::is_punct;
use super::item::Item;

/// Builds tokens from text and from the user's tokens. Everything that is not the user's has
/// mixed-site spans: its paths resolve as in this crate's edition, and its variables meet none of
/// the user's.
pub(super) struct Output<'i> {
    pub(super) item: &'i Item,
    pub(super) tokens: TokenStream,
}

impl Output<'_> {
    /// Appends `code`, with `$` for the path of the stacklens crate.
    pub(super) fn code(&mut self, code: &str) {
        self.code_at(code, Span::mixed_site());
    }

    /// As [`code`](Output::code), so that an error in it points at `span`.
    pub(super) fn code_at(&mut self, code: &str, span: Span) {
        let tokens: TokenStream = code
            .parse()
            .expect("the code of the derive is made of whole tokens");
        self.respanned(tokens, Span::mixed_site().located_at(span));
    }

    fn respanned(&mut self, tokens: TokenStream, span: Span) {
        for mut token in tokens {
            if is_punct(&token, '$') {
                match &self.item.krate {
                    Some(path) => self.user(path),
                    None => self.respanned("::stacklens".parse().expect("a path"), span),
                }
                continue;
            }
            if let TokenTree::Group(group) = token {
                let mut inside = Output {
                    item: self.item,
                    tokens: TokenStream::new(),
                };
                inside.respanned(group.stream(), span);
                token = Group::new(group.delimiter(), inside.tokens).into();
            }
            token.set_span(span);
            self.tokens.extend([token]);
        }
    }

    pub(super) fn user(&mut self, tokens: &[TokenTree]) {
        self.tokens.extend(tokens.iter().cloned());
    }

    pub(super) fn group(&mut self, delimiter: Delimiter, fill: impl FnOnce(&mut Self)) {
        let outside = std::mem::take(&mut self.tokens);
        fill(self);
        let mut group = Group::new(delimiter, std::mem::replace(&mut self.tokens, outside));
        group.set_span(Span::mixed_site());
        self.tokens.extend([TokenTree::from(group)]);
    }

    pub(super) fn ident(&mut self, ident: &Ident) {
        self.user(&[ident.clone().into()]);
    }
}
