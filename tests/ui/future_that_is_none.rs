//! `future` is for functions that return futures.

use stacklens::frame;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

#[frame(future)]
fn nothing() {}

#[frame(future)]
fn number() -> u32 {
    1
}

#[frame(future)]
fn iterator() -> impl Iterator<Item = u8> {
    0..3
}

#[frame(future)]
fn pair() -> (u8, u8) {
    (1, 2)
}

#[frame(future)]
fn inside() -> Result<Pin<Box<dyn Future<Output = u8>>>, ()> {
    Err(())
}

#[frame(future)]
fn by_name() -> Ready<u8> {
    ready(1)
}

#[frame(future)]
fn not_what_it_says() -> impl Future<Output = u8> {
    1
}

#[frame(future)]
async fn is_one() -> u8 {
    1
}

#[frame(future, recursion_limit = 3)]
fn limited() -> impl Future<Output = u8> {
    ready(1)
}

#[frame(future = true)]
fn with_a_value() -> impl Future<Output = u8> {
    ready(1)
}

fn main() {}
