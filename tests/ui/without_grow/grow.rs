#[stacklens::frame(grow)]
fn f() {}

fn main() {}
