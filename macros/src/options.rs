//! The attribute's options: `#[frame(name = "..", skip(a), redact(token), capture = "none", hide, crate = path)]`.

use crate::emit::Probing;
use crate::log::LogOptions;
use crate::recursion::Recursion;
use crate::rewrite::Returned;
use crate::secret::is_secret;
use crate::tree::{group_at, punct_at, Tok};
use proc_macro::{Delimiter, Span, TokenTree};

#[derive(Clone, Copy, PartialEq, Default)]
pub(crate) enum Capture {
    /// Positions only.
    None,
    #[default]
    Cheap,
    /// `Debug` of arguments too.
    Full,
}

impl Capture {
    pub(crate) fn named(name: &str) -> Option<Capture> {
        match name {
            "none" => Some(Capture::None),
            "cheap" => Some(Capture::Cheap),
            "full" => Some(Capture::Full),
            _ => None,
        }
    }
}

/// Which attribute the options are of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Attribute {
    Frame,
    LogCalls,
}

impl Attribute {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Attribute::Frame => "frame",
            Attribute::LogCalls => "log_calls",
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) name: Option<String>,
    /// `skip` without arguments: the function is left out of the container it is in.
    pub(crate) leave_out: bool,
    skip: Vec<(String, Span)>,
    skip_all: bool,
    only: Option<Vec<(String, Span)>>,
    redact: Vec<(String, Span)>,
    show: Vec<(String, Span)>,
    pub(crate) capture: Option<Capture>,
    pub(crate) hide: bool,
    /// The function's source lines go into its literal.
    pub(crate) embed: bool,
    pub(crate) recursion: Recursion,
    /// The function returns a future, which takes its frame along.
    future: Option<Span>,
    /// `future` is the container's.
    lenient_future: bool,
    /// `None` that is returned or left by is a failure too.
    pub(crate) trace_none: bool,
    pub(crate) root: Option<Vec<TokenTree>>,
    /// The attribute is `log_calls`.
    pub(crate) log: Option<LogOptions>,
    inherited: bool,
}

/// What is wrong, and at which token.
pub(crate) struct OptionError {
    pub(crate) span: Span,
    pub(crate) message: String,
}

const KNOWN: &str =
    "`name = \"..\"`, `skip`, `skip(..)`, `skip_all`, `only(..)`, `redact(..)`, `show(..)`, \
                     `capture = \"none|cheap|full\"`, `embed`, `future`, `hide`, `trace_none`, `recursion_limit = N`, `on_recursion = \"error\"`, `grow`, `crate = path`";

impl Options {
    pub(crate) fn parse(toks: &[Tok], attribute: Attribute) -> Result<Options, OptionError> {
        let mut options = Options {
            log: (attribute == Attribute::LogCalls).then(LogOptions::default),
            ..Options::default()
        };
        let mut seen: Vec<String> = Vec::new();
        for part in toks.split(|t| t.is_punct(',')) {
            let Some(first) = part.first() else {
                continue;
            };
            let Tok::Ident { name, token } = first else {
                return Err(error(
                    first.span(),
                    format!("expected an option: one of {}", options.known()),
                ));
            };
            if seen.contains(name) {
                return Err(error(
                    token.span(),
                    format!("the option `{name}` is given twice"),
                ));
            }
            seen.push(name.clone());
            options.one(name, token.span(), &part[1..])?;
        }
        if options.skip_all && options.only.is_some() {
            let span = toks.first().map_or_else(Span::call_site, Tok::span);
            return Err(error(
                span,
                "`skip_all` and `only(..)` contradict each other".to_owned(),
            ));
        }
        if let Some(log) = &mut options.log {
            for (list, shown) in [(&mut options.redact, false), (&mut options.show, true)] {
                let before = list.len();
                list.retain(|(name, _)| name != "result");
                if list.len() < before {
                    log.result(shown);
                }
            }
        }
        Ok(options)
    }

    fn known(&self) -> String {
        match self.log {
            None => KNOWN.to_owned(),
            Some(_) => format!("{KNOWN}, {}", crate::log::KNOWN),
        }
    }

    fn one(&mut self, name: &str, span: Span, rest: &[Tok]) -> Result<(), OptionError> {
        if let Some(taken) = self.log.as_mut().and_then(|log| log.one(name, span, rest)) {
            return taken;
        }
        match name {
            "name" => self.name = Some(string(name, span, rest)?),
            "skip" if rest.is_empty() => self.leave_out = true,
            "skip" => self.skip = names(name, span, rest)?,
            "skip_all" => self.skip_all = flag(name, rest)?,
            "only" => self.only = Some(names(name, span, rest)?),
            "redact" => self.redact = names(name, span, rest)?,
            "show" => self.show = names(name, span, rest)?,
            "embed" => self.embed = flag(name, rest)?,
            "future" => self.future = flag(name, rest)?.then_some(span),
            "hide" => self.hide = flag(name, rest)?,
            "recursion_limit" => self.recursion.limit(span, rest)?,
            "on_recursion" => {
                let text = string(name, span, rest)?;
                let at = rest.get(1).map_or(span, Tok::span);
                self.recursion.on_recursion(at, &text)?;
            }
            "grow" => {
                flag(name, rest)?;
                self.recursion.grow(span)?;
            }
            "trace_none" => self.trace_none = flag(name, rest)?,
            "capture" => {
                let mode = string(name, span, rest)?;
                let at = rest.get(1).map_or(span, Tok::span);
                let wrong =
                    || format!("`capture` is \"none\", \"cheap\" or \"full\", not {mode:?}");
                self.capture = Some(Capture::named(&mode).ok_or_else(|| error(at, wrong()))?);
            }
            "crate" => {
                let is_path = |t: &Tok| matches!(t, Tok::Ident { .. }) || t.is_punct(':');
                if !punct_at(rest, 0, '=') || rest.len() < 2 {
                    return Err(error(
                        span,
                        "expected a path: `crate = ::some::path`".to_owned(),
                    ));
                }
                if let Some(wrong) = rest[1..].iter().find(|t| !is_path(t)) {
                    return Err(error(
                        wrong.span(),
                        "expected a path: `crate = ::some::path`".to_owned(),
                    ));
                }
                self.root = Some(rest[1..].iter().map(Tok::token).collect());
            }
            _ => {
                return Err(error(
                    span,
                    format!("unknown option `{name}`; the options are {}", self.known()),
                ))
            }
        }
        Ok(())
    }

    /// What a function inside an annotated container has, over what the container has.
    pub(crate) fn over(self, container: &Options, explicit: bool) -> Options {
        Options {
            name: self.name,
            leave_out: self.leave_out,
            // Its own `only(..)` says all there is to say.
            skip: if self.skip.is_empty() && self.only.is_none() {
                container.skip.clone()
            } else {
                self.skip
            },
            skip_all: self.skip_all || container.skip_all && self.only.is_none(),
            only: self.only.or_else(|| container.only.clone()),
            redact: if self.redact.is_empty() {
                container.redact.clone()
            } else {
                self.redact
            },
            show: if self.show.is_empty() {
                container.show.clone()
            } else {
                self.show
            },
            capture: self.capture.or(container.capture),
            hide: self.hide || container.hide,
            embed: self.embed || container.embed,
            lenient_future: self.future.is_none(),
            future: self.future.or(container.future),
            recursion: self.recursion.over(&container.recursion),
            trace_none: self.trace_none || container.trace_none,
            root: self.root.or_else(|| container.root.clone()),
            log: match (self.log, &container.log) {
                (Some(own), Some(container)) => Some(own.over(container)),
                (own, container) if !explicit => own.or_else(|| container.clone()),
                (own, _) => own,
            },
            // Names of the container's lists need not be in each function.
            inherited: self.inherited || container.names_anything(),
        }
    }

    /// Whether the future that a function returns takes its frame along, and which kind it is. `written` stands behind `->`.
    pub(crate) fn future(
        &self,
        is_async: bool,
        written: &[Tok],
    ) -> Result<Option<Returned>, OptionError> {
        let Some(span) = self.future else {
            return Ok(None);
        };
        let special = self.recursion.is_special(written) || self.recursion.grow;
        if self.lenient_future {
            let meant = !is_async && !special && Returned::is_likely(written);
            return Ok(Returned::of(written).ok().filter(|_| meant));
        }
        if is_async {
            let message = "an `async fn` is a frame without `future`, which is for other functions that return futures";
            return Err(error(span, message.to_owned()));
        }
        if special {
            let message = "`future` does not go with `recursion_limit`, `on_recursion` or `grow`: nothing recurses while a future waits";
            return Err(error(span, message.to_owned()));
        }
        match Returned::of(written) {
            Ok(returned) => Ok(Some(returned)),
            Err(message) => Err(error(
                written.first().map_or(span, Tok::span),
                message.to_owned(),
            )),
        }
    }

    pub(crate) fn without_future(&self) -> Options {
        Options {
            future: None,
            ..self.clone()
        }
    }

    /// What is said where the body of such a function cannot be walked.
    pub(crate) fn future_in_unknown_syntax(&self) -> Option<OptionError> {
        let message =
            "`future`: this body has syntax in which the values that it returns are not found";
        let span = self.future.filter(|_| !self.lenient_future)?;
        Some(error(span, message.to_owned()))
    }

    fn names_anything(&self) -> bool {
        let only = self.only.iter().flatten();
        only.chain(&self.skip)
            .chain(&self.redact)
            .chain(&self.show)
            .next()
            .is_some()
    }

    /// For a function that did not name the options itself: names that it does not have are no mistake.
    pub(crate) fn lenient(&self) -> Options {
        Options {
            inherited: true,
            ..self.clone()
        }
    }

    pub(crate) fn named_as(self, name: String) -> Options {
        Options {
            name: Some(name),
            ..self
        }
    }

    /// For a container inside the container.
    pub(crate) fn inner(&self) -> Options {
        Options {
            name: None,
            ..self.clone()
        }
    }

    pub(crate) fn captures(&self, name: &str) -> bool {
        self.capture != Some(Capture::None)
            && !self.skip_all
            && !has(&self.skip, name)
            && self.only.as_ref().is_none_or(|only| has(only, name))
    }

    pub(crate) fn captures_debug(&self) -> bool {
        self.capture == Some(Capture::Full)
    }

    /// How a value whose type is written is asked. An impl of `Debug` may be for some lifetimes only.
    pub(crate) fn probing(&self, lifetimes: bool) -> Probing {
        match self.captures_debug() && !lifetimes {
            true => Probing::Debug,
            false => Probing::Inspect,
        }
    }

    pub(crate) fn redacts(&self, name: &str) -> bool {
        let plain = name.strip_prefix("r#").unwrap_or(name);
        has(&self.redact, name) || is_secret(plain) && !has(&self.show, name)
    }

    /// A name in `skip`, `only`, `redact` or `show` that the function does not have.
    pub(crate) fn unknown_name(&self, mut exists: impl FnMut(&str) -> bool) -> Option<OptionError> {
        if self.inherited {
            return None;
        }
        let lists = [&self.skip, &self.redact, &self.show]
            .into_iter()
            .chain(&self.only);
        let (name, span) = lists.flatten().find(|(name, _)| !exists(name))?;
        Some(error(
            *span,
            format!("the function has no parameter or variable `{name}`"),
        ))
    }
}

fn has(list: &[(String, Span)], name: &str) -> bool {
    list.iter().any(|(n, _)| n == name)
}

pub(crate) fn error(span: Span, message: String) -> OptionError {
    OptionError { span, message }
}

fn flag(name: &str, rest: &[Tok]) -> Result<bool, OptionError> {
    match rest.first() {
        None => Ok(true),
        Some(tok) => Err(error(tok.span(), format!("`{name}` takes no value"))),
    }
}

fn string(name: &str, span: Span, rest: &[Tok]) -> Result<String, OptionError> {
    let wanted = || format!("expected a string: `{name} = \"..\"`");
    match rest {
        [equals, Tok::Literal(literal)] if equals.is_punct('=') => {
            let text = literal.to_string();
            let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
            match inner {
                Some(inner) if !inner.is_empty() && !inner.contains('\\') => Ok(inner.to_owned()),
                _ => Err(error(
                    literal.span(),
                    format!("{}, not empty and without escapes", wanted()),
                )),
            }
        }
        [_, other, ..] => Err(error(other.span(), wanted())),
        _ => Err(error(span, wanted())),
    }
}

fn names(name: &str, span: Span, rest: &[Tok]) -> Result<Vec<(String, Span)>, OptionError> {
    let Some(inner) = group_at(rest, 0, Delimiter::Parenthesis).filter(|_| rest.len() == 1) else {
        return Err(error(span, format!("expected names: `{name}(a, b)`")));
    };
    let mut list = Vec::new();
    for part in inner.split(|t| t.is_punct(',')) {
        match part {
            [] => {}
            [Tok::Ident { name, token }] => list.push((name.clone(), token.span())),
            [other, ..] => {
                return Err(error(
                    other.span(),
                    format!("expected a name: `{name}(a, b)`"),
                ))
            }
        }
    }
    if list.is_empty() {
        return Err(error(rest[0].span(), format!("`{name}(..)` names nothing")));
    }
    Ok(list)
}
