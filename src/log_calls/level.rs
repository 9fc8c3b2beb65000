//! How important a logged function is.

use std::fmt;
use std::str::FromStr;

/// The importance that `#[log_calls(level = "..")]` gives a function, most important first.
///
/// ```
/// use stacklens::log_calls::Level;
///
/// assert!(Level::Error < Level::Debug);
/// assert_eq!("debug".parse(), Ok(Level::Debug));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// `"error"`
    Error = 1,
    /// `"warn"`
    Warn = 2,
    /// `"info"`: what a function has that names no level.
    #[default]
    Info = 3,
    /// `"debug"`
    Debug = 4,
    /// `"trace"`
    Trace = 5,
}

/// The text is no level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLevel;

impl fmt::Display for UnknownLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `error`, `warn`, `info`, `debug` or `trace`")
    }
}

impl std::error::Error for UnknownLevel {}

const NAMES: [(&str, Level); 5] = [
    ("error", Level::Error),
    ("warn", Level::Warn),
    ("info", Level::Info),
    ("debug", Level::Debug),
    ("trace", Level::Trace),
];

impl Level {
    /// `"error"`, `"warn"`, `"info"`, `"debug"` or `"trace"`.
    pub fn as_str(self) -> &'static str {
        NAMES[self as usize - 1].0
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Upper and lower case are the same.
    fn from_str(text: &str) -> Result<Level, UnknownLevel> {
        NAMES
            .iter()
            .find(|(name, _)| text.eq_ignore_ascii_case(name))
            .map(|(_, level)| *level)
            .ok_or(UnknownLevel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_reads_what_it_prints() {
        for (name, level) in NAMES {
            assert_eq!(level.to_string().parse(), Ok(level));
            assert_eq!(name.to_uppercase().parse(), Ok(level));
        }
        assert_eq!("loud".parse::<Level>(), Err(UnknownLevel));
    }
}
