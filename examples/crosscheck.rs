//! Which functions really run, and whether those that are recorded are among them.
//!
//! Needs debug information for its lines: `cargo run --example crosscheck`.

use stacklens::native::{self, MergedFrame, NativeKind, Verdict};
use stacklens::{frame, framed};

#[frame]
fn parse(line: &str) -> usize {
    let fields = line.split(',').count();
    report();
    fields
}

/// Not annotated: the recorded stack goes from `parse` straight to `import`.
fn read_lines(text: &str) -> usize {
    text.lines().map(parse).sum()
}

#[frame]
fn import(text: &str) -> usize {
    framed!("all lines", read_lines(text))
}

/// What is found where it is called.
fn report() {
    let check = native::crosscheck();
    println!("agrees: {}", check.agrees());
    for (frame, verdict) in check.recorded().iter().zip(check.verdicts()) {
        match verdict {
            Verdict::Confirmed { .. } => println!("{} is on the native stack", frame.name()),
            other => println!("{}: {other}", frame.name()),
        }
    }

    println!("\nboth stacks, innermost first:");
    for entry in check.merged() {
        match entry {
            MergedFrame::Recorded { frame, .. } => println!("  {frame} {}", frame.locals()),
            MergedFrame::Native {
                function: Some(function),
                ..
            } if function.name().starts_with("crosscheck::") => {
                println!("  {} (not annotated)", function.name());
            }
            // Of the standard library: how many there are differs with its version.
            _ => {}
        }
    }

    let kinds = check.kinds();
    println!("\nthe innermost native frame: {:?}", kinds[0]);
    println!(
        "the outermost: {:?}",
        kinds.last().unwrap_or(&NativeKind::Runtime)
    );
}

fn main() {
    println!("{} fields", import("id,name,price"));
}
