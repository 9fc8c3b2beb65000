//! `GetCurrentThreadStackLimits`: Windows 8 and later.

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetCurrentThreadStackLimits(low: *mut usize, high: *mut usize);
}

/// What the system keeps at the low end to report an overflow: its guard pages and the guarantee for the handler.
const GUARD: usize = 16 << 10;

pub(super) fn bounds() -> Option<(usize, usize)> {
    let (mut low, mut high) = (0, 0);
    // SAFETY: both are places to write an address to.
    unsafe { GetCurrentThreadStackLimits(&raw mut low, &raw mut high) };
    Some((low.checked_add(GUARD)?, high))
}
