//! Walking the native stack: frames as plain data.
//!
//! Addresses only; what they mean is for [`symbols`](super::symbols) to say, later and anywhere.

#[cfg_attr(native_elf, path = "unwind/itanium.rs")]
#[cfg_attr(
    all(feature = "native", not(target_os = "linux")),
    path = "unwind/backtrace.rs"
)]
#[cfg_attr(not(feature = "native"), path = "unwind/none.rs")]
mod platform;

/// The most frames that one walk takes. A stack that is deeper loses its outer end, which is said.
pub(crate) const MOST: usize = 4096;

/// One native frame: a function's activation and all that was inlined into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawFrame {
    /// Where the function goes on: the return address of its call.
    pub(crate) pc: usize,
    /// The stack pointer at its call; the frame lies between it and that of the next outer one. 0 if it is not known.
    pub(crate) sp: usize,
    /// Where the function's machine code begins, which stands for its identity even without debug information. 0 if it
    /// is not known.
    pub(crate) function: usize,
    /// What the registers that a call preserves held in this function at its call, if that was asked for.
    pub(crate) registers: Registers,
    /// Whether `pc` is an instruction that was interrupted, not one that a call returns to.
    pub(crate) interrupted: bool,
}

impl RawFrame {
    /// An address inside of what runs: a return address may lie behind the function's last instruction.
    pub(crate) fn lookup(&self) -> usize {
        self.pc.wrapping_sub(usize::from(!self.interrupted))
    }
}

/// Callee-saved registers of x86_64, by their DWARF numbers; elsewhere none is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registers {
    words: [usize; Registers::NUMBERS.len()],
    known: bool,
}

impl Registers {
    /// rbx, rbp, r12 to r15.
    pub(crate) const NUMBERS: [u16; 6] = [3, 6, 12, 13, 14, 15];

    /// The register with this DWARF number, if a call preserves it.
    #[allow(dead_code)] // for the reader of locals
    pub(crate) fn get(&self, number: u16) -> Option<usize> {
        let index = Registers::NUMBERS.iter().position(|&n| n == number)?;
        self.known.then(|| self.words[index])
    }
}

/// The frames of a walk.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawStack {
    /// Innermost first.
    pub(crate) frames: Vec<RawFrame>,
    /// Whether the walk ended at [`MOST`] frames.
    pub(crate) is_cut: bool,
}

/// The native frames of this thread, without that of `capture` itself, and without registers.
///
/// One allocation. No lock of ours; the unwinder's own (glibc has had none since 2.35).
#[cfg(all(test, native_elf))]
#[inline(never)]
pub(crate) fn capture() -> RawStack {
    capture_outside(capture as *const () as usize, false)
}

/// The same, with the registers: for who reads variables.
#[inline(never)]
pub(crate) fn capture_registers() -> RawStack {
    capture_outside(capture_registers as *const () as usize, true)
}

/// The same, without the frame of the function that this is inlined into: one frame less to walk. `own`: that function, which
/// must not be inlined itself.
#[inline(always)]
pub(crate) fn capture_outside(own: usize, registers: bool) -> RawStack {
    let mut stack = RawStack {
        frames: Vec::with_capacity(64),
        is_cut: false,
    };
    platform::walk(own, registers, &mut |frame| {
        if stack.frames.len() == MOST {
            stack.is_cut = true;
            return false;
        }
        stack.frames.push(frame);
        true
    });
    stack
}

/// Where the machine code of the function begins that holds an address, by its unwind information.
pub(crate) fn function_of(address: usize) -> Option<usize> {
    platform::function_of(address)
}

/// Why no native frame can be had here, if that is so.
pub(crate) const MISSING: Option<&str> = platform::MISSING;

#[cfg(all(test, native_elf))]
mod tests {
    use super::*;

    #[inline(never)]
    fn inner(expected: &mut Vec<usize>) -> RawStack {
        expected.push(inner as *const () as usize);
        std::hint::black_box(capture())
    }

    #[inline(never)]
    fn outer(expected: &mut Vec<usize>) -> RawStack {
        let stack = inner(expected);
        expected.push(outer as *const () as usize);
        stack
    }

    #[test]
    fn the_first_frame_is_the_callers_and_functions_are_known_by_their_beginning() {
        let mut expected = Vec::new();
        let stack = outer(&mut expected);
        let functions: Vec<usize> = stack.frames[..2].iter().map(|f| f.function).collect();
        assert_eq!(functions, expected);
        assert!(!stack.is_cut);
        assert_eq!(
            function_of(stack.frames[1].lookup()),
            Some(stack.frames[1].function)
        );
    }

    #[test]
    fn frames_lie_on_the_stack_one_above_the_other() {
        let stack = outer(&mut Vec::new());
        let here = crate::stack::native::here();
        assert!(stack.frames[0].sp < here, "{stack:x?}");
        let in_order = |pair: &[RawFrame]| pair[0].sp < pair[1].sp;
        // The last is of what started the thread: the system's.
        let known: Vec<RawFrame> = stack.frames.into_iter().filter(|f| f.pc != 0).collect();
        assert!(known.windows(2).all(in_order), "{known:x?}");
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn preserved_registers_are_what_the_function_had_in_them() {
        let (stack, base): (RawStack, usize);
        // SAFETY: reads a register.
        unsafe { std::arch::asm!("mov {}, rbp", out(reg) base, options(nomem, nostack)) };
        stack = capture_registers();
        // Whoever uses it as a frame pointer or for a value of its own: it was found so.
        let found = stack.frames[0].registers.get(6);
        if cfg!(unoptimised) {
            assert_eq!(found, Some(base));
        }
        assert!(found.is_some() && stack.frames[0].registers.get(0).is_none());
        assert_eq!(capture().frames[0].registers.get(6), None);
    }
}
