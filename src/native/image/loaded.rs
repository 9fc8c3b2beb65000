//! What the dynamic linker has loaded.
//!
//! A child of `fork` does not ask it: its lock may be held by a thread that the child does not have. What the kernel
//! has mapped says the same, more slowly.

mod maps;

use crate::stack::generation;
use object::read::elf::FileHeader;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// An object, as the dynamic linker tells of it.
pub(super) struct Loaded {
    name: Vec<u8>,
    pub(super) bias: usize,
    pub(super) segments: Vec<(usize, usize)>,
    pub(super) identity: Identity,
    /// `_GLOBAL_OFFSET_TABLE_`
    landmark: Option<usize>,
}

/// What tells one build of an object from another, read from memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Of the program headers.
    headers: u64,
    build_id: Option<BuildId>,
}

/// The first bytes of a build id, as long as it is.
pub(super) type BuildId = ([u8; 32], usize);

impl Loaded {
    /// The path of its file. The program itself has none here, and is known by its name in `/proc`.
    pub(super) fn path(&self) -> PathBuf {
        if self.name.is_empty() {
            return std::env::current_exe().unwrap_or_default();
        }
        PathBuf::from(OsStr::from_bytes(&self.name))
    }
}

impl Identity {
    /// Of an object with these program headers and this build id.
    pub(super) fn of(headers: &[u8], build_id: Option<&[u8]>) -> Identity {
        Identity {
            headers: hash(headers),
            build_id: build_id.map(short),
        }
    }
}

pub(super) fn short(id: &[u8]) -> BuildId {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(id) {
        *to = *from;
    }
    (bytes, id.len())
}

/// FNV-1a
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// `dl_phdr_info`
#[repr(C)]
struct Info {
    bias: usize,
    name: *const c_char,
    headers: *const Header,
    count: u16,
    /// Objects that were loaded and unloaded so far, if the size says that it is there.
    _loaded: u64,
    unloaded: u64,
}

/// `ElfW(Phdr)`
#[repr(C)]
#[cfg(target_pointer_width = "64")]
struct Header {
    kind: u32,
    flags: u32,
    offset: usize,
    address: usize,
    physical: usize,
    in_file: usize,
    size: usize,
    align: usize,
}

/// `ElfW(Phdr)`
#[repr(C)]
#[cfg(target_pointer_width = "32")]
struct Header {
    kind: u32,
    offset: usize,
    address: usize,
    physical: usize,
    in_file: usize,
    size: usize,
    flags: u32,
    align: usize,
}

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_NOTE: u32 = 4;

unsafe extern "C" {
    fn dl_iterate_phdr(
        visit: unsafe extern "C" fn(*const Info, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
}

/// Whether the dynamic linker may never answer.
fn is_forked() -> bool {
    generation() != 1
}

/// Objects that were unloaded so far, or another number: as long as it is the same, an address means the same.
pub(crate) fn unloaded() -> u64 {
    if is_forked() {
        return maps::state();
    }
    unsafe extern "C" fn visit(info: *const Info, size: usize, data: *mut c_void) -> c_int {
        if size >= size_of::<Info>() {
            // SAFETY: as `unloaded` and the dynamic linker call it.
            unsafe { *data.cast::<u64>() = (*info).unloaded };
        }
        1
    }
    let mut unloaded = 0_u64;
    // SAFETY: `visit` gets the address of `unloaded`, which outlives the call.
    unsafe { dl_iterate_phdr(visit, (&raw mut unloaded).cast()) };
    unloaded
}

/// `_GLOBAL_OFFSET_TABLE_` of the object that is loaded at an address.
pub(crate) fn landmark(address: usize) -> Option<usize> {
    at(address)?.landmark
}

struct Search {
    address: usize,
    found: Option<Loaded>,
}

/// The object that is loaded at an address.
pub(super) fn at(address: usize) -> Option<Loaded> {
    if is_forked() {
        return mapped_at(address);
    }
    let mut search = Search {
        address,
        found: None,
    };
    // SAFETY: `visit` gets the address of `search`, which outlives the call.
    unsafe { dl_iterate_phdr(visit, (&raw mut search).cast()) };
    search.found
}

unsafe extern "C" fn visit(info: *const Info, _size: usize, data: *mut c_void) -> c_int {
    // SAFETY: as `at` and the dynamic linker call it; the headers are mapped while it does.
    let (info, search) = unsafe { (&*info, &mut *data.cast::<Search>()) };
    if info.headers.is_null() {
        return 0;
    }
    let name = || {
        if info.name.is_null() {
            return Vec::new();
        }
        // SAFETY: NUL-terminated, the linker's own.
        unsafe { CStr::from_ptr(info.name) }.to_bytes().to_vec()
    };
    // SAFETY: as above.
    search.found = unsafe {
        let headers = std::slice::from_raw_parts(info.headers, info.count.into());
        loaded_with(headers, info.bias, search.address, name)
    };
    search.found.is_some().into()
}

#[cfg(target_pointer_width = "64")]
type File = object::elf::FileHeader64<object::NativeEndian>;
#[cfg(target_pointer_width = "32")]
type File = object::elf::FileHeader32<object::NativeEndian>;

/// As [`at`], by the headers in front of what is mapped there.
fn mapped_at(address: usize) -> Option<Loaded> {
    let mapped = maps::at(address)?;
    // SAFETY: that much of a file was mapped there a moment ago, and can be read; nobody writes to headers.
    let bytes = unsafe { std::slice::from_raw_parts(mapped.start as *const u8, mapped.size) };
    let file = File::parse(bytes).ok()?;
    let headers = file.program_headers(file.endian().ok()?, bytes).ok()?;
    let (first, count) = (headers.as_ptr().cast::<Header>(), headers.len());
    if !first.is_aligned() {
        return None;
    }
    // SAFETY: both are the system's structure, checked to lie inside of the bytes.
    let headers = unsafe { std::slice::from_raw_parts(first, count) };
    let first = headers.iter().find(|header| header.kind == PT_LOAD)?;
    let bias = mapped
        .start
        .wrapping_sub(first.address.wrapping_sub(first.offset));
    // SAFETY: what the file begins with is what was loaded from it.
    unsafe { loaded_with(headers, bias, address, || mapped.name) }
}

/// # Safety
/// The headers are those of an object that is loaded with this bias.
unsafe fn loaded_with(
    headers: &[Header],
    bias: usize,
    address: usize,
    name: impl FnOnce() -> Vec<u8>,
) -> Option<Loaded> {
    let place = |header: &Header| {
        let start = bias.wrapping_add(header.address);
        (start, start.wrapping_add(header.size))
    };
    let loads = || headers.iter().filter(|header| header.kind == PT_LOAD);
    let holds = |(start, end): (usize, usize)| (start..end).contains(&address);
    if !loads().map(place).any(holds) {
        return None;
    }
    // SAFETY: plain words.
    let bytes =
        unsafe { std::slice::from_raw_parts(headers.as_ptr().cast::<u8>(), size_of_val(headers)) };
    let notes = headers.iter().filter(|header| header.kind == PT_NOTE);
    let build_id = notes.map(place).find_map(|(start, end)| {
        // Only what a segment that is loaded from the file covers.
        let inside = |(low, high): (usize, usize)| low <= start && start <= end && end <= high;
        let mapped = loads().map(place).any(inside);
        // SAFETY: mapped, and nobody writes to notes.
        mapped
            .then(|| unsafe { std::slice::from_raw_parts(start as *const u8, end - start) })
            .and_then(build_id)
    });
    Some(Loaded {
        name: name(),
        bias,
        segments: loads().map(place).collect(),
        identity: Identity::of(bytes, build_id),
        landmark: headers
            .iter()
            .find(|header| header.kind == PT_DYNAMIC)
            .map(place)
            .filter(|(start, end)| {
                loads()
                    .map(place)
                    .any(|(low, high)| low <= *start && *end <= high)
            })
            // SAFETY: mapped, and of whole words.
            .map(|(start, end)| unsafe {
                std::slice::from_raw_parts(
                    start as *const [usize; 2],
                    (end - start) / size_of::<[usize; 2]>(),
                )
            })
            .and_then(|entries| global_offset_table(entries, bias)),
    })
}

/// Of the dynamic section. Whether the linker has moved the address there already differs.
fn global_offset_table(entries: &[[usize; 2]], bias: usize) -> Option<usize> {
    /// `DT_PLTGOT`
    const TABLE: usize = 3;
    let entry = entries
        .iter()
        .take_while(|entry| entry[0] != 0)
        .find(|entry| entry[0] == TABLE)?;
    Some(if entry[1] < bias {
        entry[1] + bias
    } else {
        entry[1]
    })
}

/// `NT_GNU_BUILD_ID`, if it is among these notes.
fn build_id(mut notes: &[u8]) -> Option<&[u8]> {
    while notes.len() >= 12 {
        let word = |at: usize| {
            let bytes = notes[at..at + 4].try_into().unwrap_or_default();
            u32::from_ne_bytes(bytes) as usize
        };
        let (name, size, kind) = (word(0), word(4), word(8));
        let start = 12_usize.checked_add(name.checked_next_multiple_of(4)?)?;
        let end = start.checked_add(size)?;
        if kind == 3 && notes.get(12..12_usize.checked_add(name)?) == Some(b"GNU\0") {
            return notes.get(start..end);
        }
        notes = notes.get(end.checked_next_multiple_of(4)?..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_in_the_object_that_it_was_linked_into() {
        let here = at(at as *const () as usize).unwrap();
        assert_eq!(here.path(), std::env::current_exe().unwrap());
        let libc = at(std::process::abort as *const () as usize);
        assert_eq!(libc.unwrap().bias, here.bias);
        assert!(at(8).is_none());
    }

    #[test]
    fn what_is_mapped_says_what_the_linker_says() {
        for address in [
            at as *const () as usize,
            dl_iterate_phdr as *const () as usize,
        ] {
            let (asked, mapped) = (at(address).unwrap(), mapped_at(address).unwrap());
            assert_eq!(
                (asked.bias, &asked.segments),
                (mapped.bias, &mapped.segments)
            );
            assert_eq!(
                (asked.identity, asked.landmark),
                (mapped.identity, mapped.landmark)
            );
            assert_eq!(
                asked.path().canonicalize().unwrap(),
                mapped.path().canonicalize().unwrap()
            );
        }
        assert!(mapped_at(8).is_none());
    }

    #[test]
    #[cfg(all(not(unoptimised), target_arch = "x86_64"))]
    fn the_landmark_of_this_object_is_the_linkers() {
        assert_eq!(landmark(at as *const () as usize), crate::stack::landmark());
    }

    #[test]
    fn a_table_that_the_linker_moved_is_not_moved_again() {
        for moved in [0, 0x7000] {
            let entries = [[1, 9], [3, 0x10 + moved], [0, 0], [3, 1]];
            assert_eq!(global_offset_table(&entries, 0x7000), Some(0x7010));
        }
        assert_eq!(global_offset_table(&[[0, 0], [3, 1]], 0), None);
    }

    #[test]
    fn a_build_id_is_found_behind_other_notes() {
        let note = |kind: u32, name: &[u8], content: &[u8]| {
            let words = [name.len() as u32, content.len() as u32, kind];
            let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            for part in [name, content] {
                bytes.extend(part);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
            bytes
        };
        let notes = [note(5, b"GNU\0", &[0; 9]), note(3, b"GNU\0", b"identity")].concat();
        assert_eq!(build_id(&notes), Some(&b"identity"[..]));
        assert_eq!(build_id(&note(3, b"Go\0", b"identity")), None);
        for end in 0..notes.len() {
            build_id(&notes[..end]);
        }
    }
}
