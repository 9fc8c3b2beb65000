//! What the operators do to values.

use stacklens::{Inspect, frame};

use super::error::{Error, Place};
use super::value::Value;

/// An operator that needs the values on both of its sides, as `and` and `or` do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Inspect)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    DividedBy,
}

impl Operator {
    const SYMBOLS: [(&'static str, Operator); 10] = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
        ("+", Operator::Plus),
        ("-", Operator::Minus),
        ("*", Operator::Times),
        ("/", Operator::DividedBy),
    ];

    pub(crate) fn from_symbol(symbol: &str) -> Option<Operator> {
        Self::SYMBOLS
            .iter()
            .find(|(written, _)| *written == symbol)
            .map(|(_, operator)| *operator)
    }

    fn symbol(self) -> &'static str {
        Self::SYMBOLS
            .iter()
            .find(|(_, operator)| *operator == self)
            .map_or("?", |(written, _)| written)
    }

    /// What the operator, which is at `place`, makes of two values.
    #[frame]
    pub(crate) fn apply(self, left: &Value, right: &Value, place: Place) -> Result<Value, Error> {
        use Value::{List, Number, Text, Truth};
        match (self, left, right) {
            (Operator::Equal, ..) => Ok(Truth(left == right)),
            (Operator::NotEqual, ..) => Ok(Truth(left != right)),
            (_, Number(a), Number(b)) => Ok(self.of_numbers(*a, *b)),
            (Operator::Plus, Text(a), Text(b)) => Ok(Text(format!("{a}{b}"))),
            (Operator::Plus, List(a), List(b)) => Ok(List([&a[..], b].concat())),
            _ => {
                let (symbol, a, b) = (self.symbol(), left.kind(), right.kind());
                place.fail(format!("`{symbol}` does not work on {a} and {b}"))
            }
        }
    }

    fn of_numbers(self, left: f64, right: f64) -> Value {
        match self {
            Operator::Equal => Value::Truth(left == right),
            Operator::NotEqual => Value::Truth(left != right),
            Operator::Less => Value::Truth(left < right),
            Operator::LessOrEqual => Value::Truth(left <= right),
            Operator::Greater => Value::Truth(left > right),
            Operator::GreaterOrEqual => Value::Truth(left >= right),
            Operator::Plus => Value::Number(left + right),
            Operator::Minus => Value::Number(left - right),
            Operator::Times => Value::Number(left * right),
            Operator::DividedBy => Value::Number(left / right),
        }
    }
}
