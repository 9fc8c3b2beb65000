//! A program that dies: of each signal, on each kind of thread, in each build. With the library's handlers it prints
//! the stacks of its threads, and then ends as it does without them.

#![cfg(all(target_arch = "x86_64", target_os = "linux", not(feature = "off")))]

mod fresh;

use fresh::Workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How, on which threads, and the function that is innermost then, with its values.
const WAYS: [(&str, &[&str], &str); 11] = [
    (
        "null",
        &["main", "std", "c"],
        "null_deref in FILE {address: 16}",
    ),
    (
        "overflow",
        &["main", "std", "c"],
        r#"overflow in FILE {text: "a text that is too long for a word", depth: 3, long: [3, 3, 3], deep: <not yet assigned>}"#,
    ),
    (
        "abort",
        &["main", "std", "c"],
        r#"gives_up in FILE {reason: "no more"}"#,
    ),
    (
        "double-panic",
        &["main", "std"],
        "double_panic in FILE {n: 7",
    ),
    (
        "fpe",
        &["main", "std", "c"],
        "divide in FILE {n: 9, result: <not yet assigned>}",
    ),
    ("illegal", &["main", "std"], "illegal in FILE {n: 1}"),
    // On a stack that the `stacker` crate made, whose end std does not know.
    (
        "overflow-on-stacker",
        &["main", "std", "c"],
        "on_stacker in FILE {depth: 3",
    ),
    // The program has a handler of its own, set after ours, which calls the one before it.
    (
        "overflow-under-own-handler",
        &["main", "std", "c"],
        "overflow in FILE {text:",
    ),
    // What is left of its frame is rubbish.
    ("corrupted", &["main", "std", "c"], ""),
    ("corrupted-records", &["main", "std", "c"], ""),
    ("none", &["main", "std", "c"], ""),
];

/// Builds the program. Without symbols it takes the place of the one with them.
fn build(profile: &str, workspace: &Workspace) -> PathBuf {
    let example = [
        "--package",
        "fault-matrix",
        "--example",
        "fault-matrix-child",
    ];
    let (built, arguments) = match profile {
        "stripped" => ("release", ["rustc", "--profile", "release"]),
        profile => (profile, ["build", "--profile", profile]),
    };
    let mut arguments = [&arguments[..], &example].concat();
    if profile == "stripped" {
        arguments.extend(["--", "-Cstrip=symbols"]);
    }
    let output = workspace.cargo(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    workspace.example(built, "fault-matrix", "child")
}

fn run(program: &Path, with: &str, thread: &str, how: &str) -> Output {
    // The shell bounds what a program that goes round in circles may print.
    Command::new("timeout")
        .arg("60")
        .arg(program)
        .args([with, thread, how])
        .env("RUST_BACKTRACE", "0")
        .output()
        .expect("the program runs")
}

/// What a dump has to look like; what is wrong.
fn check(thread: &str, how: &str, innermost: &str, with: &Output, without: &Output) -> Vec<String> {
    let stderr = String::from_utf8_lossy(&with.stderr);
    let mut wrong = Vec::new();
    let mut expect = |what: &str, is: bool| {
        if !is {
            wrong.push(format!("expected {what}"));
        }
    };
    expect("the same status", with.status == without.status);
    expect("the same output", with.stdout == without.stdout);
    // All that is printed without us is printed with us, after the dump or before it.
    let plain = String::from_utf8_lossy(&without.stderr);
    let numbers = |text: &str| {
        let digits = |c: char| c.is_ascii_digit();
        text.replace(digits, "")
    };
    let printed = numbers(&stderr);
    // Backtraces have addresses in them.
    let lines = plain
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.is_empty());
    for line in lines.map(numbers) {
        expect(&format!("the line {line:?}"), printed.contains(&line));
    }
    if how == "none" {
        expect("nothing else", stderr == plain);
        return wrong;
    }
    let signal = match how {
        "abort" | "double-panic" => "SIGABRT",
        "fpe" => "SIGFPE",
        "illegal" => "SIGILL",
        _ => "SIGSEGV",
    };
    let (_, dump) = stderr.split_once("stacklens: ").unwrap_or(("", ""));
    expect("one dump", stderr.matches("stacklens: ").count() == 1);
    expect("the signal first", dump.starts_with(signal));
    match how {
        "overflow" | "overflow-under-own-handler" => expect(
            "an overflow",
            dump.starts_with("SIGSEGV, the stack has overflowed\n"),
        ),
        "null" => expect("the address", dump.starts_with("SIGSEGV at address 0x10\n")),
        "corrupted" | "corrupted-records" => {
            expect("the address", dump.starts_with("SIGSEGV at address 0x8\n"))
        }
        _ => {}
    }
    if how.starts_with("corrupted") {
        // Whatever could be made of it, to the end of it.
        expect("no second fault", !stderr.contains("could not be printed"));
        let ends = if how == "corrupted" {
            "is damaged]\n"
        } else {
            "\n"
        };
        expect(
            "the end",
            dump.contains("(this one)") && dump.ends_with(ends),
        );
        return wrong;
    }
    let name = match thread {
        "main" => "main",
        "std" => "the-victim",
        // What the system gave it: the program's.
        _ => "fault-matrix-ch",
    };
    expect(
        "the thread",
        dump.contains(&format!(
            "\"{name}\" (this one), innermost frame first:\n  [0] "
        )),
    );
    let frame = innermost.replace("FILE", "");
    let (function, values) = frame.split_once(" in ").unwrap();
    let line = dump
        .lines()
        .find(|line| line.starts_with(&format!("  [0] {function} in ")))
        .unwrap_or("");
    expect("the function that is innermost", line.contains(".rs:"));
    expect("its values", line.contains(values.trim()));
    let bystander = dump
        .split_once("\"bystander\" (blocked), innermost frame first:\n")
        .unwrap_or(("", ""))
        .1;
    let mut lines = bystander.lines();
    let first = lines.next().unwrap_or("");
    expect(
        "the other thread",
        first.starts_with("  [0] bystander in ") && first.contains(r#"{queue: "mail", "#),
    );
    expect(
        "all of its frames",
        lines
            .next()
            .unwrap_or("")
            .starts_with("  [1] thread root in "),
    );
    wrong
}

#[test]
fn a_program_that_dies_prints_its_stacks_and_ends_as_without_them() {
    let mut workspace = Workspace::new("fault_matrix");
    let package = workspace.package("fault-matrix", 2024, "libc = \"0.2\"\nstacker = \"0.1\"\n");
    let source = fs::read_to_string(fresh::source_directory().join("fault_matrix/child.rs"));
    package.program(
        "fault-matrix",
        "child",
        source.expect("the program's source"),
    );
    workspace.write();
    let mut wrong = Vec::new();
    for profile in ["dev", "release", "stripped"] {
        let program = build(profile, &workspace);
        for (how, threads, innermost) in WAYS {
            for thread in threads {
                let (with, without) = (
                    run(&program, "with", thread, how),
                    run(&program, "without", thread, how),
                );
                let faults = check(thread, how, innermost, &with, &without);
                if !faults.is_empty() {
                    let (status, plain) = (with.status, without.status);
                    let text = String::from_utf8_lossy(&with.stderr).into_owned();
                    wrong.push(format!(
                        "{profile} {thread} {how}: {faults:?}\n{status}, {plain}\n{text}"
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cells:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
