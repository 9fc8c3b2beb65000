//! Which names tell that a value is a secret.
//!
//! `macros/src/secret.rs` has the same code for names that are known when the macro runs;
//! `tests/secret_names.rs` keeps the two in step.

/// Words that make a name secret wherever they stand in it: `db_password`, `apiKey`, `AUTH_TOKEN`.
const WORDS: &[&str] = &[
    "apikey",
    "apikeys",
    "auth",
    "authentication",
    "authorization",
    "authtoken",
    "bearer",
    "cookie",
    "cookies",
    "cred",
    "credential",
    "credentials",
    "creds",
    "csrf",
    "csrftoken",
    "cvc",
    "cvv",
    "jwt",
    "key",
    "keys",
    "mnemonic",
    "oauth",
    "otp",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "phpsessid",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "secrets",
    "sessionid",
    "ssn",
    "token",
    "tokens",
    "totp",
    "xsrf",
];

/// Pairs of neighbouring words that are harmless apart.
const PAIRS: &[(&str, &str)] = &[
    ("session", "id"),
    ("credit", "card"),
    ("card", "number"),
    ("pin", "code"),
];

/// Words that are secret at the end of a longer name: `db_pass`, `card_pin`.
const ENDINGS: &[&str] = &["pass", "pin"];

/// Whether a variable or field of this name holds a secret.
///
/// The name is taken apart where words meet: at `_` and other punctuation, at digits, and in
/// `camelCase` and `HTTPServer` style. Upper and lower case are the same. Non-ASCII letters are
/// letters, but in no word of the list.
pub(crate) fn is_secret(name: &str) -> bool {
    let mut previous = "";
    let mut count = 0;
    let mut last = "";
    let mut rest = name;
    while let Some((word, after)) = next_word(rest) {
        // The comparison of lengths spares an unoptimised build most of the calls.
        let named = |known: &&str| word.len() == known.len() && word.eq_ignore_ascii_case(known);
        if WORDS.iter().any(named) {
            return true;
        }
        for (first, second) in PAIRS {
            if previous.eq_ignore_ascii_case(first) && word.eq_ignore_ascii_case(second) {
                return true;
            }
        }
        count += 1;
        previous = word;
        last = word;
        rest = after;
    }
    count > 1 && ENDINGS.iter().any(|known| last.eq_ignore_ascii_case(known))
}

/// The first word of `name` and what follows it.
pub(crate) fn next_word(name: &str) -> Option<(&str, &str)> {
    let start = name.find(|c: char| c.is_alphabetic())?;
    let name = &name[start..];
    let mut chars = name.char_indices().peekable();
    let (_, mut previous) = chars.next()?;
    while let Some((at, c)) = chars.next() {
        let next_is_lower = chars.peek().is_some_and(|(_, next)| next.is_lowercase());
        let boundary = !c.is_alphabetic()
            || c.is_uppercase()
                && (previous.is_lowercase() || previous.is_uppercase() && next_is_lower);
        if boundary {
            return Some(name.split_at(at));
        }
        previous = c;
    }
    Some((name, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_by_a_word_of_their_name() {
        for name in [
            "password",
            "db_password",
            "passwordHash",
            "PASSWORD",
            "apiKey",
            "api_key",
            "APIKey",
            "API_KEY",
            "auth",
            "oauth2",
            "authHeader",
            "token",
            "accessToken2",
            "r#token",
            "set_cookie",
            "session_id",
            "sessionId",
            "credit_card",
            "db_pass",
            "cardPin",
            "_secret",
            "JWT",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_contain_such_a_word_are_not() {
        for name in [
            "",
            "_",
            "tokenizer",
            "tokenize",
            "monkey",
            "keyboard",
            "author",
            "authored",
            "passed",
            "pass",
            "pin",
            "spinning",
            "compass",
            "secretary",
            "session",
            "card",
            "id",
            "n",
            "k",
            "keyed",
            "hotkeys_",
            "s3",
            "größe",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
