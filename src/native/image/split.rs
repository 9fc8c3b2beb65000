//! Debug information that lies in a file of its own: `.dwp` beside the program, or one `.dwo` for each unit.

use super::file::{Absent, ObjectFile};
use super::{Dwarf, Slice, Unit};
use gimli::{DwarfPackage, DwoId, NativeEndian};
use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A `.dwp`: the split units of a whole program.
pub(super) struct Package(DwarfPackage<Slice>);

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Package")
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".dwp");
    name.into()
}

impl Package {
    /// The package of the object at `path`, by the name that rustc and cargo give it.
    pub(super) fn beside(path: &Path) -> Option<Package> {
        let file = ObjectFile::open(&beside(path)).ok()?;
        let empty = Slice::new(&[], NativeEndian);
        let load = |id: gimli::SectionId| match id.dwo_name() {
            Some(name) => file.section(name),
            None => Ok(empty),
        };
        DwarfPackage::load::<_, SplitError>(|id| load(id).map_err(SplitError::Absent), empty)
            .ok()
            .map(Package)
    }
}

enum SplitError {
    Absent(#[allow(dead_code)] Absent),
    Gimli(#[allow(dead_code)] gimli::Error),
}

impl From<gimli::Error> for SplitError {
    fn from(error: gimli::Error) -> SplitError {
        SplitError::Gimli(error)
    }
}

/// The part of a unit that was split off.
pub(super) fn load(
    parent: &Dwarf,
    skeleton: &Unit,
    id: DwoId,
    package: Option<&Package>,
    object: &Path,
) -> Result<(Dwarf, Unit), Absent> {
    if let Some(package) = package
        && let Ok(Some(dwarf)) = package.0.find_cu(id, parent)
        && let Some(unit) = only_unit(&dwarf, skeleton, id)
    {
        return Ok((dwarf, unit));
    }
    let missing = |path| Absent::NoSplit { path };
    let path = dwo_path(parent, skeleton).unwrap_or_else(|| beside(object));
    let file = ObjectFile::open(&path).map_err(|_| missing(path.clone()))?;
    let empty = Slice::new(&[], NativeEndian);
    let mut dwarf = Dwarf::load(|id| match id.dwo_name() {
        Some(name) => file.section(name),
        None => Ok(empty),
    })?;
    dwarf.make_dwo(parent);
    match only_unit(&dwarf, skeleton, id) {
        Some(unit) => Ok((dwarf, unit)),
        None => Err(Absent::Replaced { path }),
    }
}

/// The unit with this id, with what it takes from its skeleton.
fn only_unit(dwarf: &Dwarf, skeleton: &Unit, id: DwoId) -> Option<Unit> {
    let mut units = dwarf.units();
    while let Ok(Some(header)) = units.next() {
        let Ok(mut unit) = dwarf.unit(header) else {
            continue;
        };
        if unit.dwo_id == Some(id) {
            unit.copy_relocated_attributes(skeleton);
            return Some(unit);
        }
    }
    None
}

/// Where the compiler put the split unit.
fn dwo_path(parent: &Dwarf, skeleton: &Unit) -> Option<PathBuf> {
    let name = parent
        .attr_string(skeleton, skeleton.dwo_name().ok()??)
        .ok()?;
    let name = Path::new(OsStr::from_bytes(name.slice()));
    let directory = skeleton.comp_dir.map_or(&[][..], |path| path.slice());
    Some(Path::new(OsStr::from_bytes(directory)).join(name))
}
