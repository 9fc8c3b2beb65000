//! A profiler: looks at all threads again and again.

use super::profile::{Builder, Profile};
use super::wait::{Answered, Asked, Turn, collect};
use super::{State, os, signal, system};
use crate::stack::owner::{self, Pinned};
use crate::stack::region::Region;
use crate::stack::remote::{Places, Request, Wish};
use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Looks at all other threads `rate` times a second, for so long: where do they spend their time?
///
/// ```
/// use stacklens::{frame, threads};
/// use std::time::{Duration, Instant};
///
/// #[frame]
/// fn busy(until: Instant) -> u64 {
///     let mut turns = 0;
///     while Instant::now() < until {
///         turns += 1;
///     }
///     turns
/// }
///
/// let until = Instant::now() + Duration::from_millis(300);
/// let worker = std::thread::spawn(move || busy(until));
/// let profile = threads::sample(500, Duration::from_millis(200));
/// worker.join().unwrap();
///
/// let mut folded = Vec::new();
/// profile.write_folded(&mut folded)?;
/// # if cfg!(not(feature = "off")) {
/// assert!(String::from_utf8_lossy(&folded).contains("::busy "));
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// As [`Sampling`] with its defaults: of threads that run.
pub fn sample(rate: u32, duration: Duration) -> Profile {
    Sampling::new().rate(rate).run_for(duration)
}

/// How long a turn waits for the answers: a thread may have to wait for a processor.
const PATIENCE: Duration = Duration::from_millis(50);

/// How threads are sampled.
///
/// # Cost
///
/// Of a thread that is looked at: 26 instructions a frame and 120 more in the handler, and what the system takes to
/// deliver a signal (a microsecond). Of the thread that looks: for each thread and turn some 2,000 instructions, 140 a
/// frame, three system calls and an allocation.
#[derive(Clone, Copy, Debug)]
pub struct Sampling {
    rate: u32,
    idle: bool,
    frames: usize,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling::new()
    }
}

impl Sampling {
    /// The defaults: 99 times a second, of threads that run, up to 128 frames.
    pub const fn new() -> Sampling {
        Sampling {
            rate: 99,
            idle: false,
            frames: 128,
        }
    }

    /// How often a second: 1 to 10,000.
    #[must_use]
    pub const fn rate(mut self, rate: u32) -> Sampling {
        self.rate = match rate {
            0 => 1,
            1..=10_000 => rate,
            _ => 10_000,
        };
        self
    }

    /// Whether threads that wait are sampled as well. They are not woken for nothing where this is `false`, but then
    /// only Linux tells who waits: elsewhere all are sampled.
    #[must_use]
    pub const fn idle(mut self, idle: bool) -> Sampling {
        self.idle = idle;
        self
    }

    /// How many frames of a stack are kept, 1 to 65,536: the innermost half and the outermost half of a deeper one. Room
    /// for so many is made for each thread.
    #[must_use]
    pub const fn frames(mut self, frames: usize) -> Sampling {
        self.frames = match frames {
            0 => 1,
            1..=65_536 => frames,
            _ => 65_536,
        };
        self
    }

    /// Samples all other threads for so long, on this one.
    pub fn run_for(&self, duration: Duration) -> Profile {
        // Some decades are for ever, and a time that can be counted to.
        let end = Instant::now() + duration.min(Duration::from_secs(1 << 30));
        self.run(|until| {
            let now = Instant::now();
            thread::sleep(until.min(end).saturating_duration_since(now));
            until < end
        })
    }

    /// Samples all threads until [`Sampler::stop`], on a thread of its own.
    ///
    /// # Errors
    ///
    /// If there is no new thread to be had.
    pub fn start(self) -> io::Result<Sampler> {
        let (stop, stopped) = channel::<()>();
        let wait = move |until: Instant| {
            let left = until.saturating_duration_since(Instant::now());
            stopped.recv_timeout(left) == Err(RecvTimeoutError::Timeout)
        };
        let thread = thread::Builder::new().name("stacklens-sample".to_owned());
        let thread = thread.spawn(move || self.run(wait))?;
        Ok(Sampler {
            thread: Some(thread),
            stop: Some(stop),
        })
    }

    /// Samples at each moment that `wait` waits for with `true`.
    fn run(&self, mut wait: impl FnMut(Instant) -> bool) -> Profile {
        let period = Duration::from_secs(1) / self.rate;
        let mut next = Instant::now() + period;
        let mut round = Round::new(*self, period);
        while wait(next) {
            let now = Instant::now();
            round.sample(now + period.max(PATIENCE));
            // Turns that there was no time for are left out, and not made up for.
            let late = Instant::now().saturating_duration_since(next);
            let left_out = late.as_nanos() / period.as_nanos().max(1);
            let left_out = u32::try_from(left_out).unwrap_or(u32::MAX - 1);
            round.profile.skip(left_out);
            next += period * (left_out + 1);
        }
        round.profile.finish()
    }
}

/// Samples all threads, until it is stopped or dropped.
///
/// ```
/// use stacklens::threads::Sampling;
///
/// let sampler = Sampling::new().rate(200).start()?;
/// // The program does what is slow.
/// let profile = sampler.stop();
/// println!("{profile}");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Sampler {
    thread: Option<JoinHandle<Profile>>,
    stop: Option<Sender<()>>,
}

impl Sampler {
    /// Ends it: what was seen.
    pub fn stop(mut self) -> Profile {
        drop(self.stop.take());
        let profile = self.thread.take().and_then(|thread| thread.join().ok());
        profile.unwrap_or_default()
    }
}

impl Drop for Sampler {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It has no panics of its own; there is nobody to tell.
            let _ = thread.join();
        }
    }
}

/// What is kept between two turns.
struct Round {
    options: Sampling,
    profile: Builder,
    /// How long each thread, by its serial number, had run at the last turn.
    ran: HashMap<u64, u64>,
    /// Room for copies, used again.
    spare: Vec<Places>,
}

impl Round {
    fn new(options: Sampling, period: Duration) -> Round {
        Round {
            options,
            profile: Builder::new(period, options.idle),
            ran: HashMap::new(),
            spare: Vec::new(),
        }
    }

    fn sample(&mut self, deadline: Instant) {
        let own = owner::own();
        let turn = Turn::wait(deadline);
        let mut asked = Vec::new();
        let mut of = Vec::new();
        for region in owner::regions() {
            if own.is_some_and(|own| std::ptr::eq(own, region)) {
                continue;
            }
            let Some(pinned) = Pinned::new(region) else {
                continue;
            };
            let (serial, id) = (region.owner.serial(), region.owner.id());
            if !self.options.idle && !self.is_running(serial, id) {
                continue;
            }
            let mut places = self
                .spare
                .pop()
                .unwrap_or_else(|| Places::with_room(self.options.frames));
            match turn.as_ref().filter(|_| signal::number().is_some()) {
                Some(turn) => {
                    let request = Request::new(Wish::Places(places));
                    match Asked::ask(turn, &region.owner, &pinned, request) {
                        Some(one) => {
                            asked.push(one);
                            of.push(region);
                        }
                        None => self.profile.miss(),
                    }
                }
                None => {
                    places.fill(region, pinned.top());
                    self.add(region, places);
                }
            }
        }
        for (answered, region) in collect(asked, deadline).into_iter().zip(of) {
            match answered {
                Answered::Yes(request) => {
                    if let Wish::Places(places) = request.into_wish() {
                        self.add(region, places);
                    }
                }
                Answered::Ended => {}
                Answered::No | Answered::Lost => self.profile.miss(),
            }
        }
    }

    /// Whether the thread runs. Its clock spares asking for more of most that wait; by itself it does not tell, as
    /// being asked takes time too.
    fn is_running(&mut self, serial: u64, id: u32) -> bool {
        match system::cpu_time(id) {
            Some(now) if self.ran.insert(serial, now) == Some(now) => false,
            _ => os::thread(id).is_none_or(|thread| thread.state == State::Running),
        }
    }

    fn add(&mut self, region: &'static Region, places: Places) {
        self.profile.add(&region.owner, &places);
        self.spare.push(places);
    }
}
