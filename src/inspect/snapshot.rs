//! An owned copy of the whole stack.

use super::FrameInfo;
use super::fold::{Row, cut, hide};
use crate::capture::Limits;
use crate::stack::{self as storage, Snapshot};
use std::fmt;
use std::ops::Index;
use std::slice::SliceIndex;

/// This thread's annotated frames at one moment, innermost first: what [`stack`](crate::stack)
/// gives.
///
/// Indexable, iterable, `Send`, `Sync` and `Clone`. `Display` prints one line a frame:
///
/// ```text
/// [0] deep_call in src/main.rs:3
/// [1] middle in src/main.rs:9
/// [2] top in src/main.rs:12
/// ```
///
/// The numbers are indices. Frames of functions marked `#[frame(hide)]` are left out of the print
/// and counted (`[1 hidden frame]`); of more than 100 frames the first and last 50 are printed. The
/// data has them all.
#[derive(Clone, Default)]
pub struct Stack {
    frames: Vec<Snapshot>,
    unrecorded: usize,
}

impl Stack {
    pub(super) fn take() -> Stack {
        Stack {
            frames: storage::snapshots(),
            unrecorded: storage::unrecorded(),
        }
    }

    /// The frames, innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        FrameInfo::list(&self.frames)
    }

    /// The frame at an index; 0 is the innermost.
    pub fn get(&self, index: usize) -> Option<&FrameInfo> {
        self.frames().get(index)
    }

    /// The frames, innermost first.
    pub fn iter(&self) -> std::slice::Iter<'_, FrameInfo> {
        self.frames().iter()
    }

    /// The number of recorded frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether no frame is recorded.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Frames that were active but of which nothing is known, because the thread's storage was full
    /// (over a million frames deep) or already torn down. They are the innermost ones: they come
    /// before index 0.
    pub fn unrecorded(&self) -> usize {
        self.unrecorded
    }
}

/// # Panics
///
/// If the index is out of bounds; [`Stack::get`] does not.
impl<I: SliceIndex<[FrameInfo]>> Index<I> for Stack {
    type Output = I::Output;

    fn index(&self, index: I) -> &I::Output {
        &self.frames()[index]
    }
}

impl<'a> IntoIterator for &'a Stack {
    type Item = &'a FrameInfo;
    type IntoIter = std::slice::Iter<'a, FrameInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Stack {
    type Item = FrameInfo;
    type IntoIter = std::vec::IntoIter<FrameInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.frames
            .into_iter()
            .map(FrameInfo::new)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |i: usize| self.frames()[i].is_hidden();
        let rows = (0..self.frames.len()).map(Row::Frame).collect();
        let rows = hide(cut(&Limits::DEFAULT, rows, hidden), hidden);
        let unrecorded = (self.unrecorded > 0).then_some(Row::Unrecorded(self.unrecorded));
        for (line, row) in unrecorded.into_iter().chain(rows).enumerate() {
            if line > 0 {
                f.write_str("\n")?;
            }
            match row {
                Row::Frame(i) => write!(f, "[{i}] {}", self.frames()[i])?,
                gap => write!(f, "{gap}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("frames", &self.frames())
            .field("unrecorded", &self.unrecorded)
            .finish()
    }
}
