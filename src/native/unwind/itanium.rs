//! By the unwinder that every Rust program with std has linked: libgcc's or LLVM's, the same few functions.

use super::{RawFrame, Registers};
use std::ffi::{c_int, c_void};

pub(super) const MISSING: Option<&str> = None;

/// `_Unwind_Context`
#[repr(C)]
struct Context {
    _opaque: [u8; 0],
}

/// `_URC_NO_REASON`: go on.
const GO_ON: c_int = 0;
/// `_URC_NORMAL_STOP`
const STOP: c_int = 4;

type Visit = unsafe extern "C" fn(*mut Context, *mut c_void) -> c_int;

unsafe extern "C-unwind" {
    fn _Unwind_Backtrace(visit: Visit, data: *mut c_void) -> c_int;
}

unsafe extern "C" {
    fn _Unwind_GetIPInfo(context: *mut Context, before: *mut c_int) -> usize;
    fn _Unwind_GetCFA(context: *mut Context) -> usize;
    fn _Unwind_GetRegionStart(context: *mut Context) -> usize;
    #[cfg(target_arch = "x86_64")]
    fn _Unwind_GetGR(context: *mut Context, number: c_int) -> usize;
    fn _Unwind_FindEnclosingFunction(pc: *mut c_void) -> *mut c_void;
}

struct Walk<'a> {
    take: &'a mut dyn FnMut(RawFrame) -> bool,
    /// The innermost frame, of the function that `walk` is inlined into, was passed.
    is_outside: bool,
    registers: bool,
}

#[inline(always)]
pub(super) fn walk(_own: usize, registers: bool, take: &mut dyn FnMut(RawFrame) -> bool) {
    let mut walk = Walk {
        take,
        is_outside: false,
        registers,
    };
    // SAFETY: `visit` gets the address of `walk`, which outlives the call.
    unsafe { _Unwind_Backtrace(visit, (&raw mut walk).cast()) };
    // Not a tail call: this frame is the one that is left out.
    std::hint::black_box(&walk.is_outside);
}

unsafe extern "C" fn visit(context: *mut Context, data: *mut c_void) -> c_int {
    // SAFETY: as `walk` calls it.
    let walk = unsafe { &mut *data.cast::<Walk<'_>>() };
    if !std::mem::replace(&mut walk.is_outside, true) {
        return GO_ON;
    }
    let mut before = 0;
    // SAFETY: the unwinder's own context, for the time of this call.
    let frame = unsafe {
        RawFrame {
            pc: _Unwind_GetIPInfo(context, &raw mut before),
            sp: _Unwind_GetCFA(context),
            function: _Unwind_GetRegionStart(context),
            registers: match walk.registers {
                true => registers(context),
                false => Registers::default(),
            },
            interrupted: before != 0,
        }
    };
    if frame.pc == 0 {
        return STOP;
    }
    if (walk.take)(frame) { GO_ON } else { STOP }
}

/// The registers that a call preserves; the others are lost, and asking for them is said to be unsafe.
///
/// # Safety
/// `context` is one that the unwinder is giving out.
#[cfg(target_arch = "x86_64")]
unsafe fn registers(context: *mut Context) -> Registers {
    let mut registers = Registers {
        known: true,
        ..Registers::default()
    };
    for (word, number) in registers.words.iter_mut().zip(Registers::NUMBERS) {
        // SAFETY: as above; these registers are known in each frame.
        *word = unsafe { _Unwind_GetGR(context, c_int::from(number)) };
    }
    registers
}

#[cfg(not(target_arch = "x86_64"))]
unsafe fn registers(_context: *mut Context) -> Registers {
    Registers::default()
}

pub(super) fn function_of(address: usize) -> Option<usize> {
    // It is made for return addresses: it looks before what it is given.
    let after = address.wrapping_add(1) as *mut c_void;
    // SAFETY: looks up tables by an address that it does not follow.
    let start = unsafe { _Unwind_FindEnclosingFunction(after) };
    (!start.is_null()).then_some(start as usize)
}
