//! The time stamp counter, which every processor of the last decade runs at one rate on all cores.

/// The counter, as it is now.
#[inline(always)]
pub(crate) fn now() -> u64 {
    // SAFETY: every x86_64 processor has the instruction.
    unsafe { core::arch::x86_64::_rdtsc() }
}
