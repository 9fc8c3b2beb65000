//! The variables of a frame.

use super::paint::Paint;
use super::{Level, TextOptions};
use crate::report::names::short_type;
use crate::report::{State, Variable, visible, width};
use std::fmt;

/// Names longer than this don't move the others' values.
const NAME_COLUMN: usize = 24;
/// `"... (123456 bytes)` is an end that is kept.
const LONGEST_END: usize = 24;
/// Columns of a value, however narrow the terminal is.
const NARROWEST: usize = 20;

/// Writes the variables on one line if they fit, or else each on its own with the values aligned.
pub(super) fn write(locals: &[Variable], indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
    if locals.is_empty() {
        return Ok(());
    }
    let shown: Vec<Shown<'_>> = locals
        .iter()
        .take(paint.options.limits.locals)
        .map(|local| Shown::new(local, paint.options))
        .collect();
    let more = locals.len() - shown.len();
    let room = paint.options.width.saturating_sub(indent);
    let together: usize = shown.iter().map(|local| local.width() + 2).sum();
    if together <= room + 2 && more == 0 && paint.options.level != Level::Full {
        paint.line(indent)?;
        for (i, local) in shown.iter().enumerate() {
            if i > 0 {
                paint.own(Default::default(), format_args!(", "))?;
            }
            local.write(0, usize::MAX, paint)?;
        }
        return Ok(());
    }
    let names = shown
        .iter()
        .map(|local| width::of(&local.name))
        .filter(|&name| name <= NAME_COLUMN);
    let column = names.max().unwrap_or(0);
    for local in &shown {
        paint.line(indent)?;
        let room = match paint.options.level {
            Level::Full => usize::MAX,
            _ => room.saturating_sub(local.margin(column)).max(NARROWEST),
        };
        local.write(column, room, paint)?;
    }
    if more > 0 {
        let gap = paint.options.theme.gap;
        paint.line(indent)?;
        paint.own(gap, format_args!("... {more} more"))?;
    }
    Ok(())
}

/// A variable, harmless.
struct Shown<'a> {
    variable: &'a Variable,
    name: String,
    value: String,
    /// When the value was taken, if that matters.
    remark: String,
}

impl<'a> Shown<'a> {
    fn new(variable: &'a Variable, options: &TextOptions) -> Shown<'a> {
        let mut name = visible::line(&variable.name, options.ascii);
        if options.level == Level::Full
            && let Some(type_name) = &variable.type_name
        {
            name = format!(
                "{name}: {}",
                visible::line(&short_type(type_name), options.ascii)
            );
        }
        Shown {
            variable,
            name,
            value: visible::line(&variable.value, options.ascii),
            remark: variable
                .as_of_line
                .map(|line| format!(" (as of line {line})"))
                .unwrap_or_default(),
        }
    }

    fn width(&self) -> usize {
        width::of(&self.name) + 3 + width::of(&self.value) + self.remark.len()
    }

    /// The columns beside the value.
    fn margin(&self, column: usize) -> usize {
        column.max(width::of(&self.name)) + 3 + self.remark.len()
    }

    fn write(&self, column: usize, room: usize, paint: &mut Paint<'_>) -> fmt::Result {
        let theme = &paint.options.theme;
        let style = match self.variable.state {
            State::Known => value_style(&self.value, theme),
            _ => theme.absent,
        };
        let pad = column.saturating_sub(width::of(&self.name));
        paint.own(theme.name, format_args!("{}", self.name))?;
        paint.own(Default::default(), format_args!("{:pad$} = ", ""))?;
        match cut(&self.value, room) {
            None => paint.own(style, format_args!("{}", self.value))?,
            Some(cut) => {
                let quote = if cut.is_quoted { "\"" } else { "" };
                paint.own(style, format_args!("{}{quote}", cut.kept))?;
                match cut.more {
                    0 => {}
                    more => paint.own(theme.gap, format_args!("... ({more} more chars)"))?,
                }
                paint.own(style, format_args!("{}", cut.end))?;
            }
        }
        match self.remark.is_empty() {
            true => Ok(()),
            false => paint.own(theme.gap, format_args!("{}", self.remark)),
        }
    }
}

/// The colour of a simple value; that of what is composed is its own.
fn value_style(value: &str, theme: &crate::report::Theme) -> crate::report::Style {
    match value.chars().next() {
        Some('"' | '\'') => theme.string,
        Some('0'..='9' | '-' | '+') => theme.number,
        _ if matches!(value, "true" | "false" | "None" | "()") => theme.keyword,
        _ => crate::report::Style::NONE,
    }
}

/// A value without its middle.
struct Cut<'a> {
    kept: &'a str,
    /// A text's closing quote follows.
    is_quoted: bool,
    /// Characters left out, if `end` does not say how much there was.
    more: usize,
    end: &'a str,
}

/// Cuts a value to fit. The end is kept where it says how much was cut when the value was recorded.
fn cut(value: &str, room: usize) -> Option<Cut<'_>> {
    if room == usize::MAX || width::of(value) <= room {
        return None;
    }
    let end = match value.rfind("... ") {
        // With the comma before it, that of a list.
        Some(at) if value.len() - at <= LONGEST_END => {
            value[..at].trim_end_matches([',', ' ']).len()
        }
        _ => value.len(),
    };
    let (text, end) = value.split_at(end);
    let is_quoted = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    let text = text.strip_suffix('"').filter(|_| is_quoted).unwrap_or(text);
    // `"abc"... (999 bytes)` says it all.
    let is_counted = is_quoted && !end.is_empty();
    let sign = match is_counted {
        true => 0,
        false => "... ( more chars)".len() + text.chars().count().to_string().len(),
    };
    let room = room.saturating_sub(usize::from(is_quoted) + sign + width::of(end));
    let mut columns = 0;
    let over = text.char_indices().find(|(_, c)| {
        columns += width::of_char(*c);
        columns > room
    });
    let (kept, left) = text.split_at(over.map_or(text.len(), |(at, _)| at));
    let kept = match is_quoted {
        true => whole_escapes(kept),
        false => whole_words(kept),
    };
    Some(Cut {
        kept,
        is_quoted,
        more: if is_counted {
            0
        } else {
            left.chars().count() + text.len() - left.len() - kept.len()
        },
        end,
    })
}

/// A beginning without the word or number that it breaks off in, if there is something before that.
fn whole_words(kept: &str) -> &str {
    let whole =
        kept.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
    // Nor the dots of another gap.
    let whole = whole.strip_suffix("... ").unwrap_or(whole);
    if whole.is_empty() { kept } else { whole }
}

/// A beginning without the escape that it breaks off in: `a\n` of `a\n\u{1`.
fn whole_escapes(kept: &str) -> &str {
    let mut rest = kept.char_indices();
    while let Some((at, c)) = rest.next() {
        if c != '\\' {
            continue;
        }
        let ends = match rest.next() {
            Some((_, 'u')) => rest.any(|(_, c)| c == '}'),
            Some((_, 'x')) => rest.nth(1).is_some(),
            escaped => escaped.is_some(),
        };
        if !ends {
            return &kept[..at];
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(locals: &[Variable], options: &TextOptions) -> Vec<String> {
        let mut out = String::new();
        write(locals, 2, &mut Paint::new(&mut out, options)).unwrap();
        out.lines().map(str::to_owned).collect()
    }

    fn at(width: usize) -> TextOptions {
        TextOptions {
            width,
            ..TextOptions::default()
        }
    }

    #[test]
    fn variables_that_fit_stand_on_one_line() {
        let mut two = [Variable::text("x", "1"), Variable::text("name", "\"abc\"")];
        assert_eq!(lines(&two, &at(21)), ["  x = 1, name = \"abc\""]);
        assert_eq!(lines(&two, &at(20)), ["  x    = 1", "  name = \"abc\""]);
        two[0].as_of_line = Some(7);
        two[1].type_name = Some("&str".into());
        assert_eq!(
            lines(&two, &at(40)),
            ["  x = 1 (as of line 7), name = \"abc\""]
        );
        let full = TextOptions::new(Level::Full);
        assert_eq!(
            lines(&two, &full),
            ["  x          = 1 (as of line 7)", "  name: &str = \"abc\""]
        );
        assert_eq!(lines(&[], &full), [""; 0]);
    }

    #[test]
    fn a_long_value_is_cut_to_the_width_and_what_is_cut_is_counted() {
        let one = [
            Variable::text("text", "日".repeat(100)),
            Variable::text("n", "1"),
        ];
        let shown = lines(&one, &at(40));
        assert_eq!(
            shown[0],
            format!("  text = {}... (95 more chars)", "日".repeat(5))
        );
        assert_eq!(
            lines(&one, &at(1))[1],
            "  n    = 1",
            "narrower than anything"
        );
        let full = TextOptions {
            width: 40,
            ..TextOptions::new(Level::Full)
        };
        assert!(lines(&one, &full)[0].ends_with(&"日".repeat(100)));
    }

    #[test]
    fn what_was_cut_before_is_still_said() {
        let one = [
            Variable::text("text", format!("\"{}\"... (999 bytes)", "x".repeat(80))),
            Variable::text("n", "1"),
        ];
        assert_eq!(
            lines(&one, &at(50))[0],
            format!("  text = \"{}\"... (999 bytes)", "x".repeat(24))
        );
        let list = format!(
            "[{}, ... 990 more]",
            "123, ".repeat(20).trim_end_matches(", ")
        );
        let one = [Variable::text("list", list), Variable::text("n", "1")];
        assert_eq!(
            lines(&one, &at(60))[0],
            "  list = [123, 123, 123, ... (83 more chars), ... 990 more]"
        );
    }

    #[test]
    fn a_text_is_cut_between_its_quotes_and_escapes() {
        let cut = |text: &str, width| {
            let one = [
                Variable::text("t", format!("{text:?}")),
                Variable::text("n", "1"),
            ];
            lines(&one, &at(width))[0].clone()
        };
        let long = "0123456789\n\u{1b}\\\"".to_owned() + &"x".repeat(40);
        for (width, kept) in [
            (38, ""),
            (39, "\\n"),
            (44, "\\n"),
            (45, "\\n\\u{1b}"),
            (46, "\\n\\u{1b}"),
            (47, "\\n\\u{1b}\\\\"),
        ] {
            let shown = cut(&long, width);
            let expected = format!("  t = \"0123456789{kept}\"... (");
            assert!(shown.starts_with(&expected), "{shown} {expected}");
        }
    }

    #[test]
    fn variables_beyond_the_limit_are_counted() {
        let mut options = TextOptions::default();
        options.limits.locals = 2;
        let three: Vec<_> = ["a", "b", "c"].map(|name| Variable::text(name, "1")).into();
        assert_eq!(
            lines(&three, &options),
            ["  a = 1", "  b = 1", "  ... 1 more"]
        );
    }

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let one = [Variable::text("x", "a\n\u{1b}[2J")];
        assert_eq!(lines(&one, &at(80)), ["  x = a\\n\\u{1b}[2J"]);
    }
}
