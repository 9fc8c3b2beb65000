//! One function: its signature taken apart as far as needed, its body walked, the two put together again.

use crate::emit::{Emit, Reach};
use crate::meta::{flag, pack, Facts, Positions};
use crate::options::{OptionError, Options};
use crate::rewrite::{bindings, has_lifetimes, is_probed, Body, Scope, Variable, Walker};
use crate::tree::{
    group_at, ident_at, operator_at, punct_at, skip_angles, skip_attributes, split_commas, Tok,
};
use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// Slots that a record holds itself: the runtime has the same number.
const INLINE_SLOTS: u32 = 11;

/// Arguments that `enterN` takes.
const ENTER_ARGUMENTS: usize = 8;

/// A function item, by index into its tokens.
pub(crate) struct Function<'t> {
    toks: &'t [Tok],
    /// The first token behind the attributes.
    start: usize,
    name: usize,
    parameters: usize,
    /// Behind `->`, empty without one.
    result: &'t [Tok],
    body: usize,
    pub(crate) is_const: bool,
    pub(crate) const_span: Option<Span>,
    is_async: bool,
    is_unsafe: bool,
    generic: bool,
    /// Ends in `;`: a declaration.
    pub(crate) declared: bool,
    pub(crate) untouchable: bool,
}

impl<'t> Function<'t> {
    /// The function that the tokens are; `None` if they are something else, or a syntax that is not known.
    pub(crate) fn parse(toks: &'t [Tok]) -> Option<Function<'t>> {
        let (start, _) = skip_attributes(toks, 0);
        let untouchable = attributes(toks, start).any(|name| {
            matches!(
                name,
                "naked"
                    | "proc_macro"
                    | "proc_macro_attribute"
                    | "proc_macro_derive"
                    | "panic_handler"
            )
        });
        let keyword = (start..toks.len())
            .take_while(|&k| !toks[k].is_punct('='))
            .find(|&k| toks[k].is_ident("fn"))?;
        let head = &toks[start..keyword];
        if !is_function_head(head) {
            return None;
        }
        let name = keyword + 1;
        toks.get(name)?.ident()?;
        let mut i = name + 1;
        let generic = punct_at(toks, i, '<');
        if generic {
            i = skip_angles(toks, i)?;
        }
        let parameters = i;
        let inner = group_at(toks, i, Delimiter::Parenthesis)?;
        i += 1;
        let body = toks.len() - 1;
        let declared = toks[body].is_punct(';');
        if !declared {
            toks[body].group(Delimiter::Brace)?;
        }
        let result = if operator_at(toks, i, "->") {
            let from = i + 2;
            let end = (from..body)
                .find(|&k| toks[k].is_ident("where"))
                .unwrap_or(body);
            &toks[from..end]
        } else {
            &[]
        };
        let variadic = split_commas(inner)
            .iter()
            .any(|p| p.last().is_some_and(|t| t.is_punct('.')));
        let is_const = head.iter().any(|t| t.is_ident("const"));
        Some(Function {
            toks,
            start,
            name,
            parameters,
            result,
            body,
            is_const,
            const_span: head.iter().find(|t| t.is_ident("const")).map(Tok::span),
            is_async: head.iter().any(|t| t.is_ident("async")),
            is_unsafe: head.iter().any(|t| t.is_ident("unsafe")),
            generic: generic || inner.iter().any(|t| t.is_ident("impl")),
            declared,
            untouchable: untouchable || variadic || head.iter().any(|t| t.is_ident("gen")),
        })
    }

    /// The names in the function's own `<...>` that begin a parameter.
    fn type_parameters(&self) -> impl Iterator<Item = &'t str> {
        let toks = &self.toks[self.name + 1..self.parameters];
        (1..toks.len())
            .filter(|&i| toks[i - 1].is_punct('<') || toks[i - 1].is_punct(','))
            .filter_map(|i| toks[i].ident())
    }

    fn body_toks(&self) -> &'t [Tok] {
        self.toks[self.body].group(Delimiter::Brace).unwrap_or(&[])
    }

    /// Whether the body calls nothing: no parentheses, macros, loops or `?`.
    pub(crate) fn is_trivial(&self) -> bool {
        fn calls(toks: &[Tok]) -> bool {
            toks.iter().enumerate().any(|(i, tok)| match tok {
                Tok::Group {
                    delimiter: Delimiter::Brace,
                    inner,
                    ..
                } => calls(inner),
                Tok::Group {
                    delimiter: Delimiter::Bracket,
                    ..
                } => !punct_at(toks, i.wrapping_sub(1), '#'),
                Tok::Group { .. } => true,
                Tok::Punct { ch: '?', .. } => true,
                _ => matches!(tok.ident(), Some("loop" | "while" | "for" | "await")),
            })
        }
        !calls(self.body_toks())
    }

    /// The function with its frame.
    pub(crate) fn expand(
        &self,
        options: &Options,
        qualifier: &str,
    ) -> Result<TokenStream, OptionError> {
        Expansion::new(self, options, qualifier).run()
    }
}

fn attributes(toks: &[Tok], end: usize) -> impl Iterator<Item = &str> {
    (0..end).step_by(2).filter_map(move |i| {
        let inner = group_at(toks, i + 1, Delimiter::Bracket)?;
        // `#[unsafe(naked)]`
        match ident_at(inner, 0)? {
            "unsafe" => ident_at(group_at(inner, 1, Delimiter::Parenthesis)?, 0),
            name => Some(name),
        }
    })
}

/// Only what may stand before `fn`.
fn is_function_head(head: &[Tok]) -> bool {
    head.iter().enumerate().all(|(i, tok)| match tok {
        Tok::Ident { name, .. } => matches!(
            name.as_str(),
            "pub" | "default" | "const" | "async" | "unsafe" | "safe" | "extern" | "gen" | "crate"
        ),
        Tok::Literal(_) => i > 0 && head[i - 1].is_ident("extern"),
        // `pub(in path)`, and `$vis` of a macro.
        Tok::Group {
            delimiter: Delimiter::Parenthesis,
            ..
        } => i > 0 && head[i - 1].is_ident("pub"),
        Tok::Group {
            delimiter: Delimiter::None,
            ..
        } => true,
        _ => false,
    })
}

/// One parameter.
struct Parameter<'t> {
    toks: &'t [Tok],
    /// `x` or `mut x` (`self` in all its forms): the name's index in `toks`.
    plain: Option<usize>,
    mutable: bool,
    is_self: bool,
    /// By `#[cfg]` it may not be there.
    conditional: bool,
    /// It has attributes, which are about its name.
    attributed: bool,
    /// Index of the `:`, if it has a type.
    colon: Option<usize>,
}

impl<'t> Parameter<'t> {
    fn parse(toks: &'t [Tok]) -> Parameter<'t> {
        let (start, conditional) = skip_attributes(toks, 0);
        let colon = (start..toks.len()).find(|&k| {
            toks[k].is_punct(':')
                && !operator_at(toks, k, "::")
                && !(k > 0 && operator_at(toks, k - 1, "::"))
        });
        let pattern = &toks[start..colon.unwrap_or(toks.len())];
        let self_at = pattern.iter().position(|t| t.is_ident("self"));
        let is_self = match colon {
            Some(_) => matches!(pattern, [t] | [_, t] if t.is_ident("self")),
            None => self_at.is_some(),
        };
        let plain = match pattern {
            _ if is_self => self_at.map(|k| start + k),
            [Tok::Ident { name, .. }] if name != "_" => Some(start),
            [first, Tok::Ident { .. }] if first.is_ident("mut") => Some(start + 1),
            _ => None,
        };
        // `&mut self` is no mutable binding, but what it refers to may change.
        let mutable = pattern.iter().any(|t| t.is_ident("mut"));
        Parameter {
            toks,
            plain,
            mutable,
            is_self,
            conditional,
            attributed: start > 0,
            colon,
        }
    }

    fn pattern(&self) -> &'t [Tok] {
        &self.toks[skip_attributes(self.toks, 0).0..self.colon.unwrap_or(self.toks.len())]
    }

    fn written_type(&self) -> &'t [Tok] {
        self.colon.map_or(&[], |c| &self.toks[c + 1..])
    }

    /// A type that nothing drops: a scalar or a reference.
    fn drops_nothing(&self) -> bool {
        match self.written_type() {
            [Tok::Ident { name, .. }] => matches!(
                name.as_str(),
                "bool"
                    | "char"
                    | "u8"
                    | "u16"
                    | "u32"
                    | "u64"
                    | "u128"
                    | "usize"
                    | "i8"
                    | "i16"
                    | "i32"
                    | "i64"
                    | "i128"
                    | "isize"
                    | "f32"
                    | "f64"
            ),
            [first, ..] => first.is_punct('&') && !self.refers_mutably(),
            [] => false,
        }
    }

    /// `&self`, `&mut self`
    fn is_reference(&self) -> bool {
        self.colon.is_none() && self.pattern().first().is_some_and(|t| t.is_punct('&'))
    }

    fn refers_mutably(&self) -> bool {
        let t = self.written_type();
        let at = if punct_at(t, 1, '\'') { 3 } else { 1 };
        punct_at(t, 0, '&') && ident_at(t, at) == Some("mut")
    }
}

struct Expansion<'t, 'o> {
    function: &'t Function<'t>,
    options: &'o Options,
    qualifier: &'o str,
    parameters: Vec<Parameter<'t>>,
    emit: Emit,
}

impl<'t, 'o> Expansion<'t, 'o> {
    fn new(function: &'t Function<'t>, options: &'o Options, qualifier: &'o str) -> Self {
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
        Expansion {
            function,
            options,
            qualifier,
            parameters,
            emit: Emit::new(options.root.clone(), reach, plain),
        }
    }

    fn run(self) -> Result<TokenStream, OptionError> {
        let body = self.function.body_toks();
        let (inner_attributes, body) = split_inner_attributes(body);
        let entry = self.function.toks[self.function.name - 1].span();
        self.emit.locate(entry);
        if let Some(boxed) = boxed_async(body).filter(|_| !self.function.is_async) {
            if let Some(tokens) = self.assemble_boxed(&inner_attributes, body, boxed, entry) {
                return Ok(tokens);
            }
        }

        let mut walker = Walker::new(&self.emit, self.options, Positions::new(entry));
        let arguments = self.declare(&mut walker);
        let walked = match walker.body(body) {
            Ok(walked) => walked,
            // Syntax that the walk does not know: the frame and the parameters. What the body mentions it may well read.
            Err(_) => {
                walker = Walker::new(&self.emit, self.options, Positions::new(entry));
                self.declare(&mut walker);
                walker.mention_all(body);
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
        drop(walker);
        scope
            .variables
            .iter_mut()
            .filter(|v| v.argument)
            .for_each(|v| v.end = positions.next().wrapping_sub(1));
        Ok(if self.function.is_async {
            self.assemble_async(&inner_attributes, walked, scope, &positions, &arguments)
        } else {
            self.assemble(&inner_attributes, walked, scope, &positions, &arguments)
        })
    }

    /// `Box::pin(async move { .. })`, as `#[async_trait]` leaves it: the frame goes round the future's polls, not round its
    /// making. `None` if the block cannot be walked.
    fn assemble_boxed(
        &self,
        inner_attributes: &[Tok],
        body: &[Tok],
        boxed: (usize, usize),
        entry: Span,
    ) -> Option<TokenStream> {
        let (call, block) = boxed;
        let (Tok::Group { inner, token, .. }, head) = (&body[call], &body[..call]) else {
            return None;
        };
        let Tok::Group {
            inner: block_toks,
            token: block_token,
            ..
        } = &inner[block]
        else {
            return None;
        };
        let emit = Emit::new(self.options.root.clone(), Reach::Top, self.emit.plain);
        emit.locate(entry);
        let mut walker = Walker::new(&emit, self.options, Positions::new(entry));
        let walked = walker.body(block_toks).ok()?;
        let scope = std::mem::take(&mut walker.scope);
        let positions = std::mem::replace(&mut walker.positions, Positions::new(entry));
        let name = self.name();
        let mut facts = self.facts(&name);
        facts.flags |= flag::ASYNC;
        let meta = pack(&facts, &positions, &scope, &[]);
        let statements = walked.items.into_iter().chain(walked.statements);
        let mut framed_block = Group::new(Delimiter::Brace, statements.collect());
        framed_block.set_span(block_token.span());
        emit.locate(entry);
        let slots = scope.slots().min(INLINE_SLOTS);
        let framed = emit.framed(vec![emit.ident("_")], slots, &meta, framed_block.into());
        let mut arguments = Group::new(Delimiter::Parenthesis, framed.into_iter().collect());
        arguments.set_span(token.span());
        let mut tokens: Vec<TokenTree> = head.iter().map(Tok::token).collect();
        tokens.push(arguments.into());
        Some(self.item(inner_attributes, &[], tokens))
    }

    /// Declares the parameters' names; gives, for each parameter, the variables it binds.
    fn declare(&self, walker: &mut Walker<'_>) -> Vec<Vec<usize>> {
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
                        variable.start = 0;
                        variable.scope_start = 0;
                        walker.look_ahead(index, self.function.body_toks());
                        index
                    })
                    .collect()
            })
            .collect();
        if self.emit.reach == Reach::Guard {
            walker.scope.reserve(by_enter.min(ENTER_ARGUMENTS as u32));
        }
        declared
    }

    /// Whether a parameter's value is asked for by its written type.
    fn is_probed(&self, p: &Parameter<'_>) -> bool {
        if self.emit.plain {
            return false;
        }
        match p.written_type() {
            // `self`: of the type that the impl is for.
            [] => p.is_self,
            // A type parameter has the impls that its bounds name, and no more.
            [Tok::Ident { name, .. }] if self.function.type_parameters().any(|t| t == name) => {
                self.options.captures_debug()
            }
            written => is_probed(written),
        }
    }

    fn facts<'a>(&'a self, name: &'a str) -> Facts<'a> {
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
        let body = &f.toks[f.body];
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
        }
    }

    fn name(&self) -> String {
        let written = ident_at(self.function.toks, self.function.name).unwrap_or("?");
        let plain = written.strip_prefix("r#").unwrap_or(written);
        self.options
            .name
            .clone()
            .unwrap_or_else(|| plain.to_owned())
    }

    /// `enterN(META, &a, &b)`, captures of the other parameters, and the body.
    fn assemble(
        &self,
        inner_attributes: &[Tok],
        body: Body,
        mut scope: Scope,
        positions: &Positions,
        arguments: &[Vec<usize>],
    ) -> TokenStream {
        let mut entered: Vec<(usize, Ident)> = Vec::new();
        let mut hidden: Vec<(usize, Ident)> = Vec::new();
        let mut captured: Vec<usize> = Vec::new();
        for (p, variables) in self.parameters.iter().zip(arguments) {
            for &index in variables {
                let v = &scope.variables[index];
                if v.secret || !v.wanted {
                    continue;
                }
                let by_enter = p.plain.is_some()
                    && !v.may_change
                    && !v.probed
                    && entered.len() < ENTER_ARGUMENTS;
                if v.readable_at_binding() {
                    if by_enter {
                        entered.push((index, v.ident.clone()));
                    } else {
                        captured.push(index);
                    }
                } else if !v.mentioned
                    && !p.is_self
                    && !p.attributed
                    && p.plain.is_some()
                    && p.drops_nothing()
                    && entered.len() < ENTER_ARGUMENTS
                {
                    // Reading it would silence `unused_variables`: it is received under a hidden name, read under that,
                    // and then bound to its own.
                    let name = Ident::new(
                        &hidden_name(&v.name),
                        Span::mixed_site().located_at(v.ident.span()),
                    );
                    entered.push((index, name.clone()));
                    hidden.push((index, name));
                    scope.variables[index].may_change = false;
                }
            }
        }
        let by_enter: Vec<usize> = entered.iter().map(|(index, _)| *index).collect();
        for (slot, (index, _)) in entered.iter().enumerate() {
            scope.variables[*index].slot = Some(slot as u32);
        }
        let mut after = Vec::new();
        for index in captured {
            self.capture(&mut after, &mut scope, index);
        }
        let name = self.name();
        let meta = pack(&self.facts(&name), positions, &scope, &by_enter);
        let mut tokens = body.items;
        self.emit
            .locate(self.function.toks[self.function.name].span());
        let arguments: Vec<Ident> = entered.into_iter().map(|(_, ident)| ident).collect();
        self.emit.enter(&mut tokens, &meta, &arguments);
        tokens.extend(after);
        for (index, name) in &hidden {
            let v = &scope.variables[*index];
            if v.underscored() {
                // Nobody asks for it by its own name.
                continue;
            }
            tokens.push(self.emit.ident("let"));
            if let Some(token) = self.parameters.iter().find_map(|p| mut_token(p, &v.name)) {
                tokens.push(token);
            }
            tokens.push(v.ident.clone().into());
            tokens.push(self.emit.punct('='));
            tokens.push(name.clone().into());
            tokens.push(self.emit.punct(';'));
        }
        tokens.extend(body.statements);
        let renamed: Vec<(String, Ident)> = hidden
            .into_iter()
            .map(|(index, name)| (scope.variables[index].name.clone(), name))
            .collect();
        self.item(inner_attributes, &renamed, tokens)
    }

    /// Captures a parameter at the function's entry.
    fn capture(&self, out: &mut Vec<TokenTree>, scope: &mut Scope, index: usize) {
        let Some(slot) = scope.slot(index) else {
            return;
        };
        let v = &scope.variables[index];
        self.emit.locate(v.ident.span());
        if v.probed {
            self.emit.probed_receiver(
                v.name == "self"
                    && self
                        .parameters
                        .iter()
                        .any(|p| p.is_self && p.is_reference()),
            );
            self.emit.capture_probed(
                out,
                &v.ident,
                slot,
                0,
                self.options.captures_debug() && !v.lifetimes,
            );
            self.emit.probed_receiver(false);
        } else {
            self.emit.capture(out, &v.ident, slot, 0);
        }
    }

    /// The item with the new body, and its inner attributes moved out: inside they would follow a statement.
    fn item(
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
                let Tok::Group { token, .. } = tok else {
                    continue;
                };
                let mut group = Group::new(Delimiter::Brace, body.iter().cloned().collect());
                group.set_span(token.span());
                out.push(group.into());
            } else {
                out.push(tok.token());
            }
        }
        out.into_iter().collect()
    }

    /// The parameter list with some plain names replaced, and the `mut` before them left out.
    fn rename(&self, list: &Tok, renamed: &[(String, Ident)]) -> TokenTree {
        let Tok::Group { token, .. } = list else {
            return list.token();
        };
        let mut out: Vec<TokenTree> = Vec::new();
        for p in &self.parameters {
            let replacement = p.plain.and_then(|at| {
                let name = p.toks[at].ident()?;
                renamed
                    .iter()
                    .find(|(n, _)| n == name)
                    .map(|(_, new)| (at, new))
            });
            for (k, tok) in p.toks.iter().enumerate() {
                match replacement {
                    Some((at, new)) if k == at => out.push(new.clone().into()),
                    Some((at, _)) if k + 1 == at && tok.is_ident("mut") => {}
                    _ => out.push(tok.token()),
                }
            }
            out.push(self.emit.punct(','));
        }
        let mut group = Group::new(Delimiter::Parenthesis, out.into_iter().collect());
        group.set_span(token.span());
        group.into()
    }

    /// `{ framed::<R, _>(META, async move { let a = a; .. body }).await }`
    fn assemble_async(
        &self,
        inner_attributes: &[Tok],
        body: Body,
        mut scope: Scope,
        positions: &Positions,
        arguments: &[Vec<usize>],
    ) -> TokenStream {
        // Parameters are bound anew inside, in order: they are dropped there, and in the order, as without the attribute.
        let mut prologue: Vec<TokenTree> = Vec::new();
        let mut list: Vec<TokenTree> = Vec::new();
        for (n, p) in self.parameters.iter().enumerate() {
            let (start, _) = skip_attributes(p.toks, 0);
            list.extend(p.toks[..start].iter().map(Tok::token));
            if p.is_self {
                // `self` cannot be bound; a mention makes the block take it.
                prologue.extend([
                    self.emit.ident("let"),
                    self.emit.ident("_"),
                    self.emit.punct('='),
                    self.emit.punct('&'),
                ]);
                prologue.push(
                    p.plain
                        .map_or_else(|| self.emit.ident("self"), |at| p.toks[at].token()),
                );
                prologue.push(self.emit.punct(';'));
                list.extend(p.toks[start..].iter().map(Tok::token));
            } else if let Some(colon) = p.colon.filter(|_| !p.conditional) {
                let hidden = Ident::new(&format!("stacklens_{n}"), Span::mixed_site());
                // A plain name stays in the signature, for the docs; a pattern gets a name.
                let outer = match p.plain.map(|at| &p.toks[at]) {
                    Some(Tok::Ident { name, token }) => {
                        let located = Span::mixed_site().located_at(token.span());
                        Ident::new(&hidden_name(name), located)
                    }
                    _ => hidden,
                };
                // In two steps, in order: what the pattern does not bind is dropped in its turn too.
                let inside = Ident::new(&format!("stacklens_{n}_inside"), Span::mixed_site());
                self.emit
                    .bind(&mut prologue, [inside.clone().into()], outer.clone());
                let pattern = p.pattern();
                let unread = arguments[n]
                    .first()
                    .map(|&v| &scope.variables[v])
                    .is_some_and(|v| p.plain.is_some() && v.underscored() && !v.mentioned);
                if !unread && !matches!(pattern, [t] if t.is_ident("_")) {
                    self.emit.bind(
                        &mut prologue,
                        p.toks[start..colon].iter().map(Tok::token),
                        inside,
                    );
                }
                list.push(outer.into());
                list.extend(p.toks[colon..].iter().map(Tok::token));
            } else {
                list.extend(p.toks[start..].iter().map(Tok::token));
            }
            list.push(self.emit.punct(','));
        }
        let mut captures = Vec::new();
        for &index in arguments.iter().flatten() {
            let v = &scope.variables[index];
            if v.readable_at_binding() && !v.secret && v.wanted {
                self.capture(&mut captures, &mut scope, index);
            }
        }
        let name = self.name();
        let meta = pack(&self.facts(&name), positions, &scope, &[]);
        let Tok::Group { token, .. } = &self.function.toks[self.function.body] else {
            return self.function.toks.iter().map(Tok::token).collect();
        };
        let mut inner = Vec::new();
        let result = self.result();
        let never = matches!(self.function.result, [t] if t.is_punct('!'));
        if !never && !matches!(&result[..], [TokenTree::Ident(name)] if name.to_string() == "_") {
            self.emit.expect_result(&mut inner, result.clone());
        }
        inner.extend(prologue);
        inner.extend(captures);
        // The body in the user's own braces, whose edition decides when temporaries of its tail are dropped; as the arm of a
        // `match`, so that they are before the parameters are; a scope of its own, for its items.
        let body_tokens = body.items.into_iter().chain(body.statements);
        let mut block = Group::new(Delimiter::Brace, body_tokens.collect());
        block.set_span(token.span());
        inner.extend(self.emit.scope(block.into()));
        let mut framed = self.emit.framed(
            result,
            scope.slots().min(INLINE_SLOTS),
            &meta,
            self.emit.group(Delimiter::Brace, inner),
        );
        framed.extend([self.emit.punct('.'), self.emit.ident("await")]);
        let mut item: Vec<TokenTree> = Vec::new();
        for (k, tok) in self.function.toks.iter().enumerate() {
            if k == self.function.start {
                item.extend(inner_attributes.iter().map(Tok::token));
            }
            if k == self.function.parameters {
                let Tok::Group { token, .. } = tok else {
                    continue;
                };
                let mut group = Group::new(Delimiter::Parenthesis, list.iter().cloned().collect());
                group.set_span(token.span());
                item.push(group.into());
            } else if k == self.function.body {
                let mut group = Group::new(Delimiter::Brace, framed.iter().cloned().collect());
                group.set_span(token.span());
                item.push(group.into());
            } else {
                item.push(tok.token());
            }
        }
        item.into_iter().collect()
    }

    /// The return type for a turbofish: it keeps the coercions and inferences that the signature gives.
    fn result(&self) -> Vec<TokenTree> {
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

/// A body that is `Box::pin(async move { .. })` and nothing else: the index of the call's parentheses, and that of the block in
/// them.
fn boxed_async(body: &[Tok]) -> Option<(usize, usize)> {
    let call = body.len().checked_sub(1)?;
    let inner = body[call].group(Delimiter::Parenthesis)?;
    let (path, pin) = body[..call].split_at(call.checked_sub(1)?);
    let is_path = path.iter().all(|t| t.ident().is_some() || t.is_punct(':'));
    let boxed = path.iter().any(|t| t.is_ident("Box")) && pin[0].is_ident("pin");
    let block = match inner {
        [a, m, b] if a.is_ident("async") && m.is_ident("move") => {
            b.group(Delimiter::Brace).map(|_| 2)
        }
        _ => None,
    }?;
    (is_path && boxed).then_some((call, block))
}

fn mentions(toks: &[Tok], name: &str) -> bool {
    toks.iter().any(|t| match t {
        Tok::Group { inner, .. } => mentions(inner, name),
        _ => t.is_ident(name),
    })
}

fn contains_unsafe(toks: &[Tok]) -> bool {
    mentions(toks, "unsafe")
}

/// `Pin<&mut T>`
fn mutable_pin(toks: &[Tok]) -> bool {
    toks.iter().any(|t| t.is_ident("Pin")) && toks.iter().any(|t| t.is_ident("mut"))
}

/// A raw name that is no keyword may not be made raw in an `Ident`.
fn hidden_name(name: &str) -> String {
    name.strip_prefix("r#")
        .map_or_else(|| name.to_owned(), |plain| format!("{plain}_"))
}

fn mut_token(p: &Parameter<'_>, name: &str) -> Option<TokenTree> {
    let at = p.plain.filter(|&at| p.toks[at].is_ident(name) && at > 0)?;
    p.toks[at - 1]
        .is_ident("mut")
        .then(|| p.toks[at - 1].token())
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
