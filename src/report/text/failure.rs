//! The error or panic itself, with what caused it.

use super::paint::Paint;
use super::{Level, visible};
use crate::report::names::short_type;
use crate::report::{Failure, Kind, Note, Relation, Report, Style};
use std::fmt;

/// Writes what happened. Nothing, if nothing did.
pub(super) fn write(report: &Report, paint: &mut Paint<'_>) -> fmt::Result {
    let failure = &report.failure;
    if report.kind == Kind::Dump && failure.message.is_empty() && failure.type_name.is_none() {
        return Ok(());
    }
    let kind = match report.kind {
        Kind::Panic => where_panicked(report),
        kind => {
            let kind = match failure.type_name.as_deref() {
                Some(name) => type_of(name, paint),
                None => kind.as_str().to_owned(),
            };
            kind + &in_task(report)
        }
    };
    paint.line(0)?;
    head(&kind, failure, 2, paint)?;
    below(failure, 2, paint)
}

/// `panic`, `panic in thread 'worker'`, `second panic in task 'fetch' on thread 'worker'`.
fn where_panicked(report: &Report) -> String {
    let second = report.panic.as_ref().is_some_and(|panic| panic.second);
    let mut text = String::from(if second { "second panic" } else { "panic" });
    text += &in_task(report);
    let on = if report.task.is_some() { "on" } else { "in" };
    if report.thread.name.as_deref() != Some("main") {
        text += &format!(" {on} {}", report.thread);
    }
    text
}

fn in_task(report: &Report) -> String {
    let task = report.task.as_ref();
    task.map_or_else(String::new, |task| format!(" in task '{task}'"))
}

fn type_of(name: &str, paint: &Paint<'_>) -> String {
    match paint.options.level {
        Level::Full => name.to_owned(),
        _ => short_type(name),
    }
}

/// `ConfigError: message`; further lines of the message are indented.
fn head(kind: &str, failure: &Failure, indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
    let (error, message) = (paint.options.theme.error, paint.options.theme.message);
    if !kind.is_empty() {
        paint.text(error, kind)?;
        if !failure.message.is_empty() {
            paint.own(Style::NONE, format_args!(": "))?;
        }
    }
    lines(&failure.message, message, indent, paint)
}

fn lines(text: &str, style: Style, indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
    for (i, line) in text.trim_end_matches('\n').split('\n').enumerate() {
        if i > 0 {
            paint.line(indent)?;
        }
        // A tab in a message is a space.
        paint.text(style, &line.trim_end_matches('\r').replace('\t', "    "))?;
    }
    Ok(())
}

/// Notes and causes: a chain stays at one indentation, what belongs to one of several causes is below it.
fn below(failure: &Failure, indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
    for note in &failure.notes {
        write_note(note, indent, paint)?;
    }
    let several = failure
        .causes
        .iter()
        .filter(|cause| cause.relation == Relation::Source)
        .count();
    let mut number = 0;
    for cause in &failure.causes {
        let label = match cause.relation {
            Relation::During => "while handling: ".to_owned(),
            Relation::Source if several > 1 => {
                number += 1;
                format!("caused by ({number} of {several}): ")
            }
            Relation::Source => "caused by: ".to_owned(),
        };
        let own = if failure.causes.len() > 1 {
            indent + 2
        } else {
            indent
        };
        let style = paint.options.theme.label;
        paint.line(indent)?;
        paint.own(style, format_args!("{label}"))?;
        let kind = cause
            .type_name
            .as_deref()
            .map(|name| type_of(name, paint))
            .unwrap_or_default();
        head(&kind, cause, indent + 2, paint)?;
        below(cause, own, paint)?;
    }
    if failure.causes_omitted > 0 {
        let (n, gap) = (failure.causes_omitted, paint.options.theme.gap);
        paint.line(indent)?;
        paint.own(
            gap,
            format_args!(
                "[{n} more cause{} not shown]",
                if n == 1 { "" } else { "s" }
            ),
        )?;
    }
    Ok(())
}

fn write_note(note: &Note, indent: usize, paint: &mut Paint<'_>) -> fmt::Result {
    let (label, gap) = (paint.options.theme.label, paint.options.theme.gap);
    paint.line(indent)?;
    paint.own(label, format_args!("note: "))?;
    lines(&note.text, Style::NONE, indent + 2, paint)?;
    if note.line != 0 {
        let file = visible::line(&note.file, paint.options.ascii);
        paint.own(gap, format_args!(" ({file}:{}:{})", note.line, note.column))?;
    }
    Ok(())
}
