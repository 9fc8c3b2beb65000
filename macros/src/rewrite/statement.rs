//! What a statement's tokens tell: whether anything can look at the frame meanwhile, whether it returns, what it uses first.

use super::syntax::{pattern_end, type_end};
use crate::tree::{group_at, ident_at, operator_at, punct_at, skip_angles, Tok};
use proc_macro::{Delimiter, Ident};

/// Whether anything can look at the frame while the statement runs: it calls something, or might, or waits.
pub(super) fn observable(statement: &[Tok]) -> bool {
    let is_let = statement[0].is_ident("let");
    for tok in statement {
        match tok {
            Tok::Group { .. } => return true,
            Tok::Ident { name, .. } if name == "await" => return true,
            Tok::Punct { ch: ';', .. } => return false,
            Tok::Punct {
                ch: '.' | '&' | ':' | '=' | ',',
                ..
            }
            | Tok::Ident { .. }
            | Tok::Literal(_) => {}
            Tok::Punct { .. } => return true,
        }
        // An assignment drops the old value.
        if !is_let && tok.is_punct('=') {
            return true;
        }
    }
    false
}

/// Whether nothing behind the statement is reached, by its first words: what the compiler warns about there, it must go on
/// warning about at the user's own statement.
pub(super) fn diverges(statement: &[Tok]) -> bool {
    match ident_at(statement, 0) {
        Some("return" | "break" | "continue") => true,
        Some("panic" | "unreachable" | "todo" | "unimplemented") => punct_at(statement, 1, '!'),
        _ => false,
    }
}

/// Whether a statement with a semicolon surely goes on behind it. Something put behind one that does not would be warned
/// about as unreachable, and its type is not known here: so only what is next to never of type `!`.
pub(super) fn surely_returns(statement: &[Tok]) -> bool {
    let end = statement
        .iter()
        .position(|t| t.is_punct(';'))
        .unwrap_or(statement.len());
    let statement = &statement[..end];
    match ident_at(statement, 0) {
        Some("let") => true,
        Some(
            "return" | "break" | "continue" | "loop" | "match" | "if" | "unsafe" | "while" | "for",
        )
        | None => false,
        Some(name) if punct_at(statement, 1, '!') => {
            let known = [
                "print", "println", "eprint", "eprintln", "write", "writeln", "vec", "format",
                "dbg",
            ];
            known.contains(&name) || name.starts_with("assert") || name.starts_with("debug_assert")
        }
        Some(_) => !diverges_by_name(statement),
    }
}

/// Whether the last thing that is called has a name that says it never returns.
pub(super) fn diverges_by_name(toks: &[Tok]) -> bool {
    let called = toks.iter().rev().find_map(Tok::ident);
    matches!(
        called.unwrap_or(""),
        "panic"
            | "unreachable"
            | "todo"
            | "unimplemented"
            | "bail"
            | "exit"
            | "abort"
            | "fail"
            | "die"
            | "throw"
            | "resume_unwind"
            | "panic_any"
            | "raise"
            | "unreachable_unchecked"
            | "handle_alloc_error"
            | "capacity_overflow"
            | "fatal"
    )
}

/// Initialisers that can be passed through a function: no temporary whose life a `let` would extend, no divergence, and
/// nothing that could be a place expression of a type that is borrowed implicitly.
pub(super) fn wrappable(init: &[Tok]) -> bool {
    !init.is_empty()
        && init.iter().all(|tok| match tok {
            Tok::Literal(_) => true,
            Tok::Ident { name, .. } => !matches!(
                name.as_str(),
                "return"
                    | "break"
                    | "continue"
                    | "loop"
                    | "if"
                    | "match"
                    | "while"
                    | "for"
                    | "unsafe"
                    | "move"
                    | "async"
                    | "const"
                    | "static"
                    | "mut"
                    | "dyn"
            ),
            Tok::Punct { ch, .. } => matches!(ch, '-' | '+' | '*' | '/' | '%' | '^' | '.' | ':'),
            Tok::Group { .. } => false,
        })
        && !operator_in(init, "..")
        && !init[0].is_punct('*')
}

pub(super) fn operator_in(toks: &[Tok], text: &str) -> bool {
    (0..toks.len()).any(|i| operator_at(toks, i, text))
}

/// The local whose whole value the statement evaluates first: `x.m(..)`, `f(x..)`, `f(&x..)`, also behind `let p =`, `y =`,
/// `return`, `for p in`, `if` and `match`.
pub(super) fn first_whole_operand(statement: &[Tok]) -> Option<(&str, &Ident)> {
    let mut i = 0;
    match ident_at(statement, 0) {
        Some("let") => {
            i = pattern_end(statement, 1).ok()?;
            if punct_at(statement, i, ':') {
                i = type_end(statement, i + 1).ok()?;
            }
            if !punct_at(statement, i, '=') {
                return None;
            }
            i += 1;
        }
        Some("return" | "if" | "match") => i = 1,
        Some("for") => {
            i = (1..statement.len()).find(|&k| statement[k].is_ident("in"))? + 1;
            if let Some(found) = whole_at(statement, i)
                .filter(|_| group_at(statement, i + 1, Delimiter::Brace).is_some())
            {
                return Some(found);
            }
        }
        Some(_) if punct_at(statement, 1, '=') && !operator_at(statement, 1, "==") => i = 2,
        _ => {}
    }
    if ident_at(statement, i) == Some("let") {
        return None;
    }
    if let Some(found) = method_on(statement, i) {
        return Some(found);
    }
    // A call by path: `a::b(x, ..)`.
    let mut k = i;
    while matches!(statement.get(k), Some(Tok::Ident { .. })) && operator_at(statement, k + 1, "::")
    {
        k += 3;
    }
    whole_at(statement, k)?;
    let inner = group_at(statement, k + 1, Delimiter::Parenthesis)?;
    let mut a = 0;
    if punct_at(inner, 0, '&') {
        a = if ident_at(inner, 1) == Some("mut") {
            2
        } else {
            1
        };
    }
    method_on(inner, a).or_else(|| {
        whole_at(inner, a).filter(|_| a + 1 == inner.len() || punct_at(inner, a + 1, ','))
    })
}

/// `x . m (`
pub(super) fn method_on(toks: &[Tok], i: usize) -> Option<(&str, &Ident)> {
    let found = whole_at(toks, i)?;
    if !punct_at(toks, i + 1, '.')
        || !matches!(toks.get(i + 2), Some(Tok::Ident { name, .. }) if name != "await")
    {
        return None;
    }
    let mut k = i + 3;
    if operator_at(toks, k, "::") {
        k = skip_angles(toks, k + 2)?;
    }
    group_at(toks, k, Delimiter::Parenthesis).map(|_| found)
}

pub(super) fn whole_at(toks: &[Tok], i: usize) -> Option<(&str, &Ident)> {
    match toks.get(i)? {
        Tok::Ident { name, token } => Some((name, token)),
        _ => None,
    }
}
