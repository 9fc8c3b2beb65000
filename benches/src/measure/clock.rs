//! Time, as a multiple of the time of a plain call.

use crate::work::BARE;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Long against reading the clock, short against being interrupted.
const ROUND: Duration = Duration::from_micros(500);

/// The median over `rounds` of how much longer one iteration of `run` takes than a plain call timed right
/// before it.
pub(crate) fn times_bare(run: fn(u64), rounds: u64) -> f64 {
    // Not known to the compiler: a copy of the loop in this function would lie elsewhere and take another
    // time.
    let bare = black_box(BARE.run);
    let (bare_count, count) = (iterations(bare), iterations(run));
    let ratios = (0..rounds).map(|_| {
        let bare = time(bare, bare_count) / bare_count as f64;
        time(run, count) / count as f64 / bare
    });
    median(ratios.collect())
}

/// How many iterations take about a [`ROUND`].
fn iterations(run: fn(u64)) -> u64 {
    let mut count = 1;
    loop {
        let seconds = time(run, count);
        if seconds >= ROUND.as_secs_f64() / 4.0 || count > 1 << 30 {
            return ((count as f64 * ROUND.as_secs_f64() / seconds) as u64).max(1);
        }
        count *= 4;
    }
}

fn time(run: fn(u64), count: u64) -> f64 {
    let start = Instant::now();
    run(count);
    start.elapsed().as_secs_f64()
}

pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
