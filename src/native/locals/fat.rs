//! Values behind pointers that are two words: text, slices, trait objects.

use super::bytes::{Bytes, View};
use super::location::Gap;
use super::reader::{ValueReader, missing, opaque};
use super::source::Entry;
use super::types::{Fields, Shape, Type};
use crate::capture::Value;

/// The second word of a fat pointer.
#[derive(Clone, Copy)]
pub(super) enum Metadata {
    Length(u64),
    Vtable(u64),
}

/// A fat pointer.
pub(super) struct Fat<'f> {
    pub(super) address: u64,
    pub(super) metadata: Metadata,
    /// The type that debug information gives the pointer: that of an item, of a text's bytes, of what is around an
    /// unsized value.
    pub(super) target: &'f Entry,
}

/// Words of a vtable before the methods: what drops the value, its size and its alignment.
const VTABLE_HEADER: usize = 24;

impl ValueReader<'_> {
    /// If the struct is a fat pointer: the value behind it.
    pub(super) fn fat_pointer(
        &mut self,
        kind: &Type,
        fields: &Fields,
        view: View<'_>,
    ) -> Option<Result<Value, Gap>> {
        let (target, read) = self.fat(fields, view)?;
        let (address, metadata) = match read {
            Ok(words) => words,
            Err(gap) => return Some(Err(gap)),
        };
        let Some(pointee) = pointee(kind.name) else {
            return Some(Ok(raw(address, metadata)));
        };
        if kind.name.starts_with('&') && !matches!(metadata, Metadata::Length(0)) {
            self.borrows(address);
        }
        Some(Ok(self.unsized_value(
            pointee,
            Fat {
                address,
                metadata,
                target: &target,
            },
        )))
    }

    /// The words of a fat pointer and what the first refers to, if the struct is one.
    #[expect(clippy::type_complexity, reason = "taken apart where it is asked for")]
    pub(super) fn fat(
        &mut self,
        fields: &Fields,
        view: View<'_>,
    ) -> Option<(Entry, Result<(u64, Metadata), Gap>)> {
        let [first, second] = &fields.members[..] else {
            return None;
        };
        let metadata = match (first.name, second.name) {
            ("data_ptr", "length") => Metadata::Length as fn(u64) -> Metadata,
            ("pointer", "vtable") => Metadata::Vtable as fn(u64) -> Metadata,
            _ => return None,
        };
        let pointer = self.types.get(&first.entry)?;
        let Shape::Pointer(Some(target)) = &pointer.shape else {
            return None;
        };
        let word = |offset| Ok(view.skip(offset).unsigned(8)? as u64);
        let words = || Ok((word(first.offset)?, metadata(word(second.offset)?)));
        Some((target.clone(), words()))
    }

    /// A value whose size is not known from its type: `pointee` is the type's name.
    pub(super) fn unsized_value(&mut self, pointee: &str, fat: Fat<'_>) -> Value {
        if fat.address == 0 {
            return self.doubtful("reference");
        }
        match (pointee, fat.metadata) {
            ("str", Metadata::Length(len)) => self.text(fat.address, len, true),
            ("std::path::Path" | "std::ffi::os_str::OsStr", Metadata::Length(len)) => {
                self.text(fat.address, len, false)
            }
            ("core::ffi::c_str::CStr", Metadata::Length(len)) => {
                // The NUL at the end is counted.
                self.text(fat.address, len.saturating_sub(1), false)
            }
            (_, Metadata::Length(len)) if pointee.starts_with('[') => {
                match self.types.get(fat.target) {
                    Some(item) => self.items(&item, fat.address, len),
                    None => missing(Gap::NotUnderstood),
                }
            }
            (_, Metadata::Vtable(vtable)) if pointee.starts_with("dyn ") => self
                .trait_object(fat.address, vtable)
                .unwrap_or_else(|| self.opaque(fat.target)),
            _ => self.opaque(fat.target),
        }
    }

    /// The value of a trait object, read as the type whose vtable it has.
    fn trait_object(&mut self, address: u64, vtable: u64) -> Option<Value> {
        let size = match self.layout(vtable) {
            Some((size, _)) => size,
            None => return Some(self.doubtful("trait object")),
        };
        let concrete = self.objects.vtable(vtable)?;
        let kind = self.types.get(&concrete)?;
        if self.types.size(&kind) != size {
            return None;
        }
        Some(self.follow_to(&kind, size, address))
    }

    /// Size and alignment that a vtable tells.
    pub(super) fn layout(&mut self, vtable: u64) -> Option<(u64, u64)> {
        let bytes = Bytes::read(self.memory, vtable, VTABLE_HEADER as u64);
        let size = bytes.view().skip(8).unsigned(8).ok()? as u64;
        let align = bytes.view().skip(16).unsigned(8).ok()? as u64;
        (align.is_power_of_two() && size <= isize::MAX as u64).then_some((size, align))
    }

    fn opaque(&mut self, target: &Entry) -> Value {
        match self.types.get(target) {
            Some(kind) => opaque(&kind),
            None => missing(Gap::NotUnderstood),
        }
    }
}

/// What a reference or box refers to, by the names of the types; `None` for a raw pointer.
fn pointee(name: &str) -> Option<&str> {
    if let Some(inner) = name.strip_prefix('&') {
        return Some(inner.strip_prefix("mut ").unwrap_or(inner));
    }
    first_parameter(name.strip_prefix("alloc::boxed::Box")?)
}

/// The first of the parameters in `<..>`.
pub(super) fn first_parameter(parameters: &str) -> Option<&str> {
    let inside = parameters.strip_prefix('<')?;
    let mut depth = 0;
    let mut before = ' ';
    for (at, c) in inside.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            // Not that of `->`.
            '>' if before == '-' => {}
            '>' if depth > 0 => depth -= 1,
            '>' | ',' if depth == 0 => return Some(&inside[..at]),
            _ => {}
        }
        before = c;
    }
    None
}

/// As `Debug` prints a raw fat pointer.
fn raw(address: u64, metadata: Metadata) -> Value {
    let address = Value::verbatim(&format!("{address:#x}"));
    let metadata = match metadata {
        Metadata::Length(len) => Value::unsigned(len.into()),
        Metadata::Vtable(vtable) => Value::structure(
            "DynMetadata",
            false,
            vec![("".into(), Value::verbatim(&format!("{vtable:#x}")))],
            1,
            false,
        ),
    };
    let fields = vec![("addr".into(), address), ("metadata".into(), metadata)];
    Value::structure("Pointer", true, fields, 2, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reference_refers_to_is_in_its_name() {
        for (name, inner) in [
            ("&str", Some("str")),
            ("&mut [u8]", Some("[u8]")),
            (
                "alloc::boxed::Box<[(i32, u8)], alloc::alloc::Global>",
                Some("[(i32, u8)]"),
            ),
            (
                "alloc::boxed::Box<dyn core::ops::function::Fn<(i32), Output=fn() -> u8>, A>",
                Some("dyn core::ops::function::Fn<(i32), Output=fn() -> u8>"),
            ),
            ("*const str", None),
            ("alloc::boxed::Box", None),
        ] {
            assert_eq!(pointee(name), inner, "{name}");
        }
    }
}
