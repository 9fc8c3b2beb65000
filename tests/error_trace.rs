//! The functions that an error has left, in the reports of `Error`, `Report::of` and `EnhancedError`.

#![cfg(not(feature = "off"))]
#![allow(unused_variables)] // to be seen in frames

use stacklens::report::Role;
use stacklens::{Error, Report, Result, ResultExt, enhanced_traceback, frame};
use std::num::ParseIntError;

/// Functions outermost first; those that the error left in parentheses.
fn path(report: &Report) -> String {
    let frames = report.frames().map(|frame| match frame.role {
        Role::Left => format!("({})", frame.function),
        _ => frame.function.to_string(),
    });
    frames.collect::<Vec<_>>().join(" ")
}

#[frame]
fn digits(text: &str) -> Result<u8, ParseIntError> {
    let number = text.parse()?;
    Ok(number)
}

#[frame]
fn number(text: &str) -> Result<u8, ParseIntError> {
    Ok(digits(text)?)
}

#[test]
fn what_was_left_before_the_conversion_is_there() {
    #[frame]
    fn convert(id: u8) -> Result<u8> {
        let number = number("x")?;
        Ok(number)
    }
    let error = convert(1).unwrap_err();
    assert_eq!(path(&error.report()), "(convert) (number) (digits)");
    let report = error.report();
    let convert = report.frames().next().unwrap();
    let exit = convert.exit.as_ref().unwrap();
    assert_eq!(exit.error_type.as_deref(), Some("stacklens::error::Error"));
    assert_eq!(
        exit.converted_from.as_deref(),
        Some("core::num::error::ParseIntError")
    );
    let digits = report.frames().next_back().unwrap();
    assert_eq!(digits.locals[0].value, r#""x""#);
}

#[test]
fn with_active_callers_around() {
    #[frame]
    fn convert() -> Result<u8> {
        Ok(number("x")?)
    }
    #[frame]
    fn main() -> String {
        let error = convert().unwrap_err();
        path(&error.report())
    }
    assert_eq!(main(), "main (convert) (number) (digits)");
}

#[test]
fn a_context_in_the_same_statement_finds_it_too() {
    #[frame]
    fn context() -> Result<u8> {
        number("x").context("no number")
    }
    #[frame]
    fn map() -> Result<u8> {
        number("x").map_err(|error| Error::new(error).note("mapped"))
    }
    assert_eq!(
        path(&context().unwrap_err().report()),
        "(context) (number) (digits)"
    );
    assert_eq!(
        path(&map().unwrap_err().report()),
        "(map) (number) (digits)"
    );
}

#[test]
fn a_match_that_returns_the_error_finds_it_when_it_has_left() {
    #[frame]
    #[allow(clippy::needless_return)]
    fn matched() -> Result<u8> {
        match number("x") {
            Ok(number) => Ok(number),
            Err(error) => {
                let error = Error::new(error).context("no number");
                return Err(error);
            }
        }
    }
    let error = matched().unwrap_err();
    assert!(
        path(&error.report()).contains("matched"),
        "{}",
        path(&error.report())
    );
}

#[test]
fn a_handled_error_leaves_nothing_to_a_later_one() {
    #[frame]
    fn later() -> Result<u8> {
        let first = number("x").unwrap_or(3);
        let second = "y".parse::<u8>().map_err(Error::new)?;
        Ok(first + second)
    }
    assert_eq!(path(&later().unwrap_err().report()), "(later)");

    #[frame]
    fn looping() -> Result<u8> {
        for text in ["x", "y"] {
            if let Err(error) = number(text) {
                assert!(!error.to_string().is_empty());
            }
        }
        Err("z".parse::<u8>().unwrap_err()).context("later")
    }
    assert_eq!(path(&looping().unwrap_err().report()), "(looping)");
}

#[test]
fn the_path_goes_with_the_error_to_another_thread() {
    #[frame]
    fn convert() -> Result<u8> {
        Ok(number("x")?)
    }
    let error = std::thread::spawn(|| convert().unwrap_err())
        .join()
        .unwrap();
    assert_eq!(path(&error.report()), "(convert) (number) (digits)");
}

#[test]
fn a_report_of_another_error_has_what_it_left_and_who_holds_it() {
    #[frame]
    fn holder(id: u8) -> Report {
        let error = number("x").unwrap_err();
        described(&error)
    }
    #[frame]
    fn described(error: &ParseIntError) -> Report {
        Report::of(error)
    }
    assert_eq!(path(&holder(1)), "holder (number) (digits)");
}

#[test]
fn an_enhanced_error_shows_what_was_left_and_what_is_active_innermost_first() {
    #[frame]
    fn run() -> String {
        enhanced_traceback(|| number("abc"))
            .unwrap_err()
            .to_string()
    }
    let text = run();
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split(" (line").next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "EnhancedError: invalid digit found in string",
            "  Frame: digits",
            "  Frame: number",
            "  Frame: run"
        ],
    );
    assert!(
        text.contains(r#"locals: {text: "abc", number: <not yet assigned>}"#),
        "{text}"
    );
}

#[test]
fn of_a_long_way_the_ends_are_there_and_the_rest_is_counted() {
    #[frame]
    fn down(n: u32) -> Result<u8, ParseIntError> {
        if n == 0 {
            return digits("x");
        }
        Ok(down(n - 1)?)
    }
    #[frame]
    fn convert() -> Result<u8> {
        Ok(down(200)?)
    }
    let report = convert().unwrap_err().report();
    let hidden: usize = report
        .stack
        .iter()
        .map(|entry| match entry {
            stacklens::report::Entry::Omitted { frames } => *frames,
            _ => 0,
        })
        .sum();
    assert_eq!(report.frames().count() + hidden, 203);
    assert_eq!(report.frames().next_back().unwrap().function, "digits");
    assert_eq!(report.frames().next().unwrap().function, "convert");
}

/// What failed in each function, as the report's ranges cut it out of this file.
mod ranges {
    use super::*;
    use stacklens::Report;
    use std::num::ParseIntError;

    type Result<T> = std::result::Result<T, ParseIntError>;

    /// The text of the range of the innermost frame.
    #[track_caller]
    fn failed<T>(result: Result<T>) -> String {
        let Err(error) = result else {
            panic!("it succeeded")
        };
        let report = Report::of(&error);
        let frame = report.frames().next_back().unwrap();
        let range = frame.range.expect("a range");
        let lines = include_str!("error_trace.rs").lines().enumerate();
        let part = |(index, line): (usize, &'static str)| {
            let number = index as u32 + 1;
            let chars = line.chars().collect::<Vec<_>>();
            let column = |at: u32| at as usize - 1;
            let from = if number == range.line {
                column(range.column)
            } else {
                0
            };
            let to = if number == range.end_line {
                column(range.end_column)
            } else {
                chars.len()
            };
            (range.line..=range.end_line)
                .contains(&number)
                .then(|| chars[from..to].iter().collect::<String>().trim().to_owned())
        };
        lines.filter_map(part).collect()
    }

    #[test]
    fn of_a_question_mark_it_is_the_operand() {
        #[frame]
        fn on_a_line(text: &str) -> Result<u8> {
            let größe = 1 + -text.parse::<i8>()?;
            Ok(größe as u8)
        }
        #[frame]
        fn over_lines(text: &str) -> Result<u8> {
            Ok(text
                .trim_start_matches("a rather long prefix, so that the chain is broken")
                .parse()?)
        }
        #[frame]
        fn inside_another(text: &str) -> Result<u8> {
            let sum = u8::max(1, str::parse(text)?);
            Ok(sum)
        }
        assert_eq!(failed(on_a_line("x")), "text.parse::<i8>()?");
        assert_eq!(
            failed(over_lines("x")),
            "text.trim_start_matches(\"a rather long prefix, so that the chain is broken\").parse()?"
        );
        assert_eq!(failed(inside_another("x")), "str::parse(text)?");
    }

    #[test]
    fn of_a_value_that_is_returned_it_is_the_value() {
        #[frame]
        fn tail(text: &str) -> Result<u8> {
            text.parse()
        }
        #[frame]
        fn returned(text: &str) -> Result<u8> {
            if text.len() < 9 {
                return str::parse(text);
            }
            Ok(1)
        }
        #[frame]
        fn arm(text: &str) -> Result<u8> {
            match text.parse::<u16>() {
                Ok(number) => Ok(number as u8),
                Err(error) => Err(error),
            }
        }
        assert_eq!(failed(tail("x")), "text.parse()");
        assert_eq!(failed(returned("x")), "return str::parse(text)");
        assert_eq!(failed(arm("x")), "Err(error)");
    }

    #[test]
    fn in_async_functions_too() {
        #[frame]
        async fn case(text: &str) -> Result<u8> {
            let ready = std::future::ready(text.parse());
            let number = ready.await?;
            Ok(number)
        }
        let mut future = std::pin::pin!(case("x"));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(result) = future.as_mut().poll(&mut context) else {
            panic!("it waits")
        };
        assert_eq!(failed(result), "ready.await?");
    }

    #[test]
    fn a_panic_is_marked_where_it_is() {
        #[frame]
        fn case(list: &[u8]) -> Result<u8> {
            Ok(list[list.len()])
        }
        let report = stacklens::catch(|| case(&[1])).unwrap_err();
        let frame = report.frames().next_back().unwrap();
        assert_eq!(frame.range, None);
        assert!(
            report.to_string().contains("\n       ^^^^^^^^^^^^^^^^\n"),
            "{report}"
        );
    }
}

#[test]
fn a_logged_task_is_named_as_its_lines_are() {
    use stacklens::log_calls;

    #[log_calls]
    async fn fetch(id: u32) -> Result<u32> {
        stacklens::ensure!(id > 1, "no such page");
        Ok(id)
    }
    log_calls::set_sink(log_calls::Ring::new(4));
    let mut future = std::pin::pin!(fetch(1));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = future.as_mut().poll(&mut context) else {
        panic!("it is ready and failed")
    };
    let task = error.report().task.clone().expect("a task");
    let lines = log_calls::recent();
    assert!(
        task.starts_with('#') && lines.iter().any(|line| line.contains(&*task)),
        "{task} {lines:?}"
    );
    assert_eq!(Error::msg("outside of it").report().task, None);
}
