//! What the compiler and clippy warn of in a function, they warn of, at the same line, with the
//! attribute on it; and of nothing else.
//!
//! The files of `tests/lints` are full of what lints look for. Those of `tests/torture.rs` are
//! compared in the same way.

mod fresh;

use fresh::Workspace;
use fresh::parity::Change::{Lost, New};
use fresh::parity::{Known, compare};
use fresh::source::{EDITIONS, Source};
use std::sync::LazyLock;

/// What changes, and why. Everything else is a failure.
const KNOWN: &[Known] = &[
    Known {
        files: &["asynchronous"],
        change: Lost,
        lints: &["clippy::unused_async"],
        reason: "the function does wait now: for the future that has its frame",
    },
    Known {
        files: &["pedantic"],
        change: Lost,
        lints: &[
            "clippy::collapsible_else_if",
            "clippy::collapsible_if",
            "clippy::manual_assert",
            "clippy::single_match",
            "clippy::while_let_loop",
        ],
        reason: "they look for a block of one expression, and its position is a statement besides",
    },
    Known {
        files: &["pedantic"],
        change: Lost,
        lints: &["clippy::needless_question_mark"],
        reason: "clippy leaves an expression alone of which a macro made a part: the operand of a `?`",
    },
    Known {
        files: &["questions"],
        change: Lost,
        lints: &["clippy::map_identity"],
        reason: "the same",
    },
    Known {
        files: &["pedantic"],
        change: Lost,
        lints: &["clippy::ptr_arg"],
        reason: "the argument is shown as what it is, a `&Vec`: it could not be a slice",
    },
    Known {
        files: &["pedantic"],
        change: Lost,
        lints: &["clippy::needless_range_loop"],
        reason: "the index is shown: it is not only an index any more, which the other message says",
    },
    Known {
        files: &["pedantic"],
        change: New,
        lints: &["clippy::needless_range_loop"],
        reason: "the same, with its other message",
    },
    Known {
        files: &["questions"],
        change: Lost,
        lints: &["unused_must_use"],
        reason: "`x?.is_some();` begins with tokens of ours, in whose place the compiler has the attribute",
    },
    Known {
        files: &["questions"],
        change: New,
        lints: &["unused_must_use"],
        reason: "the same warning, at the attribute",
    },
    Known {
        files: &["unreachable"],
        change: Lost,
        lints: &["unused_variables"],
        reason: "the argument is used, but where nothing gets to: that only the compiler knows",
    },
    Known {
        files: &["unused"],
        change: Lost,
        lints: &["clippy::only_used_in_recursion", "clippy::useless_vec"],
        reason: "to be shown is a use",
    },
];

struct Corpus {
    workspace: Workspace,
    sources: Vec<Source>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let sources = Source::all("lints");
    let mut workspace = Workspace::new("lints");
    for edition in EDITIONS {
        for source in sources
            .iter()
            .filter(|source| source.editions.contains(&edition))
        {
            let mut add = |variant: &str, text: String| {
                let name = format!("lints-{variant}-{edition}");
                let pedantic = "\n[lints.clippy]\npedantic = { level = \"warn\", priority = -1 }\n";
                workspace
                    .package(&name, edition, pedantic)
                    .library(&name, &source.name, text);
            };
            add("plain", source.plain());
            add("framed", source.annotated());
            add("full", source.with_options("capture = \"full\""));
            if let (Some(plain), Some(module)) = (source.plain_module(), source.module()) {
                add("plain-module", plain);
                add("module", module);
            }
        }
    }
    workspace.write();
    Corpus { workspace, sources }
});

fn compare_by(command: &str, before: &str, after: &str) {
    let variants = [before, after].map(|variant| format!("lints-{variant}"));
    let all = variants
        .iter()
        .flat_map(|v| EDITIONS.map(|edition| format!("{v}-{edition}")));
    let packages: Vec<String> = all.filter(|name| CORPUS.workspace.has(name)).collect();
    let found = CORPUS.workspace.diagnostics(command, &packages);
    let [before, after] = &variants;
    let complete = command == "clippy";
    let report = compare(&CORPUS.sources, &found, [before, after], KNOWN, complete);
    assert!(report.is_empty(), "{report}");
}

#[test]
fn the_compiler_warns_of_the_same() {
    compare_by("check", "plain", "framed");
}

#[test]
fn the_compiler_warns_of_the_same_with_full_capture() {
    compare_by("check", "plain", "full");
}

#[test]
fn the_compiler_warns_of_the_same_in_an_annotated_module() {
    compare_by("check", "plain-module", "module");
}

#[test]
fn clippy_warns_of_the_same() {
    compare_by("clippy", "plain", "framed");
}
