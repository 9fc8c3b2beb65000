//! The variables of a frame and their recorded values.

#[cfg(native_elf)]
use crate::capture::ValueKind;
use crate::capture::{Capture, Limits, Tag, Value, mode, secret};
#[cfg(native_elf)]
use crate::code::Loss;
use crate::code::{Code, Freshness, Missing, State, Variable, Within};
use crate::config;
use crate::stack::Snapshot;
use std::fmt;
#[cfg(native_elf)]
use std::ops::RangeInclusive;

/// Variables shown when printed; the rest is counted.
const SHOWN: usize = Limits::DEFAULT.locals;

/// The variables in scope in a frame: Python's `f_locals`, arguments first, then in the order of
/// declaration.
///
/// `Display` prints `{s: "abc", value: <not yet assigned>}`, at most 32 variables; `{:#}` prints
/// one a line.
///
/// ```
/// use stacklens::{currentframe, frame};
///
/// #[frame]
/// fn scale(factor: f64) -> String {
///     let points = vec![1, 2];
///     let locals = currentframe().unwrap().locals();
///     assert_eq!(locals.get("factor").unwrap().value().as_f64(), Some(factor));
///     assert!(locals.get("nothing").is_none());
///     assert_eq!(points.len(), 2);
///     locals.to_string()
/// }
///
/// assert_eq!(scale(0.5), "{factor: 0.5, points: [1, 2], locals: <not yet assigned>}");
/// ```
#[derive(Clone, Default)]
pub struct Locals {
    list: Vec<Local>,
    finished: bool,
}

/// One variable of a frame.
///
/// `Display` prints `name: value`, followed by `(as of line 7)` if the value may have changed since
/// it was recorded there.
#[derive(Clone)]
pub struct Local {
    name: &'static str,
    value: Value,
    is_arg: bool,
    as_of_line: Option<u32>,
    origin: Origin,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// `#[frame]` copied it while the function ran.
    Recorded,
    /// It was read from the running function's memory as the program's debug information describes it, when it was
    /// asked for. In a function with `#[frame]` only what is initialised and not moved out is read; of another function
    /// nobody knows that: it is what a debugger would show.
    DebugInfo,
}

impl Locals {
    /// Those of a frame that is gone.
    pub(super) fn finished() -> Locals {
        Locals {
            list: Vec::new(),
            finished: true,
        }
    }

    /// Those that debug information told of.
    #[cfg(native_elf)]
    pub(crate) fn of_debug_info(list: Vec<Local>) -> Locals {
        Locals {
            list,
            finished: false,
        }
    }

    /// The variable of this name.
    pub fn get(&self, name: &str) -> Option<&Local> {
        self.list.iter().find(|local| local.name == name)
    }

    /// The variables in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Local> {
        self.list.iter()
    }

    /// The number of variables.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether these are asked of a frame that had finished: then there is none.
    pub fn is_finished(&self) -> bool {
        self.finished
    }
}

impl Local {
    /// A variable that debug information told of.
    #[cfg(native_elf)]
    pub(crate) fn of_debug_info(name: &'static str, value: Value, is_arg: bool) -> Local {
        Local {
            name,
            value,
            is_arg,
            as_of_line: None,
            origin: Origin::DebugInfo,
        }
    }

    /// The variable's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value as recorded, or what stands for it (`<not yet assigned>`, `<redacted>`, ..).
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Full name of its type, as `std::any::type_name` gives it. `None` where no value was
    /// recorded: a type is learned together with a value.
    pub fn type_name(&self) -> Option<&'static str> {
        self.value.type_name()
    }

    /// Whether it is an argument of the function.
    pub fn is_arg(&self) -> bool {
        self.is_arg
    }

    /// The line at which the value was recorded, if the variable may have changed since. `None`:
    /// the value is current.
    pub fn as_of_line(&self) -> Option<u32> {
        self.as_of_line
    }

    /// Where the value comes from.
    pub fn origin(&self) -> Origin {
        self.origin
    }
}

/// The variables in scope at the position where the copy was taken.
pub(super) fn read(code: &Code, snapshot: &Snapshot) -> Locals {
    read_at(code, snapshot, Within::Statement(snapshot.position()))
}

/// The same, at a place that need not be in the statement of the frame's position.
pub(super) fn read_at(code: &Code, snapshot: &Snapshot, at: Within) -> Locals {
    // What may be shown is a setting, and this may be the first to ask for one.
    config::settings();
    let local = |(variable, state): (&Variable, State)| {
        let (value, as_of) = value(variable, state, snapshot, at);
        Local {
            name: variable.name(),
            value,
            is_arg: variable.is_argument(),
            as_of_line: as_of.map(|captured| code.place(captured).line),
            origin: Origin::Recorded,
        }
    };
    Locals {
        list: code
            .variables_at(at.position())
            .into_iter()
            .map(local)
            .collect(),
        finished: false,
    }
}

/// A variable whose memory is to be read.
#[cfg(native_elf)]
pub(crate) struct Wanted<'w> {
    pub(crate) name: &'w str,
    pub(crate) is_argument: bool,
    /// The lines on which it may be declared.
    pub(crate) declared: RangeInclusive<u32>,
    /// What may have become of it: where its type does not say that nothing has, there is nothing to read.
    pub(crate) losses: &'w [Loss<'static>],
    /// Whether the statement that runs may take another variable: what is referred to may be gone with it.
    pub(crate) others_go: bool,
}

/// Reads a variable, or says what stands for it.
#[cfg(native_elf)]
pub(crate) type ReadLive<'a> = dyn FnMut(&Wanted<'_>) -> Option<Value> + 'a;

/// What the variables hold now, for a frame that is still there.
///
/// The newest value that is sure to be right is taken: the recorded copy while it is current and whole, else what is in
/// memory, else the older copy. What is not yet assigned, or may be moved out, is not read: that only the macro knows.
#[cfg(native_elf)]
pub(super) fn read_live(code: &Code, snapshot: &Snapshot, live: &mut ReadLive<'_>) -> Locals {
    let mut locals = read(code, snapshot);
    let position = snapshot.position();
    for (local, (variable, state)) in locals.list.iter_mut().zip(code.variables_at(position)) {
        let is_whole = local.as_of_line.is_none() && local.value.is_complete();
        let is_hidden = holds_secret(&local.value)
            || variable.missing() == Some(Missing::Skipped)
            || !mode::allows(Capture::Cheap);
        if state == State::Unassigned || is_hidden || is_whole || !local.value.is_assigned() {
            continue;
        }
        let captured = variable.slot().and_then(|slot| snapshot.slot(slot));
        let captured = captured.filter(|captured| captured.tag != Tag::EMPTY);
        let has_copy = captured.is_some() && local.value.opaque_type_name().is_none();
        let position_of = captured.map(|captured| captured.position);
        let losses = variable.losses(position_of, position);
        let found = live(&Wanted {
            name: local.name,
            is_argument: variable.is_argument(),
            declared: code.declared_within(variable),
            losses: &losses,
            others_go: code.takes_another(variable, position),
        });
        // Of what may have been moved out, a copy is better than nothing.
        let found = found.filter(|value| {
            !has_copy
                || !matches!(
                    value.kind(),
                    ValueKind::Omitted | ValueKind::Opaque | ValueKind::Moved
                )
        });
        if let Some(value) = found {
            local.as_of_line = None;
            if value.is_assigned() {
                local.origin = Origin::DebugInfo;
            }
            local.value = value;
        }
    }
    locals
}

/// Whether something in the value is not to be seen.
#[cfg(native_elf)]
fn holds_secret(value: &Value) -> bool {
    value.is_redacted()
        || value.inner().is_some_and(holds_secret)
        || value.items().any(holds_secret)
        || value.fields().any(|(_, value)| holds_secret(value))
        || value
            .entries()
            .any(|(key, value)| holds_secret(key) || holds_secret(value))
}

/// The value, and the position at which it was captured if it may have changed since.
fn value(
    variable: &Variable,
    state: State,
    snapshot: &Snapshot,
    at: Within,
) -> (Value, Option<u32>) {
    let value = match variable.missing() {
        _ if state == State::Unassigned => Value::not_yet_assigned(),
        Some(Missing::Redacted) => Value::redacted(),
        Some(Missing::Skipped) => Value::omitted("skipped"),
        Some(Missing::NotCaptured) => Value::omitted("not captured"),
        None if !mode::allows(Capture::Cheap) => Value::omitted("switched off"),
        None if secret::is_added(variable.name()) => Value::redacted(),
        None => return captured(variable, snapshot, at),
    };
    (value, None)
}

fn captured(variable: &Variable, snapshot: &Snapshot, at: Within) -> (Value, Option<u32>) {
    let captured = variable
        .slot()
        .and_then(|slot| snapshot.slot(slot))
        .filter(|c| c.tag != Tag::EMPTY);
    let Some(captured) = captured else {
        return (Value::omitted("not captured"), None);
    };
    let value = || Value::decode(captured.tag, captured.bits, &captured.bytes);
    match variable.freshness(captured.position, at) {
        Freshness::Current => (value(), None),
        Freshness::AsOfCapture => (value(), Some(captured.position)),
        Freshness::MaybeMoved => (Value::moved(), None),
    }
}

impl<'a> IntoIterator for &'a Locals {
    type Item = &'a Local;
    type IntoIter = std::slice::Iter<'a, Local>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Locals {
    type Item = Local;
    type IntoIter = std::vec::IntoIter<Local>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name)?;
        // As the formatter asks for it: `{:#}` of the locals is `{:#}` of the value.
        fmt::Display::fmt(&self.value, f)?;
        match self.as_of_line {
            Some(line) => write!(f, " (as of line {line})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Locals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.finished {
            return f.write_str("<finished>");
        }
        // `DebugSet` brings braces, commas, and the indentation of `{:#}`.
        let mut set = f.debug_set();
        set.entries(self.list.iter().take(SHOWN));
        match self.list.len().checked_sub(SHOWN) {
            None | Some(0) => set.finish(),
            Some(more) => set.entry(&format_args!("... {more} more")).finish(),
        }
    }
}

impl fmt::Debug for Locals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(name: &'static str, value: Value, as_of_line: Option<u32>) -> Local {
        Local {
            name,
            value,
            is_arg: false,
            as_of_line,
            origin: Origin::Recorded,
        }
    }

    fn locals(list: Vec<Local>) -> Locals {
        Locals {
            list,
            finished: false,
        }
    }

    fn two() -> Locals {
        locals(vec![
            local("s", Value::redacted(), None),
            local("value", Value::not_yet_assigned(), Some(7)),
        ])
    }

    #[test]
    fn locals_print_like_a_map() {
        assert_eq!(
            two().to_string(),
            "{s: <redacted>, value: <not yet assigned> (as of line 7)}"
        );
        assert_eq!(Locals::default().to_string(), "{}");
        assert_eq!(format!("{:?}", two()), two().to_string());
    }

    #[test]
    fn the_alternate_form_has_one_variable_a_line() {
        let expected = "{\n    s: <redacted>,\n    value: <not yet assigned> (as of line 7),\n}";
        assert_eq!(format!("{:#}", two()), expected);
    }

    #[test]
    fn what_is_beyond_thirty_two_is_counted() {
        let many = |n| {
            locals(
                (0..n)
                    .map(|_| local("x", Value::redacted(), None))
                    .collect(),
            )
        };
        assert!(!many(32).to_string().contains("more"));
        assert!(many(35).to_string().ends_with("x: <redacted>, ... 3 more}"));
        assert_eq!(many(35).iter().count(), 35);
    }

    #[test]
    fn the_locals_of_a_finished_frame_say_so() {
        let finished = Locals::finished();
        assert!(finished.is_empty() && finished.is_finished());
        assert_eq!(format!("{finished} {finished:#}"), "<finished> <finished>");
    }
}
