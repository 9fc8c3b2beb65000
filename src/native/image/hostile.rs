//! Whatever sections hold: units, functions, lines and names are looked up without a crash, a panic or unbounded time.

use super::garbled::{Random, section, unit_bytes, with_section};
use super::{Debug, Dwarf, LoadedUnit, Located, functions, lines, ranges};
use crate::native::{locals::work::worked, unwind};
use gimli::{DebugInfoOffset, SectionId};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

#[inline(always)]
fn inlined() -> unwind::RawStack {
    black_box(unwind::capture())
}

/// A place in this file, with a function that was inlined there.
#[inline(never)]
fn place() -> Located {
    let stack = black_box(inlined());
    let frame = stack.frames.iter().find_map(|frame| {
        let located = Located::of(frame.lookup())?;
        (!located.inlined.is_empty()).then_some(located)
    });
    frame.expect("built with debug information")
}

/// How much was found, and how much of it as it is where nothing is wrong.
#[derive(Default)]
struct Found {
    units: usize,
    functions: usize,
    lines: usize,
    right: usize,
}

impl Found {
    /// Asks all that is asked of a unit: for the place itself, and for others that it may seem to have.
    fn look(&mut self, place: &Located, dwarf: &Arc<Dwarf>, random: &mut Random) {
        let Some(loaded) = LoadedUnit::of_sections(dwarf, DebugInfoOffset(0)) else {
            return;
        };
        self.units += 1;
        let (unit, debug) = (
            &loaded.unit,
            place.image.debug().expect("debug information"),
        );
        for svma in [
            place.svma,
            place.svma ^ 1 << random.below(64),
            random.next(),
            0,
            u64::MAX,
        ] {
            if let Some((subprogram, inlined)) = functions::at(dwarf, unit, svma) {
                self.functions += 1;
                self.right += usize::from(svma == place.svma && inlined == place.inlined);
                for die in [subprogram].into_iter().chain(inlined) {
                    self.name(&loaded, debug, die);
                }
            }
            if let Some(line) = lines::at(unit, svma) {
                self.lines += 1;
                black_box(lines::file(dwarf, unit, line.file));
            }
        }
        for file in [0, 1, random.next() & 0xff, random.next(), u64::MAX] {
            black_box(lines::file(dwarf, unit, file));
        }
        for die in functions::statics(unit).into_iter().take(100) {
            self.name(&loaded, debug, die);
        }
        let anywhere = gimli::UnitOffset(random.below(unit.header.length_including_self()));
        self.name(&loaded, debug, anywhere);
    }

    fn name(&self, unit: &LoadedUnit, debug: &Debug, die: gimli::UnitOffset) {
        black_box(unit.function(debug, die));
    }
}

/// The longest that it may take to look at five addresses, in a build without optimisation.
const MOST: Duration = Duration::from_millis(500);

#[test]
fn any_unit_and_line_table_does() {
    use SectionId::*;
    let place = place();
    let unit = &place.unit.unit;
    let (header, subprogram) = (&unit.header, place.subprogram.expect("a function").0);
    let abbreviations = header.debug_abbrev_offset().0;
    let program = unit.line_program.as_ref().expect("lines").header();
    let table = program.offset().0;
    let mut random = Random(4);
    let mut found = Found::default();
    for round in 0..ROUNDS {
        let id = [DebugInfo, DebugAbbrev, DebugLine][round % 3];
        // What the place is found by; a copy of it stays for each round.
        let (mut bytes, interesting) = match id {
            DebugInfo => (unit_bytes(&place).to_vec(), 0..subprogram + 500),
            DebugAbbrev => (
                upto(&place, id, abbreviations + 3000),
                abbreviations..abbreviations + 2500,
            ),
            _ => {
                let end = table + 4 + program.unit_length();
                (upto(&place, id, end), table..end)
            }
        };
        // The first of each is whole; of the others half are garbled where the unit or table begins.
        if round >= 3 {
            let end = interesting.end.min(bytes.len());
            let half = if random.below(2) == 0 {
                100
            } else {
                usize::MAX
            };
            let end = end.min(interesting.start.saturating_add(half));
            random.garble(&mut bytes, interesting.start..end);
        }
        let dwarf = with_section(&place, id, bytes);
        let start = worked();
        found.look(&place, &dwarf, &mut random);
        let took = worked() - start;
        assert!(took < MOST, "{took:?} in round {round}");
        assert!(
            round > 2 || found.right == round + 1,
            "round {round} is whole"
        );
    }
    assert!(found.units > ROUNDS / 4, "{}", found.units);
    assert!(found.functions > ROUNDS / 8 && found.lines > ROUNDS / 8);
    assert!(found.right < ROUNDS, "nothing was garbled");
}

const ROUNDS: usize = 450;

/// The first bytes of a section.
fn upto(place: &Located, id: SectionId, end: usize) -> Vec<u8> {
    let bytes = section(place, id).slice();
    bytes[..end.min(bytes.len())].to_vec()
}

#[test]
fn any_list_of_ranges_does() {
    let place = place();
    let whole = section(&place, SectionId::DebugAranges).slice();
    let unit = place.unit.unit.header.debug_info_offset();
    assert_eq!(ranges::listed(whole, place.svma), unit);
    // The set that lists it, and what follows.
    let mut from = 0;
    let whole = loop {
        let length = u32::from_ne_bytes(*whole[from..].first_chunk().expect("a set"));
        let end = from + 4 + length as usize;
        if ranges::listed(&whole[from..end], place.svma).is_some() {
            break &whole[from..whole.len().min(end + 4096)];
        }
        from = end;
    };
    let only = with_section(&place, SectionId::DebugInfo, unit_bytes(&place).to_vec());
    let mut random = Random(5);
    let mut right = 0;
    for round in 0..ROUNDS {
        let mut bytes = whole.to_vec();
        // Most of what lengths are lies at the beginning of a set.
        let end = [16, 200, bytes.len()][round % 3];
        random.garble(&mut bytes, 0..end);
        let start = worked();
        for svma in [place.svma, random.next(), 0, u64::MAX] {
            right += usize::from(ranges::listed(&bytes, svma) == unit);
            let covered = ranges::unlisted(&only, &bytes);
            black_box(ranges::covering(&covered, svma));
        }
        let took = worked() - start;
        assert!(took < MOST, "{took:?} in round {round}");
    }
    assert!(0 < right && right < ROUNDS, "{right} of {ROUNDS}");
    // What no list has is asked of the unit.
    let covered = ranges::unlisted(&only, &[]);
    let found = ranges::covering(&covered, place.svma);
    assert_eq!(found, Some(DebugInfoOffset(0)));
}

#[test]
fn one_long_list_that_many_functions_have_is_not_read_for_each() {
    const FUNCTIONS: usize = 20_000;
    const RANGES: u64 = 20_000;
    // A unit, and functions that have nothing but ranges.
    let abbreviations = vec![
        1, 0x11, 1, 0x55, 0x17, 0, 0, // DW_TAG_compile_unit, DW_AT_ranges
        2, 0x2e, 0, 0x55, 0x17, 0, 0, // DW_TAG_subprogram, DW_AT_ranges
        0,
    ];
    let mut body = vec![4, 0, 0, 0, 0, 0, 8];
    for code in std::iter::once(1).chain(std::iter::repeat_n(2, FUNCTIONS)) {
        body.extend([code, 0, 0, 0, 0]);
    }
    body.push(0);
    let mut info = (body.len() as u32).to_le_bytes().to_vec();
    info.extend(body);
    let mut list = Vec::new();
    for start in (1..=RANGES).map(|at| at * 0x100).chain([0]) {
        let end = if start == 0 { 0 } else { start + 0x10 };
        list.extend([start, end].map(u64::to_le_bytes).concat());
    }
    let sections: [&'static [u8]; 3] = [abbreviations.leak(), info.leak(), list.leak()];
    let load = |id: SectionId| -> Result<super::Slice, ()> {
        let bytes = match id {
            SectionId::DebugAbbrev => sections[0],
            SectionId::DebugInfo => sections[1],
            SectionId::DebugRanges => sections[2],
            _ => &[],
        };
        Ok(super::Slice::new(bytes, gimli::NativeEndian))
    };
    let dwarf = Arc::new(Dwarf::load(load).expect("sections"));
    let loaded = LoadedUnit::of_sections(&dwarf, DebugInfoOffset(0)).expect("a unit");
    let found = functions::at(&dwarf, &loaded.unit, 0x105);
    assert!(found.is_some(), "the first function has it");
    let start = worked();
    assert!(functions::at(&dwarf, &loaded.unit, 0x111).is_none());
    let covered = ranges::unlisted(&dwarf, &[]);
    assert_eq!(covered.len(), RANGES as usize);
    let took = worked() - start;
    assert!(took < Duration::from_millis(200), "{took:?}");
}
