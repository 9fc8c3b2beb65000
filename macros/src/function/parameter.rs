//! One parameter of a function.

use super::expansion::hidden_name;
use crate::rewrite::Passed;
use crate::tree::{ident_at, operator_at, punct_at, skip_attributes, Tok};
use proc_macro::{Ident, Span};

/// One parameter.
pub(super) struct Parameter<'t> {
    pub(super) toks: &'t [Tok],
    /// `x` or `mut x` (`self` in all its forms): the name's index in `toks`.
    pub(super) plain: Option<usize>,
    pub(super) mutable: bool,
    pub(super) is_self: bool,
    /// By `#[cfg]` it may not be there.
    pub(super) conditional: bool,
    /// It has attributes, which are about its name.
    pub(super) attributed: bool,
    /// Index of the `:`, if it has a type.
    pub(super) colon: Option<usize>,
}

impl<'t> Parameter<'t> {
    pub(super) fn parse(toks: &'t [Tok]) -> Parameter<'t> {
        let (start, conditional) = skip_attributes(toks, 0);
        let colon = (start..toks.len()).find(|&k| {
            toks[k].is_punct(':')
                && !operator_at(toks, k, "::")
                && !(k > 0 && operator_at(toks, k - 1, "::"))
        });
        let pattern = &toks[start..colon.unwrap_or(toks.len())];
        let self_at = pattern.iter().position(|t| t.is_ident("self"));
        let is_self = match colon {
            Some(_) => matches!(pattern, [t] | [_, t] if t.is_ident("self")),
            None => self_at.is_some(),
        };
        let plain = match pattern {
            _ if is_self => self_at.map(|k| start + k),
            [Tok::Ident { name, .. }] if name != "_" => Some(start),
            [first, Tok::Ident { .. }] if first.is_ident("mut") => Some(start + 1),
            _ => None,
        };
        // `&mut self` is no mutable binding, but what it refers to may change.
        let mutable = pattern.iter().any(|t| t.is_ident("mut"));
        Parameter {
            toks,
            plain,
            mutable,
            is_self,
            conditional,
            attributed: start > 0,
            colon,
        }
    }

    /// The name under which a plain one is received by a body that moves: the same to a reader, another to the compiler.
    pub(super) fn received_as(&self) -> Option<Ident> {
        match self.plain.map(|at| &self.toks[at])? {
            Tok::Ident { name, token } if !self.is_self => {
                let located = Span::mixed_site().located_at(token.span());
                Some(Ident::new(&hidden_name(name), located))
            }
            _ => None,
        }
    }

    pub(super) fn pattern(&self) -> &'t [Tok] {
        &self.toks[skip_attributes(self.toks, 0).0..self.colon.unwrap_or(self.toks.len())]
    }

    pub(super) fn written_type(&self) -> &'t [Tok] {
        self.colon.map_or(&[], |c| &self.toks[c + 1..])
    }

    /// A type that nothing drops: a scalar or a reference.
    pub(super) fn drops_nothing(&self) -> bool {
        match self.written_type() {
            [Tok::Ident { name, .. }] => matches!(
                name.as_str(),
                "bool"
                    | "char"
                    | "u8"
                    | "u16"
                    | "u32"
                    | "u64"
                    | "u128"
                    | "usize"
                    | "i8"
                    | "i16"
                    | "i32"
                    | "i64"
                    | "i128"
                    | "isize"
                    | "f32"
                    | "f64"
            ),
            [first, ..] => first.is_punct('&') && !self.refers_mutably(),
            [] => false,
        }
    }

    /// How it is passed, if by a plain name that is not `mut`.
    pub(super) fn passed(&self) -> Passed {
        let shared = |t: &[Tok]| t.first().is_some_and(|t| t.is_punct('&'));
        if self.plain.is_none() || self.mutable || self.refers_mutably() {
            Passed::Other
        } else if self.is_reference() || shared(self.written_type()) {
            Passed::Shared
        } else {
            Passed::Value
        }
    }

    /// `&self`, `&mut self`
    pub(super) fn is_reference(&self) -> bool {
        self.colon.is_none() && self.pattern().first().is_some_and(|t| t.is_punct('&'))
    }

    pub(super) fn refers_mutably(&self) -> bool {
        let t = self.written_type();
        let at = if punct_at(t, 1, '\'') { 3 } else { 1 };
        punct_at(t, 0, '&') && ident_at(t, at) == Some("mut")
    }
}
