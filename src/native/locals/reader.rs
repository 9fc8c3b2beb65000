//! Turns bytes into values, as a type says.

use super::bytes::{self, Bytes, View};
use super::location::Gap;
use super::memory::Memory;
use super::objects::Objects;
use super::source::{Entry, Key};
use super::types::{Fields, Member, Shape, Type, Types, Variants};
use super::work::Work;
use crate::capture::{Limits, Value, secret};
use std::borrow::Cow;
use std::sync::Arc;

/// Pointers followed one after the other to get to a value.
const MOST_POINTERS: usize = 24;
/// Bytes kept of a text, beyond what is shown of it: a reader may want to see more.
const MOST_TEXT: usize = 1024;

/// Reads values of one variable.
pub(crate) struct ValueReader<'a> {
    pub(super) types: &'a mut Types,
    pub(super) memory: &'a dyn Memory,
    pub(super) objects: &'a dyn Objects,
    pub(super) limits: &'a Limits,
    pub(super) work: &'a mut Work,
    /// Values around this one.
    depth: usize,
    /// Pointers that are being followed: a value that leads back to itself ends there.
    followed: Vec<(u64, Key)>,
    /// What was found that no value of its type has: the variable is not initialised, or no longer.
    doubt: Option<&'static str>,
    /// Inside of a union all but one field are no values of their type.
    unions: usize,
    borrowed: Borrowed,
}

/// Where what was read lies that others own: it may be gone before what refers to it.
#[derive(Default)]
pub(crate) struct Borrowed {
    addresses: Vec<u64>,
    /// There are more.
    is_cut: bool,
}

impl Borrowed {
    /// Addresses kept of one variable.
    const MOST: usize = 8;

    /// Whether all of it is there as long as the program runs.
    pub(crate) fn is_static(&self, objects: &dyn Objects) -> bool {
        !self.is_cut && self.addresses.iter().all(|&at| objects.is_static(at))
    }
}

/// A part of a value with its type.
pub(crate) type Part<'v> = (Arc<Type>, View<'v>);

impl<'a> ValueReader<'a> {
    pub(crate) fn new(
        types: &'a mut Types,
        memory: &'a dyn Memory,
        objects: &'a dyn Objects,
        limits: &'a Limits,
        work: &'a mut Work,
    ) -> ValueReader<'a> {
        ValueReader {
            types,
            memory,
            objects,
            limits,
            work,
            depth: 0,
            followed: Vec::new(),
            doubt: None,
            unions: 0,
            borrowed: Borrowed::default(),
        }
    }

    /// Notes that somebody else owns what is at an address.
    pub(super) fn borrows(&mut self, address: u64) {
        let Borrowed { addresses, is_cut } = &mut self.borrowed;
        if addresses.contains(&address) {
            return;
        }
        *is_cut |= addresses.len() == Borrowed::MOST;
        if !*is_cut {
            addresses.push(address);
        }
    }

    /// The value of a variable, and what of it is borrowed.
    pub(crate) fn variable(mut self, kind: &Type, view: View<'_>) -> (Value, Borrowed) {
        let value = self.value(kind, view);
        let value = match self.doubt {
            None => value,
            Some(type_name) => {
                let why = format!("no valid {type_name}: moved, or not yet assigned");
                Value::omitted(why)
            }
        };
        (value, self.borrowed)
    }

    /// The value of this type that these bytes are.
    pub(super) fn value(&mut self, kind: &Type, view: View<'_>) -> Value {
        if !self.work.value() {
            return Value::cut();
        }
        if is_secret(kind) {
            return Value::redacted();
        }
        if let Some(reader) = kind.reader
            && let Some(value) = reader(self, kind, view)
        {
            return value;
        }
        self.plain(kind, view).unwrap_or_else(missing)
    }

    /// Without what is known of std's types.
    fn plain(&mut self, kind: &Type, view: View<'_>) -> Result<Value, Gap> {
        let size = kind.size;
        Ok(match &kind.shape {
            Shape::Unit => Value::unit(),
            Shape::Bool => match view.get(1)? {
                [0] => Value::bool(false),
                [1] => Value::bool(true),
                _ => self.invalid(kind),
            },
            Shape::Char => match char::from_u32(view.unsigned(size)? as u32) {
                Some(it) if size == 4 => Value::char(it),
                _ => self.invalid(kind),
            },
            Shape::Signed => Value::signed(view.signed(size)?),
            Shape::Unsigned => Value::unsigned(view.unsigned(size)?),
            Shape::Float => match size {
                4 => Value::f32(f32::from_bits(view.unsigned(4)? as u32)),
                8 => Value::f64(f64::from_bits(view.unsigned(8)? as u64)),
                _ => opaque(kind),
            },
            Shape::Pointer(target) => {
                let address = view.unsigned(size)? as u64;
                self.pointer(kind, target.as_ref(), address)
            }
            Shape::Array { item, count } => self.array(item, *count, view),
            Shape::Struct(fields) => match self.fat_pointer(kind, fields, view) {
                Some(value) => value?,
                None => self.structure(kind.base_name(), fields, view),
            },
            Shape::Union(fields) => self.union(kind, fields, view),
            Shape::Enum(variants) => self.variant(kind, variants, view)?,
            Shape::Named { signed, values } => {
                let number = if *signed {
                    view.signed(size)?
                } else {
                    view.unsigned(size)? as i128
                };
                match values.iter().find(|(value, _)| *value == number) {
                    Some((_, name)) => Value::verbatim(name),
                    None => self.invalid(kind),
                }
            }
            Shape::Function | Shape::Unknown => opaque(kind),
        })
    }

    fn array(&mut self, item: &Entry, count: u64, view: View<'_>) -> Value {
        let Some(kind) = self.types.get(item) else {
            return unknown();
        };
        let size = self.types.size(&kind);
        let whole = usize::try_from(count).unwrap_or(usize::MAX);
        let items = self.nested(whole, |reader, shown| {
            let item = |index| {
                let offset = size.saturating_mul(index as u64);
                reader.item(&kind, size, view.skip(offset))
            };
            (0..shown).map(item).collect()
        });
        Value::list(items, whole)
    }

    /// An item of what may be too large to have been read as a whole.
    fn item(&mut self, kind: &Type, size: u64, view: View<'_>) -> Value {
        match (view.get(size), view.address()) {
            (Err(Gap::TooLarge), Some(address)) => self.read(kind, size, address),
            _ => self.value(kind, view),
        }
    }

    /// The value of this type in memory.
    pub(super) fn read(&mut self, kind: &Type, size: u64, address: u64) -> Value {
        if !self.work.bytes(size.min(bytes::MOST)) {
            return Value::cut();
        }
        let bytes = Bytes::read(self.memory, address, size);
        self.value(kind, bytes.view())
    }

    /// Values that lie in memory one after the other.
    pub(super) fn items(&mut self, kind: &Type, address: u64, len: u64) -> Value {
        let size = self.types.size(kind);
        let whole = usize::try_from(len).unwrap_or(usize::MAX);
        let end = size
            .checked_mul(len)
            .and_then(|size| address.checked_add(size));
        if end.is_none() || len > isize::MAX as u64 {
            return self.doubtful("slice");
        }
        let items = self.nested(whole, |reader, shown| {
            reader.run(kind, size, address, shown)
        });
        Value::list(items, whole)
    }

    /// So many values of memory, read at once if they are small.
    pub(super) fn run(&mut self, kind: &Type, size: u64, address: u64, count: usize) -> Vec<Value> {
        let all = size.saturating_mul(count as u64);
        if all > bytes::MOST || !self.work.bytes(all) {
            let item = |at| self.read(kind, size, address.wrapping_add(size.wrapping_mul(at)));
            return (0..count as u64).map(item).collect();
        }
        let bytes = Bytes::read(self.memory, address, all);
        if count > 0 && bytes.view().get(all) == Err(Gap::Unreadable) {
            return vec![self.doubtful("slice")];
        }
        let item = |at| self.value(kind, bytes.view().skip(size * at));
        (0..count as u64).map(item).collect()
    }

    /// A level of nesting: `inside` is told how many of the items may be shown.
    pub(super) fn nested<T>(
        &mut self,
        whole: usize,
        inside: impl FnOnce(&mut Self, usize) -> Vec<T>,
    ) -> Vec<T> {
        self.depth += 1;
        let shown = if self.depth > self.limits.nesting {
            0
        } else {
            whole.min(self.limits.items)
        };
        let items = inside(self, shown);
        self.depth -= 1;
        items
    }

    fn pointer(&mut self, kind: &Type, target: Option<&Entry>, address: u64) -> Value {
        let Some(target) = target else {
            return Value::verbatim(&format!("{address:#x}"));
        };
        let is_owned = kind.name.starts_with("alloc::boxed::Box<");
        if !is_owned && !kind.name.starts_with('&') {
            if kind.name.contains("fn(") && self.is_function(target) {
                return self.function(address);
            }
            return Value::verbatim(&format!("{address:#x}"));
        }
        if !is_owned {
            self.borrows(address);
        }
        self.follow(target, address)
    }

    fn is_function(&mut self, target: &Entry) -> bool {
        let kind = self.types.get(target);
        kind.is_some_and(|kind| matches!(kind.shape, Shape::Function))
    }

    /// A pointer to code: its address, as `Debug` prints it, and whose code it is.
    fn function(&mut self, address: u64) -> Value {
        match self.objects.function(address) {
            Some(name) => Value::verbatim(&format!("{address:#x} ({name})")),
            None => self.doubtful("fn pointer"),
        }
    }

    /// The value that a reference refers to.
    pub(super) fn follow(&mut self, target: &Entry, address: u64) -> Value {
        let Some(kind) = self.types.get(target) else {
            return unknown();
        };
        let size = self.types.size(&kind);
        self.follow_to(&kind, size, address)
    }

    pub(super) fn follow_to(&mut self, kind: &Type, size: u64, address: u64) -> Value {
        if address == 0 {
            return self.doubtful("reference");
        }
        let step = (address, kind.key);
        if size > 0 && self.followed.contains(&step) {
            return Value::omitted("cycle");
        }
        if self.followed.len() >= MOST_POINTERS {
            return Value::cut();
        }
        if !self.work.bytes(size.min(bytes::MOST)) {
            return Value::cut();
        }
        let bytes = Bytes::read(self.memory, address, size);
        if bytes.view().get(size.min(bytes::MOST)) == Err(Gap::Unreadable) {
            return self.doubtful("reference");
        }
        self.followed.push(step);
        let value = self.value(kind, bytes.view());
        self.followed.pop();
        value
    }

    fn structure(&mut self, name: &str, fields: &Fields, view: View<'_>) -> Value {
        let is_tuple = name.starts_with('(');
        let first = fields.members.first();
        let is_named = first.is_some_and(|first| first.name != "__0");
        let whole = fields.members.len();
        self.depth += 1;
        let is_shown = self.depth <= self.limits.nesting || whole == 0;
        let mut values = Vec::new();
        for member in fields.members.iter().filter(|_| is_shown) {
            let name = if is_named {
                shown_name(member.name)
            } else {
                ""
            };
            values.push((name.into(), self.field(member, view)));
        }
        self.depth -= 1;
        if is_tuple {
            let items = values.into_iter().map(|(_, value)| value).collect();
            return Value::tuple(items, whole);
        }
        Value::structure(&closure_name(name), is_named, values, whole, false)
    }

    fn field(&mut self, member: &Member, view: View<'_>) -> Value {
        if secret::is_secret(member.name) {
            return Value::redacted();
        }
        match self.types.get(&member.entry) {
            Some(kind) => {
                let size = self.types.size(&kind);
                self.item(&kind, size, view.skip(member.offset))
            }
            None => unknown(),
        }
    }

    fn union(&mut self, kind: &Type, fields: &Fields, view: View<'_>) -> Value {
        // std prints no more of it: whether there is a value, only its owner knows.
        if kind.base_name() == "MaybeUninit" {
            return Value::verbatim(kind.name);
        }
        self.unions += 1;
        let value = self.structure(kind.base_name(), fields, view);
        self.unions -= 1;
        value
    }

    /// The variant that is the present one; `Ok(None)`: none is.
    fn present<'t>(&mut self, it: &'t Variants, view: View<'_>) -> Result<Option<&'t Member>, Gap> {
        let Some(discriminant) = &it.discriminant else {
            return Ok(it.variants.first().map(|variant| &variant.member));
        };
        let tag = self.types.get(&discriminant.entry);
        let size = tag.ok_or(Gap::NotUnderstood)?.size.min(16);
        let tag = view.skip(discriminant.offset).unsigned(size)?;
        let mask = u128::MAX.checked_shr(128 - 8 * size as u32).unwrap_or(0);
        let is = |value: Option<u128>| value.map(|value| value & mask) == Some(tag);
        let exact = it.variants.iter().find(|variant| is(variant.value));
        let other = || it.variants.iter().find(|variant| variant.value.is_none());
        Ok(exact.or_else(other).map(|variant| &variant.member))
    }

    /// Name and content of the present variant, which has one field at most.
    pub(super) fn variant_content(
        &mut self,
        kind: &Type,
        view: View<'_>,
    ) -> Option<(&'static str, Option<Value>)> {
        let Shape::Enum(variants) = &kind.shape else {
            return None;
        };
        let member = self.present(variants, view).ok().flatten()?;
        let content = self.types.get(&member.entry)?;
        let Shape::Struct(fields) = &content.shape else {
            return None;
        };
        let inner = match &fields.members[..] {
            [] => None,
            [inner] => Some(self.field(inner, view.skip(member.offset))),
            _ => return None,
        };
        Some((member.name, inner))
    }

    /// What the present variant holds, if it is one of those named.
    pub(super) fn content(&mut self, kind: &Type, view: View<'_>, names: &[&str]) -> Option<Value> {
        let (name, inner) = self.variant_content(kind, view)?;
        inner.filter(|_| names.contains(&name))
    }

    /// The value inside of structs of one field.
    pub(super) fn unwrapped(&mut self, kind: &Type, view: View<'_>) -> Value {
        if let Shape::Struct(fields) = &kind.shape
            && matches!(
                kind.base_name(),
                "ManuallyDrop" | "MaybeDangling" | "MaybeUninit"
            )
            && let Some(member) = fields.get("value").or_else(|| fields.get("__0"))
            && let Some(inner) = self.types.get(&member.entry)
        {
            return self.unwrapped(&inner, view.skip(member.offset));
        }
        self.value(kind, view)
    }

    fn variant(&mut self, kind: &Type, it: &Variants, view: View<'_>) -> Result<Value, Gap> {
        let Some(member) = self.present(it, view)? else {
            return Ok(self.invalid(kind));
        };
        let content = self.types.get(&member.entry).ok_or(Gap::NotUnderstood)?;
        let Shape::Struct(fields) = &content.shape else {
            return Err(Gap::NotUnderstood);
        };
        let view = view.skip(member.offset);
        if kind.name.starts_with("{async_") {
            return Ok(self.future(kind, it, &content, view));
        }
        let inner = match (kind.base_name(), member.name, &fields.members[..]) {
            ("Option", "None", []) => return Ok(Value::none()),
            ("Option", "Some", [inner]) => (Value::some as fn(Value) -> Value, inner),
            ("Result", "Ok", [inner]) => (Value::ok as fn(Value) -> Value, inner),
            ("Result", "Err", [inner]) => (Value::err as fn(Value) -> Value, inner),
            _ => return Ok(self.structure(member.name, fields, view)),
        };
        let (wrap, member) = inner;
        Ok(wrap(self.field(member, view)))
    }

    /// A future that an `async` makes: the state that it is in, and the variables that it keeps there.
    fn future(&mut self, kind: &Type, it: &Variants, state: &Type, view: View<'_>) -> Value {
        let Shape::Struct(fields) = &state.shape else {
            return unknown();
        };
        let name = format!("{} {}", closure_name(kind.name), state.name);
        // The arguments of an async function are moved out before anything else is done.
        let is_moved = kind.name.starts_with("{async_fn") && state.name != "Unresumed";
        let first = it.variants.first().filter(|_| is_moved);
        let first = first.and_then(|first| self.types.get(&first.member.entry));
        let moved: &[Member] = match first.as_deref().map(|first| &first.shape) {
            Some(Shape::Struct(fields)) => &fields.members,
            _ => &[],
        };
        let is_kept = |member: &&Member| {
            let same = |other: &Member| (other.name, other.offset) == (member.name, member.offset);
            !moved.iter().any(same)
        };
        let kept = Fields {
            members: fields.members.iter().filter(is_kept).cloned().collect(),
            parameters: Vec::new(),
        };
        self.structure(&name, &kept, view)
    }

    /// The part of a struct that the names lead to, one inside of the other.
    pub(super) fn part<'v>(
        &mut self,
        kind: &Type,
        view: View<'v>,
        names: &[&str],
    ) -> Option<Part<'v>> {
        let (first, rest) = names.split_first()?;
        let (Shape::Struct(fields) | Shape::Union(fields)) = &kind.shape else {
            return None;
        };
        let member = fields.get(first)?;
        let inner = self.types.get(&member.entry)?;
        let view = view.skip(member.offset);
        if rest.is_empty() {
            return Some((inner, view));
        }
        self.part(&inner, view, rest)
    }

    /// A number inside of a struct; structs of one field around it are passed.
    pub(super) fn number(
        &mut self,
        kind: &Type,
        view: View<'_>,
        names: &[&str],
    ) -> Option<Result<u64, Gap>> {
        let (kind, view) = if names.is_empty() {
            return self.innermost_number(kind, view);
        } else {
            self.part(kind, view, names)?
        };
        self.innermost_number(&kind, view)
    }

    fn innermost_number(&mut self, kind: &Type, view: View<'_>) -> Option<Result<u64, Gap>> {
        match &kind.shape {
            Shape::Unsigned | Shape::Signed | Shape::Bool | Shape::Pointer(_) if kind.size <= 8 => {
                Some(view.unsigned(kind.size).map(|number| number as u64))
            }
            Shape::Struct(fields) => {
                let (member, inner) = self.only_field(fields)?;
                self.innermost_number(&inner, view.skip(member))
            }
            _ => None,
        }
    }

    /// The one field that takes room: its offset and type.
    pub(super) fn only_field(&mut self, fields: &Fields) -> Option<(u64, Arc<Type>)> {
        let mut found = None;
        for member in &fields.members {
            let kind = self.types.get(&member.entry)?;
            if self.types.size(&kind) > 0 && found.replace((member.offset, kind)).is_some() {
                return None;
            }
        }
        found
    }

    /// A text of memory. `checked`: it must be UTF-8.
    pub(super) fn text(&mut self, address: u64, len: u64, checked: bool) -> Value {
        if len > isize::MAX as u64 || address == 0 {
            return self.doubtful("str");
        }
        let whole = len as usize;
        let mut start = vec![0; whole.min(MOST_TEXT)];
        if !self.work.bytes(start.len() as u64) {
            return Value::cut();
        }
        if !start.is_empty() && !self.memory.read(address, &mut start) {
            return self.doubtful("str");
        }
        if checked && !is_text(&start, whole) {
            return self.doubtful("str");
        }
        Value::byte_text(&start, whole)
    }

    /// What stands for bytes that are no value of this type.
    pub(super) fn invalid(&mut self, kind: &Type) -> Value {
        self.doubtful(kind.name)
    }

    pub(super) fn doubtful(&mut self, type_name: &'static str) -> Value {
        if self.unions == 0 {
            self.doubt.get_or_insert(type_name);
        }
        Value::omitted(format!("no valid {type_name}"))
    }
}

/// What stands for a value that is not known.
pub(super) fn missing(gap: Gap) -> Value {
    Value::omitted(gap.as_str())
}

/// What stands for a value whose type is not understood.
pub(super) fn unknown() -> Value {
    missing(Gap::NotUnderstood)
}

pub(super) fn opaque(kind: &Type) -> Value {
    Value::opaque(kind.name)
}

fn is_secret(kind: &Type) -> bool {
    matches!(kind.shape, Shape::Struct(_) | Shape::Enum(_)) && secret::is_secret(kind.base_name())
}

/// Whether this is the beginning of a text: it may end within a character.
fn is_text(start: &[u8], whole: usize) -> bool {
    match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => start.len() < whole && error.error_len().is_none(),
    }
}

/// A closure has what it borrows under another name.
fn shown_name(name: &str) -> &str {
    name.strip_prefix("_ref__").unwrap_or(name)
}

/// `{closure#0}` of `{closure_env#0}`: what rustc calls the function.
fn closure_name(name: &str) -> Cow<'_, str> {
    match name.split_once("_env#") {
        Some((start, end)) if name.starts_with('{') => Cow::Owned(format!("{start}#{end}")),
        _ => Cow::Borrowed(name),
    }
}
