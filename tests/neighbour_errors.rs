//! Reports of other libraries' errors: anyhow, thiserror, miette; with their features eyre, and tracing's
//! spans.

#![allow(unused_variables)] // to be seen in frames

use stacklens::{Report, Result, frame};
use std::num::ParseIntError;

#[frame]
fn digits(text: &str) -> Result<u8, ParseIntError> {
    let number = text.parse()?;
    Ok(number)
}

fn functions(report: &Report) -> Vec<&str> {
    report.frames().map(|frame| &*frame.function).collect()
}

#[test]
fn anyhow_keeps_its_type_and_has_its_trace() {
    #[frame]
    fn read(line: &str) -> anyhow::Result<u8> {
        use anyhow::Context;
        digits(line).with_context(|| format!("cannot read {line:?}"))
    }
    let error = read("x").unwrap_err();
    let report = Report::of(&*error);
    assert_eq!(report.failure.message, r#"cannot read "x""#);
    assert_eq!(
        report.failure.causes[0].message,
        "invalid digit found in string"
    );
    assert_eq!(functions(&report), ["read", "digits"]);
    let digits = report.frames().next_back().unwrap();
    assert_eq!(digits.locals[0].value, r#""x""#);
}

#[test]
fn thiserrors_types_are_errors_like_any_other() {
    #[derive(Debug, thiserror::Error)]
    enum ConfigError {
        #[error("line {line} is no number")]
        Number { line: u32, source: ParseIntError },
        #[error(transparent)]
        Io(#[from] std::io::Error),
    }
    #[frame]
    fn read(line: u32) -> Result<u8, ConfigError> {
        digits("x").map_err(|source| ConfigError::Number { line, source })
    }
    #[frame]
    fn load() -> Result<u8> {
        std::fs::metadata(".").map_err(ConfigError::from)?;
        Ok(read(3)?)
    }
    let error = load().unwrap_err();
    let report = error.report();
    assert_eq!(functions(&report), ["load", "read", "digits"]);
    assert_eq!(report.failure.message, "line 3 is no number");
    assert_eq!(report.failure.short_type(), Some("ConfigError"));
    assert_eq!(
        report.failure.causes[0].message,
        "invalid digit found in string"
    );
    assert!(matches!(
        error.downcast_ref(),
        Some(ConfigError::Number { line: 3, .. })
    ));
}

#[test]
fn miettes_diagnostics_and_reports_are_errors_too() {
    #[derive(Debug, thiserror::Error, miette::Diagnostic)]
    #[error("no such key")]
    #[diagnostic(code(config::key), help("try `host`"))]
    struct NoSuchKey;

    #[frame]
    fn look_up(key_name: &str) -> Result<u8> {
        Err(NoSuchKey)?
    }
    let error = look_up("hots").unwrap_err();
    assert_eq!(functions(&error.report()), ["look_up"]);
    assert!(error.is::<NoSuchKey>());

    #[frame]
    fn read(line: &str) -> miette::Result<u8> {
        use miette::{IntoDiagnostic, WrapErr};
        digits(line).into_diagnostic().wrap_err("cannot read")
    }
    let error = read("x").unwrap_err();
    let error: &dyn std::error::Error = error.as_ref();
    let report = Report::of(error);
    assert_eq!(report.failure.message, "cannot read");
    assert_eq!(functions(&report), ["read", "digits"]);
}

#[cfg(feature = "eyre")]
mod with_eyre {
    use super::*;
    use eyre::WrapErr;

    #[test]
    fn eyres_reports_have_frames() {
        #[frame]
        fn read(line: &str) -> eyre::Result<u8> {
            digits(line).wrap_err("cannot read")
        }
        #[frame]
        fn question(line: &str) -> eyre::Result<u8> {
            Ok(digits(line)?)
        }
        stacklens::eyre::install().unwrap();
        assert!(stacklens::eyre::install().is_err());

        let error = read("x").unwrap_err();
        let report = stacklens::eyre::report(&error).unwrap();
        assert_eq!(functions(&report), ["read", "digits"]);
        assert_eq!(report.failure.message, "cannot read");
        assert_eq!(
            format!("{error:#}"),
            "cannot read: invalid digit found in string"
        );
        let debug = format!("{error:?}");
        assert!(
            debug.contains(r#"text = "x""#) && debug.contains("cannot read"),
            "{debug}"
        );

        let error = question("x").unwrap_err().wrap_err("outer");
        let report = stacklens::eyre::report(&error).unwrap();
        assert_eq!(functions(&report), ["question", "digits"]);
        assert_eq!(
            report.failure.causes[0].message,
            "invalid digit found in string"
        );

        let error = eyre::eyre!("plain");
        let report = stacklens::eyre::report(&error).unwrap();
        assert_eq!(report.frames().next_back().unwrap().file, file!());
    }
}

#[cfg(feature = "tracing")]
mod with_tracing {
    use super::*;
    use stacklens::report::Section;
    use stacklens::spans::SpanLayer;
    use stacklens::{catch, err};
    use tracing::{info_span, subscriber::with_default};
    use tracing_subscriber::layer::SubscriberExt;

    fn spans(report: &Report) -> Vec<String> {
        let lines = |section: &Section| section.lines.iter().map(ToString::to_string).collect();
        report
            .sections
            .iter()
            .find(|s| s.title == "Spans")
            .map(lines)
            .unwrap_or_default()
    }

    fn with_spans(body: impl FnOnce()) {
        with_default(tracing_subscriber::registry().with(SpanLayer::new()), body);
    }

    #[test]
    fn reports_have_the_spans_that_the_thread_is_in_outermost_first() {
        with_spans(|| {
            let outer = info_span!(
                "request",
                id = 7,
                user = "ann",
                late = tracing::field::Empty
            );
            let _outer = outer.enter();
            outer.record("late", 5);
            let report = {
                let _inner = info_span!("parse", password = "hunter2").entered();
                catch(|| -> () { panic!("inside") }).unwrap_err()
            };
            let spans_of_panic = spans(&report);
            assert_eq!(spans_of_panic.len(), 2);
            let request = "neighbour_errors::with_tracing::request{id=7 user=\"ann\" late=5} at ";
            assert!(spans_of_panic[0].starts_with(request), "{spans_of_panic:?}");
            assert!(
                spans_of_panic[1].contains("parse{password=<redacted>}"),
                "{spans_of_panic:?}"
            );
            assert_eq!(spans(&err!("x").report()), spans_of_panic[..1]);
            assert_eq!(spans(&Report::of(&std::fmt::Error)), spans_of_panic[..1]);
        });
        assert!(spans(&err!("x").report()).is_empty());
    }

    #[test]
    fn spans_left_out_of_order_are_the_right_ones() {
        with_spans(|| {
            let [a, b] = [info_span!("a").entered(), info_span!("b").entered()];
            drop(a);
            let left = spans(&err!("x").report());
            assert!(left.len() == 1 && left[0].contains("::b at "), "{left:?}");
            drop(b);
        });
    }

    #[test]
    fn long_and_hostile_fields_are_bounded() {
        struct Endless;
        impl std::fmt::Debug for Endless {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                loop {
                    f.write_str("endless ")?;
                }
            }
        }
        with_spans(|| {
            let _span = info_span!("s", endless = ?Endless, after = 1).entered();
            let line = &spans(&err!("x").report())[0];
            assert!(line.len() < 500 && line.contains("after=1"), "{line}");
        });
    }

    #[test]
    fn of_many_spans_the_innermost_are_shown() {
        with_spans(|| {
            let entered: Vec<_> = (0..40).map(|i| info_span!("level", i).entered()).collect();
            let lines = spans(&err!("x").report());
            assert_eq!(lines[0], "[8 outer spans not shown]");
            assert!(
                lines.len() == 33 && lines[32].contains("{i=39}"),
                "{lines:?}"
            );
            entered.into_iter().rev().for_each(drop);
        });
    }
}
