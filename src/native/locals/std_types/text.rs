//! Text that is owned.

use super::known;
use super::sequences::vec_items;
use crate::capture::Value;
use crate::native::locals::bytes::View;
use crate::native::locals::fat::Metadata;
use crate::native::locals::reader::ValueReader;
use crate::native::locals::types::{Shape, Type};

pub(super) fn string(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (bytes, view) = reader.part(kind, view, &["vec"])?;
    of_vec(reader, &bytes, view, true)
}

/// `OsString` and `PathBuf`: of structs of one field, the innermost is a `Vec`.
pub(super) fn os_string(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (inner, view) = reader.part(kind, view, &["inner"])?;
    if inner.base_name() == "Vec" {
        of_vec(reader, &inner, view, false)
    } else {
        os_string(reader, &inner, view)
    }
}

/// A box of bytes, the last of them NUL.
pub(super) fn c_string(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (boxed, view) = reader.part(kind, view, &["inner"])?;
    let Shape::Struct(fields) = &boxed.shape else {
        return None;
    };
    let (_, words) = reader.fat(fields, view)?;
    match known!(words) {
        (address, Metadata::Length(len)) => {
            Some(reader.text(address, len.saturating_sub(1), false))
        }
        _ => None,
    }
}

fn of_vec(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
    checked: bool,
) -> Option<Value> {
    let (_, items) = vec_items(reader, kind, view)?;
    Some(match known!(items) {
        Some((address, len)) => reader.text(address, len, checked),
        None => reader.invalid(kind),
    })
}
