//! Entries of debug information, wherever they are.

use crate::native::image::{Dwarf, Image, LoadedUnit, Slice, Unit};
use gimli::{DebugInfoOffset, Section, UnitOffset};
use std::sync::Arc;

pub(crate) type Value = gimli::AttributeValue<Slice>;

/// A unit, and where the others are.
#[derive(Clone)]
pub(crate) struct Source {
    unit: Arc<LoadedUnit>,
    home: &'static dyn Home,
}

/// What units belong to: a loaded object, or what a test makes.
pub(crate) trait Home: Sync {
    /// The unit that holds this offset of `.debug_info`.
    fn unit_of(&self, offset: DebugInfoOffset) -> Option<Arc<LoadedUnit>>;

    /// What an address in the file is in the process.
    fn address(&self, of_file: u64) -> u64;
}

impl Home for Image {
    fn unit_of(&self, offset: DebugInfoOffset) -> Option<Arc<LoadedUnit>> {
        self.debug().ok()?.unit_of_die(offset)
    }

    fn address(&self, of_file: u64) -> u64 {
        Image::address(self, of_file) as u64
    }
}

/// An entry: a type, a function, a variable.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) source: Source,
    pub(crate) offset: UnitOffset,
}

/// What tells entries apart: the sections, by where they are mapped, and the place in them.
pub(crate) type Key = (usize, usize);

impl Source {
    pub(crate) fn new(unit: Arc<LoadedUnit>, home: &'static dyn Home) -> Source {
        Source { unit, home }
    }

    pub(crate) fn dwarf(&self) -> &Dwarf {
        &self.unit.dwarf
    }

    pub(crate) fn unit(&self) -> &Unit {
        &self.unit.unit
    }

    /// What tells the unit apart.
    pub(crate) fn key(&self) -> Key {
        self.entry(self.unit().header.root_offset()).key()
    }

    pub(crate) fn address(&self, of_file: u64) -> u64 {
        self.home.address(of_file)
    }

    pub(crate) fn entry(&self, offset: UnitOffset) -> Entry {
        Entry {
            source: self.clone(),
            offset,
        }
    }

    /// The entry that an attribute names, in this unit or in another.
    pub(crate) fn referred(&self, value: Value) -> Option<Entry> {
        match value {
            Value::UnitRef(offset) => Some(self.entry(offset)),
            Value::DebugInfoRef(offset) => {
                if let Some(offset) = offset.to_unit_offset(&self.unit().header) {
                    return Some(self.entry(offset));
                }
                // A unit that was split off is alone in its sections.
                if self.unit.skeleton.is_some() {
                    return None;
                }
                let source = Source::new(self.home.unit_of(offset)?, self.home);
                let offset = offset.to_unit_offset(&source.unit().header)?;
                Some(Entry { source, offset })
            }
            _ => None,
        }
    }

    /// The text of an attribute. Text that is not UTF-8 is none that rustc wrote.
    pub(crate) fn text(&self, value: Value) -> Option<&'static str> {
        let text = self.dwarf().attr_string(self.unit(), value).ok()?;
        std::str::from_utf8(text.slice()).ok()
    }
}

impl Entry {
    pub(crate) fn key(&self) -> Key {
        let section = self.source.dwarf().debug_info.reader().slice().as_ptr();
        let offset = self
            .offset
            .to_unit_section_offset(&self.source.unit().header);
        (section.addr(), offset.0)
    }
}
