//! `stacklens::Error`: what it is made of, what it gives back, and how it prints.

#![allow(unused_variables)] // to be seen in frames

use stacklens::{
    EnhancedError, Error, Report, Result, ResultExt, bail, enhanced_traceback, ensure, err, frame,
};
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::num::ParseIntError;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, PartialEq)]
struct ConfigError {
    line: u32,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wrong in line {}", self.line)
    }
}

impl StdError for ConfigError {}

#[frame]
fn parse(text: &str) -> Result<u16> {
    let port = text.parse::<u16>()?;
    Ok(port)
}

#[frame]
fn read(line: &str) -> Result<u16> {
    let (_, value) = line.split_once('=').context("no `=`")?;
    parse(value).with_context(|| format!("cannot read {line:?}"))
}

fn functions(report: &Report) -> Vec<&str> {
    report.frames().map(|frame| &*frame.function).collect()
}

#[test]
fn a_question_mark_makes_one_of_any_error_and_knows_where() {
    let error = read("port=80a").unwrap_err();
    let report = error.report();
    assert_eq!(functions(&report), ["read", "parse"]);
    let parse = report.frames().next_back().unwrap();
    assert_eq!(parse.file, file!());
    assert_eq!(
        (parse.line, parse.column),
        (line_of("text.parse::<u16>()?"), 35)
    );
    let locals: Vec<_> = parse.locals.iter().map(|l| (&*l.name, &*l.value)).collect();
    assert_eq!(
        locals,
        [("text", r#""80a""#), ("port", "<not yet assigned>")]
    );
    let kind = report.failure.causes[0].type_name.as_deref();
    assert_eq!(kind, Some("core::num::error::ParseIntError"));
}

/// The line of this file that has the text first.
fn line_of(text: &str) -> u32 {
    let at = include_str!("error.rs").find(text).unwrap();
    1 + include_str!("error.rs")[..at].matches('\n').count() as u32
}

#[test]
fn a_function_without_a_frame_still_tells_the_place() {
    fn plain() -> Result<u16> {
        Ok("x".parse::<u16>()?)
    }
    let report = plain().unwrap_err().report();
    let place = report.frames().next_back().unwrap();
    assert_eq!(
        (&*place.file, place.line),
        (file!(), line_of(r#"Ok("x".parse::<u16>()?)"#))
    );
}

#[test]
fn it_prints_its_message_its_chain_its_report_or_the_error_inside() {
    let error = read("port=80a").unwrap_err();
    assert_eq!(error.to_string(), r#"cannot read "port=80a""#);
    assert_eq!(
        format!("{error:#}"),
        r#"cannot read "port=80a": invalid digit found in string"#
    );
    let report = format!("{error:?}");
    for part in [
        "cannot read",
        "invalid digit",
        "text",
        "80a",
        "parse",
        "tests/error.rs",
    ] {
        assert!(report.contains(part), "{part}:\n{report}");
    }
    let inner = format!("{:#?}", Error::from(ConfigError { line: 3 }));
    assert_eq!(inner, "ConfigError {\n    line: 3,\n}");
}

#[test]
fn the_chain_leads_from_the_outermost_context_to_the_root() {
    let error = Error::new(io::Error::new(
        io::ErrorKind::NotFound,
        ConfigError { line: 1 },
    ));
    let error = error.context("b").context("a");
    let messages: Vec<_> = error.chain().map(ToString::to_string).collect();
    assert_eq!(messages, ["a", "b", "wrong in line 1"]);
    assert_eq!(error.root_cause().to_string(), "wrong in line 1");
    assert!(StdError::source(&*error).is_some());
}

#[test]
fn it_can_be_asked_for_its_type_through_contexts() {
    let make = || {
        Error::from(ConfigError { line: 1 })
            .context("a")
            .context(fmt::Error)
            .context("b")
    };
    let mut error = make();
    assert!(error.is::<ConfigError>() && error.is::<fmt::Error>() && !error.is::<io::Error>());
    assert_eq!(error.downcast_ref::<ConfigError>().unwrap().line, 1);
    assert_eq!(error.downcast_ref::<fmt::Error>(), Some(&fmt::Error));
    error.downcast_mut::<ConfigError>().unwrap().line = 2;
    assert!(
        error.downcast_mut::<fmt::Error>().is_some() && error.downcast_mut::<io::Error>().is_none()
    );
    assert_eq!(error.downcast::<ConfigError>().unwrap().line, 2);
    assert_eq!(make().downcast::<fmt::Error>().unwrap(), fmt::Error);

    let error = make().downcast::<ParseIntError>().unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        format!("{:#}", make()),
        "it is as it was"
    );
}

#[test]
fn a_boxed_error_can_be_asked_for_its_type_too() {
    let boxed: Box<dyn StdError + Send + Sync> = Box::new(ConfigError { line: 4 });
    let error = Error::from_boxed(boxed).context("c");
    assert_eq!(error.downcast::<ConfigError>().unwrap().line, 4);
}

#[test]
fn it_goes_back_into_a_box() {
    let boxed: Box<dyn StdError + Send + Sync> = err!("inner").context("outer").into();
    assert_eq!(boxed.to_string(), "outer");
    assert_eq!(boxed.source().unwrap().to_string(), "inner");
    fn other() -> std::result::Result<(), Box<dyn StdError>> {
        parse("x")?;
        Ok(())
    }
    assert!(other().is_err());
}

#[test]
fn notes_stay_with_what_they_were_said_of() {
    let error = err!("inner").note("a").context("outer").note("b").note("c");
    let failure = error.report().into_data().failure;
    let notes = |notes: &[stacklens::report::Note]| {
        notes
            .iter()
            .map(|note| note.text.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(notes(&failure.notes), ["b", "c"]);
    assert_eq!(notes(&failure.causes[0].notes), ["a"]);
    assert_eq!(failure.notes[0].file, file!());
    assert_eq!(failure.notes[0].line, line_of(r#"err!("inner").note("a")"#));
}

#[test]
fn several_errors_are_a_tree() {
    let first = err!("x").context("first");
    let second: Error = ConfigError { line: 2 }.into();
    let error = Error::many("2 are wrong", [first, second]).context("cannot start");
    assert_eq!(error.to_string(), "cannot start");
    assert_eq!(
        format!("{error:#}"),
        "cannot start: 2 are wrong: [first: x; wrong in line 2]"
    );
    let many = &error.report().failure.causes[0];
    let messages: Vec<_> = many.causes.iter().map(|cause| &*cause.message).collect();
    assert_eq!(messages, ["first", "wrong in line 2"]);
    assert_eq!(many.causes[0].causes[0].message, "x");
    assert!(
        many.causes[1]
            .type_name
            .as_deref()
            .unwrap()
            .ends_with("::ConfigError")
    );

    let many = Error::many("all", (0..100).map(|i| ConfigError { line: i }));
    let failure = many.report().into_data().failure;
    assert_eq!(failure.causes.len() + failure.causes_omitted, 100);
}

#[test]
fn results_and_options_are_traced_where_they_stand() {
    #[frame]
    fn own_type(n: u32) -> Result<(), ConfigError> {
        Err(ConfigError { line: n })
    }
    #[frame]
    fn traced(extra: u8) -> Result<()> {
        own_type(7).note("said here").traced()
    }
    let error = traced(5).unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&ConfigError { line: 7 }));
    let report = error.report();
    assert!(functions(&report).contains(&"traced"));
    assert_eq!(
        report.failure.notes[0].line,
        line_of(r#"own_type(7).note("said here")"#)
    );

    assert_eq!(
        None::<u8>.context("no byte").unwrap_err().to_string(),
        "no byte"
    );
    let missing = None::<u8>.traced().unwrap_err();
    assert_eq!(
        missing.to_string(),
        "expected a value of type u8, found None"
    );
    assert_eq!(
        Some(1).with_context(|| -> &str { unreachable!() }).unwrap(),
        1
    );
    assert_eq!(
        Ok::<_, fmt::Error>(1)
            .with_note(|| -> &str { unreachable!() })
            .unwrap(),
        1
    );
}

#[test]
fn the_macros_format_and_return() {
    fn check(port: u16) -> Result<u16> {
        ensure!(port != 0);
        ensure!(port > 9, "port {port} is below {}", 10);
        if port == 99 {
            bail!("{port:?}{}", "!");
        }
        Ok(port)
    }
    fn with_errors(line: u32) -> Result<()> {
        ensure!(line != 1, ConfigError { line });
        ensure!(line != 2, err!(ConfigError { line }).context("outer"));
        let made = ConfigError { line };
        bail!(made);
    }
    for line in 1..4 {
        let error = with_errors(line).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&ConfigError { line }));
    }
    assert_eq!(with_errors(2).unwrap_err().to_string(), "outer");
    assert_eq!(err!(concat!("a", "{}"), 1).to_string(), "a1");

    let message = |port| check(port).unwrap_err().to_string();
    assert_eq!(message(0), "condition failed: `port != 0`");
    assert_eq!(message(7), "port 7 is below 10");
    assert_eq!(message(99), "99!");
    assert_eq!(check(80).unwrap(), 80);
    assert_eq!(err!("{{}}").to_string(), "{}");
}

#[test]
fn what_is_inside_is_dropped_once() {
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    #[derive(Debug)]
    struct Counted;
    impl Drop for Counted {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    impl fmt::Display for Counted {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("counted")
        }
    }
    impl StdError for Counted {}

    let dropped = || DROPPED.swap(0, Ordering::Relaxed);
    drop(Error::from(Counted).context("a").context(Counted));
    assert_eq!(dropped(), 2);
    let taken = Error::from(Counted)
        .context("a")
        .downcast::<Counted>()
        .unwrap();
    assert_eq!(dropped(), 0);
    drop(taken);
    assert_eq!(dropped(), 1);
    let taken = Error::from(Counted)
        .context(Counted)
        .context("b")
        .downcast::<Counted>()
        .unwrap();
    assert_eq!(dropped(), 1, "the inner one is gone with the rest");
    drop(taken);
    assert_eq!(dropped(), 1);
    let boxed: Box<dyn StdError> = Error::from(Counted).context("a").into();
    assert_eq!(dropped(), 0);
    drop(boxed);
    assert_eq!(dropped(), 1);
}

#[test]
fn a_report_can_be_made_of_every_error() {
    #[frame]
    fn here(n: u8) -> [Report; 5] {
        let error = ConfigError { line: 1 };
        let boxed: Box<dyn StdError + Send + Sync> = Box::new(ConfigError { line: 1 });
        let anyhow = anyhow::Error::new(ConfigError { line: 1 });
        let plain: &dyn StdError = &error;
        [
            Report::of(&error),
            Report::of(&*boxed),
            Report::of(&*anyhow),
            Report::of(plain),
            Report::of(&Error::from(ConfigError { line: 1 })),
        ]
    }
    for report in here(3) {
        assert_eq!(report.failure.message, "wrong in line 1");
        assert_eq!(functions(&report), ["here"]);
    }
}

#[test]
fn a_hostile_display_costs_no_more_than_its_line() {
    #[derive(Debug)]
    struct Hostile(u8);
    impl fmt::Display for Hostile {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self.0 {
                0 => panic!("in Display"),
                1 => Err(fmt::Error),
                _ => loop {
                    f.write_str("endless ")?;
                },
            }
        }
    }
    impl StdError for Hostile {}
    for kind in 0..3 {
        let error = Error::from(Hostile(kind)).context("outer");
        let report = error.report();
        assert_eq!(report.failure.message, "outer");
        assert!(format!("{error:?}").len() < 20_000, "{kind}");
    }
}

#[test]
fn an_enhanced_error_lists_frames_with_line_and_locals() {
    #[frame]
    fn parse_number(s: &str) -> Result<i64, EnhancedError> {
        let value = enhanced_traceback(|| s.parse::<i64>())?;
        Ok(value * 2)
    }
    #[frame]
    fn run(times: u8) -> Result<i64, EnhancedError> {
        parse_number("abc")
    }
    assert_eq!(parse_number("4").unwrap(), 8);
    let error = run(2).unwrap_err();
    let line = |text| line_of(text);
    let expected = format!(
        "EnhancedError: invalid digit found in string
  Frame: parse_number (line {}) - locals: {{s: \"abc\", value: <not yet assigned>}}
  Frame: run (line {}) - locals: {{times: 2}}",
        line("enhanced_traceback(|| s.parse::<i64>())?"),
        line("        parse_number(\"abc\")"),
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{error:?}"), expected);
    assert_eq!(
        error.source().unwrap().to_string(),
        "invalid digit found in string"
    );
    assert!(error.into_error().is::<ParseIntError>());
}

#[test]
fn an_enhanced_traceback_of_an_error_that_was_traced_keeps_its_frames() {
    let error = enhanced_traceback(|| read("port=80a")).unwrap_err();
    assert_eq!(functions(&error.report()), ["read", "parse"]);
    fn through() -> Result<()> {
        enhanced_traceback(|| read("port=80a"))?;
        Ok(())
    }
    assert!(through().unwrap_err().is::<EnhancedError>());
}

#[test]
fn an_enhanced_error_counts_the_frames_that_it_does_not_show() {
    #[frame(hide)]
    fn plumbing(n: u32) -> String {
        let error = enhanced_traceback(|| if n == 0 { Err(fmt::Error) } else { Ok(()) });
        error.unwrap_err().to_string()
    }
    #[frame]
    fn down(n: u32) -> String {
        if n == 0 { plumbing(0) } else { down(n - 1) }
    }
    let text = down(10);
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split(" (line").next().unwrap())
        .collect();
    assert_eq!(
        lines[1..4],
        [
            "  [1 hidden frame]",
            "  Frame: down",
            "  [next frame repeated 7 more times]"
        ]
    );
    assert_eq!(lines.len(), 7);
}
