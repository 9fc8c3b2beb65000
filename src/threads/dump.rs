//! Taking a dump.

use super::wait::{Answered, Asked, Turn, collect};
use super::{Answer, State, ThreadDump, ThreadStack, os};
use crate::inspect::FrameInfo;
use crate::stack::owner::{self, Pinned};
use crate::stack::remote::{Copied, CopiedStack, Request, Wish};
use crate::stack::{native, region::Region};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// How a dump is taken.
///
/// ```
/// use stacklens::threads::Dump;
/// use std::time::Duration;
///
/// // Without a signal: nothing that the threads wait in is interrupted.
/// let dump = Dump::new().interrupt(false).take();
/// // Of threads that may be waiting for a slow disk.
/// let patient = Dump::new().timeout(Duration::from_secs(2)).take();
/// # assert!(dump.current().is_some() && patient.current().is_some());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dump {
    timeout: Duration,
    interrupt: bool,
    frames: usize,
    others: bool,
}

/// How long a dump may take.
const LONGEST: Duration = Duration::from_secs(3600);

impl Default for Dump {
    fn default() -> Dump {
        Dump::new()
    }
}

impl Dump {
    /// The defaults: threads are asked, for a quarter of a second together, for their 200 innermost and outermost
    /// frames; threads without frames are listed.
    pub const fn new() -> Dump {
        Dump {
            timeout: Duration::from_millis(250),
            interrupt: true,
            frames: 200,
            others: true,
        }
    }

    /// How long to wait for the answers, all together; where another thread takes a dump, so long again until it has.
    /// A dump returns a tenth of a second later at the latest. At most an hour.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Dump {
        let is_longer = timeout.as_secs() >= LONGEST.as_secs();
        self.timeout = if is_longer { LONGEST } else { timeout };
        self
    }

    /// Whether threads are asked, by a signal, or all read from outside.
    #[must_use]
    pub const fn interrupt(mut self, interrupt: bool) -> Dump {
        self.interrupt = interrupt;
        self
    }

    /// How many frames of each thread are kept: the innermost half and the outermost half of a deeper stack.
    #[must_use]
    pub const fn frames(mut self, frames: usize) -> Dump {
        self.frames = frames;
        self
    }

    /// Whether threads without frames are listed. On Linux alone they are known.
    #[must_use]
    pub const fn others(mut self, others: bool) -> Dump {
        self.others = others;
        self
    }

    /// Takes it: the stacks of all threads, this one included.
    pub fn take(&self) -> ThreadDump {
        let started = Instant::now();
        // So that this thread is one of those that are known.
        native::begin();
        let known = Known::all();
        // Before anybody is woken by being asked.
        let mut threads: Vec<ThreadStack> = known.iter().map(Known::identity).collect();
        let turn = self
            .interrupt
            .then(|| Turn::wait(started + self.timeout))
            .flatten();
        let deadline = Instant::now() + self.timeout;
        let mut asked = Vec::new();
        let mut of = Vec::new();
        for (i, known) in known.iter().enumerate() {
            if known.is_this_thread() {
                continue;
            }
            match self.ask(turn.as_ref(), known) {
                Asking::Up(one) => {
                    asked.push(one);
                    of.push(i);
                }
                Asking::NotPossible => self.read(known, Answer::Outside, &mut threads[i]),
                Asking::Ended => threads[i].state = State::Exiting,
            }
        }
        if let Some(i) = known.iter().position(Known::is_this_thread) {
            threads[i].answer = Answer::Own;
            threads[i].state = State::Running;
            if let Some(copy) = Copied::of_this_thread(self.frames) {
                fill(copy, &mut threads[i]);
            }
        }
        for (answered, i) in collect(asked, deadline).into_iter().zip(of) {
            match answered {
                Answered::Yes(request) => {
                    if let Wish::Stack(copied) = request.into_wish() {
                        threads[i].answer = Answer::Itself;
                        fill(copied.read(), &mut threads[i]);
                    }
                }
                Answered::Ended => threads[i].state = State::Exiting,
                Answered::No | Answered::Lost => {
                    self.read(&known[i], Answer::Silent, &mut threads[i]);
                }
            }
        }
        drop(turn);
        if self.others {
            add_others(&mut threads);
        }
        ThreadDump {
            threads,
            took: started.elapsed(),
        }
    }

    fn ask(&self, turn: Option<&Turn>, known: &Known) -> Asking {
        let Some(pinned) = known.pinned() else {
            return Asking::Ended;
        };
        let Some(turn) = turn else {
            return Asking::NotPossible;
        };
        let room = Copied::with_room(known.region, pinned.top(), self.frames);
        let request = Request::new(Wish::Stack(room));
        match Asked::ask(turn, &known.region.owner, &pinned, request) {
            Some(asked) => Asking::Up(asked),
            None => Asking::NotPossible,
        }
    }

    /// Reads a stack from outside.
    fn read(&self, known: &Known, answer: Answer, thread: &mut ThreadStack) {
        let Some(pinned) = known.pinned() else {
            thread.state = State::Exiting;
            return;
        };
        let mut copied = Copied::with_room(known.region, pinned.top(), self.frames);
        let still = copied.fill_from_outside(known.region, &pinned);
        drop(pinned);
        thread.answer = if still { answer } else { Answer::Torn };
        fill(copied.read(), thread);
    }
}

enum Asking {
    Up(Asked),
    NotPossible,
    Ended,
}

/// A thread that has a region, or had it when the dump began.
struct Known {
    region: &'static Region,
    serial: u64,
    id: u32,
    name: Option<String>,
}

impl Known {
    /// All that there are, in the order in which they began.
    fn all() -> Vec<Known> {
        let known = |region: &'static Region| {
            let _pinned = Pinned::new(region)?;
            let owner = &region.owner;
            Some(Known {
                region,
                serial: owner.serial(),
                id: owner.id(),
                name: owner.name(),
            })
        };
        let mut all: Vec<Known> = owner::regions().filter_map(known).collect();
        all.sort_by_key(|known| known.serial);
        all
    }

    /// `None`: the thread has ended; another one may have its region.
    fn pinned(&self) -> Option<Pinned> {
        Pinned::new(self.region).filter(|_| self.region.owner.serial() == self.serial)
    }

    fn is_this_thread(&self) -> bool {
        owner::own().is_some_and(|own| std::ptr::eq(own, self.region))
    }

    /// What is known of it without its stack.
    fn identity(&self) -> ThreadStack {
        let known = os::thread(self.id);
        let is_main = self.id != 0 && self.id == std::process::id();
        let name = self.name.clone();
        let name = name
            .or_else(|| is_main.then(|| "main".to_owned()))
            .or_else(|| known.as_ref().map(|known| known.name.clone()));
        let id = match self.id {
            0 => self.serial,
            id => id.into(),
        };
        let state = known.map_or(State::Unknown, |known| known.state);
        without_frames(id, name, state)
    }
}

fn without_frames(id: u64, name: Option<String>, state: State) -> ThreadStack {
    ThreadStack {
        id,
        name,
        state,
        answer: Answer::Nothing,
        frames: Vec::new(),
        omitted: 0,
        unrecorded: 0,
        entering: false,
    }
}

fn fill(copy: CopiedStack, thread: &mut ThreadStack) {
    thread.frames = copy.frames.into_iter().map(FrameInfo::new).collect();
    thread.omitted = copy.omitted;
    thread.unrecorded = copy.unrecorded;
    thread.entering = copy.entering;
}

/// Threads that the system knows and that have no region.
fn add_others(threads: &mut Vec<ThreadStack>) {
    let known: HashSet<u64> = threads.iter().map(|thread| thread.id).collect();
    let mut others = os::threads();
    others.sort_unstable();
    let others = others.into_iter().filter(|&id| !known.contains(&id.into()));
    let main = std::process::id();
    threads.extend(others.filter_map(os::thread).map(|it| {
        let name = if it.id == main {
            "main".to_owned()
        } else {
            it.name
        };
        without_frames(it.id.into(), Some(name), it.state)
    }));
}
