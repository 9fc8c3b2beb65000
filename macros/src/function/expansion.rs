//! The function with its frame: what its body and its parameters say is brought together here.

use super::future::{boxed_async, nested_async};
use super::parameter::Parameter;
use super::{attributes, mentions, Function};
use crate::embed;
use crate::emit::{Emit, Reach};
use crate::meta::{flag, Facts, Positions};
use crate::options::{OptionError, Options};
use crate::rewrite::{
    bindings, has_lifetimes, is_probed, may_return, Body, Exits, Scope, Variable, Walker,
};
use crate::tree::{group_at, ident_at, punct_at, split_commas, Tok};
use proc_macro::{Delimiter, Ident, TokenStream, TokenTree};

/// Arguments that `enterN` takes.
pub(super) const ENTER_ARGUMENTS: usize = 8;

pub(super) struct Expansion<'t, 'o> {
    pub(super) function: &'t Function<'t>,
    pub(super) options: &'o Options,
    pub(super) qualifier: &'o str,
    pub(super) parameters: Vec<Parameter<'t>>,
    pub(super) emit: Emit,
}

impl<'t, 'o> Expansion<'t, 'o> {
    pub(super) fn new(
        function: &'t Function<'t>,
        options: &'o Options,
        qualifier: &'o str,
    ) -> Self {
        let parameters = group_at(function.toks, function.parameters, Delimiter::Parenthesis)
            .map(|inner| {
                split_commas(inner)
                    .into_iter()
                    .map(Parameter::parse)
                    .collect()
            })
            .unwrap_or_default();
        let reach = if function.is_async {
            Reach::Top
        } else {
            Reach::Guard
        };
        let plain = function.is_unsafe || contains_unsafe(function.body_toks());
        let mut emit = Emit::new(options.root.clone(), reach, plain);
        // In a function that grows the body is a closure in which the guard is.
        emit.named_frame = !options.recursion.grow;
        Expansion {
            function,
            options,
            qualifier,
            parameters,
            emit,
        }
    }

    pub(super) fn run(self) -> Result<TokenStream, OptionError> {
        let body = self.function.body_toks();
        let (inner_attributes, body) = split_inner_attributes(body);
        let entry = self.function.toks[self.function.name - 1].span();
        self.emit.locate(entry);
        let future = self
            .options
            .future(self.function.is_async, self.function.result)?;
        let written = ident_at(self.function.toks, self.function.name).unwrap_or("");
        if let Some(nested) = nested_async(written, body).filter(|_| !self.function.is_async) {
            if let Some(tokens) = self.assemble_nested(&inner_attributes, body, nested) {
                return Ok(tokens);
            }
        }
        let boxed = boxed_async(body).filter(|_| !self.function.is_async && future.is_none());
        if let Some(boxed) = boxed {
            if let Some(tokens) = self.assemble_boxed(&inner_attributes, body, boxed, entry) {
                return Ok(tokens);
            }
        }

        self.emit.mentions.set(0);
        let mut walker = Walker::new(&self.emit, self.options, Positions::new(entry));
        walker.exits = Exits::new(self.function.result, self.result(), self.options.trace_none);
        let may_return = walker.exits.leaves() && may_return(body);
        walker.exits.early = may_return && self.emit.reach.get() == Reach::Guard;
        if let Some(log) = self
            .options
            .log
            .as_ref()
            .filter(|_| !self.function.is_async)
        {
            let exits = std::mem::take(&mut walker.exits);
            let hidden = log.hides_result(&self.name());
            walker.exits = exits.logged(&self.emit, self.function.result, hidden);
        }
        walker.exits.future = future;
        walker.exits.block = future.and_then(|_| self.exits_of_block()).map(Box::new);
        let arguments = self.declare(&mut walker);
        walker.first = self.emit.reach.get() == Reach::Guard
            && self.options.log.is_none()
            && !self.options.recursion.grow;
        let walked = match walker.body(body) {
            Ok(walked) => walked,
            // Syntax that the walk does not know: the frame and the parameters. What the body mentions it may well read.
            Err(_) if future.is_some() => {
                return match self.options.future_in_unknown_syntax() {
                    Some(error) => Err(error),
                    None => Expansion {
                        options: &self.options.without_future(),
                        ..self
                    }
                    .run(),
                };
            }
            Err(_) => {
                self.emit.mentions.set(0);
                walker = Walker::new(&self.emit, self.options, Positions::new(entry));
                self.declare(&mut walker);
                walker.mention_all(body);
                walker.moved_all(body);
                Body {
                    items: Vec::new(),
                    statements: body.iter().map(Tok::token).collect(),
                }
            }
        };
        if let Some(unknown) = self
            .options
            .unknown_name(|name| walker.scope.variables.iter().any(|v| v.name == name))
        {
            return Err(unknown);
        }
        let mut scope = std::mem::take(&mut walker.scope);
        let positions = std::mem::replace(&mut walker.positions, Positions::new(entry));
        let exits = std::mem::take(&mut walker.exits);
        drop(walker);
        scope
            .variables
            .iter_mut()
            .filter(|v| v.argument)
            .for_each(|v| v.end = positions.next().wrapping_sub(1));
        Ok(if self.function.is_async {
            let watched = exits.result().filter(|_| may_return);
            self.assemble_async(
                &inner_attributes,
                walked,
                scope,
                &positions,
                &arguments,
                watched,
            )
        } else if self.options.recursion.grow {
            self.assemble_grown(
                &inner_attributes,
                walked,
                scope,
                &positions,
                &arguments,
                &exits,
            )
        } else {
            self.assemble(
                &inner_attributes,
                walked,
                scope,
                &positions,
                &arguments,
                &exits,
            )
        })
    }

    /// Declares the parameters' names; gives, for each parameter, the variables it binds.
    pub(super) fn declare(&self, walker: &mut Walker<'_>) -> Vec<Vec<usize>> {
        let mut by_enter = 0;
        let declared = self
            .parameters
            .iter()
            .map(|p| {
                if p.conditional {
                    return Vec::new();
                }
                let changes = p.mutable || p.refers_mutably() || mutable_pin(p.written_type());
                let found: Vec<(Ident, bool)> = match p.plain {
                    Some(at) => match &p.toks[at] {
                        Tok::Ident { token, .. } => vec![(token.clone(), changes)],
                        _ => Vec::new(),
                    },
                    None => bindings(p.pattern())
                        .into_iter()
                        .map(|b| (b.ident, b.mutable))
                        .collect(),
                };
                if p.plain.is_some() && !changes && !self.is_probed(p) {
                    by_enter += 1;
                }
                found
                    .into_iter()
                    .map(|(ident, may_change)| {
                        let index = walker.declare(&ident, may_change, false);
                        let variable: &mut Variable = &mut walker.scope.variables[index];
                        variable.argument = true;
                        variable.probed = p.plain.is_some() && self.is_probed(p);
                        variable.lifetimes = has_lifetimes(p.written_type());
                        variable.passed = p.passed();
                        variable.copied = p.plain.is_some()
                            && (p.drops_nothing() || p.is_reference() || p.refers_mutably());
                        variable.start = 0;
                        variable.scope_start = 0;
                        walker.look_ahead(index, self.function.body_toks());
                        index
                    })
                    .collect()
            })
            .collect();
        if self.emit.reach.get() == Reach::Guard {
            walker.scope.reserve(by_enter.min(ENTER_ARGUMENTS as u32));
        }
        declared
    }

    /// Whether a parameter's value is asked for by its written type.
    pub(super) fn is_probed(&self, p: &Parameter<'_>) -> bool {
        if self.emit.plain {
            return false;
        }
        match p.written_type() {
            // `self`: of the type that the impl is for.
            [] => p.is_self,
            // A type parameter has the impls that its bounds name, and no more.
            [Tok::Ident { name, .. }] if self.function.type_parameters().any(|t| t == name) => {
                self.options.captures_debug() || self.options.log.is_some()
            }
            written => is_probed(written),
        }
    }

    pub(super) fn facts<'a>(&'a self, name: &'a str) -> Facts<'a> {
        let f = self.function;
        let has_self = self.parameters.iter().any(|p| p.is_self);
        let track_caller = attributes(f.toks, f.start).any(|name| name == "track_caller");
        let mut flags = 0;
        for (set, bit) in [
            (f.is_async, flag::ASYNC),
            (f.is_unsafe, flag::UNSAFE),
            (has_self, flag::METHOD),
            (f.generic, flag::GENERIC),
            (self.options.hide, flag::HIDDEN),
            (track_caller, flag::TRACK_CALLER),
        ] {
            flags |= if set { bit } else { 0 };
        }
        let body = f.block().unwrap_or(&f.toks[f.body]);
        let last_line = match body {
            Tok::Group { token, .. } => token.span_close().line(),
            _ => body.span().line(),
        };
        let file = f.toks[f.name].span().file();
        Facts {
            name,
            qualifier: self.qualifier,
            flags,
            arguments: self.parameters.len(),
            last_line,
            file,
            embedded: self.embedded(),
        }
    }

    /// The function's own lines, where they are asked for.
    fn embedded(&self) -> Option<(usize, String)> {
        let f = self.function;
        if !self.options.embed && !cfg!(feature = "embed") {
            return None;
        }
        let toks = &f.toks[f.start..];
        Some((embed::first_line(toks)?, embed::lines(toks)?))
    }

    pub(super) fn name(&self) -> String {
        let written = ident_at(self.function.toks, self.function.name).unwrap_or("?");
        let plain = written.strip_prefix("r#").unwrap_or(written);
        self.options
            .name
            .clone()
            .unwrap_or_else(|| plain.to_owned())
    }

    /// `let guard = enterN(META, &a, &b);`, or how else the function enters its frame: then without arguments.
    pub(super) fn enter(&self, out: &mut Vec<TokenTree>, meta: &str, arguments: &[Ident]) {
        let recursion = &self.options.recursion;
        if recursion.is_special(self.function.result) {
            self.emit
                .enter_specially(out, meta, recursion, self.function.result);
        } else {
            self.emit.enter(out, meta, arguments);
        }
    }

    /// [`Expansion::enter`] that captures a probed parameter, too.
    pub(super) fn enter_probed(
        &self,
        out: &mut Vec<TokenTree>,
        meta: &str,
        arguments: &[Ident],
        v: &Variable,
        slot: u32,
    ) {
        let by = self.options.probing(v.lifetimes);
        self.emit.probed_receiver(self.is_receiver(v));
        self.emit
            .enter_probed(out, meta, arguments, (&v.ident, slot, by));
        self.emit.probed_receiver(false);
    }

    /// `self`, passed by reference.
    fn is_receiver(&self, v: &Variable) -> bool {
        let by_reference = |p: &Parameter<'_>| p.is_self && p.is_reference();
        v.name == "self" && self.parameters.iter().any(by_reference)
    }

    /// Captures a parameter at the function's entry.
    pub(super) fn capture(&self, out: &mut Vec<TokenTree>, scope: &mut Scope, index: usize) {
        let Some(slot) = scope.slot(index) else {
            return;
        };
        let v = &scope.variables[index];
        self.emit.locate(v.ident.span());
        if v.probed {
            self.emit.probed_receiver(self.is_receiver(v));
            self.emit
                .capture_probed(out, &v.ident, slot, 0, self.options.probing(v.lifetimes));
            self.emit.probed_receiver(false);
        } else {
            self.emit.capture(out, &v.ident, slot, 0);
        }
    }

    /// The item with the new body, and its inner attributes moved out: inside they would follow a statement.
    pub(super) fn item(
        &self,
        inner_attributes: &[Tok],
        renamed: &[(String, Ident)],
        body: Vec<TokenTree>,
    ) -> TokenStream {
        let f = self.function;
        let mut out: Vec<TokenTree> = Vec::with_capacity(f.toks.len() + 8);
        for (k, tok) in f.toks.iter().enumerate() {
            if k == f.start {
                out.extend(inner_attributes.iter().map(Tok::token));
            }
            if k == f.parameters && !renamed.is_empty() {
                out.push(self.rename(tok, renamed));
            } else if k == f.body {
                out.push(f.braced(&body));
            } else {
                out.push(tok.token());
            }
        }
        out.into_iter().collect()
    }

    /// The return type for a turbofish: it keeps the coercions and inferences that the signature gives.
    pub(super) fn result(&self) -> Vec<TokenTree> {
        let result = self.function.result;
        if result.is_empty() {
            return vec![self.emit.group(Delimiter::Parenthesis, [])];
        }
        if let [never] = result {
            if never.is_punct('!') {
                return self.emit.path("Never");
            }
        }
        if mentions(result, "impl") {
            return vec![self.emit.ident("_")];
        }
        result.iter().map(Tok::token).collect()
    }
}

fn contains_unsafe(toks: &[Tok]) -> bool {
    mentions(toks, "unsafe")
}

/// `Pin<&mut T>`
fn mutable_pin(toks: &[Tok]) -> bool {
    toks.iter().any(|t| t.is_ident("Pin")) && toks.iter().any(|t| t.is_ident("mut"))
}

/// A raw name that is no keyword may not be made raw in an `Ident`.
pub(super) fn hidden_name(name: &str) -> String {
    name.strip_prefix("r#")
        .map_or_else(|| name.to_owned(), |plain| format!("{plain}_"))
}

/// Inner attributes at the start of a body, as outer ones, and the rest of the body.
fn split_inner_attributes(body: &[Tok]) -> (Vec<Tok>, &[Tok]) {
    let mut i = 0;
    let mut outer = Vec::new();
    while punct_at(body, i, '#')
        && punct_at(body, i + 1, '!')
        && group_at(body, i + 2, Delimiter::Bracket).is_some()
    {
        outer.extend(Tok::tree(
            [body[i].token(), body[i + 2].token()].into_iter().collect(),
        ));
        i += 3;
    }
    (outer, &body[i..])
}
