//! Which entries of a report become lines.

use super::{Level, Order, TextOptions};
use crate::inspect::fold::{Row, collapse, cut, hide};
use crate::report::{Entry, Frame};
use std::fmt;

/// The rows of a stack, in the order in which they are written. Indices are those of the entries.
pub(super) fn rows(stack: &[Entry], options: &TextOptions) -> Vec<Row> {
    let limits = &options.limits;
    let hidden = |i: usize| {
        options.level != Level::Full && stack[i].frame().is_some_and(|frame| frame.is_hidden)
    };
    let mut rows = Vec::with_capacity(stack.len());
    let mut at = 0;
    while let Some(entry) = stack.get(at) {
        match *entry {
            Entry::Frame(_) => {
                let run = stack[at..]
                    .iter()
                    .take_while(|entry| entry.frame().is_some())
                    .count();
                let same = |a: usize, b: usize| same(&stack[at + a], &stack[at + b]);
                let moved = |row| match row {
                    Row::Frame(i) => Row::Frame(at + i),
                    row => row,
                };
                rows.extend(collapse(limits, run, same).into_iter().map(moved));
                at += run;
                continue;
            }
            Entry::Repeated { frames, times } => rows.push(Row::Repeated { frames, times }),
            Entry::Omitted { frames } => rows.push(Row::Omitted(frames)),
            Entry::Unrecorded { frames } => rows.push(Row::Unrecorded(frames)),
            Entry::Joined(_) => rows.push(Row::Joined(at)),
        }
        at += 1;
    }
    let mut rows = hide(cut(limits, rows, hidden), hidden);
    if options.order == Order::RecentFirst {
        rows.reverse();
    }
    rows
}

/// Whether two frames are at the same place of the same function.
fn same(a: &Entry, b: &Entry) -> bool {
    let place = |f: &Frame| (f.line, f.column, f.role);
    match (a.frame(), b.frame()) {
        (Some(a), Some(b)) => {
            place(a) == place(b)
                && a.qualified == b.qualified
                && a.file == b.file
                && a.exit == b.exit
        }
        _ => false,
    }
}

/// What stands for the frames of a row that is none.
pub(super) struct Gap(pub(super) Row, pub(super) Order);

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        match (self.0, self.1) {
            (Row::Repeated { .. }, Order::RecentFirst) => {
                f.write_str(&text.replacen("[previous", "[next", 1))
            }
            _ => f.write_str(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(name: &'static str) -> Entry {
        Frame::new(name, "a.rs", 1, 1).into()
    }

    fn hidden(name: &'static str) -> Entry {
        let mut frame = Frame::new(name, "a.rs", 1, 1);
        frame.is_hidden = true;
        frame.into()
    }

    #[test]
    fn repetitions_are_counted_between_gaps_and_hidden_frames_outside_of_full() {
        let mut stack: Vec<Entry> = (0..6).map(|_| frame("f")).collect();
        stack.push(Entry::Omitted { frames: 9 });
        stack.extend([frame("f"), hidden("h"), hidden("h")]);
        let (first, repeated) = (
            [Row::Frame(0), Row::Frame(1), Row::Frame(2)],
            Row::Repeated {
                frames: 1,
                times: 3,
            },
        );
        let mut expected = [
            &first[..],
            &[repeated, Row::Omitted(9), Row::Frame(7), Row::Hidden(2)],
        ]
        .concat();
        let mut options = TextOptions::default();
        assert_eq!(rows(&stack, &options), expected);
        options.order = Order::RecentFirst;
        expected.reverse();
        assert_eq!(rows(&stack, &options), expected);
        assert_eq!(
            Gap(repeated, options.order).to_string(),
            "[next frame repeated 3 more times]"
        );
        let full = rows(&stack, &TextOptions::new(Level::Full));
        assert_eq!(full[5..], [Row::Frame(7), Row::Frame(8), Row::Frame(9)]);
    }
}
