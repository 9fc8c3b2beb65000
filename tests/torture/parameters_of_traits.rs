//! Patterns as parameters of methods that a trait provides.
// editions: 2018 2021 2024

pub struct Pair(pub u8, pub String);

pub trait Takes {
    #[stacklens::frame]
    fn takes(&self, (a, b): (u8, u8), Pair(c, _): Pair) -> u8 {
        a + b + c
    }
}
