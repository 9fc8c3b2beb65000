//! Asking threads and waiting for their answers.

use super::signal::{self, Sent};
use super::system;
use crate::stack::owner::{Owner, Pinned};
use crate::stack::remote::{Outcome, Request};
use std::ptr::from_ref;
use std::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Release},
};
use std::time::{Duration, Instant};

/// How long a thread that has begun to answer may take beyond the time that it had: it may not be running.
const GRACE: Duration = Duration::from_millis(100);

/// The process whose thread asks others now; 0: none does. A number of another process is of before a `fork`.
static ASKING: AtomicU32 = AtomicU32::new(0);

/// The right to put up requests, which one thread has at a time.
pub(crate) struct Turn(());

impl Turn {
    /// Waits for it; not for ever: whoever has it may be interrupted by the handler that asks now.
    pub(crate) fn wait(deadline: Instant) -> Option<Turn> {
        let this = system::process_id();
        let mut waiting = Backoff::new();
        loop {
            let holder = ASKING.load(Acquire);
            let free = holder == 0 || holder != this;
            if free
                && ASKING
                    .compare_exchange(holder, this, AcqRel, Acquire)
                    .is_ok()
            {
                return Some(Turn(()));
            }
            if Instant::now() >= deadline {
                return None;
            }
            waiting.wait();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        ASKING.store(0, Release);
    }
}

/// A request that is up.
pub(crate) struct Asked {
    owner: &'static Owner,
    request: &'static Request,
}

/// What came of it.
pub(crate) enum Answered {
    Yes(Request),
    /// The thread has ended.
    Ended,
    /// It has not answered, and does not any more.
    No,
    /// It has begun to answer and does not come to an end: the request is lost.
    Lost,
}

impl Asked {
    /// Asks the owner of a pinned region. `None` if that is not possible.
    pub(crate) fn ask(
        _turn: &Turn,
        owner: &'static Owner,
        _pinned: &Pinned,
        request: Request,
    ) -> Option<Asked> {
        let request: &'static Request = Box::leak(Box::new(request));
        owner.ask(request);
        let asked = Asked { owner, request };
        match signal::send(owner) {
            Sent::Yes => Some(asked),
            Sent::Gone | Sent::No => {
                // Nobody has been told of it, so it is taken back.
                drop(asked.give_up(Instant::now()));
                None
            }
        }
    }

    fn is_waiting(&self) -> bool {
        self.request.outcome() == Outcome::Waiting
    }

    /// What came of it until now; nothing will later. Waits, for a thread that is answering, a little beyond
    /// `deadline`.
    fn give_up(self, deadline: Instant) -> Answered {
        // SAFETY: `ask` made it of a box. It is not up any more, or taken and answered.
        let back =
            |request: &'static Request| unsafe { Box::from_raw(from_ref(request).cast_mut()) };
        let mut waiting = Backoff::new();
        loop {
            match self.request.outcome() {
                Outcome::Answered => return Answered::Yes(*back(self.request)),
                Outcome::Refused => {
                    drop(back(self.request));
                    return Answered::Ended;
                }
                Outcome::Waiting if self.owner.take_back(self.request) => {
                    drop(back(self.request));
                    return Answered::No;
                }
                Outcome::Waiting if Instant::now() >= deadline + GRACE => return Answered::Lost,
                Outcome::Waiting => waiting.wait(),
            }
        }
    }
}

/// Waits until all have answered, or until the deadline.
pub(crate) fn collect(asked: Vec<Asked>, deadline: Instant) -> Vec<Answered> {
    let mut waiting = Backoff::new();
    while asked.iter().any(Asked::is_waiting) && Instant::now() < deadline {
        waiting.wait();
    }
    asked
        .into_iter()
        .map(|asked| asked.give_up(deadline))
        .collect()
}

/// Waits a little longer each time.
struct Backoff(u32);

impl Backoff {
    fn new() -> Backoff {
        Backoff(0)
    }

    fn wait(&mut self) {
        match self.0 {
            0..32 => std::thread::yield_now(),
            32..64 => system::pause(50_000),
            _ => system::pause(500_000),
        }
        self.0 = self.0.saturating_add(1);
    }
}
