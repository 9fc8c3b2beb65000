//! A function with `grow`: its body is a closure, to be called on another stack where little is left of this one.

use super::expansion::Expansion;
use crate::meta::{pack, Positions};
use crate::rewrite::{Body, Exits, Scope};
use crate::tree::Tok;
use proc_macro::{Delimiter, Group, TokenStream, TokenTree};

impl Expansion<'_, '_> {
    /// `{ grow(move || -> R { let a = a; .. let guard = enter0(META); .. body }) }`
    pub(super) fn assemble_grown(
        &self,
        inner_attributes: &[Tok],
        body: Body,
        mut scope: Scope,
        positions: &Positions,
        arguments: &[Vec<usize>],
        exits: &Exits,
    ) -> TokenStream {
        let (list, mut inner) = self.receive(&scope, arguments);
        let captures = self.capture_received(&mut scope, arguments);
        let name = self.name();
        let meta = pack(&self.facts(&name), positions, &scope, &[]);
        let Some(Tok::Group { token, .. }) = self.function.block() else {
            return self.function.toks.iter().map(Tok::token).collect();
        };
        self.emit
            .locate(self.function.toks[self.function.name].span());
        self.log_site(&mut inner, &meta, exits);
        self.enter(&mut inner, &meta, &[]);
        if let Some(result) = exits.result().filter(|_| exits.early) {
            self.emit.early(&mut inner, result);
        }
        if !captures.is_empty() {
            self.emit.if_records(&mut inner, captures);
        }
        let captured: Vec<usize> = arguments.iter().flatten().copied().collect();
        self.log_enter(&mut inner, &scope, &[], &captured, exits);
        // As in an async function, see there.
        let body_tokens = body.items.into_iter().chain(body.statements);
        let mut block = Group::new(Delimiter::Brace, body_tokens.collect());
        block.set_span(token.span());
        inner.extend(self.emit.scope(block.into()));
        let grown: Vec<TokenTree> = self.emit.grown(self.result(), inner);
        self.received(inner_attributes, list, &grown)
    }
}
