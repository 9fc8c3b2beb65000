//! A report as text: Python's order and rhythm.

mod excerpt;
mod failure;
mod frames;
mod locals;
mod options;
mod paint;
mod rows;

pub use options::{Level, Order, TextOptions};

use super::{Entry, Report, Style, visible};
use paint::Paint;
use std::fmt;

/// A report to be printed, as its options say. Made by [`Report::text`].
pub struct Text<'a> {
    report: &'a Report,
    options: &'a TextOptions,
}

impl Report {
    /// The report as text, for `Display` to write.
    ///
    /// ```
    /// use stacklens::frame;
    /// use stacklens::report::{Failure, Kind, Order, Report, TextOptions};
    ///
    /// #[frame]
    /// fn check(port: u16) -> Report {
    ///     Report::new(Kind::Error, Failure::new("port is taken")).with_stack()
    /// }
    ///
    /// let mut options = TextOptions::default();
    /// options.order = Order::RecentFirst;
    /// let text = check(80).text(&options).to_string();
    /// assert!(text.starts_with("error: port is taken\nTraceback (most recent call first):\n"));
    /// assert!(text.ends_with("port = 80"));
    /// ```
    ///
    /// # Cost
    ///
    /// Reads the source lines if nobody has yet. Otherwise some microseconds a frame.
    pub fn text<'a>(&'a self, options: &'a TextOptions) -> Text<'a> {
        Text {
            report: self,
            options,
        }
    }

    /// Writes the report as text.
    ///
    /// # Errors
    ///
    /// Only those of `out`.
    pub fn write_text(&self, out: &mut dyn fmt::Write, options: &TextOptions) -> fmt::Result {
        let mut paint = Paint::new(out, options);
        log(self, &mut paint)?;
        if options.order == Order::RecentFirst {
            failure::write(self, &mut paint)?;
        }
        if !self.stack.is_empty() {
            frames::write(&self.stack, self.panic.is_some(), &mut paint)?;
        }
        if options.order == Order::RecentLast {
            failure::write(self, &mut paint)?;
        }
        sections(self, &mut paint)?;
        match options.level {
            Level::Full => circumstances(self, &mut paint),
            _ => Ok(()),
        }
    }
}

/// Writes a stack of which nothing more is known.
pub(super) fn write_stack(
    stack: &[Entry],
    out: &mut dyn fmt::Write,
    options: &TextOptions,
) -> fmt::Result {
    frames::write(stack, false, &mut Paint::new(out, options))
}

fn log(report: &Report, paint: &mut Paint<'_>) -> fmt::Result {
    if report.log.is_empty() || paint.options.level == Level::Brief {
        return Ok(());
    }
    let (heading, gap) = (paint.options.theme.heading, paint.options.theme.gap);
    paint.line(0)?;
    paint.own(heading, format_args!("Log:"))?;
    for line in &report.log {
        paint.line(2)?;
        paint.own(gap, format_args!("{} ", line.time))?;
        paint.text(Style::NONE, &line.level)?;
        if !line.target.is_empty() {
            paint.own(Style::NONE, format_args!(" "))?;
            paint.text(gap, &line.target)?;
        }
        paint.own(Style::NONE, format_args!(": "))?;
        paint.text(Style::NONE, &line.message)?;
    }
    Ok(())
}

fn sections(report: &Report, paint: &mut Paint<'_>) -> fmt::Result {
    let heading = paint.options.theme.heading;
    for section in &report.sections {
        paint.line(0)?;
        paint.text(heading, &section.title)?;
        paint.own(heading, format_args!(":"))?;
        for line in &section.lines {
            paint.line(2)?;
            paint.text(Style::NONE, line)?;
        }
    }
    Ok(())
}

/// `thread 'main' (1) of app (4711), linux x86_64, 2026-11-23T02:00:00.000000Z, report 0123..`
fn circumstances(report: &Report, paint: &mut Paint<'_>) -> fmt::Result {
    let gap = paint.options.theme.gap;
    let (thread, process) = (&report.thread, &report.process);
    let name = thread
        .name
        .as_deref()
        .map(|name| format!(" '{name}'"))
        .unwrap_or_default();
    paint.line(0)?;
    paint.own(gap, format_args!("thread"))?;
    paint.text(gap, &name)?;
    paint.own(gap, format_args!(" ({}) of ", thread.id))?;
    paint.text(gap, &process.program)?;
    paint.own(gap, format_args!(" ({}), ", process.id))?;
    paint.text(
        gap,
        &format!(
            "{} {}, {}, report {}",
            process.os, process.arch, report.time, report.id
        ),
    )
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.write_text(f, self.options)
    }
}

/// Normal text without colours; `{:#}` is [`Level::Full`].
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = plain(f);
        self.write_text(f, &options)
    }
}

/// The options that a format string can choose.
pub(super) fn plain(f: &fmt::Formatter<'_>) -> TextOptions {
    TextOptions::new(if f.alternate() {
        Level::Full
    } else {
        Level::Normal
    })
}
