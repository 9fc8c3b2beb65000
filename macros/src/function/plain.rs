//! A function that is not async: the guard is a local of it.

use super::expansion::{hidden_name, Expansion, ENTER_ARGUMENTS};
use super::parameter::Parameter;
use crate::meta::{pack, Positions};
use crate::rewrite::{Body, Exits, Scope};
use crate::tree::Tok;
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// So many arguments are recorded beside a value that is probed.
const PROBED_WITH: usize = 3;

impl Expansion<'_, '_> {
    /// `enterN(META, &a, &b)`, captures of the other parameters, and the body.
    pub(super) fn assemble(
        &self,
        inner_attributes: &[Tok],
        body: Body,
        mut scope: Scope,
        positions: &Positions,
        arguments: &[Vec<usize>],
        exits: &Exits,
    ) -> TokenStream {
        let mut entered: Vec<(usize, Ident)> = Vec::new();
        let mut hidden: Vec<(usize, Ident)> = Vec::new();
        let mut captured: Vec<usize> = Vec::new();
        for (p, variables) in self.parameters.iter().zip(arguments) {
            for &index in variables {
                let v = &scope.variables[index];
                if v.secret || !v.wanted {
                    continue;
                }
                let by_enter = p.plain.is_some()
                    && !v.may_change
                    && !v.probed
                    && entered.len() < ENTER_ARGUMENTS;
                if v.readable_at_binding() {
                    if by_enter {
                        entered.push((index, v.ident.clone()));
                    } else {
                        captured.push(index);
                    }
                } else if !v.mentioned
                    && !p.is_self
                    && !p.attributed
                    && p.plain.is_some()
                    && p.drops_nothing()
                    && entered.len() < ENTER_ARGUMENTS
                {
                    // Reading it would silence `unused_variables`: it is received under a hidden name, read under that,
                    // and then bound to its own.
                    let name = Ident::new(
                        &hidden_name(&v.name),
                        Span::mixed_site().located_at(v.ident.span()),
                    );
                    entered.push((index, name.clone()));
                    hidden.push((index, name));
                    scope.variables[index].may_change = false;
                }
            }
        }
        // A frame that is entered in another way takes no arguments: they are captured behind it.
        let special =
            exits.future.is_some() || self.options.recursion.is_special(self.function.result);
        let by_enter: Vec<usize> = entered
            .iter()
            .filter(|_| !special)
            .map(|(index, _)| *index)
            .collect();
        for (slot, (index, _)) in entered.iter().enumerate() {
            scope.variables[*index].slot = Some(slot as u32);
        }
        // The first value that is probed is so as the frame is entered.
        let first = captured
            .iter()
            .copied()
            .find(|&index| scope.variables[index].probed)
            .filter(|_| !special && self.options.log.is_none() && entered.len() <= PROBED_WITH)
            .and_then(|index| Some((index, scope.slot(index)?)));
        let mut after: Vec<Vec<TokenTree>> = Vec::new();
        for &index in &captured {
            if first.is_none_or(|(first, _)| first != index) {
                let mut capture = Vec::new();
                self.capture(&mut capture, &mut scope, index);
                after.extend((!capture.is_empty()).then_some(capture));
            }
        }
        let name = self.name();
        let meta = pack(&self.facts(&name), positions, &scope, &by_enter);
        let mut tokens = body.items;
        self.emit
            .locate(self.function.toks[self.function.name].span());
        let renamed = |index: &usize| hidden.iter().any(|(hidden, _)| hidden == index);
        let captured_by_name: Vec<usize> = entered
            .iter()
            .map(|(index, _)| *index)
            .filter(|index| special && !renamed(index))
            .collect();
        let arguments: Vec<Ident> = entered.into_iter().map(|(_, ident)| ident).collect();
        self.log_site(&mut tokens, &meta, exits);
        match first {
            Some((index, slot)) => self.enter_probed(
                &mut tokens,
                &meta,
                &arguments,
                &scope.variables[index],
                slot,
            ),
            None if exits.future.is_some() => {
                self.emit.enter_future(&mut tokens, scope.slots(), &meta);
            }
            None => self.enter(&mut tokens, &meta, &arguments),
        }
        let mut captures = Vec::new();
        for (slot, ident) in arguments.iter().enumerate().filter(|_| special) {
            let mut capture = Vec::new();
            self.emit.capture(&mut capture, ident, slot as u32, 0);
            captures.push(capture);
        }
        captures.extend(after);
        // One asks for itself.
        let asks = captures.len() > 1;
        let captures: Vec<TokenTree> = captures.into_iter().flatten().collect();
        let mut behind = Vec::new();
        if let Some(result) = exits.result().filter(|_| exits.early) {
            self.emit.early(&mut behind, result);
        }
        if asks {
            self.emit.if_records(&mut behind, captures);
        } else {
            behind.extend(captures);
        }
        self.emit.name_frame(&mut tokens);
        tokens.extend(behind);
        let (entered, shown) = if special {
            (&[][..], [captured_by_name, captured].concat())
        } else {
            (&arguments[..], captured)
        };
        self.log_enter(&mut tokens, &scope, entered, &shown, exits);
        for (index, name) in &hidden {
            let v = &scope.variables[*index];
            if v.underscored() {
                // Nobody asks for it by its own name.
                continue;
            }
            tokens.push(self.emit.ident("let"));
            if let Some(token) = self.parameters.iter().find_map(|p| mut_token(p, &v.name)) {
                tokens.push(token);
            }
            tokens.push(v.ident.clone().into());
            tokens.push(self.emit.punct('='));
            tokens.push(name.clone().into());
            tokens.push(self.emit.punct(';'));
        }
        tokens.extend(body.statements);
        let renamed: Vec<(String, Ident)> = hidden
            .into_iter()
            .map(|(index, name)| (scope.variables[index].name.clone(), name))
            .collect();
        self.item(inner_attributes, &renamed, tokens)
    }

    /// The parameter list with some plain names replaced, and the `mut` before them left out.
    pub(super) fn rename(&self, list: &Tok, renamed: &[(String, Ident)]) -> TokenTree {
        let Tok::Group { token, .. } = list else {
            return list.token();
        };
        let mut out: Vec<TokenTree> = Vec::new();
        for p in &self.parameters {
            let replacement = p.plain.and_then(|at| {
                let name = p.toks[at].ident()?;
                renamed
                    .iter()
                    .find(|(n, _)| n == name)
                    .map(|(_, new)| (at, new))
            });
            for (k, tok) in p.toks.iter().enumerate() {
                match replacement {
                    Some((at, new)) if k == at => out.push(new.clone().into()),
                    Some((at, _)) if k + 1 == at && tok.is_ident("mut") => {}
                    _ => out.push(tok.token()),
                }
            }
            out.push(self.emit.punct(','));
        }
        let mut group = Group::new(Delimiter::Parenthesis, out.into_iter().collect());
        group.set_span(token.span());
        group.into()
    }
}

fn mut_token(p: &Parameter<'_>, name: &str) -> Option<TokenTree> {
    let at = p.plain.filter(|&at| p.toks[at].is_ident(name) && at > 0)?;
    p.toks[at - 1]
        .is_ident("mut")
        .then(|| p.toks[at - 1].token())
}
