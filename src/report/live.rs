//! What variables hold in memory, put into a report's frames.

use super::frame::Role;
use super::variable::State;
use super::{Entry, Frame, Report, Variable};
use crate::capture::Limits;
use crate::inspect::Origin;
use crate::native::{FrameLocals, NativeLocals};

impl Report {
    /// Fills in what is not recorded, or recorded in part or long ago.
    ///
    /// Functions are known by their names. Where the report has another number of one than are active, because some are
    /// left out, nothing would tell which are there: then nothing is filled in.
    pub(crate) fn fill_in(&mut self, live: &NativeLocals, limits: &Limits) {
        let shown = |entry: &Entry, function: &FrameLocals| match entry {
            Entry::Frame(frame) => is_of(frame, function),
            _ => false,
        };
        let all_shown = |function: &&FrameLocals| {
            let in_report = self.stack.iter().filter(|entry| shown(entry, function));
            let same = |other: &&FrameLocals| {
                other.is_annotated() == function.is_annotated()
                    && other.function().name() == function.function().name()
            };
            in_report.count() == live.iter().filter(same).count()
        };
        let known: Vec<&FrameLocals> = live.iter().filter(all_shown).collect();
        // Both innermost first.
        let mut functions = known.into_iter();
        for entry in self.stack.iter_mut().rev() {
            let Entry::Frame(frame) = entry else { continue };
            let mut ahead = functions.clone();
            if let Some(function) = ahead.find(|function| is_of(frame, function)) {
                frame.fill_in(function, limits);
                functions = ahead;
            }
        }
    }
}

fn is_of(frame: &Frame, live: &FrameLocals) -> bool {
    match frame.role == Role::Native {
        true => !live.is_annotated() && frame.qualified == live.function().name(),
        false => live.is_annotated() && live.is_named(&frame.function),
    }
}

impl Frame {
    fn fill_in(&mut self, live: &FrameLocals, limits: &Limits) {
        if self.role == Role::Native {
            self.set_locals(live.locals(), limits);
            return;
        }
        for variable in &mut self.locals {
            let is_poor = matches!(variable.state, State::Omitted | State::Opaque)
                || variable.state == State::Known
                    && (variable.as_of_line.is_some() || !variable.is_complete);
            let found = live.locals().get(&variable.name);
            if let Some(local) = found.filter(|it| is_poor && it.origin() == Origin::DebugInfo) {
                *variable = Variable::of(local, limits);
            }
        }
    }
}
