//! Several errors as one.

use super::Error;
use std::error::Error as StdError;
use std::fmt;

/// A message about errors that have nothing in common but the place where they were collected.
pub(super) struct Many {
    message: String,
    pub(super) errors: Vec<Error>,
}

impl Many {
    pub(super) fn new(message: String, errors: impl Iterator<Item = Error>) -> Many {
        Many {
            message,
            errors: errors.collect(),
        }
    }
}

impl fmt::Display for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !f.alternate() || self.errors.is_empty() {
            return Ok(());
        }
        for (i, error) in self.errors.iter().enumerate() {
            f.write_str(if i == 0 { ": [" } else { "; " })?;
            write!(f, "{error:#}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Many {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<&dyn StdError> = self.errors.iter().map(Error::as_dyn).collect();
        f.debug_struct("Many")
            .field("message", &self.message)
            .field("errors", &errors)
            .finish()
    }
}

impl StdError for Many {}
