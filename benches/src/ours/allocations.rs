//! Heap allocations.
//!
//! None, once a thread has its storage and a function's types are known: annotated code can be called in an
//! audio callback, in an allocator, or while memory is short, and does not contend for the heap with other
//! threads. Values of any size are copied into the thread's own storage up to a bound.
//!
//! It would grow if a value were turned into text when it is recorded. The control row does just that, and
//! is over its budget: it shows that the rows above count.

use super::STACKLENS;
use crate::asynchronous::{Later, drive};
use crate::bench::Bench;
use crate::row::Row;
use stacklens::frame;
use std::hint::black_box;
use std::sync::LazyLock;

static LIST: [u32; 3] = [1, 2, 3];
/// Made in the warm-up.
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| vec!["a name".to_owned()]);

#[frame]
#[inline(never)]
fn call(a: u64, b: &str, list: &[u32], names: &[String]) -> Result<usize, std::num::ParseIntError> {
    let sum = list.iter().sum::<u32>();
    let pair = (a, b);
    let number: u64 = black_box("17").parse()?;
    let first = list.first();
    black_box((&pair, &first));
    Ok(number as usize + sum as usize + names.len())
}

#[frame]
async fn wait(a: u64, b: &str) -> u64 {
    let number = a.wrapping_mul(3);
    Later::new().await;
    number + b.len() as u64
}

#[inline(never)]
fn described(a: u64) -> String {
    format!("a = {a}")
}

pub(super) const ROWS: [Row; 3] = [
    Row::allocations(
        STACKLENS,
        "allocations per call, steady state",
        Bench::new("allocations of a call", |n| {
            for i in 0..n {
                let _ = black_box(call(black_box(i), black_box("hello"), &LIST, &NAMES));
            }
        }),
    )
    .budget(0.0),
    Row::allocations(
        STACKLENS,
        "allocations per async call, polled twice",
        Bench::new("allocations of an async call", |n| {
            for i in 0..n {
                black_box(drive(wait(black_box(i), black_box("hello"))));
            }
        }),
    )
    .budget(0.0),
    Row::allocations(
        STACKLENS,
        "control: a call that allocates",
        Bench::new("allocations of the control", |n| {
            for i in 0..n {
                black_box(described(black_box(i)));
            }
        }),
    )
    .budget(0.0)
    .control(),
];
