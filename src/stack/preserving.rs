//! Calls that the compiler takes for one instruction, for x86_64 with the System V ABI.
//!
//! A call that it knows of makes it keep in callee-saved registers what is needed behind it, and save those on the way in,
//! also where the call is hardly ever made. One that gives all registers back costs the hot path nothing.

/// An `asm!` that calls something: the compiler keeps nothing in the registers that Rust code may use for vectors and
/// the like. General ones are for the operands.
macro_rules! asm_that_calls {
    ($($template:literal)+, $($operands:tt)*) => {
        ::std::arch::asm!(
            $($template,)+
            $($operands)*
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
        )
    };
}

/// Jumps to a stub of [`preserving_behind_jump`], which comes back behind the jump and preserves all general registers but
/// `r10` and `r11`. Needs no stack, so that functions that call nothing else need none.
///
/// By the global offset table, as the stub may be in another object (a Rust `dylib`), where a plain jump would go through
/// code of the linker's that has the same `r11`. In the same object the linker makes it a plain one.
macro_rules! behind_jump {
    ($stub:ident, $($operands:tt)*) => {
        $crate::stack::preserving::asm_that_calls!(
            "lea r11, [rip + 2f]"
            "jmp qword ptr [rip + {stub}@GOTPCREL]"
            "2:",
            stub = sym $stub,
            $($operands)*
            out("r11") _,
            options(nostack),
        )
    };
}

/// Calls a stub of [`preserving`], which preserves all general registers but `r10` and `r11`. Half as dear as
/// [`behind_jump`], for functions that have a stack of their own anyway. By the global offset table, too.
macro_rules! behind_call {
    ($stub:ident, $($operands:tt)*) => {
        $crate::stack::preserving::asm_that_calls!(
            "call qword ptr [rip + {stub}@GOTPCREL]",
            stub = sym $stub,
            $($operands)*
            out("r11") _,
        )
    };
}

/// Calls a function with the words in `r10`, `rsi`, `rdx` and `rcx`, gives its answer in `r10`, and goes on at the address
/// that came in `r11`. Keeps all general registers but `r10` and `r11`. The directives tell an unwinder that its caller is
/// the function it was jumped to from.
macro_rules! preserving_behind_jump {
    ($name:ident calls $function:path) => {
        #[unsafe(naked)]
        extern "C" fn $name() {
            ::std::arch::naked_asm!(
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

/// Calls a function with the words in `r10`, `rsi` and `rdx`. Keeps all general registers but `r10` and `r11`. The stack is
/// aligned as for any call, and again behind the eight words.
macro_rules! preserving {
    ($name:ident calls $function:path) => {
        #[unsafe(naked)]
        extern "C" fn $name() {
            ::std::arch::naked_asm!(
                ".cfi_startproc",
                "push rax",
                ".cfi_adjust_cfa_offset 8",
                "push rcx",
                ".cfi_adjust_cfa_offset 8",
                "push rdx",
                ".cfi_adjust_cfa_offset 8",
                "push rsi",
                ".cfi_adjust_cfa_offset 8",
                "push rdi",
                ".cfi_adjust_cfa_offset 8",
                "push r8",
                ".cfi_adjust_cfa_offset 8",
                "push r9",
                ".cfi_adjust_cfa_offset 8",
                "mov rdi, r10",
                "call {function}",
                "pop r9",
                ".cfi_adjust_cfa_offset -8",
                "pop r8",
                ".cfi_adjust_cfa_offset -8",
                "pop rdi",
                ".cfi_adjust_cfa_offset -8",
                "pop rsi",
                ".cfi_adjust_cfa_offset -8",
                "pop rdx",
                ".cfi_adjust_cfa_offset -8",
                "pop rcx",
                ".cfi_adjust_cfa_offset -8",
                "pop rax",
                ".cfi_adjust_cfa_offset -8",
                "ret",
                ".cfi_endproc",
                function = sym $function,
            )
        }
    };
}

pub(crate) use {asm_that_calls, behind_call, behind_jump, preserving, preserving_behind_jump};
