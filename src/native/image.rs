//! The objects that are loaded: the program and its shared libraries, and the files they came from.
//!
//! Files are opened in this folder and nowhere else. What is opened is mapped and stays so: sections are `'static`, and
//! neither a lock nor a count stands between a panic hook and them.

mod bytes;
mod debug;
mod file;
mod find;
mod functions;
#[cfg(fuzzing)]
mod fuzz;
#[cfg(test)]
pub(in crate::native) mod garbled;
#[cfg(test)]
mod hostile;
pub(crate) mod lines;
mod loaded;
mod ranges;
mod split;
mod symbols;
mod unit;

pub(crate) use debug::Debug;
pub(crate) use file::{Absent, ObjectFile};
pub(crate) use functions::{Function, statics};
#[cfg(fuzzing)]
pub(crate) use fuzz::fuzz;
pub(crate) use loaded::{landmark, unloaded};
#[allow(unused_imports)] // as in the module around this
pub(crate) use unit::{LoadedUnit, Located};

use once_cell::race::OnceBox;
use std::path::{Path, PathBuf};

/// Sections and all that is read from them.
pub(crate) type Slice = gimli::EndianSlice<'static, gimli::NativeEndian>;
/// The debug information of one file.
pub(crate) type Dwarf = gimli::Dwarf<Slice>;
/// A compilation unit.
pub(crate) type Unit = gimli::Unit<Slice>;

/// A loaded object.
#[derive(Debug)]
pub(crate) struct Image {
    /// Where the system says that it came from.
    path: PathBuf,
    /// What its addresses were moved by.
    bias: usize,
    /// Where its segments lie, as it was loaded: `start..end`.
    segments: Vec<(usize, usize)>,
    identity: loaded::Identity,
    file: OnceBox<Result<ObjectFile, Absent>>,
    /// The file that was split off of it when it was stripped.
    companion: OnceBox<Result<ObjectFile, Absent>>,
    debug: OnceBox<Result<Debug, Absent>>,
    next: OnceBox<Image>,
}

/// All objects that were ever seen; a list that only grows.
static SEEN: OnceBox<Image> = OnceBox::new();

/// More is not decompressed for a library of the system's: it would take longer than it is worth.
const MOST_COMPRESSED: usize = 256 << 10;

/// More than any program loads, but for one that loads and unloads without an end.
const MOST: usize = 4096;

/// The object that is loaded at an address.
///
/// Asks the system each time (some microseconds): objects come and go.
pub(crate) fn at(address: usize) -> Option<&'static Image> {
    let found = loaded::at(address)?;
    let mut link = &SEEN;
    let mut new = None;
    for _ in 0..MOST {
        match link.get() {
            Some(image) if image.is(&found) => return Some(image),
            Some(image) => link = &image.next,
            None => {
                let image = new.take().unwrap_or_else(|| Box::new(Image::of(&found)));
                // Refused if another thread was faster: then look at what it put there.
                new = link.set(image).err();
            }
        }
    }
    None
}

impl Image {
    fn of(found: &loaded::Loaded) -> Image {
        Image {
            path: found.path(),
            bias: found.bias,
            segments: found.segments.clone(),
            identity: found.identity,
            file: OnceBox::new(),
            companion: OnceBox::new(),
            debug: OnceBox::new(),
            next: OnceBox::new(),
        }
    }

    fn is(&self, found: &loaded::Loaded) -> bool {
        self.bias == found.bias
            && self.identity == found.identity
            && self.segments == found.segments
    }

    /// The path of the file; empty for what the system maps without one.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What an address at run time is in the file: the address that symbols and debug information have it under.
    pub(crate) fn svma(&self, address: usize) -> u64 {
        address.wrapping_sub(self.bias) as u64
    }

    /// What an address in the file is at run time.
    #[allow(dead_code)] // for the reader of locals
    pub(crate) fn address(&self, svma: u64) -> usize {
        (svma as usize).wrapping_add(self.bias)
    }

    /// The file, if it still is the one that was loaded.
    pub(crate) fn file(&self) -> Result<&ObjectFile, &Absent> {
        self.file
            .get_or_init(|| Box::new(find::file_of(&self.path, &self.identity)))
            .as_ref()
    }

    /// The file with debug information that belongs to it, where it has none itself.
    fn companion(&self) -> Result<&ObjectFile, &Absent> {
        let find = || {
            let file = self.file().map_err(Clone::clone)?;
            find::companion_of(file)
        };
        self.companion.get_or_init(|| Box::new(find())).as_ref()
    }

    /// The symbol of the function that an address is in: its name as the linker has it, and where it begins in the file.
    pub(crate) fn symbol(&self, svma: u64) -> Option<(&'static [u8], u64)> {
        let file = self.file().ok()?;
        let companion = || match file.has_debug() {
            true => None,
            false => self.companion().ok()?.symbol(svma),
        };
        file.symbol(svma)
            .or_else(companion)
            .or_else(|| file.exported_symbol(svma))
    }

    /// Its debug information, or why there is none.
    ///
    /// The first call opens files and decompresses what is compressed; it parses nothing.
    pub(crate) fn debug(&self) -> Result<&Debug, &Absent> {
        let open = || {
            let file = self.file().map_err(Clone::clone)?;
            if file.has_debug() {
                return Debug::of(file, file);
            }
            let companion = self.companion().map_err(Clone::clone)?;
            if companion.is_of_system() && companion.compressed_bytes() > MOST_COMPRESSED {
                let path = companion.path().to_owned();
                return Err(Absent::Compressed { path });
            }
            Debug::of(file, companion)
        };
        self.debug.get_or_init(|| Box::new(open())).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(located: &Located, die: gimli::UnitOffset) -> String {
        let unit = &located.unit;
        let entry = unit.unit.entry(die).unwrap();
        let name = entry.attr_value(gimli::DW_AT_name).or_else(|| {
            let origin = entry.attr_value(gimli::DW_AT_abstract_origin)?;
            let gimli::AttributeValue::UnitRef(origin) = origin else {
                return None;
            };
            unit.unit.entry(origin).ok()?.attr_value(gimli::DW_AT_name)
        });
        let name = unit.dwarf.attr_string(&unit.unit, name.unwrap()).unwrap();
        String::from_utf8_lossy(name.slice()).into_owned()
    }

    #[inline(always)]
    fn inlined() -> crate::native::unwind::RawStack {
        std::hint::black_box(crate::native::unwind::capture())
    }

    #[inline(never)]
    fn outer() -> crate::native::unwind::RawStack {
        std::hint::black_box(inlined())
    }

    #[test]
    fn a_place_is_its_function_and_what_was_inlined_there() {
        let stack = outer();
        let located = Located::of(stack.frames[0].lookup()).expect("built with debug information");
        assert_eq!(name(&located, located.subprogram.unwrap()), "outer");
        let inlined: Vec<String> = located
            .inlined
            .iter()
            .map(|&die| name(&located, die))
            .collect();
        assert_eq!(inlined, ["inlined"]);
    }

    #[test]
    fn what_lies_in_no_object_is_found_nowhere() {
        assert!(at(&raw const *Box::new(1) as usize).is_none());
        assert!(Located::of(1).is_none());
    }

    #[test]
    fn objects_are_known_again() {
        let here = at as *const () as usize;
        let image = at(here).unwrap();
        assert!(std::ptr::eq(image, at(here + 1).unwrap()));
        assert_eq!(image.address(image.svma(here)), here);
        let (symbol, start) = image.symbol(image.svma(here)).unwrap();
        assert_eq!(start, image.svma(here));
        let symbol = std::str::from_utf8(symbol).unwrap();
        assert!(
            symbol.contains("native") && symbol.contains("image"),
            "{symbol}"
        );
    }
}
