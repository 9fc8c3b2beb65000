//! Every construct that a function can have, with the attribute on it: compiled as fresh crates in
//! each edition.
//!
//! The files of `tests/torture` say for which editions they are. Each is compiled under lints that
//! are errors and can't be allowed (`#![forbid(..)]`), as written and as one annotated module; and
//! clippy must say of each, line for line, what it says of the same file without the attribute.

mod fresh;

use fresh::Workspace;
use fresh::diagnostics::Diagnostic;
use fresh::parity::Change::{Lost, New};
use fresh::parity::{ANY, Known, compare};
use fresh::source::{EDITIONS, Source};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

const FORBIDDEN: [&str; 4] = ["unsafe_code", "warnings", "unused", "unreachable_code"];

/// What clippy says of the variants that are only compared. Of `restriction` those that look at
/// what the macro adds: calls, paths, shadowing, blocks.
const CLIPPY: &str = r#"
[lints.rust]
unused_results = "warn"
single_use_lifetimes = "warn"
unused_qualifications = "warn"
unused_lifetimes = "warn"
let_underscore_drop = "warn"
trivial_casts = "warn"
trivial_numeric_casts = "warn"
variant_size_differences = "warn"
unsafe_op_in_unsafe_fn = "warn"

[lints.clippy]
pedantic = { level = "warn", priority = -1 }
nursery = { level = "warn", priority = -1 }
absolute_paths = "warn"
as_underscore = "warn"
let_underscore_untyped = "warn"
min_ident_chars = "warn"
missing_inline_in_public_items = "warn"
mod_module_files = "warn"
multiple_unsafe_ops_per_block = "warn"
pattern_type_mismatch = "warn"
redundant_type_annotations = "warn"
shadow_reuse = "warn"
shadow_same = "warn"
shadow_unrelated = "warn"
str_to_string = "warn"
undocumented_unsafe_blocks = "warn"
unused_result_ok = "warn"
unused_trait_names = "warn"
unwrap_used = "warn"
"#;

/// What changes, and why. Everything else is a failure.
const KNOWN: &[Known] = &[
    Known {
        files: &["macros"],
        change: Lost,
        lints: &["clippy::missing_inline_in_public_items"],
        reason: "said at the body now, which is the user's, not at the head, which the user's macro made",
    },
    Known {
        files: &["macros"],
        change: New,
        lints: &[
            "clippy::missing_inline_in_public_items",
            "clippy::must_use_candidate",
            "clippy::unused_unit",
        ],
        reason: "as above: of a function that a macro made around a `$body:block` clippy takes the body's word",
    },
    Known {
        files: &[
            "async_functions",
            "no_implicit_prelude",
            "own_root_modules",
            "unsafe_code_2024",
        ],
        change: Lost,
        lints: &["clippy::unused_async"],
        reason: "the function does wait now: for the future that has its frame",
    },
    Known {
        files: &["async_functions", "expressions", "question_mark"],
        change: Lost,
        lints: &[
            "clippy::cast_lossless",
            "clippy::cast_possible_truncation",
            "clippy::cast_sign_loss",
            "clippy::manual_next_back",
            "clippy::needless_question_mark",
            "clippy::needless_return_with_question_mark",
            "clippy::nonminimal_bool",
            "clippy::op_ref",
            "clippy::precedence",
        ],
        reason: "clippy leaves an expression alone of which a macro made a part: the operand of a `?`",
    },
    Known {
        files: &["borrow_checker", "question_mark"],
        change: Lost,
        lints: &["unused_results"],
        reason: "the compiler leaves a statement alone of which a macro made a part: the operand of a `?`",
    },
    Known {
        files: &["async_functions", "borrow_checker", "question_mark"],
        change: Lost,
        lints: &["clippy::ptr_arg"],
        reason: "the argument is shown as what it is, a `&mut Vec`: it could not be a slice",
    },
    Known {
        files: &["async_functions"],
        change: Lost,
        lints: &["clippy::toplevel_ref_arg"],
        reason: "in an async function it is about the pattern of the argument, which is bound inside",
    },
    Known {
        files: &["borrow_checker", "patterns"],
        change: Lost,
        lints: &[
            "clippy::manual_swap",
            "clippy::match_same_arms",
            "clippy::useless_let_if_seq",
        ],
        reason: "they compare statements that follow each other, and positions stand between",
    },
    Known {
        files: &["framed_expressions", "inference", "methods", "nesting"],
        change: Lost,
        lints: &[
            "clippy::boxed_local",
            "clippy::collection_is_never_read",
            "clippy::needless_collect",
        ],
        reason: "to be shown is a use",
    },
    Known {
        files: &["macro_statements"],
        change: Lost,
        lints: &["redundant_semicolons"],
        reason: "a `$statement` and the semicolon behind it become one statement",
    },
    Known {
        files: &["patterns"],
        change: Lost,
        lints: &["clippy::needless_borrow"],
        reason: "to be shown is a use that needs the `ref`: the lint has another name then",
    },
    Known {
        files: &["patterns"],
        change: New,
        lints: &["clippy::ref_binding_to_reference"],
        reason: "the same, by its other name",
    },
    Known {
        files: &["macros"],
        change: New,
        lints: &["clippy::shadow_unrelated"],
        reason: "two variables that only hygiene tells apart are one to us: the first looks unused",
    },
    Known {
        files: ANY,
        change: Lost,
        lints: &["clippy::missing_const_for_fn"],
        reason: "with a frame, it could not be a `const fn`",
    },
];

struct Corpus {
    workspace: Workspace,
    sources: Vec<Source>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let sources = Source::all("torture");
    let mut workspace = Workspace::new("torture");
    for edition in EDITIONS {
        for source in sources
            .iter()
            .filter(|source| source.editions.contains(&edition))
        {
            let forbidden: Vec<&str> = FORBIDDEN
                .into_iter()
                .filter(|lint| !source.allowed.iter().any(|allowed| allowed == lint))
                .collect();
            let forbid = if forbidden.is_empty() {
                String::new()
            } else {
                format!("#![forbid({})] ", forbidden.join(", "))
            };
            let mut add = |variant: &str, manifest: &str, source: &Source, text: String| {
                let name = format!("{variant}-{edition}");
                workspace
                    .package(&name, edition, manifest)
                    .library(&name, &source.name, text);
            };
            add(
                "strict-plain",
                "",
                source,
                format!("{forbid}{}", source.plain()),
            );
            add(
                "strict",
                "",
                source,
                format!("{forbid}{}", source.annotated()),
            );
            add(
                "strict-full",
                "",
                source,
                format!("{forbid}{}", source.with_options("capture = \"full\"")),
            );
            if let Some(text) = source.module() {
                add("strict-module", "", source, format!("{forbid}{text}"));
            }
            add("plain", CLIPPY, source, source.plain());
            add("framed", CLIPPY, source, source.annotated());
        }
    }
    workspace.write();
    Corpus { workspace, sources }
});

fn packages(variants: &[&str]) -> Vec<String> {
    let all = variants
        .iter()
        .flat_map(|variant| EDITIONS.map(|edition| format!("{variant}-{edition}")));
    all.collect()
}

/// Fails with all errors. A file that forbids `warnings`, as almost all do, has no warnings.
fn no_errors(found: &BTreeMap<String, Vec<Diagnostic>>) {
    let mut report = String::new();
    for (target, diagnostics) in found {
        for diagnostic in diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.level == "error")
        {
            let _ = write!(report, "== {target}\n{}\n", diagnostic.rendered.0);
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// What the other tests take for granted.
#[test]
fn the_files_are_clean_without_the_attribute() {
    no_errors(
        &CORPUS
            .workspace
            .diagnostics("check", &packages(&["strict-plain"])),
    );
}

#[test]
fn every_construct_compiles_where_no_lint_can_be_allowed() {
    no_errors(
        &CORPUS
            .workspace
            .diagnostics("check", &packages(&["strict"])),
    );
}

#[test]
fn every_construct_compiles_with_full_capture() {
    no_errors(
        &CORPUS
            .workspace
            .diagnostics("check", &packages(&["strict-full"])),
    );
}

#[test]
fn every_construct_compiles_in_an_annotated_module() {
    no_errors(
        &CORPUS
            .workspace
            .diagnostics("check", &packages(&["strict-module"])),
    );
}

#[test]
fn clippy_says_what_it_says_without_the_attribute() {
    let found = CORPUS
        .workspace
        .diagnostics("clippy", &packages(&["plain", "framed"]));
    let report = compare(&CORPUS.sources, &found, ["plain", "framed"], KNOWN, true);
    assert!(report.is_empty(), "{report}");
}
