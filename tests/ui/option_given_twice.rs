#[stacklens::frame(hide, name = "f", hide)]
fn f() {}

fn main() {
    f();
}
