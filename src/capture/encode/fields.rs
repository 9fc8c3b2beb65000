//! Structs: begun and ended here for the derive, and chained for impls written by hand.

use super::Encoder;
use crate::capture::inspect::Inspect;
use crate::capture::op;
use crate::capture::secret::is_added;

impl<'a> Encoder<'a> {
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
