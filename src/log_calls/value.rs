//! Values as text: the usual ones by hand, without an allocation; the others as they are printed everywhere.

use super::Outcome;
use super::line::Line;
use super::show::How;
use crate::capture::{Encoder, Erased, Tag, VALUE_BYTES, Value, ValueKind, debug, short_type_name};
use crate::stack::{Seen, Values};
use std::fmt::Write;
use std::mem::MaybeUninit;

/// Characters of a text that are shown.
const SHOWN: usize = crate::Limits::DEFAULT.string_chars;

/// Appends the value that a slot of the frame holds.
#[inline(always)] // there is one caller that counts, and numbers and short texts are most of what it is called for
pub(super) fn slot(out: &mut Line, values: Values, slot: u32, types: bool) {
    match values.peek(slot) {
        Some(Seen::Short(word, length)) if !types && is_plain(word | padding(length)) => {
            out.push_quoted(word, length);
        }
        Some(Seen::Word(tag, bits)) if !types && is_whole(tag) => out.push_number(bits),
        seen => other(out, values, seen.map(Seen::narrowed), types),
    }
}

/// Whether a word is an unsigned number of eight bytes.
#[inline]
fn is_whole(tag: u8) -> bool {
    tag == Tag::U64 as u8 || cfg!(target_pointer_width = "64") && tag == Tag::Usize as u8
}

#[inline(never)]
fn other(out: &mut Line, values: Values, seen: Option<Seen>, types: bool) {
    match seen {
        Some(Seen::Short(word, length)) => {
            let bytes = word.to_le_bytes();
            recorded(out, Tag::TEXT, length as u64, &bytes[..length], types);
        }
        Some(Seen::Word(tag, bits)) => scalar(out, tag, bits, types),
        Some(Seen::Bytes(tag, bits, place)) => bytes(out, values, (tag, bits, place), types),
        None => out.push("<omitted: not recorded>"),
    }
}

/// Appends a value that is more than a word. Nothing is allocated while its bytes are looked at: an allocator that is
/// annotated may write over those of a frame whose coroutine was left elsewhere.
#[inline]
fn bytes(out: &mut Line, values: Values, (tag, bits, place): (u8, u64, u32), types: bool) {
    let mut copy = MaybeUninit::<[u8; VALUE_BYTES]>::uninit();
    out.reserve(SHOWN + 2);
    let copied = values.kept(place, |bytes| {
        let bytes = kept(bytes);
        let is_whole = tag == Tag::TEXT && bits == bytes.len() as u64;
        if !types && is_whole && plain_text(out, bytes) {
            return None;
        }
        // SAFETY: no more bytes than the array has (`kept`), which is what is written of it and read.
        Some(unsafe {
            let to = copy.as_mut_ptr().cast::<u8>();
            to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
            std::slice::from_raw_parts(to, bytes.len())
        })
    });
    match copied {
        Some(None) => {}
        Some(Some(copied)) => {
            recorded(out, tag, bits, copied, types);
        }
        None => {
            recorded(out, tag, bits, &[], types);
        }
    }
}

/// Appends a value that is a word.
#[inline(always)] // the result's, in `close`
pub(super) fn scalar(out: &mut Line, tag: u8, bits: u64, types: bool) {
    if !types && 1_u32 << (tag & 31) & set(UNSIGNED) != 0 {
        out.push_number(bits);
    } else {
        recorded(out, tag, bits, &[], types);
    }
}

/// Appends a value by the identity of its type.
pub(super) fn by_identity(out: &mut Line, value: Erased<'_>, types: bool) -> Outcome {
    if let Some((tag, bits)) = value.scalar() {
        return recorded(out, tag, bits, &[], types);
    }
    if let Some(text) = value.text() {
        return recorded(
            out,
            Tag::TEXT,
            text.len() as u64,
            kept(text.as_bytes()),
            types,
        );
    }
    let mut bytes = [0; VALUE_BYTES];
    let mut encoder = Encoder::new(&mut bytes);
    value.encode(&mut encoder);
    let length = encoder.written().len();
    let bits = u64::from(value.entry().index().to_bits());
    recorded(out, Tag::TYPED, bits, &bytes[..length], types)
}

/// Appends `<Type>`.
fn type_of(out: &mut Line, value: Erased<'_>) {
    out.push("<");
    let _ = short_type_name(value.type_name(), SHOWN, out);
    out.push(">");
}

/// Appends a value by whatever shows it.
pub(super) fn shown(out: &mut Line, value: Erased<'_>, how: How<'_>, types: bool) -> Outcome {
    match how {
        How::Inspect(write) => by(out, value, types, write),
        How::Type => match value.scalar() {
            Some((tag, bits)) => recorded(out, tag, bits, &[], types),
            None => {
                type_of(out, value);
                Outcome::Value
            }
        },
        _ if value.entry().is_known() => by_identity(out, value, types),
        How::Debug(debugged) => {
            let write = &mut |encoder: &mut Encoder<'_>| debug::encode_debug(debugged, encoder);
            by(out, value, types, write);
            how.outcome(value.type_name())
        }
        How::Parts(outcome, name, inside) => {
            out.push_text(name);
            if let Some(inside) = inside {
                out.push("(");
                by_identity(out, inside, types);
                out.push(")");
            }
            outcome
        }
        How::Identity => by_identity(out, value, types),
    }
}

/// Appends a value that shows itself by code of the user's.
pub(super) fn by(
    out: &mut Line,
    value: Erased<'_>,
    types: bool,
    write: &mut dyn FnMut(&mut Encoder<'_>),
) -> Outcome {
    let mut bytes = [0; VALUE_BYTES];
    let mut encoder = Encoder::new(&mut bytes);
    write(&mut encoder);
    let length = encoder.written().len();
    let outcome = recorded(out, Tag::TYPED, 0, &bytes[..length], false);
    if types {
        out.push(": ");
        let _ = short_type_name(value.type_name(), SHOWN, out);
    }
    outcome
}

/// No value has more bytes.
fn kept(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(VALUE_BYTES)]
}

const UNSIGNED: [u8; 5] = [
    Tag::U64 as u8,
    Tag::Usize as u8,
    Tag::U32 as u8,
    Tag::U16 as u8,
    Tag::U8 as u8,
];
const SIGNED: [u8; 5] = [
    Tag::I64 as u8,
    Tag::Isize as u8,
    Tag::I32 as u8,
    Tag::I16 as u8,
    Tag::I8 as u8,
];

/// Bit by bit, which tags are in a list.
const fn set(tags: [u8; 5]) -> u32 {
    1 << tags[0] | 1 << tags[1] | 1 << tags[2] | 1 << tags[3] | 1 << tags[4]
}

/// Appends a recorded value; says what it is if it is a `Result` or `Option`.
#[inline]
pub(super) fn recorded(out: &mut Line, tag: u8, bits: u64, bytes: &[u8], types: bool) -> Outcome {
    let kind = 1_u32 << (tag & 31);
    let usual = if kind & set(UNSIGNED) != 0 {
        out.push_number(bits);
        true
    } else if kind & set(SIGNED) != 0 {
        out.push_signed(bits as i64);
        true
    } else if tag == Tag::Bool as u8 {
        out.push(if bits & 1 != 0 { "true" } else { "false" });
        true
    } else {
        tag == Tag::TEXT && bits == bytes.len() as u64 && plain_text(out, bytes)
    };
    if usual && !types {
        return Outcome::Value;
    }
    unusual(out, usual, &Value::decode(tag, bits, bytes), types)
}

/// A text that needs no escapes, if it is one.
fn plain_text(out: &mut Line, bytes: &[u8]) -> bool {
    let mut words = bytes.chunks_exact(8);
    let whole = |chunk: &[u8]| u64::from_le_bytes(chunk.try_into().unwrap_or_default());
    let plain = words.by_ref().all(|chunk| is_plain(whole(chunk)));
    let mut last = padding(0).to_le_bytes();
    last[..words.remainder().len()].copy_from_slice(words.remainder());
    if bytes.len() > SHOWN || !plain || !is_plain(u64::from_le_bytes(last)) {
        return false;
    }
    out.push("\"");
    // SAFETY: ASCII.
    out.push(unsafe { std::str::from_utf8_unchecked(bytes) });
    out.push("\"");
    true
}

/// Plain bytes behind the first `length` of a word.
fn padding(length: usize) -> u64 {
    const PLAIN: u64 = 0x6161_6161_6161_6161;
    PLAIN.checked_shl(8 * length as u32).unwrap_or(0)
}

/// Whether none of a word's eight characters is shown otherwise than it is: printable ASCII, no quote, no backslash.
#[inline]
fn is_plain(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let special = zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64));
    // Of ASCII, 0x7f alone has one above with the high bit.
    let delete = word.wrapping_add(ONES);
    (word | control | special | delete) & HIGH == 0
}

#[cold]
fn unusual(out: &mut Line, written: bool, value: &Value, types: bool) -> Outcome {
    if !written {
        match (value.kind(), value.type_name()) {
            (ValueKind::Opaque, Some(name)) => {
                out.push("<");
                let _ = short_type_name(name, SHOWN, out);
                out.push(">");
                return Outcome::Value;
            }
            // A value's own line breaks would tear the line.
            (ValueKind::Formatted, _) => one_line(out, value),
            _ => {
                let _ = write!(out, "{value}");
            }
        }
    }
    if types && let Some(name) = value.type_name() {
        out.push(": ");
        let _ = short_type_name(name, SHOWN, out);
    }
    match (value.kind(), value.name()) {
        (ValueKind::Result, Some("Err")) => Outcome::Err,
        (ValueKind::Option, Some("None")) => Outcome::None,
        _ => Outcome::Value,
    }
}

/// What a `Debug` printed, on one line.
fn one_line(out: &mut Line, value: &Value) {
    struct Flat<'l>(&'l mut Line);
    impl Write for Flat<'_> {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            for (i, part) in text.split(['\n', '\r']).enumerate() {
                if i > 0 {
                    self.0.push(" ");
                }
                self.0.push(part);
            }
            Ok(())
        }
    }
    let _ = write!(Flat(out), "{value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(tag: Tag, bits: u64, bytes: &[u8], types: bool) -> String {
        let mut out = Line::new();
        recorded(&mut out, tag as u8, bits, bytes, types);
        out.as_str().to_owned()
    }

    #[test]
    fn the_short_way_prints_what_the_long_way_prints() {
        let cases: [(Tag, u64, &[u8]); 14] = [
            (Tag::U64, u64::MAX, b""),
            (Tag::Usize, 7, b""),
            (Tag::U32, 4_000_000_000, b""),
            (Tag::U16, 65535, b""),
            (Tag::U8, 255, b""),
            (Tag::I64, i64::MIN as u64, b""),
            (Tag::I32, -5_i64 as u64, b""),
            (Tag::I8, -5_i64 as u64, b""),
            (Tag::Bool, 1, b""),
            (Tag::Text, 3, b"abc"),
            (Tag::Text, 4, b"a\"\\\n"),
            (Tag::Text, 2, "é".as_bytes()),
            (Tag::Text, 0, b""),
            (Tag::F64, 1.5_f64.to_bits(), b""),
        ];
        for (tag, bits, bytes) in cases {
            let long = Value::decode(tag as u8, bits, bytes).to_string();
            assert_eq!(written(tag, bits, bytes, false), long);
            assert!(written(tag, bits, bytes, true).starts_with(&(long + ": ")));
        }
    }

    #[test]
    fn plain_is_what_debug_shows_as_it_is() {
        for byte in 0..=255_u8 {
            let shown = format!("{:?}", char::from(byte).to_string());
            let expected = byte < 128 && shown.len() == 3;
            for place in 0..8 {
                let mut word = padding(0).to_le_bytes();
                word[place] = byte;
                assert_eq!(
                    is_plain(u64::from_le_bytes(word)),
                    expected,
                    "{byte} at {place}"
                );
            }
        }
    }

    #[test]
    fn a_long_text_is_cut_and_counted() {
        let text = "x".repeat(200);
        let expected = format!("\"{}\"... (200 bytes)", "x".repeat(80));
        assert_eq!(written(Tag::Text, 200, text.as_bytes(), false), expected);
    }
}
