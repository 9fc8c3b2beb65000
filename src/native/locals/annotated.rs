//! Functions with `#[frame]`: what is recorded of them and what is in memory, together.

use super::known::Live;
use crate::capture::Value;
use crate::inspect::{FrameInfo, Locals, stack as recorded};
use crate::native::crosscheck::{CrossCheck, Verdict};
use crate::native::names::{around_closures, last_segment};
use crate::native::stack::NativeStack;
use std::ops::RangeInclusive;

/// The recorded frames that were found on a native stack, innermost first, with the native frames that they are in.
pub(super) struct Annotated {
    frames: Vec<(usize, FrameInfo)>,
}

impl Annotated {
    pub(super) fn of(native: &NativeStack) -> Annotated {
        let recorded = recorded();
        if recorded.is_empty() {
            return Annotated { frames: Vec::new() };
        }
        let check = CrossCheck::of(recorded, native.clone());
        let verdicts = check.verdicts().iter().zip(check.recorded());
        let found = verdicts.filter_map(|(verdict, frame)| match *verdict {
            Verdict::Confirmed { native_index } => Some((native_index, frame.clone())),
            _ => None,
        });
        Annotated {
            frames: found.collect(),
        }
    }

    /// The recorded frame of the function with this path that runs in a native frame.
    ///
    /// An async function's body has a native frame of its own, further in than the one that polls it, and the name of a
    /// closure.
    pub(super) fn take(&mut self, native_index: usize, path: &str) -> Option<FrameInfo> {
        let (around, closures) = around_closures(path);
        let name = last_segment(around);
        let at = self.frames.iter().position(|(index, frame)| {
            let code = frame.code();
            let is_here = match (code.is_async(), closures) {
                (false, 0) => *index == native_index,
                (true, 1..) => *index >= native_index,
                _ => false,
            };
            is_here && code.name() == name
        })?;
        Some(self.frames.remove(at).1)
    }
}

/// The variables of an annotated function: as recorded, or as they are in memory now.
pub(super) fn resolve(recorded: &FrameInfo, live: &[Live]) -> Locals {
    recorded.live_locals(&mut |name, declared| named(live, name, declared))
}

/// The value of the variable with this name that is declared on one of these lines; `None` for an argument.
///
/// Several variables of one name may be in scope: the one that hides the others may be the one that is not assigned yet.
fn named(live: &[Live], name: &str, declared: Option<RangeInclusive<u32>>) -> Option<Value> {
    let mut found = live.iter().filter(|live| {
        live.local.name() == name
            && match &declared {
                Some(lines) => lines.contains(&live.line),
                None => live.local.is_arg(),
            }
    });
    let first = found.next()?;
    // Two on one line: nothing tells which is which.
    found.next().is_none().then(|| first.local.value().clone())
}

/// The variables of another function: all that debug information tells of.
pub(super) fn all(live: Vec<Live>) -> Locals {
    let seen = live.into_iter().filter(|live| !live.is_hidden);
    Locals::of_debug_info(seen.map(|live| live.local).collect())
}
