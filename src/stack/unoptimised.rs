//! The hot path of an unoptimised build, on x86_64 Linux.
//!
//! A program's tests run with every function annotated and nothing inlined: the few instructions that `enter` is in a
//! release build would be five hundred. So here they are, written out. The thread's state is a thread-local of our own,
//! because reaching a `thread_local!` takes a hundred instructions by itself.
//!
//! Both forms keep the same records by the same rules; the tests of this folder run with both.

use super::enter::{malformed, refuse};
use super::guard::{Active, Guard};
use super::heat::{self, Warmth};
pub(crate) use super::look::typed_whole;
use super::look::{store_spilled, typed_surface};
use super::record::{COUNT, INLINE_SLOTS, Record, STRIDE};
use super::thread::{Thread, place_beyond_limit};
use crate::capture::type_id;
use crate::capture::unoptimised::{Identify, LookedBy, Name, look};
use std::any::type_name;
use std::arch::{asm, naked_asm};
use std::mem::offset_of;
use std::sync::atomic::AtomicUsize;

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

const _: () = assert!(size_of::<Thread>() <= 64 && offset_of!(Thread, top) == 0);

/// Where [`thread`]'s answer lies from the thread pointer: the same on every thread. `enter` stores it before the first
/// frame of each, for code that is compiled in other crates, which cannot name the thread-local.
static THREAD_OFFSET: AtomicUsize = AtomicUsize::new(0);

/// `enter`: gives the frame's record. Takes the text as pointer and length, and records the caller's own stack pointer and
/// return address. `$refused` is done where the frame is one too many: `rdi` and `rsi` are the text again.
///
/// `rdi`, `rsi`: the text; `rdx`: the thread's offset; `rcx`: the record. The offsets are those of `Thread`, of the record's
/// header and of [`Warmth`].
macro_rules! enter {
    ($(#[$about:meta])* $name:ident, $refused:literal $(, $operand:ident = $value:path)?) => {
        $(#[$about])*
        #[unsafe(naked)]
        pub(crate) extern "C-unwind" fn $name(meta: *const u8, length: usize) -> usize {
            naked_asm!(
                ".cfi_startproc",
                "mov rdx, qword ptr [rip + stacklens_thread@GOTTPOFF]",
                "mov rcx, qword ptr fs:[rdx]",
                "cmp rcx, qword ptr fs:[rdx + {limit}]",
                "jae 4f",
                "cmp rsp, qword ptr fs:[rdx + {bound}]",
                "jb 4f",
                // Taken, then filled: see enter.rs.
                "mov qword ptr [rcx], 0",
                "lea rax, [rcx + {stride}]",
                "mov qword ptr fs:[rdx], rax",
                "2:",
                // What heat.rs keeps of this function. That its text stands there says that it is one: it ends in NUL.
                "mov eax, edi",
                "shr eax, 1",
                "and eax, {mask}",
                "add rax, qword ptr fs:[rdx + {base}]",
                "cmp qword ptr [rax - {heat}], rdi",
                "jne 5f",
                "3:",
                "sub dword ptr [rax - {heat} + {left}], 1",
                "js 6f",
                "mov eax, dword ptr [rax - {heat} + {flags}]",
                "7:",
                "mov dword ptr [rcx + 8], 0",
                "mov dword ptr [rcx + 12], eax",
                "mov rax, qword ptr [rsp]",
                "mov qword ptr [rcx + 24], rax",
                "lea rax, [rsp + 8]",
                "mov qword ptr [rcx + 16], rax",
                "mov qword ptr [rcx], rdi",
                "mov rax, rcx",
                "ret",
                // The first frame of the thread, one beyond the limit, or one too many. The pushes align the stack.
                "4:",
                "mov rax, qword ptr [rip + {offset}@GOTPCREL]",
                "mov qword ptr [rax], rdx",
                "push rdi",
                ".cfi_adjust_cfa_offset 8",
                "push rsi",
                ".cfi_adjust_cfa_offset 8",
                "push rdx",
                ".cfi_adjust_cfa_offset 8",
                "call {place}",
                "pop rdx",
                ".cfi_adjust_cfa_offset -8",
                "pop rsi",
                ".cfi_adjust_cfa_offset -8",
                "pop rdi",
                ".cfi_adjust_cfa_offset -8",
                "mov rcx, rax",
                "test rax, rax",
                "jne 2b",
                $refused,
                // The other of its two places.
                "5:",
                "xor rax, {other}",
                "cmp qword ptr [rax - {heat}], rdi",
                "je 3b",
                "6:",
                "push rdi",
                ".cfi_adjust_cfa_offset 8",
                "push rcx",
                ".cfi_adjust_cfa_offset 8",
                "push rdx",
                ".cfi_adjust_cfa_offset 8",
                "mov rdx, rcx",
                "call {next_batch}",
                "pop rdx",
                ".cfi_adjust_cfa_offset -8",
                "pop rcx",
                ".cfi_adjust_cfa_offset -8",
                "pop rdi",
                ".cfi_adjust_cfa_offset -8",
                "test eax, eax",
                "jne 7b",
                "mov qword ptr fs:[rdx], rcx",
                "jmp {malformed}",
                ".cfi_endproc",
                $($operand = sym $value,)?
                offset = sym THREAD_OFFSET,
                place = sym place_beyond_limit,
                next_batch = sym heat::next_batch,
                malformed = sym malformed,
                stride = const STRIDE,
                limit = const offset_of!(Thread, limit),
                bound = const offset_of!(Thread, bound),
                base = const offset_of!(Thread, base),
                heat = const heat::HEAT_BYTES,
                mask = const heat::MASK,
                other = const size_of::<Warmth>(),
                left = const offset_of!(Warmth, left),
                flags = const offset_of!(Warmth, flags),
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

/// Enters a frame.
///
/// Its code address is in the function that this is inlined into. Nothing is called here but what has to be:
/// `str::len` would be a call, a slice's length is a field.
#[inline(always)]
pub fn enter0(meta: &'static str) -> Guard {
    entered!(meta, argument_whole,)
}

/// `leave`: the record's address is the top again.
#[inline(always)]
pub(super) fn leave(record: usize) {
    // SAFETY: the words of this thread's state; `enter` has made the record, so that the offset is known. The global offset
    // table is asked because this may be compiled in another crate, or shared object.
    unsafe {
        asm!(
            "mov {t}, qword ptr [rip + {offset}@GOTPCREL]",
            "mov {t}, qword ptr [{t}]",
            // Never up: see `Drop for Guard`.
            "cmp {r}, qword ptr fs:[{t}]",
            "jae 2f",
            "mov qword ptr fs:[{t}], {r}",
            "2:",
            t = out(reg) _,
            r = in(reg) record,
            offset = sym THREAD_OFFSET,
            options(nostack),
        );
    }
}

/// Enters a frame and records arguments, in the function where it stands; after a `;` one more value, in the slot of a local.
/// What is called after `enter` does not unwind (see [`at`]), and the guard is made last: nothing here needs a landing pad.
macro_rules! entered {
    ($meta:expr, $argument:ident, $($index:literal $arg:ident $type:ident),* $(; $($local:tt)*)?) => {{
        // SAFETY: text is bytes.
        let bytes = unsafe { std::mem::transmute::<&str, &[u8]>($meta) };
        let record =
            $crate::stack::unoptimised::enter(bytes as *const [u8] as *const u8, bytes.len());
        $crate::stack::unoptimised::arguments!(
            record, $argument, $($index $arg $type),* $(; $($local)*)?
        );
        $crate::stack::Guard::of(record)
    }};
}
pub(crate) use entered;

macro_rules! arguments {
    ($record:ident, $argument:ident, ) => {};
    (
        $record:ident,
        $argument:ident,
        $($index:literal $arg:ident $type:ident),* $(; $($local:tt)*)?
    ) => {
        if $crate::stack::unoptimised::flags!($record) >= 0 {
            $(
                // SAFETY: a record that was just entered; the argument is a reference to one of the type.
                unsafe {
                    $crate::stack::unoptimised::$argument(
                        $record,
                        $index,
                        $arg as *const $type as *const (),
                        $crate::capture::type_id::<$type>,
                        std::any::type_name::<$type>,
                    );
                }
            )*
            $($crate::stack::unoptimised::store_local!($record, $($local)*);)?
        }
    };
}
pub(crate) use arguments;

/// Records a local of a frame that is not hot: by the identity of its type, or by what `looked` makes of it.
macro_rules! store_local {
    ($record:expr, $slot:expr, $value:expr, $of:ident) => {
        // SAFETY: a guard's record; the value is a reference to one of the type.
        unsafe {
            $crate::stack::unoptimised::local_whole(
                $record,
                $slot,
                $value as *const $of as *const (),
                $crate::capture::type_id::<$of>,
                std::any::type_name::<$of>,
            );
        }
    };
    ($record:expr, $slot:expr, $value:expr, $of:ident, $looked:expr) => {
        // SAFETY: as above; so is what `looked` is for.
        unsafe {
            $crate::stack::unoptimised::local_by(
                $record,
                $slot,
                $value as *const $of as *const (),
                $looked,
            );
        }
    };
}
pub(crate) use store_local;

/// Position store: one `mov` wherever it is inlined.
///
/// This and the next are `extern "C"` for a reason: a call of a function with this ABI does not unwind, so that each of
/// some ten in a function has no landing pad to be made, and its code no block of its own. For the same reason they call
/// nothing.
#[inline(always)]
pub extern "C" fn at(position: u32, frame: Active) {
    // SAFETY: a guard's record; offsets are pinned in record.rs. An aligned store of a word that anyone may store to.
    unsafe {
        asm!(
            "mov dword ptr [{} + 8], {:e}",
            in(reg) frame.record,
            in(reg) position,
            options(nostack, preserves_flags)
        );
    }
}

/// The flags of a frame; negative if it is hot.
///
/// A load and no more: each register that an `asm!` names as an operand or clobber, the processor's flags too, costs the
/// compiler microseconds, some hundred of them (`clobber_abi`) a quarter of all the time that it takes for a crate.
macro_rules! flags {
    ($record:expr) => {{
        let flags: i32;
        // SAFETY: a guard's record, of which a word is loaded that anyone may load.
        unsafe {
            std::arch::asm!(
                "mov {:e}, dword ptr [{} + 12]",
                lateout(reg) flags,
                in(reg) $record,
                options(nostack, preserves_flags, readonly)
            );
        }
        flags
    }};
}
pub(crate) use flags;

/// Whether the activation records its values, and is not hot.
#[inline(always)]
pub extern "C" fn records(frame: Active) -> bool {
    flags!(frame.record) >= 0
}

/// Records a local, in the function where it stands: `site` is the slot in the low 8 bits, the position above. In a hot
/// function: a load and a comparison.
macro_rules! record_local {
    (by $looked:expr, $type:ident, $value:expr, $site:expr, $frame:expr) => {
        if $crate::stack::unoptimised::flags!($frame.record) >= 0 {
            $crate::stack::unoptimised::store_local!($frame.record, $site, $value, $type, $looked);
        }
    };
    ($local:ident, $type:ty, $value:expr, $site:expr, $frame:expr) => {
        if $crate::stack::unoptimised::flags!($frame.record) >= 0 {
            // SAFETY: a guard's record; the value is a reference to one of the type.
            unsafe {
                $crate::stack::unoptimised::$local(
                    $frame.record,
                    $site,
                    $value as *const $type as *const (),
                    $crate::capture::type_id::<$type>,
                    std::any::type_name::<$type>,
                );
            }
        }
    };
}
pub(crate) use record_local;

/// Records a local.
#[inline(always)]
pub extern "C" fn cap<T>(value: &T, site: u32, frame: Active) {
    record_local!(local_whole, T, value, site, frame);
}

/// Records a local, and the function is at `next`: the position first, so that the record's address is needed once where
/// the function is hot.
#[inline(always)]
pub extern "C" fn cap_at<T>(value: &T, site: u32, next: u32, frame: Active) {
    let flags: i32;
    // SAFETY: as in `at` and `flags!`.
    unsafe {
        asm!(
            "mov dword ptr [{frame} + 8], {next:e}",
            "mov {flags:e}, dword ptr [{frame} + 12]",
            flags = lateout(reg) flags,
            frame = in(reg) frame.record,
            next = in(reg) next,
            options(nostack, preserves_flags)
        );
    }
    if flags >= 0 {
        // SAFETY: as in `record_local!`.
        unsafe {
            local_whole(
                frame.record,
                site,
                value as *const T as *const (),
                type_id::<T>,
                type_name::<T>,
            );
        }
    }
}

/// The same, recording scalars only.
#[inline(always)]
pub extern "C" fn cap_plain<T>(value: &T, site: u32, frame: Active) {
    record_local!(local_surface, T, value, site, frame);
}

macro_rules! stubs {
    ($($(#[$doc:meta])* $name:ident $common:ident $further:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// As for [`look`]; `record` is a guard's.
        #[unsafe(naked)]
        #[allow(improper_ctypes_definitions)] // Rust functions pass through, as words
        pub(crate) unsafe extern "C" fn $name(
            record: usize,
            slot: u32,
            value: *const (),
            identify: Identify,
            name: Name,
        ) {
            naked_asm!(
                ".cfi_startproc",
                "mov r9, qword ptr [rip + {further}@GOTPCREL]",
                "jmp {common}",
                ".cfi_endproc",
                further = sym $further,
                common = sym $common,
            )
        }
    )*};
}

stubs! {
    /// Records an argument: `slot` is one of the first eight.
    argument_whole argument typed_whole;
    /// The same, recording scalars only.
    argument_surface argument typed_surface;
    /// Records a local: `slot` is its site.
    local_whole local typed_whole;
    /// The same, recording scalars only.
    local_surface local typed_surface;
}

/// Records a local by what `looked` makes of it, whose address also stands for the type: with that as its key, the short
/// way knows the type once `looked` has said so.
///
/// # Safety
/// `looked` accepts the arguments, and `record` is a guard's.
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn local_by(
    record: usize,
    slot: u32,
    value: *const (),
    looked: LookedBy,
) {
    naked_asm!(
        ".cfi_startproc",
        "mov r9, rcx",
        "jmp {local}",
        ".cfi_endproc",
        local = sym local,
    )
}

/// Records an argument in slot `esi`: value and tag.
///
/// `rdi` record, `esi` slot, `rdx` value, `rcx` identify, `r8` name, `r9` further: as [`look`] takes them.
#[unsafe(naked)]
unsafe extern "C" fn argument() {
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

/// Records a local, unless the frame's counter is at an end and heat.rs says no.
///
/// `rdi` record, `esi` site, `rdx` value, `rcx` identify, `r8` name, `r9` further: as [`look`] takes them.
#[unsafe(naked)]
unsafe extern "C" fn local() {
    naked_asm!(
        ".cfi_startproc",
        // At an end?
        "mov eax, dword ptr [rdi + 12]",
        "sub eax, {count}",
        "mov dword ptr [rdi + 12], eax",
        "shr eax, {count_shift}",
        "jz 8f",
        "1:",
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
        "8:",
        "push rdi",
        ".cfi_adjust_cfa_offset 8",
        "push rsi",
        ".cfi_adjust_cfa_offset 8",
        "push rdx",
        ".cfi_adjust_cfa_offset 8",
        "push rcx",
        ".cfi_adjust_cfa_offset 8",
        "push r8",
        ".cfi_adjust_cfa_offset 8",
        "push r9",
        ".cfi_adjust_cfa_offset 8",
        "sub rsp, 8",
        ".cfi_adjust_cfa_offset 8",
        "call {next_grant}",
        "add rsp, 8",
        ".cfi_adjust_cfa_offset -8",
        "pop r9",
        ".cfi_adjust_cfa_offset -8",
        "pop r8",
        ".cfi_adjust_cfa_offset -8",
        "pop rcx",
        ".cfi_adjust_cfa_offset -8",
        "pop rdx",
        ".cfi_adjust_cfa_offset -8",
        "pop rsi",
        ".cfi_adjust_cfa_offset -8",
        "pop rdi",
        ".cfi_adjust_cfa_offset -8",
        "test al, al",
        "jnz 1b",
        "ret",
        ".cfi_endproc",
        look = sym look,
        spilled = sym store_spilled,
        next_grant = sym heat::next_grant,
        count = const COUNT,
        count_shift = const COUNT.trailing_zeros(),
        inline = const INLINE_SLOTS,
        values = const offset_of!(Record, values),
        notes = const offset_of!(Record, notes),
    )
}
