//! A small configuration language: settings whose values are computed, with functions to compute them.
//!
//! ```text
//! program    = { setting | function }
//! setting    = name "=" expression
//! function   = "fn" name "(" [ name { "," name } ] ")" "=" expression
//! expression = "if" expression "then" expression "else" expression | operation
//! operation  = operand { operator operand } | "not" operation
//! operand    = "-" operand | primary { "[" expression "]" }
//! primary    = number | text | "true" | "false" | name [ "(" expressions ")" ]
//!            | "[" expressions "]" | "(" expression ")"
//! ```
//!
//! Operators bind, the loosest first: `or`; `and`; `not`; `== != < <= > >=`; `+ -`; `* /`; the sign
//! `-`; `[..]`. Line ends mean nothing, and `#` begins a comment. Functions may be called before they
//! are written, settings may not be used before they are set.

mod builtins;
mod error;
mod evaluator;
mod lexer;
mod operator;
mod parser;
mod tree;
mod value;

use stacklens::{Stack, frame};

pub(crate) use error::Error;
pub(crate) use value::Value;

use evaluator::Evaluator;
use lexer::Token;

/// What a program comes to.
pub(crate) struct Evaluation {
    /// The settings in the order in which they were written.
    pub(crate) settings: Vec<(String, Value)>,
    /// The stack of the evaluator when it was deepest.
    pub(crate) deepest: Stack,
}

/// Reads a program and computes all its settings.
///
/// The name `tokens` would have its value withheld as a secret, were it not for `show`.
#[frame(show(tokens))]
pub(crate) fn run(source: &str) -> Result<Evaluation, Error> {
    let tokens: Vec<Token<'_>> = lexer::tokens(source)?;
    let program = parser::parse(source, &tokens)?;
    Evaluator::new(&program).settings()
}
