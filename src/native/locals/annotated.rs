//! Functions with `#[frame]`: what is recorded of them and what is in memory, together.

use super::known::{Known, Live};
use crate::inspect::{FrameInfo, Locals, Wanted, stack as recorded};
use crate::native::crosscheck::{CrossCheck, Verdict};
use crate::native::names::{around_closures, last_segment};
use crate::native::stack::NativeStack;

/// The recorded frames that were found on a native stack, innermost first, with the native frames that they are in.
#[derive(Default)]
pub(super) struct Annotated {
    frames: Vec<(usize, FrameInfo)>,
    /// The path of the function around the body of the async one that was taken last: it only waits for the body, with
    /// arguments that it has given away.
    around: String,
}

impl Annotated {
    pub(super) fn of(native: &NativeStack) -> Annotated {
        let recorded = recorded();
        if recorded.is_empty() {
            return Annotated::default();
        }
        let check = CrossCheck::of(recorded, native.clone());
        let verdicts = check.verdicts().iter().zip(check.recorded());
        let found = verdicts.filter_map(|(verdict, frame)| match *verdict {
            Verdict::Confirmed { native_index } => Some((native_index, frame.clone())),
            _ => None,
        });
        Annotated {
            frames: found.collect(),
            around: String::new(),
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
        let (_, frame) = self.frames.remove(at);
        if frame.code().is_async() {
            let end = path.rfind("::{").unwrap_or(0);
            path[..end].clone_into(&mut self.around);
        }
        Some(frame)
    }

    /// Whether this is the function around an async body, which is no function of the program's.
    pub(super) fn is_around(&self, path: &str) -> bool {
        !self.around.is_empty() && self.around == path
    }
}

/// The variables of an annotated function: as recorded, or as they are in memory now.
pub(super) fn resolve(recorded: &FrameInfo, live: &[Live], known: &mut Known) -> Locals {
    recorded.live_locals(&mut |wanted| {
        let found = named(live, wanted)?;
        Some(known.read_after(found, wanted))
    })
}

/// The variable with this name that is declared on one of these lines.
///
/// Several variables of one name may be in scope: the one that hides the others may be the one that is not assigned yet.
fn named<'l>(live: &'l [Live], wanted: &Wanted<'_>) -> Option<&'l Live> {
    let of_name = || live.iter().filter(|live| live.local.name() == wanted.name);
    // What a pattern binds, and the arguments of an async function, are variables of the body.
    if wanted.is_argument
        && let Some(argument) = of_name().find(|live| live.local.is_arg())
    {
        return Some(argument);
    }
    let found: Vec<&Live> = of_name()
        .filter(|live| wanted.declared.contains(&live.line))
        .collect();
    match found[..] {
        [one] => Some(one),
        // An argument of an async function: as it was passed, and as the body received it.
        [_, received] if wanted.is_argument => Some(received),
        // Several on one line: nothing tells which is which.
        _ => None,
    }
}

/// The variables of another function: all that debug information tells of.
pub(super) fn all(live: Vec<Live>) -> Locals {
    let seen = live.into_iter().filter(|live| !live.is_hidden);
    Locals::of_debug_info(seen.map(|live| live.local).collect())
}
