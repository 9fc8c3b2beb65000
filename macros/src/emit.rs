//! What is emitted, in one place: calls of functions in the library's `__private` module.
//!
//! Why the output looks as it does:
//! * Rooted paths with mixed-site spans: they resolve in every edition, in `#![no_std]` roots, and whatever the user's own
//!   modules are called; and no method-call syntax, which a blanket trait of the user's could capture.
//! * No `unsafe` and no `#[allow]`: both are errors under `forbid`.
//! * The guard is passed last: an operand may itself contain statements that use it.
//! * Names of the user's variables keep the user's own tokens, so that hygiene of `macro_rules!` holds.

use crate::rewrite::{Exit, Read};
use std::cell::Cell;

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// How the function's frame is reached from its body.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reach {
    /// By the guard, a local of the function.
    Guard,
    /// The innermost frame of the thread: the body of an async function, whose guard is on the stack of `poll`.
    Top,
}

/// Which of a type's own impls a value is asked by.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Probing {
    Inspect,
    /// Or else by its `Debug`.
    Debug,
    /// At a failing exit.
    InspectFailing,
    /// At a failing exit, or else by its `Debug` if the program wants that when it runs.
    DebugFailing,
}

pub(crate) struct Emit {
    root: Option<Vec<TokenTree>>,
    base: Span,
    /// Where the tokens that are emitted now are said to be: at the user's statement, so that what the compiler has to say
    /// of them (that they are not reached, say) is said there. Names are resolved as by `base`.
    span: Cell<Span>,
    receiver: Cell<bool>,
    /// The function's literal is a constant of it, for the log.
    pub(crate) named: Cell<bool>,
    /// A value that the function returns is shown by its type's own impls, see `Emit::log_show`.
    pub(crate) shows: Cell<bool>,
    pub(crate) reach: Reach,
    /// Only scalars are read from values: the function contains `unsafe`, and a local may be half made.
    pub(crate) plain: bool,
}

impl Emit {
    /// `root`: the path of the library, `::stacklens` unless `crate = ..` says otherwise.
    pub(crate) fn new(root: Option<Vec<TokenTree>>, reach: Reach, plain: bool) -> Emit {
        let base = Span::mixed_site();
        Emit {
            root,
            base,
            span: Cell::new(base),
            receiver: Cell::new(false),
            named: Cell::new(false),
            shows: Cell::new(false),
            reach,
            plain,
        }
    }

    /// What is emitted from now on is located at `span`.
    pub(crate) fn locate(&self, span: Span) {
        self.span.set(self.base.located_at(span));
    }

    /// Where what is emitted now is located.
    pub(crate) fn located(&self) -> Span {
        self.span.get()
    }

    /// An operator of two characters.
    pub(crate) fn joint(&self, operator: [char; 2]) -> [TokenTree; 2] {
        let [first, second] = operator;
        [self.punct_spaced(first, Spacing::Joint), self.punct(second)]
    }

    pub(crate) fn guard(&self) -> Ident {
        Ident::new("stacklens_frame", self.span.get())
    }

    pub(crate) fn path(&self, name: &str) -> Vec<TokenTree> {
        let span = self.span.get();
        let mut path = Vec::with_capacity(9);
        match &self.root {
            Some(root) => path.extend(root.iter().cloned()),
            None => {
                path.extend(colons(span));
                path.push(Ident::new("stacklens", span).into());
            }
        }
        path.extend(colons(span));
        path.push(Ident::new("__private", span).into());
        path.extend(colons(span));
        path.push(Ident::new(name, span).into());
        path
    }

    pub(crate) fn punct(&self, c: char) -> TokenTree {
        self.punct_spaced(c, Spacing::Alone)
    }

    pub(crate) fn punct_spaced(&self, c: char, spacing: Spacing) -> TokenTree {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(self.span.get());
        punct.into()
    }

    pub(crate) fn ident(&self, name: &str) -> TokenTree {
        Ident::new(name, self.span.get()).into()
    }

    pub(crate) fn number(&self, n: u32) -> TokenTree {
        let mut literal = Literal::u32_unsuffixed(n);
        literal.set_span(self.span.get());
        literal.into()
    }

    pub(crate) fn text(&self, text: &str) -> TokenTree {
        let mut literal = Literal::string(text);
        literal.set_span(self.span.get());
        literal.into()
    }

    pub(crate) fn group(
        &self,
        delimiter: Delimiter,
        inner: impl IntoIterator<Item = TokenTree>,
    ) -> TokenTree {
        let mut group = Group::new(delimiter, inner.into_iter().collect());
        group.set_span(self.span.get());
        group.into()
    }

    pub(crate) fn call(&self, out: &mut Vec<TokenTree>, name: &str, arguments: Vec<TokenTree>) {
        out.extend(self.path(name));
        out.push(self.group(Delimiter::Parenthesis, arguments));
    }

    fn name(&self, base: &str) -> String {
        match (self.reach, self.plain && base.starts_with("cap")) {
            (Reach::Guard, false) => base.to_owned(),
            (Reach::Guard, true) => format!("{base}_plain"),
            (Reach::Top, false) => format!("{base}_top"),
            (Reach::Top, true) => format!("{base}_plain_top"),
        }
    }

    /// `, guard.active`, or nothing where the frame is found by itself.
    fn push_frame(&self, arguments: &mut Vec<TokenTree>) {
        if self.reach == Reach::Guard {
            if !arguments.is_empty() {
                arguments.push(self.punct(','));
            }
            arguments.extend([self.guard().into(), self.punct('.'), self.ident("active")]);
        }
    }

    /// `at(4, frame);`
    pub(crate) fn at(&self, out: &mut Vec<TokenTree>, position: u32) {
        let mut arguments = vec![self.number(position)];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("at"), arguments);
        out.push(self.punct(';'));
    }

    /// `cap(&x, SITE, frame);`
    pub(crate) fn capture(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
    ) {
        let mut arguments = vec![
            self.punct('&'),
            variable.clone().into(),
            self.punct(','),
            self.number(slot | position << 8),
        ];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("cap"), arguments);
        out.push(self.punct(';'));
    }

    /// Whether [`Emit::capture_at`] can be emitted.
    pub(crate) fn captures_at(&self) -> bool {
        self.reach == Reach::Guard && !self.plain
    }

    /// `cap_at(&x, SITE, NEXT, frame);`: one call for a capture and the position of the statement behind it.
    pub(crate) fn capture_at(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
        next: u32,
    ) {
        let mut arguments = vec![
            self.punct('&'),
            variable.clone().into(),
            self.punct(','),
            self.number(slot | position << 8),
            self.punct(','),
            self.number(next),
        ];
        self.push_frame(&mut arguments);
        self.call(out, "cap_at", arguments);
        out.push(self.punct(';'));
    }

    /// `Probe(&x).stacklens_cap(SITE, frame);`
    ///
    /// For a variable whose type is written: an inherent method that exists for types with `Inspect` (or `Debug`), and one of
    /// the same name behind a `Deref` for the others. The one method call in the output; its name is nobody else's.
    pub(crate) fn capture_probed(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        slot: u32,
        position: u32,
        by: Probing,
    ) {
        self.probe(out, variable, by);
        let mut arguments = vec![self.number(slot | position << 8)];
        self.push_frame(&mut arguments);
        out.push(self.ident(if self.reach == Reach::Guard {
            "stacklens_cap"
        } else {
            "stacklens_cap_top"
        }));
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out.push(self.punct(';'));
    }

    /// `Probe(&x).`
    fn probe(&self, out: &mut Vec<TokenTree>, variable: &Ident, by: Probing) {
        let mut argument = vec![self.punct('&')];
        if self.receiver.get() {
            argument.push(self.punct('*'));
        }
        argument.push(variable.clone().into());
        let constructor = match by {
            Probing::Inspect => "Probe",
            Probing::Debug => "ProbeFull",
            Probing::InspectFailing => "InspectFailing",
            Probing::DebugFailing => "ProbeFailing",
        };
        self.call(out, constructor, argument);
        out.push(self.punct('.'));
    }

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

    /// `if records(frame) { STATEMENTS }`: one question for all of them, in a build without optimisation.
    pub(crate) fn if_records(&self, out: &mut Vec<TokenTree>, statements: Vec<TokenTree>) {
        let mut arguments = Vec::new();
        self.push_frame(&mut arguments);
        out.push(self.ident("if"));
        self.call(out, "records", arguments);
        out.push(self.group(Delimiter::Brace, statements));
    }

    /// What is probed next is behind a reference that is not looked at itself: `&*self`.
    pub(crate) fn probed_receiver(&self, receiver: bool) {
        self.receiver.set(receiver);
    }

    /// `unset(SITE, frame);`: the slot holds nothing yet.
    pub(crate) fn unset(&self, out: &mut Vec<TokenTree>, slot: u32, position: u32) {
        let mut arguments = vec![self.number(slot | position << 8)];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("unset"), arguments);
        out.push(self.punct(';'));
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

    /// `cap_init(INIT, SITE, frame)`
    pub(crate) fn capture_init(
        &self,
        out: &mut Vec<TokenTree>,
        init: Vec<TokenTree>,
        slot: u32,
        position: u32,
    ) {
        let mut arguments = init;
        arguments.push(self.punct(','));
        arguments.push(self.number(slot | position << 8));
        self.push_frame(&mut arguments);
        self.call(out, &self.name("cap_init"), arguments);
    }

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

    /// Captures at a failing exit.
    pub(crate) fn read(&self, out: &mut Vec<TokenTree>, reads: &[Read], position: u32) {
        for read in reads {
            if read.probed {
                self.probed_receiver(read.receiver);
                let by = match read.debug {
                    true => Probing::DebugFailing,
                    false => Probing::InspectFailing,
                };
                self.capture_probed(out, &read.ident, read.slot, position, by);
                self.probed_receiver(false);
            } else {
                self.capture(out, &read.ident, read.slot, position);
            }
        }
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

    /// `async move BLOCK`
    pub(crate) fn async_move(&self, block: TokenTree) -> Vec<TokenTree> {
        vec![self.ident("async"), self.ident("move"), block]
    }
}

pub(crate) fn colons(span: Span) -> Vec<TokenTree> {
    [Spacing::Joint, Spacing::Alone]
        .map(|spacing| {
            let mut punct = Punct::new(':', spacing);
            punct.set_span(span);
            punct.into()
        })
        .to_vec()
}

/// `::core::compile_error! { message }` at `span`, beside the item it is about. The path is the one that cannot be shadowed.
pub(crate) fn compile_error(span: Span, message: &str) -> TokenStream {
    let spanned = |mut tree: TokenTree| {
        tree.set_span(span);
        tree
    };
    let mut out: Vec<TokenTree> = colons(Span::mixed_site().located_at(span));
    out.push(Ident::new("core", Span::mixed_site().located_at(span)).into());
    out.extend(colons(Span::mixed_site().located_at(span)));
    out.push(Ident::new("compile_error", Span::mixed_site().located_at(span)).into());
    out.push(spanned(Punct::new('!', Spacing::Alone).into()));
    let text = spanned(Literal::string(message).into());
    out.push(spanned(
        Group::new(Delimiter::Brace, TokenStream::from(text)).into(),
    ));
    out.into_iter().collect()
}
