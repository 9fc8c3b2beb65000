#[stacklens::frame(crate)]
fn f() {}

#[stacklens::frame(crate = "stacklens")]
fn g() {}

#[stacklens::frame(crate =)]
fn h() {}

fn main() {
    f();
    g();
    h();
}
