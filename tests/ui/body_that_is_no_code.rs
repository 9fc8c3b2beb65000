//! Syntax that is wrong is reported as it is without the attribute.

#[stacklens::frame]
fn half_typed(x: u8) -> u8 {
    let y = x.;
    y
}

#[stacklens::frame]
fn pattern_to_come(x: u8) -> u8 {
    match x { => { x } }
}

fn main() {
    half_typed(1);
    pattern_to_come(1);
}
