//! Which variables a failing exit may read: those of which it is certain, from the text alone, that the compiler accepts one
//! more shared borrow right there, and that no warning falls silent for it.
//!
//! * A *shared* parameter (`x: &T`, `&self`), always: it is `Copy`, nothing can borrow it mutably, and all lifetimes in its
//!   type outlive the body.
//! * A parameter by *value*, as long as nothing before the exit may have moved or changed it: mentions other than `&x` and
//!   `&x.field` end that, and in a loop those anywhere in it.
//! * What the failing call itself *borrows* (`load(&x)?`): the borrow lived until the call, and nothing ran since.
//!
//! Only what the frame does not hold already is read: values of types that are known by their own impls, and variables that
//! may have changed since they were captured.

use super::Walker;
use crate::tree::{each_name, group_at, ident_at, operator_at, punct_at, split_commas, Tok};
use proc_macro::{Delimiter, Ident};

/// How a parameter was written.
#[derive(Clone, Copy, PartialEq, Default)]
pub(crate) enum Passed {
    /// By `&`.
    Shared,
    Value,
    /// By `&mut`, by a pattern, or no parameter at all.
    #[default]
    Other,
}

/// A variable that is read at an exit.
pub(crate) struct Read {
    pub(crate) ident: Ident,
    pub(crate) slot: u32,
    /// Asked for by the type's own impls.
    pub(crate) probed: bool,
    pub(crate) debug: bool,
    /// `&*self`
    pub(crate) receiver: bool,
}

/// More values than anyone reads are not worth their code.
const MOST: usize = 8;

impl Walker<'_> {
    /// What may be read where the operand of a `?`, or a value that is about to be made, fails.
    pub(super) fn readable(&mut self, operand: &[Tok]) -> Vec<Read> {
        let mut reads = Vec::new();
        if self.emit.plain || self.options.captures_debug() {
            return reads;
        }
        let borrowed = borrowed_by_call(operand);
        for index in self.scope.visible_now() {
            let v = &self.scope.variables[index];
            if v.killed || v.secret || !v.wanted || v.underscored() || reads.len() == MOST {
                continue;
            }
            let kept = match v.passed {
                Passed::Shared => v.probed,
                Passed::Value => v.probed && !v.spent && !self.spent_in_loop(&v.name),
                Passed::Other => false,
            };
            let mentioned = v.used || v.name == "self" || self.names.contains(&v.name);
            let asked = kept && mentioned && !v.lifetimes
                || borrowed.contains(&v.name.as_str()) && (v.may_change || v.probed);
            if !asked {
                continue;
            }
            let (ident, probed) = (v.ident.clone(), v.probed);
            let debug = !v.lifetimes;
            let receiver = v.name == "self" && v.passed == Passed::Shared;
            if let Some(slot) = self.scope.slot(index) {
                reads.push(Read {
                    ident,
                    slot,
                    probed,
                    debug,
                    receiver,
                });
            }
        }
        reads
    }

    fn spent_in_loop(&self, name: &str) -> bool {
        self.spent.iter().flatten().any(|n| n == name)
    }

    /// Notes which names a loop uses up, from its head on; [`Walker::leave_loop`] forgets them.
    pub(super) fn enter_loop(&mut self, toks: &[Tok]) {
        let end = toks
            .iter()
            .position(|t| t.group(Delimiter::Brace).is_some())
            .map_or(toks.len(), |k| k + 1);
        let mut names = Vec::new();
        spent_names(&toks[..end], &mut names);
        self.spent.push(names);
        self.loops += 1;
    }

    /// `losses`: their mark where the loop began.
    pub(super) fn leave_loop(&mut self, losses: usize) {
        self.spent.pop();
        self.loops -= 1;
        self.scope.losses.loop_ends(losses, self.loops);
    }

    /// Names that tokens may bind anew without the walk's knowledge: those of the macro call, item or conditional statement.
    pub(super) fn kill(&mut self, toks: &[Tok]) {
        let scope = &mut self.scope;
        each_name(toks, &mut |name, _| scope.kill(name));
        scope.losses.breaks();
    }
}

/// `&x` and `&x.field`, and nothing behind it that would take more: the borrow of a place.
pub(super) fn is_borrow(toks: &[Tok], i: usize) -> bool {
    let amp = i.wrapping_sub(1);
    if !punct_at(toks, amp, '&') {
        return false;
    }
    let unary = match toks.get(amp.wrapping_sub(1)) {
        None => true,
        Some(Tok::Punct { ch, .. }) => !matches!(ch, '&' | '>' | '?'),
        Some(tok) => matches!(
            tok.ident(),
            Some("return" | "in" | "match" | "if" | "while")
        ),
    };
    let mut end = i + 1;
    while punct_at(toks, end, '.')
        && matches!(toks.get(end + 1), Some(Tok::Ident { .. } | Tok::Literal(_)))
        && !matches!(toks.get(end + 2), Some(Tok::Group { .. }))
        && !operator_at(toks, end + 2, "::")
        && ident_at(toks, end + 1) != Some("await")
    {
        end += 2;
    }
    unary
        && match toks.get(end) {
            None => true,
            Some(Tok::Punct { ch, .. }) => matches!(ch, ',' | ';'),
            Some(_) => false,
        }
}

/// The names that are mentioned other than by borrowing.
fn spent_names(toks: &[Tok], names: &mut Vec<String>) {
    let opaque = toks
        .iter()
        .any(|t| t.is_punct('|') || t.is_punct('!') || t.is_ident("async"));
    if opaque {
        each_name(toks, &mut |name, _| names.push(name.to_owned()));
        return;
    }
    for (i, tok) in toks.iter().enumerate() {
        match tok {
            Tok::Ident { name, .. } if !is_borrow(toks, i) => names.push(name.clone()),
            Tok::Group { inner, .. } => spent_names(inner, names),
            _ => {}
        }
    }
}

/// The variables that the call at the end of an operand borrows as they are: `f(&x, y)`, `a.m(&x)`.
fn borrowed_by_call(operand: &[Tok]) -> Vec<&str> {
    let Some(call) = operand.len().checked_sub(1) else {
        return Vec::new();
    };
    let Some(arguments) = group_at(operand, call, Delimiter::Parenthesis) else {
        return Vec::new();
    };
    let called = match operand.get(call.wrapping_sub(1)) {
        Some(Tok::Ident { name, .. }) => !matches!(name.as_str(), "match" | "if" | "return"),
        Some(tok) => tok.is_punct('>'),
        None => false,
    };
    let borrowed = |argument: &&[Tok]| argument.len() == 2 && argument[0].is_punct('&');
    split_commas(arguments)
        .into_iter()
        .filter(|argument| called && borrowed(argument))
        .filter_map(|argument| argument[1].ident())
        .collect()
}

/// Macros of which it is known that they bind no name of their caller's.
pub(super) fn binds_nothing(name: &str) -> bool {
    returns_nothing(name) || matches!(name, "bail" | "ensure")
}

/// Those that do not return from it either.
pub(super) fn returns_nothing(name: &str) -> bool {
    matches!(
        name,
        "print"
            | "println"
            | "eprint"
            | "eprintln"
            | "write"
            | "writeln"
            | "format"
            | "format_args"
            | "vec"
            | "dbg"
            | "matches"
            | "panic"
            | "unreachable"
            | "todo"
            | "unimplemented"
            | "concat"
            | "stringify"
            | "env"
            | "line"
            | "trace"
            | "debug"
            | "info"
            | "warn"
            | "error"
            | "log"
            | "json"
            | "anyhow"
    ) || name.starts_with("assert")
        || name.starts_with("debug_assert")
}
