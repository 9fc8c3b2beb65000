//! Which function of a unit an address is in, and what was inlined there.
//!
//! A unit is gone through from its beginning: nothing in it tells where a function is. What a DIE of each shape is skipped
//! by is worked out once a unit.

use super::bytes::Bytes;
use super::{Dwarf, Slice, Unit};
use gimli::{AttributeValue, DwAt, DwForm, DwTag, UnitOffset};

/// Ranges looked at on the way to an address. Many functions may have the same long list.
const MOST_RANGES: usize = 100_000;

/// The subprogram that an address is in, and the functions that were inlined there, outermost first.
pub(super) fn at(dwarf: &Dwarf, unit: &Unit, svma: u64) -> Option<(UnitOffset, Vec<UnitOffset>)> {
    let shapes = Shapes::of(unit)?;
    let first = unit.header.root_offset();
    let entries = unit.header.range_from(first..).ok()?;
    let mut rest = Bytes::of(entries.slice());
    let end = first.0 + rest.len();
    let mut found = None;
    let mut inlined = Vec::new();
    let mut left = MOST_RANGES;
    // How deep the DIE is that comes next, and how deep the subprogram is.
    let (mut depth, mut inside) = (0_isize, 0);
    while !rest.is_empty() {
        let offset = UnitOffset(end - rest.len());
        let code = rest.uleb();
        if code == 0 {
            depth -= 1;
            if depth < 0 || (found.is_some() && depth <= inside) {
                break;
            }
            continue;
        }
        let shape = shapes.get(code)?;
        if found.is_some() && depth <= inside {
            break;
        }
        if matches!(shape.kind, Kind::Subprogram | Kind::Inlined) {
            let wanted = (shape.kind == Kind::Subprogram) == found.is_none();
            if wanted && shapes.covers(shape, rest, (dwarf, unit), (offset, svma), &mut left) {
                if found.is_none() {
                    (found, inside) = (Some(offset), depth);
                } else {
                    inlined.push(offset);
                }
            }
        }
        shapes.skip(shape, &mut rest);
        depth += shape.has_children as isize;
    }
    Some((found?, inlined))
}

/// The variables of a unit that are in no function and in no module: its vtables are among them.
pub(crate) fn statics(unit: &Unit) -> Vec<UnitOffset> {
    let mut found = Vec::new();
    let Some(shapes) = Shapes::of(unit) else {
        return found;
    };
    let first = unit.header.root_offset();
    let Ok(entries) = unit.header.range_from(first..) else {
        return found;
    };
    let mut rest = Bytes::of(entries.slice());
    let end = first.0 + rest.len();
    let mut depth = 0_isize;
    while !rest.is_empty() {
        let offset = UnitOffset(end - rest.len());
        let code = rest.uleb();
        if code == 0 {
            depth -= 1;
            continue;
        }
        let Some(shape) = shapes.get(code) else {
            break;
        };
        if depth == 1 && shape.kind == Kind::Static {
            found.push(offset);
        }
        shapes.skip(shape, &mut rest);
        depth += shape.has_children as isize;
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A function with code of its own.
    Subprogram,
    /// One that was inlined.
    Inlined,
    /// A variable.
    Static,
    Other,
}

/// How a value is skipped.
#[derive(Clone, Copy)]
enum Step {
    Fixed(usize),
    Leb,
    /// Behind its length, which has so many bytes; 0: a LEB128.
    Block(usize),
    Text,
}

/// The DIEs of one abbreviation.
struct Shape {
    kind: Kind,
    has_children: bool,
    /// First and behind the last of its steps.
    steps: (usize, usize),
    /// First and behind the last of its attributes, of functions alone.
    attributes: (usize, usize),
}

struct Shapes {
    shapes: Vec<Shape>,
    steps: Vec<Step>,
    attributes: Vec<(DwAt, DwForm)>,
    sizes: Sizes,
}

#[derive(Clone, Copy)]
struct Sizes {
    address: usize,
    /// Of an offset into a section.
    word: usize,
    /// Of `DW_FORM_ref_addr`.
    reference: usize,
}

impl Shapes {
    /// `None` if a form is not known: then nothing behind it can be found.
    fn of(unit: &Unit) -> Option<Shapes> {
        let encoding = unit.encoding();
        let word = usize::from(encoding.format.word_size());
        let address = usize::from(encoding.address_size);
        let mut shapes = Shapes {
            shapes: Vec::with_capacity(128),
            steps: Vec::with_capacity(512),
            attributes: Vec::new(),
            sizes: Sizes {
                address,
                word,
                reference: if encoding.version < 3 { address } else { word },
            },
        };
        // Compilers number them from 1 on.
        for code in 1.. {
            let Some(abbreviation) = unit.abbreviations.get(code) else {
                break;
            };
            let start = (shapes.steps.len(), shapes.attributes.len());
            let mut has_code = false;
            let mut fixed = 0;
            for attribute in abbreviation.attributes() {
                has_code |= matches!(attribute.name(), gimli::DW_AT_low_pc | gimli::DW_AT_ranges);
                match shapes.sizes.step(attribute.form())? {
                    Step::Fixed(size) => fixed += size,
                    step => {
                        shapes.steps.push(Step::Fixed(fixed));
                        shapes.steps.push(step);
                        fixed = 0;
                    }
                }
            }
            if fixed > 0 {
                shapes.steps.push(Step::Fixed(fixed));
            }
            let kind = kind(abbreviation.tag(), has_code);
            if matches!(kind, Kind::Subprogram | Kind::Inlined) {
                let all = abbreviation.attributes().iter();
                shapes
                    .attributes
                    .extend(all.map(|attribute| (attribute.name(), attribute.form())));
            }
            shapes.shapes.push(Shape {
                kind,
                has_children: abbreviation.has_children(),
                steps: (start.0, shapes.steps.len()),
                attributes: (start.1, shapes.attributes.len()),
            });
        }
        Some(shapes)
    }

    #[inline(always)]
    fn get(&self, code: u64) -> Option<&Shape> {
        self.shapes.get((code as usize).wrapping_sub(1))
    }

    /// Moves behind the values of a DIE.
    #[inline(always)]
    fn skip(&self, shape: &Shape, rest: &mut Bytes<'_>) {
        let (mut at, end) = shape.steps;
        while at < end {
            skip(self.steps[at], rest);
            at += 1;
        }
    }

    /// Whether the function whose values come next has an address in its code.
    fn covers(
        &self,
        shape: &Shape,
        mut values: Bytes<'_>,
        (dwarf, unit): (&Dwarf, &Unit),
        (offset, svma): (UnitOffset, u64),
        left: &mut usize,
    ) -> bool {
        let (mut low, mut high) = (None, None);
        for &(name, form) in &self.attributes[shape.attributes.0..shape.attributes.1] {
            match name {
                gimli::DW_AT_low_pc => low = self.address(form, &mut values, dwarf, unit),
                gimli::DW_AT_high_pc => {
                    high = match self.sizes.step(form) {
                        Some(Step::Fixed(size)) => Some((values.word(size), size, form)),
                        Some(Step::Leb) => Some((values.uleb(), 0, form)),
                        _ => None,
                    };
                }
                gimli::DW_AT_ranges => return covers(dwarf, unit, offset, svma, left),
                _ => {
                    if let Some(step) = self.sizes.step(form) {
                        skip(step, &mut values);
                    }
                }
            }
            if let (Some(low), Some((high, _, form))) = (low, high) {
                let length = match form {
                    gimli::DW_FORM_addr => high.wrapping_sub(low),
                    gimli::DW_FORM_data1
                    | gimli::DW_FORM_data2
                    | gimli::DW_FORM_data4
                    | gimli::DW_FORM_data8
                    | gimli::DW_FORM_udata => high,
                    _ => return covers(dwarf, unit, offset, svma, left),
                };
                // Code that the linker dropped begins at 0.
                return low != 0 && svma.wrapping_sub(low) < length;
            }
        }
        false
    }

    fn address(
        &self,
        form: DwForm,
        values: &mut Bytes<'_>,
        dwarf: &Dwarf,
        unit: &Unit,
    ) -> Option<u64> {
        let index = match form {
            gimli::DW_FORM_addr => return Some(values.word(self.sizes.address)),
            gimli::DW_FORM_addrx | gimli::DW_FORM_GNU_addr_index => values.uleb(),
            _ => match self.sizes.step(form)? {
                Step::Fixed(size) => values.word(size),
                _ => return None,
            },
        };
        let index = gimli::DebugAddrIndex(usize::try_from(index).ok()?);
        dwarf.address(unit, index).ok()
    }
}

fn kind(tag: DwTag, has_code: bool) -> Kind {
    match tag {
        gimli::DW_TAG_subprogram if has_code => Kind::Subprogram,
        gimli::DW_TAG_inlined_subroutine if has_code => Kind::Inlined,
        gimli::DW_TAG_variable => Kind::Static,
        _ => Kind::Other,
    }
}

#[inline(always)]
fn skip(step: Step, rest: &mut Bytes<'_>) {
    match step {
        Step::Fixed(size) => rest.skip(size),
        Step::Leb => {
            rest.uleb();
        }
        Step::Block(0) => {
            let length = rest.uleb();
            rest.skip(length as usize);
        }
        Step::Block(size) => {
            let length = rest.word(size);
            rest.skip(length as usize);
        }
        Step::Text => rest.skip_text(),
    }
}

/// The same, by all that a range list can be. `left`: ranges that may be looked at.
#[cold]
fn covers(dwarf: &Dwarf, unit: &Unit, offset: UnitOffset, svma: u64, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    let Ok(entry) = unit.entry(offset) else {
        return false;
    };
    let Ok(mut ranges) = dwarf.die_ranges(unit, &entry) else {
        return false;
    };
    while let Ok(Some(range)) = ranges.next() {
        *left = left.saturating_sub(1);
        if *left == 0 {
            break;
        }
        if range.begin != 0 && range.begin <= svma && svma < range.end {
            return true;
        }
    }
    false
}

impl Sizes {
    #[allow(non_upper_case_globals)] // DWARF's own names
    fn step(self, form: DwForm) -> Option<Step> {
        use gimli::*;
        Some(match form {
            DW_FORM_flag_present | DW_FORM_implicit_const => Step::Fixed(0),
            DW_FORM_data1 | DW_FORM_ref1 | DW_FORM_flag | DW_FORM_strx1 | DW_FORM_addrx1 => {
                Step::Fixed(1)
            }
            DW_FORM_data2 | DW_FORM_ref2 | DW_FORM_strx2 | DW_FORM_addrx2 => Step::Fixed(2),
            DW_FORM_strx3 | DW_FORM_addrx3 => Step::Fixed(3),
            DW_FORM_data4 | DW_FORM_ref4 | DW_FORM_strx4 | DW_FORM_addrx4 | DW_FORM_ref_sup4 => {
                Step::Fixed(4)
            }
            DW_FORM_data8 | DW_FORM_ref8 | DW_FORM_ref_sig8 | DW_FORM_ref_sup8 => Step::Fixed(8),
            DW_FORM_data16 => Step::Fixed(16),
            DW_FORM_addr => Step::Fixed(self.address),
            DW_FORM_ref_addr => Step::Fixed(self.reference),
            DW_FORM_strp | DW_FORM_sec_offset | DW_FORM_line_strp | DW_FORM_strp_sup
            | DW_FORM_GNU_ref_alt | DW_FORM_GNU_strp_alt => Step::Fixed(self.word),
            DW_FORM_sdata
            | DW_FORM_udata
            | DW_FORM_ref_udata
            | DW_FORM_strx
            | DW_FORM_addrx
            | DW_FORM_loclistx
            | DW_FORM_rnglistx
            | DW_FORM_GNU_addr_index
            | DW_FORM_GNU_str_index => Step::Leb,
            DW_FORM_exprloc | DW_FORM_block => Step::Block(0),
            DW_FORM_block1 => Step::Block(1),
            DW_FORM_block2 => Step::Block(2),
            DW_FORM_block4 => Step::Block(4),
            DW_FORM_string => Step::Text,
            _ => return None,
        })
    }
}

/// Names and the place of the call of a function's DIE.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Function {
    /// As the linker knows it.
    pub(crate) linkage_name: Option<Slice>,
    /// As it is written, without its path.
    pub(crate) name: Option<Slice>,
    /// Where it was called, if it was inlined: file, line, column.
    pub(crate) call: (u64, u32, u32),
}

/// DIEs that refer to one another for a name, no more.
const REFERENCES: usize = 8;

impl super::LoadedUnit {
    /// Names of a function of this unit; `debug` has the units that it may refer to.
    pub(crate) fn function(&self, debug: &super::Debug, die: UnitOffset) -> Function {
        let mut function = Function::default();
        self.describe(debug, die, &mut function, REFERENCES);
        function
    }

    fn describe(&self, debug: &super::Debug, die: UnitOffset, to: &mut Function, left: usize) {
        let Ok(entry) = self.unit.entry(die) else {
            return;
        };
        let mut origin = None;
        let number = |value: AttributeValue<Slice>| value.udata_value().unwrap_or(0);
        for attribute in entry.attrs() {
            let value = attribute.value();
            let text = || self.dwarf.attr_string(&self.unit, value).ok();
            match attribute.name() {
                gimli::DW_AT_linkage_name | gimli::DW_AT_MIPS_linkage_name => {
                    to.linkage_name = to.linkage_name.or_else(text);
                }
                gimli::DW_AT_name => to.name = to.name.or_else(text),
                gimli::DW_AT_call_file if left == REFERENCES => {
                    to.call.0 = match value {
                        AttributeValue::FileIndex(index) => index,
                        other => number(other),
                    };
                }
                gimli::DW_AT_call_line if left == REFERENCES => to.call.1 = number(value) as u32,
                gimli::DW_AT_call_column if left == REFERENCES => to.call.2 = number(value) as u32,
                gimli::DW_AT_abstract_origin | gimli::DW_AT_specification => origin = Some(value),
                _ => {}
            }
        }
        if to.linkage_name.is_some() || left == 0 {
            return;
        }
        match origin {
            Some(AttributeValue::UnitRef(offset)) => self.describe(debug, offset, to, left - 1),
            // Into another unit, where the linker optimised.
            Some(AttributeValue::DebugInfoRef(offset)) if self.skeleton.is_none() => {
                if let Some(other) = debug.unit_of_die(offset)
                    && let Some(offset) = offset.to_unit_offset(&other.unit.header)
                {
                    other.describe(debug, offset, to, left - 1);
                }
            }
            _ => {}
        }
    }
}
