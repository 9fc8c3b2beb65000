//! The options of the attribute and of the derive.
// editions: 2018 2021 2024

#[stacklens::frame(name = "another name")]
pub fn named(x: u8) -> u8 {
    x
}

#[stacklens::frame(skip(x, text))]
pub fn skips(x: u8, y: u8, text: &str) -> usize {
    let z = y;
    usize::from(x + z) + text.len()
}

#[stacklens::frame(skip_all)]
pub fn skips_all(x: u8, (y, z): (u8, String)) -> usize {
    let w = x + y;
    usize::from(w) + z.len()
}

#[stacklens::frame(only(x))]
pub fn only(x: u8, y: u8) -> u8 {
    let z = x + y;
    z
}

#[stacklens::frame(redact(number), show(token))]
pub fn redacts(number: &str, token: u32, password: &str) -> usize {
    let secret = password.len();
    secret + number.len() + token as usize
}

#[stacklens::frame(capture = "none")]
pub fn captures_nothing(x: u8) -> Option<u8> {
    let y = Some(x)?;
    Some(y)
}

#[stacklens::frame(capture = "cheap")]
pub fn captures_cheaply(x: u8) -> u8 {
    let y = x;
    y
}

#[stacklens::frame(capture = "full")]
pub fn captures_fully(x: Vec<std::time::SystemTime>, f: impl Fn() -> u8) -> usize {
    let y = x;
    y.len() + f() as usize
}

#[stacklens::frame(hide)]
pub fn hidden(x: u8) -> u8 {
    x
}

#[stacklens::frame(crate = ::stacklens)]
pub fn by_path(x: Option<u8>) -> Option<u8> {
    let y = x?;
    Some(y)
}

#[stacklens::frame(name = "all of them", skip(x), redact(y), capture = "cheap", hide, crate = ::stacklens,)]
pub fn all(x: u8, y: u8) -> u8 {
    let z = x + y;
    z
}

#[stacklens::frame()]
pub fn empty(x: u8) -> u8 {
    x
}

#[stacklens::frame(skip)]
pub fn left_out(x: u8) -> u8 {
    x
}

#[stacklens::frame(hide, skip(nobody_has_it), capture = "none")]
pub mod module {
    pub fn inherits(x: &str) -> usize {
        x.len()
    }

    #[frame(capture = "full", skip(x))]
    pub fn wins(x: &str) -> usize {
        x.len()
    }
}

/// The library under another path.
pub mod again {
    pub mod deeper {
        pub use stacklens::*;
    }
}

#[stacklens::frame(crate = self::again::deeper)]
pub fn re_exported(x: Option<u8>) -> Option<u8> {
    let y = x?;
    Some(y)
}

#[derive(stacklens::Inspect)]
#[inspect(crate = ::stacklens)]
pub struct ByPath {
    pub x: u8,
}
