//! The function's variables: where each is visible, whether anything reads it, where it may change, which slot it has.

use super::losses::Losses;
use super::moved::Loss;
use super::readable::Passed;
use proc_macro::Ident;

/// "32 locals a frame"; the runtime has the same number.
const SLOTS: u32 = 32;

pub(crate) struct Variable {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) argument: bool,
    /// Bound by `mut` or holding a `&mut`: its value may differ from what was captured.
    pub(crate) may_change: bool,
    pub(crate) secret: bool,
    /// The attribute's options let it be captured.
    pub(crate) wanted: bool,
    /// First position of the enclosing block; `start` for bindings that come to be with their block.
    pub(crate) scope_start: u32,
    /// First position at which it is bound.
    pub(crate) start: u32,
    /// Last position of its scope.
    pub(crate) end: u32,
    /// Something reads it.
    pub(crate) used: bool,
    /// The first thing that happens to it after its binding is an assignment (its first value may never be read).
    pub(crate) assigned_first: bool,
    /// Uses to come in the rest of its block, by the names in it; counted down as they are met.
    pub(crate) uses_ahead: u32,
    /// How many loops and how many blocks are round its declaration.
    pub(crate) loops: u32,
    pub(crate) level: u32,
    /// Declared without a value.
    pub(crate) deferred: bool,
    /// Its type is written, and not one whose values are copied by the type's identity alone.
    pub(crate) probed: bool,
    /// Its written type has lifetime arguments: `Debug` might exist for `'static` alone, which asking
    /// for it would demand.
    pub(crate) lifetimes: bool,
    pub(crate) mentioned: bool,
    /// How it was passed, if it is a parameter.
    pub(crate) passed: Passed,
    /// It may have been moved, or changed through what it holds.
    pub(crate) spent: bool,
    /// Its name may mean another variable from here on.
    pub(crate) killed: bool,
    /// The statement that made its value, if it is the one name that a `let` or an arm bound.
    pub(crate) origin: Option<u32>,
    /// Positions at which it may change, each with "in a loop".
    pub(crate) marks: Vec<(u32, bool)>,
    /// Its written type is one that is copied, not moved, or refers to what outlives the function.
    pub(crate) copied: bool,
    pub(crate) slot: Option<u32>,
}

impl Variable {
    pub(crate) fn new(
        ident: Ident,
        name: String,
        start: u32,
        may_change: bool,
        waits: bool,
        secret: bool,
        wanted: bool,
    ) -> Variable {
        Variable {
            ident,
            name,
            argument: false,
            may_change,
            secret,
            wanted,
            scope_start: if waits { 0 } else { start },
            start,
            end: u32::MAX,
            used: false,
            assigned_first: false,
            uses_ahead: 0,
            loops: 0,
            level: 0,
            deferred: false,
            probed: false,
            lifetimes: false,
            mentioned: false,
            passed: Passed::Other,
            spent: false,
            killed: false,
            origin: None,
            marks: Vec::new(),
            copied: false,
            slot: None,
        }
    }

    /// Some position lies in its scope, so that somebody can see it.
    pub(crate) fn observable(&self) -> bool {
        self.start <= self.end
    }

    /// Reading it right after its binding adds nothing that the compiler would see: no lint falls silent.
    pub(crate) fn readable_at_binding(&self) -> bool {
        self.used && !self.assigned_first && !self.underscored()
    }

    /// Names that begin with an underscore are not read: `clippy::used_underscore_binding`.
    pub(crate) fn underscored(&self) -> bool {
        self.name.starts_with('_') || self.name.starts_with("r#_")
    }
}

#[derive(Default)]
pub(crate) struct Scope {
    pub(crate) variables: Vec<Variable>,
    /// Indices of the variables in scope, innermost last.
    visible: Vec<usize>,
    slots: u32,
    /// How many blocks are open.
    pub(crate) level: u32,
    /// What mentions may do to variables.
    pub(crate) losses: Losses,
}

/// Where a scope began.
pub(crate) struct Mark {
    visible: usize,
    first_position: u32,
}

impl Scope {
    /// Keeps the first slots for arguments.
    pub(crate) fn reserve(&mut self, slots: u32) {
        self.slots = slots;
    }

    /// How many slots are given out or kept.
    pub(crate) fn slots(&self) -> u32 {
        self.slots
    }

    pub(crate) fn open(&self, first_position: u32) -> Mark {
        Mark {
            visible: self.visible.len(),
            first_position,
        }
    }

    /// Ends a scope whose last position is the one before `next_position`.
    pub(crate) fn close(&mut self, mark: &Mark, next_position: u32) {
        for index in self.visible.drain(mark.visible..) {
            let variable = &mut self.variables[index];
            // A scope without any position ends before it starts: nobody can look into it.
            variable.end = next_position.wrapping_sub(1);
            if variable.scope_start == 0 {
                variable.scope_start = mark.first_position;
            }
        }
    }

    pub(crate) fn declare(&mut self, mut variable: Variable) -> usize {
        variable.level = self.level;
        self.variables.push(variable);
        let index = self.variables.len() - 1;
        self.visible.push(index);
        index
    }

    pub(crate) fn is_visible(&self, index: usize) -> bool {
        self.visible.contains(&index)
    }

    /// The variables that a name means here.
    pub(crate) fn visible_now(&self) -> Vec<usize> {
        let meant = |&v: &usize| self.resolve(&self.variables[v].name) == Some(v);
        self.visible.iter().copied().filter(meant).collect()
    }

    /// From here on the name may mean something that the walk does not know.
    pub(crate) fn kill(&mut self, name: &str) {
        if let Some(index) = self.resolve(name) {
            self.variables[index].killed = true;
        }
    }

    /// The binding that `name` means here.
    pub(crate) fn resolve(&self, name: &str) -> Option<usize> {
        self.visible
            .iter()
            .rev()
            .copied()
            .find(|&v| self.variables[v].name == name)
    }

    pub(crate) fn mention(&mut self, name: &str, now: u32, in_loop: bool, borrowed: bool) {
        if let Some(index) = self.resolve(name) {
            self.touch(index, now, in_loop);
            let variable = &mut self.variables[index];
            variable.used = true;
            variable.spent |= !borrowed;
            variable.uses_ahead = variable.uses_ahead.saturating_sub(1);
        }
    }

    /// `name = ..` or `name += ..`: a write, which to the compiler is no use. `kills`: whatever it held before is lost, on
    /// every way that leads here.
    pub(crate) fn assign(&mut self, name: &str, now: u32, in_loop: bool, kills: bool) {
        if let Some(index) = self.resolve(name) {
            let variable = &mut self.variables[index];
            if !variable.mentioned && kills && variable.level == self.level {
                variable.assigned_first = true;
            }
            self.touch(index, now, in_loop);
            self.losses.assigned(index);
        }
    }

    fn touch(&mut self, index: usize, now: u32, in_loop: bool) {
        let variable = &mut self.variables[index];
        variable.mentioned = true;
        if variable.may_change && variable.marks.last() != Some(&(now, in_loop)) {
            variable.marks.push((now, in_loop));
        }
    }

    /// The statement at `now` may do this to the variable of this name.
    pub(crate) fn loses(&mut self, name: &str, now: u32, loss: Loss) {
        if let Some(index) = self.resolve(name) {
            let variable = &self.variables[index];
            // What an argument refers to outlives the function.
            let outlives = variable.argument && loss == Loss::Referred;
            if !variable.copied && !outlives {
                self.losses.add(index, now, variable.loops, loss);
            }
        }
    }

    /// A mention needs the variable of this name to be there as a whole.
    pub(crate) fn used_whole(&mut self, name: &str) {
        if let Some(index) = self.resolve(name) {
            if !self.variables[index].killed {
                self.losses.disproved(index);
            }
        }
    }

    /// A part of the variable of this name gets a value.
    pub(crate) fn assigned_in_part(&mut self, name: &str) {
        if let Some(index) = self.resolve(name) {
            self.losses.assigned(index);
        }
    }

    /// The slot of a variable that is captured, if one is left.
    ///
    /// Slots of arguments are the first ones and are given out when the walk is over.
    pub(crate) fn slot(&mut self, index: usize) -> Option<u32> {
        let variable = &mut self.variables[index];
        if variable.slot.is_none() && variable.wanted && !variable.secret && self.slots < SLOTS {
            variable.slot = Some(self.slots);
            self.slots += 1;
        }
        variable.slot
    }
}
