//! The static facts of a function, packed into one string literal (a literal is nearly free to compile; a `static` with a
//! table in it costs more than the guard). `src/code.rs` of the library reads it and documents the format.

use crate::rewrite::{Entry, Loss, Scope};
use proc_macro::Span;

/// `flags` of a function.
pub(crate) mod flag {
    pub(crate) const ASYNC: u64 = 1;
    pub(crate) const UNSAFE: u64 = 2;
    pub(crate) const METHOD: u64 = 4;
    pub(crate) const GENERIC: u64 = 8;
    pub(crate) const BLOCK: u64 = 16;
    pub(crate) const HIDDEN: u64 = 32;
    pub(crate) const TRACK_CALLER: u64 = 64;
    pub(crate) const EMBEDDED: u64 = 128;
}

/// `flags` of a variable.
mod variable {
    pub(super) const ARGUMENT: u64 = 1;
    pub(super) const MAY_CHANGE: u64 = 2;
    pub(super) const NOT_CAPTURED: u64 = 4;
    pub(super) const REDACTED: u64 = 8;
}

/// Slot numbers from here on have their tag in the word that arguments share.
pub(crate) const ARGUMENT_SLOT: u32 = 0x40;

/// Line and column of each position.
pub(crate) struct Positions {
    first: (i64, u64),
    last_line: i64,
    packed: String,
    count: u32,
    /// The other ends of what fails as a whole.
    ranges: String,
    /// Position and line of the last of them.
    last_range: (i64, i64),
}

/// More positions than a capture's note can tell apart are not given out.
const MOST: u32 = 1 << 20;

impl Positions {
    /// Position 0 is the function's entry, unless [`Positions::begin`] says otherwise.
    pub(crate) fn new(entry: Span) -> Positions {
        let first = place(entry);
        let mut positions = Positions {
            first,
            last_line: first.0,
            packed: String::new(),
            count: 0,
            ranges: String::new(),
            last_range: (0, first.0),
        };
        positions.push(entry);
        positions
    }

    /// Position 0 is the first statement, at `span`: `enter` has stored it already.
    pub(crate) fn begin(&mut self, span: Span) -> u32 {
        self.packed.clear();
        self.last_line = self.first.0;
        self.count = 0;
        self.push(span)
    }

    /// The number that the next position will have.
    pub(crate) fn next(&self) -> u32 {
        self.count
    }

    pub(crate) fn push(&mut self, span: Span) -> u32 {
        if self.count >= MOST {
            return MOST - 1;
        }
        let (line, column) = place(span);
        signed(&mut self.packed, line - self.last_line);
        number(&mut self.packed, column);
        self.last_line = line;
        self.count += 1;
        self.count - 1
    }

    /// The expression that fails at a position begins here, and ends where the position is: the operand of a `?`.
    pub(crate) fn begins(&mut self, position: u32, first: Span) {
        self.other_end(position, place(first));
    }

    /// It begins where the position is, and ends behind this.
    pub(crate) fn ends(&mut self, position: u32, last: Span) {
        self.other_end(position, place(last.end()));
    }

    fn other_end(&mut self, position: u32, (line, column): (i64, u64)) {
        let (last, last_line) = self.last_range;
        signed(&mut self.ranges, i64::from(position) - last);
        signed(&mut self.ranges, line - last_line);
        number(&mut self.ranges, column);
        self.last_range = (i64::from(position), line);
    }
}

fn place(span: Span) -> (i64, u64) {
    (span.line() as i64, span.column() as u64)
}

/// What does not change while the body is walked.
pub(crate) struct Facts<'a> {
    pub(crate) name: &'a str,
    pub(crate) qualifier: &'a str,
    pub(crate) flags: u64,
    pub(crate) arguments: usize,
    pub(crate) last_line: usize,
    pub(crate) file: String,
    /// Number of the first line, and the lines.
    pub(crate) embedded: Option<(usize, String)>,
}

/// The literal, but for the module and the closing NUL.
pub(crate) fn pack(
    facts: &Facts<'_>,
    positions: &Positions,
    scope: &Scope,
    plain_arguments: &[usize],
) -> String {
    let mut out = String::with_capacity(128);
    for text in [facts.name, facts.qualifier, &facts.file] {
        out.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        out.push('\n');
    }
    let embedded = match facts.embedded {
        Some(_) => flag::EMBEDDED,
        None => 0,
    };
    number(&mut out, facts.flags | embedded);
    number(&mut out, facts.arguments as u64);
    number(&mut out, positions.first.0 as u64);
    number(&mut out, positions.first.1);
    number(&mut out, facts.last_line as u64);
    out.push('\n');
    out.push_str(&positions.packed);
    if !positions.ranges.is_empty() {
        out.push(' ');
        out.push_str(&positions.ranges);
    }
    out.push('\n');
    let mut all_losses = scope.losses.by_variable();
    for (index, v) in scope.variables.iter().enumerate() {
        // What lies in a scope without positions cannot be seen, but it may be seen to be missing before; what the options
        // leave out is not named.
        let seen = v.observable() || v.scope_start < v.start;
        if !seen || !v.wanted && !v.secret && !v.deferred {
            continue;
        }
        let mut flags = 0;
        for (set, bit) in [
            (v.argument, variable::ARGUMENT),
            (v.may_change, variable::MAY_CHANGE),
            (v.slot.is_none(), variable::NOT_CAPTURED),
            (v.secret, variable::REDACTED),
        ] {
            flags |= if set { bit } else { 0 };
        }
        out.push_str(v.name.strip_prefix("r#").unwrap_or(&v.name));
        out.push(' ');
        number(&mut out, flags);
        let slot = v.slot.unwrap_or(0)
            | if plain_arguments.contains(&index) {
                ARGUMENT_SLOT
            } else {
                0
            };
        number(&mut out, u64::from(slot));
        for n in [
            v.scope_start,
            v.start,
            v.end.min(positions.count.saturating_sub(1)),
        ] {
            number(&mut out, u64::from(n));
        }
        let marks: &[(u32, bool)] = if v.slot.is_some() { &v.marks } else { &[] };
        let marks = marks
            .iter()
            .map(|&(position, in_loop)| (position, u64::from(in_loop)));
        list(&mut out, marks, 2);
        if !v.secret {
            let of_variable = all_losses.get_mut(index).map(std::mem::take);
            losses(&mut out, of_variable.unwrap_or_default());
        }
        out.push('\n');
    }
    out.push('\n');
    if let Some((first_line, lines)) = &facts.embedded {
        number(&mut out, *first_line as u64);
        out.push(' ');
        out.push_str(lines);
        out.push('\n');
    }
    out
}

/// How many positions there are, then each as the distance to the one before, times `scale`, plus what is noted of it.
fn list(out: &mut String, positions: impl ExactSizeIterator<Item = (u32, u64)>, scale: u64) {
    number(out, positions.len() as u64);
    let mut last = 0;
    for (position, note) in positions {
        // They come in the order of the walk, which is that of positions.
        number(out, u64::from(position.saturating_sub(last)) * scale + note);
        last = position;
    }
}

/// What may have become of a variable, if it may: for each the position as above, times 16, plus what it is; how many
/// positions further on it is over, or 0. Then SPACE NAME for each that is of a field.
fn losses(out: &mut String, mut entries: Vec<&Entry>) {
    if entries.is_empty() {
        return;
    }
    entries.sort_by_key(|entry| entry.position);
    number(out, entries.len() as u64);
    let mut names = String::new();
    let mut last = 0;
    for entry in entries {
        let (kind, field) = match &entry.loss {
            Loss::Whole => (0, None),
            Loss::ByMethod => (1, None),
            Loss::Content => (2, None),
            Loss::Part(field) => (3, Some(field)),
            Loss::PartByMethod(field) => (4, Some(field)),
            Loss::Referred => (5, None),
        };
        if let Some(field) = field {
            names.push(' ');
            names.push_str(field.strip_prefix("r#").unwrap_or(field));
        }
        let before = u64::from(entry.captured_before) * 8;
        number(out, u64::from(entry.position - last) * 16 + before + kind);
        last = entry.position;
        let end = match entry.end {
            u32::MAX => 0,
            end => end.saturating_sub(entry.position) + 1,
        };
        number(out, u64::from(end));
    }
    out.push_str(&names);
}

/// Base 32, least significant digit first, in printable ASCII without quote and backslash.
fn number(out: &mut String, mut n: u64) {
    loop {
        let digit = (n & 31) as u8;
        n >>= 5;
        out.push((if n == 0 { b'#' + digit } else { b']' + digit }) as char);
        if n == 0 {
            return;
        }
    }
}

fn signed(out: &mut String, n: i64) {
    number(out, ((n << 1) ^ (n >> 63)) as u64);
}
