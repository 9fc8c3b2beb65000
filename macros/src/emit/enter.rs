//! The frame itself: entering it, its literal, and what the body of an async function becomes.

use super::{colons, Emit, Probing};
use proc_macro::{Delimiter, Ident, Spacing, TokenTree};

impl Emit {
    /// `let guard = Probe(&x).stacklens_enterN(META, SLOT, &a, &b);`: [`Emit::enter`] and [`Emit::capture_probed`] in one.
    pub(crate) fn enter_probed(
        &self,
        out: &mut Vec<TokenTree>,
        meta: &str,
        arguments: &[Ident],
        (variable, slot, by): (&Ident, u32, Probing),
    ) {
        out.extend([self.ident("let"), self.guard().into(), self.punct('=')]);
        self.probe(out, variable, by);
        let mut inner = self.meta(meta);
        inner.push(self.punct(','));
        inner.push(self.number(slot));
        self.push_borrowed(&mut inner, arguments);
        out.push(self.ident(&format!("stacklens_enter{}", arguments.len())));
        out.push(self.group(Delimiter::Parenthesis, inner));
        out.push(self.punct(';'));
    }

    /// `, &a, &b`
    fn push_borrowed(&self, out: &mut Vec<TokenTree>, arguments: &[Ident]) {
        for argument in arguments {
            out.extend([self.punct(','), self.punct('&'), argument.clone().into()]);
        }
    }

    /// `let PATTERN = NAME;`
    pub(crate) fn bind(
        &self,
        out: &mut Vec<TokenTree>,
        pattern: impl IntoIterator<Item = TokenTree>,
        name: Ident,
    ) {
        out.push(self.ident("let"));
        out.extend(pattern);
        out.push(self.punct('='));
        out.push(name.into());
        out.push(self.punct(';'));
    }

    /// `match () { () => BLOCK }`
    pub(crate) fn scope(&self, block: TokenTree) -> Vec<TokenTree> {
        let unit = || self.group(Delimiter::Parenthesis, []);
        let arm = [
            unit(),
            self.punct_spaced('=', Spacing::Joint),
            self.punct('>'),
            block,
        ];
        vec![
            self.ident("match"),
            unit(),
            self.group(Delimiter::Brace, arm),
        ]
    }

    /// `if never() { return absurd::<R>(); }`: gives the async block the type that its `return`s and its tail are coerced to.
    pub(crate) fn expect_result(&self, out: &mut Vec<TokenTree>, result: Vec<TokenTree>) {
        out.push(self.ident("if"));
        self.call(out, "never", Vec::new());
        let mut inner = vec![self.ident("return")];
        inner.extend(self.path("absurd"));
        inner.extend(colons(self.span.get()));
        inner.push(self.punct('<'));
        inner.extend(result);
        inner.push(self.punct('>'));
        inner.push(self.group(Delimiter::Parenthesis, []));
        inner.push(self.punct(';'));
        out.push(self.group(Delimiter::Brace, inner));
    }

    /// `let guard = enterN(META, &a, &b);`
    pub(crate) fn enter(&self, out: &mut Vec<TokenTree>, meta: &str, arguments: &[Ident]) {
        let mut inner = self.meta(meta);
        self.push_borrowed(&mut inner, arguments);
        out.push(self.ident("let"));
        out.push(self.guard().into());
        out.push(self.punct('='));
        let plain = if self.plain && !arguments.is_empty() {
            "_plain"
        } else {
            ""
        };
        let name = format!("enter{}{plain}", arguments.len());
        self.call(out, &name, inner);
        out.push(self.punct(';'));
    }

    /// `concat!("..", module_path!(), "\0")`: the module is known to the compiler alone.
    pub(crate) fn meta(&self, meta: &str) -> Vec<TokenTree> {
        if self.named.get() {
            return vec![self.log_meta()];
        }
        let mut module = self.path("module_path");
        module.push(self.punct('!'));
        module.push(self.group(Delimiter::Parenthesis, []));
        let mut parts = vec![self.text(meta), self.punct(',')];
        parts.extend(module);
        parts.push(self.punct(','));
        parts.push(self.text("\0"));
        let mut out = self.path("concat");
        out.push(self.punct('!'));
        out.push(self.group(Delimiter::Parenthesis, parts));
        out
    }

    /// `framed::<R, _, SLOTS>(META, FUTURE)`; `framed_by::<R, _, SLOTS, _>(META, WAY, FUTURE)`
    pub(crate) fn framed(
        &self,
        result: Vec<TokenTree>,
        slots: u32,
        meta: &str,
        way: Option<Vec<TokenTree>>,
        future: Vec<TokenTree>,
    ) -> Vec<TokenTree> {
        let mut out = self.path(if way.is_some() { "framed_by" } else { "framed" });
        out.extend(colons(self.span.get()));
        out.push(self.punct('<'));
        out.extend(result);
        out.push(self.punct(','));
        out.push(self.ident("_"));
        out.push(self.punct(','));
        out.push(self.number(slots));
        if way.is_some() {
            out.extend([self.punct(','), self.ident("_")]);
        }
        out.push(self.punct('>'));
        let mut arguments = self.meta(meta);
        if let Some(way) = way {
            arguments.push(self.punct(','));
            arguments.extend(way);
        }
        arguments.push(self.punct(','));
        arguments.extend(future);
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// `let guard = enter_future::<SLOTS>(META);`
    pub(crate) fn enter_future(&self, out: &mut Vec<TokenTree>, slots: u32, meta: &str) {
        out.extend([self.ident("let"), self.guard().into(), self.punct('=')]);
        out.extend(self.path("enter_future"));
        self.turbofish(out, Some(&[self.number(slots)]), false);
        out.push(self.group(Delimiter::Parenthesis, self.meta(meta)));
        out.push(self.punct(';'));
    }

    /// `future(FUTURE, &guard)`
    pub(crate) fn future(&self, future: Vec<TokenTree>) -> Vec<TokenTree> {
        let mut out = self.path("future");
        out.push(self.with_guard(future));
        out
    }

    /// `same_future::<R, _>(FUTURE, &guard)`: of a type that has to stay what it is.
    pub(crate) fn same_future(
        &self,
        named: Option<&[TokenTree]>,
        future: Vec<TokenTree>,
    ) -> Vec<TokenTree> {
        let mut out = self.path("same_future");
        let unnamed = [self.ident("_")];
        self.turbofish(&mut out, Some(named.unwrap_or(&unnamed)), true);
        out.push(self.with_guard(future));
        out
    }

    /// `(VALUE, &guard)`
    fn with_guard(&self, value: Vec<TokenTree>) -> TokenTree {
        let mut arguments = value;
        arguments.extend([self.punct(','), self.punct('&'), self.guard().into()]);
        self.group(Delimiter::Parenthesis, arguments)
    }

    /// `async move BLOCK`
    pub(crate) fn async_move(&self, block: TokenTree) -> Vec<TokenTree> {
        vec![self.ident("async"), self.ident("move"), block]
    }
}
