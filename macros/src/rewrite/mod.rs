//! One walk through a function's body in evaluation order: statements get positions, bindings get captures, `?` an observer.
//!
//! The walk never wraps the body, never re-prints a token it need not touch, and gives a function up (the guard alone is
//! put in) rather than guess at syntax it does not know.

mod block;
mod branches;
mod closure;
mod exits;
mod expr;
mod future;
mod list;
mod losses;
mod moved;
mod pattern;
mod readable;
mod returned;
mod scope;
mod statement;
mod syntax;
mod types;

pub(crate) use block::Body;
pub(crate) use exits::{may_return, Exit, Exits};
pub(crate) use future::Returned;
pub(crate) use pattern::bindings;
pub(crate) use readable::{Passed, Read};
pub(crate) use scope::{Scope, Variable};
pub(crate) use syntax::item_end;
pub(crate) use types::{has_lifetimes, is_probed};

pub(crate) use losses::Entry;
pub(crate) use moved::Loss;

use crate::emit::Emit;
use crate::meta::Positions;
use crate::options::Options;
use crate::tree::{each_name, Tok};
use proc_macro::{Ident, Span, TokenTree};

/// The body has a construct that the walk does not know.
pub(crate) struct GiveUp;

pub(crate) type Walked<T> = Result<T, GiveUp>;

/// A piece of a block in the making. What depends on the rest of the block is decided when the block ends.
pub(super) enum Piece {
    Tokens(Vec<TokenTree>),
    /// The store of a statement's position.
    At {
        position: u32,
        place: Span,
    },
    /// Capture of a fresh binding.
    Capture {
        variable: usize,
        position: u32,
    },
    /// A declaration without a value.
    Declared {
        variable: usize,
        position: u32,
    },
    /// Capture behind the assignment that gives a declared variable its value.
    Assigned {
        variable: usize,
        position: u32,
    },
    /// An initialiser that is wrapped if nothing mentions the variable: reading it would silence `unused_variables`.
    Init {
        variable: usize,
        position: u32,
        tokens: Vec<TokenTree>,
    },
}

pub(crate) struct Walker<'a> {
    pub(crate) emit: &'a Emit,
    pub(crate) options: &'a Options,
    pub(crate) scope: Scope,
    pub(crate) positions: Positions,
    /// The position that a statement being walked runs at.
    now: u32,
    /// How many loops are round it.
    loops: u32,
    /// The innermost of them is a `for`.
    in_for: bool,
    /// Edits made so far; an unchanged count means that a group can be passed on as it is.
    edits: usize,
    /// Positions and captures are inserted: not in blocks that are operands of a larger expression, where what is evaluated
    /// after the block would be reported at the block's last line.
    observe: bool,
    /// By the `let` that was just walked.
    declared: std::ops::Range<usize>,
    pub(crate) exits: Exits,
    /// All names in the body.
    names: Vec<String>,
    /// For each loop round what is walked, the names that it uses up.
    spent: Vec<Vec<String>>,
    /// The value of what is walked next is the function's.
    tail: bool,
    /// A `return` that begins what is walked next could be left out: what `clippy::needless_return` says of it depends on its
    /// value being the user's own.
    needless: bool,
    /// The next statement is the first one of a function that does nothing between entering its frame and running it: its
    /// position need not be stored.
    pub(crate) first: bool,
    /// The one variable that the statement before this one bound by `let`.
    last_let: Option<usize>,
    /// What is walked is assigned to: `(x, y) = ..`.
    destructures: bool,
}

impl<'a> Walker<'a> {
    pub(crate) fn new(emit: &'a Emit, options: &'a Options, positions: Positions) -> Walker<'a> {
        Walker {
            emit,
            options,
            scope: Scope::default(),
            positions,
            now: 0,
            loops: 0,
            in_for: false,
            edits: 0,
            observe: true,
            declared: 0..0,
            exits: Exits::default(),
            names: Vec::new(),
            spent: Vec::new(),
            tail: false,
            needless: false,
            first: false,
            last_let: None,
            destructures: false,
        }
    }

    /// Notes that the program mentions a name here, other than by assigning to it. `borrowed`: by `&x` or `&x.field`.
    pub(super) fn mention(&mut self, name: &str, borrowed: bool) {
        self.scope.mention(name, self.now, self.loops > 0, borrowed);
    }

    /// Notes that tokens which are not looked into may move what they mention.
    pub(crate) fn moved_all(&mut self, toks: &[Tok]) {
        let now = self.now;
        let scope = &mut self.scope;
        each_name(toks, &mut |name, _| scope.loses(name, now, Loss::Whole));
    }

    /// Notes all names in tokens that are not looked into: macros, closures, async blocks, items.
    pub(crate) fn mention_all(&mut self, toks: &[Tok]) {
        let (now, in_loop) = (self.now, self.loops > 0);
        let scope = &mut self.scope;
        each_name(toks, &mut |name, assigned| match assigned {
            true => scope.assign(name, now, in_loop, false),
            false => {
                scope.mention(name, now, in_loop, false);
                scope.loses(name, now, Loss::Referred);
            }
        });
    }

    /// Counts the uses to come of a variable that may change: whether a value that it is given will be read is asked before
    /// the walk gets there, because blocks that assign to it are finished before the one that declares it.
    pub(crate) fn look_ahead(&mut self, variable: usize, rest: &[Tok]) {
        let v = &mut self.scope.variables[variable];
        if v.may_change || v.deferred {
            let mut uses = 0;
            each_name(rest, &mut |name, assigned| {
                uses += u32::from(name == v.name && !assigned)
            });
            v.uses_ahead = uses;
            v.used = uses > 0;
        }
    }

    pub(crate) fn declare(&mut self, ident: &Ident, may_change: bool, waits: bool) -> usize {
        let start = self.positions.next();
        let name = ident.to_string();
        let secret = self.options.redacts(&name);
        let wanted = self.options.captures(&name);
        let index = self.scope.declare(Variable::new(
            ident.clone(),
            name,
            start,
            may_change,
            waits,
            secret,
            wanted,
        ));
        self.scope.variables[index].loops = self.loops;
        index
    }

    pub(super) fn bind(&mut self, pattern: &[Tok]) -> Vec<usize> {
        let found: Vec<usize> = bindings(pattern)
            .iter()
            .map(|b| self.declare(&b.ident, b.mutable, false))
            .collect();
        if let [variable] = found[..] {
            self.scope.variables[variable].origin = Some(self.now);
        }
        found
    }
}
