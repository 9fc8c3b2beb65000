//! Bytes back into a value. The other half of [`encode`](super::encode).
//!
//! The bytes may be anything: a stackful coroutine can leave half of one value over half of
//! another. So every length is checked against what is there, nesting is bounded, and nothing is
//! taken for a pointer.

use std::borrow::Cow;
use std::time::Duration;

use super::kind::Tag;
use super::op::{self, Bounds};
use super::types::TypeIndex;
use super::value::{Node, Sequence, Struct, Value};

/// No encoder nests deeper: limits are far below, and `Some(Some(..))` is as deep as a type someone
/// wrote.
pub(super) const DEEPEST: usize = 48;

pub(super) fn unreadable() -> Value {
    Value::from(Node::Omitted(Cow::Borrowed("unreadable")))
}

pub(super) fn scalar(tag: Tag, bits: u64) -> Value {
    Value::from(match tag {
        Tag::Unit => Node::Unit,
        Tag::Bool => Node::Bool(bits & 1 != 0),
        Tag::Char => Node::Char(char::from_u32(bits as u32).unwrap_or(char::REPLACEMENT_CHARACTER)),
        Tag::U8 => Node::Unsigned(u128::from(bits as u8)),
        Tag::U16 => Node::Unsigned(u128::from(bits as u16)),
        Tag::U32 => Node::Unsigned(u128::from(bits as u32)),
        Tag::U64 => Node::Unsigned(u128::from(bits)),
        Tag::Usize => Node::Unsigned(bits as usize as u128),
        Tag::I8 => Node::Signed(i128::from(bits as i8)),
        Tag::I16 => Node::Signed(i128::from(bits as i16)),
        Tag::I32 => Node::Signed(i128::from(bits as i32)),
        Tag::I64 => Node::Signed(i128::from(bits as i64)),
        Tag::Isize => Node::Signed(bits as isize as i128),
        Tag::F32 => Node::F32(f32::from_bits(bits as u32)),
        Tag::F64 => Node::F64(f64::from_bits(bits)),
        Tag::Empty | Tag::Text | Tag::Typed | Tag::Hot => return unreadable(),
    })
}

/// Text of which `bytes` are the beginning.
pub(super) fn text(bytes: &[u8], whole: u64) -> Value {
    let whole = usize::try_from(whole)
        .unwrap_or(usize::MAX)
        .max(bytes.len());
    Value::from(byte_text(bytes, whole))
}

/// The value that `bytes` describe.
pub(super) fn node(bytes: &[u8]) -> Value {
    Reader { bytes }.node(0).unwrap_or(Value::from(Node::Cut))
}

pub(super) struct Reader<'b> {
    pub(super) bytes: &'b [u8],
}

/// Every reading function answers `None` where the bytes stop too early.
impl<'b> Reader<'b> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let Some((taken, rest)) = self.bytes.split_at_checked(len) else {
            // What is left is half of something: no node may be read from it.
            self.bytes = &[];
            return None;
        };
        self.bytes = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }

    pub(super) fn size(&mut self) -> Option<usize> {
        Some(usize::try_from(self.number()?).unwrap_or(usize::MAX))
    }

    fn name(&mut self) -> Option<Box<str>> {
        let len = self.byte()?;
        Some(String::from_utf8_lossy(self.take(usize::from(len))?).into())
    }

    pub(super) fn bits(&mut self, tag: Tag) -> Option<u64> {
        let mut word = [0; 8];
        let width = tag.width();
        word[..width].copy_from_slice(self.take(width)?);
        Some(u64::from_le_bytes(word))
    }

    pub(super) fn wide(&mut self) -> Option<u128> {
        Some(u128::from_le_bytes(self.take(16)?.try_into().ok()?))
    }

    /// Whole length, kept length, bytes.
    pub(super) fn kept(&mut self) -> Option<(usize, &'b [u8])> {
        let whole = self.size()?;
        let kept = self.byte()?;
        Some((whole, self.take(usize::from(kept))?))
    }

    /// Nothing behind a node that makes no sense can be trusted.
    fn give_up(&mut self) -> Value {
        self.bytes = &[];
        unreadable()
    }

    fn inner(&mut self, depth: usize) -> Box<Value> {
        Box::new(self.node(depth + 1).unwrap_or(Value::from(Node::Cut)))
    }

    /// Whether there is another item before the end of the container, of which the end is consumed.
    pub(super) fn more(&mut self) -> bool {
        match self.bytes.first() {
            None => false,
            Some(&op::END) => {
                self.bytes = &self.bytes[1..];
                false
            }
            Some(_) => true,
        }
    }

    fn items(&mut self, depth: usize) -> Vec<Value> {
        let mut items = Vec::new();
        while self.more() {
            match self.node(depth + 1) {
                Some(item) => items.push(item),
                None => break,
            }
        }
        items
    }

    fn structure(&mut self, named: bool, depth: usize) -> Option<Value> {
        let name = self.name()?;
        let whole = self.size()?;
        let mut fields = Vec::new();
        let mut skipped = false;
        while self.more() {
            if self.bytes[0] == op::SKIPPED {
                self.bytes = &self.bytes[1..];
                skipped = true;
                continue;
            }
            let mut field = Box::default();
            if named {
                if self.bytes[0] != op::FIELD {
                    fields.push((field, self.give_up()));
                    break;
                }
                self.bytes = &self.bytes[1..];
                match self.name() {
                    Some(name) => field = name,
                    None => break,
                }
            }
            match self.node(depth + 1) {
                Some(value) => fields.push((field, value)),
                None => fields.push((field, Value::from(Node::Cut))),
            }
        }
        let whole = whole.max(fields.len());
        Some(Value::from(Node::Struct(Box::new(Struct {
            name,
            fields,
            named,
            whole,
            skipped,
        }))))
    }

    fn node(&mut self, depth: usize) -> Option<Value> {
        let code = self.byte()?;
        if depth > DEEPEST {
            return Some(self.give_up());
        }
        if let Some(tag) = Tag::scalar(code) {
            return Some(scalar(tag, self.bits(tag)?));
        }
        Some(Value::from(match code {
            op::I128 => Node::Signed(self.wide()? as i128),
            op::U128 => Node::Unsigned(self.wide()?),
            op::STR => {
                let (whole, kept) = self.kept()?;
                return Some(text(kept, whole as u64));
            }
            op::BYTE_STR => {
                let (whole, kept) = self.kept()?;
                byte_text(kept, whole.max(kept.len()))
            }
            op::VERBATIM => {
                let (whole, kept) = self.kept()?;
                Node::Formatted(String::from_utf8_lossy(kept).into(), whole)
            }
            op::OMITTED => {
                let (_, kept) = self.kept()?;
                Node::Omitted(Cow::Owned(String::from_utf8_lossy(kept).into_owned()))
            }
            op::NONE => Node::None,
            op::SOME => Node::Some(self.inner(depth)),
            op::OK => Node::Ok(self.inner(depth)),
            op::ERR => Node::Err(self.inner(depth)),
            op::LIST | op::SET | op::TUPLE => {
                let whole = self.size()?;
                let items = self.items(depth);
                let kind = match code {
                    op::LIST => Sequence::List,
                    op::SET => Sequence::Set,
                    _ => Sequence::Tuple,
                };
                let whole = whole.max(items.len());
                Node::Sequence(kind, items, whole)
            }
            op::MAP => {
                let whole = self.size()?;
                let mut items = self.items(depth).into_iter();
                let mut entries = Vec::new();
                while let Some(key) = items.next() {
                    entries.push((key, items.next().unwrap_or(Value::from(Node::Cut))));
                }
                let whole = whole.max(entries.len());
                Node::Map(entries, whole)
            }
            op::PACKED => {
                let Some(tag) = Tag::scalar(self.byte()?) else {
                    return Some(self.give_up());
                };
                let whole = self.size()?;
                let kept = self.byte()?;
                let mut items = Vec::new();
                for _ in 0..kept {
                    items.push(scalar(tag, self.bits(tag)?));
                }
                let whole = whole.max(items.len());
                Node::Sequence(Sequence::List, items, whole)
            }
            op::STRUCT => return self.structure(true, depth),
            op::TUPLE_STRUCT => return self.structure(false, depth),
            op::REDACTED => Node::Redacted,
            op::OPAQUE => {
                let bits = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
                Node::Opaque(TypeIndex::from_bits(bits).name().unwrap_or("?"))
            }
            op::DURATION => {
                let seconds = u64::from_le_bytes(self.take(8)?.try_into().ok()?);
                let nanos = u32::from_le_bytes(self.take(4)?.try_into().ok()?);
                // `Duration::new` panics where the nanoseconds carry over the last second.
                Node::Duration(Duration::new(seconds, nanos.min(999_999_999)))
            }
            op::RANGE => {
                let (bounds, ends) = match self.byte()? {
                    0 => (Bounds::Full, 0),
                    1 => (Bounds::From, 1),
                    2 => (Bounds::To, 1),
                    3 => (Bounds::ToInclusive, 1),
                    4 => (Bounds::Both, 2),
                    5 => (Bounds::Inclusive, 2),
                    _ => return Some(self.give_up()),
                };
                Node::Range(bounds, (0..ends).map(|_| *self.inner(depth)).collect())
            }
            _ => return Some(self.give_up()),
        }))
    }
}

/// Almost always this is UTF-8 after all, apart from a character that was cut in two.
pub(super) fn byte_text(kept: &[u8], whole: usize) -> Node {
    match core::str::from_utf8(kept) {
        Ok(text) => Node::Text(text.into(), whole),
        Err(error) if error.error_len().is_none() && kept.len() < whole => Node::Text(
            String::from_utf8_lossy(&kept[..error.valid_up_to()]).into(),
            whole,
        ),
        Err(_) => Node::Bytes(kept.into(), whole),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::encode::encoded;

    #[test]
    fn any_bytes_are_some_value() {
        // A small generator is enough: what matters is that every code meets every kind of rest.
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
            let value = node(&bytes[..round % 257]);
            let _ = (
                format!("{value}"),
                format!("{value:#}"),
                value.is_complete(),
            );
        }
    }

    #[test]
    fn endless_nesting_ends() {
        let value = node(&[op::SOME; 256]);
        assert!(value.to_string().contains("unreadable"));
    }

    #[test]
    fn every_beginning_of_an_encoding_is_readable() {
        let whole = encoded(&vec![("a", Some(1.5)), ("b", None)]);
        // Without the last bytes only the ends of the tuple and list are missing, and their lengths
        // are known.
        for len in 0..whole.len() - 2 {
            let value = node(&whole[..len]);
            assert!(!value.is_complete(), "{value}");
            assert!(!value.to_string().contains("unreadable"), "{value}");
        }
        assert!(node(&whole).is_complete());
    }

    #[test]
    fn a_path_that_is_no_utf8_keeps_its_bytes() {
        assert!(byte_text(b"ab\xFFcd", 5) == Node::Bytes((*b"ab\xFFcd").into(), 5));
        assert!(byte_text(b"ab\xC3", 100) == Node::Text("ab".into(), 100));
    }
}
