//! Exits: what observes a `?`, a `return` or a tail, and says so when it leaves with a failure.

use super::{colons, Emit};
use crate::rewrite::{Exit, Read};
use proc_macro::{Delimiter, Literal, Spacing, TokenTree};

impl Emit {
    /// `q::<R, _>(OPERAND, EXIT, frame)`; `q_next::<R, _>(OPERAND, EXIT, AT_SUCCESS, frame)`
    pub(crate) fn question(
        &self,
        result: Option<&[TokenTree]>,
        operand: Vec<TokenTree>,
        exit: Exit,
        success: Option<u32>,
    ) -> Vec<TokenTree> {
        let mut arguments = operand;
        arguments.push(self.punct(','));
        arguments.push(self.exit(exit));
        if let Some(success) = success {
            arguments.push(self.punct(','));
            arguments.push(self.number(success));
        }
        self.push_frame(&mut arguments);
        let mut out = self.path(&self.name(if success.is_some() { "q_next" } else { "q" }));
        self.turbofish(&mut out, result, true);
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// `match OPERAND { o => { if fails(&o, frame) { READS left::<R>(EXIT, frame); } o } }`: a `match` keeps the
    /// operand's temporaries as a call's argument does, and what is read is read behind it.
    pub(crate) fn question_reading(
        &self,
        result: Option<&[TokenTree]>,
        operand: Vec<TokenTree>,
        exit: Exit,
        success: Option<u32>,
        reads: &[Read],
    ) -> Vec<TokenTree> {
        let mut failure = Vec::new();
        self.read(&mut failure, reads, exit.position());
        failure.extend(self.path(&self.name("left")));
        self.turbofish(&mut failure, result, false);
        let mut arguments = vec![self.exit(exit)];
        self.push_frame(&mut arguments);
        failure.extend([
            self.group(Delimiter::Parenthesis, arguments),
            self.punct(';'),
        ]);

        let bound = || self.ident("stacklens_operand");
        let mut arm = vec![self.ident("if")];
        let mut arguments = vec![self.punct('&'), bound()];
        self.push_frame(&mut arguments);
        self.call(&mut arm, &self.name("fails"), arguments);
        arm.push(self.group(Delimiter::Brace, failure));
        if let Some(success) = success {
            let mut next = Vec::new();
            self.at(&mut next, success);
            arm.extend([self.ident("else"), self.group(Delimiter::Brace, next)]);
        }
        arm.push(bound());

        let mut out = vec![self.ident("match")];
        // A struct literal must not stand there.
        let braced =
            |t: &TokenTree| matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
        if operand.iter().any(braced) {
            out.push(self.group(Delimiter::Parenthesis, operand));
        } else {
            out.extend(operand);
        }
        let arms = [
            bound(),
            self.punct_spaced('=', Spacing::Joint),
            self.punct('>'),
            self.group(Delimiter::Brace, arm),
        ];
        out.push(self.group(Delimiter::Brace, arms));
        out
    }

    /// `Leaf::<R>::NEW.stacklens_ret(VALUE, EXIT, frame)`; `early`: [`Emit::early`] watches, and is told that this is seen.
    ///
    /// The value is checked against the written type, as without the attribute. Whether that is a `Result` is decided by
    /// method resolution: a type may merely be called so.
    pub(crate) fn leaf(
        &self,
        result: Vec<TokenTree>,
        value: Vec<TokenTree>,
        exit: Exit,
        early: bool,
    ) -> Vec<TokenTree> {
        let mut out = self.path(if early { "SeenLeaf" } else { "Leaf" });
        self.turbofish(&mut out, Some(&result), false);
        out.extend(colons(self.span.get()));
        out.extend([
            self.ident("NEW"),
            self.punct('.'),
            self.ident(&self.name("stacklens_ret")),
        ]);
        let mut arguments = value;
        arguments.push(self.punct(','));
        arguments.push(self.exit(exit));
        self.push_frame(&mut arguments);
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// `let early = early::<R>(frame);`: when it is dropped and no exit was seen, a macro returned.
    pub(crate) fn early(&self, out: &mut Vec<TokenTree>, result: &[TokenTree]) {
        out.extend([
            self.ident("let"),
            self.ident("stacklens_early"),
            self.punct('='),
        ]);
        out.extend(self.path("early"));
        self.turbofish(out, Some(result), false);
        let mut arguments = Vec::new();
        self.push_frame(&mut arguments);
        out.extend([
            self.group(Delimiter::Parenthesis, arguments),
            self.punct(';'),
        ]);
    }

    /// `Leaf::<R>::NEW.stacklens_watching(WAY)`: the same, for an async function, where the end of the body is seen.
    pub(crate) fn watching(
        &self,
        way: Option<Vec<TokenTree>>,
        result: &[TokenTree],
    ) -> Vec<TokenTree> {
        let mut out = self.path("Leaf");
        self.turbofish(&mut out, Some(result), false);
        out.extend(colons(self.span.get()));
        let way = way.unwrap_or_else(|| self.path("Plain"));
        out.extend([
            self.ident("NEW"),
            self.punct('.'),
            self.ident("stacklens_watching"),
            self.group(Delimiter::Parenthesis, way),
        ]);
        out
    }

    /// `failing(frame);`
    pub(crate) fn failing(&self, out: &mut Vec<TokenTree>) {
        let mut arguments = Vec::new();
        self.push_frame(&mut arguments);
        self.call(out, &self.name("failing"), arguments);
        out.push(self.punct(';'));
    }

    /// `fail::<R>(EXIT, frame);`
    pub(crate) fn fail(&self, out: &mut Vec<TokenTree>, result: &[TokenTree], exit: Exit) {
        out.extend(self.path(&self.name("fail")));
        self.turbofish(out, Some(result), false);
        let mut arguments = vec![self.exit(exit)];
        self.push_frame(&mut arguments);
        out.extend([
            self.group(Delimiter::Parenthesis, arguments),
            self.punct(';'),
        ]);
    }

    fn exit(&self, exit: Exit) -> TokenTree {
        let mut literal = Literal::u64_unsuffixed(exit.packed());
        literal.set_span(self.span.get());
        literal.into()
    }

    /// `::<R>`, `::<R, _>`
    pub(crate) fn turbofish(
        &self,
        out: &mut Vec<TokenTree>,
        result: Option<&[TokenTree]>,
        inferred: bool,
    ) {
        out.extend(colons(self.span.get()));
        out.push(self.punct('<'));
        match result {
            Some(result) => out.extend(result.iter().cloned()),
            None => out.push(self.group(Delimiter::Parenthesis, [])),
        }
        if inferred {
            out.extend([self.punct(','), self.ident("_")]);
        }
        out.push(self.punct('>'));
    }
}
