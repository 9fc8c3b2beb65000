//! A program whose code, and this library's, are in a Rust `dylib`: see `native_dylib.rs`.

use native_dylib_library as library;
use stacklens::native::{self, CrossCheck};
use stacklens::{frame, framed};
use std::hint::black_box;

#[frame]
#[inline(never)]
fn in_program() -> CrossCheck {
    black_box(native::crosscheck())
}

#[frame]
#[inline(never)]
fn through_library() -> CrossCheck {
    black_box(library::inlined(&|| framed!("callback", in_program())))
}

#[inline(never)]
fn locals_of_program(text: &str) -> String {
    let of_program = vec![text.len()];
    let printed = library::locals_of_library(black_box(5));
    black_box((text, &of_program));
    printed
}

fn main() {
    let check = through_library();
    println!("{check}");
    println!("in a thread: {}", std::thread::spawn(through_library).join().unwrap().verdict());
    println!("{}", locals_of_program(black_box("abc")));
    let caught = stacklens::catch(|| {
        framed!("fails", library::inlined(&|| panic!("on purpose")));
    });
    let names: Vec<String> = caught.unwrap_err().frames().map(|frame| frame.function.to_string()).collect();
    println!("panicked in {}", names.join(" > "));
}
