//! Loads that stay one instruction in an unoptimised build.
//!
//! There an atomic's `load` is some thirty instructions of matching on the ordering, and every
//! capture of a test suite makes three. The assembly is what the optimised build compiles to: on
//! x86-64 any load has acquire ordering, and an `asm!` that may touch memory is a barrier to the
//! compiler.

use core::sync::atomic::{AtomicPtr, AtomicU32};

#[inline(always)]
pub(super) fn load_pointer<T>(word: &AtomicPtr<T>) -> *mut T {
    #[cfg(unoptimised)]
    {
        let value: *mut T;
        // SAFETY: one aligned load of a word that may be loaded at any time.
        unsafe {
            core::arch::asm!(
                "mov {}, qword ptr [{}]", out(reg) value, in(reg) word, options(nostack, preserves_flags)
            );
        }
        value
    }
    #[cfg(not(unoptimised))]
    word.load(core::sync::atomic::Ordering::Acquire)
}

#[inline(always)]
pub(super) fn load_u32(word: &AtomicU32) -> u32 {
    #[cfg(unoptimised)]
    {
        let value: u32;
        // SAFETY: as above.
        unsafe {
            core::arch::asm!(
                "mov {:e}, dword ptr [{}]", out(reg) value, in(reg) word, options(nostack, preserves_flags)
            );
        }
        value
    }
    #[cfg(not(unoptimised))]
    word.load(core::sync::atomic::Ordering::Acquire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_gives_what_was_stored() {
        let mut target = 5;
        let pointer = AtomicPtr::new(&raw mut target);
        assert_eq!(load_pointer(&pointer), &raw mut target);
        assert_eq!(load_u32(&AtomicU32::new(0xDEAD_BEEF)), 0xDEAD_BEEF);
    }
}
