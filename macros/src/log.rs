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
            ("sink", _) => expression(name, span, rest).map(|path| self.sink = Some(path)),
            ("if", _) => expression(name, span, rest).map(|it| self.condition = Some(it)),
            _ => return None,
        })
    }

    /// `redact(result)`, `show(result)`
    pub(crate) fn result(&mut self, shown: bool) {
        self.letters.push(if shown { 'v' } else { 'x' });
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
}

impl LoggedResult {
    /// Of an expression whose type is not written.
    pub(crate) fn unnamed(emit: &Emit) -> LoggedResult {
        LoggedResult {
            written: vec![emit.ident("_")],
            asked: false,
            debug: false,
        }
    }

    /// `written`: the tokens behind `->`; `result`: the type for a turbofish, if it can be written again. `None`: the
    /// function returns nothing that could be shown.
    pub(crate) fn new(
        emit: &Emit,
        written: &[Tok],
        result: Option<&[TokenTree]>,
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
            asked: named && (is_probed(written) || written.iter().any(failing)),
            debug: named && is_probed(written) && !has_lifetimes(written),
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
    pub(crate) fn log_site_borrowed(&self) -> [TokenTree; 2] {
        self.borrowed(self.ident(SITE))
    }

    /// `let log = log_none(); log_enter(&SITE, &guard, &log);`, with what is to be done before where the call is
    /// logged.
    pub(crate) fn log_enter(
        &self,
        out: &mut Vec<TokenTree>,
        options: &LogOptions,
        before: Vec<TokenTree>,
    ) {
        out.extend([self.ident("let"), self.log(), self.punct('=')]);
        self.call(out, "log_none", Vec::new());
        out.push(self.punct(';'));
        let mut enter = Vec::new();
        let mut arguments = self.borrowed(self.ident(SITE)).to_vec();
        arguments.push(self.punct(','));
        arguments.extend(self.borrowed(self.guard().into()));
        arguments.push(self.punct(','));
        arguments.extend(self.borrowed(self.log()));
        self.call(&mut enter, "log_enter", arguments);
        enter.push(self.punct(';'));
        if before.is_empty() && options.condition.is_none() {
            out.extend(enter);
            return;
        }
        out.push(self.ident("if"));
        self.call(out, "log_may", self.borrowed(self.ident(SITE)).to_vec());
        self.and(out, options);
        let mut inner = before;
        inner.extend(enter);
        out.push(self.group(Delimiter::Brace, inner));
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

    /// A value that leaves the function: `log_ret::<R>(VALUE, &log)`, or
    /// `match log_value::<R>(VALUE) { v => { if log_on(&log) { Returning(&v).stacklens_outcome(&log); .. } v } }`
    pub(crate) fn log_leaf(&self, result: &LoggedResult, value: Vec<TokenTree>) -> Vec<TokenTree> {
        let mut out = Vec::new();
        if !result.asked {
            let plain = if self.plain {
                "log_ret_plain"
            } else {
                "log_ret"
            };
            out.extend(self.path(plain));
            self.turbofish(&mut out, Some(&result.written), false);
            let mut arguments = value;
            arguments.push(self.punct(','));
            arguments.extend(self.borrowed(self.log()));
            out.push(self.group(Delimiter::Parenthesis, arguments));
            return out;
        }
        let name = || self.ident("stacklens_value");
        let mut asked = Vec::new();
        let (own, log) = (self.borrowed(name()), self.borrowed(self.log()));
        self.returning(&mut asked, result, &own, &log);
        let mut arm = vec![self.ident("if")];
        self.call(&mut arm, "log_on", self.borrowed(self.log()).to_vec());
        arm.push(self.group(Delimiter::Brace, asked));
        arm.push(name());
        out.push(self.ident("match"));
        out.extend(self.path("log_value"));
        self.turbofish(&mut out, Some(&result.written), false);
        out.push(self.group(Delimiter::Parenthesis, value));
        let mut arms = vec![name()];
        arms.extend(self.joint(['=', '>']));
        arms.push(self.group(Delimiter::Brace, arm));
        out.push(self.group(Delimiter::Brace, arms));
        out
    }

    /// `Returning(VALUE).stacklens_outcome(NOTES); Returning(VALUE).stacklens_ret(NOTES);`
    fn returning(
        &self,
        out: &mut Vec<TokenTree>,
        result: &LoggedResult,
        value: &[TokenTree],
        notes: &[TokenTree],
    ) {
        let shown = if result.debug {
            "stacklens_ret"
        } else {
            "stacklens_ret_plain"
        };
        for method in ["stacklens_outcome", shown] {
            self.call(out, "Returning", value.to_vec());
            out.extend([self.punct('.'), self.ident(method)]);
            out.push(self.group(Delimiter::Parenthesis, notes.iter().cloned()));
            out.push(self.punct(';'));
        }
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
            self.call(
                &mut inner,
                "log_may",
                self.borrowed(self.ident(SITE)).to_vec(),
            );
            self.and(&mut inner, options);
        }
        let mut task = Vec::new();
        self.call(
            &mut task,
            "log_task",
            self.borrowed(self.ident(SITE)).to_vec(),
        );
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

    /// `log_future::<R, _, _>(LOG, SHOW, FUTURE)`
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
        for _ in 0..2 {
            out.extend([self.punct(','), self.ident("_")]);
        }
        out.push(self.punct('>'));
        let mut arguments = vec![log, self.punct(',')];
        arguments.extend(show);
        arguments.push(self.punct(','));
        arguments.extend(future);
        out.push(self.group(Delimiter::Parenthesis, arguments));
        out
    }

    /// What shows the value of a future: `|v, given| { Returning(v).. }`, or `log_show` where its type cannot be
    /// written.
    pub(crate) fn log_show(&self, result: Option<&LoggedResult>) -> Vec<TokenTree> {
        let Some(result) = result.filter(|result| result.asked) else {
            return self.path(if self.plain {
                "log_show_plain"
            } else {
                "log_show"
            });
        };
        let (value, given) = (self.ident("stacklens_value"), self.ident("stacklens_given"));
        let mut body = Vec::new();
        // The closure is given references.
        let (own, notes) = (std::slice::from_ref(&value), std::slice::from_ref(&given));
        self.returning(&mut body, result, own, notes);
        vec![
            self.punct('|'),
            value,
            self.punct(','),
            given,
            self.punct('|'),
            self.group(Delimiter::Brace, body),
        ]
    }
}

const META: &str = "STACKLENS_META";
const SITE: &str = "STACKLENS_SITE";
