//! What the log adds to a function.

use super::expansion::Expansion;
use super::parameter::Parameter;
use crate::log::{LoggedResult, Unseen};
use crate::rewrite::{Exits, Scope};
use crate::tree::Tok;
use proc_macro::{Ident, TokenTree};

impl Expansion<'_, '_> {
    /// The static of a function whose calls are logged.
    pub(super) fn log_site(&self, out: &mut Vec<TokenTree>, meta: &str, exits: &Exits) {
        let unseen = match exits.returns_closure() {
            _ if self.function.result.is_empty() => Unseen::Unit,
            true => Unseen::Closure,
            false => Unseen::Value,
        };
        if let Some(log) = &self.options.log {
            self.emit.log_site(out, meta, log, unseen);
        }
    }

    /// Enters the log, once the parameters are captured: the first of them by `enter`, the others one by one.
    pub(super) fn log_enter(
        &self,
        out: &mut Vec<TokenTree>,
        scope: &Scope,
        entered: &[Ident],
        captured: &[usize],
        exits: &Exits,
    ) {
        let Some(log) = &self.options.log else { return };
        let (mut again, mut shown) = (Vec::new(), Vec::new());
        for (index, variable) in entered.iter().enumerate() {
            self.emit.log_argument(&mut again, variable, index as u32);
        }
        for &index in captured {
            self.show(&mut shown, scope, index);
        }
        self.emit
            .locate(self.function.toks[self.function.name].span());
        self.emit.log_enter(out, log, again, shown);
        if let Some(result) = exits.shown() {
            self.emit.log_shows(out, result);
        }
    }

    /// A parameter's value as its own `Debug` shows it, where the frame has only its type.
    fn show(&self, out: &mut Vec<TokenTree>, scope: &Scope, index: usize) {
        let v = &scope.variables[index];
        let Some(slot) = v.slot else { return };
        self.emit.locate(v.ident.span());
        let has_debug = v.probed && self.options.captures_debug();
        if !v.lifetimes && !self.emit.plain && !has_debug {
            let of_self = |p: &Parameter<'_>| p.is_self && p.is_reference();
            let receiver = v.name == "self" && self.parameters.iter().any(of_self);
            self.emit.log_shown(out, &v.ident, receiver, slot);
        }
    }

    /// A future and its place in the log. `named`: the variables that hold the parameters when the future is made,
    /// where those are not the parameters' own; `result`: its type for a turbofish.
    pub(super) fn log_future(
        &self,
        items: &mut Vec<TokenTree>,
        meta: &str,
        result: &[TokenTree],
        holder: impl Fn(usize) -> Option<Ident>,
        future: impl FnOnce() -> Vec<TokenTree>,
    ) -> Vec<TokenTree> {
        let Some(log) = &self.options.log else {
            return future();
        };
        self.emit.log_site(items, meta, log, Unseen::Value);
        let unnamed = matches!(result, [TokenTree::Ident(name)] if name.to_string() == "_");
        let written = Some(result).filter(|_| !unnamed);
        let hidden = log.hides_result(&self.name());
        let returned = LoggedResult::new(&self.emit, self.function.result, written, hidden);
        let shown: Vec<(String, Ident, bool)> = self
            .parameters
            .iter()
            .enumerate()
            .filter_map(|(n, p)| self.shown(p, holder(n)))
            .collect();
        let task = self.emit.log_task(log, &shown);
        let show = self.emit.log_show(returned.as_ref());
        self.emit.log_future(result, task, show, future())
    }

    /// The parameter's name, the variable that holds it, and whether that is a reference of which the type behind it is
    /// meant. `None` if it is not to be seen.
    fn shown(&self, p: &Parameter<'_>, holder: Option<Ident>) -> Option<(String, Ident, bool)> {
        let Tok::Ident { name, token } = &p.toks[p.plain.filter(|_| !p.conditional)?] else {
            return None;
        };
        let wanted = !self.options.redacts(name) && self.options.captures(name);
        let plain = name.strip_prefix("r#").unwrap_or(name);
        let holder = holder.unwrap_or_else(|| token.clone());
        (wanted && !self.emit.plain)
            .then(|| (plain.to_owned(), holder, p.is_self && p.is_reference()))
    }
}
