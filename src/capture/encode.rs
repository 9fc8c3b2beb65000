//! Copying a value into a few bytes: the trait that types implement, and the bounded writer they
//! write to.
//!
//! The bytes are a sequence of nodes: one of the [`op`] codes, then what it says. A container's
//! node carries its whole length, is followed by the nodes of the items that were kept, and ends
//! with [`op::END`]. Where the bytes stop, everything open ends too. The reader is
//! [`decode`](super::decode).

use core::fmt;

use super::kind::{self, Tag};
use super::limits::Limits;
use super::secret::{is_added, is_secret};
use super::types::{self, TypeIndex};

/// The first byte of a node. Numbers below 32 are scalar [`Tag`]s, followed by the value in
/// little-endian order.
pub(super) mod op {
    pub(crate) const END: u8 = 32;
    pub(crate) const I128: u8 = 33;
    pub(crate) const U128: u8 = 34;
    /// Text that is shown quoted: whole length, kept length, bytes.
    pub(crate) const STR: u8 = 35;
    /// Like [`STR`], of an operating system's string or of a C string: not all of it needs to be
    /// UTF-8.
    pub(crate) const BYTE_STR: u8 = 36;
    /// Text that is shown as it is: whole length (0: unknown), kept length, bytes.
    pub(crate) const VERBATIM: u8 = 37;
    pub(crate) const NONE: u8 = 38;
    /// One node follows these three.
    pub(crate) const SOME: u8 = 39;
    pub(crate) const OK: u8 = 40;
    pub(crate) const ERR: u8 = 41;
    /// Whole length, nodes, [`END`].
    pub(crate) const LIST: u8 = 42;
    pub(crate) const SET: u8 = 43;
    pub(crate) const TUPLE: u8 = 44;
    /// As a list of keys and values in turn; the length counts pairs.
    pub(crate) const MAP: u8 = 45;
    /// Name, number of fields, (name, node) for each, [`END`].
    pub(crate) const STRUCT: u8 = 46;
    /// Name, number of fields, nodes, [`END`].
    pub(crate) const TUPLE_STRUCT: u8 = 47;
    /// Scalar tag, whole length, kept length, values.
    pub(crate) const PACKED: u8 = 48;
    /// Stands for fields that were left out on purpose.
    pub(crate) const SKIPPED: u8 = 49;
    pub(crate) const REDACTED: u8 = 50;
    /// Reason as in [`VERBATIM`].
    pub(crate) const OMITTED: u8 = 51;
    /// Bits of a type index.
    pub(crate) const OPAQUE: u8 = 52;
    /// Seconds, nanoseconds.
    pub(crate) const DURATION: u8 = 53;
    /// One of the [`super::Bounds`], then one node for each bound that it has.
    pub(crate) const RANGE: u8 = 54;
    /// Before the name of a field in a [`STRUCT`].
    pub(crate) const FIELD: u8 = 55;
}

/// Which ends a range has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Bounds {
    Full = 0,
    From = 1,
    To = 2,
    ToInclusive = 3,
    Both = 4,
    Inclusive = 5,
}

/// The most bytes that are recorded of one value.
pub(crate) const VALUE_BYTES: usize = Limits::DEFAULT.value_bytes;

/// Longest name of a struct or field that is kept.
const NAME: usize = 64;
/// Longest beginning that is kept of a string inside a container: one long item must not take the
/// room of all others.
const INNER_TEXT: usize = 96;
const _: () = assert!(INNER_TEXT < 128, "a length of `put_short` is one byte");

/// A value that can be shown in a frame's locals: it copies what matters of itself, bounded in work
/// and in size.
///
/// Derive it: `#[derive(stacklens::Inspect)]` copies the fields, leaves out those marked
/// `#[inspect(skip)]` and hides those marked `#[inspect(redact)]` or named like a secret
/// (`password`, `api_key`; `#[inspect(show)]` shows such a one all the same). `#[inspect(opaque)]`
/// shows only the type of a field.
///
/// ```
/// # struct Connection;
/// #[derive(stacklens::Inspect)]
/// struct Login {
///     user: String,
///     password: String,
///     #[inspect(skip)]
///     connection: Connection,
/// }
///
/// # let login = Login { user: "ann".into(), password: "x".into(), connection: Connection };
/// let shown = stacklens::Value::of(&login).to_string();
/// assert_eq!(shown, r#"Login { user: "ann", password: <redacted>, .. }"#);
/// ```
///
/// By hand, for a type that has a better short form than its fields:
///
/// ```
/// use stacklens::{Encoder, Inspect};
///
/// struct Celsius(f64);
///
/// impl Inspect for Celsius {
///     fn inspect(&self, encoder: &mut Encoder<'_>) {
///         encoder.tuple_struct("Celsius", 1).item(&self.0).finish();
///     }
/// }
///
/// assert_eq!(stacklens::Value::of(&Celsius(21.5)).to_string(), "Celsius(21.5)");
/// ```
///
/// An argument whose written type implements `Inspect` is shown through it. A variable whose type
/// is inferred is known to the library by the identity of its type alone; there, types of std and
/// derived types are shown, while a type with an impl written by hand is shown by name.
///
/// # Panics
/// An `inspect` that panics is caught, and the value reads `<omitted: its inspect panicked>`.
///
/// # Cost
/// It runs on the way into a function and after a `let`: do not lock, allocate or compute in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `stacklens::Inspect`",
    label = "cannot be copied into a frame's record",
    note = "derive it: `#[derive(stacklens::Inspect)]`",
    note = "a field can be left out by `#[inspect(skip)]`, or shown by its type by `#[inspect(opaque)]`"
)]
pub trait Inspect {
    /// Writes this value as one node: one call of one of the encoder's methods.
    fn inspect(&self, encoder: &mut Encoder<'_>);

    /// Writes a slice of these values as one list. Scalars copy it as it is.
    #[doc(hidden)]
    fn __inspect_slice(items: &[Self], encoder: &mut Encoder<'_>)
    where
        Self: Sized,
    {
        encoder.list_of(items.len(), &mut |index, encoder| {
            items[index].inspect(encoder)
        });
    }

    /// Whether this impl does the same for all lifetimes in the type. Only the derive and the impls
    /// of this crate answer yes: it makes values readable of which the lifetimes are unknown.
    #[doc(hidden)]
    fn __uniform(_: &mut Fuel) -> Uniform {
        Uniform::NO
    }
}

/// Whether an [`Inspect`] impl is one and the same for all lifetimes in its type.
///
/// Types are recognised by an identity that knows no lifetimes. An impl for `Borrowed<'static>`
/// alone could keep what it reads, so it must never see a `Borrowed<'a>`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Uniform(bool);

impl Uniform {
    pub(crate) const NO: Uniform = Uniform(false);
    pub(crate) const YES: Uniform = Uniform(true);

    /// Whether all of `parts` are uniform.
    pub(crate) fn all(parts: &[fn(&mut Fuel) -> Uniform], fuel: &mut Fuel) -> Uniform {
        for part in parts {
            let Some(left) = fuel.0.checked_sub(1) else {
                return Uniform::NO;
            };
            fuel.0 = left;
            if !part(fuel).0 {
                return Uniform::NO;
            }
        }
        Uniform::YES
    }

    pub(crate) const fn holds(self) -> bool {
        self.0
    }
}

/// How many types may still be asked whether they are uniform: a type that contains itself ends
/// here.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fuel(u32);

impl Fuel {
    pub(crate) const fn new() -> Fuel {
        Fuel(64)
    }
}

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

    /// A struct, or an enum's variant, of `fields` named fields: `Point { x: 1, y: 2 }`.
    pub fn structure(&mut self, name: &str, fields: usize) -> Fields<'_, 'a> {
        self.open_struct(op::STRUCT, name, fields);
        Fields { encoder: self }
    }

    /// A struct, or an enum's variant, of `fields` unnamed fields: `Celsius(21.5)`.
    pub fn tuple_struct(&mut self, name: &str, fields: usize) -> Fields<'_, 'a> {
        self.open_struct(op::TUPLE_STRUCT, name, fields);
        Fields { encoder: self }
    }

    /// The next field of the open struct; without its value if the program says that the name is a
    /// secret's.
    pub(crate) fn named_field(&mut self, name: &str, value: &(impl Inspect + ?Sized)) {
        match self.open_field(name) {
            true if is_added(name) => self.redacted(),
            true => value.inspect(self),
            false => {}
        }
    }

    pub(crate) fn open_struct(&mut self, op: u8, name: &str, fields: usize) {
        let start = self.len;
        self.put_byte(op);
        self.put_name(name);
        self.put_number(fields as u64);
        self.rewind_if_full(start);
        self.open();
    }

    /// Begins a named field, and says whether its value is to be written.
    pub(crate) fn open_field(&mut self, name: &str) -> bool {
        if self.depth > self.nesting || self.full {
            return false;
        }
        let start = self.len;
        self.put_byte(op::FIELD);
        self.put_name(name);
        self.rewind_if_full(start);
        !self.full
    }

    /// Begins an unnamed field, and says whether its value is to be written.
    pub(crate) fn open_item(&mut self) -> bool {
        self.depth <= self.nesting && !self.full
    }

    pub(crate) fn skip_field(&mut self) {
        if self.open_item() {
            self.put_byte(op::SKIPPED);
        }
    }

    pub(crate) fn close_struct(&mut self) {
        self.close();
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

/// The fields of a struct that is being written. Ends with [`finish`](Fields::finish), or when it
/// is dropped.
#[derive(Debug)]
pub struct Fields<'e, 'a> {
    encoder: &'e mut Encoder<'a>,
}

impl Fields<'_, '_> {
    /// The next named field.
    pub fn field(self, name: &str, value: &(impl Inspect + ?Sized)) -> Self {
        self.encoder.named_field(name, value);
        self
    }

    /// The next unnamed field.
    pub fn item(self, value: &(impl Inspect + ?Sized)) -> Self {
        if self.encoder.open_item() {
            value.inspect(self.encoder);
        }
        self
    }

    /// A named field whose value must not be seen: `password: <redacted>`.
    pub fn redacted(self, name: &str) -> Self {
        if self.encoder.open_field(name) {
            self.encoder.redacted();
        }
        self
    }

    /// Says that there is a field that is not shown: `..`.
    pub fn skip(self) -> Self {
        self.encoder.skip_field();
        self
    }

    /// Ends the struct.
    pub fn finish(self) {}
}

impl Drop for Fields<'_, '_> {
    fn drop(&mut self) {
        self.encoder.close_struct();
    }
}

/// The longest beginning of `text` of at most `most` bytes that is text itself.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let mut end = most;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Keeps the beginning of what is formatted, and asks the formatting to stop where there is no more
/// room.
pub(super) struct Beginning {
    bytes: [u8; VALUE_BYTES],
    len: usize,
}

impl Default for Beginning {
    fn default() -> Beginning {
        Beginning {
            bytes: [0; VALUE_BYTES],
            len: 0,
        }
    }
}

impl Beginning {
    pub(super) fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let kept = beginning(text, self.bytes.len() - self.len);
        self.bytes[self.len..self.len + kept.len()].copy_from_slice(kept.as_bytes());
        self.len += kept.len();
        if kept.len() == text.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
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
