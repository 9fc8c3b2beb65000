//! Which line of which file an address is of.

use super::bytes::Bytes;
use super::{Dwarf, Slice, Unit};
use gimli::{AttributeValue, LineProgramHeader};

/// A place by the number of its file; 0 where the line or column is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: u64,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The line of an address.
///
/// Runs the unit's line program from the start: it is a few opcodes a line.
pub(crate) fn at(unit: &Unit, svma: u64) -> Option<Line> {
    let header = unit.line_program.as_ref()?.header();
    Program::of(header)?.find(header, svma)
}

/// What the opcodes of a program depend on.
struct Program {
    instruction: u64,
    base: i64,
    range: u64,
    first_special: u8,
}

/// A row of the table.
#[derive(Clone, Copy)]
struct Row {
    address: u64,
    file: u64,
    line: u64,
    column: u64,
}

const START: Row = Row {
    address: 0,
    file: 1,
    line: 1,
    column: 0,
};

impl Program {
    fn of(header: &LineProgramHeader<Slice>) -> Option<Program> {
        // More than one operation an instruction has no machine that Rust is compiled for.
        (header.line_range() != 0 && header.maximum_operations_per_instruction() <= 1).then(|| {
            Program {
                instruction: header.minimum_instruction_length().into(),
                base: header.line_base().into(),
                range: header.line_range().into(),
                first_special: header.opcode_base(),
            }
        })
    }

    fn find(&self, header: &LineProgramHeader<Slice>, svma: u64) -> Option<Line> {
        let program = header.raw_program_buf();
        let mut rest = Bytes::of(program.slice());
        let lengths = header.standard_opcode_lengths().slice();
        let mut row = START;
        // The row before, and whether there is one in this sequence.
        let (mut last, mut follows) = (START, false);
        while !rest.is_empty() {
            let opcode = rest.byte();
            let mut ends = false;
            if opcode >= self.first_special {
                let adjusted = (opcode - self.first_special) as u64;
                row.address = row
                    .address
                    .wrapping_add(adjusted / self.range * self.instruction);
                row.line = row
                    .line
                    .wrapping_add((self.base + (adjusted % self.range) as i64) as u64);
            } else {
                match opcode {
                    // An extended one.
                    0 => {
                        let length = rest.uleb() as usize;
                        let mut operand = rest;
                        rest.skip(length);
                        match operand.byte() {
                            1 if length > 0 => ends = true,
                            2 if length > 0 => {
                                row.address = operand.word(length - 1);
                                continue;
                            }
                            _ => continue,
                        }
                    }
                    // copy
                    1 => {}
                    // advance_pc
                    2 => {
                        let by = rest.uleb().wrapping_mul(self.instruction);
                        row.address = row.address.wrapping_add(by);
                        continue;
                    }
                    // advance_line
                    3 => {
                        row.line = row.line.wrapping_add(rest.sleb() as u64);
                        continue;
                    }
                    // set_file
                    4 => {
                        row.file = rest.uleb();
                        continue;
                    }
                    // set_column
                    5 => {
                        row.column = rest.uleb();
                        continue;
                    }
                    // negate_stmt, set_basic_block, set_prologue_end, set_epilogue_begin
                    6 | 7 | 10 | 11 => continue,
                    // const_add_pc
                    8 => {
                        let adjusted = (255 - self.first_special) as u64;
                        let by = adjusted / self.range * self.instruction;
                        row.address = row.address.wrapping_add(by);
                        continue;
                    }
                    // fixed_advance_pc
                    9 => {
                        row.address = row.address.wrapping_add(rest.word(2));
                        continue;
                    }
                    // set_isa
                    12 => {
                        rest.uleb();
                        continue;
                    }
                    // One that is not known has operands, as many as the header says.
                    other => {
                        for _ in 0..lengths.get(usize::from(other - 1)).copied().unwrap_or(0) {
                            rest.uleb();
                        }
                        continue;
                    }
                }
            }
            // Code that the linker dropped begins at 0.
            if follows && last.address <= svma && svma < row.address && last.address != 0 {
                return Some(Line {
                    file: last.file,
                    line: u32::try_from(last.line).unwrap_or(0),
                    column: u32::try_from(last.column).unwrap_or(0),
                });
            }
            (last, follows) = (row, !ends);
            if ends {
                row = START;
            }
        }
        None
    }
}

/// The path of a file, as the compiler was given it: relative paths are below the unit's directory.
pub(crate) fn file(dwarf: &Dwarf, unit: &Unit, index: u64) -> Option<String> {
    let header = unit.line_program.as_ref()?.header();
    let file = header.file(index)?;
    let text = |value: AttributeValue<Slice>| -> Option<String> {
        let text = dwarf.attr_string(unit, value).ok()?;
        Some(String::from_utf8_lossy(text.slice()).into_owned())
    };
    let name = text(file.path_name())?;
    let directory = match file.directory_index() {
        0 => None,
        _ => file.directory(header).and_then(text),
    };
    Some(match directory {
        Some(directory) if !name.starts_with('/') => format!("{directory}/{name}"),
        _ => name,
    })
}
