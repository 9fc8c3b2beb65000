//! Types, as debug information describes them.

#![allow(non_upper_case_globals)] // DWARF's own names

use super::source::{Entry, Key, Source, Value};
use super::std_types::{self, StdReader};
use gimli::constants::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Parts read of one description. None of rustc's has more but an enum of as many variants.
const MOST_PARTS: usize = 4096;
/// Arrays inside of one another.
const MOST_DIMENSIONS: usize = 16;
/// Types kept. What a program shows again and again are a few hundred.
const MOST_TYPES: usize = 4096;

/// A type.
pub(crate) struct Type {
    /// As rustc writes it: its own name is short, those of its parameters are full.
    pub(crate) name: &'static str,
    pub(crate) size: u64,
    pub(crate) shape: Shape,
    /// Where the entry is, for the cycles of types.
    pub(crate) key: Key,
    /// Reads it better than field by field.
    pub(crate) reader: Option<StdReader>,
}

/// What a type is made of.
pub(crate) enum Shape {
    Unit,
    Bool,
    Char,
    Signed,
    Unsigned,
    Float,
    /// A reference, raw pointer, or `Box`.
    Pointer(Option<Entry>),
    Array {
        item: Entry,
        count: u64,
    },
    Struct(Fields),
    Union(Fields),
    /// An enum with data, or a future.
    Enum(Variants),
    /// An enum without data.
    Named {
        signed: bool,
        values: Vec<(i128, &'static str)>,
    },
    /// A function's code.
    Function,
    Unknown,
}

#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) members: Vec<Member>,
    /// The types that the type has as parameters, by name.
    pub(crate) parameters: Vec<(&'static str, Entry)>,
}

#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) offset: u64,
    pub(crate) entry: Entry,
}

pub(crate) struct Variants {
    /// Where what tells the variants apart is; `None` for an enum of one.
    pub(crate) discriminant: Option<Discriminant>,
    pub(crate) variants: Vec<Variant>,
}

pub(crate) struct Discriminant {
    pub(crate) offset: u64,
    pub(crate) entry: Entry,
}

pub(crate) struct Variant {
    /// `None`: all values that no other variant has.
    pub(crate) value: Option<u128>,
    pub(crate) member: Member,
}

impl Fields {
    pub(crate) fn get(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&Entry> {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.map(|(_, entry)| entry)
    }
}

impl Type {
    /// The name without parameters: `Vec` of `Vec<u8, alloc::alloc::Global>`.
    pub(crate) fn base_name(&self) -> &'static str {
        base_name(self.name)
    }
}

/// A type's name without its parameters. That of a closure's or future's environment has them elsewhere.
pub(crate) fn base_name(name: &'static str) -> &'static str {
    match name.find('<') {
        Some(0) | None => name,
        Some(end) => &name[..end],
    }
}

/// The types that were read.
#[derive(Default)]
pub(crate) struct Types {
    known: HashMap<Key, Option<Arc<Type>>>,
}

impl Types {
    /// The type that an entry describes. `None`: what is there is not understood.
    pub(crate) fn get(&mut self, entry: &Entry) -> Option<Arc<Type>> {
        let key = entry.key();
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        if self.known.len() >= MOST_TYPES {
            self.known.clear();
        }
        let found = read(entry).map(Arc::new);
        self.known.insert(key, found.clone());
        found
    }

    /// How many bytes a value has.
    pub(crate) fn size(&mut self, kind: &Type) -> u64 {
        self.size_within(kind, MOST_DIMENSIONS)
    }

    fn size_within(&mut self, kind: &Type, dimensions: usize) -> u64 {
        let Shape::Array { item, count } = &kind.shape else {
            return kind.size;
        };
        let Some(left) = dimensions.checked_sub(1) else {
            return 0;
        };
        let item = self.get(item);
        item.map_or(0, |item| {
            self.size_within(&item, left).saturating_mul(*count)
        })
    }
}

fn read(entry: &Entry) -> Option<Type> {
    let source = &entry.source;
    let die = source.unit().entry(entry.offset).ok()?;
    let name = die
        .attr_value(DW_AT_name)
        .and_then(|name| source.text(name))
        .unwrap_or("");
    let number = |at| die.attr_value(at).and_then(|value| value.udata_value());
    let mut size = number(DW_AT_byte_size);
    let target = die.attr_value(DW_AT_type).and_then(|t| source.referred(t));
    let shape = match die.tag() {
        DW_TAG_base_type => match die.attr_value(DW_AT_encoding) {
            _ if size == Some(0) => Shape::Unit,
            Some(Value::Encoding(encoding)) => match encoding {
                DW_ATE_boolean => Shape::Bool,
                DW_ATE_UTF => Shape::Char,
                DW_ATE_signed | DW_ATE_signed_char => Shape::Signed,
                DW_ATE_unsigned | DW_ATE_unsigned_char => Shape::Unsigned,
                DW_ATE_float => Shape::Float,
                _ => Shape::Unknown,
            },
            _ => Shape::Unknown,
        },
        DW_TAG_pointer_type => {
            size = size.or(Some(u64::from(source.unit().header.address_size())));
            Shape::Pointer(target)
        }
        DW_TAG_array_type => {
            let item = target?;
            let count = parts(entry)?.count?;
            return Some(Type {
                name,
                // The reader multiplies, once it knows the item's.
                size: 0,
                shape: Shape::Array { item, count },
                key: entry.key(),
                reader: None,
            });
        }
        DW_TAG_structure_type => {
            let parts = parts(entry)?;
            match parts.variants {
                Some((discriminant, variants)) => Shape::Enum(Variants {
                    discriminant,
                    variants,
                }),
                None => Shape::Struct(parts.fields),
            }
        }
        DW_TAG_union_type => Shape::Union(parts(entry)?.fields),
        DW_TAG_enumeration_type => {
            let signed = target.as_ref().is_some_and(is_signed);
            let values = parts(entry)?.enumerators;
            let value = |(bits, name): (Bits, _)| (bits.of(signed, size.unwrap_or(16)), name);
            Shape::Named {
                signed,
                values: values.into_iter().map(value).collect(),
            }
        }
        DW_TAG_typedef | DW_TAG_const_type | DW_TAG_volatile_type | DW_TAG_restrict_type => {
            return read_alias(&target?);
        }
        DW_TAG_subroutine_type => {
            size = Some(0);
            Shape::Function
        }
        _ => Shape::Unknown,
    };
    let reader = match &shape {
        Shape::Struct(_) | Shape::Enum(_) => std_types::reader(base_name(name)),
        _ => None,
    };
    Some(Type {
        name,
        size: size?,
        shape,
        key: entry.key(),
        reader,
    })
}

/// What another name, or a qualifier of C's, stands for. Not of one another: rustc writes none.
fn read_alias(target: &Entry) -> Option<Type> {
    let die = target.source.unit().entry(target.offset).ok()?;
    if matches!(
        die.tag(),
        DW_TAG_typedef | DW_TAG_const_type | DW_TAG_volatile_type | DW_TAG_restrict_type
    ) {
        return None;
    }
    read(target)
}

fn is_signed(entry: &Entry) -> bool {
    let die = entry.source.unit().entry(entry.offset);
    let encoding = die.ok().and_then(|die| die.attr_value(DW_AT_encoding));
    matches!(
        encoding,
        Some(Value::Encoding(DW_ATE_signed | DW_ATE_signed_char))
    )
}

/// A number as an attribute has it: how wide it is meant to be, only the type tells.
#[derive(Clone, Copy)]
struct Bits(u128);

impl Bits {
    fn read(value: Value) -> Option<Bits> {
        Some(Bits(match value {
            Value::Data1(n) => n.into(),
            Value::Data2(n) => n.into(),
            Value::Data4(n) => n.into(),
            Value::Data8(n) | Value::Udata(n) => n.into(),
            Value::Data16(n) => n,
            Value::Sdata(n) => i128::from(n) as u128,
            Value::Block(bytes) => {
                let mut number = [0; 16];
                let bytes = bytes.slice();
                number.get_mut(..bytes.len())?.copy_from_slice(bytes);
                u128::from_le_bytes(number)
            }
            _ => return None,
        }))
    }

    /// Cut to the bytes of a type.
    fn unsigned(self, size: u64) -> u128 {
        let unused = 128 - 8 * size.clamp(1, 16) as u32;
        (self.0 << unused) >> unused
    }

    fn of(self, signed: bool, size: u64) -> i128 {
        let unused = 128 - 8 * size.clamp(1, 16) as u32;
        if signed {
            ((self.0 << unused) as i128) >> unused
        } else {
            self.unsigned(size) as i128
        }
    }
}

/// What the children of a type's entry say.
#[derive(Default)]
struct Parts {
    fields: Fields,
    enumerators: Vec<(Bits, &'static str)>,
    count: Option<u64>,
    variants: Option<(Option<Discriminant>, Vec<Variant>)>,
}

/// The attributes that a part may have.
#[derive(Default)]
struct Attributes {
    name: Option<Value>,
    entry: Option<Value>,
    location: Option<u64>,
    value: Option<Bits>,
    count: Option<u64>,
    upper_bound: Option<u64>,
    discriminant: Option<Value>,
}

fn parts(entry: &Entry) -> Option<Parts> {
    let source = &entry.source;
    let mut entries = source.unit().entries_raw(Some(entry.offset)).ok()?;
    let mut parts = Parts::default();
    // The member that an enum's `DW_AT_discr` names, and the value of the variant whose member comes next.
    let mut discriminant = None;
    let mut variant: Option<(isize, Option<Bits>)> = None;
    // Entries below one of these are no concern of ours: methods, types inside of types.
    let mut ignored_below = isize::MAX;
    for _ in 0..MOST_PARTS {
        let depth = entries.next_depth();
        let offset = entries.next_offset();
        let Some(abbreviation) = entries.read_abbreviation().ok()? else {
            if entries.next_depth() <= 0 {
                break;
            }
            continue;
        };
        let specifications = abbreviation.attributes();
        if depth > ignored_below {
            entries.skip_attributes(specifications).ok()?;
            continue;
        }
        ignored_below = isize::MAX;
        let mut attributes = Attributes::default();
        for specification in specifications {
            let attribute = entries.read_attribute(*specification).ok()?;
            let value = attribute.value();
            match attribute.name() {
                DW_AT_name => attributes.name = Some(value),
                DW_AT_type => attributes.entry = Some(value),
                DW_AT_data_member_location => attributes.location = value.udata_value(),
                DW_AT_discr_value | DW_AT_const_value => attributes.value = Bits::read(value),
                DW_AT_count => attributes.count = value.udata_value(),
                DW_AT_upper_bound => attributes.upper_bound = value.udata_value(),
                DW_AT_discr => attributes.discriminant = Some(value),
                _ => {}
            }
        }
        if depth == 0 {
            if !abbreviation.has_children() {
                break;
            }
            continue;
        }
        match abbreviation.tag() {
            DW_TAG_member => {
                if variant.is_some_and(|(at, _)| depth <= at) {
                    variant = None;
                }
                let Some(member) = member(source, &attributes) else {
                    continue;
                };
                match &mut parts.variants {
                    Some((place, _)) if discriminant == Some(offset) => {
                        *place = Some(Discriminant {
                            offset: member.offset,
                            entry: member.entry,
                        });
                    }
                    Some((_, variants)) if variant.is_some() => variants.push(Variant {
                        value: variant.and_then(|(_, value)| value).map(|bits| bits.0),
                        member,
                    }),
                    _ => parts.fields.members.push(member),
                }
            }
            DW_TAG_variant_part => {
                discriminant = match attributes.discriminant {
                    Some(Value::UnitRef(offset)) => Some(offset),
                    _ => None,
                };
                parts.variants = Some((None, Vec::new()));
            }
            DW_TAG_variant => variant = Some((depth, attributes.value)),
            DW_TAG_template_type_parameter => {
                let name = attributes.name.and_then(|name| source.text(name));
                let entry = attributes.entry.and_then(|entry| source.referred(entry));
                if let (Some(name), Some(entry)) = (name, entry) {
                    parts.fields.parameters.push((name, entry));
                }
            }
            DW_TAG_enumerator => {
                let name = attributes.name.and_then(|name| source.text(name))?;
                parts.enumerators.push((attributes.value?, name));
            }
            DW_TAG_subrange_type => {
                let count = attributes.upper_bound.map(|last| last.saturating_add(1));
                parts.count = attributes.count.or(count);
            }
            _ => {
                if abbreviation.has_children() {
                    ignored_below = depth;
                }
            }
        }
        if depth == 1 && entries.next_depth() <= 0 {
            break;
        }
    }
    Some(parts)
}

fn member(source: &Source, attributes: &Attributes) -> Option<Member> {
    let name = attributes.name.and_then(|name| source.text(name));
    Some(Member {
        name: name.unwrap_or(""),
        offset: attributes.location.unwrap_or(0),
        entry: source.referred(attributes.entry?)?,
    })
}
