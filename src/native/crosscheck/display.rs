//! The verdict in one line, and the whole in many.

use super::{CrossCheck, NativeKind, Verdict};
use crate::native::stack::Place;
use std::fmt;

impl CrossCheck {
    /// What was found, in one line.
    ///
    /// `the stacks agree: 2 of 2 recorded frames are on the native stack; 1 native function is not annotated`
    pub fn verdict(&self) -> String {
        let verdicts = self.verdicts();
        let count = |wanted: fn(&Verdict) -> bool| verdicts.iter().filter(|v| wanted(v)).count();
        let confirmed = count(|v| matches!(v, Verdict::Confirmed { .. }));
        let parts = [
            (count(|v| *v == Verdict::Leaked), "leaked"),
            (count(|v| *v == Verdict::OffStack), "off the stack"),
            (self.violations().len(), "out of order"),
            (count(|v| *v == Verdict::Suspended), "suspended"),
            (
                count(|v| matches!(v, Verdict::Unverifiable { .. })),
                "not verified",
            ),
        ];
        let mut text = match self.agrees() {
            true if confirmed == 0 && !verdicts.is_empty() => "nothing is known to be wrong",
            true => "the stacks agree",
            false => "the stacks disagree",
        }
        .to_owned();
        let all = verdicts.len();
        let verb = if all == 1 { "frame is" } else { "frames are" };
        text += &format!(": {confirmed} of {all} recorded {verb} on the native stack");
        for (count, what) in parts.into_iter().filter(|(count, _)| *count > 0) {
            text += &format!(", {count} {what}");
        }
        if self.recorded().unrecorded() > 0 {
            text += &format!(", {} only counted", self.recorded().unrecorded());
        }
        let kinds = self.kinds();
        let unannotated = |kind: &&NativeKind| **kind == NativeKind::Unannotated;
        match kinds.iter().filter(unannotated).count() {
            0 => {}
            1 => text += "; 1 native function is not annotated",
            n => text += &format!("; {n} native functions are not annotated"),
        }
        text
    }

    /// The indices of the frames recorded in a native one.
    fn indices_in(&self, native_index: usize) -> Vec<String> {
        let verdicts = self.verdicts().iter().enumerate();
        let here = verdicts.filter(|(_, v)| **v == Verdict::Confirmed { native_index });
        here.map(|(index, _)| format!("[{index}] {}", self.recorded()[index].name()))
            .collect()
    }
}

/// The verdict, and the native stack with the recorded frames in it; then those that are not.
impl fmt::Display for CrossCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.verdict())?;
        let mut runtime = 0;
        let places = self.native().functions(f.alternate());
        for (at, place) in places.iter().enumerate() {
            let is_last = places
                .get(at + 1)
                .is_none_or(|next| next.frame != place.frame);
            let recorded = match is_last {
                true => self.indices_in(place.frame),
                false => Vec::new(),
            };
            if place.is_runtime && recorded.is_empty() && !f.alternate() {
                runtime += 1;
                continue;
            }
            gap(&mut runtime, f)?;
            write_place(place, f)?;
            if !recorded.is_empty() {
                write!(f, " = recorded {}", recorded.join(", "))?;
            }
        }
        gap(&mut runtime, f)?;
        for (index, verdict) in self.verdicts().iter().enumerate() {
            if !matches!(verdict, Verdict::Confirmed { .. }) {
                write!(
                    f,
                    "\nrecorded [{index}] {}: {verdict}",
                    self.recorded()[index]
                )?;
            }
        }
        for violation in self.violations() {
            let (inner, outer) = (violation.inner, violation.outer);
            write!(
                f,
                "\nrecorded [{inner}] was entered after [{outer}] and lies further out"
            )?;
        }
        Ok(())
    }
}

fn write_place(place: &Place, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\n[{}] ", place.frame)?;
    match place.function() {
        Some(function) if function.is_inlined => write!(f, "{function} (inlined)"),
        Some(function) => write!(f, "{function}"),
        None => write!(f, "? of {}", place.object()),
    }
}

fn gap(runtime: &mut usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match std::mem::take(runtime) {
        0 => Ok(()),
        1 => f.write_str("\n[1 runtime frame]"),
        n => write!(f, "\n[{n} runtime frames]"),
    }
}

impl fmt::Debug for CrossCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CrossCheck")
            .field("verdicts", &self.verdicts)
            .field("recorded", &self.recorded)
            .field("native", &self.native)
            .field("violations", &self.violations)
            .finish()
    }
}
