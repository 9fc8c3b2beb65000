//! Expressions: the walk that finds the operand of each `?`, the blocks, and what is mentioned.
//!
//! It alternates between two states, as the grammar does: an operand is expected (prefix operators, keywords), or one was
//! read (postfix operators, binary operators, the end).

use super::block::{pattern_end, regroup, Ended};
use super::pattern::bindings;
use super::{GiveUp, Walked, Walker};
use crate::tree::{
    assignment_at, binary_at, each_name, group_at, ident_at, operator_at, punct_at, skip_angles,
    skip_attributes, Tok,
};
use proc_macro::{Delimiter, Group, TokenTree};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Context {
    /// An expression statement: something block-like ends it.
    Statement,
    /// What is evaluated last in its statement: an initialiser, an arm.
    Root,
    /// A part of a larger expression.
    Operand,
    /// Up to the block of `if`, `while`, `match`, `for`: no struct literal.
    Condition,
}

impl Walker<'_> {
    /// Walks one expression from `*i` on and appends it to `out`; stops at `,`, `;`, `=>`, `else`, the end, or (by context)
    /// a block.
    pub(super) fn expression(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<Ended> {
        let (ended, pending) = self.chain(toks, i, out, context)?;
        debug_assert!(pending.is_none() || context == Context::Condition);
        Ok(ended)
    }

    /// The condition of `if` and `while`: the variables its `let`s bind, to be captured in the block.
    fn condition(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
    ) -> Walked<Vec<usize>> {
        let before = self.scope.variables.len();
        let (_, pending) = self.chain(toks, i, out, Context::Condition)?;
        if let Some((from, to)) = pending {
            self.bind(&toks[from..to]);
        }
        // Not those that a block inside the condition bound for itself.
        Ok((before..self.scope.variables.len())
            .filter(|&v| self.scope.is_visible(v))
            .collect())
    }

    fn bind(&mut self, pattern: &[Tok]) -> Vec<usize> {
        bindings(pattern)
            .iter()
            .map(|b| self.declare(&b.ident, b.mutable, false))
            .collect()
    }

    #[allow(clippy::too_many_lines)] // one state machine; its states are the grammar's
    fn chain(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<(Ended, Option<(usize, usize)>)> {
        let statement = context == Context::Statement;
        let no_struct = context == Context::Condition;
        let observed = self.observe;
        // What is walked first in a statement may be observed; what follows an operand is evaluated after it.
        let mut root = matches!(context, Context::Statement | Context::Root);
        let mut expecting = true;
        let mut after_range = false;
        let mut scrutinee = usize::MAX;
        let mut operand_span = toks
            .get(*i)
            .map_or_else(proc_macro::Span::mixed_site, Tok::span);
        let mut operand = out.len();
        let mut path = false;
        let mut pending = None;

        if let (Some(Tok::Ident { name, token }), Some(op)) =
            (toks.get(*i), assignment_at(toks, *i + 1))
        {
            out.push(token.clone().into());
            out.extend(toks[*i + 1..*i + 1 + op.len()].iter().map(Tok::token));
            *i += 1 + op.len();
            let right = if no_struct {
                Context::Condition
            } else {
                Context::Root
            };
            self.expression(toks, i, out, right)?;
            self.scope.assign(name, self.now, self.loops > 0, op == "=");
            return Ok((Ended::Other, None));
        }

        while let Some(tok) = toks.get(*i) {
            if expecting {
                operand_span = tok.span();
                match tok {
                    Tok::Literal(_) => {
                        operand = out.len();
                        out.push(tok.token());
                        *i += 1;
                        (expecting, path) = (false, false);
                    }
                    Tok::Group {
                        delimiter,
                        inner,
                        token,
                    } => {
                        operand = out.len();
                        match delimiter {
                            // `for i in 0.. {`: the block of the head, not one that is evaluated in it.
                            Delimiter::Brace if no_struct && after_range => break,
                            Delimiter::Brace => {
                                self.observe = observed && root && !no_struct;
                                let block = self.block(tok, &[], None);
                                self.observe = observed;
                                out.push(block?);
                                *i += 1;
                                if statement && root && self.ends_statement(toks, *i) {
                                    return Ok((Ended::BlockLike, None));
                                }
                            }
                            Delimiter::Parenthesis | Delimiter::Bracket => {
                                let group = self.list(inner, token)?;
                                out.push(group);
                                *i += 1;
                            }
                            Delimiter::None => {
                                self.mention_all(inner);
                                out.push(tok.token());
                                *i += 1;
                            }
                        }
                        (expecting, path) = (false, false);
                    }
                    Tok::Punct { ch, .. } => match ch {
                        '|' => {
                            operand = out.len();
                            self.closure(toks, i, *i, out, context)?;
                            (expecting, path) = (false, false);
                        }
                        '&' | '*' | '-' | '!' => {
                            out.push(tok.token());
                            *i += 1;
                            if *ch == '&' {
                                while matches!(ident_at(toks, *i), Some("mut"))
                                    || self.raw_borrow(toks, *i)
                                {
                                    out.push(toks[*i].token());
                                    *i += 1;
                                }
                            }
                            root = false;
                        }
                        '.' if operator_at(toks, *i, "..") => {
                            let dots = if operator_at(toks, *i, "..=") { 3 } else { 2 };
                            out.extend(toks[*i..*i + dots].iter().map(Tok::token));
                            *i += dots;
                            root = false;
                            after_range = true;
                        }
                        '<' => {
                            operand = out.len();
                            let end = skip_angles(toks, *i).ok_or(GiveUp)?;
                            out.extend(toks[*i..end].iter().map(Tok::token));
                            *i = end;
                            (expecting, path) = (false, true);
                        }
                        ':' if operator_at(toks, *i, "::") => {
                            operand = out.len();
                            out.extend(toks[*i..*i + 2].iter().map(Tok::token));
                            *i += 2;
                            out.push(
                                toks.get(*i)
                                    .filter(|t| t.ident().is_some())
                                    .ok_or(GiveUp)?
                                    .token(),
                            );
                            *i += 1;
                            (expecting, path) = (false, true);
                        }
                        '\'' => {
                            // A label; the loop or block behind it is the operand.
                            operand = out.len();
                            if !punct_at(toks, *i + 2, ':') {
                                return Err(GiveUp);
                            }
                            out.extend(toks[*i..*i + 3].iter().map(Tok::token));
                            *i += 3;
                            let from = operand;
                            self.observe = observed && root;
                            let walked = self.block_like(toks, i, out);
                            self.observe = observed;
                            if !walked? {
                                return Err(GiveUp);
                            }
                            operand = from;
                            (expecting, path) = (false, false);
                            if statement && root && self.ends_statement(toks, *i) {
                                return Ok((Ended::BlockLike, None));
                            }
                        }
                        '#' => {
                            let (end, conditional) = skip_attributes(toks, *i);
                            if conditional || end == *i {
                                return Err(GiveUp);
                            }
                            out.extend(toks[*i..end].iter().map(Tok::token));
                            *i = end;
                        }
                        ',' | ';' | '=' => break,
                        _ => return Err(GiveUp),
                    },
                    Tok::Ident { name, .. } => match name.as_str() {
                        "return" | "break" | "continue" | "yield" | "become" => {
                            out.push(tok.token());
                            *i += 1;
                            if punct_at(toks, *i, '\'') && !punct_at(toks, *i + 2, ':') {
                                out.extend(
                                    toks[*i..(*i + 2).min(toks.len())].iter().map(Tok::token),
                                );
                                *i = (*i + 2).min(toks.len());
                            }
                            operand = out.len();
                            if name == "continue" {
                                (expecting, path) = (false, false);
                            }
                        }
                        "let" => {
                            out.push(tok.token());
                            let end = pattern_end(toks, *i + 1)?;
                            if !punct_at(toks, end, '=') || !no_struct {
                                return Err(GiveUp);
                            }
                            out.extend(toks[*i + 1..=end].iter().map(Tok::token));
                            pending = Some((*i + 1, end));
                            *i = end + 1;
                            if toks[*i..]
                                .windows(2)
                                .any(|w| w[0].is_punct('&') && w[1].is_punct('&'))
                            {
                                scrutinee = out.len();
                            }
                        }
                        "move" | "static" | "async" | "for"
                            if self.closure_bar(toks, *i).is_some() =>
                        {
                            operand = out.len();
                            let bar = self.closure_bar(toks, *i).ok_or(GiveUp)?;
                            self.closure(toks, i, bar, out, context)?;
                            (expecting, path) = (false, false);
                        }
                        "async" | "const" | "gen" if opaque_block(toks, *i).is_some() => {
                            operand = out.len();
                            let end = opaque_block(toks, *i).ok_or(GiveUp)?;
                            self.mention_all(&toks[*i..end]);
                            out.extend(toks[*i..end].iter().map(Tok::token));
                            *i = end;
                            (expecting, path) = (false, false);
                            if statement && root && name == "const" && self.ends_statement(toks, *i)
                            {
                                return Ok((Ended::BlockLike, None));
                            }
                        }
                        "if" | "match" | "while" | "for" | "loop" | "unsafe" => {
                            let from = out.len();
                            self.observe = observed && root;
                            let walked = self.block_like(toks, i, out);
                            self.observe = observed;
                            if !walked? {
                                return Err(GiveUp);
                            }
                            operand = from;
                            (expecting, path) = (false, false);
                            if statement && root && self.ends_statement(toks, *i) {
                                return Ok((Ended::BlockLike, None));
                            }
                        }
                        "else" | "as" | "in" | "fn" | "struct" | "enum" | "impl" | "trait"
                        | "mod" | "use" | "where" | "pub" | "type" | "extern" | "ref" | "mut" => {
                            return Err(GiveUp)
                        }
                        _ => {
                            operand = out.len();
                            if !operator_at(toks, *i + 1, "::") && !punct_bang(toks, *i + 1) {
                                self.mention(name);
                            }
                            out.push(tok.token());
                            *i += 1;
                            (expecting, path) = (false, true);
                        }
                    },
                }
                continue;
            }

            match tok {
                Tok::Punct { ch: '.', .. } if !operator_at(toks, *i, "..") => {
                    out.push(tok.token());
                    *i += 1;
                    match toks.get(*i) {
                        Some(field @ (Tok::Ident { .. } | Tok::Literal(_))) => {
                            out.push(field.token())
                        }
                        _ => return Err(GiveUp),
                    }
                    *i += 1;
                    path = false;
                }
                // In a chain of `let`s the edition of a scrutinee's first token must stay the user's.
                Tok::Punct { ch: '?', .. } if pending.is_some() && operand == scrutinee => {
                    out.push(tok.token());
                    *i += 1;
                    path = false;
                }
                Tok::Punct { ch: '?', token, .. } => {
                    let failure = self.positions.push(token.span());
                    let success = self.next_link(toks, *i);
                    let mut inner = out.split_off(operand);
                    // In an argument list its own parentheses would be too many.
                    while let [TokenTree::Group(group)] = &inner[..] {
                        if group.delimiter() != Delimiter::Parenthesis {
                            break;
                        }
                        inner = group.stream().into_iter().collect();
                    }
                    self.emit.locate(operand_span);
                    let wrapped = self.emit.question(inner, failure, success);
                    self.edits += 1;
                    out.extend(wrapped);
                    out.push(tok.token());
                    *i += 1;
                    path = false;
                }
                Tok::Punct { ch: ':', .. } if operator_at(toks, *i, "::") => {
                    out.extend(toks[*i..*i + 2].iter().map(Tok::token));
                    *i += 2;
                    if punct_at(toks, *i, '<') {
                        let end = skip_angles(toks, *i).ok_or(GiveUp)?;
                        out.extend(toks[*i..end].iter().map(Tok::token));
                        *i = end;
                    } else {
                        out.push(
                            toks.get(*i)
                                .filter(|t| t.ident().is_some())
                                .ok_or(GiveUp)?
                                .token(),
                        );
                        *i += 1;
                        path = true;
                    }
                }
                Tok::Punct { ch: '!', .. } if path && punct_bang(toks, *i) => {
                    let Some(Tok::Group {
                        delimiter, inner, ..
                    }) = toks.get(*i + 1)
                    else {
                        return Err(GiveUp);
                    };
                    self.mention_all(inner);
                    out.extend(toks[*i..*i + 2].iter().map(Tok::token));
                    *i += 2;
                    path = false;
                    if statement
                        && root
                        && *delimiter == Delimiter::Brace
                        && self.ends_statement(toks, *i)
                    {
                        return Ok((Ended::BlockLike, None));
                    }
                }
                Tok::Group {
                    delimiter,
                    inner,
                    token,
                } => match delimiter {
                    Delimiter::Parenthesis | Delimiter::Bracket => {
                        let group = self.list(inner, token)?;
                        out.push(group);
                        *i += 1;
                        path = false;
                    }
                    Delimiter::Brace if no_struct || !path => break,
                    Delimiter::Brace => {
                        let group = self.list(inner, token)?;
                        out.push(group);
                        *i += 1;
                        path = false;
                    }
                    Delimiter::None => return Err(GiveUp),
                },
                Tok::Punct { .. } if operator_at(toks, *i, "=>") => break,
                Tok::Punct { ch: ',' | ';', .. } => break,
                Tok::Punct { .. } => {
                    let op = binary_at(toks, *i).ok_or(GiveUp)?;
                    if op == "&&" {
                        if let Some((from, to)) = pending.take() {
                            self.bind(&toks[from..to]);
                        }
                    }
                    out.extend(toks[*i..*i + op.len()].iter().map(Tok::token));
                    *i += op.len();
                    expecting = true;
                    after_range = op.starts_with("..");
                    operand = out.len();
                    root = op == "=" && matches!(context, Context::Statement | Context::Root);
                }
                Tok::Ident { name, .. } if name == "as" => {
                    let end = cast_end(toks, *i + 1)?;
                    out.extend(toks[*i..end].iter().map(Tok::token));
                    *i = end;
                    path = false;
                }
                Tok::Ident { name, .. } if name == "else" => break,
                _ => return Err(GiveUp),
            }
            root &= expecting;
        }
        Ok((Ended::Other, pending))
    }

    /// What follows something block-like in statement position: it goes on only as a method call or with `?`.
    fn ends_statement(&self, toks: &[Tok], i: usize) -> bool {
        !(punct_at(toks, i, '?') || punct_at(toks, i, '.') && !operator_at(toks, i, ".."))
    }

    /// `raw const`, `raw mut`
    fn raw_borrow(&self, toks: &[Tok], i: usize) -> bool {
        let raw = |k| ident_at(toks, k) == Some("raw");
        let kind = |k| matches!(ident_at(toks, k), Some("const" | "mut"));
        raw(i)
            && kind(i + 1)
            && toks
                .get(i + 2)
                .is_some_and(|t| t.ident().is_some() || t.is_punct('*'))
            || kind(i) && i > 0 && raw(i - 1)
    }

    /// The line that a chain goes on at behind a `?`, if it is another one.
    fn next_link(&mut self, toks: &[Tok], question: usize) -> Option<u32> {
        let name = toks
            .get(question + 2)
            .filter(|_| punct_at(toks, question + 1, '.'))?;
        (name.span().line() != toks[question].span().line())
            .then(|| self.positions.push(name.span()))
    }

    /// `if`, `match`, loops, blocks: walked with their blocks. False if there is none at `i`.
    fn block_like(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
    ) -> Walked<bool> {
        let head = toks.get(*i).ok_or(GiveUp)?;
        if head.group(Delimiter::Brace).is_some() {
            out.push(self.block(head, &[], None)?);
            *i += 1;
            return Ok(true);
        }
        match head.ident() {
            Some("if") => self.if_else(toks, i, out)?,
            Some("match") => self.matching(toks, i, out)?,
            Some("unsafe") => {
                out.push(head.token());
                *i += 1;
                self.push_block(toks, i, out, &[], None)?;
            }
            Some("loop") => {
                out.push(head.token());
                *i += 1;
                self.loops += 1;
                let outer = std::mem::replace(&mut self.in_for, false);
                let walked = self.push_block(toks, i, out, &[], None);
                self.in_for = outer;
                self.loops -= 1;
                walked?;
            }
            Some("while") => {
                out.push(head.token());
                *i += 1;
                self.loops += 1;
                let mark = self.scope.open(self.positions.next());
                let from = *i;
                let variables = self.condition(toks, i, out)?;
                let outer = std::mem::replace(&mut self.in_for, false);
                let evaluates = toks[from..*i]
                    .iter()
                    .any(|t| matches!(t, Tok::Group { .. }));
                self.push_block(toks, i, out, &variables, evaluates.then_some(self.now))?;
                self.in_for = outer;
                self.scope.close(&mark, self.positions.next());
                self.loops -= 1;
            }
            Some("for") => {
                out.push(head.token());
                *i += 1;
                let from = *i;
                while toks.get(*i).is_some_and(|t| !t.is_ident("in")) {
                    *i += 1;
                }
                let pattern = &toks[from..*i];
                out.extend(pattern.iter().map(Tok::token));
                out.push(toks.get(*i).ok_or(GiveUp)?.token());
                *i += 1;
                self.operand(toks, i, out, Context::Condition)?;
                self.loops += 1;
                let outer = std::mem::replace(&mut self.in_for, true);
                let mark = self.scope.open(self.positions.next());
                let variables = self.bind(pattern);
                self.push_block(toks, i, out, &variables, Some(self.now))?;
                self.scope.close(&mark, self.positions.next());
                self.in_for = outer;
                self.loops -= 1;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A part of an expression, in which blocks are not observed.
    fn operand(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<()> {
        let observed = std::mem::replace(&mut self.observe, false);
        let walked = self.expression(toks, i, out, context);
        self.observe = observed;
        walked.map(|_| ())
    }

    fn push_block(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        captures: &[usize],
        closing: Option<u32>,
    ) -> Walked<()> {
        let now = self.now;
        let group = toks.get(*i).ok_or(GiveUp)?;
        out.push(self.block(group, captures, closing.filter(|_| self.observe))?);
        *i += 1;
        self.now = now;
        Ok(())
    }

    fn if_else(&mut self, toks: &[Tok], i: &mut usize, out: &mut Vec<TokenTree>) -> Walked<()> {
        loop {
            out.push(toks[*i].token());
            *i += 1;
            let mark = self.scope.open(self.positions.next());
            let observed = std::mem::replace(&mut self.observe, false);
            let variables = self.condition(toks, i, out);
            self.observe = observed;
            self.push_block(toks, i, out, &variables?, None)?;
            self.scope.close(&mark, self.positions.next());
            if ident_at(toks, *i) != Some("else") {
                return Ok(());
            }
            out.push(toks[*i].token());
            *i += 1;
            if ident_at(toks, *i) != Some("if") {
                return self.push_block(toks, i, out, &[], None);
            }
        }
    }

    fn matching(&mut self, toks: &[Tok], i: &mut usize, out: &mut Vec<TokenTree>) -> Walked<()> {
        out.push(toks[*i].token());
        *i += 1;
        self.operand(toks, i, out, Context::Condition)?;
        let Some(Tok::Group {
            delimiter: Delimiter::Brace,
            inner,
            token,
        }) = toks.get(*i)
        else {
            return Err(GiveUp);
        };
        *i += 1;
        let (edits, now) = (self.edits, self.now);
        let mut arms = Vec::new();
        let mut at = 0;
        while at < inner.len() {
            self.arm(inner, &mut at, &mut arms)?;
            self.now = now;
        }
        out.push(if self.edits == edits {
            token.clone().into()
        } else {
            regroup(token, arms)
        });
        Ok(())
    }

    /// `PATTERN [if GUARD] => BODY[,]`
    fn arm(&mut self, toks: &[Tok], i: &mut usize, out: &mut Vec<TokenTree>) -> Walked<()> {
        let (start, conditional) = skip_attributes(toks, *i);
        if conditional {
            return Err(GiveUp);
        }
        let arrow = (start..toks.len())
            .find(|&k| operator_at(toks, k, "=>") && !operator_at(toks, k - 1, "..="))
            .ok_or(GiveUp)?;
        let guard = (start..arrow).find(|&k| toks[k].is_ident("if"));
        let pattern = &toks[start..guard.unwrap_or(arrow)];
        let mark = self.scope.open(self.positions.next());
        let variables = self.bind(pattern);
        out.extend(toks[*i..guard.unwrap_or(arrow)].iter().map(Tok::token));
        *i = guard.unwrap_or(arrow);
        if guard.is_some() {
            out.push(toks[*i].token());
            *i += 1;
            self.operand(toks, i, out, Context::Operand)?;
            if *i != arrow {
                return Err(GiveUp);
            }
        }
        out.extend(toks[arrow..arrow + 2].iter().map(Tok::token));
        *i = arrow + 2;
        let body = *i;
        let braced =
            group_at(toks, body, Delimiter::Brace).is_some() && self.ends_statement(toks, body + 1);
        if braced {
            self.push_block(toks, i, out, &variables, None)?;
        } else {
            self.arm_expression(toks, i, out, &variables)?;
        }
        self.scope.close(&mark, self.positions.next());
        if punct_at(toks, *i, ',') {
            out.push(toks[*i].token());
            *i += 1;
        }
        Ok(())
    }

    /// An arm that is an expression: wrapped in a block where there is something to put before it. The braces are ours, of
    /// edition 2021: temporaries of the expression live as long as they did.
    fn arm_expression(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        variables: &[usize],
    ) -> Walked<()> {
        let from = *i;
        let mut head = Vec::new();
        let observable = self.observe && arm_calls(toks, from);
        if observable {
            self.emit.locate(toks[from].span());
            self.now = self.positions.push(toks[from].span());
            self.emit.at(&mut head, self.now);
        }
        let position = self.now;
        let mut body = Vec::new();
        self.scope.level += 1;
        let walked = self.expression(toks, i, &mut body, Context::Statement);
        self.scope.level -= 1;
        walked?;
        if *i == from {
            return Err(GiveUp);
        }
        if !observable {
            out.extend(body);
            return Ok(());
        }
        for &variable in variables {
            self.scope.variables[variable].end = self.positions.next().wrapping_sub(1);
            if self.scope.variables[variable].readable_at_binding() {
                if let Some(slot) = self.scope.slot(variable) {
                    let ident = self.scope.variables[variable].ident.clone();
                    self.emit.locate(toks[from].span());
                    self.emit.capture(&mut head, &ident, slot, position);
                }
            }
        }
        self.emit.locate(toks[from].span());
        // A macro at a block's end is a statement; in parentheses it is the expression it was.
        if whole_macro(&toks[from..*i]) {
            body = vec![self.emit.group(Delimiter::Parenthesis, body)];
        }
        head.extend(body);
        out.push(self.emit.group(Delimiter::Brace, head));
        if *i < toks.len() && !punct_at(toks, *i, ',') {
            // Something block-like without a comma; a block needs none either.
            return Ok(());
        }
        self.edits += 1;
        Ok(())
    }

    /// Expressions between commas, in parentheses or brackets; in the braces of a struct literal each may have a field's name.
    fn list(&mut self, toks: &[Tok], token: &Group) -> Walked<TokenTree> {
        let braced = token.delimiter() == Delimiter::Brace;
        let edits = self.edits;
        let mut out = Vec::new();
        let mut i = 0;
        while i < toks.len() {
            let (start, conditional) = skip_attributes(toks, i);
            if conditional {
                i = self.copy_element(toks, i, &mut out);
                continue;
            }
            out.extend(toks[i..start].iter().map(Tok::token));
            i = start;
            if braced && punct_at(toks, i + 1, ':') && !operator_at(toks, i + 1, "::") {
                out.extend(toks[i..i + 2].iter().map(Tok::token));
                i += 2;
            }
            if i < toks.len() {
                self.operand(toks, &mut i, &mut out, Context::Operand)?;
            }
            match toks.get(i) {
                None => break,
                Some(tok) if tok.is_punct(',') => {
                    out.push(tok.token());
                    i += 1;
                }
                // `[value; LENGTH]`: a constant.
                Some(tok) if tok.is_punct(';') && !braced => {
                    self.mention_all(&toks[i..]);
                    out.extend(toks[i..].iter().map(Tok::token));
                    break;
                }
                Some(_) => return Err(GiveUp),
            }
        }
        Ok(if self.edits == edits {
            token.clone().into()
        } else {
            regroup(token, out)
        })
    }

    /// Copies an element under `cfg`, with its comma.
    fn copy_element(&mut self, toks: &[Tok], from: usize, out: &mut Vec<TokenTree>) -> usize {
        let end = (from..toks.len())
            .find(|&k| toks[k].is_punct(','))
            .map_or(toks.len(), |k| k + 1);
        self.mention_all(&toks[from..end]);
        out.extend(toks[from..end].iter().map(Tok::token));
        end
    }

    /// The index of the `|` of a closure that begins at `i` with `move`, `async`, `static` or `for<..>`.
    fn closure_bar(&self, toks: &[Tok], i: usize) -> Option<usize> {
        let mut k = i;
        if ident_at(toks, k) == Some("for") {
            if !punct_at(toks, k + 1, '<') {
                return None;
            }
            k = skip_angles(toks, k + 1)?;
        }
        while matches!(ident_at(toks, k), Some("move" | "async" | "static")) {
            k += 1;
        }
        punct_at(toks, k, '|').then_some(k)
    }

    /// A closure: passed on as it is. Its names count as mentioned, but for its own parameters.
    fn closure(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        bar: usize,
        out: &mut Vec<TokenTree>,
        context: Context,
    ) -> Walked<()> {
        if context == Context::Condition {
            return Err(GiveUp);
        }
        let from = *i;
        let mut k = bar + 1;
        while !toks.get(k).ok_or(GiveUp)?.is_punct('|') {
            k += 1;
        }
        let parameters = bindings(&without_types(&toks[bar + 1..k]));
        k += 1;
        let body = k;
        if operator_at(toks, k, "->") {
            while toks.get(k).ok_or(GiveUp)?.group(Delimiter::Brace).is_none() {
                k += 1;
            }
            k += 1;
        } else {
            while let Some(tok) = toks.get(k) {
                if tok.is_punct(',')
                    || tok.is_punct(';')
                    || tok.is_ident("else") && !self.in_if(toks, body, k)
                {
                    break;
                }
                k = if operator_at(toks, k, "::") && punct_at(toks, k + 2, '<') {
                    skip_angles(toks, k + 2).ok_or(GiveUp)?
                } else if tok.is_ident("as") {
                    cast_end(toks, k + 1)?
                } else {
                    k + 1
                };
            }
        }
        let (now, in_loop) = (self.now, self.loops > 0);
        let own: Vec<String> = parameters.iter().map(|b| b.ident.to_string()).collect();
        let scope = &mut self.scope;
        each_name(&toks[from..k], &mut |name, assigned| {
            if own.iter().any(|o| o == name) {
            } else if assigned {
                scope.assign(name, now, in_loop, false);
            } else {
                scope.mention(name, now, in_loop);
            }
        });
        out.extend(toks[from..k].iter().map(Tok::token));
        *i = k;
        Ok(())
    }

    /// Whether the `else` at `k` belongs to an `if` of the closure's body.
    fn in_if(&self, toks: &[Tok], body: usize, k: usize) -> bool {
        toks[body..k].iter().any(|t| t.is_ident("if"))
    }
}

/// The parameters of a closure without their types, as one pattern list.
fn without_types(toks: &[Tok]) -> Vec<Tok> {
    let mut kept = Vec::new();
    let mut in_type = false;
    let mut angles = 0usize;
    for (k, tok) in toks.iter().enumerate() {
        match tok {
            Tok::Punct { ch: '<', .. } if in_type => angles += 1,
            Tok::Punct { ch: '>', .. } if in_type => angles = angles.saturating_sub(1),
            Tok::Punct { ch: ',', .. } if angles == 0 => in_type = false,
            Tok::Punct { ch: ':', .. } => {
                let in_path = operator_at(toks, k, "::") || k > 0 && operator_at(toks, k - 1, "::");
                in_type |= !in_path;
            }
            _ => {}
        }
        if !in_type {
            kept.extend(Tok::tree(std::iter::once(tok.token()).collect()));
        }
    }
    kept
}

/// `!` of a macro call, not of `!=`.
fn punct_bang(toks: &[Tok], i: usize) -> bool {
    punct_at(toks, i, '!') && matches!(toks.get(i + 1), Some(Tok::Group { .. }))
}

/// The index behind `async {`, `async move {`, `const {`, `gen {`.
fn opaque_block(toks: &[Tok], i: usize) -> Option<usize> {
    let mut k = i + 1;
    while matches!(ident_at(toks, k), Some("move" | "gen")) {
        k += 1;
    }
    group_at(toks, k, Delimiter::Brace).map(|_| k + 1)
}

/// The index behind the type of a cast.
fn cast_end(toks: &[Tok], from: usize) -> Walked<usize> {
    let mut i = from;
    loop {
        match toks.get(i).ok_or(GiveUp)? {
            tok if tok.is_punct('*') => i += 2,
            tok if tok.is_punct('&') => {
                i += 1;
                if punct_at(toks, i, '\'') {
                    i += 2;
                }
                if ident_at(toks, i) == Some("mut") {
                    i += 1;
                }
            }
            tok if tok.is_punct('!') => return Ok(i + 1),
            tok if tok.is_ident("dyn") || tok.is_ident("impl") => i += 1,
            tok if tok.is_ident("unsafe") || tok.is_ident("extern") => i += 1,
            Tok::Literal(_) => i += 1,
            tok if tok.is_ident("for") => i = skip_angles(toks, i + 1).ok_or(GiveUp)?,
            tok if tok.is_ident("fn") => {
                i += 2;
                if operator_at(toks, i, "->") {
                    i += 2;
                    continue;
                }
                return Ok(i);
            }
            Tok::Group { .. } => return Ok(i + 1),
            _ => break,
        }
    }
    if punct_at(toks, i, '<') {
        i = skip_angles(toks, i).ok_or(GiveUp)?;
    }
    loop {
        if operator_at(toks, i, "::") {
            i += 2;
        } else if toks.get(i).is_some_and(|t| t.ident().is_some())
            && (i == from || !toks[i - 1].is_punct('>') || i < 2)
        {
            i += 1;
            if punct_at(toks, i, '<') && !operator_at(toks, i, "<<") && !operator_at(toks, i, "<=")
            {
                i = skip_angles(toks, i).ok_or(GiveUp)?;
            }
            if !operator_at(toks, i, "::") {
                return Ok(i);
            }
        } else if i > from {
            return Ok(i);
        } else {
            return Err(GiveUp);
        }
    }
}

/// Whether the arm's expression calls anything, and may be wrapped: `drop(x)` is warned about anywhere but as an arm itself,
/// and what is said of a `panic!` depends on its being one.
fn arm_calls(toks: &[Tok], from: usize) -> bool {
    let exempt = matches!(
        ident_at(toks, from),
        Some(
            "drop"
                | "forget"
                | "mem"
                | "panic"
                | "unreachable"
                | "todo"
                | "unimplemented"
                | "std"
                | "core"
        )
    ) && toks[from..].iter().take(8).any(|t| {
        matches!(
            t.ident(),
            Some("drop" | "forget" | "panic" | "unreachable" | "todo" | "unimplemented")
        )
    });
    !exempt
        && toks[from..]
            .iter()
            .take_while(|t| !t.is_punct(','))
            .any(|t| matches!(t, Tok::Group { .. }) || t.is_punct('?'))
}

/// Whether the tokens are one macro call and nothing else.
fn whole_macro(toks: &[Tok]) -> bool {
    let n = toks.len();
    n >= 3
        && matches!(toks[n - 1], Tok::Group { .. })
        && toks[n - 2].is_punct('!')
        && toks[..n - 2]
            .iter()
            .all(|t| matches!(t, Tok::Ident { .. }) || t.is_punct(':'))
}
