//! A captured value as data: what `Local::value` hands out.

mod parts;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use super::debug;
use super::decode;
use super::encode::{Encoder, VALUE_BYTES};
use super::inspect::Inspect;
use super::kind::Tag;
use super::limits::Limits;
use super::op::Bounds;
use super::render::Printer;
use super::types::TypeIndex;

/// A value that was captured from a frame, or why there is none.
///
/// It is owned and complete in itself: no part of it refers to the program's data any more.
///
/// `Display` prints what the value's `Debug` (`{:?}`) prints, and `{:#}` what `{:#?}` prints. What
/// was cut is counted: `"abc"... (1000 bytes)`, `[1, 2, ... 998 more]`. A value that is not there
/// prints as `<not yet assigned>`, `<moved?>`, `<redacted>`, `<omitted: why>`, `<opaque TypeName>`
/// or `<finished>`. `Debug` prints the same as `Display`.
///
/// ```
/// # use stacklens::Value;
/// // From a frame: `frame.locals().get("numbers")?.value()`.
/// let value = Value::of(&[1, 2, 3]);
/// assert_eq!(value.to_string(), "[1, 2, 3]");
/// assert_eq!(value.items().filter_map(|item| item.as_i64()).sum::<i64>(), 6);
///
/// let long = Value::of(&vec![0; 1000]);
/// assert_eq!(long.to_string(), "[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ... 990 more]");
/// assert_eq!(long.len(), Some(1000));
/// ```
///
/// # Cost
/// Reading one allocates for text and containers, nothing for scalars. Bounded by what was
/// recorded: 256 bytes.
#[derive(Clone, PartialEq)]
pub struct Value {
    pub(super) node: Node,
    /// Known of a captured value, not of what is inside it.
    pub(super) type_name: Option<&'static str>,
}

impl From<Node> for Value {
    fn from(node: Node) -> Value {
        Value {
            node,
            type_name: None,
        }
    }
}

/// What a [`Value`] is, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// `()`
    Unit,
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// Any integer, atomics and `NonZero` ones included.
    Integer,
    /// `f32` or `f64`
    Float,
    /// A string, path or the like.
    Text,
    /// What some type's own formatting printed.
    Formatted,
    /// `Option`: see [`Value::inner`].
    Option,
    /// `Result`: see [`Value::inner`].
    Result,
    /// A slice, array, `Vec` and the like.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
    /// A tuple.
    Tuple,
    /// A struct or an enum's variant.
    Struct,
    /// A `Duration`
    Duration,
    /// A range
    Range,
    /// `<not yet assigned>`: declared, but not reached.
    NotYetAssigned,
    /// `<moved?>`: it may have been moved out.
    Moved,
    /// `<redacted>`: not to be seen.
    Redacted,
    /// `<omitted: why>`
    Omitted,
    /// `<opaque TypeName>`: only its type is known.
    Opaque,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sequence {
    List,
    Set,
    Tuple,
}

#[derive(Clone, PartialEq)]
pub(super) enum Node {
    Unit,
    Bool(bool),
    Char(char),
    Signed(i128),
    Unsigned(u128),
    F32(f32),
    F64(f64),
    /// The beginning that was kept, and how long the whole was.
    Text(Box<str>, usize),
    Bytes(Box<[u8]>, usize),
    /// The whole length is 0 if it is not known, only that there was more.
    Formatted(Box<str>, usize),
    None,
    Some(Box<Value>),
    Ok(Box<Value>),
    Err(Box<Value>),
    Sequence(Sequence, Vec<Value>, usize),
    Map(Vec<(Value, Value)>, usize),
    Struct(Box<Struct>),
    Duration(Duration),
    Range(Bounds, Box<[Value]>),
    /// Did not fit.
    Cut,
    NotYetAssigned,
    Moved,
    Redacted,
    Omitted(Cow<'static, str>),
    Opaque(&'static str),
}

#[derive(Clone, PartialEq)]
pub(super) struct Struct {
    pub(super) name: Box<str>,
    /// Fields without names have empty ones.
    pub(super) fields: Vec<(Box<str>, Value)>,
    pub(super) named: bool,
    pub(super) whole: usize,
    /// Some fields are left out on purpose.
    pub(super) skipped: bool,
}

impl Value {
    /// What a frame would record of `value`, without a frame.
    ///
    /// ```
    /// # use stacklens::Value;
    /// assert_eq!(Value::of(&vec![Some(1), None]).to_string(), "[Some(1), None]");
    /// ```
    ///
    /// # Cost
    /// One bounded copy, then as any read of a value.
    pub fn of<T: Inspect + ?Sized>(value: &T) -> Value {
        Value::of_within(value, &Limits::DEFAULT)
    }

    /// As [`of`](Value::of), recorded within other limits: of `limits`, the bounds on recording
    /// count.
    ///
    /// ```
    /// # use stacklens::{Limits, Value};
    /// let mut limits = Limits::DEFAULT;
    /// limits.items = 2;
    /// assert_eq!(Value::of_within(&vec![1, 2, 3], &limits).to_string(), "[1, 2, ... 1 more]");
    /// ```
    pub fn of_within<T: Inspect + ?Sized>(value: &T, limits: &Limits) -> Value {
        let mut out = [0; VALUE_BYTES];
        let mut encoder = Encoder::with_limits(&mut out, limits);
        debug::encode_inspect(value, &mut encoder);
        let mut value = decode::node(encoder.written());
        value.type_name = Some(std::any::type_name::<T>());
        value
    }

    /// The value that a slot holds: its tag, its payload and the bytes that belong to it.
    ///
    /// All of it may be stale or torn, so anything is accepted. What makes no sense reads
    /// `<omitted: unreadable>`.
    pub(crate) fn decode(tag: u8, bits: u64, bytes: &[u8]) -> Value {
        if tag == Tag::EMPTY {
            return Value::omitted("not recorded");
        }
        if tag == Tag::UNSET {
            return Value::not_yet_assigned();
        }
        if tag == Tag::COSTLY {
            return Value::omitted("its Debug has taken too long here");
        }
        if tag == Tag::CHANGING {
            return Value::omitted("changing");
        }
        if tag == Tag::HOT {
            return Value::omitted("captured rarely, as it is hot, in unoptimised builds");
        }
        let (mut value, type_name) = if let Some(tag) = Tag::scalar(tag) {
            (decode::scalar(tag, bits), Some(tag.type_name()))
        } else if tag == Tag::TEXT {
            (decode::text(bytes, bits), Some("&str"))
        } else if tag == Tag::TYPED {
            let name = TypeIndex::from_bits(bits as u32).name();
            let opaque = || Value::opaque(name.unwrap_or("?"));
            (
                if bytes.is_empty() {
                    opaque()
                } else {
                    decode::node(bytes)
                },
                name,
            )
        } else {
            (decode::unreadable(), None)
        };
        value.type_name = type_name;
        value
    }

    /// The full name of the value's type, as `std::any::type_name` gives it. Known of a captured
    /// variable, not of the items inside a value.
    pub fn type_name(&self) -> Option<&'static str> {
        self.type_name
    }

    pub(crate) fn not_yet_assigned() -> Value {
        Node::NotYetAssigned.into()
    }

    pub(crate) fn moved() -> Value {
        Node::Moved.into()
    }

    pub(crate) fn redacted() -> Value {
        Node::Redacted.into()
    }

    pub(crate) fn omitted(why: impl Into<Cow<'static, str>>) -> Value {
        Node::Omitted(why.into()).into()
    }

    pub(crate) fn opaque(type_name: &'static str) -> Value {
        Node::Opaque(type_name).into()
    }

    /// What this is.
    pub fn kind(&self) -> ValueKind {
        match &self.node {
            Node::Unit => ValueKind::Unit,
            Node::Bool(_) => ValueKind::Bool,
            Node::Char(_) => ValueKind::Char,
            Node::Signed(_) | Node::Unsigned(_) => ValueKind::Integer,
            Node::F32(_) | Node::F64(_) => ValueKind::Float,
            Node::Text(..) | Node::Bytes(..) => ValueKind::Text,
            Node::Formatted(..) => ValueKind::Formatted,
            Node::None | Node::Some(_) => ValueKind::Option,
            Node::Ok(_) | Node::Err(_) => ValueKind::Result,
            Node::Sequence(Sequence::List, ..) => ValueKind::List,
            Node::Sequence(Sequence::Set, ..) => ValueKind::Set,
            Node::Sequence(Sequence::Tuple, ..) => ValueKind::Tuple,
            Node::Map(..) => ValueKind::Map,
            Node::Struct(_) => ValueKind::Struct,
            Node::Duration(_) => ValueKind::Duration,
            Node::Range(..) => ValueKind::Range,
            Node::NotYetAssigned => ValueKind::NotYetAssigned,
            Node::Moved => ValueKind::Moved,
            Node::Redacted => ValueKind::Redacted,
            Node::Cut | Node::Omitted(_) => ValueKind::Omitted,
            Node::Opaque(_) => ValueKind::Opaque,
        }
    }

    /// Whether the variable had a value: `false` for `<not yet assigned>`, `<moved?>` and
    /// `<finished>`.
    pub fn is_assigned(&self) -> bool {
        !matches!(self.node, Node::NotYetAssigned | Node::Moved)
    }

    /// Whether the value is there but must not be seen.
    pub fn is_redacted(&self) -> bool {
        matches!(self.node, Node::Redacted)
    }

    /// Whether all of the value is here: nothing cut, left out, redacted or unknown, at any depth.
    pub fn is_complete(&self) -> bool {
        match &self.node {
            Node::Text(text, whole) => text.len() >= *whole,
            Node::Bytes(bytes, whole) => bytes.len() >= *whole,
            Node::Formatted(text, whole) => *whole != 0 && text.len() >= *whole || text.is_empty(),
            Node::Some(inner) | Node::Ok(inner) | Node::Err(inner) => inner.is_complete(),
            Node::Sequence(_, items, whole) => {
                items.len() >= *whole && items.iter().all(Value::is_complete)
            }
            Node::Map(entries, whole) => {
                entries.len() >= *whole
                    && entries
                        .iter()
                        .all(|(key, value)| key.is_complete() && value.is_complete())
            }
            Node::Struct(it) => {
                !it.skipped
                    && it.fields.len() >= it.whole
                    && it.fields.iter().all(|(_, value)| value.is_complete())
            }
            Node::Range(_, ends) => ends.iter().all(Value::is_complete),
            Node::Cut
            | Node::NotYetAssigned
            | Node::Moved
            | Node::Redacted
            | Node::Omitted(_)
            | Node::Opaque(_) => false,
            _ => true,
        }
    }

    /// Prints the value within `limits` instead of the default ones.
    ///
    /// No bound can bring back what was not recorded: a higher one shows more only of what was
    /// kept.
    pub fn display<'v>(&'v self, limits: &'v Limits) -> impl fmt::Display + 'v {
        struct Shown<'v>(&'v Value, &'v Limits);
        impl fmt::Display for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Printer::new(self.1, f.alternate()).value(self.0, f)
            }
        }
        Shown(self, limits)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer::new(&Limits::DEFAULT, f.alternate()).value(self, f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::kind;

    #[test]
    fn a_value_is_plain_data() {
        fn check<
            T: Send + Sync + Clone + std::panic::UnwindSafe + std::panic::RefUnwindSafe + 'static,
        >() {
        }
        check::<Value>();
    }

    #[test]
    fn scalars_come_back_typed() {
        fn back<T>(x: T) -> Value {
            let (tag, bits) = kind::scalar(&x).unwrap();
            Value::decode(tag, bits, &[])
        }
        assert_eq!(back(-3i32).as_i64(), Some(-3));
        assert_eq!(back(-3i32).as_u64(), None);
        assert_eq!(back(u64::MAX).as_u64(), Some(u64::MAX));
        assert_eq!(back(u64::MAX).as_i64(), None);
        assert_eq!(back(1.5f32).as_f64(), Some(1.5));
        assert_eq!(back(true).as_bool(), Some(true));
        assert_eq!(back('é').as_char(), Some('é'));
        assert_eq!(back(()).kind(), ValueKind::Unit);
        assert_eq!(Value::of(&i128::MIN).as_i128(), Some(i128::MIN));
        assert_eq!(Value::of(&u128::MAX).as_u128(), Some(u128::MAX));
    }

    #[test]
    fn text_comes_back_without_quotes() {
        assert_eq!(Value::of("a\"b").as_str(), Some("a\"b"));
        assert_eq!(Value::decode(Tag::TEXT, 5, b"hel").as_str(), Some("hel"));
        assert_eq!(Value::decode(Tag::TEXT, 5, b"hel").len(), Some(5));
        assert!(!Value::decode(Tag::TEXT, 5, b"hel").is_complete());
    }

    #[test]
    fn containers_come_back_as_items() {
        let list = Value::of(&vec![Some(1), None]);
        assert_eq!(list.kind(), ValueKind::List);
        assert_eq!(list.items().count(), 2);
        assert_eq!(
            list.items().next().unwrap().inner().unwrap().as_i64(),
            Some(1)
        );
        let map = Value::of(&std::collections::BTreeMap::from([("k", 1)]));
        let (key, value) = map.entries().next().unwrap();
        assert_eq!((key.as_str(), value.as_i64()), (Some("k"), Some(1)));
        let pair = Value::of(&(1, "x"));
        assert_eq!(pair.kind(), ValueKind::Tuple);
        assert_eq!(pair.items().nth(1).unwrap().as_str(), Some("x"));
        assert!(pair.is_complete());
    }

    #[test]
    fn a_value_that_is_not_there_says_why() {
        assert_eq!(Value::not_yet_assigned().to_string(), "<not yet assigned>");
        assert_eq!(Value::moved().to_string(), "<moved?>");
        assert_eq!(Value::redacted().to_string(), "<redacted>");
        assert_eq!(
            Value::omitted("too slow").to_string(),
            "<omitted: too slow>"
        );
        assert_eq!(
            Value::opaque("a::b::Vec<c::D>").to_string(),
            "<opaque Vec<D>>"
        );
        assert_eq!(
            Value::opaque("a::b::Vec<c::D>").opaque_type_name(),
            Some("a::b::Vec<c::D>")
        );
        assert!(
            !Value::moved().is_assigned()
                && Value::redacted().is_assigned()
                && Value::redacted().is_redacted()
        );
    }
}
