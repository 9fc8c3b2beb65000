//! `enter` for x86_64 with the System V ABI.
//!
//! The header is filled by one block of assembly: it reads the stack pointer and a code address, which Rust cannot,
//! and costs the same few instructions in an unoptimised build. Plain `mov`s of aligned words are what relaxed atomic
//! stores are on this architecture.

use super::preserving::{behind_jump, preserving_behind_jump};
use super::record::Record;
use super::thread::place_beyond_limit;
use std::arch::asm;
use std::mem::offset_of;

/// Fills the header of `record`: metadata, position 0, flags 0, stack pointer, code address.
///
/// # Safety
/// `record` is the address of a record in a region, or of 192 bytes of a counted part or sink.
#[inline(always)]
pub(super) unsafe fn fill(record: usize, meta: *const u8) {
    // SAFETY: the caller vouches for the memory; offsets are pinned in record.rs. The block touches nothing else.
    unsafe {
        asm!(
            "mov qword ptr [{r} + 8], 0",
            "mov qword ptr [{r} + 16], rsp",
            "mov qword ptr [{r}], {m}",
            r = in(reg) record,
            m = in(reg) meta,
            options(nostack, preserves_flags),
        );
        store_code_address(record);
    }
}

/// Stores where this code is, as the distance to the linker's own landmark: a constant, so that it is one
/// instruction. The address itself would be two.
///
/// # Safety
/// As for [`fill`].
#[cfg(not(target_vendor = "apple"))]
#[inline(always)]
unsafe fn store_code_address(record: usize) {
    // SAFETY: as above. `.` is the address of the instruction.
    unsafe {
        asm!(
            "movq $_GLOBAL_OFFSET_TABLE_ - ., 24({r})",
            r = in(reg) record,
            options(att_syntax, nostack, preserves_flags),
        );
    }
}

/// The address that a record's word for it means. Of a record that code of another shared library filled, it is a
/// wrong one.
#[cfg(not(target_vendor = "apple"))]
pub(super) fn code_address(word: usize) -> usize {
    let landmark: usize;
    // SAFETY: computes an address.
    unsafe {
        asm!("lea {}, [rip + _GLOBAL_OFFSET_TABLE_]", out(reg) landmark, options(pure, nomem, nostack, preserves_flags));
    }
    landmark.wrapping_sub(word)
}

/// Stores where this code is.
///
/// # Safety
/// As for [`fill`].
#[cfg(target_vendor = "apple")]
#[inline(always)]
unsafe fn store_code_address(record: usize) {
    // SAFETY: as above.
    unsafe {
        asm!(
            "lea {a}, [rip]",
            "mov qword ptr [{r} + 24], {a}",
            r = in(reg) record,
            a = out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}

#[cfg(target_vendor = "apple")]
pub(super) fn code_address(word: usize) -> usize {
    word
}

/// Stores the low half of the value in slot `index` and leaves the high one as it is.
#[inline(always)]
pub(super) fn store_low(record: &Record, index: usize, low: u32) {
    // One addressing mode for each: what `asm!` is given as an address is computed into a register first.
    macro_rules! at {
        ($($index:literal)*) => {
            match index {
                $($index => {
                    // SAFETY: half of an aligned word that anyone may store to.
                    unsafe {
                        asm!(
                            "mov dword ptr [{record} + {values} + 8 * {index}], {low:e}",
                            record = in(reg) record,
                            values = const offset_of!(Record, values),
                            index = const $index,
                            low = in(reg) low,
                            options(nostack, preserves_flags),
                        );
                    }
                })*
                _ => {}
            }
        };
    }
    at!(0 1 2 3 4 5 6 7);
}

/// The stack pointer, in the function that this is inlined into.
#[inline(always)]
pub(super) fn stack_pointer() -> usize {
    let pointer;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags)) };
    pointer
}

/// [`place_beyond_limit`] behind a jump that looks to the compiler like one instruction without a
/// stack: a call that it knew of would make it keep the function's arguments in callee-saved
/// registers and align its stack on the hot path, five to eight instructions a call.
#[cold]
#[inline(always)]
pub(super) fn place_cold() -> usize {
    let record;
    // SAFETY: `preserve_all` comes back to the label behind the jump, with every general register as
    // it was but the two named here; vector and mask registers are declared clobbered, for what it
    // calls may use them. It works below the red zone, as a signal handler does, which is why
    // `nostack` holds for this function's own stack. It does not unwind.
    unsafe {
        behind_jump!(
            preserve_all,
            out("r10") record,
        );
    }
    record
}

/// [`arena::text`](super::arena::text), for a text that does not fit the word, behind a jump as in [`place_cold`]: a function
/// that captures a `&str` would otherwise keep its variables in callee-saved registers for those that are long.
#[cold]
#[inline(always)]
pub(super) fn long_text(record: usize, slot: u32, text: &str) -> u64 {
    let word;
    // SAFETY: as in `place_cold`. What is called takes these words, and pointer and length are those of a text.
    unsafe {
        behind_jump!(
            preserve_all_for_text,
            inout("r10") record => word,
            in("rsi") text.as_ptr(),
            in("rdx") text.len(),
            in("ecx") slot,
        );
    }
    word
}

/// # Safety
/// Pointer and length are those of a text.
unsafe extern "C" fn text(record: usize, pointer: *const u8, length: usize, slot: u32) -> u64 {
    // SAFETY: passed on.
    let bytes = unsafe { std::slice::from_raw_parts(pointer, length) };
    // SAFETY: passed on.
    super::arena::text(record, slot, unsafe {
        std::str::from_utf8_unchecked(bytes)
    })
}

preserving_behind_jump!(preserve_all calls place_beyond_limit);
preserving_behind_jump!(preserve_all_for_text calls text);
