//! The frames of a page: each folds, and shows source and variables.

use super::escape::{Attribute, Text};
use crate::report::highlight::{self, Class};
use crate::report::mark::mark;
use crate::report::names::short_type;
use crate::report::{Entry, Exit, Frame, Order, Report, Role, State, Variable};
use std::fmt::{self, Write};

/// Writes the list of entries.
pub(super) fn write(report: &Report, order: Order, out: &mut dyn Write) -> fmt::Result {
    let innermost = report
        .stack
        .iter()
        .rposition(|entry| entry.frame().is_some());
    let mut entries: Vec<(usize, &Entry)> = report.stack.iter().enumerate().collect();
    if order == Order::RecentFirst {
        entries.reverse();
    }
    writeln!(out, "<ol class=stack>")?;
    for (index, entry) in entries {
        match entry {
            Entry::Frame(frame) => {
                let is_innermost = Some(index) == innermost;
                let exact = frame.role == Role::Left || is_innermost && report.panic.is_some();
                write_frame(frame, index, is_innermost, exact, out)?;
            }
            Entry::Joined(joint) => {
                let joint = joint.to_string();
                writeln!(out, "<li class=\"gap joint\">{}</li>", Text(&joint))?;
            }
            gap => writeln!(out, "<li class=gap>{}</li>", gap_text(gap, order))?,
        }
    }
    writeln!(out, "</ol>")
}

fn gap_text(entry: &Entry, order: Order) -> String {
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let side = match order {
        Order::RecentFirst => "below",
        Order::RecentLast => "above",
    };
    match *entry {
        Entry::Frame(_) | Entry::Joined(_) => String::new(),
        Entry::Repeated { frames: 1, times } => {
            format!("The frame {side} comes another {times} time{}", s(times))
        }
        Entry::Repeated { frames, times } => {
            format!(
                "The {frames} frames {side} come another {times} time{}",
                s(times)
            )
        }
        Entry::Omitted { frames } => format!("{frames} frame{} not shown", s(frames)),
        Entry::Unrecorded { frames } => format!("{frames} frame{} not recorded", s(frames)),
    }
}

fn write_frame(
    frame: &Frame,
    index: usize,
    is_innermost: bool,
    exact: bool,
    out: &mut dyn Write,
) -> fmt::Result {
    let class = match frame.role {
        _ if frame.is_hidden => "hidden-frame",
        Role::Live => "live",
        Role::Left => "left",
        Role::Native => "native",
    };
    let mut body = String::new();
    source(frame, exact, &mut body)?;
    if let Some(exit) = &frame.exit {
        conversion(exit, &mut body)?;
    }
    variables(&frame.locals, index, &mut body)?;
    if body.is_empty() {
        write!(out, "<li class={class}><div class=flat>")?;
        heading(frame, out)?;
        return writeln!(out, "</div></li>");
    }
    // What failed and what the error went through is what a reader came for.
    let open = if is_innermost || frame.role == Role::Left {
        " open"
    } else {
        ""
    };
    write!(out, "<li class={class}><details{open}><summary>")?;
    heading(frame, out)?;
    writeln!(
        out,
        "</summary>\n<div class=body>\n{body}</div></details></li>"
    )
}

fn heading(frame: &Frame, out: &mut dyn Write) -> fmt::Result {
    let name = if frame.function.is_empty() {
        "?"
    } else {
        &*frame.qualified
    };
    let before = if frame.is_async { "async " } else { "" };
    write!(
        out,
        "<span class=name>{before}{}</span> <span class=place>{}</span>",
        Text(name),
        Text(&place(frame))
    )?;
    for remark in frame.remarks() {
        write!(out, " <span class=remark>[{remark}]</span>")?;
    }
    Ok(())
}

fn place(frame: &Frame) -> String {
    let numbers = [frame.line, frame.column];
    let known = numbers.iter().take_while(|&&number| number != 0);
    known.fold(frame.file.to_string(), |place, number| {
        format!("{place}:{number}")
    })
}

fn source(frame: &Frame, exact: bool, out: &mut dyn Write) -> fmt::Result {
    let Some(source) = frame.source().filter(|source| !source.lines.is_empty()) else {
        return Ok(());
    };
    // A keyboard scrolls what has the focus.
    writeln!(
        out,
        "<div class=lines tabindex=0 role=group aria-label=\"source\">"
    )?;
    for (number, line) in source.range(0, u32::MAX) {
        let is_it = number == frame.line;
        let class = if is_it { " class=now" } else { "" };
        write!(out, "<div{class}><span class=number>{number}</span><code>")?;
        let mark = mark(frame, number, line, exact);
        let marked = mark.map_or((0, 0), |mark| {
            let byte = |at: usize| line.char_indices().nth(at).map_or(line.len(), |(at, _)| at);
            (byte(mark.start), byte(mark.end))
        });
        for (class, range) in highlight::parts(line) {
            // A part that the mark begins or ends in is written in pieces.
            let cuts = [
                range.start,
                marked.0.clamp(range.start, range.end),
                marked.1.clamp(range.start, range.end),
                range.end,
            ];
            for (i, piece) in cuts
                .windows(2)
                .enumerate()
                .filter(|(_, piece)| piece[0] < piece[1])
            {
                let failed = if i == 1 && marked.0 < marked.1 {
                    "failed"
                } else {
                    ""
                };
                let classes = [class_name(class), failed].join(" ");
                let text = Text(&line[piece[0]..piece[1]]);
                match classes.trim() {
                    "" => write!(out, "{text}")?,
                    classes => write!(out, "<span class=\"{classes}\">{text}</span>")?,
                }
            }
        }
        // An empty line has a height too.
        writeln!(
            out,
            "{}</code></div>",
            if line.is_empty() { " " } else { "" }
        )?;
    }
    writeln!(out, "</div>")
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Plain => "",
        Class::Keyword => "k",
        Class::String => "s",
        Class::Number => "n",
        Class::Comment => "c",
    }
}

fn conversion(exit: &Exit, out: &mut dyn Write) -> fmt::Result {
    match (&exit.converted_from, &exit.error_type) {
        (Some(from), Some(to)) if from != to => writeln!(
            out,
            "<p class=note>Here <code>{}</code> became <code>{}</code>.</p>",
            Text(&short_type(from)),
            Text(&short_type(to))
        ),
        _ => Ok(()),
    }
}

fn variables(locals: &[Variable], frame: usize, out: &mut dyn Write) -> fmt::Result {
    if locals.is_empty() {
        return Ok(());
    }
    writeln!(out, "<table class=values><tbody>")?;
    for (index, local) in locals.iter().enumerate() {
        let type_name = local.type_name.as_deref().unwrap_or_default();
        write!(
            out,
            "<tr><th scope=row><code>{}</code></th><td class=of><code title=\"{}\">{}</code></td>",
            Text(&local.name),
            Attribute(type_name),
            Text(&short_type(type_name)),
        )?;
        let class = if local.state == State::Known {
            ""
        } else {
            " class=absent"
        };
        write!(
            out,
            "<td class=is><code id=v{frame}-{index}{class}>{}</code>",
            Text(&local.value)
        )?;
        if let Some(line) = local.as_of_line {
            write!(out, " <span class=as-of>as of line {line}</span>")?;
        }
        write!(out, "</td><td class=do>")?;
        if local.state == State::Known {
            let name = Attribute(&local.name);
            write!(
                out,
                "<button type=button data-copy=v{frame}-{index} aria-label=\"Copy the value of {name}\">Copy</button>"
            )?;
        }
        writeln!(out, "</td></tr>")?;
    }
    writeln!(out, "</tbody></table>")
}
