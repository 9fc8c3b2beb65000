//! The README's first program is an example, and what it says the program prints is what tests/examples.rs sees it
//! print. Its other programs run with the library's documentation (src/lib.rs).

use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");

/// The first fenced block of a language.
fn block(language: &str) -> &'static str {
    let (_, rest) = README
        .split_once(&format!("\n```{language}\n"))
        .unwrap_or_else(|| panic!("the README has a block of {language}"));
    let (block, _) = rest.split_once("```").expect("a block ends");
    block
}

#[test]
fn the_quick_start_is_an_example() {
    assert_eq!(block("rust"), include_str!("../examples/quick_start.rs"));
}

#[test]
fn the_quick_start_prints_what_the_readme_says() {
    assert_eq!(
        block("text"),
        include_str!("snapshots/examples/quick_start.stdout")
    );
}

/// All that the README says an example prints is what it prints.
#[test]
fn every_output_is_an_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/examples");
    let printed: Vec<String> = fs::read_dir(folder)
        .expect("the snapshots")
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("a snapshot"))
        .collect();
    let blocks: Vec<&str> = README
        .split("\n```text\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("\n```")?.0))
        .collect();
    assert!(blocks.len() >= 5);
    for block in blocks {
        assert!(printed.iter().any(|p| p.contains(block)), "{block}");
    }
}

#[test]
fn every_option_of_the_attribute_is_explained() {
    for option in [
        "name =",
        "skip",
        "skip_all",
        "only(",
        "redact(",
        "show(",
        "capture =",
        "hide",
        "recursion_limit =",
        "on_recursion =",
        "grow",
        "trace_none",
        "crate =",
    ] {
        assert!(README.contains(&format!("`{option}")), "{option}");
    }
}
