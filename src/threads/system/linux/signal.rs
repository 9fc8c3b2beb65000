//! Signals: what is done at one, and sending one to a thread.

use super::signal_stack::SignalStack;
use super::{errno, process_id};
use std::ffi::{c_int, c_long};
use std::mem::MaybeUninit;

/// A signal handler that is told why it is called.
pub(crate) type Handler = extern "C" fn(c_int, *mut Info, *mut Context);

/// `struct sigaction`, as glibc and musl have it on these processors.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Action {
    pub(crate) handler: usize,
    mask: [u64; 16],
    pub(crate) flags: c_int,
    restorer: usize,
}

pub(crate) const DEFAULT: usize = 0;
pub(crate) const IGNORE: usize = 1;

pub(crate) const SA_SIGINFO: c_int = 4;
pub(crate) const SA_ONSTACK: c_int = 0x0800_0000;
pub(crate) const SA_RESTART: c_int = 0x1000_0000;
pub(crate) const SA_NODEFER: c_int = 0x4000_0000;

/// `si_code` of a signal that `tgkill` sent.
const SI_TKILL: c_int = -6;

/// The beginning of `siginfo_t`.
#[repr(C)]
pub(crate) struct Info {
    pub(crate) signal: c_int,
    error: c_int,
    pub(crate) code: c_int,
    _pad: c_int,
    address_or_process: usize,
}

impl Info {
    /// Of a fault: which address.
    pub(crate) fn address(&self) -> usize {
        self.address_or_process
    }

    /// Whether the processor raised the signal, and not a call of `kill`, `raise` or `abort`.
    pub(crate) fn is_fault(&self) -> bool {
        self.code > 0
    }

    /// Whether a thread of this process has sent it to one thread.
    pub(crate) fn is_directed(&self) -> bool {
        self.code == SI_TKILL && self.address_or_process as u32 == process_id()
    }
}

/// The beginning of `ucontext_t`.
#[repr(C)]
pub(crate) struct Context {
    flags: u64,
    link: usize,
    /// The signal stack that the thread has again when the handler returns.
    stack: SignalStack,
    rest: [usize; 64],
}

impl Context {
    /// Gives the thread a signal stack if it has none. (`sigaltstack` cannot be called in the handler: what it sets is
    /// overwritten when that returns.)
    pub(crate) fn provide_signal_stack(&mut self, address: usize, size: usize) {
        self.stack.provide(address, size);
    }

    /// The stack pointer of what was interrupted.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn stack_pointer(&self) -> usize {
        self.rest[15]
    }

    /// The stack pointer of what was interrupted.
    #[cfg(target_arch = "aarch64")]
    pub(crate) fn stack_pointer(&self) -> usize {
        // Behind the signal mask (16 words, and one of alignment), the address of the fault, and 31 registers.
        self.rest[49]
    }
}

// What the words of `rest` are counted from.
const _: () = assert!(std::mem::offset_of!(Context, rest) == 40);

#[cfg(target_arch = "x86_64")]
const TGKILL: c_long = 234;
#[cfg(target_arch = "aarch64")]
const TGKILL: c_long = 131;

const ESRCH: c_int = 3;
const AT_MINSIGSTKSZ: u64 = 51;

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const [u64; 16], old: *mut [u64; 16]) -> c_int;
    fn __libc_current_sigrtmin() -> c_int;
    fn __libc_current_sigrtmax() -> c_int;
    fn getauxval(kind: u64) -> u64;
}

impl Action {
    /// Of one of our own handlers.
    pub(crate) fn of(handler: Handler, flags: c_int) -> Action {
        Action {
            handler: handler as usize,
            mask: [0; 16],
            flags: flags | SA_SIGINFO,
            restorer: 0,
        }
    }

    /// What the system does by itself.
    pub(crate) const fn default_one() -> Action {
        Action {
            handler: DEFAULT,
            mask: [0; 16],
            flags: 0,
            restorer: 0,
        }
    }

    /// What is done at a signal now. `None`: there is no such signal.
    pub(crate) fn now(signal: c_int) -> Option<Action> {
        let mut action = MaybeUninit::uninit();
        // SAFETY: nothing is set; the place is one for an action, which a success has filled.
        unsafe {
            (sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0)
                .then(|| action.assume_init())
        }
    }

    /// Sets what is done at a signal; gives what was done. `None`: there is no such signal, or it cannot be caught.
    pub(crate) fn set(&self, signal: c_int) -> Option<Action> {
        let mut old = MaybeUninit::uninit();
        // SAFETY: the action is one of our handlers, or what the system gave; the place is one for an action, which a
        // success has filled.
        unsafe { (sigaction(signal, self, old.as_mut_ptr()) == 0).then(|| old.assume_init()) }
    }

    /// Whether it calls this handler.
    pub(crate) fn calls(&self, handler: Handler) -> bool {
        self.handler == handler as usize
    }

    /// Calls the handler as the system would. `false`: it is none, but the default or to be ignored.
    ///
    /// # Safety
    /// It is what [`Action::set`] gave, and the arguments are those of a handler that runs.
    pub(crate) unsafe fn call(
        &self,
        signal: c_int,
        info: *mut Info,
        context: *mut Context,
    ) -> bool {
        if self.handler == DEFAULT || self.handler == IGNORE {
            return false;
        }
        // SAFETY: the system would call it with these arguments; with `SA_SIGINFO` it takes three, else one.
        unsafe {
            if self.flags & SA_SIGINFO != 0 {
                std::mem::transmute::<usize, Handler>(self.handler)(signal, info, context);
            } else {
                std::mem::transmute::<usize, extern "C" fn(c_int)>(self.handler)(signal);
            }
        }
        true
    }
}

/// The first and the last of the signals that the system has no use for.
pub(crate) fn real_time_signals() -> (c_int, c_int) {
    // SAFETY: they only tell.
    unsafe { (__libc_current_sigrtmin(), __libc_current_sigrtmax()) }
}

/// Flags that have a handler of up to 4 KiB run on a signal stack where there is one.
pub(crate) fn on_signal_stack() -> c_int {
    /// What std gives its threads, or what the system says is the least, if that is more: then nothing is left.
    const OF_STD: u64 = 8 << 10;
    // SAFETY: it only tells.
    let least = unsafe { getauxval(AT_MINSIGSTKSZ) };
    if least + (4 << 10) <= OF_STD {
        SA_ONSTACK
    } else {
        0
    }
}

/// What became of a signal to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// There is no such thread any more.
    Gone,
    /// Too many wait, or it is not allowed.
    No,
}

/// Sends a signal to one thread of this process.
pub(crate) fn send(thread: u32, signal: c_int) -> Sent {
    // SAFETY: numbers.
    if unsafe { syscall(TGKILL, process_id() as c_int, thread as c_int, signal) } == 0 {
        return Sent::Yes;
    }
    if errno() == ESRCH {
        Sent::Gone
    } else {
        Sent::No
    }
}

/// Blocks a signal for the running thread; in a handler, until that returns.
pub(crate) fn block(signal: c_int) {
    const BLOCK: c_int = 0;
    let mut set = [0; 16];
    set[0] = 1_u64 << ((signal - 1) & 63);
    // SAFETY: a set to read.
    unsafe { pthread_sigmask(BLOCK, &raw const set, std::ptr::null_mut()) };
}
