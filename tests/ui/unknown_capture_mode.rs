#[stacklens::frame(capture = "everything")]
fn f() {}

#[stacklens::frame(capture = full)]
fn g() {}

#[stacklens::frame(capture)]
fn h() {}

fn main() {
    f();
    g();
    h();
}
