//! What formatting has cost at each place, so that it can stop before it is all that a program does.
//!
//! A `Debug` may take a nanosecond or a second, and nothing bounds it from outside. So its time is added up by site
//! (function and slot); a site that has used up its allowance formats rarely and says so in between.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Instant;

const SITES: usize = 1024;
/// Microseconds that a site may use before it backs off.
const ALLOWANCE: u32 = 3_000;
/// Having backed off, it formats one in so many values.
const PAUSE: u32 = 256;

struct Site {
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
    if site.spent.load(Relaxed) > ALLOWANCE {
        let skipped = site.skipped.load(Relaxed).wrapping_add(1);
        site.skipped.store(skipped, Relaxed);
        if !skipped.is_multiple_of(PAUSE) {
            return false;
        }
    }
    let start = Instant::now();
    format();
    let micros = start.elapsed().as_nanos().div_ceil(1_000);
    let spent = site
        .spent
        .load(Relaxed)
        .saturating_add(u32::try_from(micros).unwrap_or(u32::MAX));
    site.spent.store(spent, Relaxed);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_dear_site_formats_rarely_and_a_cheap_one_always() {
        let slow = || std::thread::sleep(Duration::from_millis(4));
        assert!(within(1, slow));
        let ran = (0..2 * PAUSE).filter(|_| within(1, || {})).count();
        assert_eq!(ran, 2);
        assert!((0..100).all(|_| within(2, || {})));
    }
}
