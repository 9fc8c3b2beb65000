//! What is wrong with the input, where it is, and how the program came to notice.

use std::fmt;

use stacklens::{Inspect, Stack, Traceback};

/// A place in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Inspect)]
pub(crate) struct Place {
    #[inspect(skip)]
    pub(crate) offset: usize,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Place {
    pub(crate) const START: Place = Place {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// The place where `text`, which starts here, ends.
    pub(crate) fn after(self, text: &str) -> Place {
        let offset = self.offset + text.len();
        match text.rsplit_once('\n') {
            None => Place {
                offset,
                column: self.column + text.chars().count(),
                ..self
            },
            Some((lines, last)) => Place {
                offset,
                line: self.line + lines.split('\n').count(),
                column: 1 + last.chars().count(),
            },
        }
    }

    /// The error that something at this place is wrong.
    pub(crate) fn fail<T>(self, message: impl Into<String>) -> Result<T, Error> {
        Err(Error {
            place: self,
            message: message.into(),
            stack: stacklens::stack(),
            traceback: Traceback::capture(),
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A mistake in the input, with the stack of the function that found it.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) place: Place,
    pub(crate) message: String,
    /// Innermost first: the first frame is the one that called `fail`, which is not annotated itself.
    pub(crate) stack: Stack,
    /// The same, outermost first; with the functions that are not annotated, where the settings ask for them.
    pub(crate) traceback: Traceback,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for Error {}
