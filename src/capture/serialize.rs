//! `serde::Serialize` for values.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::value::{Node, Value};

/// A value that is there becomes what it is: numbers, strings, lists, maps. What such a form can't
/// hold is written so that it can't be taken for something else:
///
/// * a struct or variant: `{"Point": {"x": 1}}`, `{"Circle": [1.5]}`, `"Empty"`; `Ok` and `Err`
///   alike, `Some(x)` is `x`;
/// * an integer beyond 64 bits, a float that is no number, a duration or a range: its text;
/// * something cut: `{"text": "abc", "bytes": 1000}`, `{"items": [1, 2], "len": 998}`,
///   `{"entries": {..}, "len": 20}`;
/// * something not there: `{"state": "redacted"}`, `{"state": "omitted", "why": ".."}`,
///   `{"state": "opaque", "type": ".."}`, `not yet assigned`, `moved?`, `finished`.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.node {
            Node::Unit => serializer.serialize_unit(),
            Node::Bool(it) => serializer.serialize_bool(*it),
            Node::Char(it) => serializer.serialize_char(*it),
            Node::Signed(_) | Node::Unsigned(_) => match (self.as_i64(), self.as_u64()) {
                (Some(it), _) => serializer.serialize_i64(it),
                (None, Some(it)) => serializer.serialize_u64(it),
                (None, None) => serializer.collect_str(self),
            },
            Node::F32(it) if it.is_finite() => serializer.serialize_f32(*it),
            Node::F64(it) if it.is_finite() => serializer.serialize_f64(*it),
            Node::Text(text, whole) if text.len() < *whole => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("text", &**text)?;
                map.serialize_entry("bytes", whole)?;
                map.end()
            }
            Node::Text(text, _) => serializer.serialize_str(text),
            Node::None => serializer.serialize_none(),
            Node::Some(inner) => serializer.serialize_some(&**inner),
            Node::Ok(inner) => one(serializer, "Ok", &**inner),
            Node::Err(inner) => one(serializer, "Err", &**inner),
            Node::Sequence(_, items, whole) if items.len() < *whole => {
                cut(serializer, "items", items, *whole)
            }
            Node::Sequence(_, items, _) => serializer.collect_seq(items),
            Node::Map(entries, whole) if entries.len() < *whole => {
                cut(serializer, "entries", &Entries(entries), *whole)
            }
            Node::Map(entries, _) => Entries(entries).serialize(serializer),
            Node::Struct(it) if it.whole == 0 => serializer.serialize_str(&it.name),
            Node::Struct(it) => one(serializer, &it.name, &Contents(self)),
            Node::F32(_)
            | Node::F64(_)
            | Node::Bytes(..)
            | Node::Formatted(..)
            | Node::Duration(_)
            | Node::Range(..) => serializer.collect_str(self),
            Node::NotYetAssigned => one(serializer, "state", "not yet assigned"),
            Node::Moved => one(serializer, "state", "moved?"),
            Node::Redacted => one(serializer, "state", "redacted"),
            Node::Cut => state(serializer, "omitted", "why", "cut"),
            Node::Omitted(why) => state(serializer, "omitted", "why", why),
            Node::Opaque(name) => state(serializer, "opaque", "type", name),
        }
    }
}

fn one<S: Serializer>(
    serializer: S,
    key: &str,
    value: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

fn state<S: Serializer>(
    serializer: S,
    state: &str,
    key: &str,
    more: &str,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("state", state)?;
    map.serialize_entry(key, more)?;
    map.end()
}

fn cut<S: Serializer>(
    serializer: S,
    key: &str,
    kept: &(impl Serialize + ?Sized),
    whole: usize,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry(key, kept)?;
    map.serialize_entry("len", &whole)?;
    map.end()
}

/// Keys that are no strings are written as they print.
struct Entries<'v>(&'v [(Value, Value)]);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| match &key.node {
            Node::Text(text, whole) if text.len() >= *whole => (text.to_string(), value),
            _ => (key.to_string(), value),
        }))
    }
}

/// The fields of a struct.
struct Contents<'v>(&'v Value);

impl Serialize for Contents<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Node::Struct(it) = &self.0.node else {
            return serializer.serialize_unit();
        };
        if it.named {
            let mut map = serializer.serialize_map(None)?;
            for (name, value) in &it.fields {
                map.serialize_entry(&**name, value)?;
            }
            if it.fields.len() < it.whole {
                map.serialize_entry("...", &format!("{} more", it.whole - it.fields.len()))?;
            }
            map.end()
        } else if it.fields.len() < it.whole {
            cut(
                serializer,
                "items",
                &self.0.items().collect::<Vec<_>>(),
                it.whole,
            )
        } else {
            serializer.collect_seq(self.0.items())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::inspect::Inspect;

    fn json<T: Inspect + ?Sized>(value: &T) -> String {
        serde_json::to_string(&Value::of(value)).unwrap()
    }

    #[test]
    fn values_are_what_they_are() {
        assert_eq!(
            json(&(1, -2.5, true, 'x', "a\"b", ())),
            r#"[1,-2.5,true,"x","a\"b",null]"#
        );
        assert_eq!(json(&vec![Some(1), None]), "[1,null]");
        assert_eq!(json(&Ok::<u8, ()>(1)), r#"{"Ok":1}"#);
        assert_eq!(
            json(&std::collections::BTreeMap::from([("k", 1)])),
            r#"{"k":1}"#
        );
        assert_eq!(
            json(&std::collections::BTreeMap::from([((1, 2), 1)])),
            r#"{"(1, 2)":1}"#
        );
        assert_eq!(json(&std::cell::Cell::new(1)), r#"{"Cell":{"value":1}}"#);
        assert_eq!(json(&std::cmp::Reverse(1)), r#"{"Reverse":[1]}"#);
    }

    #[test]
    fn what_json_has_no_form_for_is_text() {
        assert_eq!(json(&u128::MAX), format!("\"{}\"", u128::MAX));
        assert_eq!(json(&u64::MAX), u64::MAX.to_string());
        assert_eq!(json(&f64::NAN), "\"NaN\"");
        assert_eq!(json(&(0..3)), "\"0..3\"");
        assert_eq!(json(&std::time::Duration::from_millis(1500)), "\"1.5s\"");
    }

    #[test]
    fn what_is_cut_says_how_long_it_was() {
        assert_eq!(
            json(&[0u8; 12]),
            r#"{"items":[0,0,0,0,0,0,0,0,0,0],"len":12}"#
        );
        let long = serde_json::to_value(Value::of(&*"x".repeat(1000))).unwrap();
        assert_eq!(long["bytes"], 1000);
        assert!(long["text"].as_str().unwrap().starts_with("xxx"));
    }

    #[test]
    fn what_is_not_there_is_a_state() {
        let json = |value: Value| serde_json::to_string(&value).unwrap();
        assert_eq!(json(Value::redacted()), r#"{"state":"redacted"}"#);
        assert_eq!(
            json(Value::not_yet_assigned()),
            r#"{"state":"not yet assigned"}"#
        );
        assert_eq!(
            json(Value::omitted("slow")),
            r#"{"state":"omitted","why":"slow"}"#
        );
        assert_eq!(
            json(Value::opaque("a::B")),
            r#"{"state":"opaque","type":"a::B"}"#
        );
    }
}
