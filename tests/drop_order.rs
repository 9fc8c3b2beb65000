//! Values are dropped when, and in the order in which, they are without the attribute.
//!
//! The programs of `tests/drop_order` print what they drop. Each runs with and without the
//! attribute.

mod fresh;

use fresh::Workspace;
use fresh::source::{EDITIONS, Source};
use std::sync::LazyLock;

struct Corpus {
    workspace: Workspace,
    sources: Vec<Source>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let sources = Source::all("drop_order");
    let mut workspace = Workspace::new("drop_order");
    for edition in EDITIONS {
        for source in sources
            .iter()
            .filter(|source| source.editions.contains(&edition))
        {
            let mut add = |variant: &str, text: String| {
                let name = package(variant, edition);
                workspace
                    .package(&name, edition, "")
                    .program(&name, &source.name, text);
            };
            add("plain", source.plain());
            add("framed", source.annotated());
            add("full", source.with_options("capture = \"full\""));
        }
    }
    workspace.write();
    let built = workspace.cargo(&["build", "--examples", "--quiet"]);
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    Corpus { workspace, sources }
});

fn package(variant: &str, edition: u32) -> String {
    format!("drops-{variant}-{edition}")
}

/// What the program prints.
fn trace(variant: &str, edition: u32, source: &Source) -> String {
    let package = package(variant, edition);
    let run = CORPUS.workspace.run_example(&package, &source.name);
    assert!(
        run.status.success(),
        "{package}: {}\n{}",
        run.status,
        String::from_utf8_lossy(&run.stderr)
    );
    String::from_utf8(run.stdout).expect("names of places")
}

/// The scenario in which the traces part, with both.
fn first_difference(expected: &str, found: &str) -> String {
    let scenarios = |text: &str| -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for line in text.lines() {
            match all.last_mut() {
                Some(last) if line.starts_with(' ') => *last += &format!("{line}\n"),
                _ => all.push(format!("{line}\n")),
            }
        }
        all
    };
    let (expected, found) = (scenarios(expected), scenarios(found));
    let differing = expected.iter().zip(&found).filter(|(a, b)| a != b);
    let mut out = String::new();
    for (a, b) in differing {
        out += &format!("without the attribute: {a}with it: {b}");
    }
    out
}

fn check(variant: &str) {
    let mut report = String::new();
    for source in &CORPUS.sources {
        for &edition in &source.editions {
            let (plain, other) = (
                trace("plain", edition, source),
                trace(variant, edition, source),
            );
            assert!(
                plain.lines().count() > 30,
                "{} prints next to nothing",
                source.name
            );
            if plain != other {
                report += &format!(
                    "{}.rs, {edition}\n{}",
                    source.name,
                    first_difference(&plain, &other)
                );
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn drops_are_those_of_the_unannotated_program() {
    check("framed");
}

#[test]
fn drops_are_those_of_the_unannotated_program_with_full_capture() {
    check("full");
}
