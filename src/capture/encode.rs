//! Copying a value into a few bytes: the bounded writer that types write to.
//!
//! What the bytes say is in [`op`].

mod fields;

pub use fields::Fields;

use core::fmt;

use super::beginning::{Beginning, beginning};
use super::inspect::Inspect;
use super::kind::{self, Tag};
use super::limits::Limits;
use super::op::{self, Bounds};
use super::secret::is_secret;
use super::types::{self, TypeIndex};

/// The most bytes that are recorded of one value.
pub(crate) const VALUE_BYTES: usize = Limits::DEFAULT.value_bytes;

/// Longest name of a struct or field that is kept.
const NAME: usize = 64;
/// Longest beginning that is kept of a string inside a container: one long item must not take the
/// room of all others.
const INNER_TEXT: usize = 96;
const _: () = assert!(INNER_TEXT < 128, "a length of `put_short` is one byte");

/// The bounded writer that a value copies itself into.
///
/// Nothing here fails: what does not fit is left out and counted. Each method but
/// [`list`](Encoder::list) and its like costs a bounded copy; none allocates or locks.
///
/// ```
/// use stacklens::{Encoder, Inspect};
///
/// struct Path(Vec<(f64, f64)>);
///
/// impl Inspect for Path {
///     fn inspect(&self, encoder: &mut Encoder<'_>) {
///         encoder.list(self.0.len(), self.0.iter());
///     }
/// }
/// ```
pub struct Encoder<'a> {
    out: &'a mut [u8],
    len: usize,
    /// Where the room ends: at the end of `out`, or here once something did not fit.
    limit: usize,
    items: usize,
    /// Levels that may still be opened.
    nesting: usize,
    /// Levels that are open.
    depth: usize,
    /// Something did not fit.
    full: bool,
}

/// A state of an [`Encoder`].
#[derive(Clone, Copy)]
pub(super) struct Mark {
    len: usize,
    limit: usize,
    depth: usize,
    full: bool,
}

impl<'a> Encoder<'a> {
    /// Writes into `out` within the default limits.
    #[inline]
    pub(crate) fn new(out: &'a mut [u8]) -> Encoder<'a> {
        let limit = out.len();
        Encoder {
            out,
            len: 0,
            limit,
            items: Limits::DEFAULT.items,
            nesting: Limits::DEFAULT.nesting,
            depth: 0,
            full: false,
        }
    }

    /// Writes into `out` within `limits`.
    pub(crate) fn with_limits(out: &'a mut [u8], limits: &Limits) -> Encoder<'a> {
        let limit = out.len().min(limits.value_bytes);
        Encoder {
            limit,
            items: limits.items,
            nesting: limits.nesting,
            ..Encoder::new(out)
        }
    }

    /// What was written.
    #[inline]
    pub(crate) fn written(&self) -> &[u8] {
        &self.out[..self.len]
    }

    fn room(&self) -> usize {
        self.limit - self.len
    }

    /// The state to come back to if what is written next must not stay.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            len: self.len,
            limit: self.limit,
            depth: self.depth,
            full: self.full,
        }
    }

    pub(super) fn reset(&mut self, mark: Mark) {
        self.len = mark.len;
        self.limit = mark.limit;
        self.depth = mark.depth;
        self.full = mark.full;
    }

    /// Back to the nesting of `mark`, should something in between have been left open (a forgotten
    /// [`Fields`]).
    pub(super) fn level(&mut self, mark: Mark) {
        while self.depth > mark.depth {
            self.close();
        }
    }

    /// Nothing more is written from here on, so that what is there stays a beginning of the whole.
    fn stop(&mut self) {
        self.full = true;
        self.limit = self.len;
    }

    fn put_byte(&mut self, byte: u8) {
        if self.len >= self.limit {
            return self.stop();
        }
        self.out[self.len] = byte;
        self.len += 1;
    }

    /// All of `bytes` or nothing.
    fn put(&mut self, bytes: &[u8]) {
        if bytes.len() > self.limit - self.len {
            return self.stop();
        }
        let end = self.len + bytes.len();
        self.out[self.len..end].copy_from_slice(bytes);
        self.len = end;
    }

    fn put_number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.put_byte(number as u8 | 0x80);
            number >>= 7;
        }
        self.put_byte(number as u8);
    }

    fn put_name(&mut self, name: &str) {
        let name = beginning(name, NAME);
        self.put_byte(name.len() as u8);
        self.put(name.as_bytes());
    }

    /// Undoes a node of which only a part fitted: the reader then counts it among what was cut.
    fn rewind_if_full(&mut self, to: usize) {
        if self.full {
            self.len = to;
            self.limit = to;
        }
    }

    /// The length of the beginning of `text` that is kept after a node's head, which is at most 11
    /// bytes.
    fn keep(&self, len: usize) -> usize {
        let room = self.room().saturating_sub(11).min(usize::from(u8::MAX));
        let most = if self.depth == 0 {
            room
        } else {
            room.min(INNER_TEXT)
        };
        len.min(most)
    }

    /// The usual string fits with room to spare. In an unoptimised build this takes a third of the
    /// steps of the general way, which writes the same bytes.
    fn put_short(&mut self, op: u8, bytes: &[u8]) -> bool {
        let (at, len) = (self.len, bytes.len());
        if len > INNER_TEXT || at + 3 + len > self.limit {
            return false;
        }
        self.out[at] = op;
        self.out[at + 1] = len as u8;
        self.out[at + 2] = len as u8;
        self.out[at + 3..at + 3 + len].copy_from_slice(bytes);
        self.len = at + 3 + len;
        true
    }

    fn put_bytes(&mut self, op: u8, bytes: &[u8], whole: usize) {
        // A few letters at the very end say less than counting the item among what was cut.
        if self.depth > 0 && bytes.len() < whole.min(8) {
            return self.stop();
        }
        let start = self.len;
        self.put_byte(op);
        self.put_number(whole as u64);
        self.put_byte(bytes.len() as u8);
        self.put(bytes);
        self.rewind_if_full(start);
    }

    pub(crate) fn scalar_node(&mut self, tag: Tag, bits: u64) {
        let start = self.len;
        self.put_byte(tag as u8);
        self.put(&bits.to_le_bytes()[..tag.width()]);
        self.rewind_if_full(start);
    }

    pub(crate) fn wide_node(&mut self, op: u8, bits: u128) {
        let start = self.len;
        self.put_byte(op);
        self.put(&bits.to_le_bytes());
        self.rewind_if_full(start);
    }

    pub(crate) fn byte_node(&mut self, op: u8) {
        self.put_byte(op);
    }

    pub(crate) fn duration_node(&mut self, seconds: u64, nanos: u32) {
        let start = self.len;
        self.put_byte(op::DURATION);
        self.put(&seconds.to_le_bytes());
        self.put(&nanos.to_le_bytes());
        self.rewind_if_full(start);
    }

    /// `op` and the one node that belongs to it: `Some(..)` and the like, which are no level of
    /// their own.
    pub(crate) fn wrapped<T: Inspect + ?Sized>(&mut self, op: u8, inner: &T) {
        self.put_byte(op);
        inner.inspect(self);
    }

    pub(crate) fn range<T: Inspect>(&mut self, bounds: Bounds, start: Option<&T>, end: Option<&T>) {
        self.put_byte(op::RANGE);
        self.put_byte(bounds as u8);
        if let Some(start) = start {
            start.inspect(self);
        }
        if let Some(end) = end {
            end.inspect(self);
        }
    }

    /// A list whose values are copied as they lie in memory.
    pub(crate) fn packed(&mut self, tag: Tag, len: usize, bytes: &[u8]) {
        let start = self.len;
        let room = self.room().saturating_sub(13);
        let bound = if self.depth < self.nesting {
            self.items
        } else {
            0
        };
        let kept = len.min(bound).min(room.min(255) / tag.width().max(1));
        self.put_byte(op::PACKED);
        self.put_byte(tag as u8);
        self.put_number(len as u64);
        self.put_byte(kept as u8);
        let bytes = &bytes[..kept * tag.width()];
        if cfg!(target_endian = "big") {
            for value in bytes.chunks_exact(tag.width().max(1)) {
                value.iter().rev().for_each(|byte| self.put_byte(*byte));
            }
        } else {
            self.put(bytes);
        }
        self.rewind_if_full(start);
    }

    /// Opens a level and says whether its content may be written.
    fn open(&mut self) -> bool {
        self.depth += 1;
        self.depth <= self.nesting && !self.full
    }

    fn close(&mut self) {
        // A hand-written impl can reach another level's end by swapping two encoders.
        self.depth = self.depth.saturating_sub(1);
        self.put_byte(op::END);
    }

    /// The core of all lists: `item` is asked for the items that are kept and no others.
    pub(crate) fn list_of(&mut self, len: usize, item: &mut dyn FnMut(usize, &mut Encoder<'_>)) {
        self.sequence(op::LIST, len, item);
    }

    pub(crate) fn sequence(
        &mut self,
        op: u8,
        len: usize,
        item: &mut dyn FnMut(usize, &mut Encoder<'_>),
    ) {
        let start = self.len;
        self.put_byte(op);
        self.put_number(len as u64);
        self.rewind_if_full(start);
        if self.open() {
            let kept = if op == op::TUPLE {
                len
            } else {
                len.min(self.items)
            };
            let mut index = 0;
            while index < kept && !self.full {
                item(index, self);
                index += 1;
            }
        }
        self.close();
    }

    /// A quoted string, shown as its `Debug`: `"a\n"`.
    pub fn text(&mut self, text: &str) {
        if self.put_short(op::STR, text.as_bytes()) {
            return;
        }
        let kept = beginning(text, self.keep(text.len()));
        self.put_bytes(op::STR, kept.as_bytes(), text.len());
    }

    /// A quoted string that may not be UTF-8; other bytes are shown as `\xFF`.
    pub fn byte_text(&mut self, bytes: &[u8]) {
        if self.put_short(op::BYTE_STR, bytes) {
            return;
        }
        let kept = self.keep(bytes.len());
        self.put_bytes(op::BYTE_STR, &bytes[..kept], bytes.len());
    }

    /// Text that is shown as it is, without quotes.
    pub fn verbatim(&mut self, text: &str) {
        let kept = beginning(text, self.keep(text.len()));
        self.put_bytes(op::VERBATIM, kept.as_bytes(), text.len());
    }

    /// What formatting `args` gives, shown as it is. The formatting is asked to stop when there is
    /// no more room, but whether it does is up to it: only for values with a short form.
    pub fn format(&mut self, args: fmt::Arguments<'_>) {
        if let Some(text) = args.as_str() {
            return self.verbatim(text);
        }
        let mut text = Beginning::default();
        match fmt::Write::write_fmt(&mut text, args) {
            Ok(()) => self.verbatim(text.as_str()),
            Err(_) => self.verbatim_beginning(text.as_str()),
        }
    }

    /// Text of which only the beginning is known.
    pub(super) fn verbatim_beginning(&mut self, text: &str) {
        let kept = beginning(text, self.keep(text.len()));
        self.put_bytes(op::VERBATIM, kept.as_bytes(), 0);
    }

    /// `<redacted>`
    pub fn redacted(&mut self) {
        self.put_byte(op::REDACTED);
    }

    /// `<omitted: why>`
    pub fn omitted(&mut self, why: &str) {
        let kept = beginning(why, self.keep(why.len()));
        self.put_bytes(op::OMITTED, kept.as_bytes(), why.len());
    }

    /// Only the type's name: `<opaque TcpStream>`.
    pub fn opaque<T: ?Sized>(&mut self) {
        self.opaque_type(types::intern(kind::type_id::<T>, core::any::type_name::<T>).index());
    }

    fn opaque_type(&mut self, index: TypeIndex) {
        let start = self.len;
        self.put_byte(op::OPAQUE);
        self.put(&index.to_bits().to_le_bytes());
        self.rewind_if_full(start);
    }

    /// A list of `len` items: `[1, 2, ... 998 more]`.
    ///
    /// `items` is not asked for more than are kept. It may be shorter than `len`; what is missing
    /// counts as cut.
    pub fn list<I: IntoIterator<Item: Inspect>>(&mut self, len: usize, items: I) {
        self.iterated(op::LIST, len, items);
    }

    /// A set of `len` items: `{1, 2, ... 998 more}`. As [`list`](Encoder::list).
    pub fn set<I: IntoIterator<Item: Inspect>>(&mut self, len: usize, items: I) {
        self.iterated(op::SET, len, items);
    }

    fn iterated<I: IntoIterator<Item: Inspect>>(&mut self, op: u8, len: usize, items: I) {
        let mut items = items.into_iter();
        self.sequence(op, len, &mut |_, encoder| {
            if let Some(item) = items.next() {
                item.inspect(encoder);
            }
        });
    }

    /// A map of `len` entries: `{"k": 1, ... 998 more}`. As [`list`](Encoder::list).
    ///
    /// Where a key is text that names a secret, the value is redacted: `{"password": <redacted>}`.
    pub fn map<K: Inspect, V: Inspect>(
        &mut self,
        len: usize,
        entries: impl IntoIterator<Item = (K, V)>,
    ) {
        let mut entries = entries.into_iter();
        self.sequence(op::MAP, len, &mut |_, encoder| {
            if let Some((key, value)) = entries.next() {
                let start = encoder.len;
                key.inspect(encoder);
                if encoder.names_secret(start) {
                    encoder.redacted();
                } else {
                    value.inspect(encoder);
                }
            }
        });
    }

    /// Whether the node at `start` is text that names a secret.
    fn names_secret(&self, start: usize) -> bool {
        // Names are short: the whole length, the kept length and the text have one form.
        let [op::STR, whole @ ..=127, kept, name @ ..] = &self.out[start..self.len] else {
            return false;
        };
        whole == kept && core::str::from_utf8(name).is_ok_and(is_secret)
    }
}

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("written", &self.len)
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}

/// A value and its encoding, for the tests of this folder.
#[cfg(test)]
pub(super) fn encoded<T: Inspect + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = [0; VALUE_BYTES];
    let mut encoder = Encoder::new(&mut out);
    value.inspect(&mut encoder);
    encoder.written().to_vec()
}
