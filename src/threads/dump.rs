//! Taking a dump.

use super::wait::{Answered, Asked, Turn, collect};
use super::{Answer, State, ThreadDump, ThreadStack, os};
use crate::inspect::FrameInfo;
use crate::stack::owner::{self, Owner, Pinned};
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
    /// A dump returns a tenth of a second later at the latest.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Dump {
        self.timeout = timeout;
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
        let regions = in_order();
        // Before anybody is woken by being asked.
        let mut threads: Vec<ThreadStack> = regions.iter().map(|r| identity(&r.owner)).collect();
        let own = owner::own();
        let is_own = |region: &Region| own.is_some_and(|own| std::ptr::eq(own, region));
        let turn = self
            .interrupt
            .then(|| Turn::wait(started + self.timeout))
            .flatten();
        let deadline = Instant::now() + self.timeout;
        let mut asked = Vec::new();
        let mut of = Vec::new();
        let mut unasked = Vec::new();
        for (i, &region) in regions.iter().enumerate() {
            if is_own(region) {
                continue;
            }
            match turn.as_ref().map(|turn| self.ask(turn, region)) {
                Some(Some(Some(one))) => {
                    asked.push(one);
                    of.push(i);
                }
                Some(None) => threads[i].state = State::Exiting,
                None | Some(Some(None)) => unasked.push(i),
            }
        }
        for i in unasked {
            self.read(regions[i], Answer::Outside, &mut threads[i]);
        }
        if let Some(i) = regions.iter().position(|region| is_own(region)) {
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
                    self.read(regions[i], Answer::Silent, &mut threads[i]);
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

    /// `None`: the thread has ended. `Some(None)`: it cannot be asked.
    fn ask(&self, turn: &Turn, region: &'static Region) -> Option<Option<Asked>> {
        let pinned = Pinned::new(region)?;
        let room = Copied::with_room(region, pinned.top(), self.frames);
        let request = Request::new(Wish::Stack(room));
        Some(Asked::ask(turn, &region.owner, &pinned, request))
    }

    /// Reads a stack from outside.
    fn read(&self, region: &'static Region, answer: Answer, thread: &mut ThreadStack) {
        let Some(pinned) = Pinned::new(region) else {
            thread.state = State::Exiting;
            return;
        };
        let mut copied = Copied::with_room(region, pinned.top(), self.frames);
        let still = copied.fill_from_outside(region, &pinned);
        drop(pinned);
        thread.answer = if still { answer } else { Answer::Torn };
        fill(copied.read(), thread);
    }
}

/// The regions that somebody has, in the order in which their threads began.
fn in_order() -> Vec<&'static Region> {
    let mut regions: Vec<_> = owner::regions()
        .filter(|&region| Pinned::new(region).is_some())
        .collect();
    regions.sort_by_key(|region| region.owner.serial());
    regions
}

/// What is known of a thread without its stack.
fn identity(owner: &Owner) -> ThreadStack {
    let id = owner.id();
    let known = os::thread(id);
    let is_main = id != 0 && id == std::process::id();
    let name = owner
        .name()
        .or_else(|| is_main.then(|| "main".to_owned()))
        .or_else(|| known.as_ref().map(|known| known.name.clone()));
    ThreadStack {
        id: if id == 0 { owner.serial() } else { id.into() },
        name,
        state: known.map_or(State::Unknown, |known| known.state),
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
    threads.extend(others.filter_map(os::thread).map(|it| ThreadStack {
        id: it.id.into(),
        name: Some(if it.id == std::process::id() {
            "main".to_owned()
        } else {
            it.name
        }),
        state: it.state,
        answer: Answer::Nothing,
        frames: Vec::new(),
        omitted: 0,
        unrecorded: 0,
        entering: false,
    }));
}
