//! The lesson's call log: a decorator that prints each call, indented by depth, with its arguments and its result.

use stacklens::log_calls::{self, Stdout};

#[stacklens::log_calls]
fn factorial(n: u64) -> u64 {
    if n <= 1 {
        return 1;
    }
    n * factorial(n - 1)
}

fn main() {
    log_calls::set_sink(Stdout);
    factorial(4);
}
