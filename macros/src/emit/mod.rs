//! What is emitted, in one place: calls of functions in the library's `__private` module. Here the tokens that all of it is
//! made of; [`enter`], [`capture`] and [`exit`] put them together.
//!
//! Why the output looks as it does:
//! * Rooted paths with mixed-site spans: they resolve in every edition, in `#![no_std]` roots, and whatever the user's own
//!   modules are called; and no method-call syntax, which a blanket trait of the user's could capture.
//! * No `unsafe` and no `#[allow]`: both are errors under `forbid`.
//! * The guard is passed last: an operand may itself contain statements that use it.
//! * Names of the user's variables keep the user's own tokens, so that hygiene of `macro_rules!` holds.

mod capture;
mod enter;
mod exit;

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
    pub(crate) reach: Cell<Reach>,
    /// Only scalars are read from values: the function contains `unsafe`, and a local may be half made.
    pub(crate) plain: bool,
    /// The frame has a name of its own in the body (`Emit::name_frame`), and so often it was mentioned.
    pub(crate) named_frame: bool,
    pub(crate) mentions: Cell<u32>,
    words: Words,
}

/// Identifiers that are in nearly all that is emitted: to place a copy of one is cheaper than to make it.
struct Words {
    stacklens: Ident,
    private: Ident,
    frame: Ident,
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
            reach: Cell::new(reach),
            plain,
            named_frame: false,
            mentions: Cell::new(0),
            words: Words {
                stacklens: Ident::new("stacklens", base),
                private: Ident::new("__private", base),
                frame: Ident::new("stacklens_active", base),
            },
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

    /// `::stacklens::__private::NAME`
    pub(crate) fn path(&self, name: &str) -> Vec<TokenTree> {
        let mut path = Vec::with_capacity(9);
        self.push_path(&mut path, name);
        path
    }

    fn push_path(&self, out: &mut Vec<TokenTree>, name: &str) {
        match &self.root {
            Some(root) => out.extend(root.iter().cloned()),
            None => {
                self.push_colons(out);
                out.push(self.placed(&self.words.stacklens));
            }
        }
        self.push_colons(out);
        out.push(self.placed(&self.words.private));
        self.push_colons(out);
        out.push(self.ident(name));
    }

    fn push_colons(&self, out: &mut Vec<TokenTree>) {
        out.push(self.punct_spaced(':', Spacing::Joint));
        out.push(self.punct_spaced(':', Spacing::Alone));
    }

    fn placed(&self, word: &Ident) -> TokenTree {
        let mut word = word.clone();
        word.set_span(self.span.get());
        word.into()
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
        self.push_path(out, name);
        out.push(self.group(Delimiter::Parenthesis, arguments));
    }

    fn name(&self, base: &str) -> String {
        match (self.reach.get(), self.plain && base.starts_with("cap")) {
            (Reach::Guard, false) => base.to_owned(),
            (Reach::Guard, true) => format!("{base}_plain"),
            (Reach::Top, false) => format!("{base}_top"),
            (Reach::Top, true) => format!("{base}_plain_top"),
        }
    }

    /// `, frame`, or nothing where the frame is found by itself.
    fn push_frame(&self, arguments: &mut Vec<TokenTree>) {
        if self.reach.get() == Reach::Guard {
            if !arguments.is_empty() {
                arguments.push(self.punct(','));
            }
            if self.named_frame {
                self.mentions.set(self.mentions.get() + 1);
                arguments.push(self.placed(&self.words.frame));
            } else {
                arguments.extend([self.guard().into(), self.punct('.'), self.ident("active")]);
            }
        }
    }

    /// `let frame = guard.active;`, if the frame was mentioned: a name is less to check, each time, than a field.
    pub(crate) fn name_frame(&self, out: &mut Vec<TokenTree>) {
        if self.mentions.get() > 0 {
            out.extend([
                self.ident("let"),
                self.placed(&self.words.frame),
                self.punct('='),
                self.guard().into(),
                self.punct('.'),
                self.ident("active"),
                self.punct(';'),
            ]);
        }
    }

    /// `at(4, frame);`
    pub(crate) fn at(&self, out: &mut Vec<TokenTree>, position: u32) {
        let mut arguments = vec![self.number(position)];
        self.push_frame(&mut arguments);
        self.call(out, &self.name("at"), arguments);
        out.push(self.punct(';'));
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
