#[stacklens::frame(nmae = "f")]
fn f() {}

fn main() {
    f();
}
