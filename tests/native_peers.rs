//! The native stack beside what others say of the same place: the `backtrace` crate, which walks by the same unwinder and
//! reads the program's files itself, and `addr2line`, which parses all debug information of the program.

#![cfg(all(feature = "native", target_arch = "x86_64", target_os = "linux"))]

use addr2line::Loader;
use stacklens::native::{self, NativeFrame, NativeStack};
use std::ffi::c_void;
use std::fmt::Debug;
use std::hint::black_box;
use std::path::Path;

/// A native frame, as the unwinder has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Walked {
    address: usize,
    stack_pointer: usize,
    function: usize,
}

/// The stack as seen by us and, one call later, by `backtrace`: both innermost first.
struct Seen {
    ours: NativeStack,
    theirs: Vec<Walked>,
}

#[inline(never)]
fn look() -> Seen {
    let ours = native::stack();
    let mut theirs = Vec::new();
    backtrace::trace(|frame| {
        theirs.push(Walked {
            address: frame.ip() as usize,
            stack_pointer: frame.sp() as usize,
            function: frame.symbol_address() as usize,
        });
        true
    });
    black_box(Seen { ours, theirs })
}

#[inline(never)]
fn plain() -> Seen {
    black_box(look())
}

#[inline(always)]
fn inlined() -> Seen {
    black_box(look())
}

#[inline(always)]
fn inlined_twice() -> Seen {
    let seen = inlined();
    black_box(seen)
}

#[inline(never)]
fn with_inlined() -> Seen {
    let first = inlined_twice();
    black_box(&first);
    black_box(first)
}

#[inline(never)]
fn generic<T: Debug, const N: usize>(values: [T; N]) -> Seen {
    black_box(&values);
    black_box(look())
}

#[inline(never)]
fn with_closures() -> Seen {
    let mut found = None;
    let mut outer = || [1, 2].iter().for_each(|_| found = Some(black_box(look())));
    outer();
    found.expect("it is called twice")
}

trait Looks {
    fn look(&self) -> Seen;

    #[inline(never)]
    fn look_by_default(&self) -> Seen {
        black_box(self.look())
    }
}

struct Plain;

impl Looks for Plain {
    #[inline(never)]
    fn look(&self) -> Seen {
        black_box(look())
    }
}

impl<T: Looks> Looks for Option<T> {
    #[inline(never)]
    fn look(&self) -> Seen {
        black_box(self.as_ref().expect("somebody").look_by_default())
    }
}

#[inline(never)]
fn by_trait_object() -> Seen {
    let looks: &dyn Looks = black_box(&Some(Plain));
    black_box(looks.look_by_default())
}

#[inline(never)]
fn recursive(depth: usize) -> Seen {
    match black_box(depth) {
        0 => look(),
        _ => black_box(recursive(depth - 1)),
    }
}

extern "C" fn from_c(_: *const c_void, to: *const c_void) -> i32 {
    // SAFETY: it is the element below, which `bsearch` compares with nothing else.
    let to = unsafe { &*to.cast::<std::cell::Cell<Option<Seen>>>() };
    to.set(Some(black_box(look())));
    0
}

#[inline(never)]
fn through_c() -> Seen {
    let found = std::cell::Cell::new(None);
    // SAFETY: one element, whose size is given; the function does not unwind.
    unsafe {
        let element = (&raw const found).cast();
        libc::bsearch(element, element, 1, size_of_val(&found), Some(from_c));
    }
    found.take().expect("it is compared with")
}

mod in_a_module {
    pub fn by_name() -> super::Seen {
        std::hint::black_box(super::look())
    }
}

/// A function at an address: name without a hash, file with its directory, line and column; empty and 0 if not known.
#[derive(Clone, Debug, PartialEq, Default)]
struct Named {
    name: String,
    file: String,
    line: u32,
    column: u32,
}

impl Named {
    /// A line that is not known is in no file.
    fn new(name: String, file: String, line: u32, column: u32) -> Named {
        let (file, column) = match line {
            0 => Default::default(),
            _ => (file, column),
        };
        Named {
            name,
            file,
            line,
            column,
        }
    }
}

fn ours(frame: &NativeFrame) -> Vec<Named> {
    let symbols = frame.symbols();
    let functions = symbols.functions();
    for (index, function) in functions.iter().enumerate() {
        assert_eq!(function.is_inlined(), index + 1 < functions.len());
    }
    let named = functions.iter().map(|function| {
        let file = Path::new(function.directory()).join(function.file());
        let file = file.display().to_string();
        let name = function.name().to_owned();
        Named::new(name, file, function.line(), function.column())
    });
    named.collect()
}

fn by_backtrace(address: usize) -> Vec<Named> {
    let mut named = Vec::new();
    backtrace::resolve(address as *mut c_void, |symbol| {
        let name = symbol.name().map(|name| format!("{name:#}"));
        let file = symbol.filename().map(|path| path.display().to_string());
        named.push(Named::new(
            name.unwrap_or_default(),
            file.unwrap_or_default(),
            symbol.lineno().unwrap_or(0),
            symbol.colno().unwrap_or(0),
        ));
    });
    named
}

/// What the program's own file says; nothing for what is in another object.
fn by_addr2line(loader: &Loader, address: usize) -> Vec<Named> {
    let mut named = Vec::new();
    let address = address.wrapping_sub(1).wrapping_sub(bias()) as u64;
    let mut frames = loader.find_frames(address).expect("its debug information");
    while let Some(frame) = frames.next().expect("a frame") {
        let name = frame.function.map(|function| {
            let name = function.raw_name().expect("a name").into_owned();
            format!("{:#}", rustc_demangle::demangle(&name))
        });
        let location = frame.location.as_ref();
        let number = |of: Option<u32>| of.unwrap_or(0);
        named.push(Named::new(
            name.unwrap_or_default(),
            location.and_then(|at| at.file).unwrap_or("").to_owned(),
            number(location.and_then(|at| at.line)),
            number(location.and_then(|at| at.column)),
        ));
    }
    named
}

/// What the program's addresses were moved by.
fn bias() -> usize {
    unsafe extern "C" fn first(info: *mut libc::dl_phdr_info, _: usize, to: *mut c_void) -> i32 {
        // SAFETY: the linker's own structure, and the number below.
        unsafe { *to.cast::<usize>() = (*info).dlpi_addr as usize };
        1
    }
    let mut bias = 0_usize;
    // SAFETY: the function stores one number.
    unsafe { libc::dl_iterate_phdr(Some(first), (&raw mut bias).cast()) };
    bias
}

/// Frames of which something was compared, by who was asked: `backtrace`, `addr2line`, and functions that were inlined.
#[derive(Default)]
struct Compared {
    walked: usize,
    by_backtrace: usize,
    by_addr2line: usize,
    inlined: usize,
}

impl Compared {
    fn compare(&mut self, loader: &Loader, seen: &Seen) {
        let frames = seen.ours.frames();
        let walked: Vec<Walked> = frames
            .iter()
            .map(|frame| Walked {
                address: frame.address(),
                stack_pointer: frame.stack_pointer(),
                function: frame.function_address(),
            })
            .collect();
        // Both end with the outermost frame, but for a mark of a thread's end; theirs begins inside of their library.
        let end = seen.theirs.iter().position(|frame| frame.address == 0);
        let theirs = &seen.theirs[..end.unwrap_or(seen.theirs.len())];
        let theirs = &theirs[theirs.len() - walked.len()..];
        assert_eq!(walked[1..], theirs[1..]);
        // The one that both were called from, on two lines.
        assert_eq!(walked[0].function, theirs[0].function);
        assert_eq!(walked[0].stack_pointer, theirs[0].stack_pointer);
        self.walked += walked.len();

        for frame in frames {
            let ours = ours(frame);
            let by_backtrace = by_backtrace(frame.address());
            if frame.symbols().missing().is_some() {
                // Of the system's libraries we say that we leave some debug information where it is, and of functions
                // without any have one of several symbols.
                continue;
            }
            if !by_backtrace.is_empty() {
                assert_eq!(ours, by_backtrace, "at {:#x}", frame.address());
                self.by_backtrace += 1;
                self.inlined += ours.len() - 1;
            }
            let by_addr2line = by_addr2line(loader, frame.address());
            if !by_addr2line.is_empty() {
                assert_eq!(ours, by_addr2line, "at {:#x}", frame.address());
                self.by_addr2line += 1;
            }
        }
    }
}

/// Something that looks at the stack from deep within.
type Shape = fn() -> Seen;

#[test]
fn walkers_and_readers_of_debug_information_agree_on_every_frame() {
    let loader = Loader::new("/proc/self/exe").expect("the program");
    let shapes: [(&str, Shape); 9] = [
        ("native_peers::plain", plain),
        ("native_peers::inlined_twice", with_inlined),
        ("native_peers::generic", || generic(["a", "b"])),
        (
            "native_peers::with_closures::{{closure}}::{{closure}}",
            with_closures,
        ),
        (
            "<core::option::Option<T> as native_peers::Looks>::look",
            by_trait_object,
        ),
        ("native_peers::recursive", || recursive(30)),
        ("native_peers::from_c", through_c),
        ("native_peers::in_a_module::by_name", in_a_module::by_name),
        ("std::sys::backtrace::__rust_begin_short_backtrace", || {
            let thread = std::thread::spawn(with_inlined);
            thread.join().expect("it looks")
        }),
    ];
    let mut compared = Compared::default();
    for (function, shape) in shapes {
        let seen = shape();
        let names: Vec<String> = seen
            .ours
            .frames()
            .iter()
            .flat_map(ours)
            .map(|function| function.name)
            .collect();
        assert!(
            names.iter().any(|name| name == function),
            "no {function} in {names:#?}"
        );
        compared.compare(&loader, &seen);
    }
    let Compared {
        walked,
        by_backtrace,
        by_addr2line,
        inlined,
    } = compared;
    println!(
        "{walked} frames, {by_backtrace} named, {by_addr2line} of them here, {inlined} inlined functions"
    );
    assert!(walked > 120 && by_backtrace > 120 && by_addr2line > 100);
    // `black_box` alone is one in every other frame of an optimised program.
    assert!(inlined >= 4, "{inlined}");
}
