//! Pointers that are structs: counted ones, pinned ones, borrowed or owned ones.

use super::known;
use crate::capture::Value;
use crate::native::locals::bytes::View;
use crate::native::locals::fat::{Fat, Metadata, first_parameter};
use crate::native::locals::reader::ValueReader;
use crate::native::locals::types::{Shape, Type};

/// `Rc` and `Arc`: to a struct of two counters and the value.
pub(super) fn counted(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (pointer, pointer_view) = reader.part(kind, view, &["ptr", "pointer"])?;
    if let Shape::Pointer(Some(target)) = &pointer.shape {
        let address = known!(pointer_view.unsigned(8)) as u64;
        let around = reader.types.get(target)?;
        let (value, offset) = counted_value(&around)?;
        return Some(match address.checked_add(offset) {
            Some(at) if address != 0 => reader.follow(&value, at),
            _ => reader.invalid(kind),
        });
    }
    let Shape::Struct(fields) = &pointer.shape else {
        return None;
    };
    let (target, words) = reader.fat(fields, pointer_view)?;
    let (address, metadata) = known!(words);
    let around = reader.types.get(&target)?;
    let (value, offset) = counted_value(&around)?;
    let pointee = first_parameter(&kind.name[kind.base_name().len()..])?;
    let offset = match metadata {
        Metadata::Length(_) => offset,
        // Behind the counters, as far as the value's alignment wants.
        Metadata::Vtable(vtable) => match reader.layout(vtable) {
            Some((_, align)) => 16_u64.checked_next_multiple_of(align)?,
            None => return Some(reader.invalid(kind)),
        },
    };
    let address = match address.checked_add(offset) {
        Some(at) if address != 0 => at,
        _ => return Some(reader.invalid(kind)),
    };
    Some(reader.unsized_value(
        pointee,
        Fat {
            address,
            metadata,
            target: &value,
        },
    ))
}

/// The value beside the counters: its type and where it is.
fn counted_value(around: &Type) -> Option<(crate::native::locals::source::Entry, u64)> {
    let Shape::Struct(fields) = &around.shape else {
        return None;
    };
    let member = fields.get("value").or_else(|| fields.get("data"))?;
    fields.get("strong")?;
    Some((member.entry.clone(), member.offset))
}

pub(super) fn weak(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (_, view) = reader.part(kind, view, &["ptr", "pointer"])?;
    known!(view.get(8));
    Some(Value::verbatim("(Weak)"))
}

pub(super) fn pin(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (pointer, view) = reader
        .part(kind, view, &["pointer"])
        .or_else(|| reader.part(kind, view, &["__pointer"]))?;
    Some(reader.value(&pointer, view))
}

/// `NonNull` and `Unique` print an address.
pub(super) fn non_null(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (pointer, view) = reader.part(kind, view, &["pointer"])?;
    if pointer.base_name() == "NonNull" {
        return non_null(reader, &pointer, view);
    }
    matches!(pointer.shape, Shape::Pointer(_) | Shape::Struct(_))
        .then(|| reader.value(&pointer, view))
}

/// `Cow` prints what it holds.
pub(super) fn cow(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    reader.content(kind, view, &["Borrowed", "Owned"])
}

/// What this library puts around the body of an annotated async function.
pub(super) fn framed(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    reader.part(kind, view, &["suspended"])?;
    let (body, view) = reader.part(kind, view, &["body"])?;
    Some(reader.value(&body, view))
}
