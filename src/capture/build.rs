//! Values that were not recorded but read elsewhere: made part by part.

use super::decode;
use super::op::Bounds;
use super::value::{Node, Sequence, Struct, Value};
use std::time::Duration;

/// The form of a range of which there are two ends at most.
pub(crate) use super::op::Bounds as RangeBounds;

impl Value {
    pub(crate) fn unit() -> Value {
        Node::Unit.into()
    }

    pub(crate) fn bool(it: bool) -> Value {
        Node::Bool(it).into()
    }

    pub(crate) fn char(it: char) -> Value {
        Node::Char(it).into()
    }

    pub(crate) fn signed(it: i128) -> Value {
        Node::Signed(it).into()
    }

    pub(crate) fn unsigned(it: u128) -> Value {
        Node::Unsigned(it).into()
    }

    pub(crate) fn f32(it: f32) -> Value {
        Node::F32(it).into()
    }

    pub(crate) fn f64(it: f64) -> Value {
        Node::F64(it).into()
    }

    /// The beginning of a text of `whole` bytes, which need not be UTF-8.
    pub(crate) fn byte_text(start: &[u8], whole: usize) -> Value {
        decode::byte_text(start, whole).into()
    }

    /// What a type's own formatting would print.
    pub(crate) fn verbatim(text: &str) -> Value {
        Node::Formatted(text.into(), text.len()).into()
    }

    pub(crate) fn none() -> Value {
        Node::None.into()
    }

    pub(crate) fn some(inner: Value) -> Value {
        Node::Some(Box::new(inner)).into()
    }

    pub(crate) fn ok(inner: Value) -> Value {
        Node::Ok(Box::new(inner)).into()
    }

    pub(crate) fn err(inner: Value) -> Value {
        Node::Err(Box::new(inner)).into()
    }

    /// The first of `whole` items.
    pub(crate) fn list(items: Vec<Value>, whole: usize) -> Value {
        Node::Sequence(Sequence::List, items, whole).into()
    }

    /// The first of `whole` items.
    pub(crate) fn set(items: Vec<Value>, whole: usize) -> Value {
        Node::Sequence(Sequence::Set, items, whole).into()
    }

    /// The first of `whole` items.
    pub(crate) fn tuple(items: Vec<Value>, whole: usize) -> Value {
        Node::Sequence(Sequence::Tuple, items, whole).into()
    }

    /// The first of `whole` entries.
    pub(crate) fn map(entries: Vec<(Value, Value)>, whole: usize) -> Value {
        Node::Map(entries, whole).into()
    }

    /// The first of `whole` fields. Their names are empty if they have none; `skipped`: there are others that are
    /// not shown, as std's `finish_non_exhaustive` says.
    pub(crate) fn structure(
        name: &str,
        named: bool,
        fields: Vec<(Box<str>, Value)>,
        whole: usize,
        skipped: bool,
    ) -> Value {
        Node::Struct(Box::new(Struct {
            name: name.into(),
            fields,
            named,
            whole,
            skipped,
        }))
        .into()
    }

    pub(crate) fn duration(it: Duration) -> Value {
        Node::Duration(it).into()
    }

    /// A range with the ends that its form has.
    pub(crate) fn range(form: RangeBounds, ends: Vec<Value>) -> Value {
        let form: Bounds = form;
        Node::Range(form, ends.into()).into()
    }

    /// The same, of a type with this name.
    pub(crate) fn of_type(mut self, name: &'static str) -> Value {
        self.type_name = Some(name);
        self
    }

    /// What is beyond a bound.
    pub(crate) fn cut() -> Value {
        Node::Cut.into()
    }
}
