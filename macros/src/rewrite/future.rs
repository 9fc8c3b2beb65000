//! Where a function with `#[frame(future)]` returns its future: that takes the frame along.
//!
//! `async { .. }`, `async { .. }.boxed()` and `Box::pin(async { .. })` get it inside, and their statements have positions in
//! it; around any other value it is put as a whole.

use super::statement::diverges_by_name;
use super::{Exits, Walked, Walker};
use crate::emit::Reach;
use crate::meta::Positions;
use crate::tree::{each_name, group_at, ident_at, operator_at, punct_at, Tok};
use proc_macro::{Delimiter, Group, TokenTree};

/// What kind of future a function returns, by its written type.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Returned {
    /// `impl Future`: another type may be returned.
    Opaque,
    /// A type by name, which has to be returned: it may be a box.
    Named,
}

impl Returned {
    /// What the tokens behind `->` say, or why that cannot be a future.
    pub(crate) fn of(result: &[Tok]) -> Result<Returned, &'static str> {
        let Some(first) = result.first() else {
            return Err("a function that returns nothing returns no future");
        };
        if first.is_ident("impl") {
            let named = result
                .iter()
                .any(|t| t.ident().is_some_and(|n| n.ends_with("Future")));
            return match named {
                true => Ok(Returned::Opaque),
                false => Err("this is no future: `future` is for `impl Future<Output = ..>`"),
            };
        }
        let is_path =
            first.ident().is_some() || operator_at(result, 0, "::") || punct_at(result, 0, '<');
        match super::exits::last_segment(result) {
            Some("Result" | "Option" | "Vec" | "Poll") => {
                Err("a future inside of another value cannot be reached: return the future alone")
            }
            Some("String" | "bool" | "char" | "str" | "usize" | "isize") => Err(NO_FUTURE),
            _ if !is_path || first.is_ident("dyn") || first.is_ident("fn") => Err(NO_FUTURE),
            _ => Ok(Returned::Named),
        }
    }

    /// Whether a type is a future by its looks: then a container's `future` is meant for its function.
    pub(crate) fn is_likely(result: &[Tok]) -> bool {
        match Returned::of(result) {
            Ok(Returned::Opaque) => true,
            Ok(Returned::Named) => match super::exits::last_segment(result) {
                Some("BoxFuture" | "LocalBoxFuture") => true,
                Some("Pin") => ["Box", "dyn", "Future"]
                    .iter()
                    .all(|name| result.iter().any(|t| t.is_ident(name))),
                _ => false,
            },
            Err(_) => false,
        }
    }
}

const NO_FUTURE: &str =
    "this is no future: `future` is for `impl Future<Output = ..>` and `Pin<Box<dyn Future<Output = ..>>>`";

impl Walker<'_> {
    /// A value that leaves a function with `future`. `tokens` is what the walk made of `written`.
    pub(super) fn future_leaf(
        &mut self,
        written: &[Tok],
        mut tokens: Vec<TokenTree>,
        returned: Returned,
    ) -> Vec<TokenTree> {
        let Some(first) = written.first().filter(|_| is_value(written)) else {
            return tokens;
        };
        self.edits += 1;
        if let Some(end) = async_block(written, 0) {
            let future = self.async_leaf(&written[..end]);
            tokens.splice(..end, future);
            return tokens;
        }
        if let Some((call, inner)) = boxed(written) {
            if let (Some(TokenTree::Group(group)), Some(end)) =
                (tokens.get(call), async_block(inner, 0))
            {
                let mut arguments = self.async_leaf(&inner[..end]);
                arguments.extend(inner[end..].iter().map(Tok::token));
                let mut replaced =
                    Group::new(Delimiter::Parenthesis, arguments.into_iter().collect());
                replaced.set_span(group.span());
                tokens[call] = replaced.into();
                return tokens;
            }
        }
        self.emit.locate(first.span());
        match returned {
            Returned::Opaque => self.emit.future(tokens),
            Returned::Named => self.emit.same_future(self.exits.result(), tokens),
        }
    }

    /// `future(async { .. }, &frame)`, with the block's statements walked.
    fn async_leaf(&mut self, written: &[Tok]) -> Vec<TokenTree> {
        let (block, head) = written.split_last().expect("a block");
        let mut tokens: Vec<TokenTree> = head.iter().map(Tok::token).collect();
        tokens.push(self.async_body(block).unwrap_or_else(|_| block.token()));
        self.emit.locate(written[0].span());
        self.emit.future(tokens)
    }

    /// The block, whose statements find the frame by the poll they run in. The function's own variables are not looked at
    /// in it: what it takes along of them, and how, is decided by what it mentions.
    fn async_body(&mut self, block: &Tok) -> Walked<TokenTree> {
        let Tok::Group { inner, token, .. } = block else {
            return Err(super::GiveUp);
        };
        let first = self.positions.next();
        let positions = std::mem::replace(&mut self.positions, Positions::new(token.span_open()));
        let mut walker = Walker::new(self.emit, self.options, positions);
        walker.now = self.now;
        walker.scope.reserve(self.scope.slots());
        let block = self.exits.block.take();
        let has_exits = block.is_some();
        walker.exits = block.map_or_else(Exits::default, |exits| *exits);
        let reach = self.emit.reach.replace(Reach::Top);
        let walked = walker.body(inner);
        self.emit.reach.set(reach);
        let Walker {
            scope,
            positions,
            exits,
            ..
        } = walker;
        self.positions = positions;
        let mut statements = Vec::new();
        if let Some(result) = exits.result().filter(|_| has_exits) {
            // The block's value is coerced to what the function's type says, as it is where the block stands alone.
            self.emit.locate(token.span_open());
            self.emit.expect_result(&mut statements, result.to_vec());
        }
        self.exits.block = has_exits.then(|| Box::new(exits));
        let body = walked?;
        self.scope.reserve(scope.slots());
        self.scope
            .variables
            .extend(scope.variables.into_iter().map(|mut variable| {
                variable.scope_start = variable.scope_start.max(first);
                variable
            }));
        statements.extend(body.items.into_iter().chain(body.statements));
        let mut group = Group::new(Delimiter::Brace, statements.into_iter().collect());
        group.set_span(token.span());
        Ok(group.into())
    }
}

/// The end of `async { .. }` or `async move { .. }` that begins at `from`, if nothing follows it but calls of methods.
fn async_block(toks: &[Tok], from: usize) -> Option<usize> {
    let block = match (ident_at(toks, from)?, ident_at(toks, from + 1)) {
        ("async", Some("move")) => from + 2,
        ("async", None) => from + 1,
        _ => return None,
    };
    group_at(toks, block, Delimiter::Brace)?;
    let end = block + 1;
    let goes_on = toks
        .get(end)
        .is_none_or(|t| t.is_punct('.') || t.is_punct(','));
    goes_on.then_some(end)
}

/// `Box::pin(..)`: the index of the parentheses, and what is in them.
fn boxed(toks: &[Tok]) -> Option<(usize, &[Tok])> {
    let call = toks.iter().position(|t| matches!(t, Tok::Group { .. }))?;
    let path = &toks[..call];
    let is_path = path.iter().all(|t| t.ident().is_some() || t.is_punct(':'));
    let names: Vec<&str> = path.iter().filter_map(Tok::ident).collect();
    let is_box = matches!(names[..], [.., "Box", "pin"]);
    let inner = group_at(toks, call, Delimiter::Parenthesis)?;
    (is_path && is_box).then_some((call, inner))
}

/// Whether what is written has a value: it does not diverge, as far as its words tell.
fn is_value(written: &[Tok]) -> bool {
    match written.first().and_then(Tok::ident) {
        Some("return" | "break" | "continue" | "while" | "for" | "become") => false,
        Some("loop") => {
            let mut breaks = false;
            each_name(written, &mut |name, _| breaks |= name == "break");
            breaks
        }
        _ => !diverges_by_name(written),
    }
}
