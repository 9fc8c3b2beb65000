//! What a mention may do to a variable, for who reads the variable's memory later: take its value, or a part of it, or be the
//! last use of a reference.
//!
//! A copy that was taken before stays right. Too many are marked rather than too few; what the type decides is left to the
//! reader, who knows it. Marks are taken back by [`Scope::used_whole`](super::Scope::used_whole).

use crate::tree::{assignment_at, ident_at, operator_at, punct_at, Tok};
use proc_macro::Delimiter;

/// What may have become of a variable once a statement was run.
#[derive(Clone, PartialEq)]
pub(crate) enum Loss {
    /// Its value was taken.
    Whole,
    /// The same, if it is no type of std's: a method was called that borrows where it is std's.
    ByMethod,
    /// What is in it was taken, if it is a box.
    Content,
    /// The value of this field was taken, if its type is not one that is copied.
    Part(String),
    /// As `ByMethod`, of this field.
    PartByMethod(String),
    /// What it refers to may go, if it refers to anything: the compiler lets a reference go with its last use.
    Referred,
}

/// Methods of std, and customary ones, that borrow what they are called on. Others may take it, whoever's they are.
const BORROWING: &[&str] = &[
    "append",
    "borrow",
    "borrow_mut",
    "bytes",
    "capacity",
    "chars",
    "clear",
    "clone",
    "cmp",
    "contains",
    "contains_key",
    "dedup",
    "drain",
    "ends_with",
    "entry",
    "eq",
    "extend",
    "extend_from_slice",
    "find",
    "first",
    "fmt",
    "get",
    "get_mut",
    "hash",
    "insert",
    "insert_str",
    "iter",
    "iter_mut",
    "keys",
    "last",
    "len",
    "lines",
    "load",
    "lock",
    "ne",
    "partial_cmp",
    "peek",
    "pop",
    "pop_back",
    "pop_front",
    "push",
    "push_back",
    "push_front",
    "push_str",
    "read",
    "remove",
    "replace",
    "reserve",
    "resize",
    "retain",
    "set",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "split",
    "split_at",
    "starts_with",
    "store",
    "swap",
    "take",
    "trim",
    "truncate",
    "values",
    "values_mut",
    "write",
];

/// What the mention of a variable at `i` may do to it.
pub(super) fn loss(toks: &[Tok], i: usize) -> Loss {
    let is_word = |word: &str| i > 0 && toks[i - 1].is_ident(word);
    if is_word("if") || is_word("while") {
        // A `bool`, or the beginning of something longer.
        match toks.get(i + 1) {
            None => return Loss::Referred,
            Some(tok) if tok.group(Delimiter::Brace).is_some() => return Loss::Referred,
            Some(_) => {}
        }
    }
    let is_borrowed = is_word("mut") || unary(toks, i, '&');
    let is_dereferenced = unary(toks, i, '*');
    if is_method_or_field(toks, i + 1) {
        let field = field_path_end(toks, i + 1);
        let method = ident_at(toks, field + 1).filter(|_| is_method_or_field(toks, field));
        let first = || match &toks[i + 2] {
            Tok::Ident { name, .. } => name.clone(),
            tok => tok.token().to_string(),
        };
        return match method {
            Some(name) if field == i + 1 => match borrows_by_name(name) {
                true => Loss::ByMethod,
                false => Loss::Whole,
            },
            Some(name) if borrows_by_name(name) => Loss::PartByMethod(first()),
            Some(_) => Loss::Part(first()),
            None if is_borrowed || only_reads(toks, field) => Loss::Referred,
            None => Loss::Part(first()),
        };
    }
    if is_borrowed || only_reads(toks, i + 1) {
        Loss::Referred
    } else if is_dereferenced {
        Loss::Content
    } else {
        Loss::Whole
    }
}

/// Methods that nobody writes for a `self` by value, of a type that is not copied.
const LOOKING: &[&str] = &[
    "as_bytes",
    "as_ref",
    "as_str",
    "contains",
    "ends_with",
    "is_empty",
    "is_err",
    "is_none",
    "is_ok",
    "is_some",
    "iter",
    "len",
    "starts_with",
];

/// Whether anything there may take the variable or a part of it, so that the compiler would not let it be borrowed behind that.
pub(super) fn may_move(toks: &[Tok], name: &str) -> bool {
    (0..toks.len()).any(|i| match &toks[i] {
        Tok::Group { inner, .. } => may_move(inner, name),
        tok if !tok.is_ident(name) || i > 0 && punct_at(toks, i - 1, '.') => false,
        _ => match loss(toks, i) {
            Loss::Referred => false,
            Loss::ByMethod => !ident_at(toks, i + 2).is_some_and(|name| LOOKING.contains(&name)),
            _ => true,
        },
    })
}

/// Whether the mention at `i` needs the variable to be there as a whole, so that the compiler lets it stand only where nothing
/// that comes to it has moved any of it. What a pattern looks at, and what is assigned to, needs not.
pub(super) fn needs_whole(toks: &[Tok], i: usize) -> bool {
    if unary(toks, i, '*') || i > 0 && punct_at(toks, i - 1, '=') {
        return false;
    }
    if is_method_or_field(toks, i + 1) {
        return is_called(toks, i + 3) || ident_at(toks, i + 2) == Some("await");
    }
    let brace = toks
        .get(i + 1)
        .is_some_and(|tok| tok.group(Delimiter::Brace).is_some());
    !brace && assignment_at(toks, i + 1).is_none()
}

/// Whether the mention at `i` may be the whole of what patterns look at: then they take, in some of the branches and not in others.
pub(super) fn is_scrutinee(toks: &[Tok], i: usize) -> bool {
    let end = field_path_end(toks, i + 1);
    let brace = toks
        .get(end)
        .is_some_and(|tok| tok.group(Delimiter::Brace).is_some());
    brace || i > 0 && punct_at(toks, i - 1, '=')
}

/// Whether the mention at `i` begins what is assigned to: `x.y = ..`.
pub(super) fn is_assigned(toks: &[Tok], i: usize) -> bool {
    assignment_at(toks, field_path_end(toks, i + 1)).is_some()
}

/// Whether what ends before `i` is only looked at there: compared, indexed, cast, or assigned to.
fn only_reads(toks: &[Tok], i: usize) -> bool {
    if assignment_at(toks, i).is_some() {
        return true;
    }
    match toks.get(i) {
        Some(Tok::Punct { ch: '<' | '>', .. }) => true,
        Some(Tok::Punct { ch: '=' | '!', .. }) => punct_at(toks, i + 1, '='),
        Some(Tok::Group { delimiter, .. }) => *delimiter == Delimiter::Bracket,
        Some(tok) => tok.is_ident("as"),
        None => false,
    }
}

/// Whether the operator before `i` is this one with one operand, not with two.
fn unary(toks: &[Tok], i: usize, op: char) -> bool {
    let Some(at) = i.checked_sub(1).filter(|&at| punct_at(toks, at, op)) else {
        return false;
    };
    match at.checked_sub(1).and_then(|before| toks.get(before)) {
        None => true,
        // `&&x`, `**x`, `a && x`: of the last nothing but a `bool` is lost.
        Some(Tok::Punct { ch, .. }) => !matches!(ch, '?'),
        Some(Tok::Ident { name, .. }) => matches!(
            name.as_str(),
            "return" | "break" | "in" | "match" | "if" | "while" | "else" | "move"
        ),
        Some(Tok::Literal(_)) => false,
        Some(Tok::Group { delimiter, .. }) => *delimiter == Delimiter::Brace,
    }
}

fn is_method_or_field(toks: &[Tok], dot: usize) -> bool {
    punct_at(toks, dot, '.')
        && !operator_at(toks, dot, "..")
        && matches!(toks.get(dot + 1), Some(Tok::Ident { .. } | Tok::Literal(_)))
}

fn is_called(toks: &[Tok], at: usize) -> bool {
    operator_at(toks, at, "::")
        || toks
            .get(at)
            .is_some_and(|tok| tok.group(Delimiter::Parenthesis).is_some())
}

/// Where the fields end that are named from the dot at `dot` on.
fn field_path_end(toks: &[Tok], mut dot: usize) -> usize {
    while is_method_or_field(toks, dot)
        && !is_called(toks, dot + 2)
        && ident_at(toks, dot + 1) != Some("await")
    {
        dot += 2;
    }
    dot
}

/// By the conventions for names, too.
fn borrows_by_name(name: &str) -> bool {
    ["as_", "is_", "to_"]
        .iter()
        .any(|start| name.starts_with(start))
        || BORROWING.contains(&name)
}

/// Macros that borrow what they are given.
pub(super) fn borrows(name: &str) -> bool {
    const BORROWING: &[&str] = &[
        "assert",
        "assert_eq",
        "assert_ne",
        "debug",
        "debug_assert",
        "debug_assert_eq",
        "debug_assert_ne",
        "eprint",
        "eprintln",
        "error",
        "event",
        "format",
        "format_args",
        "info",
        "log",
        "matches",
        "panic",
        "print",
        "println",
        "span",
        "trace",
        "unreachable",
        "warn",
        "write",
        "writeln",
    ];
    BORROWING.contains(&name)
}
