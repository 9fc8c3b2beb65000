//! What an expression can come to.

use std::fmt;

use stacklens::{Inspect, frame};

use super::error::{Error, Place};

/// A value of the language.
#[derive(Debug, Clone, PartialEq, Inspect)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
    Truth(bool),
    List(Vec<Value>),
}

impl Value {
    /// The kind of this value, as messages name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::Truth(_) => "a truth value",
            Value::List(_) => "a list",
        }
    }

    pub(crate) fn number(&self, place: Place) -> Result<f64, Error> {
        if let Value::Number(number) = self {
            Ok(*number)
        } else {
            self.is_not("a number", place)
        }
    }

    pub(crate) fn text(&self, place: Place) -> Result<&str, Error> {
        if let Value::Text(text) = self {
            Ok(text)
        } else {
            self.is_not("a text", place)
        }
    }

    pub(crate) fn truth(&self, place: Place) -> Result<bool, Error> {
        if let Value::Truth(truth) = self {
            Ok(*truth)
        } else {
            self.is_not("a truth value", place)
        }
    }

    pub(crate) fn list(&self, place: Place) -> Result<&[Value], Error> {
        if let Value::List(items) = self {
            Ok(items)
        } else {
            self.is_not("a list", place)
        }
    }

    #[frame]
    fn is_not<T>(&self, wanted: &str, place: Place) -> Result<T, Error> {
        place.fail(format!(
            "this is {}, {self}, and has to be {wanted}",
            self.kind()
        ))
    }
}

/// As it would be written in a program.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => write!(f, "{number}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Truth(truth) => write!(f, "{truth}"),
            Value::List(items) => {
                f.write_str("[")?;
                for (i, item) in items.iter().enumerate() {
                    let comma = if i == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
        }
    }
}
