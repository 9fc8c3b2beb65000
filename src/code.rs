//! The static facts of an annotated function.
//!
//! `#[frame]` leaves them in the binary as one string literal. It is decoded when somebody first
//! asks, never when the function runs, and kept for the rest of the program: a [`Code`] is always
//! `&'static`.

mod cache;
mod decode;
#[cfg(test)]
pub(crate) mod fixture;
#[cfg(fuzzing)]
mod fuzz;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
mod scan;
mod variable;

#[cfg(fuzzing)]
pub(crate) use fuzz::fuzz;
#[cfg_attr(not(target_os = "linux"), allow(unused_imports))]
pub(crate) use scan::Scan;
pub(crate) use variable::{Freshness, Missing, State, Variable, Within};
#[cfg(native_elf)]
pub(crate) use variable::{Loss, What};

use crate::stack::Meta;
use std::fmt;

/// What is known of an annotated function without running it: CPython's `f_code`.
///
/// ```
/// use stacklens::{currentframe, frame};
///
/// #[frame]
/// fn area(width: u32, height: u32) -> &'static stacklens::Code {
///     let _product = width * height;
///     currentframe().unwrap().code()
/// }
///
/// let code = area(2, 3);
/// assert_eq!(code.name(), "area");
/// assert_eq!(code.argcount(), 2);
/// assert_eq!(code.varnames(), ["width", "height", "_product"]);
/// assert!(code.first_line() < code.last_line());
/// assert!(!code.is_async());
/// ```
///
/// Two handles of one function compare equal, also when the compiler made several copies of it.
///
/// # Cost
///
/// The first question about a function decodes its literal (microseconds, a few allocations). Each
/// later one is a look-up in a table without locks; methods of a `Code` itself only read fields.
pub struct Code {
    text: &'static str,
    name: &'static str,
    qualifier: &'static str,
    module: &'static str,
    file: &'static str,
    qualified_name: Box<str>,
    flags: Flags,
    argcount: usize,
    first: Place,
    last_line: u32,
    places: Box<[Place]>,
    /// By position: where what begins there ends, or what ends there begins.
    other_ends: Box<[(u32, Place)]>,
    embedded: Option<Embedded>,
    variables: Box<[Variable]>,
    varnames: Box<[&'static str]>,
}

/// A line and a column, both counted from 1; 0 where unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Source lines that are in the program: `#[frame(embed)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Embedded {
    first_line: u32,
    text: &'static str,
}

impl Embedded {
    /// Each with its number.
    pub(crate) fn lines(self) -> impl Iterator<Item = (u32, &'static str)> {
        let numbered = move |(index, line)| (self.first_line.saturating_add(index), line);
        (0..).zip(self.text.split('\u{1}')).map(numbered)
    }
}

#[derive(Clone, Copy, Default)]
struct Flags(u32);

impl Flags {
    const ASYNC: u32 = 1;
    const UNSAFE: u32 = 1 << 1;
    const METHOD: u32 = 1 << 2;
    const GENERIC: u32 = 1 << 3;
    const CLOSURE: u32 = 1 << 4;
    const HIDDEN: u32 = 1 << 5;
    const TRACK_CALLER: u32 = 1 << 6;
    const EMBEDDED: u32 = 1 << 7;

    fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

impl Code {
    /// The code that this metadata describes, decoded when it is asked for the first time. Of a record
    /// that was never written nothing is known: `?`, line 0.
    pub(crate) fn of(meta: Option<Meta>) -> &'static Code {
        cache::get(meta)
    }

    /// The function's name as it is written: `parse`. A frame made by `framed!` has the name given
    /// there.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Module, type where it is known, and name: `mycrate::config::Parser::parse`.
    ///
    /// The type is known for functions annotated through their whole `impl` or `trait`. For a
    /// single annotated method [`Frame::qualified_name`](crate::Frame::qualified_name) learns it
    /// from `self` as well.
    pub fn qualified_name(&self) -> &str {
        &self.qualified_name
    }

    /// Path of the module that holds the function, as `module_path!()` gives it.
    pub fn module(&self) -> &'static str {
        self.module
    }

    /// Path of the source file, as `file!()` gives it.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Line where the function's signature begins.
    pub fn first_line(&self) -> u32 {
        self.first.line
    }

    /// Line of the brace that ends the body.
    pub fn last_line(&self) -> u32 {
        self.last_line
    }

    /// Names of the variables that frames of this function may show: arguments first, then in the
    /// order of declaration, each name once.
    pub fn varnames(&self) -> &[&'static str] {
        &self.varnames
    }

    /// Number of arguments, `self` included.
    pub fn argcount(&self) -> usize {
        self.argcount
    }

    /// Whether this is an `async fn` or an async block.
    pub fn is_async(&self) -> bool {
        self.flags.has(Flags::ASYNC)
    }

    /// Whether this is an `unsafe fn`, or its body contains `unsafe`.
    pub fn is_unsafe(&self) -> bool {
        self.flags.has(Flags::UNSAFE)
    }

    /// Whether the function takes `self`.
    pub fn is_method(&self) -> bool {
        self.flags.has(Flags::METHOD)
    }

    /// Whether the function has generic parameters of its own.
    pub fn is_generic(&self) -> bool {
        self.flags.has(Flags::GENERIC)
    }

    /// Whether this is a closure or block made into a frame by `framed!` or `framed`.
    pub fn is_closure(&self) -> bool {
        self.flags.has(Flags::CLOSURE)
    }

    /// Whether printed stacks and tracebacks leave the function out (`#[frame(hide)]`).
    pub fn is_hidden(&self) -> bool {
        self.flags.has(Flags::HIDDEN)
    }

    /// Whether the function is marked `#[track_caller]`.
    pub fn is_track_caller(&self) -> bool {
        self.flags.has(Flags::TRACK_CALLER)
    }

    /// Where the statement with this index is. An index that the table does not have means the
    /// nearest one.
    pub(crate) fn place(&self, position: u32) -> Place {
        match self.places.get(position as usize) {
            Some(place) => *place,
            None => self.places.last().copied().unwrap_or(self.first),
        }
    }

    /// From where to where the expression reaches that fails at this position as a whole, if one does: the second place
    /// is behind its last character.
    pub(crate) fn range(&self, position: u32) -> Option<(Place, Place)> {
        let (_, other) = self.other_ends.iter().find(|(of, _)| *of == position)?;
        let at = self.place(position);
        Some(match *other < at {
            // Up to the `?`.
            true => (
                *other,
                Place {
                    column: at.column.saturating_add(1),
                    ..at
                },
            ),
            false => (at, *other),
        })
    }

    /// The function's lines, if they are in the program.
    pub(crate) fn embedded(&self) -> Option<Embedded> {
        self.embedded
    }

    /// The lines on which the name of a variable may stand where it is declared: behind those of the variable of this name
    /// that is declared before it, and in front of the first statement that has a value of it. Empty where that does not
    /// tell them apart.
    #[cfg(native_elf)]
    pub(crate) fn declared_within(&self, variable: &Variable) -> std::ops::RangeInclusive<u32> {
        let last = |variable: &Variable| {
            // A `let` without a value has no position of its own.
            let before = self.place(variable.bound().saturating_sub(1)).line;
            let behind = self.place(variable.bound().max(1)).line;
            before.max(behind.saturating_sub(1))
        };
        let namesake =
            |other: &&Variable| other.name() == variable.name() && other.bound() < variable.bound();
        let before = self.variables.iter().filter(namesake).map(last).max();
        before.map_or(0, |line| line.saturating_add(1))..=last(variable)
    }

    /// Whether the statement at a position may take the value of another variable than this one.
    #[cfg(native_elf)]
    pub(crate) fn takes_another(&self, variable: &Variable, position: u32) -> bool {
        let others = self
            .variables
            .iter()
            .filter(|other| !std::ptr::eq(*other, variable));
        others.into_iter().any(|other| other.is_taken_at(position))
    }

    /// The arguments, in order; of one that is a pattern, what it binds. Those that the options leave out are missing.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Variable> {
        self.variables
            .iter()
            .filter(|v| v.is_argument() && !v.is_internal())
    }

    /// `Type`, `<Type as Trait>`, the trait's name, or nothing.
    pub(crate) fn qualifier(&self) -> &'static str {
        self.qualifier
    }

    pub(crate) fn has_qualifier(&self) -> bool {
        !self.qualifier.is_empty()
    }

    /// The recorded `self` of a method.
    pub(crate) fn receiver(&self) -> Option<&Variable> {
        self.variables
            .iter()
            .find(|v| v.is_argument() && v.name() == "self" && v.slot().is_some())
    }

    /// The variables in scope at a position, in the order in which they are shown: arguments first,
    /// then as declared.
    ///
    /// One name appears once. An assigned variable hides those of the same name declared before it,
    /// and a declared one that has no value yet is mentioned only if no assigned one has its name.
    pub(crate) fn variables_at(&self, position: u32) -> Vec<(&Variable, State)> {
        let mut shown: Vec<(&Variable, State)> = Vec::new();
        for variable in self.variables.iter().filter(|v| !v.is_internal()) {
            let Some(state) = variable.state_at(position) else {
                continue;
            };
            match shown
                .iter()
                .position(|(other, _)| other.name() == variable.name())
            {
                None => shown.push((variable, state)),
                Some(i) if variable.hides(state, shown[i]) => {
                    shown.remove(i);
                    shown.push((variable, state));
                }
                Some(_) => {}
            }
        }
        shown.sort_by_key(|(variable, _)| !variable.is_argument());
        shown
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        std::ptr::eq(self, other) || self.text == other.text
    }
}

impl Eq for Code {}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code")
            .field("name", &self.name)
            .field("module", &self.module)
            .field("file", &self.file)
            .field("first_line", &self.first.line)
            .field("last_line", &self.last_line)
            .field("varnames", &self.varnames)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::{Function, numbers};
    use super::*;

    fn shown(code: &Code, position: u32) -> Vec<String> {
        let line = |(v, s): &(&Variable, State)| match s {
            State::Assigned => format!("{}#{}", v.name(), v.slot().unwrap()),
            State::Unassigned => format!("{}?", v.name()),
        };
        code.variables_at(position).iter().map(line).collect()
    }

    fn code(variables: &str) -> Code {
        let places = vec![(0, 1), (1, 5), (1, 5)];
        Function {
            places,
            variables: variables.to_owned(),
            ..Function::default()
        }
        .code()
    }

    fn variable(
        name: &str,
        flags: u64,
        slot: u64,
        scope_start: u64,
        start: u64,
        end: u64,
    ) -> String {
        format!(
            "{name} {}\n",
            numbers(&[flags, slot, scope_start, start, end, 0])
        )
    }

    #[test]
    fn a_variable_is_unassigned_in_its_declaration_assigned_after_and_gone_at_its_scopes_end() {
        let code = code(&variable("x", 0, 0, 1, 2, 4));
        assert_eq!(shown(&code, 0), [""; 0]);
        assert_eq!(shown(&code, 1), ["x?"]);
        assert_eq!(shown(&code, 2), ["x#0"]);
        assert_eq!(shown(&code, 4), ["x#0"]);
        assert_eq!(shown(&code, 5), [""; 0]);
    }

    #[test]
    fn a_shadowed_variable_comes_back_when_the_shadowing_scope_ends() {
        let code = code(&(variable("x", 0, 0, 1, 2, 9) + &variable("x", 0, 1, 4, 5, 6)));
        assert_eq!(shown(&code, 3), ["x#0"]);
        assert_eq!(shown(&code, 5), ["x#1"]);
        assert_eq!(shown(&code, 7), ["x#0"]);
    }

    #[test]
    fn the_initialiser_of_a_shadowing_variable_still_shows_the_shadowed_one() {
        let code = code(&(variable("x", 0, 0, 1, 2, 9) + &variable("x", 0, 1, 4, 5, 9)));
        assert_eq!(shown(&code, 4), ["x#0"]);
    }

    #[test]
    fn an_argument_shadowed_by_a_local_is_listed_among_the_locals() {
        let code = code(
            &(variable("a", 1, 0, 0, 0, 9)
                + &variable("b", 1, 1, 0, 0, 9)
                + &variable("c", 0, 2, 1, 2, 9)
                + &variable("a", 0, 3, 3, 4, 9)),
        );
        assert_eq!(shown(&code, 2), ["a#0", "b#1", "c#2"]);
        assert_eq!(shown(&code, 4), ["b#1", "c#2", "a#3"]);
        assert_eq!(code.varnames(), ["a", "b", "c"]);
    }

    #[test]
    fn internal_variables_are_never_listed() {
        let code = code(&variable("__x", 1 << 6, 0, 0, 0, 9));
        assert_eq!(shown(&code, 1), [""; 0]);
        assert_eq!(code.varnames(), [""; 0]);
    }

    #[test]
    fn a_position_beyond_the_table_is_the_last_one() {
        let code = code("");
        assert_eq!(
            code.place(1),
            Place {
                line: 11,
                column: 5
            }
        );
        assert_eq!(
            code.place(2),
            Place {
                line: 12,
                column: 5
            }
        );
        assert_eq!(
            code.place(u32::MAX),
            Place {
                line: 12,
                column: 5
            }
        );
    }

    #[test]
    fn without_positions_the_function_itself_is_the_place() {
        assert_eq!(
            Function::default().code().place(0),
            Place {
                line: 10,
                column: 1
            }
        );
    }

    #[test]
    fn codes_of_one_literal_in_two_places_are_equal() {
        assert_eq!(code(""), code(""));
        assert_ne!(code(""), code(&variable("x", 0, 0, 1, 2, 4)));
    }
}
