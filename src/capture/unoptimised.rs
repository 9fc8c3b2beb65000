//! The usual capture of an unoptimised build, on x86_64 Linux: a scalar, or a type of which only the name is known, seen
//! before. See `stack/unoptimised.rs` for why it is written out.

#![allow(improper_ctypes_definitions)] // Rust functions pass through the assembly, as words

use super::kind::Tag;
use super::types::{CACHE, CELLS, Cell, TABLE, TypeEntry};
use std::any::TypeId;
use std::arch::naked_asm;
use std::mem::{offset_of, size_of};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// A tag and a word.
#[repr(C)]
pub(crate) struct Looked {
    pub(crate) tag: u64,
    pub(crate) bits: u64,
}

impl Looked {
    /// No value, for the reason that the tag says.
    pub(crate) fn marked(tag: u8) -> Looked {
        (tag, 0).into()
    }
}

impl From<(u8, u64)> for Looked {
    fn from((tag, bits): (u8, u64)) -> Looked {
        Looked {
            tag: tag.into(),
            bits,
        }
    }
}

/// Functions that give a value's type.
pub(crate) type Identify = fn() -> TypeId;
pub(crate) type Name = fn() -> &'static str;

/// What is done when the short way does not lead there; takes the same arguments.
pub(crate) type Further = unsafe extern "C" fn(usize, u32, *const (), Identify, Name) -> Looked;

/// What is done, in place of [`Further`], with a value of the one type that this function is for: its own address takes the
/// place of [`Identify`].
pub(crate) type LookedBy = unsafe extern "C" fn(usize, u32, *const (), usize) -> Looked;

/// The tags whose values are 8 bytes (also: 4 bytes, zero-extended), one bit each.
const WIDE: u32 = 1 << Tag::U64 as u8
    | 1 << Tag::Usize as u8
    | 1 << Tag::I64 as u8
    | 1 << Tag::Isize as u8
    | 1 << Tag::F64 as u8;
const HALF: u32 = 1 << Tag::U32 as u8 | 1 << Tag::Char as u8 | 1 << Tag::F32 as u8;
const BYTE: u32 = 1 << Tag::U8 as u8 | 1 << Tag::Bool as u8;

/// How often values were copied at each site (function and slot), by a hash of it.
///
/// Copying a slice or a map takes a thousand unoptimised instructions. In a function that is called a million times that
/// would be all a test does, so a hot site copies rarely and says so in between. An optimised build copies always.
static HEAT: [AtomicU32; 1 << HEAT_BITS] = [const { AtomicU32::new(0) }; 1 << HEAT_BITS];
const HEAT_BITS: u32 = 13;
/// So many copies are always made.
const ALWAYS: u32 = 1000;
/// Then one in so many plus one; all of them, if it is 0.
static RARELY: AtomicU32 = AtomicU32::new(127);

/// Records all values from now on, or those of what is hot rarely.
pub(crate) fn record_always(always: bool) {
    RARELY.store(if always { 0 } else { 127 }, Relaxed);
}

/// Whether what is hot is recorded too.
pub(crate) fn records_always() -> bool {
    RARELY.load(Relaxed) == 0
}

/// Counts a copy at a site; whether it is one too many.
pub(crate) fn is_hot(site: usize) -> bool {
    let cell = &HEAT[((site as u32).wrapping_mul(0x9E37_79B1) >> (32 - HEAT_BITS)) as usize];
    let count = cell.load(Relaxed).wrapping_add(1);
    cell.store(count, Relaxed);
    count > ALWAYS && count & RARELY.load(Relaxed) != 0
}

const _: () = {
    assert!(size_of::<Cell>() == 16 && size_of::<TypeEntry>() == 32);
    assert!(offset_of!(Cell, key) == 0 && offset_of!(Cell, entry) == 8);
};

/// The tag and the word of the value at `value`, whose type `identify` gives.
///
/// `rdi` record, `esi` slot, `rdx` value, `rcx` identify, `r8` name, `r9` further; in all but the two usual cases control goes
/// on in `further` with all of these as they were.
///
/// # Safety
/// `value` points to a live value of the type that `identify` and `name` answer for; `further` accepts the arguments.
#[unsafe(naked)]
#[allow(improper_ctypes_definitions)] // Rust functions pass through, as words
pub(crate) unsafe extern "C" fn look(
    record: usize,
    slot: u32,
    value: *const (),
    identify: Identify,
    name: Name,
    further: Further,
) -> Looked {
    naked_asm!(
        ".cfi_startproc",
        // The cell: `home` of types.rs.
        "mov rax, rcx",
        "shr rax, 4",
        "mov r10, rcx",
        "shr r10, 15",
        "xor eax, r10d",
        "and eax, {cell_mask}",
        "shl eax, 4",
        // A Rust `dylib` gives these statics out: only the global offset table knows where they are then.
        "mov r10, qword ptr [rip + {cache}@GOTPCREL]",
        "cmp qword ptr [r10 + rax], rcx",
        "jne 9f",
        "mov r10, qword ptr [r10 + rax + 8]",
        "test r10, r10",
        "je 9f",
        "mov eax, dword ptr [r10 + {tag}]",
        "test eax, eax",
        "je 5f",
        "mov r11d, {wide}",
        "bt r11d, eax",
        "jnc 2f",
        "mov rdx, qword ptr [rdx]",
        "ret",
        "2:",
        "mov r11d, {byte}",
        "bt r11d, eax",
        "jnc 3f",
        "movzx edx, byte ptr [rdx]",
        "ret",
        "3:",
        "mov r11d, {half}",
        "bt r11d, eax",
        "jnc 4f",
        "mov edx, dword ptr [rdx]",
        "ret",
        "4:",
        "cmp eax, {i32}",
        "jne 9f",
        "movsxd rdx, dword ptr [rdx]",
        "ret",
        // No scalar. Its number is all there is to record, unless its values can be copied.
        "5:",
        "cmp qword ptr [r10 + {encode}], 0",
        "jne 6f",
        "mov rdx, qword ptr [rip + {table}@GOTPCREL]",
        "sub r10, rdx",
        "shr r10, 5",
        "cmp r10, {capacity}",
        "jae 8f",
        "lea rdx, [r10 + 1]",
        "mov eax, {typed}",
        "ret",
        // A value that is copied: how hot is this site? (The record's first word is the function, `rsi` the slot.)
        "6:",
        "mov eax, dword ptr [rdi]",
        "imul r11d, esi, 0x85EBCA6B",
        "add eax, r11d",
        "imul eax, eax, 0x9E3779B1",
        "shr eax, {heat_shift}",
        "mov r10, qword ptr [rip + {heat}@GOTPCREL]",
        "mov r11d, dword ptr [r10 + 4 * rax]",
        "inc r11d",
        "mov dword ptr [r10 + 4 * rax], r11d",
        "cmp r11d, {always}",
        "jbe 9f",
        "mov r10, qword ptr [rip + {rarely}@GOTPCREL]",
        "test dword ptr [r10], r11d",
        "je 9f",
        "xor edx, edx",
        "mov eax, {hot}",
        "ret",
        // The entry of types for which there was no room.
        "8:",
        "xor edx, edx",
        "mov eax, {typed}",
        "ret",
        "9:",
        "jmp r9",
        ".cfi_endproc",
        cell_mask = const CELLS - 1,
        cache = sym CACHE,
        table = sym TABLE,
        tag = const offset_of!(TypeEntry, tag),
        encode = const offset_of!(TypeEntry, encode),
        capacity = const super::types::CAPACITY,
        wide = const WIDE,
        half = const HALF,
        byte = const BYTE,
        i32 = const Tag::I32 as u8,
        typed = const Tag::TYPED,
        heat = sym HEAT,
        heat_shift = const 32 - HEAT_BITS,
        always = const ALWAYS,
        rarely = sym RARELY,
        hot = const Tag::HOT,
    )
}
