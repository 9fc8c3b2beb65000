//! Debug information that is not as any compiler wrote it: for tests.

use super::{Dwarf, Located, Slice};
use gimli::SectionId;
use std::ops::Range;
use std::sync::Arc;

/// A generator of numbers that are no pattern: the same ones each time.
pub(in crate::native) struct Random(pub(in crate::native) u64);

impl Random {
    pub(in crate::native) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(in crate::native) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// Cuts bytes off inside of a range, or puts others there.
    pub(in crate::native) fn garble(&mut self, bytes: &mut Vec<u8>, range: Range<usize>) {
        if self.below(4) == 0 {
            bytes.truncate(range.start + self.below(range.len()));
            return;
        }
        for _ in 0..1 + self.below(8) {
            let at = range.start + self.below(range.len());
            bytes[at] = [0, 1, 0x7f, 0x80, 0xff, self.next() as u8][self.below(6)];
        }
    }
}

/// A section of the file that a place is in.
pub(in crate::native) fn section(place: &Located, id: SectionId) -> Slice {
    let file = place.image.file().expect("the program's file");
    let section = file.section(id.name());
    section.unwrap_or_else(|_| panic!("{}", id.name()))
}

/// The bytes of the unit that a place is in.
pub(in crate::native) fn unit_bytes(place: &Located) -> &'static [u8] {
    let header = &place.unit.unit.header;
    let start = header.debug_info_offset().expect("a unit of .debug_info").0;
    &section(place, SectionId::DebugInfo).slice()[start..start + header.length_including_self()]
}

/// The sections of this program with one of them replaced; of `.debug_info`, only the unit of `place` is left.
pub(in crate::native) fn with_section(
    place: &Located,
    id: SectionId,
    bytes: Vec<u8>,
) -> Arc<Dwarf> {
    let replaced: &'static [u8] = bytes.leak();
    let load = |asked: SectionId| -> Result<Slice, ()> {
        Ok(match asked {
            asked if asked == id => Slice::new(replaced, gimli::NativeEndian),
            SectionId::DebugInfo => Slice::new(unit_bytes(place), gimli::NativeEndian),
            asked => section(place, asked),
        })
    };
    Arc::new(Dwarf::load(load).expect("sections"))
}
