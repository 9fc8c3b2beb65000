//! By the `backtrace` crate: systems whose unwinder is not called here directly.

use super::{RawFrame, Registers};

pub(super) const MISSING: Option<&str> = None;

pub(super) fn walk(own: usize, _registers: bool, take: &mut dyn FnMut(RawFrame) -> bool) {
    // The innermost frames are of this function, its caller and the crate's own.
    let mut inside = true;
    backtrace::trace(|frame| {
        let function = frame.symbol_address() as usize;
        if inside {
            inside = function != own;
            return true;
        }
        let pc = frame.ip() as usize;
        pc != 0
            && take(RawFrame {
                pc,
                sp: frame.sp() as usize,
                function,
                registers: Registers::default(),
                interrupted: false,
            })
    });
}

pub(super) fn function_of(_address: usize) -> Option<usize> {
    None
}
