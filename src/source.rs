//! Lines of the program's source files, read when a report or a stack is printed.
//!
//! The files of the machine that runs the program need not be those it was built from: whatever is
//! missing, too large, or not text simply has no lines. Nothing here fails, waits for another
//! thread, or grows without bound.

mod cache;
mod find;

#[cfg(feature = "serde")]
use crate::code::Code;
use crate::code::Embedded;

pub(crate) use find::set_roots;

/// Lines kept before and after the one in question.
const CONTEXT: u32 = 5;
/// Lines kept of one expression.
const LONGEST_RANGE: u32 = 20;
/// Characters kept of one line: others are not written by people.
const LINE_CHARS: usize = 400;

/// Lines of a source file around one in question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Source {
    /// The number of the first of the lines, from 1.
    pub first_line: u32,
    /// The lines, as they stand in the file.
    pub lines: Vec<String>,
    /// Whether the file was written after the program was built: its lines may have moved.
    pub is_changed: bool,
}

impl Source {
    /// Lines that begin at a number.
    pub fn new(first_line: u32, text: &str) -> Source {
        let lines = text.lines().map(bounded).collect();
        Source {
            first_line,
            lines,
            is_changed: false,
        }
    }

    /// The line of this number, if it is here.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = number.checked_sub(self.first_line)?;
        self.lines.get(index as usize).map(String::as_str)
    }

    /// The lines from `first` to `last`, as far as they are here, with their numbers.
    pub fn range(&self, first: u32, last: u32) -> impl Iterator<Item = (u32, &str)> {
        let numbers = |index: usize| self.first_line.checked_add(u32::try_from(index).ok()?);
        let lines = self.lines.iter().enumerate();
        let numbered = lines.map_while(move |(index, line)| Some((numbers(index)?, line.as_str())));
        numbered.filter(move |(number, _)| (first..=last).contains(number))
    }
}

/// What a file must have to be the one that a function was compiled from.
#[derive(Clone, Copy, Default)]
pub(crate) struct Holder<'a> {
    /// The name that stands there; empty if it is not known.
    pub(crate) name: &'a str,
    pub(crate) first_line: u32,
    pub(crate) last_line: u32,
}

/// The lines around `line`, or around an expression that reaches over the lines of `range`. `None` if
/// they cannot be read, or if the file found is not the holder's, as far as can be told.
pub(crate) fn around(
    file: &str,
    line: u32,
    range: Option<(u32, u32)>,
    holder: &Holder<'_>,
) -> Option<Source> {
    if line == 0 {
        return None;
    }
    let found = cache::file(file)?;
    if !holder.name.is_empty() && !holds(&found.text, holder) {
        return None;
    }
    let (first, count) = window(line, range);
    let lines = found
        .text
        .lines()
        .skip(first as usize - 1)
        .take(count as usize);
    let source = Source {
        first_line: first,
        lines: lines.map(bounded).collect(),
        is_changed: found.is_changed,
    };
    source.line(line).is_some().then_some(source)
}

/// The same, of the lines that the program itself has.
pub(crate) fn embedded(lines: Embedded, line: u32, range: Option<(u32, u32)>) -> Option<Source> {
    let (first, count) = window(line, range);
    let mut lines = lines
        .lines()
        .skip_while(|(number, _)| *number < first)
        .take_while(|(number, _)| number - first < count)
        .peekable();
    let source = Source {
        first_line: lines.peek()?.0,
        lines: lines.map(|(_, line)| bounded(line)).collect(),
        is_changed: false,
    };
    source.line(line).is_some().then_some(source)
}

/// The first line that is kept, and how many.
fn window(line: u32, range: Option<(u32, u32)>) -> (u32, u32) {
    let (first, last) = range
        .filter(|(first, last)| first <= last && last - first < LONGEST_RANGE)
        .map_or((line, line), |(first, last)| {
            (first.min(line), last.max(line))
        });
    let first = first.saturating_sub(CONTEXT).max(1);
    let count = (last - first)
        .saturating_add(CONTEXT + 1)
        .min(LONGEST_RANGE + 2 * CONTEXT);
    (first, count)
}

/// A line of the file that a function is in, without the white space around it. `None` as for
/// [`around`], and if it is empty.
#[cfg(feature = "serde")]
pub(crate) fn line_of(code: &Code, number: u32) -> Option<String> {
    let holder = Holder {
        name: code.name(),
        first_line: code.first_line(),
        last_line: code.last_line(),
    };
    let source = around(code.file(), number, None, &holder)?;
    let line = source.line(number)?.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

fn bounded(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.to_owned(),
    }
}

/// Whether a text may have the function at its lines. A program that runs in another project's
/// directory finds that project's `src/main.rs`, and a file may have been edited since: better no
/// line than a wrong one.
fn holds(text: &str, holder: &Holder<'_>) -> bool {
    // The name of `#[frame(name = "..")]` stands above the function.
    const ATTRIBUTES: usize = 8;
    let skip = (holder.first_line as usize).saturating_sub(1 + ATTRIBUTES);
    let count = (holder.last_line as usize).saturating_sub(skip);
    let (mut lines, mut found) = (0, false);
    for line in text.lines().skip(skip).take(count) {
        lines += 1;
        found = found || mentions(line, holder.name);
    }
    found && lines == count
}

/// Whether `name` stands in a line as a word of its own.
fn mentions(line: &str, name: &str) -> bool {
    let in_word = |c: char| c == '_' || c.is_alphanumeric();
    line.match_indices(name).any(|(at, _)| {
        !line[..at].ends_with(in_word) && !line[at + name.len()..].starts_with(in_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, name: &str, first_line: u32, last_line: u32) -> bool {
        super::holds(
            text,
            &Holder {
                name,
                first_line,
                last_line,
            },
        )
    }

    #[test]
    fn a_source_has_the_lines_around_one_within_the_file() {
        let here = line!();
        let source = around(file!(), here, None, &Holder::default()).unwrap();
        assert_eq!(source.first_line, here - CONTEXT);
        assert_eq!(source.lines.len() as u32, 2 * CONTEXT + 1);
        assert_eq!(source.line(here).unwrap().trim(), "let here = line!();");
        assert_eq!(source.line(here - 6), None);
        assert_eq!(
            source
                .range(here, here + 1)
                .map(|(n, _)| n)
                .collect::<Vec<_>>(),
            [here, here + 1]
        );
        let first = around(file!(), 1, None, &Holder::default()).unwrap();
        assert_eq!(
            (first.first_line, first.lines.len() as u32),
            (1, CONTEXT + 1)
        );
    }

    #[test]
    fn an_expression_over_several_lines_is_there_as_a_whole() {
        let source = around(file!(), 30, Some((25, 40)), &Holder::default()).unwrap();
        assert_eq!(source.first_line, 20);
        assert_eq!(source.lines.len(), 26);
        let huge = around(file!(), 30, Some((1, u32::MAX)), &Holder::default()).unwrap();
        assert_eq!(
            (huge.first_line, huge.lines.len()),
            (25, 11),
            "too long to be shown"
        );
    }

    #[test]
    fn a_line_that_the_file_does_not_have_is_not_there() {
        for line in [0, 1_000_000, u32::MAX] {
            assert_eq!(
                around(file!(), line, None, &Holder::default()),
                None,
                "{line}"
            );
        }
    }

    #[test]
    fn a_line_that_nobody_wrote_is_cut() {
        let source = Source::new(1, &"x".repeat(10_000));
        assert_eq!(source.lines[0].len(), LINE_CHARS + 3);
    }

    #[test]
    fn a_file_that_does_not_have_the_function_there_is_another_one() {
        let text = "mod a;\n\n#[frame]\nfn parse() {\n    one();\n}\n";
        assert!(holds(text, "parse", 4, 6));
        assert!(!holds(text, "eval", 4, 6), "another function");
        assert!(
            !holds(text, "par", 4, 6) && !holds(text, "arse", 4, 6),
            "part of another name"
        );
        assert!(!holds(text, "parse", 5, 7), "too short");
        assert!(!holds(text, "parse", 40, 60));
        assert!(!holds("", "parse", 0, u32::MAX));
        let far = format!("fn parse() {{}}\n{}", "\n".repeat(50));
        assert!(!holds(&far, "parse", 30, 33), "elsewhere in the file");
        assert!(
            holds("#[frame(name = \"top\")]\nfn parse() {\n}", "top", 2, 3),
            "named by its attribute"
        );
    }
}
