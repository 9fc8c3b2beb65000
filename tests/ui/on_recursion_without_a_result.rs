#[stacklens::frame(on_recursion = "error")]
fn number(n: u32) -> u32 {
    number(n + 1)
}

#[stacklens::frame(on_recursion = "error")]
fn another_error(n: u32) -> Result<u32, std::fmt::Error> {
    another_error(n + 1)
}

#[stacklens::frame(on_recursion = "error")]
fn nothing() {
    nothing();
}

#[stacklens::frame(on_recursion = "error")]
async fn future(n: u32) -> Option<u32> {
    Box::pin(future(n + 1)).await
}

fn main() {}
