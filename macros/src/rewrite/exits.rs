//! Where a value leaves the function: `return e`, and the leaves of its tail.
//!
//! `Err(..)` is a failure as it stands: that is noted before it is made, and its tokens stay as they are. Anything else but
//! `Ok(..)` is given to an observer that sees what it is. `?` has its own (expr.rs).

use super::future::Returned;
use super::syntax::block_like_end;
use super::Walker;
use crate::emit::Emit;
use crate::log::LoggedResult;
use crate::tree::{each_name, group_at, ident_at, operator_at, punct_at, Tok};
use proc_macro::{Delimiter, Group, Ident, TokenTree};

/// What the walk knows of the function's result.
#[derive(Default)]
pub(crate) struct Exits {
    /// The written type, where it can be written again in the body: for a turbofish.
    result: Option<Vec<TokenTree>>,
    /// Its name ends in `Result`, or the attribute asks for `Option` as well.
    leaves: bool,
    /// `None` is a failure too.
    none: bool,
    /// A macro in the body may return.
    pub(crate) early: bool,
    /// What `let __ret = ..` is given is the value of the body, as `#[async_trait]` leaves it.
    pub(crate) named: bool,
    /// The function's calls are logged: what is said of values that it returns.
    log: Option<LoggedResult>,
    /// Its calls are logged.
    logged: bool,
    /// It returns a closure somewhere, as it stands.
    closure: bool,
    /// All that it returns are futures, which take its frame along.
    pub(crate) future: Option<Returned>,
    /// What leaves an `async` block among them.
    pub(crate) block: Option<Box<Exits>>,
}

/// By which code a value leaves.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    Question,
    Return,
    Tail,
}

/// What an observer is told: the position, where the value that leaves was made, and whether `None` counts.
#[derive(Clone, Copy)]
pub(crate) struct Exit {
    position: u32,
    from: Option<u32>,
    none: bool,
    way: Way,
}

impl Exit {
    pub(crate) fn position(self) -> u32 {
        self.position
    }

    /// As one literal; the library takes it apart in `observe.rs`. A position has at most 20 bits.
    pub(crate) fn packed(self) -> u64 {
        u64::from(self.position)
            | u64::from(self.from.map_or(0, |from| (from + 1) & POSITION)) << 20
            | u64::from(self.none) << 40
            | (self.way as u64) << 41
    }
}

/// The most that a position can be.
const POSITION: u32 = (1 << 20) - 1;

impl Exits {
    /// `written`: the tokens behind `->`; `result`: the type for a turbofish.
    pub(crate) fn new(written: &[Tok], result: Vec<TokenTree>, none: bool) -> Exits {
        let name = last_segment(written).unwrap_or("");
        let unnamed = |t: &TokenTree| matches!(t, TokenTree::Ident(i) if i.to_string() == "_");
        let named = !written.is_empty()
            && !result.iter().any(unnamed)
            && !written.iter().any(|t| t.is_ident("for"));
        Exits {
            leaves: named && (name.ends_with("Result") || none && name == "Option"),
            result: named.then(|| without_lifetimes(result)),
            none,
            early: false,
            named: false,
            log: None,
            logged: false,
            closure: false,
            future: None,
            block: None,
        }
    }

    /// Whether values that leave are observed.
    pub(crate) fn leaves(&self) -> bool {
        self.leaves
    }

    /// The same, for a function whose calls are logged.
    pub(crate) fn logged(mut self, emit: &Emit, written: &[Tok], hidden: bool) -> Exits {
        self.log = LoggedResult::new(emit, written, self.result(), hidden);
        self.logged = true;
        self
    }

    /// Whether what the log does not see returned is a closure.
    pub(crate) fn returns_closure(&self) -> bool {
        self.closure
    }

    /// What is said of values that are returned, if they are shown.
    pub(crate) fn shown(&self) -> Option<&LoggedResult> {
        self.log.as_ref()
    }

    /// Whether all values that leave the function are looked at, and not only failures.
    pub(super) fn all(&self) -> bool {
        self.log.is_some() || self.future.is_some()
    }

    /// Whether the operand of a `?` is given to the log.
    pub(super) fn questions(&self) -> bool {
        self.logged
    }

    /// The type that `?` returns; `()` where it cannot be written.
    pub(crate) fn result(&self) -> Option<&[TokenTree]> {
        self.result.as_deref()
    }
}

/// The name of a type without its path and arguments: `Result` for `std::io::Result<u8>`.
pub(super) fn last_segment(written: &[Tok]) -> Option<&str> {
    let mut i = 0;
    while operator_at(written, i, "::") || operator_at(written, i + 1, "::") {
        i += if written[i].is_punct(':') { 2 } else { 3 };
    }
    let name = ident_at(written, i)?;
    (i + 1 == written.len() || punct_at(written, i + 1, '<')).then_some(name)
}

/// Whether a body calls a macro that may return from it, or that is given a `?`.
pub(crate) fn may_return(body: &[Tok]) -> bool {
    fn asks(toks: &[Tok]) -> bool {
        toks.iter().any(|tok| match tok {
            Tok::Group { inner, .. } => asks(inner),
            _ => tok.is_punct('?'),
        })
    }
    body.iter().enumerate().any(|(i, tok)| match tok {
        Tok::Ident { name, .. } if punct_at(body, i + 1, '!') => match body.get(i + 2) {
            Some(Tok::Group { inner, .. }) => {
                !super::readable::returns_nothing(name) || asks(inner)
            }
            _ => false,
        },
        Tok::Group { inner, .. } => may_return(inner),
        _ => false,
    })
}

impl Walker<'_> {
    pub(super) fn exit(&self, position: u32, from: Option<u32>, way: Way) -> Exit {
        Exit {
            position,
            from: from.filter(|&f| f != self.now),
            none: self.exits.none,
            way,
        }
    }

    /// Whether something block-like begins at `from` and is all there is up to `,` or the end: then its own leaves are the
    /// values.
    pub(super) fn branches(toks: &[Tok], from: usize) -> bool {
        block_like_end(toks, from).is_some_and(|end| {
            !punct_at(toks, end, '?') && (!punct_at(toks, end, '.') || operator_at(toks, end, ".."))
        })
    }

    /// Whether a statement, or an arm's expression, surely leaves by a failure: `return Err(..);`, or `Err(..)` as the tail.
    pub(super) fn fails(&self, written: &[Tok], tail: bool) -> bool {
        let (returned, from) = match ident_at(written, 0) {
            Some("return") => (true, 1),
            _ => (false, 0),
        };
        let ended = |tok: Option<&Tok>| tok.is_none_or(|t| t.is_punct(';') || t.is_punct(','));
        self.exits.leaves
            && (tail || returned)
            && ident_at(written, from) == Some("Err")
            && group_at(written, from + 1, Delimiter::Parenthesis).is_some()
            && ended(written.get(from + 2))
            && (returned || !punct_at(written, from + 2, ';'))
    }

    /// Notes that the function is about to leave by a failure.
    pub(super) fn fail(&mut self, written: &[Tok], out: &mut Vec<TokenTree>) {
        let returned = written[0].is_ident("return");
        let way = if returned { Way::Return } else { Way::Tail };
        let value = &written[usize::from(returned)..];
        let value = &value[..2.min(value.len())];
        if let Some(last) = value.last() {
            self.positions.ends(self.now, last.last_span());
        }
        let exit = self.exit(self.now, self.source(value), way);
        let reads = self.readable(&[]);
        let result = self.exits.result().unwrap_or_default().to_vec();
        if !reads.is_empty() {
            self.emit.failing(out);
        }
        self.emit.read(out, &reads, self.now);
        self.emit.fail(out, &result, exit);
        self.edits += 1;
    }

    /// Observes a value that leaves the function. `tokens` is what the walk made of `written`.
    pub(super) fn leaf(
        &mut self,
        written: &[Tok],
        tokens: Vec<TokenTree>,
        position: Option<u32>,
        way: Way,
    ) -> Vec<TokenTree> {
        let tokens = match self.exits.future {
            Some(returned) => self.future_leaf(written, tokens, returned),
            None => self.failing_leaf(written, tokens, position, way),
        };
        match self.exits.log.clone() {
            Some(_) if is_closure(written) => {
                self.exits.closure = true;
                tokens
            }
            Some(log) if is_value(written) => {
                self.emit.locate(written[0].span());
                self.edits += 1;
                self.emit.log_leaf(&log, tokens)
            }
            _ => tokens,
        }
    }

    fn failing_leaf(
        &mut self,
        written: &[Tok],
        tokens: Vec<TokenTree>,
        position: Option<u32>,
        way: Way,
    ) -> Vec<TokenTree> {
        if !self.observes(written) {
            return tokens;
        }
        let position = position.unwrap_or_else(|| self.positions.push(written[0].span()));
        if let Some(last) = written.last() {
            self.positions.ends(position, last.last_span());
        }
        let exit = self.exit(position, self.source(written), way);
        self.emit.locate(written[0].span());
        self.edits += 1;
        let result = self.exits.result().unwrap_or_default().to_vec();
        self.emit.leaf(result, tokens, exit, self.exits.early)
    }

    fn observes(&self, leaf: &[Tok]) -> bool {
        if !self.exits.leaves {
            return false;
        }
        let Some(first) = leaf.first() else {
            return false;
        };
        let call = |name: &str| {
            leaf.len() == 2
                && first.is_ident(name)
                && group_at(leaf, 1, Delimiter::Parenthesis).is_some()
        };
        match first.ident() {
            // What never fails is not asked.
            Some("Ok" | "Some") if call("Ok") || call("Some") => self.exits.early,
            Some("Err") if call("Err") => false,
            Some("None") if leaf.len() == 1 => self.exits.none,
            Some(
                "return" | "break" | "continue" | "loop" | "while" | "for" | "move" | "async"
                | "static" | "const",
            ) => false,
            // `let x = ..; x` is what `clippy::let_and_return` is about.
            Some(name) if leaf.len() == 1 => {
                self.last_let.is_none() || self.last_let != self.scope.resolve(name)
            }
            None if first.is_punct('|') || first.is_punct('\'') => false,
            _ => !is_macro(leaf) && !super::statement::diverges_by_name(leaf),
        }
    }

    /// The statement that made the value which a failing expression passes on: of `x?`, `x.map_err(..)?`, `Err(x.into())`
    /// where `x` was bound by a `let` or an arm.
    pub(super) fn source(&self, toks: &[Tok]) -> Option<u32> {
        let of = |name: &str| self.scope.variables[self.scope.resolve(name)?].origin;
        match (toks.first()?, toks.get(1)) {
            (Tok::Ident { name, .. }, Some(Tok::Group { inner, .. })) if name == "Err" => {
                fn search(toks: &[Tok], of: &dyn Fn(&str) -> Option<u32>) -> Option<u32> {
                    toks.iter().enumerate().find_map(|(i, tok)| match tok {
                        Tok::Ident { name, .. } if !punct_at(toks, i.wrapping_sub(1), '.') => {
                            of(name)
                        }
                        Tok::Group { inner, .. } => search(inner, of),
                        _ => None,
                    })
                }
                search(inner, &of)
            }
            (Tok::Ident { name, .. }, next) => {
                let passed = next.is_none_or(|t| t.is_punct('.') || t.is_punct('?'));
                of(name).filter(|_| passed)
            }
            _ => None,
        }
    }
}

/// A closure, whose parameters' types may be known from where it stands alone.
fn is_closure(written: &[Tok]) -> bool {
    let first = |at: usize, name: &str| ident_at(written, at) == Some(name);
    let at = usize::from(first(0, "static"));
    punct_at(written, at + usize::from(first(at, "move")), '|')
}

/// Whether what is written is a value that can be passed through a function: not what diverges, or a macro that may be a
/// statement.
fn is_value(written: &[Tok]) -> bool {
    let Some(first) = written.first() else {
        return false;
    };
    let diverges = matches!(
        first.ident(),
        Some(
            "return"
                | "break"
                | "continue"
                | "while"
                | "for"
                | "loop"
                | "become"
                | "yield"
                | "async"
                | "static"
        )
    );
    if diverges || first.is_punct('\'') || super::statement::diverges_by_name(written) {
        return false;
    }
    // Something block-like whose branches were not told apart: all of them may return, and then it is no value.
    let block_like = first.group(Delimiter::Brace).is_some()
        || matches!(first.ident(), Some("if" | "match" | "unsafe"));
    let mut leaves = false;
    each_name(written, &mut |name, _| {
        leaves |= matches!(name, "return" | "break" | "continue");
    });
    if block_like && leaves {
        return false;
    }
    !is_macro(written) || is_value_macro(written)
}

/// A macro of std's that is an expression.
fn is_value_macro(written: &[Tok]) -> bool {
    let name = written
        .len()
        .checked_sub(3)
        .and_then(|at| ident_at(written, at));
    matches!(
        name,
        Some(
            "format"
                | "vec"
                | "matches"
                | "write"
                | "writeln"
                | "concat"
                | "stringify"
                | "line"
                | "column"
                | "file"
                | "module_path"
                | "env"
                | "option_env"
                | "include_str"
                | "include_bytes"
                | "cfg"
        )
    )
}

/// A macro call from beginning to end: what it is, is its own affair (a statement, an early return).
fn is_macro(toks: &[Tok]) -> bool {
    let n = toks.len();
    n >= 3
        && matches!(toks[n - 1], Tok::Group { .. })
        && toks[n - 2].is_punct('!')
        && toks[..n - 2]
            .iter()
            .all(|t| t.ident().is_some() || t.is_punct(':'))
}

/// `'a` in a body counts as a use of the parameter, which `clippy::needless_lifetimes` asks about.
fn without_lifetimes(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut out: Vec<TokenTree> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let lifetime = matches!(out.last(), Some(TokenTree::Punct(p)) if p.as_char() == '\'');
        out.push(match token {
            TokenTree::Ident(name) if lifetime && name.to_string() != "static" => {
                Ident::new("_", name.span()).into()
            }
            TokenTree::Group(group) => {
                let inner = without_lifetimes(group.stream().into_iter().collect());
                let mut replaced = Group::new(group.delimiter(), inner.into_iter().collect());
                replaced.set_span(group.span());
                replaced.into()
            }
            other => other,
        });
    }
    out
}
