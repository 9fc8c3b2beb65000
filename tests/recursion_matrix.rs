//! Recursion without an end, in every combination of thread, limit, shape and build: it is an error that can be
//! caught, or a report before the abort, and never a stack overflow.
//!
//! One program (`recursion_matrix/child.rs`), built three times. Cells that end by an abort have a process each;
//! those of one thread and limit that do not share one, which spares filling 512 MiB of stack for each.

#![cfg(all(target_arch = "x86_64", target_os = "linux", not(feature = "off")))]

mod fresh;

use fresh::Workspace;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

const THREADS: [&str; 5] = ["main", "64k", "2m", "512m", "c"];
const LIMITS: [&str; 7] = [
    "none", "max", "count", "function", "error", "grow", "ceiling",
];
const SHAPES: [&str; 7] = [
    "simple",
    "mutual",
    "object",
    "closure",
    "drop",
    "unwinding",
    "unwinding-caught",
];

/// How a cell has to end.
#[derive(Debug, PartialEq)]
enum End {
    /// Status 0; what was caught begins so.
    Caught(&'static str),
    /// By `SIGABRT`, after the error was printed.
    Aborted(&'static str),
}

/// What the documentation of `stacklens::recursion` says.
fn expected(aborts: bool, limit: &str, shape: &str) -> End {
    let unwinding = shape.starts_with("unwinding");
    let (bytes, came_back) = (
        "maximum recursion depth exceeded (",
        "nothing, came back from 40000",
    );
    let text = match limit {
        // Limits on numbers do not hold while a panic unwinds.
        "count" if !unwinding => "maximum recursion depth exceeded (limit 50 frames in ",
        "function" if !unwinding => "maximum recursion depth exceeded (limit 20 activations of ",
        _ => bytes,
    };
    match (limit, aborts, shape) {
        // The first panic ends it.
        (_, true, _) if unwinding => End::Aborted("first"),
        ("grow", ..) => End::Caught(came_back),
        ("error", ..) => End::Caught(text),
        (_, true, _) => End::Aborted(text),
        // A panic that leaves a destructor during another one.
        (_, false, "unwinding") => End::Aborted(text),
        _ => End::Caught(text),
    }
}

/// A process: the cells of one thread and limit with these shapes.
struct Cells {
    profile: &'static str,
    thread: &'static str,
    limit: &'static str,
    shapes: Vec<&'static str>,
    backtrace: &'static str,
}

impl Cells {
    /// Runs them; what is wrong.
    fn run(&self, program: &Path) -> Result<(), String> {
        let output = Command::new(program)
            .args([self.thread, self.limit])
            .args(&self.shapes)
            .env("RUST_BACKTRACE", self.backtrace)
            .output()
            .expect("the program runs");
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        // Frames that repeat are counted, in the report that the panic hook is given.
        let raised = stderr.contains("maximum recursion depth exceeded");
        let reported =
            stderr.contains("Traceback (most recent call last):") && stderr.contains("repeated");
        let mut right = (!raised || reported) && !stderr.contains("overflowed its stack");
        for shape in &self.shapes {
            right &= match expected(self.profile == "abort", self.limit, shape) {
                End::Caught(text) => {
                    output.status.success() && stdout.contains(&format!("{shape} caught: {text}"))
                }
                End::Aborted(text) => output.status.signal() == Some(6) && stderr.contains(text),
            };
        }
        if right {
            return Ok(());
        }
        let Cells {
            profile,
            thread,
            limit,
            shapes,
            backtrace,
        } = self;
        let head: String = stderr.chars().take(3000).collect();
        Err(format!(
            "{profile} {thread} {limit} {shapes:?} (RUST_BACKTRACE={backtrace}): {}\n{stdout}\n{head}",
            output.status
        ))
    }
}

/// All cells of a profile.
fn cells(profile: &'static str) -> Vec<Cells> {
    let mut all = Vec::new();
    for thread in THREADS {
        for limit in LIMITS {
            let cells = |shapes, backtrace| Cells {
                profile,
                thread,
                limit,
                shapes,
                backtrace,
            };
            let aborts = |shape: &&str| {
                matches!(expected(profile == "abort", limit, shape), End::Aborted(_))
            };
            let (alone, together): (Vec<_>, Vec<_>) = SHAPES.into_iter().partition(aborts);
            all.extend(alone.into_iter().map(|shape| cells(vec![shape], "0")));
            if !together.is_empty() {
                all.push(cells(together, "0"));
            }
            // A backtrace takes most of the stack that a panic hook needs.
            if thread == "64k" {
                all.push(cells(vec!["simple"], "1"));
            }
        }
    }
    // As far as the default ceiling.
    let (thread, limit, backtrace) = ("2m", "runaway", "0");
    all.push(Cells {
        profile,
        thread,
        limit,
        shapes: vec!["simple"],
        backtrace,
    });
    all
}

/// The program, built in each of the profiles.
fn programs() -> Vec<(&'static str, PathBuf)> {
    let mut workspace = Workspace::new("recursion_matrix");
    let package = workspace.package("recursion-matrix", 2024, "libc = \"0.2\"\n");
    package.feature("grow");
    let source = fs::read_to_string(fresh::source_directory().join("recursion_matrix/child.rs"));
    package.program(
        "recursion-matrix",
        "child",
        source.expect("the program's source"),
    );
    workspace.profile("abort", "inherits = \"release\"\npanic = \"abort\"\n");
    workspace.write();
    ["dev", "release", "abort"]
        .map(|profile| {
            let output = workspace.cargo(&["build", "--examples", "--profile", profile]);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{stderr}");
            (
                profile,
                workspace.example(profile, "recursion-matrix", "child"),
            )
        })
        .into()
}

#[test]
fn recursion_without_an_end_is_an_error_in_every_build_thread_limit_and_shape() {
    let programs = programs();
    let mut all = Vec::new();
    for (profile, program) in &programs {
        all.extend(cells(profile).into_iter().map(|cells| (program, cells)));
    }
    let count: usize = all.iter().map(|(_, cells)| cells.shapes.len()).sum();
    assert_eq!(
        count,
        3 * (THREADS.len() * LIMITS.len() * SHAPES.len() + LIMITS.len() + 1)
    );
    let all = Mutex::new(all.into_iter());
    let wrong = Mutex::new(Vec::new());
    let work = || {
        loop {
            let next = all.lock().expect("no panic").next();
            let Some((program, cells)) = next else { return };
            if let Err(what) = cells.run(program) {
                wrong.lock().expect("no panic").push(what);
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(
        wrong.is_empty(),
        "{} processes:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
