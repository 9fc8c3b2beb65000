//! A report as one HTML page, which needs nothing else.

mod escape;
mod frames;

use super::names::short_type;
use super::{Failure, Kind, Order, Relation, Report, TextOptions};
use escape::{Attribute, Text};
use std::fmt::{self, Write};

/// How a page is written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HtmlOptions {
    /// Which frame comes first. On a page what failed is at the top: [`Order::RecentFirst`] by default.
    pub order: Order,
}

impl Default for HtmlOptions {
    fn default() -> HtmlOptions {
        HtmlOptions {
            order: Order::RecentFirst,
        }
    }
}

impl Report {
    /// The report as a page that needs no other file and no network, and lets nothing in it run or load
    /// anything.
    ///
    /// Light or dark as the reader's system is, from narrow to wide; frames fold, values can be copied, all
    /// by keyboard as well.
    ///
    /// ```
    /// use stacklens::report::{Failure, Kind, Report};
    ///
    /// let page = Report::new(Kind::Error, Failure::new("<b>")).to_html();
    /// assert!(page.starts_with("<!DOCTYPE html>") && page.contains("&lt;b&gt;"));
    /// ```
    pub fn to_html(&self) -> String {
        self.to_html_with(&HtmlOptions::default())
    }

    /// As [`to_html`](Report::to_html), with options.
    pub fn to_html_with(&self, options: &HtmlOptions) -> String {
        let mut out = String::new();
        // A `String` takes everything.
        let _ = page(self, options, &mut out);
        out
    }
}

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

fn page(report: &Report, options: &HtmlOptions, out: &mut dyn Write) -> fmt::Result {
    let failure = &report.failure;
    let title = failure.message.lines().next().unwrap_or_default();
    let title = if title.is_empty() {
        report.kind.as_str()
    } else {
        title
    };
    // The report's identity is not known before it is made: text in it can't guess the nonce.
    let nonce = Attribute(&report.id);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'nonce-{nonce}'; \
         script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=referrer content=no-referrer>\n<title>{}</title>\n\
         <style nonce=\"{nonce}\">\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=skip href=\"#frames\">To the frames</a>",
        Attribute(title)
    )?;
    head(report, out)?;
    let copy = "<button type=button data-copy=text>Copy as text</button>";
    if report.stack.is_empty() {
        writeln!(out, "<h2 id=frames>No frames</h2>")?;
    } else {
        let order = match options.order {
            Order::RecentFirst => "most recent call first",
            Order::RecentLast => "most recent call last",
        };
        writeln!(
            out,
            "<div class=bar><h2 id=frames>Frames, {order}</h2><span>\
             <button type=button data-fold=open>Unfold all</button> \
             <button type=button data-fold=close>Fold all</button></span></div>"
        )?;
        frames::write(report, options.order, out)?;
    }
    log(report, out)?;
    for section in &report.sections {
        let lines = section.lines.join("\n");
        writeln!(
            out,
            "<h2>{}</h2>\n<pre tabindex=0>{}</pre>",
            Text(&section.title),
            Text(&lines)
        )?;
    }
    let text = report.text(&TextOptions::default()).to_string();
    writeln!(
        out,
        "<h2>The same as text</h2>\n<details><summary>Show</summary>\n<pre id=text tabindex=0>{}</pre>\n</details>\n\
         <p>{copy}</p>\n<script nonce=\"{nonce}\">\n{SCRIPT}</script>\n</body>\n</html>",
        Text(&text)
    )
}

fn head(report: &Report, out: &mut dyn Write) -> fmt::Result {
    let failure = &report.failure;
    let class = if report.kind == Kind::Dump {
        "head dump"
    } else {
        "head"
    };
    let kind = match report.kind {
        Kind::Error => "Error",
        Kind::Panic if report.panic.as_ref().is_some_and(|panic| panic.second) => "Second panic",
        Kind::Panic => "Panic",
        Kind::Recursion => "Recursion",
        Kind::Signal => "Signal",
        Kind::Dump => "Stack",
    };
    write!(out, "<header class=\"{class}\">\n<div class=kind>{kind}")?;
    if let Some(task) = &report.task {
        write!(out, " in task {}", Text(task))?;
    }
    writeln!(out, "</div>\n<h1>{}</h1>", Headline(failure))?;
    below(failure, out)?;
    let thread = match &report.thread.name {
        Some(name) => format!("thread {name} ({})", report.thread.id),
        None => format!("thread {}", report.thread.id),
    };
    let process = &report.process;
    writeln!(out, "<ul class=facts>")?;
    for fact in [
        report.time.to_string(),
        format!("{} ({})", process.program, process.id),
        thread,
        format!("{} {}", process.os, process.arch),
        format!("report {}", report.id),
    ] {
        writeln!(out, "<li>{}</li>", Text(&fact))?;
    }
    writeln!(out, "</ul>\n</header>")
}

/// `ConfigError: message`
struct Headline<'a>(&'a Failure);

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Headline(failure) = self;
        if let Some(name) = &failure.type_name {
            let separator = if failure.message.is_empty() { "" } else { ": " };
            write!(
                f,
                "<span class=type>{}</span>{separator}",
                Text(&short_type(name))
            )?;
        }
        write!(f, "{}", Text(&failure.message))
    }
}

/// Notes and causes.
fn below(failure: &Failure, out: &mut dyn Write) -> fmt::Result {
    for note in &failure.notes {
        write!(
            out,
            "<p class=note>Note: <span class=said>{}</span>",
            Text(&note.text)
        )?;
        if note.line != 0 {
            write!(
                out,
                " <span class=place>{}:{}:{}</span>",
                Text(&note.file),
                note.line,
                note.column
            )?;
        }
        writeln!(out, "</p>")?;
    }
    if failure.causes.is_empty() && failure.causes_omitted == 0 {
        return Ok(());
    }
    writeln!(out, "<ul class=causes>")?;
    for cause in &failure.causes {
        let label = match cause.relation {
            Relation::Source => "caused by",
            Relation::During => "while handling",
        };
        writeln!(
            out,
            "<li><span class=label>{label}</span> <span class=said>{}</span>",
            Headline(cause)
        )?;
        below(cause, out)?;
        writeln!(out, "</li>")?;
    }
    if failure.causes_omitted > 0 {
        writeln!(
            out,
            "<li class=gap>{} more not shown</li>",
            failure.causes_omitted
        )?;
    }
    writeln!(out, "</ul>")
}

fn log(report: &Report, out: &mut dyn Write) -> fmt::Result {
    if report.log.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>Log</h2>\n<pre tabindex=0>")?;
    for line in &report.log {
        writeln!(
            out,
            "{} {} {}: {}",
            line.time,
            Text(&line.level),
            Text(&line.target),
            Text(&line.message)
        )?;
    }
    writeln!(out, "</pre>")
}
