//! B-trees and linked lists.

use super::known;
use super::sequences::parameter;
use crate::capture::Value;
use crate::native::locals::bytes::{Bytes, View};
use crate::native::locals::reader::ValueReader;
use crate::native::locals::source::Entry;
use crate::native::locals::types::{Shape, Type, base_name};
use std::sync::Arc;

/// Levels of a tree: each has at least six times the nodes of the one above.
const MOST_LEVELS: u64 = 24;
/// Entries of a node.
const CAPACITY: u64 = 11;

/// What is known of the nodes of one tree.
struct Nodes {
    leaf: Arc<Type>,
    leaf_size: u64,
    internal: Option<(Arc<Type>, u64)>,
    key: Arc<Type>,
    key_size: u64,
    value: Arc<Type>,
    value_size: u64,
}

/// Walks a tree in order.
struct Walk {
    nodes: Nodes,
    wanted: usize,
    entries: Vec<(Value, Value)>,
    /// Whether something was found that no tree has.
    broken: bool,
}

pub(super) fn btree_map(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (entries, whole) = match entries(reader, kind, view)? {
        Ok(read) => read,
        Err(value) => return Some(value),
    };
    Some(Value::map(entries, whole))
}

pub(super) fn btree_set(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let (map, view) = reader.part(kind, view, &["map"])?;
    let (entries, whole) = match entries(reader, &map, view)? {
        Ok(read) => read,
        Err(value) => return Some(value),
    };
    let items = entries.into_iter().map(|(key, _)| key).collect();
    Some(Value::set(items, whole))
}

/// The first entries of a map and how many it has, or what stands for it.
#[expect(clippy::type_complexity, reason = "taken apart where it is asked for")]
fn entries(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Result<(Vec<(Value, Value)>, usize), Value>> {
    let len = match reader.number(kind, view, &["length"])? {
        Ok(len) => len,
        Err(gap) => return Some(Err(crate::native::locals::reader::missing(gap))),
    };
    let (root, root_view) = reader.part(kind, view, &["root"])?;
    let (reference, offset) = some(reader, &root)?;
    let (key, value) = (parameter(reader, kind, "K")?, parameter(reader, kind, "V")?);
    let (key_size, value_size) = (reader.types.size(&key), reader.types.size(&value));
    let (pointer, _) = reader.part(&reference, root_view, &["node", "pointer"])?;
    let Shape::Pointer(Some(target)) = &pointer.shape else {
        return None;
    };
    let leaf = reader.types.get(target)?;
    let root_view = root_view.skip(offset);
    let node = reader.number(&reference, root_view, &["node"])?;
    let height = reader.number(&reference, root_view, &["height"])?;
    if len == 0 {
        return Some(Ok((Vec::new(), 0)));
    }
    let (node, height) = match (node, height) {
        (Ok(node), Ok(height)) => (node, height),
        (Err(gap), _) | (_, Err(gap)) => {
            return Some(Err(crate::native::locals::reader::missing(gap)));
        }
    };
    let internal = internal_node(reader, &leaf);
    let whole = usize::try_from(len).unwrap_or(usize::MAX);
    let mut broken = node == 0 || height > MOST_LEVELS || len > isize::MAX as u64;
    let mut walk = Walk {
        nodes: Nodes {
            leaf_size: reader.types.size(&leaf),
            leaf,
            internal,
            key,
            key_size,
            value,
            value_size,
        },
        wanted: 0,
        entries: Vec::new(),
        broken,
    };
    let entries = reader.nested(whole, |reader, shown| {
        walk.wanted = shown;
        if !walk.broken {
            walk.node(reader, node, height);
        }
        broken = walk.broken;
        walk.entries
    });
    if broken {
        return Some(Err(reader.invalid(kind)));
    }
    Some(Ok((entries, whole)))
}

impl Walk {
    /// Takes what is in and below a node.
    fn node(&mut self, reader: &mut ValueReader<'_>, address: u64, height: u64) {
        if self.wanted == self.entries.len() || self.broken || reader.work.is_over() {
            return;
        }
        let size = match (height, &self.nodes.internal) {
            (0, _) => self.nodes.leaf_size,
            (_, Some((_, size))) => *size,
            (_, None) => return self.broken = true,
        };
        if !reader.work.bytes(size) {
            return;
        }
        let bytes = Bytes::read(reader.memory, address, size);
        let leaf = Arc::clone(&self.nodes.leaf);
        let (Some(Ok(count)), Some((_, keys)), Some((_, values))) = (
            reader.number(&leaf, bytes.view(), &["len"]),
            reader.part(&leaf, bytes.view(), &["keys"]),
            reader.part(&leaf, bytes.view(), &["vals"]),
        ) else {
            return self.broken = true;
        };
        if count > CAPACITY {
            return self.broken = true;
        }
        for index in 0..=count {
            if height > 0 {
                match self.edge(reader, bytes.view(), index) {
                    Some(below) => self.node(reader, below, height - 1),
                    None => return self.broken = true,
                }
            }
            if index == count || self.wanted == self.entries.len() || self.broken {
                break;
            }
            let (key, value) = (Arc::clone(&self.nodes.key), Arc::clone(&self.nodes.value));
            let key = reader.value(&key, keys.skip(index * self.nodes.key_size));
            let value = reader.value(&value, values.skip(index * self.nodes.value_size));
            self.entries.push((key, value));
        }
    }

    fn edge(&mut self, reader: &mut ValueReader<'_>, node: View<'_>, index: u64) -> Option<u64> {
        let (internal, _) = self.nodes.internal.as_ref()?;
        let (_, edges) = reader.part(internal, node, &["edges"])?;
        let address = edges.skip(index * 8).unsigned(8).ok()? as u64;
        (address != 0).then_some(address)
    }
}

/// The type of the nodes that have others below: a leaf knows its parent's.
fn internal_node(reader: &mut ValueReader<'_>, leaf: &Type) -> Option<(Arc<Type>, u64)> {
    let Shape::Struct(fields) = &leaf.shape else {
        return None;
    };
    let parent = fields.get("parent")?.entry.clone();
    let parent = reader.types.get(&parent)?;
    let (pointer, _) = some(reader, &parent)?;
    let target = pointer_target(reader, &pointer)?;
    let internal = reader.types.get(&target)?;
    let size = reader.types.size(&internal);
    (base_name(internal.name) == "InternalNode").then_some((internal, size))
}

/// What a `NonNull` points to.
fn pointer_target(reader: &mut ValueReader<'_>, kind: &Type) -> Option<Entry> {
    let Shape::Struct(fields) = &kind.shape else {
        return None;
    };
    let pointer = reader.types.get(&fields.get("pointer")?.entry)?;
    match &pointer.shape {
        Shape::Pointer(target) => target.clone(),
        _ => None,
    }
}

/// What an `Option` holds, and where.
fn some(reader: &mut ValueReader<'_>, option: &Type) -> Option<(Arc<Type>, u64)> {
    let Shape::Enum(variants) = &option.shape else {
        return None;
    };
    let some = variants
        .variants
        .iter()
        .find(|it| it.member.name == "Some")?;
    let content = reader.types.get(&some.member.entry)?;
    let Shape::Struct(fields) = &content.shape else {
        return None;
    };
    let inner = fields.get("__0")?;
    let kind = reader.types.get(&inner.entry)?;
    Some((kind, some.member.offset.saturating_add(inner.offset)))
}

pub(super) fn linked_list(
    reader: &mut ValueReader<'_>,
    kind: &Type,
    view: View<'_>,
) -> Option<Value> {
    let len = known!(reader.number(kind, view, &["len"])?);
    let (head, head_view) = reader.part(kind, view, &["head"])?;
    let (pointer, offset) = some(reader, &head)?;
    let target = pointer_target(reader, &pointer)?;
    let node = reader.types.get(&target)?;
    let size = reader.types.size(&node);
    let mut next = known!(head_view.skip(offset).unsigned(8)) as u64;
    let whole = usize::try_from(len).unwrap_or(usize::MAX);
    let mut broken = len > isize::MAX as u64;
    let items = reader.nested(whole, |reader, shown| {
        let mut items = Vec::new();
        while items.len() < shown && !broken {
            let bytes = Bytes::read(reader.memory, next, size);
            let element = reader.part(&node, bytes.view(), &["element"]);
            let link = reader.part(&node, bytes.view(), &["next"]);
            let (Some((element, view)), Some((_, link))) = (element, link) else {
                broken = true;
                break;
            };
            match link.skip(offset).unsigned(8) {
                Ok(link) => next = link as u64,
                Err(_) => broken = true,
            }
            items.push(reader.value(&element, view));
        }
        items
    });
    if broken {
        return Some(reader.invalid(kind));
    }
    Some(Value::list(items, whole))
}
