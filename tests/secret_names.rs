//! The macros and the library must agree on which names are secret: a name that only one of them
//! hides is shown by the other.

#[path = "../src/capture/redact.rs"]
mod library;
#[path = "../macros/src/secret.rs"]
mod macros;

const LIBRARY: &str = include_str!("../src/capture/redact.rs");
const MACROS: &str = include_str!("../macros/src/secret.rs");

/// Every word in quotes in either file: the lists, and the names of the library's own tests.
fn words() -> Vec<&'static str> {
    let quoted = |text: &'static str| text.split('"').skip(1).step_by(2);
    quoted(LIBRARY)
        .chain(quoted(MACROS))
        .filter(|word| !word.contains(char::is_whitespace))
        .collect()
}

#[test]
fn the_macros_and_the_library_hide_the_same_names() {
    let words = words();
    assert!(words.len() > 60 && words.contains(&"password"));
    let mut secret = 0;
    for first in &words {
        for second in [
            "", "id", "code", "card", "number", "2", "pass", "Pin", "izer",
        ] {
            let capitalized = second
                .chars()
                .next()
                .map(|c| c.to_uppercase().chain(second.chars().skip(1)).collect());
            let capitalized: String = capitalized.unwrap_or_default();
            for name in [
                format!("{first}{second}"),
                format!("{first}_{second}"),
                format!("{first}{capitalized}"),
                format!("my_{second}_{first}").to_uppercase(),
            ] {
                assert_eq!(
                    library::is_secret(&name),
                    macros::is_secret(&name),
                    "{name}"
                );
                secret += usize::from(library::is_secret(&name));
            }
        }
    }
    assert!(secret > 1000, "{secret}");
}
