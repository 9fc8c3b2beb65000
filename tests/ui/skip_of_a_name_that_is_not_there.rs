#[stacklens::frame(skip(number, tekst))]
fn f(number: u8, text: &str) -> usize {
    usize::from(number) + text.len()
}

#[stacklens::frame(redact(token))]
fn g() {}

#[stacklens::frame(only(x, y))]
fn h(x: u8) -> u8 {
    x
}

#[stacklens::frame(show(z))]
fn i() {}

fn main() {
    f(1, "a");
    g();
    h(1);
    i();
}
