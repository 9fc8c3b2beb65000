//! When something was polled: a counter of the processor's that is read in a few instructions, and turned into time when
//! somebody asks.

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod x86_64;
#[cfg(all(target_arch = "x86_64", not(miri)))]
use x86_64 as counter;

#[cfg(all(target_arch = "aarch64", not(miri)))]
mod aarch64;
#[cfg(all(target_arch = "aarch64", not(miri)))]
use aarch64 as counter;

#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod portable;
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
use portable as counter;

pub(crate) use counter::now;

use once_cell::race::OnceBox;
use std::time::{Duration, Instant};

/// What the counter said at a time that is known otherwise.
#[derive(Clone, Copy, Debug)]
struct Pair {
    counter: u64,
    time: Instant,
}

impl Pair {
    fn take() -> Pair {
        Pair {
            counter: now(),
            time: Instant::now(),
        }
    }
}

/// The counter as time, from the moment at which this was made.
///
/// How fast the counter runs is worked out from two moments that lie as far apart as can be had: when the first frame was
/// kept, and now. So what is said of a time between them is off by no more than taking a pair takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    now: u64,
    nanos_per_tick: f64,
}

static BEGUN: OnceBox<Pair> = OnceBox::new();

/// Remembers the first moment, if that is not done.
#[cold]
pub(crate) fn begin() {
    BEGUN.get_or_init(|| Box::new(Pair::take()));
}

impl Clock {
    pub(crate) fn read() -> Clock {
        let then = *BEGUN.get_or_init(|| Box::new(Pair::take()));
        let here = Pair::take();
        Clock::between(then, here)
    }

    fn between(then: Pair, here: Pair) -> Clock {
        let ticks = here.counter.saturating_sub(then.counter);
        let nanos = here.time.saturating_duration_since(then.time).as_nanos();
        let nanos_per_tick = if ticks == 0 {
            0.0
        } else {
            nanos as f64 / ticks as f64
        };
        Clock {
            now: here.counter,
            nanos_per_tick,
        }
    }

    /// How long ago the counter stood there. Processors whose counters disagree by a little make it 0, never negative.
    pub(crate) fn since(&self, counter: u64) -> Duration {
        let ticks = self.now.saturating_sub(counter) as f64;
        Duration::from_nanos((ticks * self.nanos_per_tick) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_back_is_as_far_back_as_another_clock_says() {
        begin();
        let (counter, time) = (now(), Instant::now());
        std::thread::sleep(Duration::from_millis(30));
        let (said, really) = (Clock::read().since(counter), time.elapsed());
        let off = said.abs_diff(really);
        assert!(off < Duration::from_millis(10), "{said:?} {really:?}");
    }

    #[test]
    fn a_time_to_come_is_now() {
        assert_eq!(Clock::read().since(u64::MAX), Duration::ZERO);
    }

    #[test]
    fn a_clock_that_stands_still_says_nothing() {
        let pair = Pair::take();
        assert_eq!(Clock::between(pair, pair).since(0), Duration::ZERO);
    }
}
