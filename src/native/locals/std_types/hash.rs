//! Hash maps and sets: `hashbrown`'s tables.

use super::known;
use super::sequences::parameter;
use crate::capture::Value;
use crate::native::locals::bytes::View;
use crate::native::locals::reader::ValueReader;
use crate::native::locals::types::{Shape, Type};

/// Control bytes read at once.
const GROUP: usize = 256;
/// Control bytes looked at: a table that has been emptied may be large.
const MOST_BUCKETS: u64 = 1 << 16;

/// A table: its buckets lie before `control`, the last first; a bucket is in use if the top bit of its control byte is
/// not set.
struct Table {
    control: u64,
    buckets: u64,
    items: u64,
}

pub(super) fn map(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    // std's is made of hashbrown's, of the same name.
    if let Some((base, view)) = reader.part(kind, view, &["base"]) {
        return map(reader, &base, view);
    }
    let (raw, view) = reader.part(kind, view, &["table"])?;
    let entry = parameter(reader, &raw, "T")?;
    let size = reader.types.size(&entry);
    let Shape::Struct(fields) = &entry.shape else {
        return None;
    };
    let (key, value) = (fields.get("__0")?, fields.get("__1")?);
    let (key_kind, value_kind) = (
        reader.types.get(&key.entry)?,
        reader.types.get(&value.entry)?,
    );
    let Some(table) = known!(table(reader, &raw, view, size)?) else {
        return Some(reader.invalid(kind));
    };
    let whole = usize::try_from(table.items).unwrap_or(usize::MAX);
    let entries = reader.nested(whole, |reader, shown| {
        let mut entries = Vec::new();
        for address in reader.full(&table, size, shown) {
            let key_size = reader.types.size(&key_kind);
            let at = address.wrapping_add(key.offset);
            let read_key = reader.read(&key_kind, key_size, at);
            let value_size = reader.types.size(&value_kind);
            let at = address.wrapping_add(value.offset);
            entries.push((read_key, reader.read(&value_kind, value_size, at)));
        }
        entries
    });
    Some(Value::map(entries, whole))
}

pub(super) fn set(reader: &mut ValueReader<'_>, kind: &Type, view: View<'_>) -> Option<Value> {
    if let Some((base, view)) = reader.part(kind, view, &["base"]) {
        return set(reader, &base, view);
    }
    let (raw, view) = reader.part(kind, view, &["map", "table"])?;
    let entry = parameter(reader, &raw, "T")?;
    let size = reader.types.size(&entry);
    let Shape::Struct(fields) = &entry.shape else {
        return None;
    };
    let item = fields.get("__0")?;
    let item_kind = reader.types.get(&item.entry)?;
    let Some(table) = known!(table(reader, &raw, view, size)?) else {
        return Some(reader.invalid(kind));
    };
    let whole = usize::try_from(table.items).unwrap_or(usize::MAX);
    let items = reader.nested(whole, |reader, shown| {
        let size_of_item = reader.types.size(&item_kind);
        let full = reader.full(&table, size, shown);
        let read =
            |address: u64| reader.read(&item_kind, size_of_item, address.wrapping_add(item.offset));
        full.into_iter().map(read).collect()
    });
    Some(Value::set(items, whole))
}

/// `Ok(None)`: no table looks like this.
fn table(
    reader: &mut ValueReader<'_>,
    raw: &Type,
    view: View<'_>,
    size: u64,
) -> Option<Result<Option<Table>, crate::native::locals::location::Gap>> {
    let control = reader.number(raw, view, &["table", "ctrl"])?;
    let mask = reader.number(raw, view, &["table", "bucket_mask"])?;
    let items = reader.number(raw, view, &["table", "items"])?;
    Some((|| {
        let (control, mask, items) = (control?, mask?, items?);
        let buckets = mask.wrapping_add(1);
        let bytes = buckets.checked_mul(size.saturating_add(1));
        let is_valid = buckets.is_power_of_two()
            && items <= mask
            && bytes.is_some_and(|bytes| bytes <= control);
        Ok(is_valid.then_some(Table {
            control,
            buckets,
            items,
        }))
    })())
}

impl ValueReader<'_> {
    /// The addresses of the first full buckets.
    fn full(&mut self, table: &Table, size: u64, wanted: usize) -> Vec<u64> {
        let mut found = Vec::new();
        let mut group = [0xff; GROUP];
        let looked_at = table.buckets.min(MOST_BUCKETS);
        for start in (0..looked_at).step_by(GROUP) {
            if found.len() == wanted || self.work.is_over() {
                break;
            }
            let bytes = &mut group[..(looked_at - start).min(GROUP as u64) as usize];
            if !self.memory.read(table.control.wrapping_add(start), bytes) {
                self.doubtful("HashMap");
                break;
            }
            for (i, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte < 0x80) {
                if found.len() < wanted {
                    let before = (start + i as u64 + 1).wrapping_mul(size);
                    found.push(table.control.wrapping_sub(before));
                }
            }
        }
        // A table that says that it has items has them.
        if found.len() < wanted && table.buckets <= MOST_BUCKETS && !self.work.is_over() {
            self.doubtful("HashMap");
        }
        found
    }
}
