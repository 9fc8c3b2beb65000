//! The compiler's words where the macros are misused: `tests/ui/*.stderr`.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes them anew; look at what changed before you keep
//! it.

#[test]
fn misuse_is_reported_at_the_token_that_is_wrong() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
    if cfg!(not(feature = "grow")) {
        cases.compile_fail("tests/ui/without_grow/*.rs");
    }
}
