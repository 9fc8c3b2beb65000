//! What `#[derive(Inspect)]` calls: functions that a path reaches, so that the derive's output has
//! no method call.

use super::encode::Encoder;
use super::inspect::Inspect;
pub use super::inspect::{Fuel, Uniform};
use super::op;

/// Opens a struct or variant with named fields.
pub fn inspect_struct(encoder: &mut Encoder<'_>, name: &str, fields: usize) {
    encoder.open_struct(op::STRUCT, name, fields);
}

/// Opens a struct or variant with unnamed fields.
pub fn inspect_tuple(encoder: &mut Encoder<'_>, name: &str, fields: usize) {
    encoder.open_struct(op::TUPLE_STRUCT, name, fields);
}

/// A struct or variant without fields.
pub fn inspect_unit(encoder: &mut Encoder<'_>, name: &str) {
    encoder.open_struct(op::TUPLE_STRUCT, name, 0);
    encoder.close_struct();
}

/// The next named field of the open struct.
pub fn inspect_field<T: Inspect + ?Sized>(encoder: &mut Encoder<'_>, name: &str, value: &T) {
    encoder.named_field(name, value);
}

/// The next unnamed field of the open struct.
pub fn inspect_item<T: Inspect + ?Sized>(encoder: &mut Encoder<'_>, value: &T) {
    if encoder.open_item() {
        value.inspect(encoder);
    }
}

/// A named field whose value must not be seen.
pub fn inspect_redacted_field(encoder: &mut Encoder<'_>, name: &str) {
    if encoder.open_field(name) {
        encoder.redacted();
    }
}

/// An unnamed field whose value must not be seen.
pub fn inspect_redacted_item(encoder: &mut Encoder<'_>) {
    if encoder.open_item() {
        encoder.redacted();
    }
}

/// A named field of which only the type is shown.
pub fn inspect_opaque_field<T: ?Sized>(encoder: &mut Encoder<'_>, name: &str, _: &T) {
    if encoder.open_field(name) {
        encoder.opaque::<T>();
    }
}

/// An unnamed field of which only the type is shown.
pub fn inspect_opaque_item<T: ?Sized>(encoder: &mut Encoder<'_>, _: &T) {
    if encoder.open_item() {
        encoder.opaque::<T>();
    }
}

/// Says that the open struct has fields that are not shown.
pub fn inspect_skipped(encoder: &mut Encoder<'_>) {
    encoder.skip_field();
}

/// Ends the open struct.
pub fn inspect_end(encoder: &mut Encoder<'_>) {
    encoder.close_struct();
}

/// Whether all types that a derived impl depends on are uniform.
pub fn uniform(fuel: &mut Fuel, parts: &[fn(&mut Fuel) -> Uniform]) -> Uniform {
    Uniform::all(parts, fuel)
}
