//! A library of Rust code that is loaded as one: see `native_dylib.rs`.

use stacklens::native::CrossCheck;
use stacklens::{frame, native};
use std::hint::black_box;

#[frame]
#[inline(never)]
pub fn in_library(rounds: u32, call: &dyn Fn() -> CrossCheck) -> CrossCheck {
    let words = vec!["of", "the", "library"];
    let check = match rounds {
        0 => call(),
        rounds => in_library(rounds - 1, call),
    };
    black_box(&words);
    check
}

/// Its code is in whoever uses it.
#[frame]
#[inline(never)]
pub fn generic<T: Default>(call: &dyn Fn() -> CrossCheck) -> CrossCheck {
    let value = black_box(T::default());
    let check = in_library(1, call);
    black_box(&value);
    check
}

#[frame]
#[inline]
pub fn inlined(call: &dyn Fn() -> CrossCheck) -> CrossCheck {
    black_box(generic::<u8>(call))
}

#[inline(never)]
pub fn locals_of_library(number: u32) -> String {
    let list = vec![number, 6];
    let printed = native::locals().to_string();
    black_box((number, &list));
    printed
}
