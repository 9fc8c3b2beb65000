//! A variable of a report's frame: the value is text by now.

use crate::capture::{Limits, Value, ValueKind};
use crate::inspect::{Local, Origin};
use std::borrow::Cow;

/// A variable of a [`Frame`](super::Frame), with its value as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its value as `Debug` prints it, or what stands for one: `<not yet assigned>`, `<redacted>`, ..
    pub value: Cow<'static, str>,
    /// Whether there is a value, and if not, why.
    pub state: State,
    /// Its type's full name, where it is known.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_name: Option<Cow<'static, str>>,
    /// Whether it is an argument.
    pub is_arg: bool,
    /// The line at which the value was taken, if it may have changed since.
    pub as_of_line: Option<u32>,
    /// Bytes of the whole text or items of the whole container, if only a part was kept.
    pub whole: Option<usize>,
    /// Whether all of the value is in the text.
    pub is_complete: bool,
    /// Where the value comes from.
    pub origin: Cow<'static, str>,
}

/// Whether a [`Variable`] has a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum State {
    /// It has.
    #[default]
    Known,
    /// Declared, not reached.
    NotYetAssigned,
    /// It may have been moved out.
    Moved,
    /// Not to be seen.
    Redacted,
    /// Not taken; the text says why.
    Omitted,
    /// Only its type is known.
    Opaque,
}

impl Variable {
    /// A variable whose value is text already.
    pub fn text(
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Variable {
        Variable {
            name: name.into(),
            value: value.into(),
            state: State::Known,
            type_name: None,
            is_arg: false,
            as_of_line: None,
            whole: None,
            is_complete: true,
            origin: Cow::Borrowed("recorded"),
        }
    }

    /// A variable with a value, which becomes text within `limits`.
    pub fn new(name: impl Into<Cow<'static, str>>, value: &Value, limits: &Limits) -> Variable {
        let is_complete = value.is_complete();
        let whole = value
            .len()
            .filter(|_| !is_complete && value.kind() != ValueKind::Struct);
        Variable {
            state: State::of(value.kind()),
            type_name: value.type_name().map(Cow::Borrowed),
            whole,
            is_complete,
            ..Variable::text(name, value.display(limits).to_string())
        }
    }

    /// Takes the value out.
    pub(super) fn redact(&mut self) {
        self.value = Cow::Borrowed("<redacted>");
        self.state = State::Redacted;
        (self.whole, self.is_complete) = (None, false);
    }

    /// A recorded variable.
    pub fn of(local: &Local, limits: &Limits) -> Variable {
        Variable {
            origin: Cow::Borrowed(match local.origin() {
                Origin::Recorded => "recorded",
                Origin::DebugInfo => "debug info",
            }),
            is_arg: local.is_arg(),
            as_of_line: local.as_of_line(),
            ..Variable::new(local.name(), local.value(), limits)
        }
    }
}

impl State {
    /// As the JSON form has it: `known`, `not_yet_assigned`, ..
    pub fn as_str(self) -> &'static str {
        match self {
            State::Known => "known",
            State::NotYetAssigned => "not_yet_assigned",
            State::Moved => "moved",
            State::Redacted => "redacted",
            State::Omitted => "omitted",
            State::Opaque => "opaque",
        }
    }

    fn of(kind: ValueKind) -> State {
        match kind {
            ValueKind::NotYetAssigned => State::NotYetAssigned,
            ValueKind::Moved => State::Moved,
            ValueKind::Redacted => State::Redacted,
            ValueKind::Omitted => State::Omitted,
            ValueKind::Opaque => State::Opaque,
            _ => State::Known,
        }
    }
}
