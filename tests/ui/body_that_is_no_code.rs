//! Syntax that is wrong is reported as it is without the attribute.

#[stacklens::frame]
fn half_typed(x: u8) -> u8 {
    let y = x.;
    y
}

fn main() {
    half_typed(1);
}
