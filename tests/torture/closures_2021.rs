//! Async closures, and closures that capture fields.
// editions: 2021 2024

#[stacklens::frame]
pub async fn asynchronous(x: u8) -> u8 {
    let add = async |y: u8| x + y;
    let moved = async move || x;
    add(1).await + moved().await
}

#[stacklens::frame]
pub async fn argument(f: impl AsyncFn(&str) -> usize) -> usize {
    let first = f("a").await;
    first + f("bc").await
}

#[stacklens::frame]
pub async fn argument_mutable<F>(mut f: F) -> Option<u8>
where
    F: AsyncFnMut(u8) -> Option<u8>,
{
    let first = f(1).await?;
    f(first).await
}

#[stacklens::frame]
pub fn disjoint(pair: &mut (String, Vec<u8>)) -> usize {
    let name = &mut pair.0;
    let mut push = |x| pair.1.push(x);
    name.push('a');
    push(1);
    name.len()
}

#[stacklens::frame]
pub fn captures_a_part(pair: (String, Vec<u8>)) -> (String, usize) {
    let length = || pair.1.len();
    let name = pair.0;
    let n = length();
    (name, n)
}

#[stacklens::frame]
pub fn array_by_value(x: [String; 2]) -> Vec<String> {
    let mut all = Vec::new();
    for text in x {
        all.push(text);
    }
    all
}
