//! Which part of a source line failed.

use super::{Frame, How};

/// Characters of a line, counted from 0: `~~~` from `start` to `end`, but `^` under the anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) anchor: (usize, usize),
}

/// What to mark in a line of this number. `None` where that would be the whole line, which says nothing, where
/// only the statement is known, and in lines that what failed does not reach.
///
/// `exact`: the frame's column is that of the code that failed, not only of its statement.
pub(super) fn mark(frame: &Frame, number: u32, line: &str, exact: bool) -> Option<Mark> {
    let chars: Vec<char> = line.chars().collect();
    let is_it = number == frame.line;
    let at = (frame.column as usize)
        .checked_sub(1)
        .filter(|&at| is_it && at < chars.len());
    let mark = match (frame.range, at) {
        (Some(range), _) if !(range.line..=range.end_line).contains(&number) => return None,
        (Some(range), _) => {
            let start = if range.line == number {
                (range.column as usize).checked_sub(1)?
            } else {
                0
            };
            let end = if range.end_line == number {
                (range.end_column as usize).checked_sub(1)?
            } else {
                chars.len()
            };
            let start = start.max(indentation(&chars));
            let end = end.min(chars.len());
            let is_point = |at: &usize| (start..end).contains(at) && chars[*at] == '?';
            let anchor = match at.filter(is_point) {
                Some(at) => (at, at + 1),
                // It is on the last line.
                None if !is_it && frame.is_question() => (start, start),
                None => (start, end),
            };
            Mark { start, end, anchor }
        }
        (None, Some(at)) if chars[at] == '?' && exact => Mark {
            start: operand(&chars, at),
            end: at + 1,
            anchor: (at, at + 1),
        },
        (None, Some(at)) if exact && frame.how() != Some(How::Early) => {
            let end = expression(&chars, at);
            Mark {
                start: at,
                end,
                anchor: (at, end),
            }
        }
        _ => return None,
    };
    let code: String = chars.get(mark.start..mark.end)?.iter().collect();
    let trimmed = |text: &str| text.trim().trim_end_matches([';', ',']).to_owned();
    let says_something = mark.anchor != (mark.start, mark.end) || trimmed(&code) != trimmed(line);
    (mark.start < mark.end && says_something).then_some(mark)
}

fn indentation(chars: &[char]) -> usize {
    chars.iter().take_while(|c| c.is_whitespace()).count()
}

/// Where the operand of the `?` at `end` begins: back over names, calls, fields and prefixes, without
/// knowing more of the language than which brackets belong together.
fn operand(chars: &[char], end: usize) -> usize {
    // `f() ?`
    let spaces = chars[..end].iter().rev().take_while(|c| c.is_whitespace());
    let mut at = end - spaces.count();
    while at > 0 {
        let c = chars[at - 1];
        at = match c {
            ')' | ']' | '}' | '>' if c != '>' || turbofish(chars, at).is_some() => {
                match opening(chars, at) {
                    Some(open) => open,
                    None => return at - 1,
                }
            }
            '"' => match chars[..at - 1].iter().rposition(|&c| c == '"') {
                Some(open) => open,
                None => return at - 1,
            },
            '.' | ':' | '?' | '!' | '_' | '&' | '*' => at - 1,
            c if c.is_alphanumeric() => at - 1,
            _ => break,
        };
    }
    // `await` and the like have no space before them; a method on a line of its own begins with its dot.
    at + indentation(&chars[at..end])
}

/// Whether the `>` that ends at `at` closes `::<..>`.
fn turbofish(chars: &[char], at: usize) -> Option<usize> {
    let open = opening(chars, at)?;
    (chars[..open].ends_with(&[':', ':'])).then_some(open)
}

/// The bracket that the one before `at` closes.
fn opening(chars: &[char], at: usize) -> Option<usize> {
    let close = chars[at - 1];
    let open = match close {
        ')' => '(',
        ']' => '[',
        '}' => '{',
        _ => '<',
    };
    let mut depth = 0;
    let mut quoted = false;
    for i in (0..at).rev() {
        let c = chars[i];
        if c == '"' && (i == 0 || chars[i - 1] != '\\') {
            quoted = !quoted;
        } else if !quoted && c == close {
            depth += 1;
        } else if !quoted && c == open {
            depth -= 1;
            if depth == 0 {
                return Some(i);
            }
        }
    }
    None
}

/// Where the expression that begins at `start` ends: at a `;`, a `,` or a bracket that it did not open, or
/// at the end of the line.
fn expression(chars: &[char], start: usize) -> usize {
    let (mut depth, mut quoted) = (0usize, false);
    let mut end = start;
    for (i, &c) in chars.iter().enumerate().skip(start) {
        match c {
            '"' if i == 0 || chars[i - 1] != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ';' | ',' if depth == 0 => break,
            '/' if chars.get(i + 1) == Some(&'/') => break,
            _ => {}
        }
        if !c.is_whitespace() {
            end = i + 1;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Exit, Range};

    /// The marks under a line, for a frame whose column is that of the first `at` in it.
    fn marks(line: &str, at: &str, range: Option<Range>) -> String {
        let column = line[..line.find(at).unwrap()].chars().count() as u32 + 1;
        let mut frame = Frame::new("f", "a.rs", 1, column).left(Exit::by(How::Question));
        frame.range = range;
        let Some(mark) = mark(&frame, 1, line, true) else {
            return String::new();
        };
        let c = |i: usize| match i {
            i if i < mark.start => ' ',
            i if (mark.anchor.0..mark.anchor.1).contains(&i) => '^',
            _ => '~',
        };
        (0..mark.end).map(c).collect()
    }

    #[test]
    fn of_a_question_mark_the_operand_is_found() {
        for (line, expected) in [
            ("let x = s.parse::<i64>()?;", "        ~~~~~~~~~~~~~~~~^"),
            ("    run(&path, \"a)\")?;", "    ~~~~~~~~~~~~~~~~^"),
            ("f(g(1)?, h(2))", "  ~~~~^"),
            ("a + b.c[1].d()?", "    ~~~~~~~~~~^"),
            ("    .await?", "    ~~~~~~^"),
            ("let [a] = x?;", "          ~^"),
            ("Ok(text?)", "   ~~~~^"),
            ("return read!(file)?;", "       ~~~~~~~~~~~^"),
            (")?;", "~^"),
            ("if a > b()? {", "       ~~~^"),
            ("größe.f()?", "~~~~~~~~~^"),
            ("x + f(a) ?;", "    ~~~~~^"),
            ("    ?;", ""),
        ] {
            assert_eq!(marks(line, "?", None), expected, "{line}");
        }
    }

    #[test]
    fn of_a_place_the_expression_behind_it_is_found() {
        for (line, at, expected) in [
            ("let x = v[i + 1];", "v", "        ^^^^^^^^"),
            ("f(a.unwrap(), b)", "unwrap", "    ^^^^^^^^"),
            ("    let y = 1; // why", "1", "            ^"),
            ("    boom(\"a;b\");", "boom", ""),
            ("return Err(x);", "Err", "       ^^^^^^"),
        ] {
            assert_eq!(marks(line, at, None), expected, "{line}");
        }
    }

    #[test]
    fn a_range_is_marked_on_the_line_of_the_frame() {
        let line = "    let x = f(a)?.g();";
        assert_eq!(
            marks(line, "?", Some(Range::new(1, 13, 1, 18))),
            "            ~~~~^"
        );
        assert_eq!(
            marks(line, "?", Some(Range::new(0, 1, 1, 18))),
            "    ~~~~~~~~~~~~^"
        );
        assert_eq!(marks(line, "let", Some(Range::new(1, 5, 1, 23))), "");
        assert_eq!(marks(line, "let", Some(Range::new(1, 90, 1, 95))), "");
        assert_eq!(marks(line, "let", Some(Range::new(1, 0, 1, 0))), "");
    }

    #[test]
    fn of_a_chain_over_several_lines_each_is_marked() {
        let frame = Frame::new("f", "a.rs", 3, 17)
            .left(Exit::by(How::Question))
            .with_range(Range::new(2, 9, 3, 18));
        let marks = |number, line| mark(&frame, number, line, true);
        let operand = |start, end| Mark {
            start,
            end,
            anchor: (start, start),
        };
        assert_eq!(marks(1, "    let x ="), None);
        assert_eq!(marks(2, "        load(path)"), Some(operand(8, 18)));
        let last = Mark {
            start: 8,
            end: 17,
            anchor: (16, 17),
        };
        assert_eq!(marks(3, "        .parse()?;"), Some(last));
        assert_eq!(marks(4, "    Ok(x)"), None);
    }

    #[test]
    fn of_a_statement_only_nothing_is_marked() {
        let frame = Frame::new("f", "a.rs", 1, 5);
        assert_eq!(mark(&frame, 1, "    let x = 1;", false), None);
        assert_eq!(mark(&frame.at(1, 99), 1, "    let x = 1;", true), None);
    }
}
