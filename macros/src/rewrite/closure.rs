//! Closures: passed on as they are. What they mention counts as mentioned where they stand.

use super::expr::Context;
use super::moved::Loss;
use super::pattern::bindings;
use super::syntax::cast_end;
use super::{GiveUp, Walked, Walker};
use crate::tree::{each_name, ident_at, operator_at, punct_at, skip_angles, Tok};
use proc_macro::{Delimiter, TokenTree};

impl Walker<'_> {
    /// The index of the `|` of a closure that begins at `i` with `move`, `async`, `static` or `for<..>`.
    pub(super) fn closure_bar(&self, toks: &[Tok], i: usize) -> Option<usize> {
        let mut k = i;
        if ident_at(toks, k) == Some("for") {
            if !punct_at(toks, k + 1, '<') {
                return None;
            }
            k = skip_angles(toks, k + 1)?;
        }
        while matches!(ident_at(toks, k), Some("move" | "async" | "static")) {
            k += 1;
        }
        punct_at(toks, k, '|').then_some(k)
    }

    /// A closure: passed on as it is. Its names count as mentioned, but for its own parameters.
    pub(super) fn closure(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        bar: usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<()> {
        if context == Context::Condition {
            return Err(GiveUp);
        }
        let from = *i;
        let mut k = bar + 1;
        while !toks.get(k).ok_or(GiveUp)?.is_punct('|') {
            k += 1;
        }
        let parameters = bindings(&without_types(&toks[bar + 1..k]));
        k += 1;
        let body = k;
        if operator_at(toks, k, "->") {
            while toks.get(k).ok_or(GiveUp)?.group(Delimiter::Brace).is_none() {
                k += 1;
            }
            k += 1;
        } else {
            while let Some(tok) = toks.get(k) {
                if tok.is_punct(',')
                    || tok.is_punct(';')
                    || tok.is_ident("else") && !self.in_if(toks, body, k)
                {
                    break;
                }
                k = if operator_at(toks, k, "::") && punct_at(toks, k + 2, '<') {
                    skip_angles(toks, k + 2).ok_or(GiveUp)?
                } else if tok.is_ident("as") {
                    cast_end(toks, k + 1)?
                } else {
                    k + 1
                };
            }
        }
        let (now, in_loop) = (self.now, self.loops > 0);
        let own: Vec<String> = parameters.iter().map(|b| b.ident.to_string()).collect();
        let moves = toks[from..bar].iter().any(|tok| tok.is_ident("move"));
        let scope = &mut self.scope;
        each_name(&toks[from..k], &mut |name, assigned| {
            if own.iter().any(|o| o == name) {
            } else if assigned {
                scope.assign(name, now, in_loop, false);
            } else {
                scope.mention(name, now, in_loop, false);
                let loss = if moves { Loss::Whole } else { Loss::Referred };
                scope.loses(name, now, loss);
            }
        });
        out.extend(toks[from..k].iter().map(Tok::token));
        *i = k;
        Ok(())
    }

    /// Whether the `else` at `k` belongs to an `if` of the closure's body.
    fn in_if(&self, toks: &[Tok], body: usize, k: usize) -> bool {
        toks[body..k].iter().any(|t| t.is_ident("if"))
    }
}

/// The parameters of a closure without their types, as one pattern list.
fn without_types(toks: &[Tok]) -> Vec<Tok> {
    let mut kept = Vec::new();
    let mut in_type = false;
    let mut angles = 0usize;
    for (k, tok) in toks.iter().enumerate() {
        match tok {
            Tok::Punct { ch: '<', .. } if in_type => angles += 1,
            Tok::Punct { ch: '>', .. } if in_type => angles = angles.saturating_sub(1),
            Tok::Punct { ch: ',', .. } if angles == 0 => in_type = false,
            Tok::Punct { ch: ':', .. } => {
                let in_path = operator_at(toks, k, "::") || k > 0 && operator_at(toks, k - 1, "::");
                in_type |= !in_path;
            }
            _ => {}
        }
        if !in_type {
            kept.extend(Tok::tree(std::iter::once(tok.token()).collect()));
        }
    }
    kept
}
