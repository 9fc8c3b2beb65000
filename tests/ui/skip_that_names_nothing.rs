#[stacklens::frame(skip())]
fn f(x: u8) -> u8 {
    x
}

#[stacklens::frame(redact)]
fn g(x: u8) -> u8 {
    x
}

#[stacklens::frame(skip(x.y))]
fn h(x: u8) -> u8 {
    x
}

#[stacklens::frame(skip("x"))]
fn i(x: u8) -> u8 {
    x
}

#[stacklens::frame(skip = "x")]
fn j(x: u8) -> u8 {
    x
}

fn main() {
    f(1);
    g(1);
    h(1);
    i(1);
    j(1);
}
