//! Printing a value as its `Debug` would.
//!
//! std's own builders can't be used: they have no place for what was cut from a struct or map.

use std::fmt::{self, Write};

use super::limits::Limits;
use super::op::Bounds;
use super::value::{Node, Sequence, Struct, Value};

/// One printing of one value.
pub(super) struct Printer<'l> {
    limits: &'l Limits,
    pretty: bool,
    indent: usize,
}

impl<'l> Printer<'l> {
    pub(super) fn new(limits: &'l Limits, pretty: bool) -> Printer<'l> {
        Printer {
            limits,
            pretty,
            indent: 0,
        }
    }

    pub(super) fn value(&mut self, value: &Value, out: &mut dyn Write) -> fmt::Result {
        match &value.node {
            Node::Unit => out.write_str("()"),
            Node::Bool(it) => write!(out, "{it:?}"),
            Node::Char(it) => write!(out, "{it:?}"),
            Node::Signed(it) => write!(out, "{it:?}"),
            Node::Unsigned(it) => write!(out, "{it:?}"),
            Node::F32(it) => write!(out, "{it:?}"),
            Node::F64(it) => write!(out, "{it:?}"),
            Node::Duration(it) => write!(out, "{it:?}"),
            Node::Text(text, whole) => self.text(text, *whole, out),
            Node::Bytes(bytes, whole) => self.bytes(bytes, *whole, out),
            Node::Formatted(text, whole) => {
                out.write_str(text)?;
                if text.len() == *whole {
                    Ok(())
                } else {
                    out.write_str("...")
                }
            }
            Node::None => out.write_str("None"),
            Node::Some(inner) => self.wrapped("Some", inner, out),
            Node::Ok(inner) => self.wrapped("Ok", inner, out),
            Node::Err(inner) => self.wrapped("Err", inner, out),
            Node::Sequence(kind, items, whole) => {
                let (open, close) = match kind {
                    Sequence::List => ("[", "]"),
                    Sequence::Set => ("{", "}"),
                    Sequence::Tuple => ("(", ")"),
                };
                // The comma of a tuple of one, which the pretty form has anyway.
                let single =
                    *kind == Sequence::Tuple && *whole == 1 && items.len() == 1 && !self.pretty;
                let close = if single { ",)" } else { close };
                let bound = if *kind == Sequence::Tuple {
                    usize::MAX
                } else {
                    self.limits.items
                };
                let shown = items.len().min(bound);
                self.group(
                    open,
                    close,
                    shown,
                    *whole,
                    false,
                    out,
                    &mut |printer, index, out| printer.value(&items[index], out),
                )
            }
            Node::Map(entries, whole) => {
                let shown = entries.len().min(self.limits.items);
                self.group(
                    "{",
                    "}",
                    shown,
                    *whole,
                    false,
                    out,
                    &mut |printer, index, out| {
                        let (key, value) = &entries[index];
                        printer.value(key, out)?;
                        out.write_str(": ")?;
                        printer.value(value, out)
                    },
                )
            }
            Node::Struct(it) => self.structure(it, out),
            Node::Range(bounds, ends) => self.range(*bounds, ends, out),
            Node::Cut => out.write_str("..."),
            Node::NotYetAssigned => out.write_str("<not yet assigned>"),
            Node::Moved => out.write_str("<moved?>"),
            Node::Redacted => out.write_str("<redacted>"),
            Node::Omitted(why) => write!(out, "<omitted: {why}>"),
            Node::Opaque(name) => {
                out.write_str("<opaque ")?;
                short_type_name(name, self.limits.string_chars, out)?;
                out.write_str(">")
            }
        }
    }

    fn text(&self, text: &str, whole: usize, out: &mut dyn Write) -> fmt::Result {
        let shown = match text.char_indices().nth(self.limits.string_chars) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        write!(out, "{shown:?}")?;
        cut(shown.len(), whole, out)
    }

    fn bytes(&self, bytes: &[u8], whole: usize, out: &mut dyn Write) -> fmt::Result {
        let shown = &bytes[..bytes.len().min(self.limits.string_chars)];
        out.write_str("\"")?;
        for chunk in shown.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    // Only the delimiter of a char literal.
                    '\'' => out.write_char(c)?,
                    _ => write!(out, "{}", c.escape_debug())?,
                }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02X}")?;
            }
        }
        out.write_str("\"")?;
        cut(shown.len(), whole, out)
    }

    fn wrapped(&mut self, name: &str, inner: &Value, out: &mut dyn Write) -> fmt::Result {
        out.write_str(name)?;
        self.group("(", ")", 1, 1, false, out, &mut |printer, _, out| {
            printer.value(inner, out)
        })
    }

    fn structure(&mut self, it: &Struct, out: &mut dyn Write) -> fmt::Result {
        out.write_str(&it.name)?;
        let shown = it.fields.len();
        if it.whole == 0 && shown == 0 && !it.skipped {
            return Ok(());
        }
        let (open, close) = match (it.named, self.pretty) {
            (true, true) => (" {", "}"),
            (true, false) => (" { ", " }"),
            (false, _) => ("(", ")"),
        };
        self.group(
            open,
            close,
            shown,
            it.whole,
            it.skipped,
            out,
            &mut |printer, index, out| {
                let (name, value) = &it.fields[index];
                if it.named {
                    write!(out, "{name}: ")?;
                }
                printer.value(value, out)
            },
        )
    }

    fn range(&mut self, bounds: Bounds, ends: &[Value], out: &mut dyn Write) -> fmt::Result {
        let (start, dots, end) = match (bounds, ends) {
            (Bounds::From, [start]) => (Some(start), "..", None),
            (Bounds::To, [end]) => (None, "..", Some(end)),
            (Bounds::ToInclusive, [end]) => (None, "..=", Some(end)),
            (Bounds::Both, [start, end]) => (Some(start), "..", Some(end)),
            (Bounds::Inclusive, [start, end]) => (Some(start), "..=", Some(end)),
            _ => (None, "..", None),
        };
        if let Some(start) = start {
            self.value(start, out)?;
        }
        out.write_str(dots)?;
        end.map_or(Ok(()), |end| self.value(end, out))
    }

    /// `shown` items between delimiters, then how many of the `whole` are missing.
    #[expect(
        clippy::too_many_arguments,
        reason = "the delimiters and counts of one group belong together"
    )]
    fn group(
        &mut self,
        open: &str,
        close: &str,
        shown: usize,
        whole: usize,
        skipped: bool,
        out: &mut dyn Write,
        item: &mut dyn FnMut(&mut Self, usize, &mut dyn Write) -> fmt::Result,
    ) -> fmt::Result {
        out.write_str(open)?;
        let missing = whole.saturating_sub(shown);
        let entries = shown + usize::from(missing > 0) + usize::from(skipped);
        self.indent += 1;
        for index in 0..entries {
            self.separate(index > 0, out)?;
            if index < shown {
                item(self, index, out)?;
            } else if index == shown && missing > 0 {
                write!(out, "... {missing} more")?;
            } else {
                // As std's `finish_non_exhaustive`: nothing follows it, not even the pretty form's
                // comma.
                out.write_str("..")?;
            }
        }
        self.indent -= 1;
        if self.pretty && entries > 0 {
            if !skipped {
                out.write_str(",")?;
            }
            self.newline(out)?;
        }
        out.write_str(close)
    }

    fn separate(&self, after_another: bool, out: &mut dyn Write) -> fmt::Result {
        if self.pretty {
            if after_another {
                out.write_str(",")?;
            }
            self.newline(out)
        } else if after_another {
            out.write_str(", ")
        } else {
            Ok(())
        }
    }

    fn newline(&self, out: &mut dyn Write) -> fmt::Result {
        out.write_str("\n")?;
        (0..self.indent).try_for_each(|_| out.write_str("    "))
    }
}

fn cut(shown: usize, whole: usize, out: &mut dyn Write) -> fmt::Result {
    if shown < whole {
        write!(out, "... ({whole} bytes)")
    } else {
        Ok(())
    }
}

/// A type's name with each path reduced to its last segment: `alloc::vec::Vec<foo::Bar>` is
/// `Vec<Bar>`. A closure keeps the function that it is in.
pub(crate) fn short_type_name(name: &str, most: usize, out: &mut dyn Write) -> fmt::Result {
    let mut left = most;
    let mut rest = name;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let prefix = after
            .strip_prefix("::")
            .filter(|next| !word.is_empty() && next.starts_with(is_word));
        if let Some(next) = prefix {
            rest = next;
            continue;
        }
        let step = end.max(
            after
                .chars()
                .next()
                .filter(|_| word.is_empty())
                .map_or(0, char::len_utf8),
        );
        let (piece, next) = rest.split_at(step);
        for c in piece.chars() {
            if left == 0 {
                return out.write_str("...");
            }
            left -= 1;
            out.write_char(c)?;
        }
        rest = next;
    }
    Ok(())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '#'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::inspect::Inspect;

    #[track_caller]
    fn prints_as_debug<T: Inspect + fmt::Debug + ?Sized>(value: &T) {
        assert_eq!(format!("{}", Value::of(value)), format!("{value:?}"));
        assert_eq!(format!("{:#}", Value::of(value)), format!("{value:#?}"));
    }

    #[test]
    fn what_is_printed_is_what_debug_prints() {
        use std::collections::*;
        prints_as_debug(&1.0f64);
        prints_as_debug(&1e300f64);
        prints_as_debug(&f32::NAN);
        prints_as_debug(&-0.1f32);
        prints_as_debug(&'\n');
        prints_as_debug("a\"'\\\n\u{200B}é");
        prints_as_debug(&i128::MIN);
        prints_as_debug(&Some(3));
        prints_as_debug(&None::<u8>);
        prints_as_debug(&Ok::<(), String>(()));
        prints_as_debug(&Err::<(), _>("e"));
        prints_as_debug(&(1,));
        prints_as_debug(&(1, "x", 2.5));
        prints_as_debug(&[1u8, 2, 3]);
        prints_as_debug(&[true, false]);
        prints_as_debug(&Vec::<String>::new());
        prints_as_debug(&vec![Some("a"), None]);
        prints_as_debug(&vec![vec![1], vec![]]);
        prints_as_debug(&BTreeMap::from([("k", 1), ("l", 2)]));
        prints_as_debug(&HashMap::from([("k".to_string(), vec![1])]));
        prints_as_debug(&BTreeSet::from([1, 2]));
        prints_as_debug(&HashSet::from(["x"]));
        prints_as_debug(&VecDeque::from([1, 2]));
        prints_as_debug(&(0..10));
        prints_as_debug(&(0..=10));
        prints_as_debug(&(..3));
        prints_as_debug(&(..=3));
        prints_as_debug(&(3..));
        prints_as_debug(&(..));
        prints_as_debug(&std::time::Duration::from_millis(1500));
        prints_as_debug(&std::cmp::Ordering::Less);
        prints_as_debug(&std::cmp::Reverse(2));
        prints_as_debug(&std::num::Wrapping(2));
        prints_as_debug(&std::num::NonZeroU8::MIN);
        prints_as_debug(&std::sync::atomic::AtomicI32::new(-4));
        prints_as_debug(&std::cell::Cell::new(4));
        prints_as_debug(&std::cell::RefCell::new(vec![4]));
        prints_as_debug(std::path::Path::new("/tmp/a b"));
        prints_as_debug(&std::ffi::OsString::from("x"));
        prints_as_debug(c"abc");
        prints_as_debug(&std::rc::Rc::new(Some(Box::new(1))));
        prints_as_debug(&std::net::IpAddr::from([127, 0, 0, 1]));
        prints_as_debug(&std::net::SocketAddr::from(([127, 0, 0, 1], 80)));
        prints_as_debug(&std::marker::PhantomData::<u8>);
        prints_as_debug(&"x1".parse::<i32>());
    }

    #[test]
    fn what_is_cut_is_counted() {
        assert_eq!(
            Value::of(&(1..=1000).collect::<Vec<i32>>()).to_string(),
            "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... 990 more]"
        );
        let long = "x".repeat(1000);
        assert_eq!(
            Value::of(&*long).to_string(),
            format!("{:?}... (1000 bytes)", "x".repeat(80))
        );
        assert_eq!(
            Value::of(&vec![vec![vec![vec![vec![1, 2]]]]]).to_string(),
            "[[[[[... 2 more]]]]]"
        );
        let texts: Vec<String> = (0..5).map(|_| "y".repeat(90)).collect();
        assert!(
            Value::of(&texts).to_string().ends_with("... 2 more]"),
            "{}",
            Value::of(&texts)
        );
    }

    #[test]
    fn tighter_limits_show_less() {
        let mut limits = Limits::DEFAULT;
        limits.items = 2;
        limits.string_chars = 3;
        assert_eq!(
            Value::of(&[1, 2, 3]).display(&limits).to_string(),
            "[1, 2, ... 1 more]"
        );
        assert_eq!(
            Value::of("abcdé").display(&limits).to_string(),
            "\"abc\"... (6 bytes)"
        );
        assert_eq!(
            format!("{:#}", Value::of(&[1, 2, 3]).display(&limits)),
            "[\n    1,\n    2,\n    ... 1 more,\n]"
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped() {
        let value = Value::from(Node::Bytes((*b"a'\"\xFF\n").into(), 5));
        assert_eq!(value.to_string(), r#""a'\"\xFF\n""#);
    }

    #[test]
    fn type_names_are_short() {
        #[track_caller]
        fn check(name: &str, short: &str) {
            let mut out = String::new();
            short_type_name(name, 80, &mut out).unwrap();
            assert_eq!(out, short);
        }
        check("u8", "u8");
        check("alloc::vec::Vec<foo::bar::Baz>", "Vec<Baz>");
        check(
            "&mut [core::option::Option<a::b::C>; 3]",
            "&mut [Option<C>; 3]",
        );
        check(
            "dyn core::fmt::Debug + core::marker::Send",
            "dyn Debug + Send",
        );
        check("krate::run::{{closure}}", "run::{{closure}}");
        check("<a::B as c::D>::E", "<B as D>::E");
        check("fn(a::B) -> c::D", "fn(B) -> D");
        check(&"x".repeat(100), &format!("{}...", "x".repeat(80)));
    }
}
