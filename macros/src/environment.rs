//! What the environment of the build says: `STACKLENS=capture=full` for all attributes that do not say otherwise.
//!
//! The library reads the other settings when the program runs (src/config/environment.rs), and complains of what is
//! wrong there.

use crate::options::Capture;
use std::sync::OnceLock;

/// The mode where an attribute names none.
///
/// # Errors
/// The variable names one that there is not.
pub(crate) fn capture() -> Result<Option<Capture>, &'static str> {
    static READ: OnceLock<Result<Option<Capture>, String>> = OnceLock::new();
    let read = || parse(&std::env::var("STACKLENS").unwrap_or_default());
    match READ.get_or_init(read) {
        Ok(capture) => Ok(*capture),
        Err(message) => Err(message),
    }
}

fn parse(variable: &str) -> Result<Option<Capture>, String> {
    let settings = variable.split(',').filter_map(|part| part.split_once('='));
    let mut modes = settings
        .filter(|(key, _)| key.trim() == "capture")
        .map(|(_, mode)| mode.trim());
    match modes.next_back() {
        Some(mode) => match Capture::named(mode) {
            Some(capture) => Ok(Some(capture)),
            None => Err(format!(
                "the environment has STACKLENS={variable:?}: `capture` is none, cheap or full, not {mode:?}"
            )),
        },
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_found_among_other_settings() {
        assert!(parse("capture=full") == Ok(Some(Capture::Full)));
        assert!(parse("color=never, capture = none ,format=json") == Ok(Some(Capture::None)));
        assert!(parse("capture=none,capture=cheap") == Ok(Some(Capture::Cheap)));
        for other in ["", "color=never", "capture", "recapture=full", ",,="] {
            assert!(parse(other) == Ok(None), "{other}");
        }
    }

    #[test]
    fn a_mode_that_there_is_not_is_named() {
        let message = parse("capture=ful").err().unwrap();
        assert!(
            message.ends_with("`capture` is none, cheap or full, not \"ful\""),
            "{message}"
        );
    }
}
