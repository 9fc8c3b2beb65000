//! `#[log_calls]`: the options that it has besides those of `#[frame]`, and what is emitted for it.

use crate::emit::Emit;
use crate::options::OptionError;
use crate::rewrite::{has_lifetimes, is_probed};
use crate::tree::Tok;
use proc_macro::{Delimiter, Ident, Span, TokenTree};

/// What is particular to the log.
#[derive(Clone, Default)]
pub(crate) struct LogOptions {
    /// The letters that the library's `Flags::parse` reads, of the options that are given; a level is a digit.
    letters: String,
    sink: Option<Vec<TokenTree>>,
    condition: Option<Vec<TokenTree>>,
}

pub(crate) const KNOWN: &str =
    "`level = \"error|warn|info|debug|trace\"`, `args = false`, `result = false`, `names`, `types`, `time`, `place`, \
     `thread`, `qualified`, `receiver`, `suspend`, `sink = path`, `if = expression`";

impl LogOptions {
    /// Takes an option, if it is one of the log's.
    pub(crate) fn one(
        &mut self,
        name: &str,
        span: Span,
        rest: &[Tok],
    ) -> Option<Result<(), OptionError>> {
        let on = |letter| Some((letter, true));
        let letter = match name {
            "args" => Some(('a', false)),
            "result" => Some(('r', false)),
            "names" => on('n'),
            "types" => on('y'),
            "time" => on('t'),
            "place" => on('l'),
            "thread" => on('h'),
            "qualified" => on('q'),
            "receiver" => on('s'),
            "suspend" => on('p'),
            _ => None,
        };
        Some(match (name, letter) {
            (_, Some((letter, when))) => boolean(name, span, rest).map(|value| {
                if value == when {
                    self.letters.push(letter);
                }
            }),
            ("level", _) => level(span, rest).map(|digit| self.letters.push(digit)),
            ("sink", _) => {
                expression(name, span, rest).map(|path| self.sink = Some(in_any_edition(path)))
            }
            ("if", _) => expression(name, span, rest).map(|it| self.condition = Some(it)),
            _ => return None,
        })
    }

    /// `redact(result)`, `show(result)`
    pub(crate) fn result(&mut self, shown: bool) {
        self.letters.push(if shown { 'v' } else { 'x' });
    }

    /// Whether nothing is to be seen of what a function returns.
    pub(crate) fn hides_result(&self, function: &str) -> bool {
        let has = |letter| self.letters.contains(letter);
        has('r') || has('x') || crate::secret::is_secret(function) && !has('v')
    }

    /// What a function inside an annotated container has, over what the container has: of a level, the last counts.
    pub(crate) fn over(self, container: &LogOptions) -> LogOptions {
        LogOptions {
            letters: format!("{}{}", container.letters, self.letters),
            sink: self.sink.or_else(|| container.sink.clone()),
            condition: self.condition.or_else(|| container.condition.clone()),
        }
    }
}

fn error(span: Span, message: String) -> OptionError {
    OptionError { span, message }
}

/// `name`, `name = true`, `name = false`
fn boolean(name: &str, span: Span, rest: &[Tok]) -> Result<bool, OptionError> {
    match rest {
        [] => Ok(true),
        [equals, value] if equals.is_punct('=') && value.is_ident("true") => Ok(true),
        [equals, value] if equals.is_punct('=') && value.is_ident("false") => Ok(false),
        _ => Err(error(
            rest.get(1).map_or(span, Tok::span),
            format!("expected `{name}`, `{name} = true` or `{name} = false`"),
        )),
    }
}

fn level(span: Span, rest: &[Tok]) -> Result<char, OptionError> {
    let text = match rest {
        [equals, Tok::Literal(literal)] if equals.is_punct('=') => literal.to_string(),
        _ => String::new(),
    };
    Ok(match text.as_str() {
        "\"error\"" => '1',
        "\"warn\"" => '2',
        "\"info\"" => '3',
        "\"debug\"" => '4',
        "\"trace\"" => '5',
        _ => {
            let span = rest.get(1).map_or(span, Tok::span);
            let message = "`level` is \"error\", \"warn\", \"info\", \"debug\" or \"trace\"";
            return Err(error(span, message.to_owned()));
        }
    })
}

fn expression(name: &str, span: Span, rest: &[Tok]) -> Result<Vec<TokenTree>, OptionError> {
    match rest {
        [equals, value @ ..] if equals.is_punct('=') && !value.is_empty() => {
            Ok(value.iter().map(Tok::token).collect())
        }
        _ => Err(error(
            span,
            match name {
                "sink" => "expected the path of a static: `sink = crate::SINK`".to_owned(),
                _ => "expected an expression: `if = n > 3`".to_owned(),
            },
        )),
    }
}

/// `::stacklens::..` is this library wherever it is written, also in edition 2015, where it would begin at the crate's
/// own root.
fn in_any_edition(mut path: Vec<TokenTree>) -> Vec<TokenTree> {
    if matches!(path.get(2), Some(TokenTree::Ident(name)) if name.to_string() == "stacklens") {
        for tree in &mut path[..3] {
            tree.set_span(Span::mixed_site().located_at(tree.span()));
        }
    }
    path
}

/// What a function has returned if the log has not seen it.
#[derive(Clone, Copy)]
pub(crate) enum Unseen {
    /// Something, from within a macro.
    Value,
    /// `()`
    Unit,
    /// A closure, as it stands.
    Closure,
}

/// How the values that a function returns are shown.
#[derive(Clone)]
pub(crate) struct LoggedResult {
    /// For a turbofish.
    written: Vec<TokenTree>,
    /// What the type says of it is asked: whether it is a failure, and its `Inspect` or `Debug`.
    asked: bool,
    /// `Debug` may be asked for: not of a type with lifetimes, for some of which alone it may be.
    debug: bool,
    /// Whether it is a failure is all that is asked.
    hidden: bool,
}

impl LoggedResult {
    /// Of an expression whose type is not written.
    pub(crate) fn unnamed(emit: &Emit) -> LoggedResult {
        LoggedResult {
            written: vec![emit.ident("_")],
            asked: false,
            debug: false,
            hidden: false,
        }
    }

    /// `written`: the tokens behind `->`; `result`: the type for a turbofish, if it can be written again. `None`: the
    /// function returns nothing that could be shown.
    pub(crate) fn new(
        emit: &Emit,
        written: &[Tok],
        result: Option<&[TokenTree]>,
        hidden: bool,
    ) -> Option<LoggedResult> {
        if written.is_empty() || matches!(written, [t] if t.is_punct('!')) {
            return None;
        }
        let failing = |t: &Tok| {
            t.ident()
                .is_some_and(|name| name.ends_with("Result") || name == "Option" || name == "Poll")
        };
        let named = result.is_some() && !emit.plain;
        Some(LoggedResult {
            written: match result {
                Some(result) => result.to_vec(),
                None => vec![emit.ident("_")],
            },
            asked: named && (is_probed(written) && !hidden || written.iter().any(failing)),
            debug: named && is_probed(written) && !has_lifetimes(written),
            hidden,
        })
    }
}

impl Emit {
    pub(crate) fn log(&self) -> TokenTree {
        self.ident("stacklens_log")
    }

    fn borrowed(&self, name: TokenTree) -> [TokenTree; 2] {
        [self.punct('&'), name]
    }

    /// `const META: Text = ..; static SITE: LogSite = LogSite::new(META, "letters");`
    ///
    /// Names of items are not hygienic: these are nobody else's. The literal is a constant because it is needed twice.
    pub(crate) fn log_site(
        &self,
        out: &mut Vec<TokenTree>,
        meta: &str,
        options: &LogOptions,
        unseen: Unseen,
    ) {
        out.extend([self.ident("const"), self.ident(META), self.punct(':')]);
        out.extend(self.path("Text"));
        out.push(self.punct('='));
        out.extend(self.meta(meta));
        out.push(self.punct(';'));

        out.extend([self.ident("static"), self.ident(SITE), self.punct(':')]);
        out.extend(self.path("LogSite"));
        out.push(self.punct('='));
        let letter = match unseen {
            Unseen::Value => "",
            Unseen::Unit => "u",
            Unseen::Closure => "c",
        };
        let letters = format!("{}{letter}", options.letters);
        let mut arguments = vec![self.ident(META), self.punct(','), self.text(&letters)];
        out.extend(self.path("LogSite"));
        out.extend(crate::emit::colons(self.located()));
        match &options.sink {
            None => out.push(self.ident("new")),
            Some(sink) => {
                out.push(self.ident("to"));
                arguments.extend([self.punct(','), self.punct('&')]);
                arguments.push(self.group(Delimiter::Parenthesis, sink.iter().cloned()));
            }
        }
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out.push(self.punct(';'));
        self.named.set(true);
    }

    /// The constant of [`Emit::log_site`].
    pub(crate) fn log_meta(&self) -> TokenTree {
        self.ident(META)
    }

    /// The static of [`Emit::log_site`].
    fn log_site_borrowed(&self) -> [TokenTree; 2] {
        self.borrowed(self.ident(SITE))
    }

    /// `let log = log_none(); if log_may(&SITE) && (condition) { .. log_enter(&SITE, &guard, &log); }`
    ///
    /// `entered`: what makes the arguments known that are not, though they are recorded on entry; `shown`: the others.
    pub(crate) fn log_enter(
        &self,
        out: &mut Vec<TokenTree>,
        options: &LogOptions,
        entered: Vec<TokenTree>,
        shown: Vec<TokenTree>,
    ) {
        out.extend([self.ident("let"), self.log(), self.punct('=')]);
        self.call(out, "log_none", Vec::new());
        out.push(self.punct(';'));
        let site = || self.log_site_borrowed();
        let mut of_frame = site().to_vec();
        of_frame.push(self.punct(','));
        of_frame.extend(self.borrowed(self.guard().into()));
        let mut inner = Vec::new();
        for (name, asked, captures) in [
            ("log_again", of_frame.clone(), entered),
            ("log_reads", site().to_vec(), shown),
        ] {
            if !captures.is_empty() {
                inner.push(self.ident("if"));
                self.call(&mut inner, name, asked);
                inner.push(self.group(Delimiter::Brace, captures));
            }
        }
        of_frame.push(self.punct(','));
        of_frame.extend(self.borrowed(self.log()));
        self.call(&mut inner, "log_enter", of_frame);
        inner.push(self.punct(';'));
        out.push(self.ident("if"));
        let may = match options.condition {
            Some(_) => "log_asks",
            None => "log_may",
        };
        self.call(out, may, site().to_vec());
        self.and(out, options);
        out.push(self.group(Delimiter::Brace, inner));
    }

    /// `log_argument(INDEX, &x, &guard);`
    pub(crate) fn log_argument(&self, out: &mut Vec<TokenTree>, variable: &Ident, index: u32) {
        let name = if self.plain {
            "log_argument_plain"
        } else {
            "log_argument"
        };
        let mut arguments = vec![self.number(index), self.punct(',')];
        arguments.extend(self.borrowed(variable.clone().into()));
        arguments.push(self.punct(','));
        arguments.extend(self.borrowed(self.guard().into()));
        self.call(out, name, arguments);
        out.push(self.punct(';'));
    }

    /// `&& (condition)`
    fn and(&self, out: &mut Vec<TokenTree>, options: &LogOptions) {
        if let Some(condition) = &options.condition {
            out.extend(self.joint(['&', '&']));
            out.push(self.group(Delimiter::Parenthesis, condition.iter().cloned()));
        }
    }

    /// `Shown(&x).stacklens_cap(SLOT, &guard);`
    pub(crate) fn log_shown(
        &self,
        out: &mut Vec<TokenTree>,
        variable: &Ident,
        receiver: bool,
        slot: u32,
    ) {
        self.shown(out, variable, receiver);
        out.push(self.ident("stacklens_cap"));
        let mut arguments = vec![self.number(slot), self.punct(',')];
        arguments.extend(self.borrowed(self.guard().into()));
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out.push(self.punct(';'));
    }

    fn shown(&self, out: &mut Vec<TokenTree>, variable: &Ident, receiver: bool) {
        let mut argument = vec![self.punct('&')];
        if receiver {
            argument.push(self.punct('*'));
        }
        argument.push(variable.clone().into());
        self.call(out, "Shown", argument);
        out.push(self.punct('.'));
    }

    /// A value that leaves the function: `log_ret::<R>(VALUE, &log)`, or `log_ret_by::<R>(VALUE, show, &log)`
    pub(crate) fn log_leaf(&self, result: &LoggedResult, value: Vec<TokenTree>) -> Vec<TokenTree> {
        let name = match (result.asked, self.plain) {
            (true, _) => "log_ret_by",
            (false, true) => "log_ret_plain",
            (false, false) => "log_ret",
        };
        let mut out = self.path(name);
        self.turbofish(&mut out, Some(&result.written), false);
        let mut arguments = value;
        arguments.push(self.punct(','));
        if result.asked {
            arguments.extend([self.ident(SHOW), self.punct(',')]);
            self.shows.set(true);
        }
        arguments.extend(self.borrowed(self.log()));
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// `let show = Returned::<R>::NEW.stacklens_show();`, once for all values that leave the function.
    pub(crate) fn log_shows(&self, out: &mut Vec<TokenTree>, result: &LoggedResult) {
        if self.shows.get() {
            out.extend([self.ident("let"), self.ident(SHOW), self.punct('=')]);
            out.extend(self.showing(result));
            out.push(self.punct(';'));
        }
    }

    /// `Returned::<R>::NEW.stacklens_show()`
    fn showing(&self, result: &LoggedResult) -> Vec<TokenTree> {
        let mut out = self.path(match (result.hidden, result.debug) {
            (true, _) => "Hidden",
            (false, true) => "Returned",
            (false, false) => "Parts",
        });
        self.turbofish(&mut out, Some(&result.written), false);
        out.extend(crate::emit::colons(self.located()));
        out.extend([
            self.ident("NEW"),
            self.punct('.'),
            self.ident("stacklens_show"),
            self.group(Delimiter::Parenthesis, []),
        ]);
        out
    }

    /// `log_q(OPERAND, &log)`: the operand of a `?`.
    pub(crate) fn log_question(&self, operand: Vec<TokenTree>) -> Vec<TokenTree> {
        let mut out = Vec::new();
        let mut arguments = operand;
        arguments.push(self.punct(','));
        arguments.extend(self.borrowed(self.log()));
        self.call(&mut out, "log_q", arguments);
        out
    }

    /// `{ let mut log = log_task(&SITE); Shown(&x).stacklens_arg("x", &mut log); .. log }`
    pub(crate) fn log_task(
        &self,
        options: &LogOptions,
        arguments: &[(String, Ident, bool)],
    ) -> TokenTree {
        let mut inner = vec![self.ident("let")];
        if !arguments.is_empty() {
            inner.push(self.ident("mut"));
        }
        inner.extend([self.log(), self.punct('=')]);
        if options.condition.is_some() {
            inner.push(self.ident("if"));
            self.call(&mut inner, "log_asks", self.log_site_borrowed().to_vec());
            self.and(&mut inner, options);
        }
        let mut task = Vec::new();
        self.call(&mut task, "log_task", self.log_site_borrowed().to_vec());
        if options.condition.is_some() {
            let mut none = Vec::new();
            self.call(&mut none, "log_no_task", Vec::new());
            inner.push(self.group(Delimiter::Brace, task));
            inner.push(self.ident("else"));
            inner.push(self.group(Delimiter::Brace, none));
        } else {
            inner.extend(task);
        }
        inner.push(self.punct(';'));
        for (name, variable, receiver) in arguments {
            self.shown(&mut inner, variable, *receiver);
            inner.push(self.ident("stacklens_arg"));
            let arguments = vec![
                self.text(name),
                self.punct(','),
                self.punct('&'),
                self.ident("mut"),
                self.log(),
            ];
            inner.push(self.group(Delimiter::Parenthesis, arguments));
            inner.push(self.punct(';'));
        }
        inner.push(self.log());
        self.group(Delimiter::Brace, inner)
    }

    /// `log_future::<R, _>(LOG, SHOW, FUTURE)`
    pub(crate) fn log_future(
        &self,
        result: &[TokenTree],
        log: TokenTree,
        show: Vec<TokenTree>,
        future: Vec<TokenTree>,
    ) -> Vec<TokenTree> {
        let mut out = self.path("log_future");
        out.extend(crate::emit::colons(self.located()));
        out.push(self.punct('<'));
        out.extend(result.iter().cloned());
        out.extend([self.punct(','), self.ident("_")]);
        out.push(self.punct('>'));
        let mut arguments = vec![log, self.punct(',')];
        arguments.extend(show);
        arguments.push(self.punct(','));
        arguments.extend(future);
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// What shows the value of a future: `Returned::<R>::NEW.stacklens_show()`, or `log_show` where its type cannot be
    /// written.
    pub(crate) fn log_show(&self, result: Option<&LoggedResult>) -> Vec<TokenTree> {
        match result.filter(|result| result.asked) {
            Some(result) => self.showing(result),
            None if self.plain => self.path("log_show_plain"),
            None => self.path("log_show"),
        }
    }
}

const META: &str = "STACKLENS_META";
const SITE: &str = "STACKLENS_SITE";
const SHOW: &str = "stacklens_show";
