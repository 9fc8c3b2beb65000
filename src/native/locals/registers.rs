//! What is known of the registers in a frame that waits for its callee.

use crate::native::unwind::{self, RawFrame};

/// DWARF's number of the stack pointer.
#[cfg(target_arch = "x86_64")]
pub(crate) const STACK_POINTER: u16 = 7;
#[cfg(target_arch = "aarch64")]
pub(crate) const STACK_POINTER: u16 = 31;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) const STACK_POINTER: u16 = u16::MAX;

/// More than DWARF numbers general registers with on the machines that we know.
const COUNT: usize = 32;

/// The registers of a frame that waits for its callee to return: the stack pointer, and those that callees preserve.
/// The others are overwritten by now.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Registers {
    values: [Option<u64>; COUNT],
    /// The canonical frame address: the stack pointer of the caller.
    pub(crate) frame: Option<u64>,
}

impl Registers {
    /// Those of a native frame; `caller` is the stack pointer of the one that called it.
    pub(crate) fn of(frame: &RawFrame, caller: Option<usize>) -> Registers {
        let mut registers = Registers::at(frame.sp as u64);
        registers.frame = caller.map(|caller| caller as u64);
        for number in unwind::Registers::NUMBERS {
            if let Some(word) = frame.registers.get(number) {
                registers = registers.with(number, word as u64);
            }
        }
        registers
    }

    /// Those of which only the stack pointer is known.
    pub(crate) fn at(stack_pointer: u64) -> Registers {
        Registers::default().with(STACK_POINTER, stack_pointer)
    }

    /// With the value of one more, by DWARF's number.
    pub(crate) fn with(mut self, number: u16, value: u64) -> Registers {
        if let Some(slot) = self.values.get_mut(usize::from(number)) {
            *slot = Some(value);
        }
        self
    }

    pub(crate) fn get(&self, number: u16) -> Option<u64> {
        self.values.get(usize::from(number)).copied().flatten()
    }
}
