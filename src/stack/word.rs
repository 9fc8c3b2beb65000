//! Relaxed loads and stores that stay one instruction in an unoptimised build.
//!
//! There `AtomicU32::store` is some thirty instructions of matching on the ordering, and every annotated function of a
//! test suite runs through here several times. The assembly is what the optimised build compiles to.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};

#[cfg(not(unoptimised))]
mod imp {
    use super::*;
    use std::sync::atomic::Ordering::Relaxed;

    #[inline(always)]
    pub(in crate::stack) fn load32(word: &AtomicU32) -> u32 {
        word.load(Relaxed)
    }

    #[inline(always)]
    pub(in crate::stack) fn load64(word: &AtomicU64) -> u64 {
        word.load(Relaxed)
    }

    #[inline(always)]
    pub(in crate::stack) fn load(word: &AtomicUsize) -> usize {
        word.load(Relaxed)
    }

    #[inline(always)]
    pub(in crate::stack) fn store32(word: &AtomicU32, value: u32) {
        word.store(value, Relaxed);
    }

    #[inline(always)]
    pub(in crate::stack) fn store64(word: &AtomicU64, value: u64) {
        word.store(value, Relaxed);
    }

    /// Four bytes from any address.
    ///
    /// # Safety
    /// They are readable.
    #[inline(always)]
    pub(in crate::stack) unsafe fn peek32(at: *const u8) -> u64 {
        // SAFETY: passed on.
        u64::from(u32::from_le(unsafe { at.cast::<u32>().read_unaligned() }))
    }

    /// Eight bytes from any address.
    ///
    /// # Safety
    /// They are readable.
    #[inline(always)]
    pub(in crate::stack) unsafe fn peek(at: *const u8) -> u64 {
        // SAFETY: passed on.
        unsafe { at.cast::<u64>().read_unaligned() }
    }
}

#[cfg(unoptimised)]
mod imp {
    use super::*;
    use std::arch::asm;

    #[inline(always)]
    pub(in crate::stack) fn load32(word: &AtomicU32) -> u32 {
        let value;
        // SAFETY: one aligned load of memory that `word` lets anyone load from.
        unsafe {
            asm!("mov {:e}, dword ptr [{}]", out(reg) value, in(reg) word, options(nostack, preserves_flags))
        };
        value
    }

    #[inline(always)]
    pub(in crate::stack) fn load64(word: &AtomicU64) -> u64 {
        let value;
        // SAFETY: as above.
        unsafe {
            asm!("mov {}, qword ptr [{}]", out(reg) value, in(reg) word, options(nostack, preserves_flags))
        };
        value
    }

    #[inline(always)]
    pub(in crate::stack) fn load(word: &AtomicUsize) -> usize {
        let value;
        // SAFETY: as above.
        unsafe {
            asm!("mov {}, qword ptr [{}]", out(reg) value, in(reg) word, options(nostack, preserves_flags))
        };
        value
    }

    #[inline(always)]
    pub(in crate::stack) fn store32(word: &AtomicU32, value: u32) {
        // SAFETY: one aligned store to memory that `word` lets anyone store to.
        unsafe {
            asm!("mov dword ptr [{}], {:e}", in(reg) word, in(reg) value, options(nostack, preserves_flags))
        };
    }

    #[inline(always)]
    pub(in crate::stack) fn store64(word: &AtomicU64, value: u64) {
        // SAFETY: as above.
        unsafe {
            asm!("mov qword ptr [{}], {}", in(reg) word, in(reg) value, options(nostack, preserves_flags))
        };
    }

    /// Four bytes from any address.
    ///
    /// # Safety
    /// They are readable.
    #[inline(always)]
    pub(in crate::stack) unsafe fn peek32(at: *const u8) -> u64 {
        let value;
        // SAFETY: passed on; the upper half of the register is cleared.
        unsafe {
            asm!("mov {:e}, dword ptr [{}]", out(reg) value, in(reg) at, options(nostack, preserves_flags, readonly))
        };
        value
    }

    /// Eight bytes from any address.
    ///
    /// # Safety
    /// They are readable.
    #[inline(always)]
    pub(in crate::stack) unsafe fn peek(at: *const u8) -> u64 {
        let value;
        // SAFETY: passed on.
        unsafe {
            asm!("mov {}, qword ptr [{}]", out(reg) value, in(reg) at, options(nostack, preserves_flags, readonly))
        };
        value
    }
}

pub(super) use imp::*;
