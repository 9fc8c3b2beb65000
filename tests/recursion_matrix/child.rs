//! A recursion without an end, in one way out of many. Arguments: thread, limit, and the shapes to go through, one
//! after the other.
//!
//! Ends with status 0 and `SHAPE caught: ..` on standard output if the error could be caught, or was returned.

use stacklens::frame;
use stacklens::recursion::{self, RecursionError};
use std::panic::{AssertUnwindSafe, catch_unwind};

type Outcome = Result<u64, RecursionError>;

/// The shapes, each once for an attribute. A frame has `PAD` bytes of its own, so that large stacks are soon used up.
macro_rules! shapes {
    ($variant:ident, #[$attribute:meta]) => {
        mod $variant {
            use super::{Outcome, frame};
            use std::hint::black_box;

            #[$attribute]
            pub fn simple<const PAD: usize>(n: u64, end: u64) -> Outcome {
                let pad = black_box([n as u8; PAD]);
                if n == end {
                    return Ok(0);
                }
                let below = simple::<PAD>(n + 1, end)?;
                Ok(below + u64::from(pad.len() == PAD))
            }

            #[$attribute]
            pub fn mutual<const PAD: usize>(n: u64, end: u64) -> Outcome {
                let pad = black_box([n as u8; PAD]);
                if n == end {
                    return Ok(0);
                }
                let below = other::<PAD>(n + 1, end)?;
                Ok(below + u64::from(pad.len() == PAD))
            }

            #[$attribute]
            fn other<const PAD: usize>(n: u64, end: u64) -> Outcome {
                if n == end {
                    return Ok(0);
                }
                let below = mutual::<PAD>(n + 1, end)?;
                Ok(below + 1)
            }

            trait Step {
                fn step(&self, n: u64, end: u64) -> Outcome;
            }

            struct Stepper<const PAD: usize>;

            impl<const PAD: usize> Step for Stepper<PAD> {
                #[$attribute]
                fn step(&self, n: u64, end: u64) -> Outcome {
                    let pad = black_box([n as u8; PAD]);
                    if n == end {
                        return Ok(0);
                    }
                    let object: &dyn Step = black_box(self);
                    let below = object.step(n + 1, end)?;
                    Ok(below + u64::from(pad.len() == PAD))
                }
            }

            pub fn object<const PAD: usize>(n: u64, end: u64) -> Outcome {
                Stepper::<PAD>.step(n, end)
            }

            #[$attribute]
            pub fn closure<const PAD: usize>(n: u64, end: u64) -> Outcome {
                let pad = black_box([n as u8; PAD]);
                if n == end {
                    return Ok(0);
                }
                let call = |n| closure::<PAD>(n, end);
                let below = black_box(call)(n + 1)?;
                Ok(below + u64::from(pad.len() == PAD))
            }

            /// Its destructor is where the recursion goes on.
            struct Last<'a, const PAD: usize> {
                n: u64,
                end: u64,
                outcome: &'a mut Outcome,
            }

            impl<const PAD: usize> Drop for Last<'_, PAD> {
                fn drop(&mut self) {
                    *self.outcome = in_drop::<PAD>(self.n, self.end);
                }
            }

            #[$attribute]
            pub fn in_drop<const PAD: usize>(n: u64, end: u64) -> Outcome {
                let pad = black_box([n as u8; PAD]);
                if n == end {
                    return Ok(0);
                }
                let mut outcome = Ok(0);
                drop(Last::<PAD> { n: n + 1, end, outcome: &mut outcome });
                Ok(outcome? + u64::from(pad.len() == PAD))
            }
        }
    };
}

shapes!(plain, #[frame]);
shapes!(limited, #[frame(recursion_limit = 20)]);
shapes!(returned, #[frame(on_recursion = "error")]);
shapes!(grown, #[frame(grow)]);

macro_rules! shape {
    ($variant:ident, $shape:expr, $pad:literal) => {
        match $shape {
            "mutual" => $variant::mutual::<$pad>,
            "object" => $variant::object::<$pad>,
            "closure" => $variant::closure::<$pad>,
            "drop" => $variant::in_drop::<$pad>,
            _ => $variant::simple::<$pad>,
        }
    };
}

/// What a destructor does while a panic unwinds.
struct Unwound<F: FnMut()>(F);

impl<F: FnMut()> Drop for Unwound<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn report(shape: &str, outcome: std::thread::Result<Outcome>) {
    let caught = match outcome {
        Ok(Ok(depth)) => format!("nothing, came back from {depth}"),
        Ok(Err(error)) => error.to_string(),
        Err(payload) => match payload.downcast::<RecursionError>() {
            Ok(error) => error.to_string(),
            Err(_) => "another panic".to_owned(),
        },
    };
    println!("{shape} caught: {caught}");
}

fn run(thread: &str, limit: &str, shape: &str) {
    match limit {
        "max" => drop(recursion::set_limit(usize::MAX)),
        "count" => drop(recursion::set_limit(50)),
        "ceiling" => recursion::set_max_stack(4 << 20),
        _ => {}
    }
    let large = thread == "512m";
    let function: fn(u64, u64) -> Outcome = match (limit, large) {
        ("function", false) => shape!(limited, shape, 16),
        ("function", true) => shape!(limited, shape, 4000),
        ("error", false) => shape!(returned, shape, 16),
        ("error", true) => shape!(returned, shape, 4000),
        ("ceiling" | "grow", false) => shape!(grown, shape, 16),
        ("ceiling" | "grow", true) | ("runaway", _) => shape!(grown, shape, 4000),
        (_, false) => shape!(plain, shape, 16),
        (_, true) => shape!(plain, shape, 4000),
    };
    // Without a ceiling, as deep as no thread here has room for but the largest: it comes back.
    let end = if limit == "grow" { 40_000 } else { u64::MAX };
    match shape {
        "unwinding" => {
            let _ = catch_unwind(|| {
                let _unwound = Unwound(|| report(shape, Ok(function(0, end))));
                panic!("first");
            });
        }
        "unwinding-caught" => {
            let _ = catch_unwind(|| {
                let _unwound = Unwound(|| report(shape, catch_unwind(|| function(0, end))));
                panic!("first");
            });
        }
        _ => report(shape, catch_unwind(AssertUnwindSafe(|| function(0, end)))),
    }
    // The thread is as it was: what is not too deep runs.
    assert!(matches!(plain::simple::<16>(0, 30), Ok(30)) && stacklens::depth() == 0);
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
    let [thread, limit, shapes @ ..] = &arguments[..] else {
        panic!("thread, limit, shapes");
    };
    let size = match thread.as_str() {
        "64k" => 64 << 10,
        "2m" => 2 << 20,
        "512m" => 512 << 20,
        _ => 0,
    };
    let (on, limit, shapes) = (thread.clone(), limit.clone(), shapes.to_vec());
    let body = move || shapes.iter().for_each(|shape| run(&on, &limit, shape));
    match thread.as_str() {
        "main" => body(),
        "c" => from_c(Box::new(body)),
        _ => {
            let thread = std::thread::Builder::new().stack_size(size).spawn(body);
            thread.expect("a thread").join().expect("no panic is left");
        }
    }
}
