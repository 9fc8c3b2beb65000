//! The frames of a report, two to four lines each: place, source, variables.

use super::paint::Paint;
use super::{Level, Order, excerpt, locals, rows};
use crate::inspect::fold::Row;
use crate::report::names::short_type;
use crate::report::theme::Style;
use crate::report::{Entry, Exit, Frame, Role};
use std::fmt::{self, Write};

/// Writes the heading and the rows of a stack. `exact`: the innermost frame is at the code that failed, not
/// only in its statement.
pub(super) fn write(stack: &[Entry], exact: bool, paint: &mut Paint<'_>) -> fmt::Result {
    let heading = match paint.options.order {
        Order::RecentLast => "Traceback (most recent call last):",
        Order::RecentFirst => "Traceback (most recent call first):",
    };
    let (style, gap) = (paint.options.theme.heading, paint.options.theme.gap);
    paint.line(0)?;
    paint.own(style, format_args!("{heading}"))?;
    if stack.is_empty() {
        paint.line(2)?;
        return paint.own(gap, format_args!("[no annotated function is active]"));
    }
    let innermost = stack.iter().rposition(|entry| entry.frame().is_some());
    for row in rows::rows(stack, paint.options) {
        match row {
            Row::Frame(i) => {
                if let Some(frame) = stack[i].frame() {
                    let is_innermost = Some(i) == innermost;
                    write_frame(frame, is_innermost, exact && is_innermost, paint)?;
                }
            }
            Row::Joined(i) => {
                if let Entry::Joined(joint) = &stack[i] {
                    paint.line(2)?;
                    paint.text(gap, &format!("[{joint}]"))?;
                }
            }
            row => {
                let order = paint.options.order;
                paint.line(2)?;
                paint.own(gap, format_args!("{}", rows::Gap(row, order)))?;
            }
        }
    }
    Ok(())
}

fn write_frame(
    frame: &Frame,
    is_innermost: bool,
    exact: bool,
    paint: &mut Paint<'_>,
) -> fmt::Result {
    let level = paint.options.level;
    place(frame, paint)?;
    if level == Level::Brief && !is_innermost {
        return Ok(());
    }
    let limits = &paint.options.limits;
    let context =
        (level == Level::Full).then_some((limits.source_before as u32, limits.source_after as u32));
    excerpt::write(frame, exact || frame.role == Role::Left, context, 4, paint)?;
    locals::write(&frame.locals, 4, paint)?;
    match &frame.exit {
        Some(exit) => conversion(exit, paint),
        None => Ok(()),
    }
}

/// `src/main.rs:3:5 in parse`, the place in one piece so that it can be clicked on.
fn place(frame: &Frame, paint: &mut Paint<'_>) -> fmt::Result {
    let theme = &paint.options.theme;
    let full = paint.options.level == Level::Full;
    let mut at = frame.file.to_string();
    for number in [frame.line, frame.column]
        .into_iter()
        .take_while(|&number| number != 0)
    {
        write!(at, ":{number}")?;
    }
    paint.line(2)?;
    paint.link(theme.place, &frame.file, &at)?;
    let name = if full || frame.role == Role::Native {
        &frame.qualified
    } else {
        &frame.function
    };
    if !name.is_empty() {
        let before = match (at.is_empty(), frame.is_async && full) {
            (false, false) => " in ",
            (false, true) => " in async ",
            (true, _) => "in ",
        };
        paint.own(Style::NONE, format_args!("{before}"))?;
        paint.text(theme.function, name)?;
    }
    for remark in frame.remarks() {
        paint.own(theme.gap, format_args!(" [{remark}]"))?;
    }
    Ok(())
}

/// `io::Error -> ConfigError here`
fn conversion(exit: &Exit, paint: &mut Paint<'_>) -> fmt::Result {
    let (Some(from), Some(to)) = (&exit.converted_from, &exit.error_type) else {
        return Ok(());
    };
    if from == to {
        return Ok(());
    }
    let (error, gap) = (paint.options.theme.error, paint.options.theme.gap);
    paint.line(4)?;
    paint.text(error, &short_type(from))?;
    paint.own(gap, format_args!(" -> "))?;
    paint.text(error, &short_type(to))?;
    paint.own(gap, format_args!(" here"))
}
