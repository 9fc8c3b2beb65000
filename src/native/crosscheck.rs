//! Whether the recorded frames are really there.

mod display;
mod merged;
mod verdict;

pub use merged::MergedFrame;
pub use verdict::Verdict;

use super::stack::NativeStack;
use super::unwind::{self, RawFrame};
use crate::inspect::{FrameInfo, Stack, stack as recorded};
use crate::stack as storage;
use verdict::judge;

/// The recorded stack and the native one, held against each other: what [`crosscheck`] gives.
///
/// `Display` prints the verdict and then the native stack, with what is recorded of each frame:
///
/// ```text
/// the stacks agree: 2 of 2 recorded frames are on the native stack; 1 native function is not annotated
/// [0] app::parse in src/parse.rs:12:9 = recorded [0]
/// [1] app::read in src/main.rs:7:5
/// [2] app::main in src/main.rs:3:5 = recorded [1]
/// [9 runtime frames]
/// ```
#[derive(Clone)]
pub struct CrossCheck {
    recorded: Stack,
    verdicts: Vec<Verdict>,
    native: NativeStack,
    /// Native frames that a recorded one was found in.
    annotated: Vec<bool>,
    violations: Vec<OrderViolation>,
}

/// What a native frame is to the recorded stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NativeKind {
    /// At least one recorded frame is in it.
    Annotated,
    /// A function of the program or of a library that nobody annotated.
    Unannotated,
    /// It only passes control on: the start of a program or thread, a panic's machinery, a shim.
    Runtime,
}

/// Two recorded frames whose native frames are in the other order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderViolation {
    /// Index of the frame that was entered later.
    pub inner: usize,
    /// Index of the one that was entered before it, and lies further in.
    pub outer: usize,
}

/// Holds the recorded stack of this thread against the native one: is each recorded frame really there?
///
/// A recorded frame is confirmed if the stack pointer that it recorded lies in a native frame, and the code that recorded
/// it belongs to the same function as that frame's. Neither names nor lines are asked, so that it is the same in optimised
/// and stripped programs, with inlining, closures and generics, and across stacks.
///
/// ```
/// use stacklens::{frame, native};
///
/// #[frame]
/// fn work() -> native::CrossCheck {
///     native::crosscheck()
/// }
///
/// let check = work();
/// assert!(check.agrees(), "{check}");
/// # #[cfg(all(feature = "native", target_os = "linux", target_arch = "x86_64", not(feature = "off")))]
/// assert!(matches!(check.verdicts()[0], native::Verdict::Confirmed { .. }));
/// ```
///
/// # Cost
///
/// That of [`stack`](super::stack), and a look-up in the unwind tables for each recorded frame. No name is looked up before
/// somebody asks for one.
#[inline(never)]
pub fn crosscheck() -> CrossCheck {
    let own = crosscheck as *const () as usize;
    let native = NativeStack::of(unwind::capture_outside(own, false));
    CrossCheck::of(recorded(), native)
}

impl CrossCheck {
    pub(crate) fn of(recorded: Stack, native: NativeStack) -> CrossCheck {
        let frames: Vec<RawFrame> = native.frames().iter().map(|frame| *frame.raw()).collect();
        let entered: Vec<verdict::Entered> = recorded
            .iter()
            .map(|frame| verdict::Entered {
                stack_pointer: frame.stack_pointer(),
                code: frame.code_address(),
            })
            .collect();
        let verdicts = judge(&entered, &frames, native.is_cut());
        let mut annotated = vec![false; frames.len()];
        let mut places: Vec<(usize, usize)> = Vec::new();
        for (index, verdict) in verdicts.iter().enumerate() {
            if let Verdict::Confirmed { native_index } = *verdict {
                annotated[native_index] = true;
                places.push((index, native_index));
            }
        }
        let violations = places
            .windows(2)
            .filter(|pair| pair[0].1 > pair[1].1)
            .map(|pair| OrderViolation {
                inner: pair[0].0,
                outer: pair[1].0,
            })
            .collect();
        CrossCheck {
            recorded,
            verdicts,
            native,
            annotated,
            violations,
        }
    }

    /// The recorded frames, innermost first.
    pub fn recorded(&self) -> &Stack {
        &self.recorded
    }

    /// What was found of each recorded frame, at the same index.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// The native frames, innermost first.
    pub fn native(&self) -> &NativeStack {
        &self.native
    }

    /// What each native frame is to the recorded stack, innermost first.
    ///
    /// Looks up names, as [`NativeFrame::symbols`](super::NativeFrame::symbols) does.
    pub fn kinds(&self) -> Vec<NativeKind> {
        let mut kinds = vec![NativeKind::Runtime; self.annotated.len()];
        for place in self.native.functions(false) {
            if !place.is_runtime {
                kinds[place.frame] = NativeKind::Unannotated;
            }
        }
        for (kind, annotated) in kinds.iter_mut().zip(&self.annotated) {
            if *annotated {
                *kind = NativeKind::Annotated;
            }
        }
        kinds
    }

    /// The recorded frames that are in a native one, innermost first.
    pub fn recorded_in(&self, native_index: usize) -> impl Iterator<Item = &FrameInfo> {
        let verdicts = self.verdicts.iter().zip(self.recorded.iter());
        verdicts.filter_map(move |(verdict, frame)| {
            (*verdict == Verdict::Confirmed { native_index }).then_some(frame)
        })
    }

    /// Neighbours among the confirmed frames that were entered in another order than they lie in.
    pub fn violations(&self) -> &[OrderViolation] {
        &self.violations
    }

    /// Whether nothing speaks against the recorded stack: no frame leaked or off the stack, all in order. Frames that
    /// could not be verified, and those on a stack that waits, do not count.
    pub fn agrees(&self) -> bool {
        let wrong = |verdict: &Verdict| matches!(verdict, Verdict::Leaked | Verdict::OffStack);
        self.violations.is_empty() && !self.verdicts.iter().any(wrong)
    }
}

impl FrameInfo {
    fn code_address(&self) -> Option<usize> {
        storage::code_address(self.code_address_word())
    }
}
