#[stacklens::frame(on_recursion = "abort")]
fn f() {}

fn main() {}
