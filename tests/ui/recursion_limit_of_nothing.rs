#[stacklens::frame(recursion_limit = 0)]
fn never() {}

#[stacklens::frame(recursion_limit)]
fn unsaid() {}

#[stacklens::frame(recursion_limit = "ten")]
fn text() {}

fn main() {}
