//! `if`, `match`, loops and blocks: expressions that hold blocks, walked with them.

use super::block::regroup;
use super::exits::Way;
use super::expr::Context;
use super::moved::may_move;
use super::syntax::pattern_end;
use super::{GiveUp, Walked, Walker};
use crate::function::mentions;
use crate::tree::{group_at, ident_at, operator_at, punct_at, skip_attributes, Tok};
use proc_macro::{Delimiter, Group, TokenTree};

impl Walker<'_> {
    /// `if`, `match`, loops, blocks: walked with their blocks. False if there is none at `i`.
    pub(super) fn block_like(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
    ) -> Walked<bool> {
        let head = toks.get(*i).ok_or(GiveUp)?;
        let tail = std::mem::take(&mut self.tail);
        if head.group(Delimiter::Brace).is_some() {
            self.tail = tail;
            out.push(self.block(head, &[], None)?);
            *i += 1;
            return Ok(true);
        }
        match head.ident() {
            Some("if") => self.if_else(toks, i, out, tail)?,
            Some("match") => self.matching(toks, i, out, tail)?,
            Some("unsafe") => {
                out.push(head.token());
                *i += 1;
                self.tail = tail;
                self.push_block(toks, i, out, &[], None)?;
            }
            Some("loop") => {
                out.push(head.token());
                *i += 1;
                self.enter_loop(&toks[*i..]);
                let losses = self.scope.losses.mark();
                let outer = std::mem::replace(&mut self.in_for, false);
                let walked = self.push_block(toks, i, out, &[], None);
                self.in_for = outer;
                self.leave_loop(losses);
                walked?;
            }
            Some("while") => {
                out.push(head.token());
                *i += 1;
                self.enter_loop(&toks[*i..]);
                let losses = self.scope.losses.mark();
                let mark = self.scope.open(self.positions.next());
                let from = *i;
                let variables = self.condition(toks, i, out)?;
                self.scope.losses.patterns_begin(losses);
                let outer = std::mem::replace(&mut self.in_for, false);
                let evaluates = toks[from..*i]
                    .iter()
                    .any(|t| matches!(t, Tok::Group { .. }));
                self.push_block(toks, i, out, &variables, evaluates.then_some(self.now))?;
                self.in_for = outer;
                let next = self.positions.next();
                self.scope.losses.patterns_end(losses, next.wrapping_sub(1));
                self.scope.close(&mark, next);
                self.leave_loop(losses);
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
                self.enter_loop(&toks[*i..]);
                let losses = self.scope.losses.mark();
                let outer = std::mem::replace(&mut self.in_for, true);
                let mark = self.scope.open(self.positions.next());
                let variables = self.bind(pattern);
                self.push_block(toks, i, out, &variables, Some(self.now))?;
                self.scope.close(&mark, self.positions.next());
                self.in_for = outer;
                self.leave_loop(losses);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The condition of `if` and `while`: the variables its `let`s bind, to be captured in the block.
    pub(super) fn condition(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
    ) -> Walked<Vec<usize>> {
        let before = self.scope.variables.len();
        let from = *i;
        let (_, pending) = self.chain(toks, i, out, Context::Condition)?;
        if let Some((from, to)) = pending {
            self.bind(&toks[from..to]);
        }
        let condition = &toks[from..*i];
        // Not those that a block inside the condition bound for itself, nor those that the rest of it may have taken.
        let is_there = |name: &str| {
            let rest = behind_binding(condition, name).unwrap_or(&[]);
            !may_move(rest, name)
        };
        Ok((before..self.scope.variables.len())
            .filter(|&v| self.scope.is_visible(v) && is_there(&self.scope.variables[v].name))
            .collect())
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

    fn if_else(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        tail: bool,
    ) -> Walked<()> {
        let branches = self.scope.losses.branches();
        let begin = self.scope.losses.mark();
        loop {
            out.push(toks[*i].token());
            *i += 1;
            let mark = self.scope.open(self.positions.next());
            let observed = std::mem::replace(&mut self.observe, false);
            let variables = self.condition(toks, i, out);
            self.observe = observed;
            self.tail = tail;
            self.scope.losses.patterns_begin(begin);
            let losses = self.scope.losses.mark();
            self.push_block(toks, i, out, &variables?, None)?;
            self.scope.losses.branch_ends(losses);
            self.scope.close(&mark, self.positions.next());
            if ident_at(toks, *i) != Some("else") {
                break;
            }
            out.push(toks[*i].token());
            *i += 1;
            if ident_at(toks, *i) != Some("if") {
                self.tail = tail;
                self.push_block(toks, i, out, &[], None)?;
                break;
            }
        }
        self.scope.losses.construct_ends(branches);
        let last = self.positions.next().wrapping_sub(1);
        self.scope.losses.patterns_end(begin, last);
        Ok(())
    }

    fn matching(
        &mut self,
        toks: &[Tok],
        i: &mut usize,
        out: &mut Vec<TokenTree>,
        tail: bool,
    ) -> Walked<()> {
        out.push(toks[*i].token());
        *i += 1;
        let begin = self.scope.losses.mark();
        self.operand(toks, i, out, Context::Condition)?;
        self.scope.losses.patterns_begin(begin);
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
        let branches = self.scope.losses.branches();
        while at < inner.len() {
            self.tail = tail;
            let losses = self.scope.losses.mark();
            self.arm(inner, &mut at, &mut arms)?;
            self.now = now;
            let last = self.positions.next().wrapping_sub(1);
            self.scope.losses.block_ends(losses, last);
            self.scope.losses.branch_ends(losses);
        }
        self.scope.losses.construct_ends(branches);
        let last = self.positions.next().wrapping_sub(1);
        self.scope.losses.patterns_end(begin, last);
        out.push(if self.edits == edits {
            Group::clone(token).into()
        } else {
            regroup(token, arms)
        });
        Ok(())
    }

    /// `PATTERN [if GUARD] => BODY[,]`
    fn arm(&mut self, toks: &[Tok], i: &mut usize, out: &mut Vec<TokenTree>) -> Walked<()> {
        let tail = std::mem::take(&mut self.tail);
        let (start, conditional) = skip_attributes(toks, *i);
        if conditional {
            return Err(GiveUp);
        }
        let arrow = (start..toks.len())
            .find(|&k| {
                // `..=>` is a range and what follows it.
                let range = k > 0 && operator_at(toks, k - 1, "..=");
                operator_at(toks, k, "=>") && !range
            })
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
        self.tail = tail;
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
        let tail = std::mem::take(&mut self.tail);
        let (mut head, mut failure) = (Vec::new(), Vec::new());
        let observable = self.observe && arm_calls(toks, from);
        if observable {
            self.emit.locate(toks[from].span());
            self.now = self.positions.push(toks[from].span());
            if self.fails(&toks[from..], tail) {
                self.fail(&toks[from..], &mut failure);
            } else {
                self.emit.at(&mut head, self.now);
            }
        }
        let position = self.now;
        let mut body = Vec::new();
        self.scope.level += 1;
        self.tail = tail && Self::branches(toks, from);
        self.needless = tail;
        let branches = self.tail;
        self.last_let = None;
        let walked = self.expression(toks, i, &mut body, Context::Statement);
        (self.tail, self.needless) = (false, false);
        self.scope.level -= 1;
        walked?;
        if *i == from {
            return Err(GiveUp);
        }
        // A macro at a block's end is a statement; in parentheses it is the expression it was.
        if observable && whole_macro(&toks[from..*i]) {
            self.emit.locate(toks[from].span());
            body = vec![self.emit.group(Delimiter::Parenthesis, body)];
        }
        if tail && !branches {
            body = self.leaf(
                &toks[from..*i],
                body,
                observable.then_some(position),
                Way::Tail,
            );
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
        head.extend(failure);
        head.extend(body);
        out.push(self.emit.group(Delimiter::Brace, head));
        if *i < toks.len() && !punct_at(toks, *i, ',') {
            // Something block-like without a comma; a block needs none either.
            return Ok(());
        }
        self.edits += 1;
        Ok(())
    }
}

/// What a chain of conditions asks behind the last `let` that binds `name`.
fn behind_binding<'t>(condition: &'t [Tok], name: &str) -> Option<&'t [Tok]> {
    let binds = |k: usize| {
        let end = pattern_end(condition, k + 1).ok()?;
        mentions(&condition[k + 1..end], name).then_some(end)
    };
    let pattern = (0..condition.len())
        .rev()
        .filter(|&k| condition[k].is_ident("let"))
        .find_map(binds)?;
    // `= &&x` is a scrutinee still.
    let next = (pattern + 2..condition.len())
        .find(|&k| operator_at(condition, k, "&&") && ends_operand(&condition[k - 1]))?;
    condition.get(next + 2..)
}

fn ends_operand(tok: &Tok) -> bool {
    match tok {
        Tok::Punct { ch, .. } => *ch == '?' || *ch == '>',
        _ => true,
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
