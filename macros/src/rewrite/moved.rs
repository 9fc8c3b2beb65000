//! Which mentions of a variable may move it out.
//!
//! What reads the variable's memory asks: a copy that was taken before stays right. Too many are marked rather than too
//! few, but for methods: most borrow, and those that consume are known by their names alone.

use crate::tree::{ident_at, operator_at, punct_at, Tok};
use proc_macro::Delimiter;

/// Methods of std, and customary ones, that consume what they are called on.
const CONSUMING: &[&str] = &[
    "and_then",
    "await",
    "build",
    "chain",
    "collect",
    "count",
    "err",
    "expect",
    "expect_err",
    "filter",
    "filter_map",
    "finish",
    "flat_map",
    "flatten",
    "fold",
    "for_each",
    "join",
    "last",
    "map",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "or_else",
    "rev",
    "skip",
    "sum",
    "unwrap",
    "unwrap_err",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "zip",
];

/// Whether the name at `i` stands where its value may be taken.
pub(super) fn may_move(toks: &[Tok], i: usize) -> bool {
    let before = |n: usize| i.checked_sub(n).and_then(|at| toks.get(at));
    let is = |tok: Option<&Tok>, ch| tok.is_some_and(|tok| tok.is_punct(ch));
    let is_word = |tok: Option<&Tok>, word: &str| tok.is_some_and(|tok| tok.is_ident(word));
    // `&x`, `&mut x`, `*x`; of `a && x` nothing but a `bool` is lost.
    if is(before(1), '&') || is(before(1), '*') || is_word(before(1), "mut") {
        return false;
    }
    if is_word(before(1), "if") || is_word(before(1), "while") {
        return false;
    }
    match toks.get(i + 1) {
        Some(Tok::Punct { ch: '.', .. }) if !operator_at(toks, i + 1, "..") => {
            consumes(toks, i + 2)
        }
        // A comparison; an index.
        Some(Tok::Punct { ch: '<' | '>', .. }) => false,
        Some(Tok::Punct { ch: '=' | '!', .. }) => !punct_at(toks, i + 2, '='),
        Some(Tok::Group { delimiter, .. }) => *delimiter == Delimiter::Brace,
        Some(tok) => !tok.is_ident("as"),
        None => true,
    }
}

/// Whether what follows the dot takes the value.
fn consumes(toks: &[Tok], i: usize) -> bool {
    let Some(name) = ident_at(toks, i) else {
        return false;
    };
    let is_called = matches!(toks.get(i + 1), Some(Tok::Group { delimiter, .. }) if *delimiter == Delimiter::Parenthesis)
        || operator_at(toks, i + 1, "::");
    name == "await" || is_called && (name.starts_with("into_") || CONSUMING.contains(&name))
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
