//! The hot path of an unoptimised build, on x86_64 Linux.
//!
//! A program's tests run with every function annotated and nothing inlined: the few instructions that `enter` is in a
//! release build would be five hundred. So here they are, written out. The thread's state is a thread-local of our own,
//! because reaching a `thread_local!` takes a hundred instructions by itself.
//!
//! Both forms keep the same records by the same rules; the tests of this folder run with both.

use super::guard::{malformed, refuse, store_spilled};
use super::record::{HOT, INLINE_SLOTS, Record, STRIDE, note};
use super::thread::{Thread, place_beyond_limit};
use crate::capture::Tag;
use crate::capture::unoptimised::{Further, Identify, Name, look};
use std::arch::{asm, naked_asm};
use std::mem::offset_of;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// This thread's state. All zero is a thread that never entered a frame.
#[unsafe(naked)]
pub(super) extern "C" fn thread() -> *const Thread {
    naked_asm!(
        // No `.globl`: the symbol is this object file's own, however many versions of this crate a program links.
        ".pushsection .tbss.stacklens,\"awT\",@nobits",
        ".balign 64",
        "stacklens_thread:",
        ".zero 64",
        ".popsection",
        ".cfi_startproc",
        "mov rax, qword ptr [rip + stacklens_thread@GOTTPOFF]",
        "add rax, qword ptr fs:[0]",
        "ret",
        ".cfi_endproc",
    )
}

const _: () = assert!(size_of::<Thread>() <= 64);

/// How often each function was entered, by a hash of it.
///
/// Recording a value takes some fifty unoptimised instructions, more than many a function that is called a million times
/// in a test. A hot function therefore keeps its frame and its positions always, but its values rarely, and says so in
/// between. An optimised build records always.
static HEAT: [AtomicU32; 1 << HEAT_BITS] = [const { AtomicU32::new(0) }; 1 << HEAT_BITS];
const HEAT_BITS: u32 = 13;
/// The values of so many activations are always recorded,
const ALWAYS: u32 = 4096;
/// then those of one in so many plus one.
const RARELY: u32 = 127;

/// `enter`: gives the frame's record. Takes the text as pointer and length, and records the caller's own stack pointer and
/// return address. `$refused` is done where the frame is one too many: `rdi` and `rsi` are the text again.
///
/// `rdi`, `rsi`: the text. The offsets are those of `Thread` and of the record's header.
macro_rules! enter {
    ($(#[$about:meta])* $name:ident, $refused:literal $(, $operand:ident = $value:path)?) => {
        $(#[$about])*
        #[unsafe(naked)]
        pub(super) extern "C-unwind" fn $name(meta: *const u8, length: usize) -> usize {
            naked_asm!(
                ".cfi_startproc",
                "test rsi, rsi",
                "je 3f",
                "cmp byte ptr [rdi + rsi - 1], 0",
                "jne 3f",
                "call {thread}",
                "mov rcx, qword ptr [rax]",
                "lea rdx, [rcx + {stride}]",
                "cmp rcx, qword ptr [rax + {limit}]",
                "jae 4f",
                "cmp rsp, qword ptr [rax + {bound}]",
                "jb 4f",
                // Taken, then filled: see `enter` in guard.rs.
                "mov qword ptr [rcx], 0",
                "mov qword ptr [rax], rdx",
                "2:",
                // How hot is this function?
                "imul r8d, edi, 0x9E3779B1",
                "shr r8d, {heat_shift}",
                "lea r9, [rip + {heat}]",
                "mov r10d, dword ptr [r9 + 4 * r8]",
                "inc r10d",
                "mov dword ptr [r9 + 4 * r8], r10d",
                "xor esi, esi",
                "cmp r10d, {always}",
                "jbe 5f",
                "test r10d, {rarely}",
                "je 5f",
                "mov esi, {hot}",
                "5:",
                "mov dword ptr [rcx + 8], 0",
                "mov dword ptr [rcx + 12], esi",
                "mov rsi, qword ptr [rsp]",
                "mov qword ptr [rcx + 24], rsi",
                "lea rsi, [rsp + 8]",
                "mov qword ptr [rcx + 16], rsi",
                "mov qword ptr [rcx], rdi",
                "mov rax, rcx",
                "ret",
                // The first frame of the thread, one beyond the limit, or one too many. The pushes align the stack.
                "4:",
                "push rdi",
                ".cfi_adjust_cfa_offset 8",
                "push rsi",
                ".cfi_adjust_cfa_offset 8",
                "sub rsp, 8",
                ".cfi_adjust_cfa_offset 8",
                "call {place}",
                "add rsp, 8",
                ".cfi_adjust_cfa_offset -8",
                "pop rsi",
                ".cfi_adjust_cfa_offset -8",
                "pop rdi",
                ".cfi_adjust_cfa_offset -8",
                "mov rcx, rax",
                "test rax, rax",
                "jne 2b",
                $refused,
                "3:",
                "jmp {malformed}",
                ".cfi_endproc",
                $($operand = sym $value,)?
                thread = sym thread,
                place = sym place_beyond_limit,
                malformed = sym malformed,
                stride = const STRIDE,
                limit = const offset_of!(Thread, limit),
                bound = const offset_of!(Thread, bound),
                heat = sym HEAT,
                heat_shift = const 32 - HEAT_BITS,
                always = const ALWAYS,
                rarely = const RARELY,
                hot = const HOT,
            )
        }
    };
}

enter!(enter, "jmp {refuse}", refuse = refuse);

enter!(
    /// [`enter`], but a frame that is one too many has the record 0.
    try_enter,
    "ret"
);

/// `leave`: the record's address is the top again.
#[unsafe(naked)]
pub(super) extern "C" fn leave(record: usize) {
    naked_asm!(
        ".cfi_startproc",
        "call {thread}",
        // Never up: see `Drop for Guard`.
        "cmp rdi, qword ptr [rax]",
        "jae 2f",
        "mov qword ptr [rax], rdi",
        "2:",
        "ret",
        ".cfi_endproc",
        thread = sym thread,
    )
}

/// Position store: one `mov` wherever it is inlined.
#[inline(always)]
pub(super) fn at(record: usize, position: u32) {
    // SAFETY: a guard's record; offsets are pinned in record.rs. An aligned store of a word that anyone may store to.
    unsafe {
        asm!("mov dword ptr [{} + 8], {:e}", in(reg) record, in(reg) position, options(nostack, preserves_flags));
    }
}

/// Records an argument in slot `slot`: value and tag.
///
/// `rdi` record, `esi` slot, `rdx` value, `rcx` identify, `r8` name, `r9` further: as [`look`] takes them.
///
/// # Safety
/// As for [`look`]; `record` is a guard's and `slot` one of the first eight.
#[unsafe(naked)]
#[allow(improper_ctypes_definitions)] // Rust functions pass through, as words
pub(super) unsafe extern "C" fn argument(
    record: usize,
    slot: u32,
    value: *const (),
    identify: Identify,
    name: Name,
    further: Further,
) {
    naked_asm!(
        ".cfi_startproc",
        "push rdi",
        ".cfi_adjust_cfa_offset 8",
        "push rsi",
        ".cfi_adjust_cfa_offset 8",
        "sub rsp, 8",
        ".cfi_adjust_cfa_offset 8",
        "call {look}",
        "add rsp, 8",
        ".cfi_adjust_cfa_offset -8",
        "pop rsi",
        ".cfi_adjust_cfa_offset -8",
        "pop rdi",
        ".cfi_adjust_cfa_offset -8",
        "mov esi, esi",
        "mov qword ptr [rdi + {values} + 8 * rsi], rdx",
        "mov byte ptr [rdi + {tags} + rsi], al",
        "ret",
        ".cfi_endproc",
        look = sym look,
        values = const offset_of!(Record, values),
        tags = const offset_of!(Record, argument_tags),
    )
}

/// Records a local: `site` is the slot in the low 8 bits, the position above.
///
/// # Safety
/// As for [`look`]; `record` is a guard's.
#[unsafe(naked)]
#[allow(improper_ctypes_definitions)] // as above
pub(super) unsafe extern "C" fn capture(
    record: usize,
    site: u32,
    value: *const (),
    identify: Identify,
    name: Name,
    further: Further,
) {
    naked_asm!(
        ".cfi_startproc",
        "push rdi",
        ".cfi_adjust_cfa_offset 8",
        "push rsi",
        ".cfi_adjust_cfa_offset 8",
        "sub rsp, 8",
        ".cfi_adjust_cfa_offset 8",
        "and esi, 0xff",
        "call {look}",
        "add rsp, 8",
        ".cfi_adjust_cfa_offset -8",
        "pop rsi",
        ".cfi_adjust_cfa_offset -8",
        "pop rdi",
        ".cfi_adjust_cfa_offset -8",
        "movzx ecx, sil",
        "cmp ecx, {inline}",
        "jae 2f",
        "mov qword ptr [rdi + {values} + 8 * rcx], rdx",
        "and esi, -256",
        "or esi, eax",
        "mov dword ptr [rdi + {notes} + 4 * rcx], esi",
        "ret",
        "2:",
        "mov rcx, rdx",
        "mov edx, eax",
        "jmp {spilled}",
        ".cfi_endproc",
        look = sym look,
        spilled = sym store_spilled,
        inline = const INLINE_SLOTS,
        values = const offset_of!(Record, values),
        notes = const offset_of!(Record, notes),
    )
}

/// Whether this activation records no values.
#[inline(always)]
pub(super) fn is_hot(record: usize) -> bool {
    let flags: u32;
    // SAFETY: a guard's record; an aligned load of a word that anyone may load.
    unsafe {
        asm!("mov {:e}, dword ptr [{} + 12]", out(reg) flags, in(reg) record, options(nostack, preserves_flags, readonly));
    }
    flags & HOT != 0
}

/// An activation that records no values records them from here on; those that it did not record say so.
#[cold]
pub(super) fn thaw(record: &Record) {
    let flags = record.flags.load(Relaxed);
    if flags & HOT == 0 {
        return;
    }
    let hot = u64::from(Tag::HOT);
    record
        .argument_tags
        .store(hot * 0x0101_0101_0101_0101, Relaxed);
    for slot in &record.notes {
        slot.store(note(Tag::HOT, 0), Relaxed);
    }
    record.flags.store(flags & !HOT, Relaxed);
}
