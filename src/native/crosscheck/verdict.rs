//! Where on the native stack a recorded frame is.

use crate::native::unwind::{self, RawFrame};
use crate::stack::native::{current_stack, stack_of};
use std::fmt;

/// What was found of a recorded frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// It is in this native frame: an index of [`CrossCheck::native`](super::CrossCheck::native).
    Confirmed {
        /// The index.
        native_index: usize,
    },
    /// Its function has been left, and the record was not: what ran there was abandoned by `longjmp`, by a forced
    /// unwinding, or with its coroutine.
    Leaked,
    /// What it recorded as its place on the stack is not memory any more.
    OffStack,
    /// It is on a native stack that exists but does not run: in a coroutine that was switched away from.
    Suspended,
    /// It cannot be told.
    Unverifiable {
        /// What would be needed.
        why: &'static str,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Confirmed { native_index } => write!(f, "in native frame [{native_index}]"),
            Verdict::Leaked => f.write_str("leaked: its function was left, and the record was not"),
            Verdict::OffStack => f.write_str("off the stack: on none that exists"),
            Verdict::Suspended => f.write_str("suspended: on a stack that does not run"),
            Verdict::Unverifiable { why } => write!(f, "not verified: {why}"),
        }
    }
}

/// What a frame recorded when it was entered.
#[derive(Clone, Copy)]
pub(super) struct Entered {
    pub(super) stack_pointer: usize,
    /// In the code that entered it, if that is recorded.
    pub(super) code: Option<usize>,
}

/// A verdict on each recorded frame; both stacks are of this thread, now, innermost first.
pub(super) fn judge(entered: &[Entered], native: &[RawFrame], is_cut: bool) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(entered.len());
    // Where the last one was found: the next is there or further out, as a rule.
    let mut last = 0;
    for entered in entered {
        let verdict = one(entered, native, last, is_cut);
        if let Verdict::Confirmed { native_index } = verdict {
            last = native_index;
        }
        verdicts.push(verdict);
    }
    // The same code in the same native frame has been entered once: an older record of it was left behind.
    for newer in 0..entered.len() {
        let Verdict::Confirmed { .. } = verdicts[newer] else {
            continue;
        };
        let here = verdicts[newer];
        let further_out = |older: &usize| {
            matches!(verdicts[*older], Verdict::Confirmed { .. }) && verdicts[*older] != here
        };
        let again = (newer + 1..entered.len())
            .take_while(|older| !further_out(older))
            .filter(|&older| {
                let (a, b) = (&entered[newer], &entered[older]);
                verdicts[older] == here && a.stack_pointer == b.stack_pointer && a.code == b.code
            });
        for older in again.collect::<Vec<_>>() {
            verdicts[older] = Verdict::Leaked;
        }
    }
    verdicts
}

fn one(entered: &Entered, native: &[RawFrame], last: usize, is_cut: bool) -> Verdict {
    if let Some(why) = unwind::MISSING {
        return Verdict::Unverifiable { why };
    }
    let Some(code) = entered.code else {
        let why = "no code address is recorded on this platform";
        return Verdict::Unverifiable { why };
    };
    let function = unwind::function_of(code);
    let at = entered.stack_pointer;
    // A frame lies between its own stack pointer and that of the next outer one. One that switches stacks seems to hold all
    // that lies between the two: its code tells.
    let holds = |index: usize| {
        let frame = &native[index];
        let end = native.get(index + 1).map_or(usize::MAX, |outer| outer.sp);
        frame.sp <= at && at < end
    };
    let mut likely_first = (last..native.len()).chain(0..last);
    let native_index = likely_first.find(|&i| Some(native[i].function) == function && holds(i));
    if let Some(native_index) = native_index {
        return Verdict::Confirmed { native_index };
    }
    if let Some(native_index) = in_another_object(code, native, holds) {
        return Verdict::Confirmed { native_index };
    }
    if function.is_none() {
        let why = "its code has no unwind information";
        return Verdict::Unverifiable { why };
    }
    if is_cut && native.last().is_some_and(|last| last.sp <= at) {
        let why = "the native stack is deeper than is walked";
        return Verdict::Unverifiable { why };
    }
    let here = native.first().map_or(0, |frame| frame.sp);
    // Of a stack that the system gave the thread, and of those that we made, the bounds are known. One of a coroutine is as
    // large as the frames that were found on it.
    let running = current_stack(here);
    let on_running = match running {
        Some(bounds) => bounds.contains(at),
        None => near(here, native, at),
    };
    if on_running || stack_of(at).is_some() {
        Verdict::Leaked
    } else if is_mapped(at) {
        Verdict::Suspended
    } else {
        Verdict::OffStack
    }
}

/// The native frame, if code of another object than this library's entered it (a Rust `dylib`): what it recorded as its
/// address is a distance then, and to another landmark.
#[cfg(native_elf)]
fn in_another_object(
    code: usize,
    native: &[RawFrame],
    holds: impl Fn(usize) -> bool,
) -> Option<usize> {
    let own = crate::stack::landmark()?;
    (0..native.len()).filter(|&i| holds(i)).find(|&i| {
        let function = native[i].function;
        let landmark = crate::native::image::landmark(function).filter(|&other| other != own);
        landmark.is_some_and(|other| {
            unwind::function_of(code.wrapping_sub(own).wrapping_add(other)) == Some(function)
        })
    })
}

#[cfg(not(native_elf))]
fn in_another_object(
    _code: usize,
    _native: &[RawFrame],
    _holds: impl Fn(usize) -> bool,
) -> Option<usize> {
    None
}

/// Whether an address lies among frames that are each above the other, beginning with the innermost.
fn near(here: usize, native: &[RawFrame], at: usize) -> bool {
    /// More than a frame has, less than lies between two stacks.
    const LARGEST: usize = 1 << 20;
    let mut high = here;
    for frame in native {
        if frame.sp < high || frame.sp - high > LARGEST {
            break;
        }
        high = frame.sp;
    }
    (here.saturating_sub(LARGEST / 16)..high).contains(&at)
}

#[cfg(all(native_elf, not(miri)))]
fn is_mapped(address: usize) -> bool {
    use std::ffi::{c_int, c_void};
    unsafe extern "C" {
        fn msync(address: *mut c_void, length: usize, flags: c_int) -> c_int;
    }
    /// Writes back nothing of memory that is no file's, and fails where there is none.
    const MS_ASYNC: c_int = 1;
    let page = address & !0xfff;
    // SAFETY: reads and changes nothing.
    unsafe { msync(page as *mut c_void, 1, MS_ASYNC) == 0 }
}

#[cfg(not(all(native_elf, not(miri))))]
fn is_mapped(_address: usize) -> bool {
    true
}
