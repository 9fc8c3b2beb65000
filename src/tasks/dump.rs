//! Copies of all frames, and how they belong together.

use super::tree::Tree;
use crate::code::Code;
use crate::inspect::{FrameInfo, Locals};
use crate::stack::{Copied, copy};
use crate::suspend::{self, Clock, Id};
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

/// The frames of all futures at about one moment: what [`dump`](super::dump) gives.
///
/// `Send`, `Sync` and `Clone`. `Display` prints [`TaskDump::tree`].
#[derive(Clone)]
pub struct TaskDump {
    pub(super) frames: Vec<Copied>,
    /// Of all frames, one after the other.
    values: Vec<u64>,
    /// Worked out when somebody asks.
    links: OnceLock<Links>,
    clock: Clock,
    busy: usize,
}

/// Who awaits whom, by index.
#[derive(Clone, Default)]
struct Links {
    /// For each frame who awaits or spawned it; [`NONE`] if that is not among the frames.
    parent: Vec<u32>,
    /// For each frame where in `children` those begin that it awaits; and where the last one's end.
    starts: Vec<u32>,
    children: Vec<u32>,
    /// Those that nobody awaits.
    roots: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl TaskDump {
    pub(super) fn take() -> TaskDump {
        let mut frames = Vec::new();
        let mut values = Vec::new();
        let mut busy = 0;
        suspend::each(|class, node| copy(class, node, &mut frames, &mut values, &mut busy));
        TaskDump {
            frames,
            values,
            links: OnceLock::new(),
            clock: Clock::read(),
            busy,
        }
    }

    fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::new(&self.frames))
    }

    /// The tasks, oldest first: the frames that no frame here awaits. Those that were spawned by a frame are among them.
    pub fn tasks(&self) -> impl Iterator<Item = TaskFrame<'_>> {
        self.links().roots.iter().map(|&index| self.frame(index))
    }

    /// All frames, in no order that means anything.
    pub fn frames(&self) -> impl Iterator<Item = TaskFrame<'_>> {
        (0..self.frames.len() as u32).map(|index| self.frame(index))
    }

    /// The number of frames.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Frames that are missing here: they changed each time they were looked at.
    pub fn missed(&self) -> usize {
        self.busy
    }

    /// The tasks that may be stuck: those with a frame that waits, and was not polled for so long.
    ///
    /// Of a task that waits for two things at once, one of which comes again and again, the other may be stuck: so what
    /// counts is not the task as a whole but each frame in it.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let stuck = stacklens::tasks::dump().not_polled_for(Duration::from_secs(10));
    /// assert!(stuck.is_empty());
    /// ```
    pub fn not_polled_for(&self, time: Duration) -> TaskDump {
        let mut kept = vec![false; self.frames.len()];
        for frame in self.frames() {
            if frame.is_running() || frame.since_polled() < time {
                continue;
            }
            let task = frame.task().index;
            kept[task as usize] = true;
        }
        let in_kept = |frame: &TaskFrame<'_>| kept[frame.task().index as usize];
        // One that was spawned by a frame which is left out is not one whose spawner is gone.
        let without_others = |frame: TaskFrame<'_>| {
            let mut copied = frame.copied().clone();
            if frame.spawned_by().is_some_and(|by| !in_kept(&by)) {
                copied.parent = 0;
            }
            copied
        };
        TaskDump {
            // In the same order, on which finding them relies.
            frames: self.frames().filter(in_kept).map(without_others).collect(),
            values: self.values.clone(),
            links: OnceLock::new(),
            clock: self.clock,
            busy: self.busy,
        }
    }

    /// The tasks as a text, each with what it awaits below it. Of frames at one place with equal values and equal frames
    /// below them one is shown, and how many there are.
    ///
    /// ```text
    /// main in examples/async_frames.rs:33 {}
    /// ├─ fetch_data in examples/async_frames.rs:18 {url: "https://api.example.com/users"}
    /// └─ fetch_data in examples/async_frames.rs:18 {url: "https://api.example.com/posts"}
    /// ```
    ///
    /// `{:#}` adds how old each is, how often and when it was polled. Where lines are too long:
    /// [`Tree::with_known_values`], [`Tree::without_values`].
    pub fn tree(&self) -> Tree<'_> {
        Tree::of(self)
    }

    pub(super) fn frame(&self, index: u32) -> TaskFrame<'_> {
        TaskFrame { dump: self, index }
    }
}

impl Links {
    fn new(frames: &[Copied]) -> Links {
        // Frames are in the order of their nodes.
        let find = |id: Id| {
            let at = frames
                .binary_search_by_key(&(id as u32), |frame| frame.id as u32)
                .ok()?;
            (frames[at].id == id).then_some(at as u32)
        };
        let by = |frame: &Copied| match frame.parent {
            0 => NONE,
            parent => find(parent).unwrap_or(NONE),
        };
        let mut parent: Vec<u32> = frames.iter().map(by).collect();
        break_circles(&mut parent);

        let awaited_by = |index: usize| {
            Some(parent[index] as usize)
                .filter(|&by| by != NONE as usize && !frames[index].is_spawned)
        };
        let mut starts = vec![0_u32; frames.len() + 1];
        (0..frames.len())
            .filter_map(awaited_by)
            .for_each(|by| starts[by + 1] += 1);
        for index in 0..frames.len() {
            starts[index + 1] += starts[index];
        }
        let mut ends = starts.clone();
        let mut children = vec![NONE; starts[frames.len()] as usize];
        let mut roots = Vec::new();
        for index in 0..frames.len() {
            match awaited_by(index) {
                None => roots.push(index as u32),
                Some(by) => {
                    children[ends[by] as usize] = index as u32;
                    ends[by] += 1;
                }
            }
        }
        // By when they were polled first.
        let in_order =
            |list: &mut [u32]| list.sort_unstable_by_key(|&index| frames[index as usize].created);
        in_order(&mut roots);
        for bounds in starts.windows(2).filter(|bounds| bounds[1] - bounds[0] > 1) {
            in_order(&mut children[bounds[0] as usize..bounds[1] as usize]);
        }
        Links {
            parent,
            starts,
            children,
            roots,
        }
    }
}

/// Copies are of different moments, so that they may say of two frames that each awaits the other: then one is a root.
fn break_circles(parent: &mut [u32]) {
    // The walk that came by first, by where it began.
    let mut seen = vec![NONE; parent.len()];
    for start in 0..parent.len() {
        let mut at = start;
        while seen[at] == NONE {
            seen[at] = start as u32;
            let next = parent[at];
            if next == NONE {
                break;
            }
            if seen[next as usize] == start as u32 {
                parent[at] = NONE;
                break;
            }
            at = next as usize;
        }
    }
}

/// A frame of a [`TaskDump`].
#[derive(Clone, Copy)]
pub struct TaskFrame<'d> {
    dump: &'d TaskDump,
    pub(super) index: u32,
}

impl<'d> TaskFrame<'d> {
    pub(super) fn copied(self) -> &'d Copied {
        &self.dump.frames[self.index as usize]
    }

    /// The recorded words, which are equal where all values are.
    pub(super) fn words(self) -> &'d [u64] {
        self.copied().words(&self.dump.values)
    }

    fn linked(self, to: u32) -> Option<TaskFrame<'d>> {
        (to != NONE).then(|| self.dump.frame(to))
    }

    /// A number that no other future's frame has while the program runs (but for one in billions).
    pub fn id(self) -> u64 {
        self.copied().id
    }

    /// The function.
    pub fn code(self) -> &'static Code {
        Code::of(Some(self.copied().meta))
    }

    /// The function's name, or that given to [`FutureExt::framed`](super::FutureExt::framed).
    pub fn name(self) -> &'static str {
        self.code().name()
    }

    /// Path of the source file, as `file!()` gives it.
    pub fn file(self) -> &'static str {
        self.code().file()
    }

    /// The line of the `.await` it waits at, or the one that runs.
    pub fn line(self) -> u32 {
        self.code().place(self.copied().position).line
    }

    /// The column at which that statement begins, counted from 1.
    pub fn column(self) -> u32 {
        self.code().place(self.copied().position).column
    }

    /// The variables in scope, with their values.
    ///
    /// # Cost
    ///
    /// Decodes the values at each call; a few allocations for each value.
    pub fn locals(self) -> Locals {
        // At whatever depth.
        FrameInfo::new(self.copied().snapshot(&self.dump.values, 1)).locals()
    }

    /// The frame as an entry of a [`Stack`](crate::Stack) is: its depth is that below the task's root.
    pub fn info(self) -> FrameInfo {
        let depth = std::iter::successors(Some(self), |frame| frame.awaited_by()).count();
        FrameInfo::new(self.copied().snapshot(&self.dump.values, depth))
    }

    /// Whether it was being polled.
    pub fn is_running(self) -> bool {
        self.copied().is_running
    }

    /// How often it was polled, the present poll included. 0: a function with `#[frame(future)]` has made it, and nobody has
    /// polled it yet.
    pub fn polls(self) -> u64 {
        self.copied().polls
    }

    /// How long ago it was polled for the first time, or made by a function with `#[frame(future)]`.
    pub fn age(self) -> Duration {
        self.dump.clock.since(self.copied().created)
    }

    /// How long ago it was polled: when the executor began the poll in which that happened. Of one that nobody has polled yet,
    /// how long ago it was made.
    pub fn since_polled(self) -> Duration {
        self.dump.clock.since(self.copied().polled)
    }

    /// The frame that polled it last.
    pub fn awaited_by(self) -> Option<TaskFrame<'d>> {
        self.linked(self.dump.links().parent[self.index as usize])
            .filter(|_| !self.copied().is_spawned)
    }

    /// The frame that made it and left it to an executor, as far as it was told
    /// ([`FutureExt::framed`](super::FutureExt::framed)) and that frame is still there.
    pub fn spawned_by(self) -> Option<TaskFrame<'d>> {
        self.linked(self.dump.links().parent[self.index as usize])
            .filter(|_| self.copied().is_spawned)
    }

    /// Whether a frame polled it last, or made it, that is not there any more.
    pub fn is_detached(self) -> bool {
        self.copied().parent != 0 && self.dump.links().parent[self.index as usize] == NONE
    }

    /// The frames that it polled last: what it awaits, in the order in which they were polled first.
    pub fn awaits(self) -> impl ExactSizeIterator<Item = TaskFrame<'d>> {
        let links = self.dump.links();
        let [start, end] = [0, 1].map(|next| links.starts[self.index as usize + next] as usize);
        let dump = self.dump;
        links.children[start..end]
            .iter()
            .map(|&index| dump.frame(index))
    }

    /// The task that it is part of: its outermost frame.
    pub fn task(self) -> TaskFrame<'d> {
        std::iter::successors(Some(self), |frame| frame.awaited_by())
            .last()
            .unwrap_or(self)
    }
}

impl fmt::Display for TaskFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}:{}", self.name(), self.file(), self.line())
    }
}

impl fmt::Debug for TaskFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskFrame")
            .field("name", &self.name())
            .field("file", &self.file())
            .field("line", &self.line())
            .field("locals", &self.locals())
            .field("polls", &self.polls())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TaskDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.tree(), f)
    }
}

impl fmt::Debug for TaskDump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskDump")
            .field("frames", &self.frames().collect::<Vec<_>>())
            .field("missed", &self.busy)
            .finish()
    }
}
