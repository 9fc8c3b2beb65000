//! Functions that have other attribute macros besides ours, in either order: they compile without a
//! warning, do what they do without ours, and have their frame.
//!
//! The programs of `tests/neighbours` run in packages of their own, which have the other macros as
//! dependencies.

mod fresh;

use fresh::{Workspace, source_directory};
use std::fs;
use std::sync::LazyLock;

const EDITIONS: [u32; 2] = [2021, 2024];

const DEPENDENCIES: &str = "async-trait = \"0.1\"\n\
    tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n\
    tracing = \"0.1\"\n\
    unknown_attributes = { path = \"../unknown_attributes\" }\n";

static WORKSPACE: LazyLock<Workspace> = LazyLock::new(|| {
    let source = |name: &str| {
        let path = source_directory()
            .join("neighbours")
            .join(name)
            .with_extension("rs");
        fs::read_to_string(path).expect("a source")
    };
    let mut workspace = Workspace::new("neighbours");
    workspace
        .package("unknown_attributes", 2024, "")
        .proc_macro(source("unknown_attributes"));
    for edition in EDITIONS {
        let name = format!("neighbours-{edition}");
        let package = workspace.package(&name, edition, DEPENDENCIES);
        package.tests(&name, "tests", source("tests"));
        for program in ["async_trait", "tracing", "unknown"] {
            package.program(&name, program, source(program));
        }
    }
    workspace.write();
    workspace
});

/// The last version of `async-trait` that made a function of each body, in packages of their own: cargo has but one of 0.1.
static OLD_ASYNC_TRAIT: LazyLock<Workspace> = LazyLock::new(|| {
    let path = source_directory().join("neighbours/async_trait.rs");
    let source = fs::read_to_string(path).expect("a source");
    let mut workspace = Workspace::new("old_async_trait");
    for edition in EDITIONS {
        let name = format!("old-{edition}");
        let dependencies = DEPENDENCIES
            .replace("\"0.1\"\ntokio", "\"=0.1.42\"\ntokio")
            .replace(
                "unknown_attributes = { path = \"../unknown_attributes\" }\n",
                "",
            );
        let package = workspace.package(&name, edition, &dependencies);
        package.program(&name, "async_trait", source.clone());
    }
    workspace.write();
    workspace
});

/// Runs the program in each edition, and compares what it prints.
fn prints(program: &str, expected: &str) {
    prints_in(&WORKSPACE, "neighbours", program, expected);
}

fn prints_in(workspace: &Workspace, kind: &str, program: &str, expected: &str) {
    for edition in EDITIONS {
        let package = format!("{kind}-{edition}");
        let example = format!("{package}-{program}");
        let run = workspace.cargo(&["run", "--quiet", "-p", &package, "--example", &example]);
        let printed = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success(),
            "{example}: {}\n{}",
            run.status,
            String::from_utf8_lossy(&run.stderr)
        );
        assert_eq!(printed, expected, "{example}");
    }
}

#[test]
fn tests_and_runtimes() {
    for edition in EDITIONS {
        let package = format!("neighbours-{edition}");
        let run = WORKSPACE.cargo(&[
            "test",
            "--quiet",
            "-p",
            &package,
            "--example",
            &format!("{package}-tests"),
        ]);
        let printed = String::from_utf8_lossy(&run.stdout);
        assert!(
            run.status.success(),
            "{package}\n{printed}\n{}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert!(
            printed.contains("11 passed; 0 failed; 1 ignored"),
            "{package}\n{printed}"
        );
    }
}

const ASYNC_TRAIT: &str = "declared a, provided 2\nSome(3)\n\
     declared a, provided 2\nSome(3)\n\
     declared a, provided 2\nSome(3)\n\
     1, provided!\n\
     none\n\
     too large: load load_all\n\
     odd: load load_all\n\
     six: load load_all\n\
     0\n";

#[test]
fn async_trait() {
    prints("async_trait", ASYNC_TRAIT);
}

#[test]
fn async_trait_as_it_was_before_it_boxed_blocks() {
    prints_in(&OLD_ASYNC_TRAIT, "old", "async_trait", ASYNC_TRAIT);
}

#[test]
fn tracing() {
    prints(
        "tracing",
        "below 2, above 4\n\
         Ok(1), Err(ParseIntError { kind: InvalidDigit })\n\
         async_below 2, Ok(\"async_above 2\")\n\
         2, Some(4)\n\
         1\n",
    );
}

#[test]
fn unknown_ones() {
    let mut expected = String::new();
    for name in [
        "unchanged",
        "reparsed",
        "respanned",
        "statement",
        "grouped",
        "item",
    ] {
        expected += &format!(
            "Some(\"{name}_above(1)\") Some(\"{name}_below(2)\")\nSome(\"{name}_async(3)\") inside(4)\n"
        );
    }
    prints("unknown", &expected);
}
