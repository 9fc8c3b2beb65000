//! A crate whose modules are called as crates are.
// editions: 2018 2021 2024
// not as a module: what matters is that they are at the root

pub mod core {}
pub mod std {}
pub mod alloc {}
pub mod stacklens {
    pub mod __private {}

    #[::stacklens::frame]
    pub fn inside(x: Option<u8>) -> Option<u8> {
        let y = x?;
        Some(y)
    }
}
pub mod once_cell {}

#[::stacklens::frame]
pub fn beside_them(x: Option<u8>) -> Option<u8> {
    let y = stacklens::inside(x)?;
    Some(y)
}

#[::stacklens::frame]
pub async fn asynchronous(x: Option<u8>) -> Option<u8> {
    let y = x?;
    Some(y)
}

#[::stacklens::frame]
impl<'a> From<&'a Point> for u8 {
    fn from(p: &'a Point) -> u8 {
        beside_them(Some(p.0)).unwrap_or(1)
    }
}

#[derive(::stacklens::Inspect)]
pub struct Point(pub u8);
