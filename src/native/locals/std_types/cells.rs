//! Cells, locks and atomics.

use super::known;
use crate::capture::Value;
use crate::native::locals::bytes::View;
use crate::native::locals::memory::{Memory, Process};
use crate::native::locals::reader::{Part, ValueReader};
use crate::native::locals::types::{Shape, Type};
use std::sync::Once;

/// The state of a `Once` that is done, as this program's std has it.
fn once_done() -> Option<u64> {
    if size_of::<Once>() != 4 {
        return None;
    }
    let once = Once::new();
    once.call_once(|| {});
    let mut state = [0; 4];
    let is_read = Process.read((&raw const once).addr() as u64, &mut state);
    is_read.then(|| u64::from(u32::from_le_bytes(state)) & ONCE_STATE)
}

/// The bits of a `Once`'s word that are its state; another says that threads wait.
const ONCE_STATE: u64 = 3;

/// What is inside of an `UnsafeCell` in the field of this name.
fn inside<'v>(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'v>,
    field: &str,
) -> Option<Part<'v>> {
    reader.part(kind, view, &[field, "value"])
}

fn named(name: &str, fields: Vec<(&str, Value)>, skipped: bool) -> Value {
    let whole = fields.len();
    let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
    Value::structure(name, true, fields.collect(), whole, skipped)
}

fn wrapped(name: &str, inner: Value) -> Value {
    Value::structure(name, false, vec![("".into(), inner)], 1, false)
}

pub(super) fn cell(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (inner, view) = inside(reader, kind, view, "value")?;
    Some(named(
        "Cell",
        vec![("value", reader.value(&inner, view))],
        false,
    ))
}

pub(super) fn unsafe_cell(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    reader.part(kind, view, &["value"])?;
    Some(named("UnsafeCell", vec![], true))
}

pub(super) fn ref_cell(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (inner, inner_view) = inside(reader, kind, view, "value")?;
    let borrows = known!(reader.number(kind, view, &["borrow", "value"])?) as i64;
    let value = if borrows < 0 {
        Value::verbatim("<borrowed>")
    } else {
        reader.value(&inner, inner_view)
    };
    Some(named("RefCell", vec![("value", value)], false))
}

pub(super) fn lock(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (inner, inner_view) = inside(reader, kind, view, "data")?;
    let poisoned = known!(reader.number(kind, view, &["poison", "failed"])?);
    // 0 is nobody's in each implementation; readers of a lock do not keep others from reading.
    let state = match reader.number(kind, view, &["inner", "futex"]) {
        Some(state) => Some(state),
        None => reader.number(kind, view, &["inner", "state"]),
    };
    let is_mutex = kind.base_name() == "Mutex";
    let held = match state {
        Some(Ok(state)) if is_mutex => state != 0,
        // All bits but the two highest count readers; all of them set: a writer.
        Some(Ok(state)) => state & 0x3fff_ffff == 0x3fff_ffff,
        _ => false,
    };
    let data = if held {
        Value::verbatim("<locked>")
    } else {
        reader.value(&inner, inner_view)
    };
    let fields = vec![("data", data), ("poisoned", Value::bool(poisoned != 0))];
    Some(named(kind.base_name(), fields, true))
}

/// `Ref` and `RefMut` print what they refer to.
pub(super) fn borrow(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (pointer, view) = reader.part(kind, view, &["value", "pointer"])?;
    let Shape::Pointer(Some(target)) = &pointer.shape else {
        return None;
    };
    let address = known!(view.unsigned(8)) as u64;
    reader.borrows(address);
    Some(reader.follow(target, address))
}

/// Guards of locks print what is locked.
pub(super) fn guard(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    if let Some((pointer, view)) = reader.part(kind, view, &["data", "pointer"]) {
        let Shape::Pointer(Some(target)) = &pointer.shape else {
            return None;
        };
        let address = known!(view.unsigned(8)) as u64;
        reader.borrows(address);
        return Some(reader.follow(target, address));
    }
    let (pointer, view) = reader.part(kind, view, &["lock"])?;
    let Shape::Pointer(Some(target)) = &pointer.shape else {
        return None;
    };
    let lock = reader.types.get(target)?;
    let Shape::Struct(fields) = &lock.shape else {
        return None;
    };
    let data = fields.get("data")?;
    let cell = reader.types.get(&data.entry)?;
    let Shape::Struct(fields) = &cell.shape else {
        return None;
    };
    let value = fields.get("value")?;
    let address = known!(view.unsigned(8)) as u64;
    let at = address
        .checked_add(data.offset)?
        .checked_add(value.offset)?;
    reader.borrows(at);
    Some(reader.follow(&value.entry, at))
}

pub(super) fn once_cell(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (option, view) = inside(reader, kind, view, "inner")?;
    let value = reader.value(&option, view);
    let inner = match (value.name(), value.inner()) {
        (Some("None"), None) => Value::verbatim("<uninit>"),
        (_, Some(inner)) => inner.clone(),
        _ => value,
    };
    Some(wrapped("OnceCell", inner))
}

pub(super) fn once_lock(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (maybe, maybe_view) = inside(reader, kind, view, "value")?;
    let state = once_state(reader, kind, view)?;
    let inner = if known!(state) == once_done()? {
        let (value, view) = reader.part(&maybe, maybe_view, &["value"])?;
        reader.unwrapped(&value, view)
    } else {
        Value::verbatim("<uninit>")
    };
    Some(wrapped("OnceLock", inner))
}

/// The state of the `Once` in the field `once`, without the bit that says that others wait.
fn once_state(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Result<u64, crate::native::locals::location::Gap>> {
    let state = reader.number(kind, view, &["once", "inner", "state_and_queued"])?;
    Some(state.map(|state| state & ONCE_STATE))
}

pub(super) fn lazy_lock(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (data, data_view) = inside(reader, kind, view, "data")?;
    let state = once_state(reader, kind, view)?;
    let inner = if known!(state) == once_done()? {
        let (value, view) = reader.part(&data, data_view, &["value"])?;
        reader.unwrapped(&value, view)
    } else {
        Value::verbatim("<uninit>")
    };
    Some(wrapped("LazyLock", inner))
}

pub(super) fn lazy_cell(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (state, view) = inside(reader, kind, view, "state")?;
    let (name, inner) = reader.variant_content(&state, view)?;
    let inner = match (name, inner) {
        ("Init", Some(inner)) => inner,
        _ => Value::verbatim("<uninit>"),
    };
    Some(wrapped("LazyCell", inner))
}

pub(super) fn wrapping(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (inner, view) = reader.part(kind, view, &["__0"])?;
    Some(reader.value(&inner, view))
}

/// A number in a struct that no user sees.
pub(super) fn non_zero(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let (inner, inner_view) = reader.part(kind, view, &["__0"])?;
    if let Some(Ok(0)) = reader.number(&inner, inner_view, &[]) {
        return Some(reader.invalid(kind));
    }
    let Shape::Struct(fields) = &inner.shape else {
        return Some(reader.value(&inner, inner_view));
    };
    let (offset, number) = reader.only_field(fields)?;
    Some(reader.value(&number, inner_view.skip(offset)))
}

pub(super) fn atomic(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    let field = if kind.base_name() == "AtomicPtr" {
        "p"
    } else {
        "v"
    };
    let (inner, view) = reader.part(kind, view, &[field, "value"])?;
    Some(reader.value(&inner, view))
}

pub(super) fn atomic_bool(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    Some(match known!(reader.number(kind, view, &["v", "value"])?) {
        0 => Value::bool(false),
        1 => Value::bool(true),
        _ => reader.invalid(kind),
    })
}
