//! `enter` for x86_64 with the System V ABI.
//!
//! The header is filled by one block of assembly: it reads the stack pointer and a code address, which Rust cannot,
//! and costs the same few instructions in an unoptimised build. Plain `mov`s of aligned words are what relaxed atomic
//! stores are on this architecture.

use super::record::Record;
use super::thread::place_beyond_limit;
use std::arch::{asm, naked_asm};
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

/// Jumps to a stub that comes back behind the jump and preserves all general registers but `r10` and `r11`: the compiler
/// takes that for one instruction. What the stub calls may use all others.
///
/// By the global offset table, as the stub may be in another object (a Rust `dylib`), where a plain jump would go through code of
/// the linker's that has the same `r11`. In the same object the linker makes it a plain one.
macro_rules! behind_jump {
    ($stub:ident, $($operands:tt)*) => {
        asm!(
            "lea r11, [rip + 2f]",
            "jmp qword ptr [rip + {stub}@GOTPCREL]",
            "2:",
            stub = sym $stub,
            $($operands)*
            out("r11") _,
            out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
            out("xmm4") _, out("xmm5") _, out("xmm6") _, out("xmm7") _,
            out("xmm8") _, out("xmm9") _, out("xmm10") _, out("xmm11") _,
            out("xmm12") _, out("xmm13") _, out("xmm14") _, out("xmm15") _,
            out("xmm16") _, out("xmm17") _, out("xmm18") _, out("xmm19") _,
            out("xmm20") _, out("xmm21") _, out("xmm22") _, out("xmm23") _,
            out("xmm24") _, out("xmm25") _, out("xmm26") _, out("xmm27") _,
            out("xmm28") _, out("xmm29") _, out("xmm30") _, out("xmm31") _,
            out("k1") _, out("k2") _, out("k3") _, out("k4") _, out("k5") _, out("k6") _, out("k7") _,
            out("mm0") _, out("mm1") _, out("mm2") _, out("mm3") _,
            out("mm4") _, out("mm5") _, out("mm6") _, out("mm7") _,
            out("st(0)") _, out("st(1)") _, out("st(2)") _, out("st(3)") _,
            out("st(4)") _, out("st(5)") _, out("st(6)") _, out("st(7)") _,
            options(nostack),
        )
    };
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

/// Calls a function with the words in `r10`, `rsi`, `rdx` and `rcx`, gives its answer in `r10`, and goes on at the address
/// that came in `r11`. Keeps all general registers but `r10` and `r11`. The directives tell an unwinder that its caller is the function it was jumped to from.
macro_rules! preserving {
    ($name:ident calls $function:path) => {
        #[unsafe(naked)]
        extern "C" fn $name() {
            naked_asm!(
                ".cfi_startproc",
                // Past the red zone; then where to go on, in the place of a return address.
                "lea rsp, [rsp - 128]",
                "push r11",
                ".cfi_def_cfa rsp, 136",
                ".cfi_offset rip, -136",
                "push rbp",
                ".cfi_def_cfa_offset 144",
                ".cfi_offset rbp, -144",
                "mov rbp, rsp",
                ".cfi_def_cfa_register rbp",
                "push rax",
                "push rcx",
                "push rdx",
                "push rsi",
                "push rdi",
                "push r8",
                "push r9",
                "and rsp, -16",
                "mov rdi, r10",
                "call {function}",
                "mov r10, rax",
                "lea rsp, [rbp - 56]",
                "pop r9",
                "pop r8",
                "pop rdi",
                "pop rsi",
                "pop rdx",
                "pop rcx",
                "pop rax",
                "pop rbp",
                ".cfi_def_cfa rsp, 136",
                ".cfi_restore rbp",
                "pop r11",
                ".cfi_def_cfa_offset 128",
                ".cfi_register rip, r11",
                "lea rsp, [rsp + 128]",
                ".cfi_def_cfa_offset 0",
                "jmp r11",
                ".cfi_endproc",
                function = sym $function,
            )
        }
    };
}

preserving!(preserve_all calls place_beyond_limit);
preserving!(preserve_all_for_text calls text);
