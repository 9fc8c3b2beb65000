//! The native stack of a panic, when `RUST_BACKTRACE` asks for it.

use crate::report::Section;
use std::backtrace::Backtrace;
use std::ffi::OsStr;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    Off = 1,
    Short,
    Full,
}

/// The standard library's rule for panics, and like there what the first panic finds holds for all.
pub(super) fn style() -> Style {
    static FOUND: AtomicU8 = AtomicU8::new(0);
    match FOUND.load(Relaxed) {
        1 => Style::Off,
        2 => Style::Short,
        3 => Style::Full,
        _ => {
            let style = style_of(std::env::var_os("RUST_BACKTRACE").as_deref());
            FOUND.store(style as u8, Relaxed);
            style
        }
    }
}

fn style_of(variable: Option<&OsStr>) -> Style {
    match variable {
        None => Style::Off,
        Some(value) if value == "0" => Style::Off,
        Some(value) if value == "full" => Style::Full,
        Some(_) => Style::Short,
    }
}

/// The stack of this thread as the standard library prints it.
///
/// # Cost
///
/// The first one in a program reads debug information: tens of milliseconds.
pub(super) fn section(style: Style) -> Option<Section> {
    let text = match style {
        Style::Off => return None,
        Style::Short => short(&Backtrace::force_capture().to_string()),
        Style::Full => format!("{:#}", Backtrace::force_capture()),
    };
    Some(Section::new(
        "Stack backtrace",
        text.lines().map(str::to_owned),
    ))
}

/// The part between the panic's own machinery and what the standard library runs before `main`, which is
/// all there is in its own short form. Everything, if the marks between them are not found.
fn short(text: &str) -> String {
    const AFTER: &str = "__rust_end_short_backtrace";
    const BEFORE: &str = "__rust_begin_short_backtrace";
    let starts_frame = |line: &str| {
        let number = line.trim_start().split(':').next().unwrap_or_default();
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    };
    let mut frames: Vec<&str> = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n').chain([(text.len(), "")]) {
        let rest = &text[(at + 1).min(text.len())..];
        if rest.is_empty() || starts_frame(rest) {
            let end = (at + 1).min(text.len());
            frames.push(&text[start..end]);
            start = end;
        }
    }
    let first = frames
        .iter()
        .rposition(|frame| frame.contains(AFTER))
        .map_or(0, |at| at + 1);
    let last = frames
        .iter()
        .position(|frame| frame.contains(BEFORE))
        .unwrap_or(frames.len());
    frames.get(first..last).unwrap_or(&frames).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_means_what_it_means_to_the_standard_library() {
        for (value, style) in [
            (None, Style::Off),
            (Some("0"), Style::Off),
            (Some(""), Style::Short),
            (Some("1"), Style::Short),
            (Some("false"), Style::Short),
            (Some("full"), Style::Full),
            (Some("FULL"), Style::Short),
        ] {
            assert_eq!(style_of(value.map(OsStr::new)), style, "{value:?}");
        }
    }

    #[test]
    fn the_short_form_is_what_lies_between_the_marks() {
        let text = "   0: rust_begin_unwind\n   1: std::sys::backtrace::__rust_end_short_backtrace\n   \
                    2: app::run\n             at ./src/main.rs:4:5\n   3: app::main\n   \
                    4: std::sys::backtrace::__rust_begin_short_backtrace\n             at /rustc/x.rs:1:1\n   \
                    5: main\n";
        let expected = "   2: app::run\n             at ./src/main.rs:4:5\n   3: app::main\n";
        assert_eq!(short(text), expected);
        let without = "   0: a\n   1: b\n";
        assert_eq!(short(without), without);
        assert_eq!(short(""), "");
    }

    #[test]
    fn this_very_test_is_in_its_backtrace() {
        let name = "this_very_test_is_in_its_backtrace";
        for style in [Style::Short, Style::Full] {
            let section = section(style).unwrap();
            assert!(
                section.lines.iter().any(|line| line.contains(name)),
                "{section:?}"
            );
        }
        assert_eq!(section(Style::Off), None);
    }
}
