#[stacklens::frame(name = "f" hide)]
fn f() {}

fn main() {
    f();
}
