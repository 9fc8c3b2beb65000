//! What the fields ask of the type parameters: the bounds of the impl.

use proc_macro::{Ident, TokenStream, TokenTree};

use super::cursor::{is_punct, is_word};
use super::item::{Body, Field, Fields, How, Item, Param};

impl Item {
    fn shown_fields(&self) -> impl Iterator<Item = &Field> {
        let (one, many): (&[Field], &[(Ident, Fields)]) = match &self.body {
            Body::Struct(fields) => (&fields.list, &[]),
            Body::Enum(variants) => (&[], variants),
        };
        one.iter()
            .chain(many.iter().flat_map(|(_, fields)| &fields.list))
            .filter(|field| field.how == How::Shown)
    }

    /// What must be `Inspect` beside the fields' own types: type parameters and their associated
    /// types, as far as they occur in a field that is shown. A closure in a skipped field asks for
    /// nothing.
    pub(super) fn needs(&self) -> Vec<Vec<TokenTree>> {
        let mut parameters = Vec::new();
        for param in &self.generics {
            if let Param::Type { name, .. } = param {
                parameters.push(name.to_string());
            }
        }
        let mut needs = Vec::new();
        let mut seen = Vec::new();
        if !parameters.is_empty() {
            for field in self.shown_fields() {
                find_needs(&field.kind, &parameters, &mut |need| {
                    let text = need.iter().cloned().collect::<TokenStream>().to_string();
                    if !seen.contains(&text) {
                        seen.push(text);
                        needs.push(need.to_vec());
                    }
                });
            }
        }
        needs
    }

    /// The types that decide whether the impl is the same for all lifetimes. A type without any
    /// lifetime or type parameter is only one type, whatever its fields are.
    pub(super) fn depends_on(&self, needs: &[Vec<TokenTree>]) -> Vec<Vec<TokenTree>> {
        if self
            .generics
            .iter()
            .any(|param| matches!(param, Param::Lifetime { .. }))
        {
            self.shown_fields()
                .map(|field| field.kind.clone())
                .collect()
        } else {
            needs.to_vec()
        }
    }
}

/// Calls `found` for every use of a type parameter in `tokens`: `T`, `T::Item` or `<T as
/// Trait>::Item`.
fn find_needs(tokens: &[TokenTree], parameters: &[String], found: &mut dyn FnMut(&[TokenTree])) {
    let is_path = |at: usize| {
        tokens.get(at).is_some_and(|token| is_punct(token, ':'))
            && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))
    };
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                find_needs(&inside, parameters, found);
            }
            TokenTree::Ident(ident) if parameters.contains(&ident.to_string()) => {
                let start = at;
                let rooted = start >= 2 && is_path(start - 2);
                let mut end = at + 1;
                while is_path(end) && matches!(tokens.get(end + 2), Some(TokenTree::Ident(_))) {
                    end += 3;
                }
                let qualified = start >= 1
                    && is_punct(&tokens[start - 1], '<')
                    && tokens.get(end).is_some_and(|token| is_word(token, "as"));
                if qualified {
                    if let Some(end) = end_of_qualified(tokens, start - 1) {
                        found(&tokens[start - 1..end]);
                        at = end;
                        continue;
                    }
                } else if !rooted {
                    found(&tokens[start..end]);
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Where `<T as Trait>::Item` that begins at `start` ends.
fn end_of_qualified(tokens: &[TokenTree], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') {
            depth -= 1;
            if depth == 0 {
                let item = matches!(tokens.get(at + 3), Some(TokenTree::Ident(_)));
                return item.then_some(at + 4);
            }
        }
    }
    None
}
