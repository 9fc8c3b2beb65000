//! Where a variable is: the evaluation of DWARF's expressions.

use super::memory::Memory;
use super::registers::Registers;
use super::source::{Source, Value};
use crate::native::image::Slice;
use gimli::{Encoding, Expression, Operation, UnitOffset};

/// Operations evaluated of one expression: one that jumps back ends.
const MOST_OPERATIONS: usize = 1000;
/// Values on the stack of an expression.
const MOST_VALUES: usize = 64;
/// Entries read of one location list.
const MOST_LISTED: usize = 10_000;
/// Pieces of one value.
const MOST_PIECES: usize = 256;

/// Why a part of a value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The compiler did not keep it.
    OptimizedOut,
    /// It was in a register that has been overwritten since.
    Overwritten,
    /// The memory where it should be can't be read.
    Unreadable,
    /// Not read: too large.
    TooLarge,
    /// The debug information says something that is not understood here.
    NotUnderstood,
}

impl Gap {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Gap::OptimizedOut => "optimized out",
            Gap::Overwritten => "in a register that was overwritten",
            Gap::Unreadable => "unreadable memory",
            Gap::TooLarge => "too large",
            Gap::NotUnderstood => "unknown debug information",
        }
    }
}

/// Where a piece of a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Memory(u64),
    /// Not in memory: this is the value, little end first.
    Value(Vec<u8>),
    Nowhere(Gap),
}

/// A value's pieces in order, each with its size in bytes; `None`: all the rest.
pub(crate) type Pieces = Vec<(Place, Option<u64>)>;

/// A frame, for the evaluation of its variables' locations.
pub(crate) struct Context<'a> {
    pub(crate) source: &'a Source,
    pub(crate) registers: &'a Registers,
    pub(crate) memory: &'a dyn Memory,
    pub(crate) frame_base: Option<Expression<Slice>>,
    /// The address that runs, as in the file.
    pub(crate) address: u64,
}

impl Context<'_> {
    /// Where the variable with this location is at the address that runs.
    pub(crate) fn locate(&self, location: Value) -> Pieces {
        let nowhere = |gap| vec![(Place::Nowhere(gap), None)];
        let expression = match location {
            Value::Exprloc(expression) => Some(expression),
            other => match self.of_list(other) {
                Ok(found) => found,
                Err(gap) => return nowhere(gap),
            },
        };
        match expression {
            Some(expression) => self.pieces(expression).unwrap_or_else(nowhere),
            None => nowhere(Gap::OptimizedOut),
        }
    }

    /// The entry of a location list that holds at the address that runs.
    fn of_list(&self, list: Value) -> Result<Option<Expression<Slice>>, Gap> {
        let lists = self.source.dwarf().attr_locations(self.source.unit(), list);
        let mut list = lists.ok().flatten().ok_or(Gap::NotUnderstood)?;
        for _ in 0..MOST_LISTED {
            match list.next() {
                Ok(Some(entry)) => {
                    if (entry.range.begin..entry.range.end).contains(&self.address) {
                        return Ok(Some(entry.data));
                    }
                }
                Ok(None) => return Ok(None),
                Err(_) => return Err(Gap::NotUnderstood),
            }
        }
        Err(Gap::NotUnderstood)
    }

    fn pieces(&self, expression: Expression<Slice>) -> Result<Pieces, Gap> {
        let encoding = self.source.unit().encoding();
        let mut evaluation = Evaluation {
            context: self,
            stack: Vec::new(),
            place: None,
            pieces: Vec::new(),
        };
        evaluation.run(expression, encoding)?;
        if evaluation.pieces.is_empty() {
            let place = evaluation.finish();
            evaluation.pieces.push((place, None));
        }
        Ok(evaluation.pieces)
    }

    /// The address that frame offsets count from.
    fn frame_base(&self) -> Result<u64, Gap> {
        let expression = self.frame_base.ok_or(Gap::NotUnderstood)?;
        let without = Context {
            frame_base: None,
            source: self.source,
            registers: self.registers,
            memory: self.memory,
            address: self.address,
        };
        match &without.pieces(expression)?[..] {
            // A register that is named means its content.
            [(Place::Value(bytes), None)] => {
                let bytes = bytes.first_chunk().ok_or(Gap::NotUnderstood)?;
                Ok(u64::from_le_bytes(*bytes))
            }
            [(Place::Memory(address), None)] => Ok(*address),
            [(Place::Nowhere(gap), None)] => Err(*gap),
            _ => Err(Gap::NotUnderstood),
        }
    }

    fn register(&self, register: gimli::Register) -> Result<u64, Gap> {
        self.registers.get(register.0).ok_or(Gap::Overwritten)
    }

    fn load(&self, address: u64, size: u8) -> Result<u64, Gap> {
        let mut bytes = [0; 8];
        let wanted = bytes
            .get_mut(..usize::from(size))
            .ok_or(Gap::NotUnderstood)?;
        if !self.memory.read(address, wanted) {
            return Err(Gap::Unreadable);
        }
        Ok(u64::from_le_bytes(bytes))
    }

    /// A number as a base type has it.
    fn convert(&self, number: u64, base: UnitOffset) -> Result<u64, Gap> {
        // The generic type.
        if base.0 == 0 {
            return Ok(number);
        }
        let entry = self
            .source
            .unit()
            .entry(base)
            .map_err(|_| Gap::NotUnderstood)?;
        let size = entry
            .attr_value(gimli::DW_AT_byte_size)
            .and_then(|size| size.udata_value());
        let signed = match entry.attr_value(gimli::DW_AT_encoding) {
            Some(Value::Encoding(gimli::DW_ATE_signed | gimli::DW_ATE_signed_char)) => true,
            Some(Value::Encoding(
                gimli::DW_ATE_unsigned | gimli::DW_ATE_unsigned_char | gimli::DW_ATE_boolean,
            )) => false,
            _ => return Err(Gap::NotUnderstood),
        };
        let unused = match size {
            Some(size @ 1..=8) => 64 - 8 * size as u32,
            _ => return Err(Gap::NotUnderstood),
        };
        Ok(if signed {
            (((number << unused) as i64) >> unused) as u64
        } else {
            (number << unused) >> unused
        })
    }
}

/// One expression being evaluated.
struct Evaluation<'c, 'a> {
    context: &'c Context<'a>,
    stack: Vec<u64>,
    /// Where the piece is, if an operation said so; else it is at the address on the stack.
    place: Option<Place>,
    pieces: Pieces,
}

impl Evaluation<'_, '_> {
    fn run(&mut self, expression: Expression<Slice>, encoding: Encoding) -> Result<(), Gap> {
        let mut rest = expression.0;
        for _ in 0..MOST_OPERATIONS {
            if rest.is_empty() {
                return Ok(());
            }
            let operation =
                Operation::parse(&mut rest, encoding).map_err(|_| Gap::NotUnderstood)?;
            if let Operation::Bra { target } | Operation::Skip { target } = operation {
                let jumps = !matches!(operation, Operation::Bra { .. }) || self.pop()? != 0;
                if jumps {
                    let at = expression.0.len() - rest.len();
                    let to = at.checked_add_signed(isize::from(target));
                    let to = to.filter(|to| *to <= expression.0.len());
                    rest = expression.0.range_from(to.ok_or(Gap::NotUnderstood)?..);
                }
                continue;
            }
            self.step(operation)?;
        }
        Err(Gap::NotUnderstood)
    }

    fn step(&mut self, operation: Operation<Slice>) -> Result<(), Gap> {
        use Operation as Op;
        let context = self.context;
        let number = match operation {
            Op::Nop => return Ok(()),
            Op::Drop => return self.pop().map(drop),
            Op::Swap => return self.rotate(2),
            Op::Rot => return self.rotate(3),
            Op::Register { register } => {
                return self.found(match context.register(register) {
                    Ok(value) => Place::Value(value.to_le_bytes().to_vec()),
                    Err(gap) => Place::Nowhere(gap),
                });
            }
            Op::ImplicitValue { data } => {
                return self.found(Place::Value(data.slice().to_vec()));
            }
            Op::StackValue => {
                let value = self.pop()?;
                return self.found(Place::Value(value.to_le_bytes().to_vec()));
            }
            Op::ImplicitPointer { .. } => return self.found(Place::Nowhere(Gap::OptimizedOut)),
            Op::Piece {
                size_in_bits,
                bit_offset,
            } => return self.piece(size_in_bits, bit_offset),
            Op::Pick { index } => {
                let index = self.stack.len().checked_sub(1 + usize::from(index));
                self.stack[index.ok_or(Gap::NotUnderstood)?]
            }
            Op::UnsignedConstant { value } => value,
            Op::SignedConstant { value } => value as u64,
            Op::Address { address } => context.source.address(address),
            Op::AddressIndex { index } => context.source.address(self.indexed(index)?),
            Op::ConstantIndex { index } => self.indexed(index)?,
            Op::FrameOffset { offset } => context.frame_base()?.wrapping_add_signed(offset),
            Op::RegisterOffset {
                register, offset, ..
            } => context.register(register)?.wrapping_add_signed(offset),
            Op::CallFrameCFA => context.registers.frame.ok_or(Gap::NotUnderstood)?,
            Op::Deref {
                size, space: false, ..
            } => {
                let address = self.pop()?;
                context.load(address, size)?
            }
            Op::PlusConstant { value } => self.pop()?.wrapping_add(value),
            Op::Abs => (self.pop()? as i64).unsigned_abs(),
            Op::Neg => self.pop()?.wrapping_neg(),
            Op::Not => !self.pop()?,
            Op::Convert { base_type } | Op::Reinterpret { base_type } => {
                let number = self.pop()?;
                context.convert(number, base_type)?
            }
            Op::TypedLiteral { base_type, value } => {
                let mut bytes = [0; 8];
                let slice = value.slice();
                let known = bytes.get_mut(..slice.len()).ok_or(Gap::NotUnderstood)?;
                known.copy_from_slice(slice);
                context.convert(u64::from_le_bytes(bytes), base_type)?
            }
            // The value that a register had when the function was entered is known to nobody: rustc writes no
            // description of calls.
            Op::EntryValue { .. } => return Err(Gap::Overwritten),
            Op::Uninitialized => return Err(Gap::OptimizedOut),
            binary => {
                let right = self.pop()?;
                let left = self.pop()?;
                combine(&binary, left, right)?
            }
        };
        self.push(number)
    }

    fn indexed(&self, index: gimli::DebugAddrIndex) -> Result<u64, Gap> {
        let source = self.context.source;
        let address = source.dwarf().address(source.unit(), index);
        address.map_err(|_| Gap::NotUnderstood)
    }

    fn push(&mut self, number: u64) -> Result<(), Gap> {
        if self.stack.len() == MOST_VALUES {
            return Err(Gap::NotUnderstood);
        }
        self.stack.push(number);
        Ok(())
    }

    fn pop(&mut self) -> Result<u64, Gap> {
        self.stack.pop().ok_or(Gap::NotUnderstood)
    }

    fn rotate(&mut self, n: usize) -> Result<(), Gap> {
        let from = self.stack.len().checked_sub(n).ok_or(Gap::NotUnderstood)?;
        self.stack[from..].rotate_right(1);
        Ok(())
    }

    fn found(&mut self, place: Place) -> Result<(), Gap> {
        self.place = Some(place);
        Ok(())
    }

    /// Where what was described last is: nothing was, then it is nowhere.
    fn finish(&mut self) -> Place {
        let place = self.place.take();
        let address = self.stack.pop();
        place.unwrap_or_else(|| address.map_or(Place::Nowhere(Gap::OptimizedOut), Place::Memory))
    }

    fn piece(&mut self, bits: u64, offset: Option<u64>) -> Result<(), Gap> {
        if !bits.is_multiple_of(8) || offset.unwrap_or(0) != 0 || self.pieces.len() == MOST_PIECES {
            return Err(Gap::NotUnderstood);
        }
        let place = self.finish();
        self.pieces.push((place, Some(bits / 8)));
        Ok(())
    }
}

/// The operations with two operands. Numbers are as wide as addresses, and wrap.
fn combine(operation: &Operation<Slice>, left: u64, right: u64) -> Result<u64, Gap> {
    use Operation as Op;
    let (signed_left, signed_right) = (left as i64, right as i64);
    let shift = u32::try_from(right).unwrap_or(u32::MAX);
    Ok(match operation {
        Op::And => left & right,
        Op::Or => left | right,
        Op::Xor => left ^ right,
        Op::Plus => left.wrapping_add(right),
        Op::Minus => left.wrapping_sub(right),
        Op::Mul => left.wrapping_mul(right),
        Op::Div => {
            let quotient = signed_left.checked_div(signed_right);
            quotient.ok_or(Gap::NotUnderstood)? as u64
        }
        Op::Mod => left.checked_rem(right).ok_or(Gap::NotUnderstood)?,
        Op::Shl => left.checked_shl(shift).unwrap_or(0),
        Op::Shr => left.checked_shr(shift).unwrap_or(0),
        Op::Shra => (signed_left >> shift.min(63)) as u64,
        Op::Eq => u64::from(left == right),
        Op::Ne => u64::from(left != right),
        Op::Ge => u64::from(signed_left >= signed_right),
        Op::Gt => u64::from(signed_left > signed_right),
        Op::Le => u64::from(signed_left <= signed_right),
        Op::Lt => u64::from(signed_left < signed_right),
        _ => return Err(Gap::NotUnderstood),
    })
}
