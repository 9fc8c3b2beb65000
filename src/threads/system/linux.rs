//! Linux on 64-bit processors: declared by hand, the way std's own `libc` has it.

use std::ffi::{CStr, c_char, c_int, c_long, c_void};
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

/// `stack_t`.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct SignalStack {
    address: usize,
    flags: c_int,
    size: usize,
}

const SS_DISABLE: c_int = 2;

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
        if self.stack.flags & SS_DISABLE != 0 {
            self.stack = SignalStack {
                address,
                flags: 0,
                size,
            };
        }
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
const O_RDONLY_CLOEXEC: c_int = 0o2_000_000;
const CLOCK_MONOTONIC: c_int = 1;
const AT_MINSIGSTKSZ: u64 = 51;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

#[repr(C)]
struct IoVec {
    base: *mut c_void,
    length: usize,
}

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn getpid() -> c_int;
    fn sigaction(signal: c_int, new: *const Action, old: *mut Action) -> c_int;
    fn sigaltstack(new: *const SignalStack, old: *mut SignalStack) -> c_int;
    fn pthread_sigmask(how: c_int, set: *const [u64; 16], old: *mut [u64; 16]) -> c_int;
    fn __libc_current_sigrtmin() -> c_int;
    fn __libc_current_sigrtmax() -> c_int;
    fn __errno_location() -> *mut c_int;
    fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int;
    fn nanosleep(time: *const Timespec, left: *mut Timespec) -> c_int;
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn read(file: c_int, to: *mut c_void, most: usize) -> isize;
    fn write(file: c_int, from: *const c_void, length: usize) -> isize;
    fn close(file: c_int) -> c_int;
    fn pipe2(ends: *mut [c_int; 2], flags: c_int) -> c_int;
    fn process_vm_readv(
        process: c_int,
        local: *const IoVec,
        local_count: u64,
        remote: *const IoVec,
        remote_count: u64,
        flags: u64,
    ) -> isize;
    fn getauxval(kind: u64) -> u64;
    fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        file: c_int,
        offset: i64,
    ) -> *mut c_void;
    fn mprotect(address: *mut c_void, length: usize, protection: c_int) -> c_int;
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
    if unsafe { syscall(TGKILL, getpid(), thread as c_int, signal) } == 0 {
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

pub(crate) fn process_id() -> u32 {
    // SAFETY: it only tells.
    unsafe { getpid() as u32 }
}

/// The running thread's number.
pub(crate) fn thread_id() -> u32 {
    #[cfg(target_arch = "x86_64")]
    const GETTID: c_long = 186;
    #[cfg(target_arch = "aarch64")]
    const GETTID: c_long = 178;
    // SAFETY: it only tells.
    unsafe { syscall(GETTID) as u32 }
}

pub(crate) fn errno() -> c_int {
    // SAFETY: this thread's own.
    unsafe { *__errno_location() }
}

/// A handler leaves it as it was.
pub(crate) fn set_errno(error: c_int) {
    // SAFETY: this thread's own.
    unsafe { *__errno_location() = error };
}

/// Nanoseconds that a thread of this process has run; `None` if it is gone.
pub(crate) fn cpu_time(thread: u32) -> Option<u64> {
    // What `pthread_getcpuclockid` computes: the clock of a thread's scheduler.
    let clock = ((!thread) << 3 | 6) as c_int;
    time_of(clock)
}

/// Nanoseconds of a clock that is not set.
pub(crate) fn clock() -> u64 {
    time_of(CLOCK_MONOTONIC).unwrap_or(0)
}

fn time_of(clock: c_int) -> Option<u64> {
    let mut time = Timespec {
        seconds: 0,
        nanoseconds: 0,
    };
    // SAFETY: a place for the time.
    (unsafe { clock_gettime(clock, &raw mut time) } == 0)
        .then(|| time.seconds as u64 * 1_000_000_000 + time.nanoseconds as u64)
}

/// Waits, or until a signal comes.
pub(crate) fn pause(nanoseconds: u64) {
    let time = Timespec {
        seconds: (nanoseconds / 1_000_000_000) as i64,
        nanoseconds: (nanoseconds % 1_000_000_000) as i64,
    };
    // SAFETY: a time to read.
    unsafe { nanosleep(&raw const time, std::ptr::null_mut()) };
}

/// The beginning of a file.
pub(crate) fn read_file<'b>(path: &CStr, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    // SAFETY: the path ends in NUL, the buffer has that length, the file is closed once.
    let length = unsafe {
        let file = open(path.as_ptr(), O_RDONLY_CLOEXEC);
        if file < 0 {
            return None;
        }
        let length = read(file, buffer.as_mut_ptr().cast(), buffer.len());
        close(file);
        length
    };
    buffer.get(..usize::try_from(length).ok()?)
}

/// Writes all of it, as far as the file takes it.
pub(crate) fn write_all(file: c_int, mut bytes: &[u8]) {
    const EINTR: c_int = 4;
    while !bytes.is_empty() {
        // SAFETY: bytes to read.
        let written = unsafe { write(file, bytes.as_ptr().cast(), bytes.len()) };
        match usize::try_from(written) {
            Ok(0) => return,
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(_) if errno() == EINTR => {}
            Err(_) => return,
        }
    }
}

/// Reads memory that may not be there; gives how many bytes could be read.
pub(crate) fn read_memory(from: usize, to: &mut [u8], pipe: Option<[c_int; 2]>) -> usize {
    let local = IoVec {
        base: to.as_mut_ptr().cast(),
        length: to.len(),
    };
    let remote = IoVec {
        base: from as *mut c_void,
        length: to.len(),
    };
    // SAFETY: the system writes to `to`, as many bytes as it has; it answers with an error where it cannot read.
    let read = unsafe { process_vm_readv(getpid(), &raw const local, 1, &raw const remote, 1, 0) };
    if let Ok(read) = usize::try_from(read) {
        return read;
    }
    const EFAULT: c_int = 14;
    match pipe {
        // Only where the call is not allowed: it is slower, and reads no part of what is there in part.
        Some(pipe) if errno() != EFAULT => through(pipe, from, to),
        _ => 0,
    }
}

/// Reads memory by writing it to a pipe.
fn through([out, into]: [c_int; 2], from: usize, to: &mut [u8]) -> usize {
    // No more than a pipe holds, so that writing does not wait.
    const HOLDS: usize = 4096;
    let mut done = 0;
    for piece in to.chunks_mut(HOLDS) {
        // SAFETY: the system reads `from`, or answers that it cannot.
        let written = unsafe { write(into, (from + done) as *const c_void, piece.len()) };
        let Ok(written) = usize::try_from(written) else {
            return done;
        };
        // SAFETY: no longer than the piece.
        let read = unsafe { read(out, piece.as_mut_ptr().cast(), written) };
        done += usize::try_from(read).unwrap_or(0);
        if written < piece.len() {
            return done;
        }
    }
    done
}

/// A pipe for [`read_memory`].
pub(crate) fn make_pipe() -> Option<[c_int; 2]> {
    let mut ends = [0; 2];
    // SAFETY: a place for two numbers.
    (unsafe { pipe2(&raw mut ends, O_RDONLY_CLOEXEC) } == 0).then_some(ends)
}

/// Memory for a stack, with a page below that nobody may touch. Never given back.
pub(crate) fn reserve_stack(size: usize) -> Option<usize> {
    const PAGE: usize = 64 << 10;
    const READ_WRITE: c_int = 3;
    const PRIVATE_ANONYMOUS_NORESERVE_STACK: c_int = 0x2 | 0x20 | 0x4000 | 0x2_0000;
    // SAFETY: a new mapping, wherever there is room; its lowest part is then closed.
    unsafe {
        let memory = mmap(
            std::ptr::null_mut(),
            size + PAGE,
            READ_WRITE,
            PRIVATE_ANONYMOUS_NORESERVE_STACK,
            -1,
            0,
        );
        if memory as isize == -1 || mprotect(memory, PAGE, 0) != 0 {
            return None;
        }
        Some(memory as usize + PAGE)
    }
}

/// Gives the running thread a signal stack if it has none. Not in a handler.
pub(crate) fn provide_signal_stack(address: usize, size: usize) {
    let new = SignalStack {
        address,
        flags: 0,
        size,
    };
    if signal_stack().is_some_and(|stack| stack.flags & SS_DISABLE != 0) {
        // SAFETY: memory that is used for nothing else, until it is taken away again.
        unsafe { sigaltstack(&raw const new, std::ptr::null_mut()) };
    }
}

/// Takes a signal stack away from the running thread, if that is the one it has.
pub(crate) fn remove_signal_stack(address: usize) {
    let none = SignalStack {
        address: 0,
        flags: SS_DISABLE,
        size: 0,
    };
    if signal_stack().is_some_and(|stack| stack.address == address) {
        // SAFETY: the thread has none afterwards.
        unsafe { sigaltstack(&raw const none, std::ptr::null_mut()) };
    }
}

fn signal_stack() -> Option<SignalStack> {
    let mut stack = MaybeUninit::uninit();
    // SAFETY: a place for what the thread has, which a success has filled.
    unsafe { (sigaltstack(std::ptr::null(), stack.as_mut_ptr()) == 0).then(|| stack.assume_init()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_far_as_it_is_there() {
        let pipe = make_pipe();
        let bytes = *b"some bytes";
        let mut to = [0; 10];
        assert_eq!(read_memory(bytes.as_ptr() as usize, &mut to, pipe), 10);
        assert_eq!(to, bytes);
        for nowhere in [0, 1, 4096, usize::MAX - 4, 1 << 63] {
            assert_eq!(read_memory(nowhere, &mut to, pipe), 0, "{nowhere:x}");
        }
        let stack = reserve_stack(1 << 16).unwrap();
        assert_eq!(read_memory(stack - 8, &mut to, pipe), 0);
        assert_eq!(read_memory(stack, &mut to, pipe), 10);
    }

    #[test]
    fn memory_is_read_through_a_pipe_too() {
        let pipe = make_pipe().unwrap();
        let bytes: Vec<u8> = (0..10_000).map(|i| i as u8).collect();
        let mut to = vec![0; 10_000];
        assert_eq!(through(pipe, bytes.as_ptr() as usize, &mut to), 10_000);
        assert_eq!(to, bytes);
        assert_eq!(through(pipe, 8, &mut to), 0);
        // Nothing of the last reading is left in it.
        assert_eq!(through(pipe, bytes.as_ptr() as usize + 5, &mut to[..4]), 4);
        assert_eq!(to[..4], bytes[5..9]);
    }

    #[test]
    fn a_thread_has_a_clock_of_its_own() {
        let before = cpu_time(thread_id()).unwrap();
        let mut sum = 0_u64;
        for i in 0..1_000_000 {
            sum = std::hint::black_box(sum + i);
        }
        assert!(cpu_time(thread_id()).unwrap() > before);
        assert_eq!(cpu_time(u32::MAX >> 4), None);
    }
}
