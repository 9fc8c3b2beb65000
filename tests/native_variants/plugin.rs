//! A library that is loaded by `child.rs`.

use stacklens::{frame, native};
use std::hint::black_box;

#[frame]
#[inline(never)]
fn in_plugin(call: extern "C" fn()) -> native::CrossCheck {
    call();
    black_box(native::crosscheck())
}

#[unsafe(no_mangle)]
pub extern "C" fn run(call: extern "C" fn()) {
    let check = in_plugin(call);
    println!("plugin: {}", check.verdict());
    println!("{}", native::stack());
}
