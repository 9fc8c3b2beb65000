//! What does all this look like in a program?
//!
//! `cargo run --example tour [--log] [--native] [FILE..]` evaluates files of computed settings. Of each it shows what the
//! settings come to, and through which functions and with which values the program went at the deepest
//! point; of a file with a mistake in it, where the mistake is and how the program came to find it. With
//! `--log`, each call of a built-in function is a line; with `--native`, the mistake is a report, which has the
//! functions that are not annotated, too.
//! The language is in `language/`; this file only reports.

mod language;

use std::process::ExitCode;
use std::{env, fs, io};

use language::{Error, Evaluation};
use stacklens::log_calls::{self, Stdout};
use stacklens::report::{Entry, Failure, Kind, Report};
use stacklens::{Config, FrameInfo, Limits, NativeFrames, Stack, Traceback, currentframe, frame};

const FILES: [&str; 2] = [
    "examples/data/shipping.cfg",
    "examples/data/shipping_broken.cfg",
];

#[frame]
fn main() -> ExitCode {
    log_calls::set_sink(Stdout);
    let filter = if has_option(LOG) { "info" } else { "off" };
    log_calls::set_filter(filter).expect("both are filters");
    if has_option(NATIVE) {
        Config::new().native(NativeFrames::Always).install();
    }
    for file in files() {
        if let Err(error) = tour(&file) {
            eprintln!("{file}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

const LOG: &str = "--log";
const NATIVE: &str = "--native";

fn has_option(option: &str) -> bool {
    env::args().any(|argument| argument == option)
}

/// The files that the command line names, or ours.
fn files() -> Vec<String> {
    let named: Vec<String> = env::args()
        .skip(1)
        .filter(|argument| ![LOG, NATIVE].contains(&argument.as_str()))
        .collect();
    if named.is_empty() {
        FILES.map(String::from).to_vec()
    } else {
        named
    }
}

#[frame]
fn tour(file: &str) -> io::Result<()> {
    let source = fs::read_to_string(file)?;
    match language::run(&source) {
        Ok(evaluation) => {
            show_settings(file, &evaluation);
            show_whereabouts();
            show_deepest(&evaluation.deepest);
        }
        Err(error) => show_mistake(file, &source, &error),
    }
    Ok(())
}

fn show_settings(file: &str, evaluation: &Evaluation) {
    println!("The settings of {file}:");
    for (name, value) in &evaluation.settings {
        println!("  {name} = {value}");
    }
}

/// Says where its caller is; it is not annotated, so that the current frame is the caller's.
fn show_whereabouts() {
    println!("\nThe program is now here:");
    if let Some(here) = currentframe() {
        println!("  {here}, {} frames deep", here.depth());
        println!("      {}", here.locals());
    }
}

fn show_deepest(stack: &Stack) {
    println!("\nAt the deepest point of the evaluation it was here, innermost first:");
    for (i, frame) in stack.iter().enumerate() {
        println!("  [{i}] {frame}");
        println!("      {}", frame.locals());
    }
    println!("\nThe same as a traceback:\n{}", Traceback::from(stack));
}

fn show_mistake(file: &str, source: &str, error: &Error) {
    let place = error.place;
    let line = source.lines().nth(place.line - 1).unwrap_or_default();
    println!("\n{file}:{error}");
    println!("{:>5} | {line}", place.line);
    println!("      | {:>column$}", "^", column = place.column);
    println!("It was found here, innermost first:");
    for (i, frame) in error.stack.iter().enumerate() {
        let (call, file, line) = (call(frame), frame.file(), frame.line());
        println!("  [{i}] {call} at {file}:{line}");
    }
    if has_option(NATIVE) {
        println!("\nAs a report, with the functions that are not annotated:");
        println!("{}", report(error));
    }
}

/// The functions of the standard library are left out: which there are differs with its version.
fn report(error: &Error) -> Report {
    let limits = Limits::default();
    let report = Report::new(Kind::Error, Failure::of(error, &limits));
    let mut report = report.with_traceback(&error.traceback, &limits);
    let is_ours = |entry: &Entry| {
        entry
            .frame()
            .is_none_or(|frame| frame.crate_name() == "tour")
    };
    report.stack.retain(is_ours);
    report
}

/// A frame as the call that made it: `name(argument = value, ..)`.
fn call(frame: &FrameInfo) -> String {
    let locals = frame.locals();
    let arguments = locals.iter().filter(|local| local.is_arg());
    let arguments: Vec<_> = arguments
        .map(|local| format!("{} = {}", local.name(), local.value()))
        .collect();
    format!("{}({})", frame.name(), arguments.join(", "))
}
