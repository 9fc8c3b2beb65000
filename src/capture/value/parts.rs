//! What is in a value: as a number, a text, a list or fields, whichever it is.

use super::{Node, Value};
use std::time::Duration;

impl Value {
    /// The integer, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_i128()?.try_into().ok()
    }

    /// The integer, if it is one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_u128()?.try_into().ok()
    }

    /// The integer, if it is one and fits.
    pub fn as_i128(&self) -> Option<i128> {
        match self.node {
            Node::Signed(number) => Some(number),
            Node::Unsigned(number) => number.try_into().ok(),
            _ => None,
        }
    }

    /// The integer, if it is one and fits.
    pub fn as_u128(&self) -> Option<u128> {
        match self.node {
            Node::Signed(number) => number.try_into().ok(),
            Node::Unsigned(number) => Some(number),
            _ => None,
        }
    }

    /// The floating-point number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self.node {
            Node::F32(number) => Some(f64::from(number)),
            Node::F64(number) => Some(number),
            _ => None,
        }
    }

    /// The `bool`, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.node {
            Node::Bool(it) => Some(it),
            _ => None,
        }
    }

    /// The `char`, if it is one.
    pub fn as_char(&self) -> Option<char> {
        match self.node {
            Node::Char(it) => Some(it),
            _ => None,
        }
    }

    /// The text of a string or path, without quotes and escapes. Of a long one, the beginning that
    /// was kept: see [`len`](Value::len) and [`is_complete`](Value::is_complete).
    pub fn as_str(&self) -> Option<&str> {
        match &self.node {
            Node::Text(text, _) | Node::Formatted(text, _) => Some(text),
            _ => None,
        }
    }

    /// The `Duration`, if it is one.
    pub fn as_duration(&self) -> Option<Duration> {
        match self.node {
            Node::Duration(it) => Some(it),
            _ => None,
        }
    }

    /// How many bytes the whole text, items the whole container, or fields the whole struct has,
    /// kept or not.
    #[expect(clippy::len_without_is_empty, reason = "most values have no length")]
    pub fn len(&self) -> Option<usize> {
        match &self.node {
            Node::Text(_, whole)
            | Node::Bytes(_, whole)
            | Node::Sequence(_, _, whole)
            | Node::Map(_, whole) => Some(*whole),
            Node::Struct(it) => Some(it.whole),
            _ => None,
        }
    }

    /// What `Some`, `Ok` or `Err` holds. `None` for everything else, `None` itself included.
    pub fn inner(&self) -> Option<&Value> {
        match &self.node {
            Node::Some(inner) | Node::Ok(inner) | Node::Err(inner) => Some(inner),
            _ => None,
        }
    }

    /// The name of a struct, or of the variant of an enum, `Option` and `Result` included.
    pub fn name(&self) -> Option<&str> {
        match &self.node {
            Node::Struct(it) => Some(&it.name),
            Node::None => Some("None"),
            Node::Some(_) => Some("Some"),
            Node::Ok(_) => Some("Ok"),
            Node::Err(_) => Some("Err"),
            _ => None,
        }
    }

    /// The full name of an opaque value's type: `std::net::tcp::TcpStream`.
    pub fn opaque_type_name(&self) -> Option<&'static str> {
        match self.node {
            Node::Opaque(name) => Some(name),
            _ => None,
        }
    }

    /// The items that were kept of a list, set or tuple, or the unnamed fields of a struct.
    pub fn items(&self) -> impl Iterator<Item = &Value> {
        let (items, fields): (&[Value], &[(Box<str>, Value)]) = match &self.node {
            Node::Sequence(_, items, _) => (items, &[]),
            Node::Struct(it) if !it.named => (&[], &it.fields),
            _ => (&[], &[]),
        };
        items.iter().chain(fields.iter().map(|(_, value)| value))
    }

    /// The named fields that were kept of a struct.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        let fields: &[(Box<str>, Value)] = match &self.node {
            Node::Struct(it) if it.named => &it.fields,
            _ => &[],
        };
        fields.iter().map(|(name, value)| (&**name, value))
    }

    /// The named field of a struct, if it was kept.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields()
            .find_map(|(field, value)| (field == name).then_some(value))
    }

    /// The entries that were kept of a map.
    pub fn entries(&self) -> impl Iterator<Item = (&Value, &Value)> {
        let entries: &[(Value, Value)] = match &self.node {
            Node::Map(entries, _) => entries,
            _ => &[],
        };
        entries.iter().map(|(key, value)| (key, value))
    }
}
