//! Which unit covers an address.

use super::Dwarf;
use gimli::DebugInfoOffset;

/// Code of a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Covered {
    start: u64,
    end: u64,
    unit: usize,
}

/// The unit that `.debug_aranges` gives for an address.
///
/// Reads the section as it lies in the file, by plain loads: a table of it would take longer to make, in a build without
/// optimisation, than all that it is asked for.
pub(super) fn listed(aranges: &[u8], svma: u64) -> Option<DebugInfoOffset> {
    let mut rest = aranges;
    while let Some((set, after)) = Set::first(rest) {
        if set.holds(svma) {
            return Some(DebugInfoOffset(set.unit));
        }
        rest = after;
    }
    None
}

/// The ranges of one unit in `.debug_aranges`.
struct Set<'a> {
    unit: usize,
    tuples: &'a [u8],
    /// Bytes of an address.
    size: usize,
}

impl<'a> Set<'a> {
    /// The set that a section begins with, and what comes after it.
    fn first(bytes: &'a [u8]) -> Option<(Set<'a>, &'a [u8])> {
        let (length, head, word) = match word32(bytes, 0)? {
            0xffff_ffff => (word64(bytes, 4)? as usize, 12, 8),
            length => (length as usize, 4, 4),
        };
        let end = head + length.min(bytes.len().checked_sub(head)?);
        let unit = match word {
            8 => word64(bytes, head + 2)? as usize,
            _ => word32(bytes, head + 2)? as usize,
        };
        let size = usize::from(*bytes.get(head + 2 + word)?);
        // Tuples are aligned to their own size, from the start of the set.
        let start = (head + 4 + word).next_multiple_of(2 * size.max(1));
        let tuples = bytes.get(start..end.max(start)).unwrap_or_default();
        Some((Set { unit, tuples, size }, &bytes[end..]))
    }

    fn holds(&self, svma: u64) -> bool {
        if self.size != 8 {
            let word = |at: usize| word32(self.tuples, at).map(u64::from);
            let mut tuples = (0..self.tuples.len()).step_by(8);
            return tuples.any(|at| match (word(at), word(at + 4)) {
                (Some(start), Some(length)) => start != 0 && svma.wrapping_sub(start) < length,
                _ => false,
            });
        }
        let mut at = self.tuples.as_ptr();
        let end = at.wrapping_add(self.tuples.len() & !15);
        while at < end {
            // SAFETY: sixteen bytes between the ends of the slice.
            let (start, length) = unsafe {
                (
                    at.cast::<u64>().read_unaligned(),
                    at.wrapping_add(8).cast::<u64>().read_unaligned(),
                )
            };
            // Code that the linker dropped begins at 0.
            if svma.wrapping_sub(start) < length && start != 0 {
                return true;
            }
            at = at.wrapping_add(16);
        }
        false
    }
}

fn word32(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*word))
}

fn word64(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u64::from_ne_bytes(*word))
}

/// Ranges read of units that are not listed. Many may have the same long list.
const MOST_UNLISTED: usize = 200_000;

/// What the units cover that `.debug_aranges` does not list: those of compilers that do not write it.
pub(super) fn unlisted(dwarf: &Dwarf, aranges: &[u8]) -> Vec<Covered> {
    let mut listed = Vec::new();
    let mut rest = aranges;
    while let Some((set, after)) = Set::first(rest) {
        listed.push(set.unit);
        rest = after;
    }
    listed.sort_unstable();
    let mut covered = Vec::new();
    let mut units = dwarf.units();
    while let Ok(Some(header)) = units.next() {
        let offset = header.offset().0;
        if listed.binary_search(&offset).is_ok() {
            continue;
        }
        let Ok(unit) = dwarf.unit(header) else {
            continue;
        };
        let Ok(mut ranges) = dwarf.unit_ranges(&unit) else {
            continue;
        };
        while covered.len() < MOST_UNLISTED
            && let Ok(Some(range)) = ranges.next()
        {
            covered.push(Covered {
                start: range.begin,
                end: range.end,
                unit: offset,
            });
        }
    }
    covered.sort_unstable_by_key(|range| range.start);
    covered
}

/// The unit that covers an address.
pub(super) fn covering(covered: &[Covered], svma: u64) -> Option<DebugInfoOffset> {
    let after = covered.partition_point(|range| range.start <= svma);
    let range = covered.get(after.checked_sub(1)?)?;
    (svma < range.end).then_some(DebugInfoOffset(range.unit))
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    /// A set of 8-byte ranges.
    fn set(unit: u32, ranges: &[(u64, u64)]) -> Vec<u8> {
        let mut body = vec![2, 0];
        body.extend(unit.to_le_bytes());
        body.extend([8, 0, 0, 0, 0, 0]);
        for (start, length) in ranges.iter().chain([&(0, 0)]) {
            body.extend(start.to_le_bytes());
            body.extend(length.to_le_bytes());
        }
        [&(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    #[test]
    fn each_address_is_in_the_unit_that_lists_it() {
        let section = [set(0x10, &[(100, 10), (300, 5)]), set(0x20, &[(200, 50)])].concat();
        let unit = |svma| listed(&section, svma).map(|offset| offset.0);
        assert_eq!(
            [unit(100), unit(109), unit(110)],
            [Some(0x10), Some(0x10), None]
        );
        assert_eq!(
            [unit(200), unit(304), unit(305)],
            [Some(0x20), Some(0x10), None]
        );
        assert_eq!(unit(0), None);
    }

    #[test]
    fn a_section_that_is_cut_off_anywhere_is_read_as_far_as_it_goes() {
        let section = [set(0x10, &[(100, 10)]), set(0x20, &[(200, 50)])].concat();
        for end in 0..section.len() {
            let found = listed(&section[..end], 205).map(|offset| offset.0);
            assert!(found.is_none_or(|unit| unit == 0x20), "{end}");
        }
        let mut hostile = section.clone();
        hostile[..4].copy_from_slice(&[0xff; 4]);
        listed(&hostile, 205);
    }
}
