//! Where a generator's body is.

use super::body::{Body, State};
use std::fmt;
use std::future::Future;

/// Where the body of a generator is, as [`Generator::frame`](super::Generator::frame) gives it: a copy.
///
/// `Display` prints `count_down in src/main.rs:6`.
#[derive(Clone)]
pub struct GeneratorFrame {
    started: bool,
    name: &'static str,
    place: (&'static str, u32, u32),
}

impl GeneratorFrame {
    pub(super) fn of<T, F: Future, S>(body: &Body<T, F, S>) -> Option<GeneratorFrame> {
        if body.state() == State::Finished {
            return None;
        }
        let place = body.channel().place();
        let at = place.unwrap_or(body.made());
        Some(GeneratorFrame {
            started: body.state() != State::Created,
            name: function(body.type_name()),
            place: (at.file(), at.line(), at.column()),
        })
    }

    /// Whether it has run up to a first `yield_`.
    pub fn is_started(&self) -> bool {
        self.started
    }

    /// The function's name, or that of the one that the body's closure is in.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Path of the source file, as `file!()` gives it.
    pub fn file(&self) -> &'static str {
        self.place.0
    }

    /// The line of the `yield_` at which it waits; before it has started, that at which the generator was made. Python's
    /// `f_lineno`.
    pub fn line(&self) -> u32 {
        self.place.1
    }

    /// The column of the same.
    pub fn column(&self) -> u32 {
        self.place.2
    }
}

/// `count_down` of `mycrate::count_down::{{closure}}`, `main` of `mycrate::main::{{closure}}::{{closure}}`.
fn function(type_name: &'static str) -> &'static str {
    type_name
        .split('<')
        .next()
        .unwrap_or(type_name)
        .split("::")
        .filter(|segment| !segment.starts_with("{{"))
        .last()
        .unwrap_or(type_name)
}

impl fmt::Display for GeneratorFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}:{}", self.name(), self.file(), self.line())
    }
}

impl fmt::Debug for GeneratorFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{self}{}",
            if self.started { "" } else { ", not started" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::function;

    #[test]
    fn a_body_is_called_as_the_function_that_it_is_in() {
        for (type_name, expected) in [
            ("krate::count_down::{{closure}}", "count_down"),
            ("krate::main::{{closure}}::{{closure}}", "main"),
            ("krate::of<alloc::vec::Vec<u8>>::{{closure}}", "of"),
            ("krate::Named", "Named"),
        ] {
            assert_eq!(function(type_name), expected, "{type_name}");
        }
    }
}
