//! A unit, and where in it an address is.

use super::file::Absent;
use super::split::{self, Package};
use super::{Debug, Dwarf, Image, Unit};
use gimli::{AttributeValue, DebugInfoOffset, UnitOffset};
use std::path::Path;
use std::sync::Arc;

/// A unit with all that is needed to read it.
#[derive(Debug)]
pub(crate) struct LoadedUnit {
    offset: DebugInfoOffset,
    /// The sections that the DIEs are in.
    pub(crate) dwarf: Arc<Dwarf>,
    pub(crate) unit: Unit,
    /// The unit in the object itself, where `unit` was split off: it has the line table.
    pub(crate) skeleton: Option<(Arc<Dwarf>, Unit)>,
    /// Why what was split off is not here; `unit` then is the skeleton.
    pub(crate) missing: Option<Absent>,
}

impl LoadedUnit {
    pub(super) fn read<'p>(
        dwarf: &Arc<Dwarf>,
        offset: DebugInfoOffset,
        package: impl FnOnce() -> Option<&'p Package>,
        object: &Path,
    ) -> Option<LoadedUnit> {
        let header = dwarf.unit_header(offset).ok()?;
        let unit = dwarf.unit(header).ok()?;
        let whole = |unit, missing| LoadedUnit {
            offset,
            dwarf: Arc::clone(dwarf),
            unit,
            skeleton: None,
            missing,
        };
        let Some(id) = unit.dwo_id else {
            return Some(whole(unit, None));
        };
        Some(match split::load(dwarf, &unit, id, package(), object) {
            Err(missing) => whole(unit, Some(missing)),
            Ok((split, inner)) => LoadedUnit {
                offset,
                dwarf: Arc::new(split),
                unit: inner,
                skeleton: Some((Arc::clone(dwarf), unit)),
                missing: None,
            },
        })
    }

    pub(super) fn offset(&self) -> DebugInfoOffset {
        self.offset
    }

    /// The unit that has the line table, and its sections.
    pub(crate) fn with_lines(&self) -> (&Dwarf, &Unit) {
        match &self.skeleton {
            Some((dwarf, unit)) => (dwarf, unit),
            None => (&self.dwarf, &self.unit),
        }
    }

    /// The subprogram that an address is in, and the functions that were inlined there, outermost first.
    fn functions_at(&self, svma: u64) -> Option<(UnitOffset, Vec<UnitOffset>)> {
        let mut entries = self.unit.entries();
        let mut found = None;
        let mut inlined = Vec::new();
        // Depth of the subprogram that was found: what lies behind it is of others.
        let mut until = isize::MIN;
        while let Ok(Some(entry)) = entries.next_dfs() {
            let depth = entry.depth();
            if found.is_some() && depth <= until {
                break;
            }
            match entry.tag() {
                gimli::DW_TAG_subprogram if found.is_none() && self.covers(entry, svma) => {
                    found = Some(entry.offset());
                    until = depth;
                }
                gimli::DW_TAG_inlined_subroutine if found.is_some() && self.covers(entry, svma) => {
                    inlined.push(entry.offset());
                }
                _ => {}
            }
        }
        Some((found?, inlined))
    }

    fn covers(&self, entry: &gimli::DebuggingInformationEntry<super::Slice>, svma: u64) -> bool {
        let has_code = entry.attrs().iter().any(|attribute| {
            matches!(attribute.name(), gimli::DW_AT_low_pc | gimli::DW_AT_ranges)
                && !matches!(attribute.value(), AttributeValue::Udata(0))
        });
        if !has_code {
            return false;
        }
        let Ok(mut ranges) = self.dwarf.die_ranges(&self.unit, entry) else {
            return false;
        };
        while let Ok(Some(range)) = ranges.next() {
            // Code that the linker dropped begins at 0.
            if range.begin != 0 && range.begin <= svma && svma < range.end {
                return true;
            }
        }
        false
    }
}

/// Where an address is in the program, as its debug information has it.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) image: &'static Image,
    /// The address in the file.
    pub(crate) svma: u64,
    pub(crate) unit: Arc<LoadedUnit>,
    /// The DIE of the function whose machine code it is, if the unit tells of functions.
    pub(crate) subprogram: Option<UnitOffset>,
    /// The DIEs of the functions that were inlined there, outermost first.
    pub(crate) inlined: Vec<UnitOffset>,
}

impl Located {
    /// Finds the place of an address at run time: inside of an instruction that runs or called, not one that a call
    /// returns to (`RawFrame::lookup`).
    pub(crate) fn of(address: usize) -> Option<Located> {
        let image = super::at(address)?;
        let debug = image.debug().ok()?;
        Located::within(image, debug, address)
    }

    /// The same, in an object that is known.
    pub(crate) fn within(image: &'static Image, debug: &Debug, address: usize) -> Option<Located> {
        let svma = image.svma(address);
        let unit = debug.unit(debug.unit_at(svma)?)?;
        let (subprogram, inlined) = unit.functions_at(svma).unzip();
        Some(Located {
            image,
            svma,
            unit,
            subprogram,
            inlined: inlined.unwrap_or_default(),
        })
    }
}
