//! A program that dies in one of many ways. Arguments: `with` or `without` the library's handlers, and how.

use stacklens::{fault, frame, framed, threads};
use std::hint::black_box;
use std::process::abort;
use std::sync::mpsc::{Receiver, channel};

/// A thread that waits, to be seen in every dump.
#[frame]
fn bystander(queue: &str, gate: &Receiver<()>) {
    assert_eq!(queue, "mail");
    let _ = gate.recv();
}

#[frame]
fn null_deref(address: usize) -> u8 {
    // SAFETY: there is none: it is what is tested.
    unsafe { read(address) }
}

/// By one instruction: the compiler has its own opinion of addresses like this.
unsafe fn read(address: usize) -> u8 {
    let value;
    // SAFETY: there is none.
    unsafe {
        std::arch::asm!("mov {v}, byte ptr [{a}]", a = in(reg) address, v = out(reg_byte) value);
    }
    value
}

#[frame]
fn overflow(text: &str, depth: u64) -> u64 {
    let long = vec![depth; 3];
    let deep = plain_recursion(depth);
    deep + long.len() as u64 + text.len() as u64
}

#[frame]
fn on_stacker(depth: u64) -> u64 {
    stacker::grow(256 << 10, || plain_recursion(depth))
}

/// A handler of the program's own, on top of what was there before.
fn own_handler() {
    static mut BEFORE: libc::sigaction = unsafe { std::mem::zeroed() };
    extern "C" fn handler(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);
        // SAFETY: a line to read; the handler before this one, of which all there are here have three arguments.
        unsafe {
            libc::write(2, b"own handler\n".as_ptr().cast(), 12);
            let before = (*(&raw const BEFORE)).sa_sigaction;
            std::mem::transmute::<usize, Handler>(before)(signal, info, context);
        }
    }
    // SAFETY: actions that are all zero but for what is set.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &raw const action, &raw mut BEFORE);
    }
}

/// Has no attribute, and no end.
#[inline(never)]
fn plain_recursion(n: u64) -> u64 {
    let pad = black_box([n; 32]);
    if n == u64::MAX {
        return 0;
    }
    plain_recursion(black_box(n + 1)) + pad[(n % 32) as usize]
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("second");
    }
}

#[frame]
fn double_panic(n: u32) {
    let _second = PanicsInDrop;
    panic!("first {n}");
}

#[frame]
fn divide(n: u64) -> u64 {
    let result: u64;
    // SAFETY: there is none: it divides by zero.
    unsafe {
        std::arch::asm!("xor {d:e}, {d:e}", "xor edx, edx", "div {d}", d = out(reg) _, inout("rax") n => result,
            out("rdx") _);
    }
    result
}

#[frame]
fn illegal(n: u64) {
    assert!(n > 0);
    // SAFETY: there is none.
    unsafe { std::arch::asm!("ud2") };
}

/// Fills the records of this thread and the memory around its frames' values with rubbish, then faults.
#[frame]
fn corrupted(n: u64, skipped: usize) -> u8 {
    let values = vec![n; 100];
    let text = "text that is no word".repeat(20);
    let byte = damage_and_fault(skipped);
    byte + values.len() as u8 + text.len() as u8
}

#[frame]
fn damage_and_fault(skipped: usize) -> u8 {
    // The stack of frames lies in a large mapping without a name: the one that the record of this frame's text leads
    // to.
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let ranges = maps.lines().filter(|line| line.contains("rw-p") && line.trim_end().ends_with(" 0"));
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for line in ranges {
        let (from, rest) = line.split_once('-').unwrap();
        let to = rest.split_once(' ').unwrap().0;
        let (from, to) = (usize::from_str_radix(from, 16).unwrap(), usize::from_str_radix(to, 16).unwrap());
        if to - from < 200 << 20 {
            continue;
        }
        // Its head is at the beginning; then, without optimisation, counters; records behind.
        for word in (from + skipped..from + (1 << 20)).step_by(8) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // Lengths, addresses near and far, and text.
            let value = match random % 5 {
                0 => random,
                1 => random % 4096,
                2 => word as u64 + random % 4096,
                3 => u64::MAX - random % 16,
                _ => continue,
            };
            // SAFETY: it is mapped; whatever it was good for is destroyed on purpose.
            unsafe { (word as *mut u64).write_volatile(value) };
        }
    }
    // SAFETY: there is none.
    unsafe { read(8) }
}

#[frame]
fn gives_up(reason: &str) {
    assert_eq!(reason, "no more");
    abort();
}

fn die(how: &str) {
    match how {
        "null" => drop(black_box(null_deref(black_box(16)))),
        "overflow" => drop(black_box(overflow("a text that is too long for a word", black_box(3)))),
        "overflow-on-stacker" => drop(black_box(on_stacker(black_box(3)))),
        "overflow-under-own-handler" => {
            own_handler();
            drop(black_box(overflow("a text that is too long for a word", black_box(3))));
        }
        "abort" => gives_up("no more"),
        "double-panic" => double_panic(7),
        "fpe" => drop(black_box(divide(black_box(9)))),
        "illegal" => illegal(1),
        "corrupted" => drop(black_box(corrupted(5, 0))),
        "corrupted-records" => drop(black_box(corrupted(5, 4096))),
        "none" => framed!("no fault", drop(threads::dump_all())),
        other => panic!("{other}"),
    }
}

/// A thread that Rust's library did not make.
fn from_c(body: Box<dyn FnOnce()>) {
    extern "C" fn begin(body: *mut libc::c_void) -> *mut libc::c_void {
        // SAFETY: `from_c` passes what it made with `into_raw`, once.
        let body = unsafe { Box::from_raw(body.cast::<Box<dyn FnOnce()>>()) };
        body();
        std::ptr::null_mut()
    }
    let body = Box::into_raw(Box::new(body));
    // SAFETY: the attributes are initialised before they are used; the body is given away; the thread is joined.
    unsafe {
        let mut attributes = std::mem::zeroed();
        let mut thread = std::mem::zeroed();
        assert_eq!(libc::pthread_attr_init(&raw mut attributes), 0);
        assert_eq!(libc::pthread_attr_setstacksize(&raw mut attributes, 256 << 10), 0);
        assert_eq!(libc::pthread_create(&raw mut thread, &raw const attributes, begin, body.cast()), 0);
        assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [with, thread, how] = &arguments[..] else {
        panic!("with or without, thread, how");
    };
    let no_core = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a limit of this process.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const no_core) };
    let (_open, gate) = channel();
    let (ready, is_ready) = channel();
    let waits = std::thread::Builder::new().name("bystander".to_owned());
    let waits = waits.spawn(move || {
        framed!("thread root", {
            ready.send(()).unwrap();
            bystander("mail", &gate)
        })
    });
    waits.expect("a thread");
    is_ready.recv().unwrap();
    let blocked = |thread: &threads::ThreadStack| {
        thread.depth() == 2 && thread.state() == threads::State::Blocked
    };
    let seen = |dump: &threads::ThreadDump| dump.iter().any(blocked);
    while !seen(&threads::dump_all()) {
        std::thread::yield_now();
    }
    if with == "with" {
        fault::install().expect("handlers");
    }
    let how = how.clone();
    match thread.as_str() {
        "main" => die(&how),
        "std" => {
            let thread = std::thread::Builder::new().name("the-victim".to_owned());
            thread.spawn(move || die(&how)).expect("a thread").join().expect("an end");
        }
        "c" => from_c(Box::new(move || die(&how))),
        other => panic!("{other}"),
    }
}
