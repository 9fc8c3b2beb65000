//! Names of secrets: the built-in ones and those that the program adds when it runs.

use super::redact::{self, next_word};
use core::iter;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Whether a variable or field of this name holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    redact::is_secret(name) || is_added(name)
}

/// The words of each name that was added. Whatever this points to is never freed: readers take no lock.
static ADDED: AtomicPtr<Vec<Vec<String>>> = AtomicPtr::new(ptr::null_mut());

/// Makes these the names that are secret beside the built-in ones.
pub(crate) fn set_names(names: &[String]) {
    let words = |name: &String| words(name).map(str::to_owned).collect::<Vec<_>>();
    let added: Vec<_> = names
        .iter()
        .map(words)
        .filter(|words| !words.is_empty())
        .collect();
    let added = if added.is_empty() {
        ptr::null_mut()
    } else {
        Box::into_raw(Box::new(added))
    };
    ADDED.store(added, Ordering::Release);
}

/// Whether the words of an added name stand in this one, side by side.
pub(crate) fn is_added(name: &str) -> bool {
    // SAFETY: `set_names` alone stores here, pointers to boxes that are never freed.
    let Some(added) = (unsafe { ADDED.load(Ordering::Acquire).as_ref() }) else {
        return false;
    };
    let mut tails = iter::successors(Some(name), |&rest| next_word(rest).map(|(_, after)| after));
    tails.any(|tail| added.iter().any(|secret| begins_with(tail, secret)))
}

fn begins_with(name: &str, secret: &[String]) -> bool {
    let mut words = words(name);
    // By character: a fatal signal's handler asks too, where nothing may be allocated.
    let same = |word: &str, secret: &str| {
        let secret = secret.chars().flat_map(char::to_lowercase);
        word.chars().flat_map(char::to_lowercase).eq(secret)
    };
    secret
        .iter()
        .all(|secret| words.next().is_some_and(|word| same(word, secret)))
}

fn words(mut rest: &str) -> impl Iterator<Item = &str> {
    iter::from_fn(move || {
        let (word, after) = next_word(rest)?;
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_program_adds_are_found_by_their_words() {
        // The list is the program's: no other unit test uses these names.
        set_names(&[
            "iban".into(),
            "customer_zip".into(),
            "größe".into(),
            "2".into(),
            "".into(),
        ]);
        for name in [
            "iban",
            "IBAN",
            "theIban",
            "iban2",
            "customerZip",
            "a_customer_zip_b",
            "GRÖSSE_Größe",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["ibank", "zip", "customer", "customer_of_zip", "q", "2", ""] {
            assert!(!is_secret(name), "{name}");
        }
        set_names(&[]);
        assert!(!is_secret("iban") && is_secret("password"));
    }
}
