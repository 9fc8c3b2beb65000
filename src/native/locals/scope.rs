//! The variables of a function, and which of them are in scope at an address.

#![allow(non_upper_case_globals)] // DWARF's own names

use super::location::{Context, Gap, Pieces, Place};
use super::source::{Entry, Source, Value};
use crate::native::image::Slice;
use gimli::constants::*;
use gimli::{DebuggingInformationEntry, Expression};

/// Entries read below one function: the largest of rustc's own have some ten thousand.
const MOST_ENTRIES: usize = 100_000;
/// Ranges of its scopes read, of one function. Many scopes may have the same long list.
const MOST_RANGES: usize = 100_000;
/// From an entry to the abstract one that has its name: one step, or two.
const MOST_ORIGINS: usize = 4;

/// A function's machine code, with the functions that are inlined in it.
pub(crate) struct Function {
    pub(crate) source: Source,
    pub(crate) frame_base: Option<Expression<Slice>>,
    scopes: Vec<Scope>,
    variables: Vec<Variable>,
    /// Ranges that may be read yet.
    ranges_left: usize,
}

/// A function, inlined function, or block.
struct Scope {
    /// `None` for the function itself, which comes first.
    parent: Option<usize>,
    ranges: Vec<(u64, u64)>,
    /// Whether it is a function or an inlined one, not a block.
    is_function: bool,
}

/// A parameter or a variable.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) kind: Entry,
    pub(crate) is_argument: bool,
    /// Where it is declared; 0 if that is not known.
    pub(crate) line: u32,
    location: Location,
    scope: usize,
}

enum Location {
    At(Value),
    Constant(Value),
    /// The compiler wrote none.
    None,
}

/// What runs at an address: a function or an inlined one, and its variables in scope.
pub(crate) struct Logical<'f> {
    /// Arguments first, then as declared; each with whether another one of its name hides it, which is declared later.
    pub(crate) variables: Vec<(&'f Variable, bool)>,
}

impl Function {
    /// Reads the entry of a function that has machine code.
    pub(crate) fn read(entry: &Entry) -> Option<Function> {
        let source = entry.source.clone();
        let mut entries = source.unit().entries_raw(Some(entry.offset)).ok()?;
        let mut function = Function {
            source: source.clone(),
            frame_base: None,
            scopes: Vec::new(),
            variables: Vec::new(),
            ranges_left: MOST_RANGES,
        };
        // The scopes around the next entry, with the depth of each.
        let mut around: Vec<(isize, usize)> = Vec::new();
        let mut ignored_below = isize::MAX;
        let mut die = DebuggingInformationEntry::null();
        for _ in 0..MOST_ENTRIES {
            let depth = entries.next_depth();
            if depth > ignored_below {
                match entries.read_abbreviation().ok()? {
                    Some(it) => entries.skip_attributes(it.attributes()).ok()?,
                    None if entries.next_depth() <= 0 => break,
                    None => {}
                }
                continue;
            }
            ignored_below = isize::MAX;
            if !entries.read_entry(&mut die).ok()? {
                if entries.next_depth() <= 0 {
                    break;
                }
                continue;
            }
            while around.last().is_some_and(|(at, _)| *at >= depth) {
                around.pop();
            }
            let parent = around.last().map(|(_, scope)| *scope);
            match die.tag() {
                DW_TAG_subprogram if depth == 0 => {
                    if let Some(Value::Exprloc(base)) = die.attr_value(DW_AT_frame_base) {
                        function.frame_base = Some(base);
                    }
                    function.open(&die, None, depth, &mut around);
                }
                DW_TAG_inlined_subroutine | DW_TAG_lexical_block if parent.is_some() => {
                    function.open(&die, parent, depth, &mut around);
                }
                DW_TAG_formal_parameter | DW_TAG_variable => {
                    if let Some(scope) = parent {
                        function.declare(&die, scope);
                    }
                    ignored_below = depth;
                }
                _ => ignored_below = depth,
            }
            if entries.next_depth() <= 0 {
                break;
            }
        }
        (!function.scopes.is_empty()).then_some(function)
    }

    fn open(
        &mut self,
        die: &DebuggingInformationEntry<Slice>,
        parent: Option<usize>,
        depth: isize,
        around: &mut Vec<(isize, usize)>,
    ) {
        let source = &self.source;
        let mut ranges = Vec::new();
        if let Ok(mut list) = source.dwarf().die_ranges(source.unit(), die) {
            // A scope of which not all is known is in none of it: no variable is where it may not be.
            while self.ranges_left > 0
                && let Ok(Some(range)) = list.next()
            {
                self.ranges_left -= 1;
                ranges.push((range.begin, range.end));
            }
        }
        let is_function = die.tag() != DW_TAG_lexical_block;
        around.push((depth, self.scopes.len()));
        self.scopes.push(Scope {
            parent,
            ranges,
            is_function,
        });
    }

    fn declare(&mut self, die: &DebuggingInformationEntry<Slice>, scope: usize) {
        let source = &self.source;
        let location = match die.attr_value(DW_AT_location) {
            Some(location) => Location::At(location),
            None => match die.attr_value(DW_AT_const_value) {
                Some(value) => Location::Constant(value),
                None => Location::None,
            },
        };
        let mut found = Declared::default();
        found.add(die, source);
        let mut origin = found.origin.take();
        for _ in 0..MOST_ORIGINS {
            let Some(entry) = origin else { break };
            let Ok(die) = entry.source.unit().entry(entry.offset) else {
                break;
            };
            found.add(&die, &entry.source);
            origin = found.origin.take();
        }
        let (Some(name), Some(kind)) = (found.name, found.kind) else {
            return;
        };
        self.variables.push(Variable {
            name,
            kind,
            is_argument: die.tag() == DW_TAG_formal_parameter,
            line: found.line,
            location,
            scope,
        });
    }

    /// What runs at an address of the file, innermost first.
    pub(crate) fn at(&self, address: u64) -> Vec<Logical<'_>> {
        let mut active: Vec<bool> = Vec::with_capacity(self.scopes.len());
        for scope in &self.scopes {
            let holds = |&(begin, end): &(u64, u64)| (begin..end).contains(&address);
            // The function itself was found by its address.
            let is_active = scope.parent.is_none_or(|parent| {
                active.get(parent) == Some(&true) && scope.ranges.iter().any(holds)
            });
            active.push(is_active);
        }
        let mut logical: Vec<(usize, Logical<'_>)> = Vec::new();
        for (at, scope) in self.scopes.iter().enumerate() {
            if scope.is_function && active[at] {
                let variables = Vec::new();
                logical.push((at, Logical { variables }));
            }
        }
        for variable in self.variables.iter().filter(|v| active[v.scope]) {
            let owner = self.function_of(variable.scope);
            if let Some((_, frame)) = logical.iter_mut().find(|(at, _)| Some(*at) == owner) {
                for (other, is_hidden) in &mut frame.variables {
                    *is_hidden |= other.name == variable.name;
                }
                frame.variables.push((variable, false));
            }
        }
        for (_, frame) in &mut logical {
            frame
                .variables
                .sort_by_key(|(variable, _)| !variable.is_argument);
        }
        logical.into_iter().rev().map(|(_, frame)| frame).collect()
    }

    fn function_of(&self, scope: usize) -> Option<usize> {
        let mut at = Some(scope);
        while let Some(scope) = at.and_then(|at| self.scopes.get(at)) {
            if scope.is_function {
                return at;
            }
            at = scope.parent;
        }
        None
    }
}

impl Variable {
    /// Where the value is in a frame.
    pub(crate) fn locate(&self, context: &Context<'_>) -> Pieces {
        let place = match &self.location {
            Location::At(location) => return context.locate(*location),
            Location::Constant(value) => constant(*value),
            Location::None => Place::Nowhere(Gap::OptimizedOut),
        };
        vec![(place, None)]
    }
}

/// A value that the debug information itself holds.
fn constant(value: Value) -> Place {
    Place::Value(match value {
        Value::Block(bytes) | Value::String(bytes) => bytes.slice().to_vec(),
        // Wider than any integer that can be written in these forms: the type cuts it.
        Value::Sdata(number) => i128::from(number).to_le_bytes().to_vec(),
        Value::Udata(number) => u128::from(number).to_le_bytes().to_vec(),
        Value::Data1(number) => u128::from(number).to_le_bytes().to_vec(),
        Value::Data2(number) => u128::from(number).to_le_bytes().to_vec(),
        Value::Data4(number) => u128::from(number).to_le_bytes().to_vec(),
        Value::Data8(number) => u128::from(number).to_le_bytes().to_vec(),
        Value::Data16(number) => number.to_le_bytes().to_vec(),
        _ => return Place::Nowhere(Gap::NotUnderstood),
    })
}

/// What an entry says of a variable, or the abstract one that it is an instance of.
#[derive(Default)]
struct Declared {
    name: Option<&'static str>,
    kind: Option<Entry>,
    line: u32,
    origin: Option<Entry>,
}

impl Declared {
    fn add(&mut self, die: &DebuggingInformationEntry<Slice>, source: &Source) {
        for attribute in die.attrs() {
            let value = attribute.value();
            match attribute.name() {
                DW_AT_name => self.name = self.name.or_else(|| source.text(value)),
                DW_AT_type => self.kind = self.kind.take().or_else(|| source.referred(value)),
                DW_AT_decl_line if self.line == 0 => {
                    let line = value.udata_value().unwrap_or(0);
                    self.line = u32::try_from(line).unwrap_or(0);
                }
                DW_AT_abstract_origin | DW_AT_specification => {
                    self.origin = source.referred(value);
                }
                _ => {}
            }
        }
    }
}
