//! A source line with what failed in it marked below.

use super::paint::Paint;
use crate::report::highlight::{self, Class};
use crate::report::mark::{Mark, mark};
use crate::report::theme::{Style, Theme};
use crate::report::{Frame, Source, visible, width};
use std::fmt;
use std::ops::Range;

/// Columns of a tab.
const TAB: usize = 4;

/// A character as it is written: `c` may be one of the several that stand for a hostile one.
struct Cell {
    c: char,
    width: usize,
    class: Class,
}

/// A line, made visible.
struct Cells {
    cells: Vec<Cell>,
    /// For each character of the line, and for its end, the cell where it begins.
    starts: Vec<usize>,
}

impl Cells {
    fn new(line: &str, ascii: bool) -> Cells {
        let (mut cells, mut starts, mut column) = (Vec::new(), Vec::new(), 0);
        for (class, range) in highlight::parts(line) {
            for c in line[range].chars() {
                starts.push(cells.len());
                let before = cells.len();
                let mut push = |c: char| {
                    cells.push(Cell {
                        c,
                        width: width::of_char(c),
                        class,
                    });
                };
                if c == '\t' {
                    (0..TAB - column % TAB).for_each(|_| push(' '));
                } else if visible::is_hostile(c) || ascii && !c.is_ascii() {
                    c.escape_unicode().for_each(push);
                } else {
                    push(c);
                }
                column += cells[before..].iter().map(|cell| cell.width).sum::<usize>();
            }
        }
        starts.push(cells.len());
        Cells { cells, starts }
    }

    /// The cells of the characters from one to another.
    fn span(&self, from: usize, to: usize) -> (usize, usize) {
        let end = self.starts.len() - 1;
        (self.starts[from.min(end)], self.starts[to.min(end)])
    }

    fn width(&self, from: usize, to: usize) -> usize {
        self.cells[from..to].iter().map(|cell| cell.width).sum()
    }

    /// The part that fits in `room` columns and shows what begins at `wanted`.
    fn window(&self, first: usize, wanted: (usize, usize), room: usize) -> (usize, usize) {
        let end = self.cells.len();
        if self.width(first, end) <= room {
            return (first, end);
        }
        // Places for `...` at either side.
        let room = room.saturating_sub(6).max(8);
        // By running sums: a line that a program generated may have a hundred thousand characters.
        let mut start = first;
        if start < wanted.0 {
            let mut width = self.width(start, wanted.1);
            while start < wanted.0 && width > room {
                width -= self.cells[start].width;
                start += 1;
            }
        }
        let (mut stop, mut width) = (start, 0);
        while let Some(cell) = self.cells.get(stop)
            && width + cell.width <= room
        {
            width += cell.width;
            stop += 1;
        }
        (start, stop)
    }
}

/// Writes the line at which a frame is, and marks below it; behind a gutter of line numbers if `context`
/// asks for lines around.
pub(super) fn write(
    frame: &Frame,
    exact: bool,
    context: Option<(u32, u32)>,
    indent: usize,
    paint: &mut Paint<'_>,
) -> fmt::Result {
    let Some(source) = frame.source() else {
        return Ok(());
    };
    let (mut first, mut last) = (frame.line, frame.line);
    match frame.range {
        Some(range) => {
            first = first.min(range.line);
            last = last.max(range.end_line);
        }
        None if context.is_none() => first -= continued(source, frame.line),
        None => {}
    }
    let (before, after) = context.unwrap_or((0, 0));
    let (first, last) = (first.saturating_sub(before), last.saturating_add(after));
    let gutter = context.map(|_| last.to_string().len());
    let lines: Vec<(u32, &str)> = source.range(first, last).collect();
    // In context lines keep their shape; a line alone needs none of its indentation.
    let blank = |line: &str| line.chars().take_while(|c| c.is_whitespace()).count();
    let common = lines
        .iter()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(_, line)| blank(line))
        .min();
    let left_out = middle(&lines, frame.line, before + after);
    for (index, &(number, line)) in lines.iter().enumerate() {
        if left_out.contains(&index) {
            if index == left_out.start {
                paint.line(indent)?;
                let (n, gap) = (left_out.len(), paint.options.theme.gap);
                paint.own(gap, format_args!("... ({n} more lines)"))?;
            }
            continue;
        }
        let line = line.trim_end();
        if context.is_none() && line.is_empty() {
            continue;
        }
        let shown = Shown {
            line,
            skip: common.unwrap_or(0).min(blank(line)),
            mark: mark(frame, number, line, exact),
            gutter: gutter.map(|width| (number, width, number == frame.line)),
        };
        shown.write(indent, paint)?;
    }
    Ok(())
}

/// Which lines of a long expression are left out: those between its first ones and its last, but for the one in
/// question.
fn middle(lines: &[(u32, &str)], line: u32, context: u32) -> Range<usize> {
    const MOST: usize = 6;
    const FIRST: usize = 2;
    let most = MOST + context as usize;
    if lines.len() <= most {
        return 0..0;
    }
    let at = lines.iter().position(|(number, _)| *number == line);
    match at.unwrap_or(0) {
        // A value that begins there: its beginning says what it is.
        at if at < lines.len() / 2 => (at + most - 1).max(FIRST)..lines.len() - 1,
        _ => FIRST..lines.len() - (most - FIRST),
    }
}

/// How many lines before one begin what it goes on with: `.await?` alone says nothing.
fn continued(source: &Source, line: u32) -> u32 {
    const MOST: u32 = 3;
    let goes_on = |line: u32| {
        let text = source.line(line).map(str::trim_start);
        text.is_some_and(|text| text.starts_with(['.', ')', ']', '}', '?']))
    };
    let begins = |before: &u32| !goes_on(line.saturating_sub(*before));
    let before = (0..=MOST).find(begins).unwrap_or(0);
    if source.line(line.saturating_sub(before)).is_some() {
        before
    } else {
        0
    }
}

struct Shown<'a> {
    line: &'a str,
    /// Characters of indentation that are left out.
    skip: usize,
    mark: Option<Mark>,
    /// The number of the line, the width of the column of numbers, and whether it is the line in question.
    gutter: Option<(u32, usize, bool)>,
}

impl Shown<'_> {
    fn write(&self, indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
        let cells = Cells::new(self.line, paint.options.ascii);
        let (first, _) = cells.span(self.skip, self.skip);
        let wanted = self
            .mark
            .map_or((first, first), |mark| cells.span(mark.start, mark.end));
        let margin = indent + self.gutter.map_or(0, |(_, width, _)| width + 5);
        let room = paint.options.width.saturating_sub(margin).max(16);
        let (start, stop) = cells.window(first, wanted, room);
        let theme = &paint.options.theme;
        paint.line(indent)?;
        if let Some((number, width, is_it)) = self.gutter {
            let arrow = if is_it { '>' } else { ' ' };
            paint.own(theme.gap, format_args!("{arrow} {number:>width$} | "))?;
        }
        if start > first {
            paint.own(theme.gap, format_args!("..."))?;
        }
        for run in cells.cells[start..stop].chunk_by(|a, b| a.class == b.class) {
            let text: String = run.iter().map(|cell| cell.c).collect();
            paint.own(style(theme, run[0].class), format_args!("{text}"))?;
        }
        if stop < cells.cells.len() {
            paint.own(theme.gap, format_args!("..."))?;
        }
        let Some(mark) = self.mark else {
            return Ok(());
        };
        paint.line(indent)?;
        if let Some((_, width, _)) = self.gutter {
            paint.own(theme.gap, format_args!("  {:width$} | ", ""))?;
        }
        let clip = |at: usize| cells.span(at, at).0.clamp(start, stop);
        let dots = if start > first { 3 } else { 0 };
        let before = dots + cells.width(start, clip(mark.start));
        let columns = |from: usize, to: usize| cells.width(clip(from), clip(to));
        // Not as a width, of which formatting takes no more than 65,535.
        paint.own(Style::NONE, format_args!("{}", " ".repeat(before)))?;
        for (style, c, from, to) in [
            (theme.operand, "~", mark.start, mark.anchor.0),
            (theme.anchor, "^", mark.anchor.0, mark.anchor.1),
            (theme.operand, "~", mark.anchor.1, mark.end),
        ] {
            let columns = columns(from, to);
            if columns > 0 {
                paint.own(style, format_args!("{}", c.repeat(columns)))?;
            }
        }
        Ok(())
    }
}

fn style(theme: &Theme, class: Class) -> Style {
    match class {
        Class::Plain => Style::NONE,
        Class::Keyword => theme.keyword,
        Class::String => theme.string,
        Class::Number => theme.number,
        Class::Comment => theme.comment,
    }
}

#[cfg(test)]
mod tests {
    use super::{continued, middle, write};
    use crate::report::text::paint::Paint;
    use crate::report::{Exit, Frame, How, Range, Source, TextOptions};

    fn excerpt(line: &str, range: Range, width: usize) -> Vec<String> {
        let frame = Frame::new("f", "a.rs", 1, range.end_column - 1)
            .with_range(range)
            .with_source(Some(Source::new(1, line)));
        let options = TextOptions {
            width,
            ..TextOptions::default()
        };
        let mut out = String::new();
        write(&frame, true, None, 0, &mut Paint::new(&mut out, &options)).unwrap();
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_failed_is_marked_under_wide_characters_and_tabs() {
        let line = "\tlet größe = f(\"日本\")?;";
        let expected = ["let größe = f(\"日本\")?;", "            ~~~~~~~~~^"];
        assert_eq!(excerpt(line, Range::new(1, 14, 1, 22), 80), expected);
    }

    #[test]
    fn of_a_long_line_the_part_that_failed_is_shown() {
        let line = format!("{}failing()?; {}", "a + ".repeat(50), "b".repeat(100));
        let shown = excerpt(&line, Range::new(1, 201, 1, 211), 40);
        assert_eq!(shown[0].len(), 40);
        let at = shown[1].find('~').unwrap();
        assert_eq!(&shown[0][at..at + 10], "failing()?");
        assert_eq!(&shown[1][at..], "~~~~~~~~~^");
    }

    #[test]
    fn a_line_that_a_report_came_with_may_be_of_any_length() {
        let mut source = Source::new(1, "x");
        source.lines[0] = format!("{}failing()?", "a + ".repeat(50_000));
        let range = Range::new(1, 200_001, 1, 200_011);
        let frame = Frame::new("f", "a.rs", 1, 200_010)
            .with_range(range)
            .with_source(Some(source));
        for width in [40, 100_000, usize::MAX] {
            let options = TextOptions {
                width,
                ..TextOptions::default()
            };
            let mut out = String::new();
            write(&frame, true, None, 0, &mut Paint::new(&mut out, &options)).unwrap();
            let (line, marks) = out.trim().split_once('\n').unwrap();
            assert!(line.len() <= width && marks.ends_with("~~^"), "{width}");
        }
    }

    #[test]
    fn a_chain_over_several_lines_is_marked_as_a_whole() {
        let text = "fn f() {\n    let x = load(\n        path,\n    )\n    .parse()?;\n";
        let frame = Frame::new("f", "a.rs", 5, 13)
            .left(Exit::by(How::Question))
            .with_range(Range::new(2, 13, 5, 14))
            .with_source(Some(Source::new(1, text)));
        let shown = |context| {
            let options = TextOptions::default();
            let mut out = String::new();
            let mut paint = Paint::new(&mut out, &options);
            write(&frame, true, context, 0, &mut paint).unwrap();
            out.lines().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(None),
            [
                "let x = load(",
                "        ~~~~~",
                "    path,",
                "    ~~~~~",
                ")",
                "~",
                ".parse()?;",
                "~~~~~~~~^",
            ]
        );
        assert_eq!(shown(Some((1, 1)))[0], "  1 | fn f() {");
    }

    #[test]
    fn of_a_long_expression_the_ends_are_shown() {
        let lines: Vec<(u32, &str)> = (10..30).map(|number| (number, "x")).collect();
        assert_eq!(
            middle(&lines, 29, 0),
            2..16,
            "two first and four last lines"
        );
        assert_eq!(
            middle(&lines, 10, 0),
            5..19,
            "five first lines and the last"
        );
        assert_eq!(middle(&lines, 29, 3), 2..13);
        assert!(middle(&lines[..6], 10, 0).is_empty());
    }

    #[test]
    fn a_line_that_goes_on_with_others_comes_with_them() {
        let before = |text: &str, line: u32| continued(&Source::new(1, text), line);
        let chain = "let x = f(\n    a,\n)\n.b()\n.c()\n.d()?;";
        assert_eq!(
            [1, 2, 3, 4, 5].map(|line| before(chain, line)),
            [0, 0, 1, 2, 3]
        );
        assert_eq!(before(chain, 6), 0, "too far");
        assert_eq!(before(".x?", 1), 0, "its beginning is not there");
    }

    #[test]
    fn hostile_characters_of_a_line_are_shown_and_counted() {
        let shown = excerpt("f(\u{202e}\x1b)?;", Range::new(1, 1, 1, 7), 80);
        assert_eq!(shown, ["f(\\u{202e}\\u{1b})?;", "~~~~~~~~~~~~~~~~~^"]);
    }
}
