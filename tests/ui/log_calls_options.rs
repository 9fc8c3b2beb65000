use stacklens::log_calls;

#[log_calls(level = "loud")]
fn level(n: u8) -> u8 {
    n
}

#[log_calls(args = maybe)]
fn args(n: u8) -> u8 {
    n
}

#[log_calls(if)]
fn condition(n: u8) -> u8 {
    n
}

#[log_calls(sink)]
fn sink(n: u8) -> u8 {
    n
}

#[log_calls]
#[stacklens::frame]
fn twice(n: u8) -> u8 {
    n
}

#[log_calls]
struct NoFunction;

#[stacklens::frame(level = "debug")]
fn frame(n: u8) -> u8 {
    n
}

fn main() {}
