//! The README's first program is an example, and what it says the program prints is what tests/examples.rs sees it
//! print. Its other programs run with the library's documentation (src/lib.rs).

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
        "crate =",
    ] {
        assert!(README.contains(&format!("`{option}")), "{option}");
    }
}
