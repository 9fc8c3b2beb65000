//! How a report is written where nobody said otherwise.

use crate::color::{self, Stream};
use crate::config;
use crate::config::{Format, Settings};
use crate::report::{Report, TextOptions, Theme};

/// A report for standard error, in the form that is set, with the end of its last line.
pub(super) fn for_stderr(report: &Report, settings: &Settings) -> String {
    match settings.format {
        Format::Json => report.to_json() + "\n",
        Format::Text => {
            let colors = color::enabled(settings.color, Stream::Stderr);
            format!("{}\n", report.text(&options(settings, colors)))
        }
    }
}

/// A report as text that may go anywhere: coloured only if everything is to be.
pub(crate) fn text(report: &Report) -> String {
    let settings = config::settings();
    let colors = color::everywhere(settings.color);
    report.text(&options(settings, colors)).to_string()
}

fn options(settings: &Settings, colors: bool) -> TextOptions {
    let mut options = TextOptions::new(settings.level);
    options.order = settings.order;
    options.limits = settings.limits;
    options.theme = match colors {
        true => settings.theme.clone(),
        false => Theme::plain(),
    };
    if let Some(width) = settings.width {
        options.width = width;
    }
    options
}
