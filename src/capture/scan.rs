//! What an encoder wrote, printed without an allocation: for the handler of a fatal signal.
//!
//! Prints what [`decode`](super::decode) and [`render`](super::render) do together, within the default limits; like
//! them it takes any bytes.

use super::decode::{DEEPEST, Reader, scalar};
use super::kind::Tag;
use super::limits::Limits;
use super::op;
use super::render::short_type_name;
use super::types::TypeIndex;
use std::fmt::{Result, Write};

const LIMITS: Limits = Limits::DEFAULT;

/// Prints the value that `bytes` describe.
pub(crate) fn print(bytes: &[u8], out: &mut dyn Write) -> Result {
    let reader = Reader { bytes };
    Scan { reader, out }.node(0)
}

/// Prints a text of which `bytes` are the beginning.
pub(crate) fn print_text(bytes: &[u8], whole: usize, out: &mut dyn Write) -> Result {
    let mut left = LIMITS.string_chars;
    let mut shown = 0;
    out.write_char('"')?;
    'all: for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if left == 0 {
                break 'all;
            }
            left -= 1;
            shown += c.len_utf8();
            match c {
                // Only the delimiter of a char literal.
                '\'' => out.write_char(c)?,
                _ => write!(out, "{}", c.escape_debug())?,
            }
        }
        // A character that was cut, at the end of what was kept, is left out.
        let is_cut = shown + chunk.invalid().len() == bytes.len() && bytes.len() < whole;
        if !is_cut {
            for byte in chunk.invalid() {
                shown += 1;
                write!(out, "\\x{byte:02X}")?;
            }
        }
    }
    out.write_char('"')?;
    if shown < whole {
        write!(out, "... ({whole} bytes)")?;
    }
    Ok(())
}

struct Scan<'b, 'o> {
    reader: Reader<'b>,
    out: &'o mut dyn Write,
}

impl Scan<'_, '_> {
    /// One node; `...` where the bytes stop too early.
    fn node(&mut self, depth: usize) -> Result {
        match self.known(depth) {
            Some(result) => result,
            None => self.out.write_str("..."),
        }
    }

    fn unreadable(&mut self) -> Result {
        // Nothing behind a node that makes no sense can be trusted.
        self.reader.bytes = &[];
        self.out.write_str("<omitted: unreadable>")
    }

    fn known(&mut self, depth: usize) -> Option<Result> {
        let code = self.reader.byte()?;
        if depth > DEEPEST {
            return Some(self.unreadable());
        }
        if let Some(tag) = Tag::scalar(code) {
            let bits = self.reader.bits(tag)?;
            return Some(write!(self.out, "{}", scalar(tag, bits)));
        }
        Some(match code {
            op::I128 => {
                let number = self.reader.wide()? as i128;
                write!(self.out, "{number}")
            }
            op::U128 => {
                let number = self.reader.wide()?;
                write!(self.out, "{number}")
            }
            op::STR | op::BYTE_STR => {
                let (whole, kept) = self.reader.kept()?;
                print_text(kept, whole.max(kept.len()), self.out)
            }
            op::VERBATIM | op::OMITTED => {
                let (whole, kept) = self.reader.kept()?;
                self.verbatim(code == op::OMITTED, whole, kept)
            }
            op::NONE => self.out.write_str("None"),
            op::SOME => self.wrapped("Some(", depth),
            op::OK => self.wrapped("Ok(", depth),
            op::ERR => self.wrapped("Err(", depth),
            op::LIST => {
                let whole = self.reader.size()?;
                self.items(["[", "]"], whole, LIMITS.items, depth)
            }
            op::SET => {
                let whole = self.reader.size()?;
                self.items(["{", "}"], whole, LIMITS.items, depth)
            }
            op::TUPLE => {
                let whole = self.reader.size()?;
                let close = if whole == 1 { ",)" } else { ")" };
                self.items(["(", close], whole, usize::MAX, depth)
            }
            op::MAP => {
                let whole = self.reader.size()?;
                self.map(whole, depth)
            }
            op::PACKED => {
                let Some(tag) = Tag::scalar(self.reader.byte()?) else {
                    return Some(self.unreadable());
                };
                let whole = self.reader.size()?;
                let kept = usize::from(self.reader.byte()?);
                self.packed(tag, whole, kept)
            }
            op::STRUCT => return self.structure(true, depth),
            op::TUPLE_STRUCT => return self.structure(false, depth),
            op::REDACTED => self.out.write_str("<redacted>"),
            op::OPAQUE => {
                let bits = u32::from_le_bytes(self.reader.take(4)?.try_into().ok()?);
                self.opaque(TypeIndex::from_bits(bits).name().unwrap_or("?"))
            }
            op::DURATION => {
                let seconds = u64::from_le_bytes(self.reader.take(8)?.try_into().ok()?);
                let nanos = u32::from_le_bytes(self.reader.take(4)?.try_into().ok()?);
                let time = std::time::Duration::new(seconds, nanos.min(999_999_999));
                write!(self.out, "{time:?}")
            }
            op::RANGE => {
                let bounds = self.reader.byte()?;
                self.range(bounds, depth)
            }
            _ => self.unreadable(),
        })
    }

    fn verbatim(&mut self, is_omitted: bool, whole: usize, kept: &[u8]) -> Result {
        self.out
            .write_str(if is_omitted { "<omitted: " } else { "" })?;
        for chunk in kept.utf8_chunks() {
            self.out.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                self.out.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        match is_omitted {
            true => self.out.write_str(">"),
            false if kept.len() != whole => self.out.write_str("..."),
            false => Ok(()),
        }
    }

    fn opaque(&mut self, name: &str) -> Result {
        self.out.write_str("<opaque ")?;
        short_type_name(name, LIMITS.string_chars, self.out)?;
        self.out.write_str(">")
    }

    fn wrapped(&mut self, open: &str, depth: usize) -> Result {
        self.out.write_str(open)?;
        self.node(depth + 1)?;
        self.out.write_str(")")
    }

    /// Prints nodes up to the end of a container; those beyond `most` are read over. Gives how many were printed.
    fn items(
        &mut self,
        [open, close]: [&str; 2],
        whole: usize,
        most: usize,
        depth: usize,
    ) -> Result {
        self.out.write_str(open)?;
        let (mut shown, mut read) = (0, 0);
        while self.reader.more() {
            read += 1;
            if shown == most {
                self.over(depth)?;
                continue;
            }
            self.comma(shown)?;
            shown += 1;
            self.node(depth + 1)?;
        }
        self.missing(shown, whole.max(read))?;
        self.out.write_str(close)
    }

    fn map(&mut self, whole: usize, depth: usize) -> Result {
        self.out.write_str("{")?;
        let (mut shown, mut read) = (0, 0);
        while self.reader.more() {
            read += 1;
            if shown == LIMITS.items {
                self.over(depth)?;
                if self.reader.more() {
                    self.over(depth)?;
                }
                continue;
            }
            self.comma(shown)?;
            shown += 1;
            self.node(depth + 1)?;
            self.out.write_str(": ")?;
            if self.reader.more() {
                self.node(depth + 1)?;
            } else {
                self.out.write_str("...")?;
            }
        }
        self.missing(shown, whole.max(read))?;
        self.out.write_str("}")
    }

    fn packed(&mut self, tag: Tag, whole: usize, kept: usize) -> Result {
        self.out.write_str("[")?;
        let mut shown = 0;
        for _ in 0..kept.min(LIMITS.items) {
            let Some(bits) = self.reader.bits(tag) else {
                break;
            };
            self.comma(shown)?;
            shown += 1;
            write!(self.out, "{}", scalar(tag, bits))?;
        }
        for _ in shown..kept {
            if self.reader.bits(tag).is_none() {
                break;
            }
        }
        self.missing(shown, whole.max(kept))?;
        self.out.write_str("]")
    }

    fn structure(&mut self, named: bool, depth: usize) -> Option<Result> {
        let length = usize::from(self.reader.byte()?);
        let name = self.reader.take(length)?;
        let whole = self.reader.size()?;
        Some(self.fields(name, named, whole, depth))
    }

    fn fields(&mut self, name: &[u8], named: bool, whole: usize, depth: usize) -> Result {
        self.verbatim(false, name.len(), name)?;
        let (open, close) = if named { (" { ", " }") } else { ("(", ")") };
        let (mut shown, mut skipped) = (0, false);
        let mut is_open = false;
        while self.reader.more() {
            if self.reader.bytes.first() == Some(&op::SKIPPED) {
                self.reader.byte();
                skipped = true;
                continue;
            }
            self.out.write_str(if is_open { ", " } else { open })?;
            is_open = true;
            shown += 1;
            if named && !self.field_name()? {
                self.unreadable()?;
                break;
            }
            self.node(depth + 1)?;
        }
        if whole > shown || skipped {
            if !is_open {
                self.out.write_str(open)?;
                is_open = true;
            } else if whole <= shown {
                self.out.write_str(", ")?;
            }
            self.missing(shown, whole)?;
            if skipped {
                self.out
                    .write_str(if whole > shown { ", .." } else { ".." })?;
            }
        }
        self.out.write_str(if is_open { close } else { "" })
    }

    /// `name: `, if there is one.
    fn field_name(&mut self) -> std::result::Result<bool, std::fmt::Error> {
        if self.reader.bytes.first() != Some(&op::FIELD) {
            return Ok(false);
        }
        self.reader.byte();
        let name = self
            .reader
            .byte()
            .and_then(|length| self.reader.take(usize::from(length)))
            .unwrap_or_default();
        self.verbatim(false, name.len(), name)?;
        self.out.write_str(": ")?;
        Ok(true)
    }

    fn range(&mut self, bounds: u8, depth: usize) -> Result {
        let (start, dots, end) = match bounds {
            0 => (false, "..", false),
            1 => (true, "..", false),
            2 => (false, "..", true),
            3 => (false, "..=", true),
            4 => (true, "..", true),
            5 => (true, "..=", true),
            _ => return self.unreadable(),
        };
        if start {
            self.node(depth + 1)?;
        }
        self.out.write_str(dots)?;
        if end { self.node(depth + 1) } else { Ok(()) }
    }

    fn comma(&mut self, shown: usize) -> Result {
        self.out.write_str(if shown > 0 { ", " } else { "" })
    }

    fn missing(&mut self, shown: usize, whole: usize) -> Result {
        match whole.saturating_sub(shown) {
            0 => Ok(()),
            more => {
                self.comma(shown)?;
                write!(self.out, "... {more} more")
            }
        }
    }

    /// Reads a node without printing it.
    fn over(&mut self, depth: usize) -> Result {
        struct Nowhere;
        impl Write for Nowhere {
            fn write_str(&mut self, _: &str) -> Result {
                Ok(())
            }
        }
        let bytes = self.reader.bytes;
        let reader = Reader { bytes };
        let mut unseen = Scan {
            reader,
            out: &mut Nowhere,
        };
        unseen.node(depth + 1)?;
        let left = unseen.reader.bytes.len();
        self.reader.bytes = bytes.get(bytes.len() - left..).unwrap_or_default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Value;
    use crate::capture::encode::encoded;
    use crate::capture::inspect::Inspect;
    use std::collections::{BTreeMap, BTreeSet};

    fn printed(bytes: &[u8]) -> String {
        let mut out = String::new();
        print(bytes, &mut out).unwrap();
        out
    }

    #[track_caller]
    fn prints_as_a_value<T: Inspect + ?Sized>(value: &T) {
        assert_eq!(printed(&encoded(value)), Value::of(value).to_string());
    }

    #[test]
    fn what_is_printed_is_what_a_value_prints() {
        prints_as_a_value(&vec![1, 2, 3]);
        prints_as_a_value(&(0..1000).collect::<Vec<u32>>());
        prints_as_a_value(&vec![Some("a"), None]);
        prints_as_a_value(&(1,));
        prints_as_a_value(&(1, "x", 2.5, 'c', true, ()));
        prints_as_a_value(&Ok::<Vec<String>, ()>(vec!["y".repeat(300); 3]));
        prints_as_a_value(&Err::<(), _>(std::time::Duration::from_millis(1500)));
        prints_as_a_value(&BTreeMap::from([("k", 1), ("l", 2)]));
        prints_as_a_value(&(0..30).map(|i| (i, i)).collect::<BTreeMap<u8, u8>>());
        prints_as_a_value(&BTreeSet::from(["x"]));
        prints_as_a_value(&(0..10));
        prints_as_a_value(&(..=3));
        prints_as_a_value(&(..));
        prints_as_a_value(&i128::MIN);
        prints_as_a_value(&u128::MAX);
        prints_as_a_value(std::path::Path::new("/tmp/ä b"));
        prints_as_a_value(&"x1".parse::<i32>());
        prints_as_a_value(&std::cmp::Reverse(2));
        prints_as_a_value(&std::net::IpAddr::from([127, 0, 0, 1]));
        prints_as_a_value(&vec![vec![vec![vec![vec![1, 2]]]]]);
    }

    #[test]
    fn texts_print_as_values_do() {
        let long = "x".repeat(300);
        let umlauts = "ä".repeat(200);
        for whole in [
            "",
            "abc",
            "a\"'\\\n\u{200B}é",
            &*long,
            &*umlauts,
            "\u{1b}[31m",
        ] {
            for kept in [7, 255, 256] {
                let kept = &whole.as_bytes()[..whole.len().min(kept)];
                let mut text = String::new();
                print_text(kept, whole.len(), &mut text).unwrap();
                let value = Value::decode(Tag::TEXT, whole.len() as u64, kept);
                assert_eq!(text, value.to_string());
            }
        }
    }

    #[test]
    fn any_bytes_are_printed_somehow() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut bytes = [0u8; 256];
        for round in 0..20_000usize {
            for byte in &mut bytes {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = if round % 2 == 0 {
                    30 + (state >> 40) as u8 % 30
                } else {
                    (state >> 40) as u8
                };
            }
            let text = printed(&bytes[..round % 257]);
            assert!(text.len() < 1 << 16, "{}", text.len());
        }
        assert!(printed(&[op::SOME; 256]).contains("unreadable"));
    }
}
