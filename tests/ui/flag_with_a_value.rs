#[stacklens::frame(hide = true)]
fn f() {}

#[stacklens::frame(skip_all(x))]
fn g(x: u8) -> u8 {
    x
}

fn main() {
    f();
    g(1);
}
