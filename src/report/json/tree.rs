//! JSON as a value, and how it is written.
//!
//! Own, so that reports can be sent off without a dependency. With the feature `serde` the same tree is
//! what serde serialises: there is one description of each form.

use crate::report::visible::is_hostile;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json<'a> {
    Bool(bool),
    Number(u64),
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// A JSON object; keys in the order in which they were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Object<'a> {
    entries: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    pub(crate) fn new() -> Object<'a> {
        Object::default()
    }

    /// With an entry. A key is given once.
    pub(crate) fn with(
        mut self,
        key: impl Into<Cow<'a, str>>,
        value: impl Into<Json<'a>>,
    ) -> Object<'a> {
        self.entries.push((key.into(), value.into()));
        self
    }

    /// With an entry if there is a value.
    pub(crate) fn with_some(
        self,
        key: impl Into<Cow<'a, str>>,
        value: Option<impl Into<Json<'a>>>,
    ) -> Object<'a> {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// With a list, unless it is empty.
    pub(crate) fn with_list<T: Into<Json<'a>>>(
        self,
        key: impl Into<Cow<'a, str>>,
        items: impl IntoIterator<Item = T>,
    ) -> Object<'a> {
        let items: Vec<Json<'a>> = items.into_iter().map(Into::into).collect();
        self.with_some(key, (!items.is_empty()).then_some(items))
    }

    /// With `true`, or without the entry.
    pub(crate) fn with_flag(self, key: impl Into<Cow<'a, str>>, flag: bool) -> Object<'a> {
        self.with_some(key, flag.then_some(true))
    }
}

macro_rules! from {
    ($($from:ty => $json:ident),* $(,)?) => {
        $(impl<'a> From<$from> for Json<'a> {
            fn from(value: $from) -> Json<'a> {
                Json::$json(value.into())
            }
        })*
    };
}

from! {
    bool => Bool,
    u32 => Number,
    u64 => Number,
    f64 => Float,
    &'a str => Text,
    String => Text,
    Cow<'a, str> => Text,
    Vec<Json<'a>> => List,
    Object<'a> => Object,
}

impl<'a> From<usize> for Json<'a> {
    fn from(value: usize) -> Json<'a> {
        Json::Number(value as u64)
    }
}

impl<'a> From<&'a Cow<'static, str>> for Json<'a> {
    fn from(value: &'a Cow<'static, str>) -> Json<'a> {
        Json::Text(Cow::Borrowed(value))
    }
}

/// `{}` is one line, `{:#}` is indented by two.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = f.alternate().then_some(0);
        write(self, indent, f)
    }
}

fn write(json: &Json<'_>, indent: Option<usize>, out: &mut dyn Write) -> fmt::Result {
    match json {
        Json::Bool(it) => write!(out, "{it}"),
        Json::Number(it) => write!(out, "{it}"),
        // JSON knows no other floats.
        Json::Float(it) if it.is_finite() => write!(out, "{it:?}"),
        Json::Float(_) => out.write_str("null"),
        Json::Text(it) => text(it, out),
        Json::List(items) => group('[', ']', items, indent, out, |item, indent, out| {
            write(item, indent, out)
        }),
        Json::Object(object) => group(
            '{',
            '}',
            &object.entries,
            indent,
            out,
            |(key, value), indent, out| {
                text(key, out)?;
                out.write_str(if indent.is_some() { ": " } else { ":" })?;
                write(value, indent, out)
            },
        ),
    }
}

fn group<T>(
    open: char,
    close: char,
    items: &[T],
    indent: Option<usize>,
    out: &mut dyn Write,
    item: impl Fn(&T, Option<usize>, &mut dyn Write) -> fmt::Result,
) -> fmt::Result {
    let inner = indent.map(|indent| indent + 2);
    let line = |indent: Option<usize>, out: &mut dyn Write| match indent {
        Some(indent) if !items.is_empty() => write!(out, "\n{:indent$}", ""),
        _ => Ok(()),
    };
    out.write_char(open)?;
    for (i, it) in items.iter().enumerate() {
        if i > 0 {
            out.write_char(',')?;
        }
        line(inner, out)?;
        item(it, inner, out)?;
    }
    line(indent, out)?;
    out.write_char(close)
}

/// A string. What a terminal would obey is escaped as well, as logs are read there.
fn text(text: &str, out: &mut dyn Write) -> fmt::Result {
    out.write_char('"')?;
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        if c != '"' && c != '\\' && !is_hostile(c) {
            continue;
        }
        out.write_str(&text[plain..at])?;
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        plain = at + c.len_utf8();
    }
    out.write_str(&text[plain..])?;
    out.write_char('"')
}

#[cfg(feature = "serde")]
impl serde::Serialize for Json<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Bool(it) => serializer.serialize_bool(*it),
            Json::Number(it) => serializer.serialize_u64(*it),
            Json::Float(it) => serializer.serialize_f64(*it),
            Json::Text(it) => serializer.serialize_str(it),
            Json::List(items) => serializer.collect_seq(items),
            Json::Object(object) => {
                serializer.collect_map(object.entries.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Json<'static> {
        let object = Object::new()
            .with("text", "a\"b\\c\n\u{1b}\u{202e}\u{e0041}é</script>")
            .with(
                "list",
                vec![Json::from(1_u32), Json::from(true), Json::from(0.5)],
            )
            .with("empty", Vec::new())
            .with("object", Object::new())
            .with_some("none", None::<bool>)
            .with_list("nothing", Vec::<bool>::new())
            .with_flag("no", false);
        object.into()
    }

    #[test]
    fn json_is_written_on_one_line() {
        assert_eq!(
            sample().to_string(),
            "{\"text\":\"a\\\"b\\\\c\\n\\u001b\\u202e\\udb40\\udc41é</script>\",\
             \"list\":[1,true,0.5],\"empty\":[],\"object\":{}}"
        );
    }

    #[test]
    fn the_pretty_form_is_that_of_serde_json() {
        let value: serde_json::Value = serde_json::from_str(&sample().to_string()).unwrap();
        let pretty = format!("{:#}", sample());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&pretty).unwrap(),
            value
        );
        assert!(pretty.starts_with("{\n  \"text\": \"a"), "{pretty}");
        assert!(pretty.ends_with(
            "\"list\": [\n    1,\n    true,\n    0.5\n  ],\n  \"empty\": [],\n  \"object\": {}\n}"
        ));
    }

    #[test]
    fn every_character_comes_back() {
        let all: String = (0..0x3000)
            .chain(0xe0000..0xe0100)
            .filter_map(char::from_u32)
            .collect();
        let json = Json::from(&*all).to_string();
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), all);
        assert!(!json.chars().any(is_hostile));
    }
}
