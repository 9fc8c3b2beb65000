#[stacklens::frame(crate = ::not_there)]
fn f() {}

fn main() {
    f();
}
