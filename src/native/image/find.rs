//! Where files are looked for.

use super::file::{Absent, ObjectFile};
use super::loaded::Identity;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The file that an object was loaded from, if it still is that one.
pub(super) fn file_of(path: &Path, identity: &Identity) -> Result<ObjectFile, Absent> {
    // The program's own may be gone from its path, or another one be there: the system still has it.
    let own = Path::new("/proc/self/exe");
    if let Ok(file) = ObjectFile::open_as(own, path)
        && file.identity() == *identity
    {
        return Ok(file);
    }
    if !path.is_absolute() {
        return Err(Absent::Fileless);
    }
    let file = ObjectFile::open(path)?;
    if file.identity() != *identity {
        return Err(Absent::Replaced {
            path: path.to_owned(),
        });
    }
    Ok(file)
}

/// Where systems keep the debug information of what they install.
const SYSTEM: &str = "/usr/lib/debug";

/// The file that has the debug information of one that has none.
pub(super) fn companion_of(file: &ObjectFile) -> Result<ObjectFile, Absent> {
    let usable = |path: PathBuf| {
        let companion = ObjectFile::open(&path).ok()?;
        (companion.has_debug() && file.matches(&companion)).then_some(companion)
    };
    let stripped = || Absent::Stripped {
        path: file.path().to_owned(),
    };
    let mut paths = by_build_id(file).into_iter().chain(by_link(file));
    paths.find_map(usable).ok_or_else(stripped)
}

impl ObjectFile {
    /// Whether it came with the system, not with the program.
    pub(super) fn is_of_system(&self) -> bool {
        self.path().starts_with(SYSTEM)
    }
}

/// `/usr/lib/debug/.build-id/ab/cdef.debug`
fn by_build_id(file: &ObjectFile) -> Option<PathBuf> {
    let (bytes, length) = file.build_id()?;
    let hex: Vec<String> = bytes
        .get(..length)?
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let (first, rest) = hex.split_first()?;
    Some(
        Path::new(SYSTEM)
            .join(".build-id")
            .join(first)
            .join(rest.concat() + ".debug"),
    )
}

/// As gdb looks for the name in `.gnu_debuglink`: beside the file, in `.debug` there, and below the system's directory.
fn by_link(file: &ObjectFile) -> Vec<PathBuf> {
    let Some(name) = file.debug_link() else {
        return Vec::new();
    };
    let name = Path::new(OsStr::from_bytes(name));
    let Some(beside) = file.path().parent() else {
        return Vec::new();
    };
    let below = Path::new(SYSTEM).join(beside.strip_prefix("/").unwrap_or(beside));
    [beside.to_owned(), beside.join(".debug"), below]
        .map(|directory| directory.join(name))
        // Not itself.
        .into_iter()
        .filter(|path| path != file.path())
        .collect()
}
