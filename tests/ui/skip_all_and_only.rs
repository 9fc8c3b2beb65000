#[stacklens::frame(skip_all, only(x))]
fn f(x: u8) -> u8 {
    x
}

fn main() {
    f(1);
}
