//! Where a generator's body is.

use super::body::{Body, State};
use crate::stack::copy;
use crate::suspend::{self, Id};
use crate::{FrameInfo, Locals};
use std::fmt;
use std::future::Future;

/// Where the body of a generator is, as [`Generator::frame`](super::Generator::frame) gives it: a copy.
///
/// `Display` prints `count_down in src/main.rs:6`. Of a body that has not started, that is where the generator was made;
/// of one that is not annotated, where the `yield_` is at which it waits.
#[derive(Clone)]
pub struct GeneratorFrame {
    started: bool,
    name: &'static str,
    place: (&'static str, u32, u32),
    /// Innermost first.
    frames: Vec<FrameInfo>,
    /// The last of them is the body's own.
    annotated: bool,
}

/// Frames that are looked at, if a body awaits so many annotated functions one inside the other.
const MOST: usize = 1000;

impl GeneratorFrame {
    pub(super) fn of<T, F: Future, S>(body: &Body<T, F, S>) -> Option<GeneratorFrame> {
        if body.state() == State::Finished {
            return None;
        }
        let channel = body.channel();
        let frames = between(channel.waiting(), channel.resumed_in());
        let name = function(body.type_name());
        let own = frames.last().filter(|frame| frame.name() == name);
        let place = match (own, channel.place()) {
            (Some(own), _) => (own.file(), own.line(), own.column()),
            (None, place) => {
                let at = place.unwrap_or(body.made());
                (at.file(), at.line(), at.column())
            }
        };
        Some(GeneratorFrame {
            started: body.state() != State::Created,
            name,
            place,
            annotated: own.is_some(),
            frames,
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

    /// The line at which it waits; before it has started, that at which the generator was made. Python's `f_lineno`.
    pub fn line(&self) -> u32 {
        self.place.1
    }

    /// The column of the same.
    pub fn column(&self) -> u32 {
        self.place.2
    }

    /// The variables of an annotated body, where it waits. Python's `f_locals`.
    pub fn locals(&self) -> Locals {
        match self.frames.last().filter(|_| self.annotated) {
            Some(own) => own.locals(),
            None => Locals::default(),
        }
    }

    /// The annotated functions that wait: the one whose `yield_` it is first, and the body, if that is annotated, last.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }
}

/// The number of the frame that is polled now; 0 outside of all.
pub(super) fn current() -> Id {
    suspend::thread::current().id()
}

/// Copies of the frames from `innermost` to the one that is polled by `base`.
fn between(innermost: Id, base: Id) -> Vec<FrameInfo> {
    let mut found = Vec::new();
    let mut values = Vec::new();
    let mut id = innermost;
    while id != 0 && id != base && found.len() < MOST {
        let Some((class, node)) = suspend::find(id) else {
            break;
        };
        let before = found.len();
        copy(class, node, &mut found, &mut values, &mut 0);
        // A future that is gone may have left its node to another.
        match found.get(before) {
            Some(copied) if copied.id == id => id = copied.parent,
            _ => {
                found.truncate(before);
                break;
            }
        }
    }
    let depth = |index| found.len() - index;
    found
        .iter()
        .enumerate()
        .map(|(index, copied)| FrameInfo::new(copied.snapshot(&values, depth(index))))
        .collect()
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
        write!(f, "{self}")?;
        match (self.started, self.annotated) {
            (false, _) => f.write_str(", not started"),
            (true, true) => write!(f, " {}", self.locals()),
            (true, false) => Ok(()),
        }
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
