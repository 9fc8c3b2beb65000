//! The facts of a literal without an allocation: for the handler of a fatal signal.
//!
//! Each question reads the text anew. The text may be cut, or be anything else.

use super::decode::Numbers;
use super::variable::VariableOf;
use super::{Flags, State};

/// A literal, as [`decode`](super::decode) describes it.
pub(crate) struct Scan<'t> {
    pub(crate) name: &'t str,
    pub(crate) file: &'t str,
    flags: Flags,
    first_line: u32,
    positions: &'t str,
    variables: &'t str,
}

impl<'t> Scan<'t> {
    /// `None` if the text cannot be a literal of the macros.
    pub(crate) fn new(text: &'t str) -> Option<Scan<'t>> {
        let mut lines = text.splitn(6, '\n');
        let (name, _, file) = (lines.next()?, lines.next()?, lines.next()?);
        let mut head = Numbers::new(lines.next()?);
        let flags = Flags(head.next_u32()?);
        head.next_u32()?;
        let first_line = head.next_u32()?;
        (!name.is_empty() && !file.is_empty()).then_some(())?;
        Some(Scan {
            name,
            file,
            flags,
            first_line,
            positions: lines.next().unwrap_or(""),
            variables: lines.next().unwrap_or(""),
        })
    }

    /// Whether printed stacks leave the function out.
    pub(crate) fn is_hidden(&self) -> bool {
        self.flags.has(Flags::HIDDEN)
    }

    /// The line of a position; of one that there is not, the nearest one's.
    pub(crate) fn line(&self, position: u32) -> u32 {
        let mut numbers = Numbers::new(self.positions);
        let mut line = i64::from(self.first_line);
        for _ in 0..=position {
            let Some(step) = numbers.next_signed() else {
                break;
            };
            line = line.saturating_add(step);
            numbers.next_u32();
        }
        u32::try_from(line).unwrap_or(0)
    }

    fn variables(&self) -> impl Iterator<Item = VariableOf<'t>> + use<'t> {
        let lines = self
            .variables
            .split('\n')
            .take_while(|line| !line.is_empty());
        lines
            .filter_map(VariableOf::decode)
            .filter(|variable| !variable.is_internal())
    }

    /// The variables in scope at a position: [`Code::variables_at`](super::Code::variables_at), arguments first.
    pub(crate) fn variables_at(
        &self,
        position: u32,
    ) -> impl Iterator<Item = (VariableOf<'t>, State)> {
        let in_scope = move |scan: &Self| {
            scan.variables().filter_map(move |variable| {
                let state = variable.state_at(position)?;
                Some((variable, state))
            })
        };
        // Of those of one name, the one that each later one does not hide.
        let is_shown = move |index: usize, name: &str| {
            let mut shown: Option<(usize, VariableOf<'t>, State)> = None;
            for (i, (variable, state)) in in_scope(self).enumerate() {
                if variable.name() != name {
                    continue;
                }
                let hides = shown.as_ref().is_none_or(|(_, other, other_state)| {
                    variable.hides(state, (other, *other_state))
                });
                if hides {
                    shown = Some((i, variable, state));
                }
            }
            shown.is_some_and(|(i, ..)| i == index)
        };
        let of = move |arguments: bool| {
            in_scope(self)
                .enumerate()
                .filter(move |(i, (v, _))| v.is_argument() == arguments && is_shown(*i, v.name()))
                .map(|(_, found)| found)
        };
        of(true).chain(of(false))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{Function, numbers};
    use super::*;

    #[test]
    fn a_scan_answers_as_a_decoded_literal_does() {
        let variable = |name, flags, slot, scope, start, end| {
            format!("{name} {}\n", numbers(&[flags, slot, scope, start, end, 0]))
        };
        let variables = variable("x", 0, 0, 1, 2, 9)
            + &variable("a", 1, 1, 0, 0, 9)
            + &variable("x", 0, 2, 4, 5, 6)
            + &variable("a", 0, 3, 3, 4, 9)
            + &variable("__x", 1 << 6, 0, 0, 0, 9)
            + &variable("a", 0, 4, 6, 7, 8);
        let literal = Function {
            places: vec![(0, 1), (300, 5), (-5, 3), (1, 1)],
            variables,
            ..Function::default()
        }
        .literal();
        let text = literal.trim_end_matches('\0');
        let code = super::super::decode::decode(literal);
        let scan = Scan::new(text).unwrap();
        assert_eq!((scan.name, scan.file), (code.name(), code.file()));
        let shown = |variable: &VariableOf<'_>, state| {
            format!("{} {:?} {state:?}", variable.name(), variable.slot())
        };
        for position in 0..12 {
            assert_eq!(scan.line(position), code.place(position).line);
            let scanned: Vec<_> = scan
                .variables_at(position)
                .map(|(v, s)| shown(&v, s))
                .collect();
            let decoded = code.variables_at(position);
            let mut decoded: Vec<_> = decoded.iter().map(|(v, s)| shown(v, *s)).collect();
            let mut sorted = scanned.clone();
            sorted.sort();
            decoded.sort();
            assert_eq!(sorted, decoded, "{position}");
        }
        // Cut anywhere, it answers or is none.
        for length in (0..text.len()).filter(|&at| text.is_char_boundary(at)) {
            if let Some(scan) = Scan::new(&text[..length]) {
                let _ = (
                    scan.line(u32::MAX),
                    scan.variables_at(5).count(),
                    scan.is_hidden(),
                );
            }
        }
        assert!(Scan::new("").is_none() && Scan::new("\n\n\n\n").is_none());
    }
}
