//! A unit, and where in it an address is.

use super::file::Absent;
use super::split::{self, Package};
use super::{Debug, Dwarf, Image, Unit, functions};
use gimli::{DebugInfoOffset, UnitOffset};
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

    /// A unit of sections that a test made.
    #[cfg(test)]
    pub(crate) fn of_sections(dwarf: &Arc<Dwarf>, offset: DebugInfoOffset) -> Option<LoadedUnit> {
        LoadedUnit::read(dwarf, offset, || None, Path::new(""))
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
}

/// Where an address is in the program, as its debug information has it.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    #[allow(dead_code)] // for the reader of locals
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
    #[allow(dead_code)] // for the reader of locals
    pub(crate) fn of(address: usize) -> Option<Located> {
        let image = super::at(address)?;
        let debug = image.debug().ok()?;
        Located::within(image, debug, address)
    }

    /// The same, in an object that is known.
    pub(crate) fn within(image: &'static Image, debug: &Debug, address: usize) -> Option<Located> {
        let svma = image.svma(address);
        Located::in_unit(image, debug, debug.unit_at(svma)?, svma)
    }

    /// The same, in a unit that is known.
    pub(crate) fn in_unit(
        image: &'static Image,
        debug: &Debug,
        unit: DebugInfoOffset,
        svma: u64,
    ) -> Option<Located> {
        let unit = debug.unit(unit)?;
        let (subprogram, inlined) = functions::at(&unit.dwarf, &unit.unit, svma).unzip();
        Some(Located {
            image,
            svma,
            unit,
            subprogram,
            inlined: inlined.unwrap_or_default(),
        })
    }
}
