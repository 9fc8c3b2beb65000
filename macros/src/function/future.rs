//! A function whose body becomes a future: the guard is on the stack of `poll`.

use super::expansion::Expansion;
use super::{mentions, Function};
use crate::emit::{Emit, Reach};
use crate::meta::{flag, pack, Positions};
use crate::rewrite::{item_end, may_return, Body, Exits, Scope, Walker};
use crate::tree::{ident_at, operator_at, punct_at, skip_attributes, Tok};
use proc_macro::{Delimiter, Group, Span, TokenStream, TokenTree};

impl Expansion<'_, '_> {
    /// `async fn __f(_self: &Self, ..) { .. } Box::pin(__f(self, ..))`, as `#[async_trait]` left it before 0.1.43: the frame is
    /// that of the inner function. `None` if that is in unknown syntax.
    pub(super) fn assemble_nested(
        &self,
        inner_attributes: &[Tok],
        body: &[Tok],
        nested: usize,
    ) -> Option<TokenStream> {
        let function = Function::parse(&body[..nested])?;
        let options = self.options.lenient().named_as(self.name());
        let inner = function.expand(&options, self.qualifier).ok()?;
        let rest = body[nested..].iter().map(Tok::token);
        let tokens = inner.into_iter().chain(rest).collect();
        Some(self.item(inner_attributes, &[], tokens))
    }

    /// `Box::pin(async move { .. })`, as `#[async_trait]` leaves it: the frame goes round the future's polls, not round its
    /// making. `None` if the block cannot be walked.
    pub(super) fn assemble_boxed(
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
        if let Some(exits) = self.exits_of_block() {
            walker.exits = exits;
        }
        let walked = walker.body(block_toks).ok()?;
        let scope = std::mem::take(&mut walker.scope);
        let positions = std::mem::replace(&mut walker.positions, Positions::new(entry));
        let exits = std::mem::take(&mut walker.exits);
        let watched = exits
            .result()
            .filter(|_| exits.leaves() && may_return(block_toks));
        let name = self.name();
        let mut facts = self.facts(&name);
        facts.flags |= flag::ASYNC;
        let meta = pack(&facts, &positions, &scope, &[]);
        emit.locate(entry);
        let mut statements = Vec::new();
        if let Some(result) = exits.result() {
            emit.expect_result(&mut statements, result.to_vec());
        }
        statements.extend(walked.items.into_iter().chain(walked.statements));
        let mut framed_block = Group::new(Delimiter::Brace, statements.into_iter().collect());
        framed_block.set_span(block_token.span());
        let slots = scope.slots();
        let way = emit.way(&self.options.recursion, self.function.result);
        let way = match watched {
            Some(result) => Some(emit.watching(way, result)),
            None => way,
        };
        let unnamed = vec![emit.ident("_")];
        let mut tokens = Vec::new();
        let framed = self.log_future(
            &mut tokens,
            &meta,
            &unnamed,
            |_| None,
            || {
                emit.named.set(self.emit.named.get());
                let future = emit.async_move(framed_block.into());
                emit.framed(unnamed.clone(), slots, &meta, way, future)
            },
        );
        let mut arguments = Group::new(Delimiter::Parenthesis, framed.into_iter().collect());
        arguments.set_span(token.span());
        tokens.extend(head.iter().map(Tok::token));
        tokens.push(arguments.into());
        Some(self.item(inner_attributes, &[], tokens))
    }

    /// What leaves an `async` block that the function returns, if it is written what that gives.
    pub(super) fn exits_of_block(&self) -> Option<Exits> {
        let output = output(self.function.result).filter(|output| !mentions(output, "impl"))?;
        let result = output.iter().map(Tok::token).collect();
        let mut exits = Exits::new(output, result, self.options.trace_none);
        exits.named = true;
        Some(exits)
    }

    /// `{ framed::<R, _>(META, async move { let a = a; .. body }).await }`
    ///
    /// `watched`: the result, where a macro may return it.
    pub(super) fn assemble_async(
        &self,
        inner_attributes: &[Tok],
        body: Body,
        mut scope: Scope,
        positions: &Positions,
        arguments: &[Vec<usize>],
        watched: Option<&[TokenTree]>,
    ) -> TokenStream {
        let (list, prologue) = self.receive(&scope, arguments);
        let captures = self.capture_received(&mut scope, arguments);
        let name = self.name();
        let meta = pack(&self.facts(&name), positions, &scope, &[]);
        let Some(Tok::Group { token, .. }) = self.function.block() else {
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
        let mut framed = Vec::new();
        let future = self.log_future(
            &mut framed,
            &meta,
            &result,
            |n| self.parameters[n].received_as(),
            || {
                let way = self.emit.way(&self.options.recursion, self.function.result);
                self.emit.framed(
                    result.clone(),
                    scope.slots(),
                    &meta,
                    match watched {
                        Some(result) => Some(self.emit.watching(way, result)),
                        None => way,
                    },
                    self.emit
                        .async_move(self.emit.group(Delimiter::Brace, inner)),
                )
            },
        );
        framed.extend(future);
        framed.extend([self.emit.punct('.'), self.emit.ident("await")]);
        self.received(inner_attributes, list, &framed)
    }
}

/// A body that is an async function called `__f`, where the function is called `f`, and a call of it in `Box::pin(..)`: where
/// the call begins.
pub(super) fn nested_async(name: &str, body: &[Tok]) -> Option<usize> {
    let (start, _) = skip_attributes(body, 0);
    let nested = match &body[start..] {
        [a, f, Tok::Ident { name: nested, .. }, ..] if a.is_ident("async") && f.is_ident("fn") => {
            nested
        }
        _ => return None,
    };
    let end = item_end(body, start)?;
    let call = body.last()?.group(Delimiter::Parenthesis)?;
    let boxed = body[end..].iter().filter_map(Tok::ident).eq(["Box", "pin"]);
    let called = ident_at(call, 0) == Some(nested);
    (boxed && called && nested.strip_prefix("__") == Some(name)).then_some(end)
}

/// What the future gives: `R` in `Pin<Box<dyn Future<Output = R> + ..>>`, and in `BoxFuture<'_, R>`.
pub(super) fn output(result: &[Tok]) -> Option<&[Tok]> {
    let name =
        (0..result.len()).find(|&i| result[i].is_ident("Output") && punct_at(result, i + 1, '='));
    let from = match name {
        Some(name) => name + 2,
        None => {
            let boxed = (0..result.len())
                .find(|&i| matches!(ident_at(result, i), Some("BoxFuture" | "LocalBoxFuture")))?;
            let lifetime = punct_at(result, boxed + 1, '<') && punct_at(result, boxed + 2, '\'');
            (lifetime && punct_at(result, boxed + 4, ',')).then_some(boxed + 5)?
        }
    };
    let mut depth = 0_usize;
    for i in from..result.len() {
        let arrow = i > from && operator_at(result, i - 1, "->");
        match &result[i] {
            tok if tok.is_punct('<') => depth += 1,
            tok if tok.is_punct('>') && !arrow => match depth.checked_sub(1) {
                Some(left) => depth = left,
                None => return Some(&result[from..i]),
            },
            _ => {}
        }
    }
    None
}

/// A body that is `Box::pin(async move { .. })` and nothing else: the index of the call's parentheses, and that of the block in
/// them.
pub(super) fn boxed_async(body: &[Tok]) -> Option<(usize, usize)> {
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
