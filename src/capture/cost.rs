//! What formatting has cost at each place, so that it can stop before it is all that a program does.
//!
//! A `Debug` may take a nanosecond or a second, and nothing bounds it from outside. So its time is added up by site
//! (function and slot); a site that has used up its allowance formats rarely and says so in between.
//!
//! What counts is the time that the thread had a processor or waited for something, not the time that others had it: a
//! value is not to be missing because the machine was busy. To ask for that is a system call, which costs more than many
//! a `Debug` (1 µs on a virtual machine; the clock 40 ns). So it is asked once the clock says that the allowance is used
//! up; from then on the site has its allowance once more.

mod usage;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};
use usage::Usage;

const SITES: usize = 1024;
/// Microseconds that a site may use by the clock, and then by what its thread used, before it backs off.
const ALLOWANCE: u32 = 3_000;
/// Having backed off, it formats one in so many values.
const PAUSE: u32 = 256;

struct Site {
    /// Up to the allowance by the clock; beyond it, by what was used.
    spent: AtomicU32,
    skipped: AtomicU32,
}

static TABLE: [Site; SITES] = [const {
    Site {
        spent: AtomicU32::new(0),
        skipped: AtomicU32::new(0),
    }
}; SITES];

/// Runs `format` unless the site has used up its allowance. Sites are told apart by a hash of `key`: two that fall together
/// share an allowance.
///
/// Returns whether it ran.
pub(crate) fn within(key: usize, format: impl FnOnce()) -> bool {
    let site = &TABLE[key.wrapping_mul(0x9E37_79B9) >> 7 & (SITES - 1)];
    let spent = site.spent.load(Relaxed);
    if spent > 2 * ALLOWANCE {
        let skipped = site.skipped.load(Relaxed).wrapping_add(1);
        site.skipped.store(skipped, Relaxed);
        if !skipped.is_multiple_of(PAUSE) {
            return false;
        }
    }
    let by_clock = spent <= ALLOWANCE;
    let before = if by_clock { None } else { Usage::now() };
    let start = Instant::now();
    format();
    let elapsed = start.elapsed();
    let now = spent.saturating_add(micros(match before {
        Some(before) => before.cost(elapsed),
        None => elapsed,
    }));
    // One run that took long by the clock may have been interrupted.
    let now = if by_clock {
        now.min(ALLOWANCE + 1)
    } else {
        now
    };
    site.spent.store(now, Relaxed);
    true
}

/// Rounded up: nothing is free.
fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000)).unwrap_or(u32::MAX)
}

impl Usage {
    /// What was done since cost, if that took so long by the clock.
    fn cost(self, elapsed: Duration) -> Duration {
        match Usage::now() {
            Some(now) if now.preemptions != self.preemptions => {
                now.processor.saturating_sub(self.processor).min(elapsed)
            }
            _ => elapsed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    #[test]
    fn a_dear_site_formats_rarely_and_a_cheap_one_always() {
        let slow = || thread::sleep(Duration::from_millis(2 * u64::from(ALLOWANCE) / 1_000));
        let ran = (0..2 * PAUSE + 10).filter(|_| within(1, slow)).count();
        // The first by the clock, and again until it is sure; then one in so many.
        assert!((3..10).contains(&ran), "{ran}");
        assert!((0..100).all(|_| within(2, || {})));
    }

    #[test]
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    fn what_others_have_the_processor_for_does_not_count() {
        let over = AtomicBool::new(false);
        let others = thread::available_parallelism().map_or(4, |n| 4 * n.get());
        let (mut longest, mut missing) = (Duration::ZERO, 0);
        thread::scope(|scope| {
            for _ in 0..others {
                scope.spawn(|| {
                    while !over.load(Relaxed) {
                        std::hint::spin_loop();
                    }
                });
            }
            for _ in 0..20 {
                let start = Instant::now();
                // Others go first.
                missing += usize::from(!within(3, thread::yield_now));
                longest = longest.max(start.elapsed());
            }
            over.store(true, Relaxed);
        });
        assert_eq!(missing, 0, "{longest:?}");
    }
}
