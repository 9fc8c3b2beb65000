//! The virtual counter of the generic timer.

/// The counter, as it is now.
#[inline(always)]
pub(crate) fn now() -> u64 {
    let counter: u64;
    // SAFETY: reads a register that user code may read on Linux, macOS and Windows.
    unsafe {
        core::arch::asm!("mrs {}, cntvct_el0", out(reg) counter, options(nomem, nostack, preserves_flags));
    }
    counter
}
