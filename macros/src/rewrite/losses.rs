//! Until when it is to be feared that a mention took a variable's value.
//!
//! Where a later mention needs the variable as a whole, the compiler has proved that no way there has moved it. So what an
//! earlier mention may have done, it did not do if control can get from it to the later one; and if it cannot, because the
//! block of the earlier one never ends, it is over with that block. Only a `break` leads past the later one.

use super::moved::Loss;

/// What one statement may do to one variable.
pub(crate) struct Entry {
    variable: usize,
    pub(crate) position: u32,
    /// Positions behind this one are not concerned.
    pub(crate) end: u32,
    pub(crate) loss: Loss,
    /// The statement captures the variable before it does this, and not after.
    pub(crate) captured_before: bool,
    /// How many loops are round the variable's declaration.
    loops: u32,
    /// Last position of the outermost block around the mention that has ended.
    block_end: Option<u32>,
    /// Breaks met before it.
    breaks: u32,
    /// What comes may show that it did not happen.
    is_open: bool,
    is_disproved: bool,
    /// It is for a pattern to do, if it matches.
    by_pattern: bool,
    /// The branches of that pattern are being walked: what one of them shows is true of it alone.
    is_held: bool,
}

/// In the order of the walk.
#[derive(Default)]
pub(crate) struct Losses {
    entries: Vec<Entry>,
    /// For each variable those of which what comes may show that they did not happen.
    open: Vec<Vec<usize>>,
    /// Those of the branches that have ended, of constructs that have not: no way leads from them to the other branches.
    branches: Vec<(usize, usize)>,
    /// Met so far: `break`, and macros that may hold one.
    breaks: u32,
    /// The variable that was captured last before a statement, and the statement's position.
    captured: Option<(usize, u32)>,
}

impl Losses {
    /// The statement at a position begins by capturing the variable.
    pub(super) fn captured_before(&mut self, variable: usize, position: u32) {
        self.captured = Some((variable, position));
    }

    /// It ends by capturing it.
    pub(super) fn captured_behind(&mut self, variable: usize, position: u32) {
        // They are the last ones: those of the statement that ends.
        let of_statement = self.entries.iter_mut().rev();
        for entry in of_statement.take_while(|entry| entry.position == position) {
            entry.captured_before &= entry.variable != variable;
        }
    }

    pub(super) fn add(&mut self, variable: usize, position: u32, loops: u32, loss: Loss) {
        // Once a statement.
        let same = |entry: &&Entry| entry.position == position && entry.block_end.is_none();
        let of_statement = self.entries.iter().rev().take_while(same);
        if of_statement
            .filter(|entry| entry.variable == variable && entry.is_open)
            .any(|entry| entry.loss == loss || entry.loss == Loss::Whole)
        {
            return;
        }
        if self.open.len() <= variable {
            self.open.resize_with(variable + 1, Vec::new);
        }
        self.open[variable].push(self.entries.len());
        self.entries.push(Entry {
            variable,
            position,
            end: u32::MAX,
            loss,
            captured_before: self.captured == Some((variable, position)),
            loops,
            block_end: None,
            breaks: self.breaks,
            is_open: true,
            is_disproved: false,
            by_pattern: false,
            is_held: false,
        });
    }

    /// What was added since is for patterns to do.
    pub(super) fn by_pattern(&mut self, from: usize) {
        self.entries[from..]
            .iter_mut()
            .for_each(|entry| entry.by_pattern = true);
    }

    /// The branches begin of patterns that look at what was walked since.
    pub(super) fn patterns_begin(&mut self, from: usize) {
        for entry in &mut self.entries[from..] {
            entry.is_held |= entry.by_pattern;
        }
    }

    /// They have ended, and the last position in them was this.
    pub(super) fn patterns_end(&mut self, from: usize, last: u32) {
        for entry in &mut self.entries[from..] {
            if std::mem::take(&mut entry.is_held) && entry.is_open {
                entry.block_end = Some(last);
                entry.is_open = entry.breaks == self.breaks;
            }
        }
    }

    /// The pattern of a `let` has matched, or control has left.
    pub(super) fn let_ends(&mut self, from: usize) {
        self.entries[from..]
            .iter_mut()
            .for_each(|entry| entry.is_held = false);
    }

    /// Those of each variable, in the order of the walk.
    pub(crate) fn by_variable(&self) -> Vec<Vec<&Entry>> {
        let mut found = Vec::new();
        found.resize_with(self.open.len(), Vec::new);
        for entry in self.entries.iter().filter(|entry| !entry.is_disproved) {
            found[entry.variable].push(entry);
        }
        found
    }

    /// The variable is there as a whole where the walk is.
    pub(super) fn disproved(&mut self, variable: usize) {
        let (entries, branches) = (&mut self.entries, &self.branches);
        let Some(open) = self.open.get_mut(variable) else {
            return;
        };
        open.retain(|&index| {
            let entry = &mut entries[index];
            let in_other_branch = |&(from, to): &(usize, usize)| (from..to).contains(&index);
            if !entry.is_open {
                return false;
            }
            if entry.is_held || branches.iter().any(in_other_branch) {
                return true;
            }
            entry.is_open = false;
            match entry.block_end {
                Some(end) => entry.end = end,
                None => entry.is_disproved = true,
            }
            false
        });
    }

    /// The variable, or a part of it, has a new value: what was done to the old one cannot be disproved any more.
    pub(super) fn assigned(&mut self, variable: usize) {
        for index in self
            .open
            .get_mut(variable)
            .into_iter()
            .flat_map(|it| it.drain(..))
        {
            self.entries[index].is_open = false;
        }
    }

    /// Control may go on behind a loop or labelled block.
    pub(super) fn breaks(&mut self) {
        self.breaks += 1;
    }

    /// Where a block begins, for the others below.
    pub(super) fn mark(&self) -> usize {
        self.entries.len()
    }

    /// A block has ended, whose last position was this.
    pub(super) fn block_ends(&mut self, from: usize, last: u32) {
        for entry in &mut self.entries[from..] {
            if entry.is_open {
                entry.block_end = Some(last);
                entry.is_open = entry.breaks == self.breaks;
            }
        }
    }

    /// A branch of a construct has ended. Gives what [`Losses::construct_ends`] wants.
    pub(super) fn branch_ends(&mut self, from: usize) {
        self.branches.push((from, self.entries.len()));
    }

    pub(super) fn branches(&self) -> usize {
        self.branches.len()
    }

    pub(super) fn construct_ends(&mut self, branches: usize) {
        self.branches.truncate(branches);
    }

    /// A loop has ended, around which there are so many. In the next round its mentions need what they mentioned: of what was
    /// declared outside, nothing was taken in a round that went to its end.
    pub(super) fn loop_ends(&mut self, from: usize, loops: u32) {
        for entry in &mut self.entries[from..] {
            if let (true, Some(end)) = (entry.is_open, entry.block_end) {
                if entry.loops <= loops && entry.loss != Loss::Referred {
                    (entry.end, entry.is_open) = (end, false);
                }
            }
        }
    }
}
