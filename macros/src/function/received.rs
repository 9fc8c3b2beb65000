//! A body that moves into a future or a closure: its parameters are received there.

use super::expansion::Expansion;
use crate::rewrite::Scope;
use crate::tree::{skip_attributes, Tok};
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

impl Expansion<'_, '_> {
    /// The parameters, plain names for all of them, and the statements that bind them as they were written.
    pub(super) fn receive(
        &self,
        scope: &Scope,
        arguments: &[Vec<usize>],
    ) -> (Vec<TokenTree>, Vec<TokenTree>) {
        // Parameters are bound anew inside, in order: they are dropped there, and in the order, as without the
        // attribute.
        let mut prologue: Vec<TokenTree> = Vec::new();
        let mut list: Vec<TokenTree> = Vec::new();
        for (n, p) in self.parameters.iter().enumerate() {
            let (start, _) = skip_attributes(p.toks, 0);
            list.extend(p.toks[..start].iter().map(Tok::token));
            if p.is_self {
                // `self` cannot be bound; a mention makes the block take it.
                prologue.extend([
                    self.emit.ident("let"),
                    self.emit.ident("_"),
                    self.emit.punct('='),
                    self.emit.punct('&'),
                ]);
                prologue.push(
                    p.plain
                        .map_or_else(|| self.emit.ident("self"), |at| p.toks[at].token()),
                );
                prologue.push(self.emit.punct(';'));
                list.extend(p.toks[start..].iter().map(Tok::token));
            } else if let Some(colon) = p.colon.filter(|_| !p.conditional) {
                let hidden = Ident::new(&format!("stacklens_{n}"), Span::mixed_site());
                // A plain name stays in the signature, for the docs; a pattern gets a name.
                let outer = p.received_as().unwrap_or(hidden);
                // In two steps, in order: what the pattern does not bind is dropped in its turn too.
                let inside = Ident::new(&format!("stacklens_{n}_inside"), Span::mixed_site());
                self.emit
                    .bind(&mut prologue, [inside.clone().into()], outer.clone());
                let pattern = p.pattern();
                let unread = arguments[n]
                    .first()
                    .map(|&v| &scope.variables[v])
                    .is_some_and(|v| p.plain.is_some() && v.underscored() && !v.mentioned);
                if !unread && !matches!(pattern, [t] if t.is_ident("_")) {
                    self.emit.bind(
                        &mut prologue,
                        p.toks[start..colon].iter().map(Tok::token),
                        inside,
                    );
                }
                list.push(outer.into());
                list.extend(p.toks[colon..].iter().map(Tok::token));
            } else {
                list.extend(p.toks[start..].iter().map(Tok::token));
            }
            list.push(self.emit.punct(','));
        }
        (list, prologue)
    }

    /// Captures of the parameters, once they are bound.
    pub(super) fn capture_received(
        &self,
        scope: &mut Scope,
        arguments: &[Vec<usize>],
    ) -> Vec<TokenTree> {
        let mut captures = Vec::new();
        for &index in arguments.iter().flatten() {
            let v = &scope.variables[index];
            if v.readable_at_binding() && !v.secret && v.wanted {
                self.capture(&mut captures, scope, index);
            }
        }
        captures
    }

    /// The item with the parameters `list` and a new body.
    pub(super) fn received(
        &self,
        inner_attributes: &[Tok],
        list: Vec<TokenTree>,
        body: &[TokenTree],
    ) -> TokenStream {
        let mut item: Vec<TokenTree> = Vec::new();
        for (k, tok) in self.function.toks.iter().enumerate() {
            if k == self.function.start {
                item.extend(inner_attributes.iter().map(Tok::token));
            }
            if k == self.function.parameters {
                let Tok::Group { token, .. } = tok else {
                    continue;
                };
                let mut group = Group::new(Delimiter::Parenthesis, list.iter().cloned().collect());
                group.set_span(token.span());
                item.push(group.into());
            } else if k == self.function.body {
                item.push(self.function.braced(body));
            } else {
                item.push(tok.token());
            }
        }
        item.into_iter().collect()
    }
}
