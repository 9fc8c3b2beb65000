//! std's clock, in nanoseconds since it was first asked.

use once_cell::race::OnceBox;
use std::time::Instant;

/// The counter, as it is now.
pub(crate) fn now() -> u64 {
    static BEGUN: OnceBox<Instant> = OnceBox::new();
    let begun = BEGUN.get_or_init(|| Box::new(Instant::now()));
    begun.elapsed().as_nanos() as u64
}
