//! The value of a `return`.

use super::exits::Way;
use super::expr::Context;
use super::{Walked, Walker};
use crate::tree::Tok;
use proc_macro::TokenTree;

impl Walker<'_> {
    /// The operand of a `return`, observed.
    pub(super) fn returned(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        context: Context,
        keyword: &Tok,
        first: bool,
    ) -> Walked<Vec<TokenTree>> {
        let from = *i;
        let mut tokens = Vec::new();
        self.tail = Self::branches(toks, from);
        let branches = self.tail;
        let inner = if context == Context::Statement {
            Context::Root
        } else {
            context
        };
        let needless = std::mem::take(&mut self.needless) && first;
        self.expression(toks, i, &mut tokens, inner)?;
        self.tail = false;
        if branches || needless && !self.exits.all() {
            return Ok(tokens);
        }
        // At the beginning of a statement its position is that of the `return`.
        let position = if first && context == Context::Statement {
            self.now
        } else {
            self.positions.push(keyword.span())
        };
        Ok(self.leaf(&toks[from..*i], tokens, Some(position), Way::Return))
    }
}

/// Whether a value follows a `return`.
pub(super) fn returns_value(toks: &[Tok], i: usize) -> bool {
    match toks.get(i) {
        None => false,
        Some(tok) => {
            !matches!(
                tok,
                Tok::Punct {
                    ch: ';' | ',' | '=' | '?' | '.',
                    ..
                }
            ) && !tok.is_ident("else")
        }
    }
}
