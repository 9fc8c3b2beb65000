#[stacklens::frame("name")]
fn f() {}

#[stacklens::frame(= "f")]
fn g() {}

fn main() {
    f();
    g();
}
