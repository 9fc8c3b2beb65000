//! The functions that every program has.

use stacklens::log_calls;

use super::error::{Error, Place};
use super::value::Value;

/// What the built-in function of this name makes of the arguments of the call at `place`.
#[log_calls]
pub(crate) fn call(name: &str, arguments: &[Value], place: Place) -> Result<Value, Error> {
    match (name, arguments) {
        ("len", [list]) => Ok(Value::Number(list.list(place)?.len() as f64)),
        ("first", [list]) => match list.list(place)? {
            [first, ..] => Ok(first.clone()),
            [] => place.fail("an empty list has no first item"),
        },
        ("rest", [list]) => match list.list(place)? {
            [_, rest @ ..] => Ok(Value::List(rest.to_vec())),
            [] => place.fail("an empty list has no rest"),
        },
        ("min", [a, b]) => Ok(Value::Number(a.number(place)?.min(b.number(place)?))),
        ("max", [a, b]) => Ok(Value::Number(a.number(place)?.max(b.number(place)?))),
        ("ceil", [number]) => Ok(Value::Number(number.number(place)?.ceil())),
        ("round", [number, digits]) => {
            let unit = 10_f64.powf(digits.number(place)?);
            Ok(Value::Number((number.number(place)? * unit).round() / unit))
        }
        ("text", [value]) => Ok(Value::Text(value.to_string())),
        ("fail", [message]) => place.fail(message.text(place)?),
        ("len" | "first" | "rest" | "ceil" | "text" | "fail", _) => {
            wrong_count(name, 1, arguments.len(), place)
        }
        ("min" | "max" | "round", _) => wrong_count(name, 2, arguments.len(), place),
        _ => place.fail(format!("there is no function `{name}`")),
    }
}

/// A call of `name`, which takes `takes` arguments, with another number of them.
pub(crate) fn wrong_count<T>(
    name: &str,
    takes: usize,
    given: usize,
    place: Place,
) -> Result<T, Error> {
    let plural = if takes == 1 { "" } else { "s" };
    place.fail(format!(
        "`{name}` takes {takes} argument{plural}, not {given}"
    ))
}
