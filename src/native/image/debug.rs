//! The debug information of an object: its sections, and which unit covers an address.

use super::file::{Absent, ObjectFile};
use super::split::Package;
use super::unit::LoadedUnit;
use super::{Dwarf, ranges};
use crate::lock::Lock;
use gimli::DebugInfoOffset;
use once_cell::race::OnceBox;
use std::path::PathBuf;
use std::sync::Arc;

/// Debug information of an object.
#[derive(Debug)]
pub(crate) struct Debug {
    dwarf: Arc<Dwarf>,
    /// Of the object, which may not be the one that has the sections.
    object: PathBuf,
    /// Of the sections.
    path: PathBuf,
    aranges: &'static [u8],
    /// Where units begin, in order.
    headers: OnceBox<Vec<usize>>,
    /// What the units cover that are not in `.debug_aranges`.
    unlisted: OnceBox<Vec<ranges::Covered>>,
    package: OnceBox<Option<Package>>,
    /// Units read last. Only ever tried: a panic hook must not wait.
    units: Lock<Vec<Arc<LoadedUnit>>>,
}

/// Units kept: a backtrace goes back and forth between few.
const KEPT_UNITS: usize = 8;

impl Debug {
    /// `object` is the one that is loaded.
    pub(super) fn of(object: &ObjectFile, with_sections: &ObjectFile) -> Result<Debug, Absent> {
        let dwarf = Dwarf::load(|id| with_sections.section(id.name()))?;
        Ok(Debug {
            dwarf: Arc::new(dwarf),
            object: object.path().to_owned(),
            path: with_sections.path().to_owned(),
            aranges: with_sections.section(".debug_aranges")?.slice(),
            headers: OnceBox::new(),
            unlisted: OnceBox::new(),
            package: OnceBox::new(),
            units: Lock::new(Vec::new()),
        })
    }

    /// The sections of the object itself; what is split off is with each unit.
    #[allow(dead_code)] // for the reader of locals
    pub(crate) fn dwarf(&self) -> &Arc<Dwarf> {
        &self.dwarf
    }

    /// The file that has the sections.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The unit that `.debug_aranges` gives for an address.
    pub(crate) fn listed_unit(&self, svma: u64) -> Option<DebugInfoOffset> {
        ranges::listed(self.aranges, svma)
    }

    /// The unit whose code is at an address.
    ///
    /// A look at `.debug_aranges`, as it lies in the file; where that does not list the address, at the units that it
    /// leaves out, which are gone through once.
    pub(crate) fn unit_at(&self, svma: u64) -> Option<DebugInfoOffset> {
        self.listed_unit(svma).or_else(|| {
            let unlisted = self
                .unlisted
                .get_or_init(|| Box::new(ranges::unlisted(&self.dwarf, self.aranges)));
            ranges::covering(unlisted, svma)
        })
    }

    /// The unit that has a DIE, which another one refers to by `DW_FORM_ref_addr`.
    pub(crate) fn unit_of_die(&self, die: DebugInfoOffset) -> Option<Arc<LoadedUnit>> {
        let headers = self.headers.get_or_init(|| {
            let mut units = self.dwarf.units();
            let mut offsets = Vec::new();
            while let Ok(Some(header)) = units.next() {
                offsets.push(header.offset().0);
            }
            Box::new(offsets)
        });
        let index = headers.partition_point(|&offset| offset <= die.0);
        self.unit(DebugInfoOffset(*headers.get(index.checked_sub(1)?)?))
    }

    /// A unit by where it begins, with what is split off of it.
    pub(crate) fn unit(&self, offset: DebugInfoOffset) -> Option<Arc<LoadedUnit>> {
        let kept = |units: &[Arc<LoadedUnit>]| {
            let at = units.iter().position(|unit| unit.offset() == offset)?;
            Some(Arc::clone(&units[at]))
        };
        if let Some(units) = self.units.try_lock()
            && let Some(unit) = kept(&units)
        {
            return Some(unit);
        }
        let package = || {
            let open = || Box::new(Package::beside(&self.object));
            self.package.get_or_init(open).as_ref()
        };
        let unit = Arc::new(LoadedUnit::read(
            &self.dwarf,
            offset,
            package,
            &self.object,
        )?);
        if let Some(mut units) = self.units.try_lock() {
            if units.len() >= KEPT_UNITS {
                units.remove(0);
            }
            units.push(Arc::clone(&unit));
        }
        Some(unit)
    }
}
