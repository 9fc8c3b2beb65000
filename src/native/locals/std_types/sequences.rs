//! `Vec` and what is made of it.

use super::known;
use crate::capture::Value;
use crate::native::locals::bytes::View;
use crate::native::locals::location::Gap;
use crate::native::locals::reader::ValueReader;
use crate::native::locals::types::{Shape, Type};
use std::sync::Arc;

/// The buffer of a `Vec` or `VecDeque`.
pub(super) struct Buffer {
    pub(super) address: u64,
    pub(super) capacity: u64,
}

/// The buffer in the field `buf`; what it should hold are items of `size` bytes. `Err(None)`: no buffer looks like this.
pub(super) fn buffer(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
    size: u64,
) -> Option<Result<Buffer, Option<Gap>>> {
    let address = reader.number(kind, view, &["buf", "inner", "ptr"])?;
    let capacity = reader.number(kind, view, &["buf", "inner", "cap"])?;
    let (address, capacity) = match (address, capacity) {
        (Ok(address), Ok(capacity)) => (address, capacity),
        (Err(gap), _) | (_, Err(gap)) => return Some(Err(Some(gap))),
    };
    let bytes = capacity.checked_mul(size);
    let is_valid = address != 0 && bytes.is_some_and(|bytes| bytes <= isize::MAX as u64);
    Some(match is_valid {
        true => Ok(Buffer {
            address,
            // Any number of values fit that need no room.
            capacity: if size == 0 { u64::MAX } else { capacity },
        }),
        false => Err(None),
    })
}

/// The type of the items: the parameter `T`.
pub(super) fn parameter(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    name: &str,
) -> Option<Arc<Type>> {
    let Shape::Struct(fields) = &kind.shape else {
        return None;
    };
    reader.types.get(fields.parameter(name)?)
}

/// Address and length of a `Vec`'s items; `None` in the second place if no `Vec` looks like this.
#[expect(clippy::type_complexity, reason = "taken apart where it is asked for")]
pub(super) fn vec_items(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<(Arc<Type>, Result<Option<(u64, u64)>, Gap>)> {
    let item = parameter(reader, kind, "T")?;
    let size = reader.types.size(&item);
    let buffer = buffer(reader, kind, view, size)?;
    let len = reader.number(kind, view, &["len"])?;
    let items = match (buffer, len) {
        (Err(Some(gap)), _) | (_, Err(gap)) => Err(gap),
        (Ok(buffer), Ok(len)) if len <= buffer.capacity => Ok(Some((buffer.address, len))),
        _ => Ok(None),
    };
    Some((item, items))
}

pub(super) fn vec(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (item, items) = vec_items(reader, kind, view)?;
    Some(match known!(items) {
        Some((address, len)) => reader.items(&item, address, len),
        None => reader.invalid(kind),
    })
}

pub(super) fn binary_heap(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (inner, view) = reader.part(kind, view, &["data"])?;
    vec(reader, &inner, view)
}

pub(super) fn vec_deque(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let item = parameter(reader, kind, "T")?;
    let size = reader.types.size(&item);
    let buffer = match buffer(reader, kind, view, size)? {
        Ok(buffer) => buffer,
        Err(Some(gap)) => known!(Err(gap)),
        Err(None) => return Some(reader.invalid(kind)),
    };
    let head = known!(reader.number(kind, view, &["head"])?);
    let len = known!(reader.number(kind, view, &["len"])?);
    if len > buffer.capacity || head > buffer.capacity || len > isize::MAX as u64 {
        return Some(reader.invalid(kind));
    }
    let whole = len as usize;
    let items = reader.nested(whole, |reader, shown| {
        // From the head to the end of the buffer, then from its beginning.
        let before_end = usize::try_from(buffer.capacity - head).unwrap_or(usize::MAX);
        let first = shown.min(before_end);
        let start = buffer.address.wrapping_add(head.wrapping_mul(size));
        let mut items = reader.run(&item, size, start, first);
        items.extend(reader.run(&item, size, buffer.address, shown - first));
        items
    });
    Some(Value::list(items, whole))
}

/// What a `for` over a slice has left: `Iter([..])`.
pub(super) fn iter(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let end = reader.number(kind, view, &["end_or_len"])?;
    if let Some(Ok(start)) = reader.number(kind, view, &["ptr"]) {
        reader.borrows(start);
    }
    remaining(reader, kind, view, end)
}

/// What a `for` over a `Vec` has left: `IntoIter([..])`.
pub(super) fn into_iter(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    reader.part(kind, view, &["buf"])?;
    let end = reader.number(kind, view, &["end"])?;
    remaining(reader, kind, view, end)
}

fn remaining(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
    end: Result<u64, Gap>,
) -> Option<Value> {
    let item = parameter(reader, kind, "T")?;
    let size = reader.types.size(&item);
    let start = known!(reader.number(kind, view, &["ptr"])?);
    let end = known!(end);
    // Of items without a size: how many there are, in a pointer's place.
    let len = match size {
        0 => None,
        size => end
            .checked_sub(start)
            .filter(|bytes| bytes.is_multiple_of(size)),
    }?
    .checked_div(size)?;
    let items = reader.items(&item, start, len);
    let fields = vec![("".into(), items)];
    Some(Value::structure(kind.base_name(), false, fields, 1, false))
}
