//! Functions for tests, without the macro.

use super::{Code, decode};

/// What the macro would say of a function. By default `f` in `src/a.rs`, lines 10 to 20, without
/// statements.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) qualifier: &'static str,
    pub(crate) file: &'static str,
    /// Flags, number of arguments, first line and column, last line.
    pub(crate) head: [u64; 5],
    /// Line (difference) and column of each position.
    pub(crate) places: Vec<(i64, u64)>,
    /// Position and line (differences) and column of each other end.
    pub(crate) ranges: Vec<(i64, i64, u64)>,
    /// Whole lines.
    pub(crate) variables: String,
    /// A whole line, or none.
    pub(crate) embedded: String,
}

impl Default for Function {
    fn default() -> Function {
        Function {
            name: "f",
            qualifier: "",
            file: "src/a.rs",
            head: [0, 0, 10, 1, 20],
            places: Vec::new(),
            ranges: Vec::new(),
            variables: String::new(),
            embedded: String::new(),
        }
    }
}

impl Function {
    /// As the macro writes it into the program.
    pub(crate) fn literal(&self) -> &'static str {
        let zigzag = |n: i64| ((n << 1) ^ (n >> 63)) as u64;
        let places: Vec<u64> = self
            .places
            .iter()
            .flat_map(|(line, column)| [zigzag(*line), *column])
            .collect();
        let Function {
            name,
            qualifier,
            file,
            variables,
            embedded,
            ..
        } = self;
        let ranges: Vec<u64> = self
            .ranges
            .iter()
            .flat_map(|(position, line, column)| [zigzag(*position), zigzag(*line), *column])
            .collect();
        let (head, places) = (numbers(&self.head), numbers(&places));
        let ranges = match numbers(&ranges) {
            none if none.is_empty() => none,
            ranges => format!(" {ranges}"),
        };
        format!("{name}\n{qualifier}\n{file}\n{head}\n{places}{ranges}\n{variables}\n{embedded}mycrate::a\0")
            .leak()
    }

    pub(crate) fn code(&self) -> Code {
        decode::decode(self.literal())
    }
}

/// Numbers in base 32, as the macro writes them.
pub(crate) fn numbers(values: &[u64]) -> String {
    let mut text = String::new();
    for &value in values {
        let mut value = value;
        while value >= 32 {
            text.push((0x5d + (value & 31) as u8) as char);
            value >>= 5;
        }
        text.push((0x23 + value as u8) as char);
    }
    text
}
