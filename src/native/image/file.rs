//! One ELF file, mapped.

use super::loaded::{BuildId, Identity, short};
use super::{Slice, symbols};
use gimli::NativeEndian;
use memmap2::Mmap;
use object::read::elf::{FileHeader, NativeElfFile, Sym, SymbolTable};
use object::{CompressionFormat, Object, ObjectSection};
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(target_pointer_width = "64")]
type Table = SymbolTable<'static, object::elf::FileHeader64<object::NativeEndian>>;
#[cfg(target_pointer_width = "32")]
type Table = SymbolTable<'static, object::elf::FileHeader32<object::NativeEndian>>;

/// The file of an object, or one with its debug information.
pub(crate) struct ObjectFile {
    path: PathBuf,
    elf: NativeElfFile<'static>,
}

/// Why something is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Absent {
    /// The system maps it, from no file.
    Fileless,
    /// The file cannot be opened.
    Unopened { path: PathBuf, why: Arc<str> },
    /// At its path lies another file now.
    Replaced { path: PathBuf },
    /// It is no ELF file for this machine, or a damaged one.
    Malformed { path: PathBuf, why: Arc<str> },
    /// It has no debug information, and no other file with it was found.
    Stripped { path: PathBuf },
    /// Decompressing the debug information of a library of the system's would take longer than it is worth.
    Compressed { path: PathBuf },
    /// The file with the rest of the debug information is not there.
    NoSplit { path: PathBuf },
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::Fileless => f.write_str("it was loaded from no file"),
            Absent::Unopened { path, why } => {
                write!(f, "{} cannot be opened: {why}", path.display())
            }
            Absent::Replaced { path } => {
                write!(f, "{} was replaced since it was loaded", path.display())
            }
            Absent::Malformed { path, why } => {
                write!(f, "{} cannot be read: {why}", path.display())
            }
            Absent::Stripped { path } => write!(
                f,
                "{} has no debug information, and no file with it was found",
                path.display()
            ),
            Absent::Compressed { path } => {
                write!(
                    f,
                    "debug information is not read from {}, where it is compressed",
                    path.display()
                )
            }
            Absent::NoSplit { path } => {
                write!(
                    f,
                    "split debug information is missing: no {}",
                    path.display()
                )
            }
        }
    }
}

/// Uncompressed sections beyond this are not believed.
const MOST_UNCOMPRESSED: u64 = 2 << 30;

impl ObjectFile {
    /// Maps a file. What is mapped stays so: sections are borrowed for ever.
    pub(super) fn open(path: &Path) -> Result<ObjectFile, Absent> {
        ObjectFile::open_as(path, path)
    }

    /// The same, of a file that has another name than the one it is opened by.
    pub(super) fn open_as(opened: &Path, path: &Path) -> Result<ObjectFile, Absent> {
        let unopened = |error: std::io::Error| Absent::Unopened {
            path: path.to_owned(),
            why: error.to_string().into(),
        };
        let file = File::open(opened).map_err(unopened)?;
        // SAFETY: read-only and private. Whoever truncates the file of a running program makes reading what was cut off a
        // fault, here as in the program's own code: linkers and package managers put new files in their place.
        let map = unsafe { Mmap::map(&file) }.map_err(unopened)?;
        // SAFETY: mapped, and never unmapped: it is forgotten.
        let bytes: &'static [u8] = unsafe { std::slice::from_raw_parts(map.as_ptr(), map.len()) };
        std::mem::forget(map);
        ObjectFile::of_bytes(bytes, path)
    }

    /// A file's content.
    pub(super) fn of_bytes(bytes: &'static [u8], path: &Path) -> Result<ObjectFile, Absent> {
        let malformed = |error: object::read::Error| Absent::Malformed {
            path: path.to_owned(),
            why: error.to_string().into(),
        };
        Ok(ObjectFile {
            path: path.to_owned(),
            elf: NativeElfFile::parse(bytes).map_err(malformed)?,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What an object that is loaded from this file has.
    pub(super) fn identity(&self) -> Identity {
        let headers = object::bytes_of_slice(self.elf.elf_program_headers());
        Identity::of(headers, self.elf.build_id().ok().flatten())
    }

    pub(super) fn build_id(&self) -> Option<BuildId> {
        self.elf.build_id().ok().flatten().map(short)
    }

    /// Whether it has debug information of its own, wherever the rest of that may lie.
    pub(super) fn has_debug(&self) -> bool {
        self.bytes(".debug_info")
            .is_some_and(|bytes| !bytes.is_empty())
    }

    /// Bytes of debug information that would have to be decompressed.
    pub(super) fn compressed_bytes(&self) -> usize {
        let sections = self.elf.sections();
        let compressed = sections.filter_map(|section| section.compressed_data().ok());
        let compressed = compressed.filter(|data| data.format != CompressionFormat::None);
        compressed.map(|data| data.data.len()).sum()
    }

    /// A section as it lies in the file.
    fn bytes(&self, name: &str) -> Option<&'static [u8]> {
        let section = self.elf.section_by_name(name)?;
        section.compressed_data().ok().map(|data| data.data)
    }

    /// A section's content; empty if there is none. What is compressed is decompressed, and kept.
    pub(crate) fn section(&self, name: &str) -> Result<Slice, Absent> {
        Ok(Slice::new(self.content(name)?, NativeEndian))
    }

    fn content(&self, name: &str) -> Result<&'static [u8], Absent> {
        let Some(section) = self.elf.section_by_name(name) else {
            return Ok(&[]);
        };
        let malformed = |why: &str| Absent::Malformed {
            path: self.path.clone(),
            why: format!("{name}: {why}").into(),
        };
        let data = section
            .compressed_data()
            .map_err(|error| malformed(&error.to_string()))?;
        if data.format == CompressionFormat::None {
            return Ok(data.data);
        }
        if data.uncompressed_size > MOST_UNCOMPRESSED {
            return Err(malformed("too large"));
        }
        let content = data
            .decompress()
            .map_err(|error| malformed(&error.to_string()))?;
        Ok(Vec::leak(content.into_owned()))
    }

    /// The symbol of the function that an address is in: its name as it is in the file, and where it begins.
    ///
    /// Goes through the whole table: what asks keeps the answer.
    pub(super) fn symbol(&self, svma: u64) -> Option<(&'static [u8], u64)> {
        self.symbol_in(self.elf.elf_symbol_table(), svma)
    }

    /// The same, among the few that stay in a stripped file.
    pub(super) fn exported_symbol(&self, svma: u64) -> Option<(&'static [u8], u64)> {
        self.symbol_in(self.elf.elf_dynamic_symbol_table(), svma)
    }

    fn symbol_in(&self, table: &Table, svma: u64) -> Option<(&'static [u8], u64)> {
        let endian = self.elf.endian();
        let index = symbols::covering(object::bytes_of_slice(table.symbols()), svma)?;
        let symbol = table.symbols().get(index)?;
        let name = symbol.name(endian, table.strings()).ok()?;
        Some((name, symbol.st_value(endian)))
    }

    /// The name and check sum of the file that has the debug information, as the linker's companion wrote it here.
    pub(super) fn debug_link(&self) -> Option<&'static [u8]> {
        Some(self.elf.gnu_debuglink().ok()??.0)
    }

    /// Whether a file with debug information only was made from the same object as this one.
    pub(super) fn matches(&self, debug: &ObjectFile) -> bool {
        if let (Some(ours), Some(theirs)) = (self.build_id(), debug.build_id()) {
            return ours == theirs;
        }
        // Without ids: the sections that are loaded lie at the same addresses and are of the same sizes.
        let loaded = |file: &ObjectFile| -> Vec<(u64, u64)> {
            let sections = file.elf.sections();
            let places = sections.map(|section| (section.address(), section.size()));
            places.filter(|(address, _)| *address != 0).collect()
        };
        self.elf.elf_header().e_machine(self.elf.endian())
            == debug.elf.elf_header().e_machine(debug.elf.endian())
            && loaded(self) == loaded(debug)
    }
}

impl fmt::Debug for ObjectFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectFile").field(&self.path).finish()
    }
}
