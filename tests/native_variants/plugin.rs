//! A library that is loaded by `child.rs`.

use stacklens::{frame, native};
use std::hint::black_box;

#[frame]
#[inline(never)]
fn in_plugin(call: extern "C" fn()) -> native::CrossCheck {
    call();
    black_box(native::crosscheck())
}

#[inline(never)]
fn with_locals(number: u32) -> String {
    let of_plugin = vec![number, 6];
    let printed = native::locals().to_string();
    black_box((number, &of_plugin));
    printed
}

#[unsafe(no_mangle)]
pub extern "C" fn run(call: extern "C" fn()) {
    let check = in_plugin(call);
    println!("plugin: {}", check.verdict());
    println!("{}", native::stack());
    println!("{}", with_locals(black_box(5)));
}
