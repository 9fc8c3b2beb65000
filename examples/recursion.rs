//! Recursion that never ends is an error that can be caught, whatever limit is set, and whatever the stack has room for.
//!
//! `cargo run --example recursion --features grow`

use std::panic::catch_unwind;

use stacklens::recursion::{self, RecursionError};
use stacklens::{catch, frame};

/// The lesson's: it calls itself, and nothing stops it.
#[frame]
#[allow(unconditional_recursion, clippy::only_used_in_recursion)] // the compiler sees it too
fn infinite(level: u64) -> u64 {
    infinite(level + 1) + 1
}

/// A result that says so, without a panic.
#[frame(on_recursion = "error", recursion_limit = 100)]
fn nested(level: u32) -> Result<u32, RecursionError> {
    if level == 0 {
        return Ok(0);
    }
    Ok(nested(level - 1)? + 1)
}

/// Goes on on another piece of stack when one is used up.
#[frame(grow)]
fn sum_to(n: u64) -> u64 {
    if n == 0 { 0 } else { n + sum_to(n - 1) }
}

/// The same without recursion.
#[frame]
fn sum_to_in_a_loop(n: u64) -> u64 {
    (1..=n).sum()
}

fn main() {
    println!("The limit is {:?}.", recursion::limit());
    recursion::set_limit(1000).expect("fewer frames are active");
    println!("Now it is {:?}.\n", recursion::limit());

    let report = catch(|| infinite(0)).expect_err("nothing stops it but the limit");
    println!("{report}\n");

    // No limit is too high: what the stack has room for is checked by itself.
    recursion::set_limit(usize::MAX).expect("fewer frames are active");
    std::panic::set_hook(Box::new(|_| {}));
    let payload = catch_unwind(|| infinite(0)).expect_err("nothing stops it but the stack");
    if let Some(error) = payload.downcast_ref::<RecursionError>() {
        println!(
            "Without a limit: {:?} in {}.",
            error.kind(),
            error.function()
        );
    }

    println!("{:?}", nested(99));
    match nested(100) {
        Ok(levels) => println!("{levels} levels"),
        Err(error) => println!("{error}"),
    }

    println!("{}, by {} calls.", sum_to(100_000), 100_001);
    println!("{}, in a loop.", sum_to_in_a_loop(100_000));
}
