//! Parts of a larger expression: what stands between commas, in parentheses, brackets and the braces of a struct literal.

use super::block::regroup;
use super::expr::Context;
use super::{GiveUp, Walked, Walker};
use crate::tree::{operator_at, punct_at, skip_attributes, Tok};
use proc_macro::{Delimiter, Group, TokenTree};

impl Walker<'_> {
    /// A part of an expression, in which blocks are not observed.
    pub(super) fn operand(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<()> {
        let observed = std::mem::replace(&mut self.observe, false);
        let walked = self.expression(toks, i, out, context);
        self.observe = observed;
        walked.map(|_| ())
    }

    /// Expressions between commas, in parentheses or brackets; in the braces of a struct literal each may have a field's name.
    pub(super) fn list(&mut self, toks: &[Tok], token: &Group) -> Walked<TokenTree> {
        let braced = token.delimiter() == Delimiter::Brace;
        let edits = self.edits;
        let mut out = Vec::new();
        let mut i = 0;
        while i < toks.len() {
            let (start, conditional) = skip_attributes(toks, i);
            if conditional {
                i = self.copy_element(toks, i, &mut out);
                continue;
            }
            out.extend(toks[i..start].iter().map(Tok::token));
            i = start;
            if braced && punct_at(toks, i + 1, ':') && !operator_at(toks, i + 1, "::") {
                out.extend(toks[i..i + 2].iter().map(Tok::token));
                i += 2;
            }
            if i < toks.len() {
                self.operand(toks, &mut i, &mut out, Context::Operand)?;
            }
            match toks.get(i) {
                None => break,
                Some(tok) if tok.is_punct(',') => {
                    out.push(tok.token());
                    i += 1;
                }
                // `[value; LENGTH]`: a constant.
                Some(tok) if tok.is_punct(';') && !braced => {
                    self.mention_all(&toks[i..]);
                    out.extend(toks[i..].iter().map(Tok::token));
                    break;
                }
                Some(_) => return Err(GiveUp),
            }
        }
        Ok(if self.edits == edits {
            token.clone().into()
        } else {
            regroup(token, out)
        })
    }

    /// Copies an element under `cfg`, with its comma.
    fn copy_element(&mut self, toks: &[Tok], from: usize, out: &mut Vec<TokenTree>) -> usize {
        let end = (from..toks.len())
            .find(|&k| toks[k].is_punct(','))
            .map_or(toks.len(), |k| k + 1);
        self.mention_all(&toks[from..end]);
        out.extend(toks[from..end].iter().map(Tok::token));
        end
    }
}
