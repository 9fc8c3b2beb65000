//! Errors and panics as data: the message, what caused it, what was said about it.

use crate::capture::{Limits, unending};
use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// An error or a panic, with its causes: the root of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Failure {
    /// What it says of itself. Empty where nothing failed.
    pub message: Cow<'static, str>,
    /// The full name of its type, where it is known.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_name: Option<Cow<'static, str>>,
    /// How it belongs to the failure that lists it among its causes. Of the root it means nothing.
    pub relation: Relation,
    /// What was said about it, in order.
    pub notes: Vec<Note>,
    /// What caused it: usually one, several for an error that collects others.
    pub causes: Vec<Failure>,
    /// Causes that were left out because there were too many, at any depth below.
    pub causes_omitted: usize,
}

/// How a cause belongs to what it caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Relation {
    /// It is the error's `source()`, or one of several.
    #[default]
    Source,
    /// It was being handled when the other happened: a panic during a panic.
    During,
}

/// Something that was said about a failure on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Note {
    /// The text.
    pub text: Cow<'static, str>,
    /// The file where it was added.
    pub file: Cow<'static, str>,
    /// Its line; 0 if it is not known.
    pub line: u32,
    /// Its column; 0 if it is not known.
    pub column: u32,
}

impl Failure {
    /// A failure with its message.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Failure {
        Failure {
            message: message.into(),
            ..Failure::default()
        }
    }

    /// An error and its chain of sources, their messages within `limits`.
    ///
    /// Runs the errors' own `Display`: not in a panic hook. A message is cut at
    /// [`Limits::message_bytes`], which also stops a `Display` that would go on; one that panics gives
    /// `<its Display panicked>`; of a chain that is longer than [`Limits::causes`], or goes in a circle,
    /// the rest is counted.
    ///
    /// ```
    /// use stacklens::{Limits, report::Failure};
    ///
    /// let error = "x".parse::<i32>().unwrap_err();
    /// let failure = Failure::of(&error, &Limits::DEFAULT);
    /// assert_eq!(failure.message, "invalid digit found in string");
    /// assert_eq!(failure.type_name.unwrap(), "core::num::error::ParseIntError");
    /// ```
    pub fn of<E: Error + 'static>(error: &E, limits: &Limits) -> Failure {
        Failure::of_dyn(error, limits).with_type(std::any::type_name::<E>())
    }

    /// As [`of`](Failure::of), of an error whose type is not known; std's own are recognised.
    pub fn of_dyn(error: &(dyn Error + 'static), limits: &Limits) -> Failure {
        let mut chain = Vec::new();
        let mut rest = Some(error);
        let most = limits.causes.min(MOST_KEPT);
        while let Some(error) = rest.filter(|_| chain.len() < most) {
            chain.push(Failure::one(error, limits));
            rest = source(error);
        }
        let mut omitted = 0;
        while let Some(error) = rest.filter(|_| omitted < MOST_COUNTED) {
            omitted += 1;
            rest = source(error);
        }
        let last = chain.pop().unwrap_or_default();
        let last = Failure {
            causes_omitted: omitted,
            ..last
        };
        chain
            .into_iter()
            .rev()
            .fold(last, |cause, failure| failure.with_cause(cause))
    }

    fn one(error: &(dyn Error + 'static), limits: &Limits) -> Failure {
        Failure {
            message: message(&error, limits).into(),
            type_name: std_type(error).map(Cow::Borrowed),
            ..Failure::default()
        }
    }

    /// Of something that is no `Error` but can be shown; as careful as [`of`](Failure::of).
    pub fn of_display(shown: &dyn fmt::Display, limits: &Limits) -> Failure {
        Failure::new(message(shown, limits))
    }

    /// What a panic said: a text, or else the type of its payload if it is a known one. Runs no code of
    /// the payload's.
    pub fn of_payload(payload: &(dyn Any + Send), limits: &Limits) -> Failure {
        let text = match (
            payload.downcast_ref::<&'static str>(),
            payload.downcast_ref::<String>(),
        ) {
            (Some(text), _) => Some(*text),
            (None, Some(text)) => Some(text.as_str()),
            (None, None) => None,
        };
        match text {
            Some(text) => Failure::new(cut(text, limits.message_bytes)),
            None => Failure::new("<the payload is no text>").with_type("Box<dyn Any>"),
        }
    }

    /// With the full name of its type.
    #[must_use]
    pub fn with_type(mut self, name: impl Into<Cow<'static, str>>) -> Failure {
        self.type_name = Some(name.into());
        self
    }

    /// With one more cause.
    #[must_use]
    pub fn with_cause(mut self, cause: Failure) -> Failure {
        self.causes.push(cause);
        self
    }

    /// With what was being handled when it happened.
    #[must_use]
    pub fn during(mut self, earlier: Failure) -> Failure {
        self.causes.push(Failure {
            relation: Relation::During,
            ..earlier
        });
        self
    }

    /// With one more note.
    #[must_use]
    pub fn with_note(mut self, note: Note) -> Failure {
        self.notes.push(note);
        self
    }

    /// The last part of the type's path, without parameters: `ParseIntError`.
    pub fn short_type(&self) -> Option<&str> {
        let name = self.type_name.as_deref()?;
        let path = name.split('<').next().unwrap_or(name);
        Some(path.rsplit("::").next().unwrap_or(path)).filter(|short| !short.is_empty())
    }
}

impl Note {
    /// A note without a place.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Note {
        Note {
            text: text.into(),
            ..Note::default()
        }
    }

    /// With the place where it was added.
    #[must_use]
    pub fn at(mut self, file: impl Into<Cow<'static, str>>, line: u32, column: u32) -> Note {
        (self.file, self.line, self.column) = (file.into(), line, column);
        self
    }
}

impl Relation {
    /// As the JSON form has it: `source`, `during`.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Source => "source",
            Relation::During => "during",
        }
    }
}

/// Causes kept whatever the limits say: a tree of them is walked level by level, on a stack that may be a
/// small thread's.
const MOST_KEPT: usize = 128;
/// A chain longer than this goes in a circle.
const MOST_COUNTED: usize = 1000;

/// The source; none if asking for it panics.
fn source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    catch_unwind(AssertUnwindSafe(|| error.source()))
        .ok()
        .flatten()
}

/// What `Display` prints, up to the limit.
fn message(shown: &dyn fmt::Display, limits: &Limits) -> String {
    let mut text = Bounded {
        text: String::new(),
        room: limits.message_bytes,
    };
    match catch_unwind(AssertUnwindSafe(|| {
        unending::write(&mut text, format_args!("{shown}"))
    })) {
        Ok(Ok(())) => text.text,
        Ok(Err(_)) => text.text + "...",
        // Its payload is the user's too: dropping it may panic again.
        Err(payload) => {
            std::mem::forget(payload);
            text.text + "<its Display panicked>"
        }
    }
}

fn cut(text: &str, room: usize) -> String {
    if text.len() <= room {
        return text.to_owned();
    }
    format!(
        "{}... ({} bytes)",
        &text[..text.floor_boundary(room)],
        text.len()
    )
}

/// A text that takes no more than there is room for, and then says so to who writes.
struct Bounded {
    text: String,
    room: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let fits = more.floor_boundary(self.room - self.text.len());
        self.text.push_str(&more[..fits]);
        if fits == more.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

/// `str::floor_char_boundary`, which the oldest supported toolchain does not have.
trait FloorBoundary {
    fn floor_boundary(&self, at: usize) -> usize;
}

impl FloorBoundary for str {
    fn floor_boundary(&self, at: usize) -> usize {
        (0..=at.min(self.len()))
            .rev()
            .find(|&at| self.is_char_boundary(at))
            .unwrap_or(0)
    }
}

/// The name of an error type of std's: behind `dyn Error` no other is known.
fn std_type(error: &(dyn Error + 'static)) -> Option<&'static str> {
    macro_rules! first_of {
        ($($known:ty),* $(,)?) => {
            $(if error.is::<$known>() {
                return Some(std::any::type_name::<$known>());
            })*
        };
    }
    first_of!(
        std::io::Error,
        std::fmt::Error,
        std::num::ParseIntError,
        std::num::ParseFloatError,
        std::num::TryFromIntError,
        std::str::ParseBoolError,
        std::char::ParseCharError,
        std::char::CharTryFromError,
        std::str::Utf8Error,
        std::string::FromUtf8Error,
        std::string::FromUtf16Error,
        std::array::TryFromSliceError,
        std::cell::BorrowError,
        std::cell::BorrowMutError,
        std::env::VarError,
        std::env::JoinPathsError,
        std::ffi::NulError,
        std::ffi::IntoStringError,
        std::ffi::FromBytesWithNulError,
        std::ffi::FromBytesUntilNulError,
        std::net::AddrParseError,
        std::path::StripPrefixError,
        std::sync::mpsc::RecvError,
        std::sync::mpsc::RecvTimeoutError,
        std::sync::mpsc::TryRecvError,
        std::time::SystemTimeError,
        std::collections::TryReserveError,
        std::alloc::LayoutError,
    );
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    struct By(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

    impl fmt::Display for By {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0(f)
        }
    }

    impl fmt::Debug for By {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0(f)
        }
    }

    #[derive(Debug)]
    struct Circle;

    impl fmt::Display for Circle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }

    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Circle)
        }
    }

    fn limits(message_bytes: usize, causes: usize) -> Limits {
        let mut limits = Limits::DEFAULT;
        (limits.message_bytes, limits.causes) = (message_bytes, causes);
        limits
    }

    #[test]
    fn a_chain_is_kept_in_order_with_the_types_that_are_known() {
        let inner = "x".parse::<u8>().unwrap_err();
        let failure = Failure::of(&std::io::Error::other(inner), &Limits::DEFAULT);
        assert_eq!(failure.short_type(), Some("Error"));
        assert_eq!(failure.message, "invalid digit found in string");
        // Of a custom error, `io::Error` shows the message as its own and has what is behind it as source.
        assert!(failure.causes.is_empty());
    }

    #[test]
    fn a_chain_that_goes_in_a_circle_ends() {
        let failure = Failure::of(&Circle, &limits(10, 3));
        assert_eq!(failure.message, "again");
        let last = &failure.causes[0].causes[0];
        assert_eq!((last.causes.len(), last.causes_omitted), (0, MOST_COUNTED));

        let mut last = &Failure::of(&Circle, &limits(10, usize::MAX));
        let mut kept = 1;
        while let [cause] = &last.causes[..] {
            (last, kept) = (cause, kept + 1);
        }
        assert_eq!(kept, MOST_KEPT);
    }

    #[test]
    fn a_message_without_end_is_cut() {
        let endless = By(|f| {
            loop {
                f.write_str("é")?;
            }
        });
        assert_eq!(message(&endless, &limits(5, 1)), "éé...");
        assert_eq!(message(&"12345", &limits(5, 1)), "12345");
    }

    #[test]
    fn a_message_that_panics_says_so() {
        let panics = By(|f| {
            f.write_str("half ")?;
            panic!()
        });
        assert_eq!(
            message(&panics, &Limits::DEFAULT),
            "half <its Display panicked>"
        );
    }

    #[test]
    fn a_payload_is_its_text_or_says_that_it_is_none() {
        let of =
            |payload: Box<dyn Any + Send>| Failure::of_payload(&*payload, &limits(4, 1)).message;
        assert_eq!(of(Box::new("abc")), "abc");
        assert_eq!(of(Box::new("abcdé".to_owned())), "abcd... (6 bytes)");
        assert_eq!(of(Box::new(7)), "<the payload is no text>");
    }
}
