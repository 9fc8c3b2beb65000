//! Lints in async functions.
// editions: 2018 2021 2024

async fn nothing() {}

async fn fails() -> Result<u8, String> {
    Ok(1)
}

#[stacklens::frame]
pub async fn parameters(a: u8, b: &str, c: String, mut d: u8, (e, f): (u8, u8), _g: u8) {
    nothing().await;
}

#[stacklens::frame]
pub async fn lets() {
    let a = 1;
    let b = String::new();
    let mut c = 2;
    nothing().await;
    let d = nothing().await;
    c = 3;
}

#[stacklens::frame]
pub async fn futures_not_awaited() {
    nothing();
    fails();
    let f = nothing();
    fails().await;
    async {};
}

#[stacklens::frame]
pub async fn must_use() -> Result<(), String> {
    fails().await?;
    Some(1).is_some();
    Ok(())
}

#[stacklens::frame]
pub async fn assignments(mut a: u8) -> u8 {
    a = 1;
    let mut b = 1;
    b = 2;
    nothing().await;
    b
}

#[stacklens::frame]
pub async fn mutability(mut a: u8, mut b: String) -> usize {
    let mut c = 1;
    nothing().await;
    a as usize + b.len() + c
}

#[stacklens::frame]
pub async fn unreachable_code(x: u8) -> u8 {
    return x;
    nothing().await;
    1
}

#[stacklens::frame]
async fn dead(x: u8) -> u8 {
    x
}

pub struct Service {
    count: u8,
}

impl Service {
    #[stacklens::frame]
    pub async fn method(&self, unused: u8) -> u8 {
        let unused_too = 1;
        nothing().await;
        self.count
    }

    #[stacklens::frame]
    async fn dead_method(&mut self) {
        nothing().await;
    }
}

#[stacklens::frame]
pub async fn braces_and_parentheses(x: u8) -> u8 {
    let y = (x + 1);
    nothing().await;
    if (y > 1) {
        return (y);
    }
    { x }
}

#[stacklens::frame]
#[allow(unused_variables)]
pub async fn allowed(a: u8) {
    let b = 1;
    let mut c = 1;
}

#[stacklens::frame]
pub async fn never_awaits(x: u8) -> u8 {
    x
}
