//! Reports as text: what each level, order and width looks like, exactly, under `tests/snapshots/reports`.
//!
//! `STACKLENS_BLESS=1 cargo test --test report_text` writes them anew; look at what changed before you keep it.

#[path = "report_samples/mod.rs"]
mod samples;

use stacklens::report::{Level, Order, Report, TextOptions, Theme};
use std::path::Path;
use std::{env, fs};

#[track_caller]
fn snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots/reports")
        .join(name);
    if env::var_os("STACKLENS_BLESS").is_some() {
        fs::write(&path, format!("{text}\n")).unwrap();
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        format!("{text}\n") == expected,
        "{} says something else; if this is right, run again with STACKLENS_BLESS=1\n{text}",
        path.display()
    );
}

fn text(report: &Report, change: impl FnOnce(&mut TextOptions)) -> String {
    let mut options = TextOptions::default();
    change(&mut options);
    report.text(&options).to_string()
}

#[test]
fn each_kind_of_report_has_its_text() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.txt"), &report.to_string());
    }
}

#[test]
fn brief_has_a_line_a_frame_and_the_values_of_the_last() {
    snapshot(
        "chain.brief.txt",
        &text(&samples::chain(), |options| options.level = Level::Brief),
    );
}

#[test]
fn full_says_all() {
    for (name, report) in samples::all() {
        snapshot(&format!("{name}.full.txt"), &format!("{report:#}"));
    }
}

#[test]
fn recent_first_is_the_other_way_round() {
    let first = |report: &Report| text(report, |options| options.order = Order::RecentFirst);
    snapshot("chain.first.txt", &first(&samples::chain()));
    snapshot("panic.first.txt", &first(&samples::panic()));
}

#[test]
fn a_narrow_terminal_gets_short_lines_but_whole_places() {
    let narrow = text(&samples::chain(), |options| options.width = 40);
    snapshot("chain.narrow.txt", &narrow);
    // A value has room for what tells that it was cut, however narrow the terminal is.
    let cut =
        |line: &&str| line.starts_with("    ") && !line.contains("(1200 bytes) (as of line 3)");
    for line in narrow.lines().filter(cut) {
        assert!(line.chars().count() <= 40, "{line}");
    }
    assert!(narrow.contains("  src/config.rs:12:41 in parse\n"));
}

#[test]
fn ascii_is_ascii() {
    for (name, report) in samples::all() {
        let ascii = text(&report, |options| options.ascii = true);
        assert!(ascii.is_ascii(), "{name}: {ascii}");
    }
    assert!(
        text(&samples::chain(), |options| options.ascii = true)
            .contains("\"gr\\u{f6}\\u{df}e.conf\"")
    );
}

#[test]
fn colours_change_no_character() {
    for (name, report) in samples::all() {
        for level in [Level::Brief, Level::Normal, Level::Full] {
            let plain = text(&report, |options| options.level = level);
            let coloured = text(&report, |options| {
                (options.level, options.theme) = (level, Theme::ansi())
            });
            assert_eq!(without_styles(&coloured), plain, "{name}");
            assert!(coloured.contains("\x1b["), "{name}");
        }
    }
    snapshot(
        "chain.ansi.txt",
        &text(&samples::chain(), |options| options.theme = Theme::ansi()).replace('\x1b', "ESC"),
    );
}

/// Removes SGR sequences, which must all be closed.
fn without_styles(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap().to_owned();
    let mut open = false;
    for part in parts {
        let (parameters, rest) = part.split_once('m').unwrap();
        assert_eq!(parameters == "0", open, "one style at a time: {part}");
        open = !open;
        plain += rest;
    }
    assert!(!open);
    plain
}

#[test]
fn links_lead_to_files_and_show_the_same() {
    let links = text(&samples::chain(), |options| options.links = true);
    assert!(
        links.contains("/src/config.rs\x1b\\src/config.rs:12:41\x1b]8;;\x1b\\ in parse"),
        "{links}"
    );
    let mut plain = String::new();
    for (i, part) in links.split("\x1b]8;;").enumerate() {
        plain += if i == 0 {
            part
        } else {
            part.split_once("\x1b\\").unwrap().1
        };
    }
    assert_eq!(plain, samples::chain().to_string());
}

#[test]
fn nothing_that_a_terminal_obeys_gets_out() {
    let report = samples::hostile();
    for level in [Level::Brief, Level::Normal, Level::Full] {
        for links in [false, true] {
            let written = text(&report, |options| {
                (options.level, options.links) = (level, links)
            });
            let shown = written.replace("\x1b]8;;", "").replace("\x1b\\", "");
            let hostile =
                |c: &char| c.is_control() && *c != '\n' || "\u{202e}\u{2066}\u{2028}".contains(*c);
            assert_eq!(shown.chars().find(hostile), None, "{shown:?}");
        }
    }
}

#[test]
fn limits_bound_frames_and_variables() {
    let report = samples::chain();
    let bounded = text(&report, |options| {
        (
            options.limits.frames_first,
            options.limits.frames_last,
            options.limits.locals,
        ) = (1, 1, 1);
    });
    assert!(bounded.contains("\n  [1 frame not shown]\n"), "{bounded}");
    assert!(
        bounded.contains("    text = \"port = 80 80\"\n    ... 3 more\n"),
        "{bounded}"
    );
}
