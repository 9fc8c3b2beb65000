//! Programs that fail in every way there is: each is run as a process of its own, its text compared with the one in
//! `tests/snapshots`, and what it says to machines held against what those expect.
//!
//! `STACKLENS_BLESS=1 cargo test -p stacklens-interop --test programs` writes the snapshots anew.

mod failing;
#[path = "../validate/mod.rs"]
mod validate;

use failing::{Fails, PROGRAMS};
use stacklens::{ColorChoice, Config, PreviousHook, Report};
use std::fs;
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

/// Names the program to be run, in this process.
const PROGRAM: &str = "STACKLENS_PROGRAM";
/// Between the forms of a report on standard output, and behind the last one where more follow.
const BETWEEN: &str = "\0";

fn main() -> ExitCode {
    if let Ok(name) = std::env::var(PROGRAM) {
        match run(&name) {
            Some(report) => print!("{}", forms(&report).join(BETWEEN)),
            None => unreachable!("it ends the process"),
        }
        return ExitCode::SUCCESS;
    }
    let failed: Vec<&str> = PROGRAMS
        .iter()
        .map(|(name, fails)| (*name, catch_unwind(|| check(name, fails))))
        .filter_map(|(name, checked)| checked.err().map(|_| name))
        .collect();
    if failed.is_empty() {
        println!("{} programs fail as they should", PROGRAMS.len());
        return ExitCode::SUCCESS;
    }
    eprintln!("not as they should: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// Runs a program; its report, unless it prints those of its panics itself.
fn run(name: &str) -> Option<Report> {
    let (_, fails) = PROGRAMS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a known program");
    let hook = || {
        Config::new()
            .color(ColorChoice::Never)
            .previous_hook(PreviousHook::Never)
    };
    match fails {
        Fails::Error(program) => Some(program()),
        Fails::Panic(program) => {
            let seen = Arc::new(Mutex::new(None));
            let keep = Arc::clone(&seen);
            hook()
                .on_panic(move |report| *keep.lock().unwrap() = Some(report.clone()))
                .install();
            let _ = catch_unwind(program);
            seen.lock().unwrap().take()
        }
        Fails::Abort(program) => {
            let print = |report: &Report| {
                print!("{}{BETWEEN}", forms(report).join(BETWEEN));
                io::stdout().flush().unwrap();
            };
            hook().on_panic(print).install();
            program();
            None
        }
    }
}

fn forms(report: &Report) -> [String; 5] {
    [
        report.to_string(),
        report.to_json(),
        report.to_sentry(),
        report.to_otel_json(),
        report.to_html(),
    ]
}

/// Runs a program as a process, and looks at all that comes of it.
fn check(name: &str, fails: &Fails) {
    if name == "overflow" && !cfg!(debug_assertions) {
        return; // it does not panic then
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .env(PROGRAM, name)
        .env_remove("STACKLENS")
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    let aborts = matches!(fails, Fails::Abort(_));
    // Aborted, it has no exit code.
    assert_eq!(output.status.success(), !aborts, "{name}: {err}");
    assert_eq!(output.status.code().is_none(), aborts, "{name}: {err}");
    let forms: Vec<&str> = out.split_terminator(BETWEEN).collect();
    assert!(
        !forms.is_empty() && forms.len().is_multiple_of(5),
        "{name}: {out}"
    );
    let texts: Vec<&str> = forms.chunks(5).map(|forms| forms[0]).collect();
    match fails {
        Fails::Error(_) => assert_eq!(err, "", "{name}"),
        Fails::Panic(_) => assert_eq!(
            err,
            format!("{}\n", texts[0]),
            "{name}: what the hook wrote"
        ),
        Fails::Abort(_) => {
            // The panic, the one while it unwinds, and the one that says that this cannot be.
            assert_eq!(texts.len(), 3, "{name}");
            let hook = format!("{}\n", texts.join("\n"));
            assert!(err.starts_with(&hook), "{name}: {err}");
        }
    }
    same_as_snapshot(name, if aborts { err.trim_end() } else { texts[0] });
    forms.chunks(5).for_each(|forms| valid(name, forms));
}

/// What it says to machines is as those expect it.
fn valid(name: &str, forms: &[&str]) {
    let [text, json, sentry, otel, html] = forms else {
        panic!("{name}: {forms:?}");
    };
    let report: Report = serde_json::from_str(json).unwrap();
    validate::json(json);
    assert_eq!(report.to_json(), *json, "{name}: read back, it is the same");
    assert_eq!(report.to_string(), *text, "{name}");
    validate::sentry(sentry, &report);
    validate::otel(otel, &report);
    validate::page(html);
}

fn same_as_snapshot(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(format!("{name}.txt"));
    let text = format!("{text}\n");
    if std::env::var_os("STACKLENS_BLESS").is_some() {
        return fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{}", path.display());
}
