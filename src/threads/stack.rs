//! The stacks of threads as data.

use crate::inspect::{FrameInfo, Locals};
use std::time::Duration;

/// The stacks of all threads: what [`dump_all`](super::dump_all) gives.
///
/// Owned, `Send`, `Sync` and `Clone`. `Display` prints each thread with its frames, innermost first as
/// [`Stack`](crate::Stack) does, and their values; [`to_json`](ThreadDump::to_json) has all of it as data.
#[derive(Clone, Debug, Default)]
pub struct ThreadDump {
    pub(super) threads: Vec<ThreadStack>,
    pub(super) took: Duration,
}

/// One thread of a [`ThreadDump`].
#[derive(Clone, Debug)]
pub struct ThreadStack {
    pub(super) id: u64,
    pub(super) name: Option<String>,
    pub(super) state: State,
    pub(super) answer: Answer,
    pub(super) frames: Vec<FrameInfo>,
    pub(super) omitted: usize,
    pub(super) unrecorded: usize,
    pub(super) entering: bool,
}

/// What a thread did when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It ran, or was about to.
    Running,
    /// It waited in a system call: for a lock, a channel, a file, a timer.
    Blocked,
    /// It waited in the system where no signal reaches it: for a disk, mostly.
    Uninterruptible,
    /// It was stopped by a debugger or `SIGSTOP`.
    Stopped,
    /// It was ending: its frames are gone.
    Exiting,
    /// The system does not tell.
    Unknown,
}

/// How a thread's frames became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// It is the thread that asked.
    Own,
    /// It copied its own stack: all of one moment.
    Itself,
    /// Read by the one who asked, because threads are not or cannot be asked here. It stood still meanwhile.
    Outside,
    /// Read by the one who asked, because the thread did not answer in time. It stood still meanwhile.
    Silent,
    /// Read by the one who asked while the thread ran: names and lines may be of two moments.
    Torn,
    /// No annotated function was ever entered on it, or its frames are gone because it ends.
    Nothing,
}

impl ThreadDump {
    /// The threads in the order in which they entered their first frames; then those that never did.
    pub fn threads(&self) -> &[ThreadStack] {
        &self.threads
    }

    /// The threads, likewise.
    pub fn iter(&self) -> std::slice::Iter<'_, ThreadStack> {
        self.threads.iter()
    }

    /// The thread with this [id](ThreadStack::id).
    pub fn get(&self, id: u64) -> Option<&ThreadStack> {
        self.iter().find(|thread| thread.id == id)
    }

    /// The thread that asked; `None` if nothing is known of it.
    pub fn current(&self) -> Option<&ThreadStack> {
        self.iter().find(|thread| thread.answer == Answer::Own)
    }

    /// How long it took.
    pub fn took(&self) -> Duration {
        self.took
    }
}

impl<'a> IntoIterator for &'a ThreadDump {
    type Item = &'a ThreadStack;
    type IntoIter = std::slice::Iter<'a, ThreadStack>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl ThreadStack {
    /// The number that the system gives to the thread, as `top` and debuggers show it; elsewhere than on Linux, its
    /// place among the threads that entered frames.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Its name: the one that [`register`](super::register) gave it, or what the system keeps of the one that it was
    /// made with (15 bytes on Linux). `main` for the first thread.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What it did.
    pub fn state(&self) -> State {
        self.state
    }

    /// How its frames became known.
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// Its frames, innermost first.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }

    /// The variables of the frame at an index; none if there is no such frame.
    ///
    /// As [`FrameInfo::locals`], but where another thread was looked at in the middle of a statement, those of its
    /// innermost frame that the statement may have changed already say `(as of line N)`.
    pub fn locals(&self, index: usize) -> Locals {
        match self.frames.get(index) {
            // Line 0 is none that a statement is at.
            Some(frame) if index == 0 && self.answer != Answer::Own => frame.locals_at(0),
            Some(frame) => frame.locals(),
            None => Locals::default(),
        }
    }

    /// Frames left out of the middle of a deep stack: [`FrameInfo::depth`] says where.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Innermost frames of which nothing is known, see [`Stack::unrecorded`](crate::Stack::unrecorded).
    pub fn unrecorded(&self) -> usize {
        self.unrecorded
    }

    /// Whether it was just entering a frame, which is not among the others yet.
    pub fn is_entering(&self) -> bool {
        self.entering
    }

    /// All its frames, those without a copy too.
    pub fn depth(&self) -> usize {
        self.frames.len() + self.omitted + self.unrecorded
    }
}

impl State {
    /// As the text and the JSON form have it: `running`, `blocked`, ..
    pub fn as_str(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Blocked => "blocked",
            State::Uninterruptible => "uninterruptible",
            State::Stopped => "stopped",
            State::Exiting => "exiting",
            State::Unknown => "unknown",
        }
    }
}

impl Answer {
    /// As the JSON form has it: `own`, `itself`, ..
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Own => "own",
            Answer::Itself => "itself",
            Answer::Outside => "outside",
            Answer::Silent => "silent",
            Answer::Torn => "torn",
            Answer::Nothing => "nothing",
        }
    }
}
