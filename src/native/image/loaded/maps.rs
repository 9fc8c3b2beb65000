//! What the kernel has mapped, by `/proc/self/maps`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fs, str};

/// A line of it.
#[derive(Clone, Copy)]
struct Mapping<'a> {
    start: usize,
    end: usize,
    permissions: &'a [u8],
    offset: usize,
    /// Device and inode.
    file: [&'a [u8]; 2],
    path: &'a [u8],
}

/// A mapped file, or what the kernel maps without one.
pub(super) struct Mapped {
    /// Where its first byte lies, and how much of it there is.
    pub(super) start: usize,
    pub(super) size: usize,
    /// Empty for the program itself.
    pub(super) name: Vec<u8>,
}

/// The file that is mapped at an address, from its first byte on.
pub(super) fn at(address: usize) -> Option<Mapped> {
    let maps = fs::read("/proc/self/maps").ok()?;
    find(
        &maps,
        address,
        fs::read_link("/proc/self/exe").ok().as_deref(),
    )
}

/// A number that changes when code is mapped or unmapped.
pub(super) fn state() -> u64 {
    state_of(&fs::read("/proc/self/maps").unwrap_or_default())
}

fn state_of(maps: &[u8]) -> u64 {
    let code = lines(maps).filter(|line| line.permissions.get(2) == Some(&b'x'));
    code.fold(0, |state, line| {
        let place = super::hash(&line.start.to_ne_bytes()) ^ super::hash(line.path);
        (state ^ place).rotate_left(1)
    })
}

fn find(maps: &[u8], address: usize, program: Option<&Path>) -> Option<Mapped> {
    let mut first: Option<Mapping<'_>> = None;
    for line in lines(maps) {
        // An object lies in one piece: the last beginning of its file in front of the address is its own.
        let is_first = line.offset == 0 && line.permissions.first() == Some(&b'r');
        if is_first && !line.path.is_empty() {
            first = Some(line);
        }
        if !(line.start..line.end).contains(&address) {
            continue;
        }
        let first = first.filter(|first| first.file == line.file && first.path == line.path)?;
        let is_program =
            program.is_some_and(|path| path == Path::new(OsStr::from_bytes(line.path)));
        return Some(Mapped {
            start: first.start,
            size: first.end - first.start,
            name: if is_program { &[] } else { line.path }.to_vec(),
        });
    }
    None
}

fn lines(maps: &[u8]) -> impl Iterator<Item = Mapping<'_>> {
    maps.split(|byte| *byte == b'\n').filter_map(mapping)
}

/// `55d0c0000000-55d0c0021000 r-xp 00004000 08:01 1234    /usr/bin/program`
fn mapping(line: &[u8]) -> Option<Mapping<'_>> {
    let mut rest = line;
    let mut word = || {
        let (word, behind) = rest.split_at(rest.iter().position(|byte| *byte == b' ')?);
        rest = behind.trim_ascii_start();
        Some(word)
    };
    let (range, permissions, offset, device) = (word()?, word()?, word()?, word()?);
    // What is not of a file has nothing behind the inode.
    let inode = word().unwrap_or_default();
    let (start, end) = str::from_utf8(range).ok()?.split_once('-')?;
    let number = |digits| usize::from_str_radix(digits, 16).ok();
    Some(Mapping {
        start: number(start)?,
        end: number(end)?,
        permissions,
        offset: number(str::from_utf8(offset).ok()?)?,
        file: [device, inode],
        path: if inode.is_empty() { &[] } else { rest },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &[u8] = b"\
10000-12000 r--p 00000000 fe:00 77                         /usr/lib/other.so
20000-21000 r--p 00000000 fe:00 99                         /srv/the program (deleted)
21000-25000 r-xp 00001000 fe:00 99                         /srv/the program (deleted)
25000-26000 rw-p 00000000 00:00 0\x20
30000-3f000 r--p 00000000 fe:00 99                         /srv/the program (deleted)
40000-41000 r-xp 00002000 fe:00 77                         /usr/lib/other.so
50000-52000 r-xp 00000000 00:00 0                          [vdso]
";

    fn found(address: usize) -> Option<(usize, usize, String)> {
        let program = Path::new("/srv/the program (deleted)");
        let mapped = find(MAPS, address, Some(program))?;
        let name = String::from_utf8(mapped.name).unwrap();
        Some((mapped.start, mapped.size, name))
    }

    #[test]
    fn an_object_begins_with_the_first_byte_of_its_file() {
        assert_eq!(found(0x24fff), Some((0x20000, 0x1000, String::new())));
        assert_eq!(found(0x51000), Some((0x50000, 0x2000, "[vdso]".into())));
        assert_eq!(
            found(0x10000),
            Some((0x10000, 0x2000, "/usr/lib/other.so".into()))
        );
    }

    #[test]
    fn what_begins_with_nothing_is_no_object() {
        assert_eq!(found(0x25000), None, "of no file");
        assert_eq!(found(0x40000), None, "another file lies in front of it");
        assert_eq!(found(0x2f000), None);
        assert_eq!(found(usize::MAX), None);
    }

    #[test]
    fn lines_that_are_none_are_skipped() {
        for end in 0..MAPS.len() {
            assert!(find(&MAPS[..end], 0x51000, None).is_none_or(|found| found.start == 0x50000));
        }
        assert!(find(b"\n-\nx-y r-xp 0 0 0 \n\xff-\xff \xff", 0, None).is_none());
    }

    #[test]
    fn the_state_is_that_of_code() {
        let without = |line: usize| {
            let lines = MAPS.split_inclusive(|byte| *byte == b'\n').enumerate();
            let left: Vec<u8> = lines
                .filter(|(at, _)| *at != line)
                .flat_map(|(_, text)| text.to_vec())
                .collect();
            state_of(&left)
        };
        let is_code = |line| without(line) != state_of(MAPS);
        let code: Vec<usize> = (0..8).filter(|line| is_code(*line)).collect();
        assert_eq!(code, [2, 5, 6]);
        assert_ne!(state(), 0);
    }
}
