//! Expressions: the walk that finds the operand of each `?`, the blocks, and what is mentioned.
//!
//! It alternates between two states, as the grammar does: an operand is expected (prefix operators, keywords), or one was
//! read (postfix operators, binary operators, the end).

use super::block::Ended;
use super::exits::Way;
use super::moved::{borrows, is_assigned, is_scrutinee, loss, needs_whole};
use super::readable::{binds_nothing, is_borrow};
use super::returned::returns_value;
use super::syntax::{cast_end, opaque_block, pattern_end, punct_bang, raw_borrow};
use super::{GiveUp, Walked, Walker};
use crate::tree::{
    assignment_at, binary_at, ident_at, operator_at, punct_at, skip_angles, skip_attributes, Tok,
};
use proc_macro::{Delimiter, TokenTree};

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

    #[allow(clippy::too_many_lines)] // one state machine; its states are the grammar's
    pub(super) fn chain(
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
        let beginning = *i;
        let mut operand_at = *i;
        // Of the branches of what is walked first, if at all.
        let tail = std::mem::take(&mut self.tail);

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
            let first = *i == beginning;
            if expecting {
                operand_span = tok.span();
                operand_at = *i;
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
                                self.tail = tail && root;
                                let block = self.block(tok, &[], None);
                                self.observe = observed;
                                out.push(block?);
                                *i += 1;
                                if statement && root && self.ends_statement(toks, *i) {
                                    return Ok((Ended::BlockLike, None));
                                }
                            }
                            Delimiter::Parenthesis | Delimiter::Bracket => {
                                let destructures = punct_at(toks, *i + 1, '=')
                                    && assignment_at(toks, *i + 1).is_some();
                                let outer = self.destructures;
                                self.destructures |= destructures;
                                let group = self.list(inner, token);
                                self.destructures = outer;
                                out.push(group?);
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
                                    || raw_borrow(toks, *i)
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
                            if name == "break" {
                                self.scope.losses.breaks();
                            }
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
                            let looked_at = self.observe || self.exits.all();
                            if name == "return" && looked_at && returns_value(toks, *i) {
                                let leaf = self.returned(toks, i, context, tok, first)?;
                                out.extend(leaf);
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
                            if !first
                                || toks[*i..]
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
                            self.moved_all(&toks[*i..end]);
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
                            self.tail = tail && root;
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
                                self.mention(name, is_borrow(toks, *i));
                                if is_assigned(toks, *i) || self.destructures {
                                    self.scope.assigned_in_part(name);
                                } else if needs_whole(toks, *i) {
                                    self.scope.used_whole(name);
                                }
                                let mark = self.scope.losses.mark();
                                self.scope.loses(name, self.now, loss(toks, *i));
                                if is_scrutinee(toks, *i) {
                                    self.scope.losses.by_pattern(mark);
                                }
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
                    self.positions.begins(failure, operand_span);
                    let success = self.next_link(toks, *i);
                    let mut inner = out.split_off(operand);
                    // In an argument list its own parentheses would be too many.
                    while let [TokenTree::Group(group)] = &inner[..] {
                        if group.delimiter() != Delimiter::Parenthesis {
                            break;
                        }
                        inner = group.stream().into_iter().collect();
                    }
                    let exit =
                        self.exit(failure, self.source(&toks[operand_at..*i]), Way::Question);
                    let reads = self.readable(&toks[operand_at..*i]);
                    self.emit.locate(operand_span);
                    let result = self.exits.result();
                    let wrapped = if reads.is_empty() {
                        self.emit.question(result, inner, exit, success)
                    } else {
                        self.emit
                            .question_reading(result, inner, exit, success, &reads)
                    };
                    self.edits += 1;
                    if self.exits.questions() {
                        out.extend(self.emit.log_question(wrapped));
                    } else {
                        out.extend(wrapped);
                    }
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
                    if !ident_at(toks, i.wrapping_sub(1)).is_some_and(borrows) {
                        self.moved_all(inner);
                    }
                    if !ident_at(toks, i.wrapping_sub(1)).is_some_and(binds_nothing) {
                        self.kill(inner);
                    }
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
    pub(super) fn ends_statement(&self, toks: &[Tok], i: usize) -> bool {
        !(punct_at(toks, i, '?') || punct_at(toks, i, '.') && !operator_at(toks, i, ".."))
    }

    /// The line that a chain goes on at behind a `?`, if it is another one.
    fn next_link(&mut self, toks: &[Tok], question: usize) -> Option<u32> {
        let name = toks
            .get(question + 2)
            .filter(|_| punct_at(toks, question + 1, '.'))?;
        (name.span().line() != toks[question].span().line())
            .then(|| self.positions.push(name.span()))
    }
}
