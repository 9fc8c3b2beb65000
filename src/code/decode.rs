//! The literal that `#[frame]` leaves in the binary.
//!
//! ```text
//! name \n qualifier \n file \n HEAD \n POSITIONS \n VARIABLE \n .. VARIABLE \n \n EMBEDDED \n module
//! HEAD       flags argcount first_line first_column last_line
//! POSITIONS  for each statement: line (difference to the one before; the first to first_line), column;
//!            then SPACE RANGES, if there are any
//! RANGES     for each expression that fails as a whole: its position, the line of its other end (differences
//!            to the one before; the first to 0 and first_line), the column
//! VARIABLE   name SPACE flags slot scope_start start end marks, for each mark: position (difference) * 2 + in a loop;
//!            then, if there are any, losses, for each: position (difference) * 16 + what it is, number of positions that it
//!            holds for or 0; for each that is of a field SPACE name
//! ```
//! EMBEDDED   where a flag says so, else not even its line: number of the first line SPACE the lines, each but
//!            the last ended by U+0001
//!
//! Numbers are base-32 digits of printable ASCII, the least significant first, see [`Numbers`]. The
//! text is our own macro's, but it comes by an address that a record held: whatever it is, decoding
//! it ends, stays inside it and does not panic; what is missing is `?`, line 0, or left out.

use super::{Code, Embedded, Flags, Place, Variable};

/// Decodes a literal.
pub(super) fn decode(text: &'static str) -> Code {
    let mut lines = text.trim_end_matches('\0').split('\n');
    let mut line = || lines.next().unwrap_or("");
    let name = or_unknown(line());
    let qualifier = line();
    let file = or_unknown(line());

    let mut head = Numbers::new(line());
    let flags = Flags(head.next_u32().unwrap_or(0));
    let argcount = head.next_u32().unwrap_or(0) as usize;
    let first = Place {
        line: head.next_u32().unwrap_or(0),
        column: head.next_u32().unwrap_or(0),
    };
    let last_line = head.next_u32().unwrap_or(first.line);
    let positions = line();
    let places = places(positions, first.line);
    let ranges = positions.split_once(' ').map_or("", |(_, ranges)| ranges);
    let other_ends = other_ends(ranges, first.line);

    let variables: Box<[Variable]> = lines
        .by_ref()
        .take_while(|l| !l.is_empty())
        .filter_map(Variable::decode)
        .collect();
    let embedded = match flags.has(Flags::EMBEDDED) {
        true => lines.next().and_then(Embedded::decode),
        false => None,
    };
    let module = or_unknown(lines.next().unwrap_or(""));

    let separator = if qualifier.is_empty() { "" } else { "::" };
    Code {
        text,
        name,
        qualifier,
        module,
        file,
        qualified_name: format!("{module}{separator}{qualifier}::{name}").into_boxed_str(),
        flags,
        argcount,
        first,
        last_line,
        places,
        other_ends,
        embedded,
        varnames: varnames(&variables),
        variables,
    }
}

impl Embedded {
    fn decode(field: &'static str) -> Option<Embedded> {
        let (number, text) = field.split_once(' ')?;
        Some(Embedded {
            first_line: Numbers::new(number).next_u32()?,
            text,
        })
    }
}

fn or_unknown(text: &'static str) -> &'static str {
    if text.is_empty() { "?" } else { text }
}

fn places(text: &str, first_line: u32) -> Box<[Place]> {
    let mut numbers = Numbers::new(text);
    let mut line = i64::from(first_line);
    std::iter::from_fn(|| {
        line = line.saturating_add(numbers.next_signed()?);
        Some(Place {
            line: u32::try_from(line).unwrap_or(0),
            column: numbers.next_u32()?,
        })
    })
    .collect()
}

fn other_ends(text: &str, first_line: u32) -> Box<[(u32, Place)]> {
    let mut numbers = Numbers::new(text);
    let (mut position, mut line) = (0_i64, i64::from(first_line));
    std::iter::from_fn(|| {
        position = position.saturating_add(numbers.next_signed()?);
        line = line.saturating_add(numbers.next_signed()?);
        let place = Place {
            line: u32::try_from(line).unwrap_or(0),
            column: numbers.next_u32()?,
        };
        Some((u32::try_from(position).unwrap_or(u32::MAX), place))
    })
    .collect()
}

fn varnames(variables: &[Variable]) -> Box<[&'static str]> {
    let mut names: Vec<&'static str> = Vec::new();
    for argument in [true, false] {
        for variable in variables
            .iter()
            .filter(|v| v.is_argument() == argument && !v.is_internal())
        {
            if !names.contains(&variable.name()) {
                names.push(variable.name());
            }
        }
    }
    names.into_boxed_slice()
}

/// Reads numbers one after another: digit `d` (0 to 31) is the byte `0x23 + d` where it ends a
/// number and `0x5d + d` where a more significant digit follows. All of these are printable and
/// need no escape in a literal.
#[derive(Clone)]
pub(super) struct Numbers<'a>(std::slice::Iter<'a, u8>);

const LAST_DIGIT: u8 = 0x23;
const DIGIT: u8 = 0x5d;

impl<'a> Numbers<'a> {
    pub(super) fn new(text: &'a str) -> Numbers<'a> {
        Numbers(text.as_bytes().iter())
    }

    /// The next number. `None` at the end and at a byte that is no digit, where reading stays from
    /// then on.
    fn next_u64(&mut self) -> Option<u64> {
        let mut value = 0u64;
        let mut shift = 0u32;
        loop {
            let (digit, more) = match self.0.as_slice().first()? {
                b @ DIGIT.. if b - DIGIT < 32 => (b - DIGIT, true),
                b @ LAST_DIGIT.. if b - LAST_DIGIT < 32 => (b - LAST_DIGIT, false),
                _ => {
                    self.0 = [].iter();
                    return None;
                }
            };
            self.0.next();
            // Digits beyond 64 bits are dropped.
            value |= u64::from(digit).checked_shl(shift).unwrap_or(0);
            shift = shift.saturating_add(5);
            if !more {
                return Some(value);
            }
        }
    }

    pub(super) fn next_u32(&mut self) -> Option<u32> {
        self.next_u64()
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// A signed number: `0, -1, 1, -2, ..` as 0, 1, 2, 3.
    pub(super) fn next_signed(&mut self) -> Option<i64> {
        let n = self.next_u64()?;
        Some((n >> 1) as i64 ^ -((n & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Within;
    use super::super::fixture::{Function, numbers};
    use super::*;

    #[test]
    fn numbers_of_every_size_come_back() {
        let values = [0, 1, 31, 32, 33, 1023, 1024, u64::from(u32::MAX), u64::MAX];
        let text = numbers(&values);
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
        );
        let mut read = Numbers::new(&text);
        assert_eq!(values.map(|_| read.next_u64().unwrap()), values);
        assert_eq!(read.next_u64(), None);
    }

    #[test]
    fn lines_may_go_back() {
        let text = numbers(&[2, 9, 3, 5]);
        let lines: Vec<u32> = places(&text, 10).iter().map(|p| p.line).collect();
        assert_eq!(lines, [11, 9]);
    }

    #[test]
    fn all_fields_come_out() {
        let variables = format!(
            "a {}\nb {}\n",
            numbers(&[1, 0, 0, 0, 9, 0]),
            numbers(&[2, 1, 1, 2, 9, 1, 8])
        );
        let code = Function {
            qualifier: "Parser",
            head: [0b110_1001, 2, 10, 3, 44],
            places: vec![(0, 1), (300, 77)],
            variables,
            ..Function::default()
        }
        .code();
        assert_eq!(
            (code.name(), code.file(), code.module()),
            ("f", "src/a.rs", "mycrate::a")
        );
        assert_eq!(code.qualified_name(), "mycrate::a::Parser::f");
        assert!(code.is_async() && code.is_generic() && code.is_hidden() && code.is_track_caller());
        assert!(!code.is_unsafe() && !code.is_method() && !code.is_closure());
        assert_eq!(
            (code.argcount(), code.first_line(), code.last_line()),
            (2, 10, 44)
        );
        assert_eq!(
            code.place(1),
            Place {
                line: 310,
                column: 77
            }
        );
        assert_eq!(code.varnames(), ["a", "b"]);
    }

    #[test]
    fn what_fails_as_a_whole_has_two_ends() {
        let code = Function {
            places: vec![(0, 1), (2, 5), (3, 20), (1, 9)],
            // Of 2: line 12, column 13; of 1: line 12, column 30; of 3: before it begins.
            ranges: vec![(2, 2, 13), (-1, 0, 30), (2, 3, 1)],
            ..Function::default()
        }
        .code();
        let place = |line, column| Place { line, column };
        assert_eq!(code.range(2), Some((place(12, 13), place(15, 21))));
        assert_eq!(code.range(1), Some((place(12, 5), place(12, 30))));
        assert_eq!(code.range(0), None);
        assert_eq!(code.range(3), Some((place(15, 1), place(16, 10))));
        assert_eq!(code.place(3), place(16, 9));
    }

    #[test]
    fn lines_that_are_embedded_are_lines_again() {
        let embedded = format!("{} fn f() {{\u{1}    g();\u{1}}}\n", numbers(&[9]));
        let code = Function {
            head: [1 << 7, 0, 10, 1, 12],
            embedded,
            ..Function::default()
        }
        .code();
        let lines: Vec<_> = code.embedded().unwrap().lines().collect();
        assert_eq!(lines, [(9, "fn f() {"), (10, "    g();"), (11, "}")]);
        assert_eq!(code.module(), "mycrate::a");
        let without = Function::default().code();
        assert!(without.embedded().is_none());
        let wrong = Function {
            head: [1 << 7, 0, 10, 1, 12],
            ..Function::default()
        };
        assert!(wrong.code().embedded().is_none());
    }

    #[test]
    fn an_empty_text_is_an_unknown_function() {
        let code = decode("");
        assert_eq!((code.name(), code.file(), code.module()), ("?", "?", "?"));
        assert_eq!(
            (code.first_line(), code.place(3).line, code.varnames().len()),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_number_without_end_is_no_number() {
        let endless = "]".repeat(1 << 16);
        assert_eq!(Numbers::new(&endless).next_u64(), None);
        assert_eq!(Numbers::new("\u{7f}#").next_u64(), None);
    }

    /// Cut, flipped and random texts decode to something; every question has an answer.
    #[test]
    fn no_text_makes_the_decoder_panic() {
        let variables = format!(
            "a {}\nb {}\n",
            numbers(&[1, 0, 0, 0, 9, 0]),
            numbers(&[2, 1, 1, 2, 9, 2, 8, 3])
        );
        let places = vec![(0, 1), (300, 77), (-5, 3)];
        let good = Function {
            places,
            variables,
            ..Function::default()
        }
        .literal();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random >> 11) as usize % below
        };
        for round in 0..4_000 {
            let mut bytes = good.as_bytes().to_vec();
            if round % 3 == 0 {
                bytes.truncate(next(bytes.len() + 1));
            }
            for _ in 0..next(12) {
                if let Some(b) = bytes.get_mut(next(good.len())) {
                    *b = [next(256) as u8, b'\n', b' ', 0x5d, 0x7c, 0x23, 0][next(7)];
                }
            }
            let code = decode(String::from_utf8_lossy(&bytes).into_owned().leak());
            for position in [0, 1, 9, u32::MAX] {
                let _ = (code.place(position), code.range(position));
                for (variable, _) in code.variables_at(position) {
                    let _ = (
                        variable.freshness(position, Within::Statement(3)),
                        variable.freshness(1, Within::Further(position)),
                        variable.slot(),
                    );
                }
            }
            let _ = (
                code.receiver().is_some(),
                format!("{code:?}"),
                code.qualified_name().len(),
            );
        }
    }
}
