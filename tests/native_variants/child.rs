//! Prints its native stack and what cross-checks say, built and treated in every way: see `native_variants.rs`.

use stacklens::native::{self, CrossCheck};
use stacklens::{frame, framed};
use std::ffi::{CString, c_int, c_void};
use std::future::Future;
use std::hint::black_box;
use std::io::Read;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[inline(never)]
fn leaf() -> String {
    black_box(native::stack().to_string())
}

#[inline(always)]
fn inlined() -> String {
    black_box(leaf())
}

struct S(#[allow(dead_code)] u8);

impl S {
    #[inline(never)]
    fn method(&self) -> String {
        black_box(inlined())
    }
}

struct Order {
    #[allow(dead_code)] // read from memory
    id: u32,
    #[allow(dead_code)]
    name: String,
}

/// What is known of its own variables.
#[inline(never)]
fn with_locals(number: u32, text: &str) -> String {
    let list = black_box(vec![1_u8, 2, 3]);
    let order = Order {
        id: black_box(7),
        name: black_box("Ann").to_owned(),
    };
    let printed = native::locals().to_string();
    black_box((number, text, &list, &order));
    printed
}

#[frame]
#[inline(never)]
fn checked() -> CrossCheck {
    black_box(native::crosscheck())
}

#[frame]
#[inline]
fn maybe_inlined() -> CrossCheck {
    checked()
}

#[frame]
fn generic<T: Default>() -> CrossCheck {
    black_box(T::default());
    maybe_inlined()
}

#[inline(never)]
fn not_annotated() -> CrossCheck {
    black_box(generic::<u8>())
}

trait Tr {
    fn trait_method(&self) -> CrossCheck;
}

#[frame]
impl Tr for S {
    fn trait_method(&self) -> CrossCheck {
        black_box(not_annotated())
    }
}

#[frame]
fn sync(object: &dyn Tr) -> CrossCheck {
    let call = || framed!("closure", black_box(object.trait_method()));
    call()
}

#[frame]
fn recursive(n: u32) -> CrossCheck {
    if n == 0 {
        return checked();
    }
    black_box(recursive(n - 1))
}

#[frame(recursion_limit = 50)]
fn limited(n: u32) -> CrossCheck {
    if n == 0 {
        return checked();
    }
    black_box(limited(n - 1))
}

#[frame]
async fn inner() -> CrossCheck {
    let mut waited = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut waited, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
    checked()
}

#[frame]
async fn outer() -> CrossCheck {
    black_box(inner().await)
}

fn poll<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}

unsafe extern "C" fn compare(a: *const c_void, _b: *const c_void) -> c_int {
    // SAFETY: the elements are pointers to what `through_c` waits for.
    unsafe { **a.cast::<*mut Option<CrossCheck>>() = Some(framed!("callback", checked())) };
    0
}

#[frame]
fn through_c() -> CrossCheck {
    let mut check: Option<CrossCheck> = None;
    let mut elements = [&raw mut check; 2];
    // SAFETY: two elements of the size of a pointer.
    unsafe { libc::qsort(elements.as_mut_ptr().cast(), 2, 8, Some(compare)) };
    check.unwrap()
}

unsafe extern "C" {
    #[link_name = "__sigsetjmp"]
    fn sigsetjmp(buffer: *mut [u64; 64], mask: c_int) -> c_int;
    fn siglongjmp(buffer: *mut [u64; 64], value: c_int) -> !;
}

static mut BUFFER: [u64; 64] = [0; 64];

#[frame]
#[inline(never)]
fn jumps() {
    // SAFETY: `leaks` has set it and waits; nothing in between has a destructor but the guard of this very frame.
    unsafe { siglongjmp(&raw mut BUFFER, 1) }
}

#[frame]
#[inline(never)]
fn leaks() -> CrossCheck {
    // SAFETY: a buffer larger than `sigjmp_buf`, jumped to while this function is active.
    if unsafe { sigsetjmp(&raw mut BUFFER, 0) } == 0 {
        jumps();
    }
    checked()
}

/// Loads a library and calls its `run`, with a function for it to call.
fn plugin(path: &str, before: impl FnOnce()) {
    extern "C" fn callback() {
        println!("{}", leaf());
    }
    let path = CString::new(path).unwrap();
    // SAFETY: the library is one of ours, and stays loaded.
    unsafe {
        let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW);
        assert!(!library.is_null(), "it loads");
        before();
        let run = libc::dlsym(library, c"run".as_ptr());
        let run: extern "C" fn(extern "C" fn()) = std::mem::transmute(run);
        run(callback);
    }
}

fn wait() {
    println!("ready");
    let _ = std::io::stdin().read(&mut [0]);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["stack"] => println!("{}", S(1).method()),
        ["locals"] => println!("{}", with_locals(black_box(5), black_box("abc"))),
        ["wait"] => {
            wait();
            println!("{}", S(1).method());
            println!("{}", with_locals(black_box(5), black_box("abc")));
        }
        ["plugin", path] => plugin(path, || ()),
        ["plugin", path, "wait"] => plugin(path, wait),
        ["check"] => {
            let checks = [
                ("sync", sync(&S(1))),
                ("recursive", recursive(9)),
                ("limited", limited(9)),
                ("async", poll(outer())),
                ("boxed", poll(Box::pin(outer()))),
                ("thread", std::thread::spawn(|| framed!("worker", checked())).join().unwrap()),
                ("c", through_c()),
                ("leak", leaks()),
            ];
            for (name, check) in &checks {
                println!("{name}: {}", check.verdict());
            }
            for (name, check) in checks {
                eprintln!("{name}: {check}\n");
            }
        }
        _ => panic!("stack, locals, wait, plugin or check"),
    }
}
