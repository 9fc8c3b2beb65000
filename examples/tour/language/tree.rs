//! A program, parsed.

use std::collections::BTreeMap;

use stacklens::Inspect;

use super::error::Place;
use super::operator::Operator;
use super::value::Value;

/// The settings in their order, and the functions by name.
#[derive(Debug, Default)]
pub(crate) struct Program<'s> {
    pub(crate) settings: Vec<(&'s str, Expr<'s>)>,
    pub(crate) functions: BTreeMap<&'s str, Function<'s>>,
}

/// `fn name(parameters) = body`
#[derive(Debug)]
pub(crate) struct Function<'s> {
    pub(crate) parameters: Vec<&'s str>,
    pub(crate) body: Expr<'s>,
}

/// An expression. Among the locals of a frame it shows as the text that it was read from: a reader of
/// a stack wants to know what is being evaluated, not how it is stored.
#[derive(Debug, Clone, PartialEq, Inspect)]
pub(crate) struct Expr<'s> {
    pub(crate) text: &'s str,
    #[inspect(skip)]
    pub(crate) place: Place,
    #[inspect(skip)]
    pub(crate) kind: Kind<'s>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind<'s> {
    Literal(Value),
    List(Vec<Expr<'s>>),
    Name(&'s str),
    Negate(Box<Expr<'s>>),
    Not(Box<Expr<'s>>),
    And(Box<Expr<'s>>, Box<Expr<'s>>),
    Or(Box<Expr<'s>>, Box<Expr<'s>>),
    Binary {
        operator: Operator,
        place: Place,
        left: Box<Expr<'s>>,
        right: Box<Expr<'s>>,
    },
    Index {
        list: Box<Expr<'s>>,
        index: Box<Expr<'s>>,
    },
    Call {
        name: &'s str,
        arguments: Vec<Expr<'s>>,
    },
    If {
        condition: Box<Expr<'s>>,
        then: Box<Expr<'s>>,
        otherwise: Box<Expr<'s>>,
    },
}
