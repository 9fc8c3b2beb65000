//! Statements: where one ends, which of them get a position, and what is captured after a `let`.

use super::exits::Way;
use super::statement::{diverges, first_whole_operand, observable, surely_returns, wrappable};
use super::syntax::{block_like_end, conditional_end, item_end, pattern_end, type_end};
use super::types::{has_lifetimes, has_mut, is_probed};
use super::{bindings, GiveUp, Piece, Walked, Walker};
use crate::tree::{
    assignment_at, each_name, ident_at, operator_at, punct_at, skip_attributes, Tok,
};
use proc_macro::{Delimiter, Group, TokenTree};

/// What the walk of one expression statement found at its end.
pub(super) enum Ended {
    /// `if`, `match`, a loop, a block: a statement without a semicolon.
    BlockLike,
    Other,
}

/// A function's body, walked.
pub(crate) struct Body {
    /// Items at its start. The guard comes after them: an item after a statement is a lint of its own.
    pub(crate) items: Vec<TokenTree>,
    pub(crate) statements: Vec<TokenTree>,
}

impl Walker<'_> {
    /// The body of the function. The caller has declared the parameters.
    pub(crate) fn body(&mut self, toks: &[Tok]) -> Walked<Body> {
        let mark = self.scope.open(0);
        let mut pieces = Vec::new();
        let names = &mut self.names;
        each_name(toks, &mut |name, _| names.push(name.to_owned()));
        self.tail = true;
        let items = self.statements(toks, &mut pieces, None)?;
        self.scope.close(&mark, self.positions.next());
        let rest = pieces.split_off(items);
        Ok(Body {
            items: self.finish(pieces),
            statements: self.finish(rest),
        })
    }

    /// A block in braces, in whose scope `captures` were just bound. `closing` is the position of the loop head that
    /// evaluates something between two rounds.
    pub(super) fn block(
        &mut self,
        group: &Tok,
        captures: &[usize],
        closing: Option<u32>,
    ) -> Walked<TokenTree> {
        let Tok::Group {
            delimiter: Delimiter::Brace,
            inner,
            token,
        } = group
        else {
            return Err(GiveUp);
        };
        let edits = self.edits;
        let mark = self.scope.open(self.positions.next());
        let mut pieces: Vec<Piece> = captures
            .iter()
            .map(|&variable| Piece::Capture {
                variable,
                position: self.now,
            })
            .collect();
        self.scope.level += 1;
        let losses = self.scope.losses.mark();
        let walked = self.statements(inner, &mut pieces, closing);
        self.scope.level -= 1;
        walked?;
        let next = self.positions.next();
        self.scope.losses.block_ends(losses, next.wrapping_sub(1));
        self.scope.close(&mark, next);
        // Bindings of the head belong to a scope that the caller closes; what is decided here must know its end.
        for &variable in captures {
            self.scope.variables[variable].end = self.positions.next().wrapping_sub(1);
        }
        let tokens = self.finish(pieces);
        Ok(if self.edits == edits {
            group.token()
        } else {
            regroup(token, tokens)
        })
    }

    /// Gives the number of pieces that are items at the block's start.
    fn statements(
        &mut self,
        toks: &[Tok],
        pieces: &mut Vec<Piece>,
        closing: Option<u32>,
    ) -> Walked<usize> {
        let mut i = 0;
        let mut leading_items = pieces.len();
        let mut leading = true;
        let mut reachable = true;
        let mut last = None;
        let observed = self.observe;
        let tail = std::mem::take(&mut self.tail);
        self.last_let = None;
        while i < toks.len() {
            let (start, conditional) = skip_attributes(toks, i);
            if conditional {
                leading = false;
                self.first = false;
                let Some(end) = conditional_end(toks, start) else {
                    // Which of the statements to come is the block's tail depends on what is configured.
                    self.raw(&toks[i..], pieces);
                    self.observe = observed;
                    return Ok(leading_items);
                };
                self.raw(&toks[i..end], pieces);
                i = end;
                continue;
            }
            if let Some(end) = item_end(toks, start) {
                self.raw(&toks[i..end], pieces);
                i = end;
                if leading {
                    leading_items = pieces.len();
                }
                continue;
            }
            if punct_at(toks, start, ';') {
                self.raw(&toks[i..=start], pieces);
                i = start + 1;
                continue;
            }
            leading = false;
            self.observe = observed && reachable;
            let first = std::mem::take(&mut self.first);
            let statement = &toks[start..];
            // An `expect` is about what the compiler says of the statement itself.
            let observing = self.observe && observable(statement) && !expects(&toks[i..start]);
            if observing {
                let place = statement.first().ok_or(GiveUp)?.span();
                self.now = match first {
                    true => self.positions.begin(place),
                    false => self.positions.push(place),
                };
                self.emit.locate(place);
                let mut tokens = Vec::new();
                if self.fails(statement, tail) {
                    self.fail(statement, &mut tokens);
                } else if !first {
                    pieces.push(Piece::At {
                        position: self.now,
                        place,
                    });
                    self.edits += 1;
                    self.recapture(statement, &mut tokens);
                }
                if !tokens.is_empty() {
                    pieces.push(Piece::Tokens(tokens));
                }
            }
            let attributes = &toks[i..start];
            if statement[0].is_ident("let") {
                i = start + self.local(attributes, statement, pieces)?;
                let declared = std::mem::replace(&mut self.declared, 0..0);
                for variable in declared {
                    self.look_ahead(variable, &toks[i..]);
                    let v = &self.scope.variables[variable];
                    if v.deferred && v.used && self.observe {
                        pieces.push(Piece::Declared {
                            variable,
                            position: self.now,
                        });
                    }
                }
                last = Some(statement);
            } else {
                let mut tokens: Vec<TokenTree> = attributes.iter().map(Tok::token).collect();
                let head = tokens.len();
                let mut at = start;
                let end = toks[start..].iter().position(|t| t.is_punct(';'));
                self.needless = tail && end.is_none_or(|end| start + end + 1 == toks.len());
                self.tail = tail && block_like_end(toks, start) == Some(toks.len());
                let branches = self.tail;
                let ended =
                    self.expression(toks, &mut at, &mut tokens, super::expr::Context::Statement)?;
                if punct_at(toks, at, ';') {
                    tokens.push(toks[at].token());
                    at += 1;
                    last = Some(statement);
                } else if at < toks.len() && matches!(ended, Ended::Other) {
                    return Err(GiveUp);
                } else {
                    last = None;
                    if tail && at == toks.len() && !branches {
                        let leaf = tokens.split_off(head);
                        tokens.extend(self.leaf(
                            statement,
                            leaf,
                            observing.then_some(self.now),
                            Way::Tail,
                        ));
                    }
                }
                (self.tail, self.needless) = (false, false);
                self.last_let = None;
                if at <= start {
                    return Err(GiveUp);
                }
                pieces.push(Piece::Tokens(tokens));
                if self.observe
                    && punct_at(toks, at - 1, ';')
                    && assignment_at(statement, 1).is_some()
                {
                    self.assigned(statement, &toks[at..], pieces);
                }
                i = at;
            }
            reachable &= !diverges(statement);
        }
        self.observe = observed && reachable;
        if let (Some(position), true) = (closing, self.observe && last.is_some_and(surely_returns))
        {
            let mut tokens = Vec::new();
            self.emit.at(&mut tokens, position);
            self.edits += 1;
            pieces.push(Piece::Tokens(tokens));
        }
        self.observe = observed;
        Ok(leading_items)
    }

    /// `x = ..;`, `x += ..;`: the new value, if it will be read before it is written again. (Reading one that is not would
    /// silence `unused_assignments`.)
    fn assigned(&mut self, statement: &[Tok], rest: &[Tok], pieces: &mut Vec<Piece>) {
        let Some(name) = ident_at(statement, 0) else {
            return;
        };
        let Some(variable) = self.scope.resolve(name) else {
            return;
        };
        let v = &self.scope.variables[variable];
        let mut next = None;
        each_name(rest, &mut |n, assigned| {
            if n == name {
                next.get_or_insert(!assigned);
            }
        });
        let read_next = next.unwrap_or(v.uses_ahead > 0 || v.used && self.loops > v.loops);
        // A counter beside a `for` is what `clippy::explicit_counter_loop` is about; another read would silence it.
        let counter = self.in_for && operator_at(statement, 1, "+=") && punct_at(statement, 4, ';');
        if (v.deferred || v.may_change) && read_next && !counter && !v.underscored() {
            // The value is taken right behind the change, so that the change does not make it old.
            let now = self.now;
            let v = &mut self.scope.variables[variable];
            v.marks.retain(|&(position, _)| position != now);
            pieces.push(Piece::Assigned {
                variable,
                position: now,
            });
            self.scope.losses.captured_behind(variable, now);
        }
    }

    /// Tokens that are passed on; the names in them count as used.
    fn raw(&mut self, toks: &[Tok], pieces: &mut Vec<Piece>) {
        self.mention_all(toks);
        self.kill(toks);
        pieces.push(Piece::Tokens(toks.iter().map(Tok::token).collect()));
    }

    /// `let PATTERN [: TYPE] [= INIT [else BLOCK]];` Gives the number of tokens.
    fn local(
        &mut self,
        attributes: &[Tok],
        toks: &[Tok],
        pieces: &mut Vec<Piece>,
    ) -> Walked<usize> {
        let mut tokens: Vec<TokenTree> = attributes.iter().map(Tok::token).collect();
        tokens.push(toks[0].token());
        let pattern_end = pattern_end(toks, 1)?;
        let pattern = &toks[1..pattern_end];
        let mut i = pattern_end;
        let mut type_mut = false;
        let (mut probed, mut lifetimes) = (false, false);
        if punct_at(toks, i, ':') {
            i = type_end(toks, i + 1)?;
            probed = is_probed(&toks[pattern_end + 1..i]);
            lifetimes = has_lifetimes(&toks[pattern_end + 1..i]);
            type_mut = punct_at(toks, pattern_end + 1, '&') && has_mut(&toks[pattern_end + 1..i]);
        }
        tokens.extend(toks[1..i].iter().map(Tok::token));
        if !punct_at(toks, i, '=') {
            // Assigned later, if at all: named, never read.
            let semicolon = toks.get(i).filter(|t| t.is_punct(';')).ok_or(GiveUp)?;
            tokens.push(semicolon.token());
            pieces.push(Piece::Tokens(tokens));
            let first = self.scope.variables.len();
            for binding in bindings(pattern) {
                let variable = self.declare(&binding.ident, binding.mutable, true);
                self.scope.variables[variable].deferred = true;
            }
            self.declared = first..self.scope.variables.len();
            return Ok(i + 1);
        }
        tokens.push(toks[i].token());
        i += 1;
        let init_from = i;
        let mut init = Vec::new();
        self.tail = self.exits.named
            && matches!(pattern, [name] if name.is_ident("__ret"))
            && Self::branches(toks, i);
        let losses = self.scope.losses.mark();
        self.expression(toks, &mut i, &mut init, super::expr::Context::Root)?;
        self.tail = false;
        let init_toks = &toks[init_from..i];
        let mut after = Vec::new();
        if ident_at(toks, i) == Some("else") {
            after.push(toks[i].token());
            let block = toks.get(i + 1).ok_or(GiveUp)?;
            self.scope.losses.patterns_begin(losses);
            after.push(self.block(block, &[], None)?);
            self.scope.losses.let_ends(losses);
            i += 2;
        }
        after.push(
            toks.get(i)
                .filter(|t| t.is_punct(';'))
                .ok_or(GiveUp)?
                .token(),
        );

        // An `expect` on the statement may be about the very lint that a capture would silence.
        let expects = expects(attributes);
        let position = self.now;
        let init_mut = punct_at(init_toks, 0, '&') && ident_at(init_toks, 1) == Some("mut");
        if pattern.iter().any(|t| t.is_punct('!')) {
            self.kill(pattern);
        }
        let found = bindings(pattern);
        let single = match pattern {
            [Tok::Ident { .. }] => true,
            [first, Tok::Ident { .. }] => first.is_ident("mut"),
            _ => false,
        };
        let variables: Vec<usize> = found
            .iter()
            .map(|b| self.declare(&b.ident, b.mutable || type_mut || init_mut, true))
            .collect();
        self.declared = self.scope.variables.len() - variables.len()..self.scope.variables.len();
        if let ([variable], true) = (&variables[..], single) {
            self.scope.variables[*variable].probed = probed && !self.emit.plain;
            self.scope.variables[*variable].lifetimes = lifetimes;
        }
        if expects {
            variables
                .iter()
                .for_each(|&v| self.scope.variables[v].wanted = false);
        }
        let calls = init_toks.iter().any(|t| matches!(t, Tok::Group { .. }));
        if let ([variable], true) = (&variables[..], calls) {
            self.scope.variables[*variable].origin = Some(position);
        }
        self.last_let = match variables[..] {
            [variable] if single => Some(variable),
            _ => None,
        };
        match variables[..] {
            [variable] if single && self.observe && wrappable(init_toks) => {
                pieces.push(Piece::Tokens(tokens));
                pieces.push(Piece::Init {
                    variable,
                    position,
                    tokens: init,
                });
                pieces.push(Piece::Tokens(after));
            }
            _ => {
                tokens.extend(init);
                tokens.extend(after);
                pieces.push(Piece::Tokens(tokens));
            }
        }
        if self.observe {
            pieces.extend(
                variables
                    .into_iter()
                    .map(|variable| Piece::Capture { variable, position }),
            );
        }
        Ok(i + 1)
    }

    /// Decides what was left open and gives the tokens.
    fn finish(&mut self, pieces: Vec<Piece>) -> Vec<TokenTree> {
        let mut out = Vec::new();
        let mut pieces = pieces.into_iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Tokens(tokens) => out.extend(tokens),
                Piece::At { position, place } => {
                    self.emit.locate(place);
                    self.emit.at(&mut out, position);
                }
                Piece::Capture { variable, position } => {
                    let v = &self.scope.variables[variable];
                    if !self.observe || !v.observable() {
                        continue;
                    }
                    if v.readable_at_binding() {
                        if self.capture(&mut out, variable, position, pieces.peek()) {
                            pieces.next();
                        }
                    } else if let Some(slot) = v.slot {
                        // It is read later and captured then; until then its slot must hold nothing.
                        if v.assigned_first {
                            self.emit.locate(v.ident.span());
                            self.emit.unset(&mut out, slot, position);
                            self.edits += 1;
                        }
                    }
                }
                Piece::Declared { variable, position } => {
                    if let Some(slot) = self.scope.slot(variable) {
                        self.emit
                            .locate(self.scope.variables[variable].ident.span());
                        self.emit.unset(&mut out, slot, position);
                        self.edits += 1;
                    }
                }
                Piece::Assigned { variable, position } => {
                    if self.scope.variables[variable].used
                        && self.capture(&mut out, variable, position, pieces.peek())
                    {
                        pieces.next();
                    }
                }
                Piece::Init {
                    variable,
                    position,
                    tokens,
                } => {
                    let v = &self.scope.variables[variable];
                    let wrap = v.observable() && !v.mentioned && !v.underscored();
                    self.emit.locate(v.ident.span());
                    match wrap.then(|| self.scope.slot(variable)).flatten() {
                        Some(slot) => {
                            self.emit.capture_init(&mut out, tokens, slot, position);
                            self.edits += 1;
                        }
                        None => out.extend(tokens),
                    }
                }
            }
        }
        out
    }

    /// Captures a variable that was just bound. Whether it stores the position that comes next, too.
    fn capture(
        &mut self,
        out: &mut Vec<TokenTree>,
        variable: usize,
        position: u32,
        next: Option<&Piece>,
    ) -> bool {
        let Some(slot) = self.scope.slot(variable) else {
            return false;
        };
        self.edits += 1;
        let v = &self.scope.variables[variable];
        self.emit.locate(v.ident.span());
        if v.probed {
            self.emit.capture_probed(
                out,
                &v.ident,
                slot,
                position,
                self.options.probing(v.lifetimes),
            );
            return false;
        }
        match next {
            Some(Piece::At { position: next, .. }) if self.emit.captures_at() => {
                self.emit.capture_at(out, &v.ident, slot, position, *next);
                true
            }
            _ => {
                self.emit.capture(out, &v.ident, slot, position);
                false
            }
        }
    }

    /// Reads a variable that may have changed once more, just before a statement that begins by using it whole: such a use
    /// needs it initialised and not mutably borrowed, so that a read before adds no constraint. Never after a call.
    fn recapture(&mut self, statement: &[Tok], out: &mut Vec<TokenTree>) {
        let Some((name, token)) = first_whole_operand(statement) else {
            return;
        };
        let Some(index) = self.scope.resolve(name) else {
            return;
        };
        let variable = &self.scope.variables[index];
        if variable.may_change && variable.name != "self" && !variable.underscored() {
            let (probed, lifetimes) = (variable.probed, variable.lifetimes);
            if let Some(slot) = self.scope.slot(index) {
                self.scope.losses.captured_before(index, self.now);
                if probed {
                    self.emit.capture_probed(
                        out,
                        token,
                        slot,
                        self.now,
                        self.options.probing(lifetimes),
                    );
                } else {
                    self.emit.capture(out, token, slot, self.now);
                }
            }
        }
    }
}

/// Whether one of the attributes is an `expect`.
fn expects(attributes: &[Tok]) -> bool {
    attributes.iter().any(|t| {
        t.group(Delimiter::Bracket)
            .is_some_and(|inner| ident_at(inner, 0) == Some("expect"))
    })
}

/// The same group with other content. The span stays: the edition of a block's braces decides when its temporaries drop.
pub(super) fn regroup(original: &Group, tokens: Vec<TokenTree>) -> TokenTree {
    let mut group = Group::new(original.delimiter(), tokens.into_iter().collect());
    group.set_span(original.span());
    group.into()
}
