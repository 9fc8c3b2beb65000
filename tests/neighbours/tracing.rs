//! `#[tracing::instrument]` above and below, in functions and in whole `impl`s.

#![deny(warnings)]

use tracing::instrument;

fn here() -> String {
    stacklens::currentframe().map_or_else(String::new, |frame| frame.name().to_owned())
}

#[stacklens::frame]
#[instrument(skip(list), fields(n = list.len()))]
fn below(text: &str, list: &[u8]) -> String {
    let n = text.len() + list.len();
    format!("{} {n}", here())
}

#[instrument(level = "debug", ret)]
#[stacklens::frame]
fn above(text: &str, (a, b): (u8, u8)) -> String {
    let n = text.len() + usize::from(a + b);
    format!("{} {n}", here())
}

#[stacklens::frame]
#[instrument(err)]
fn fails_below(text: &str) -> Result<u8, std::num::ParseIntError> {
    let n: u8 = text.parse()?;
    Ok(n)
}

#[instrument(err)]
#[stacklens::frame]
fn fails_above(text: &str) -> Result<u8, std::num::ParseIntError> {
    let n: u8 = text.parse()?;
    Ok(n)
}

#[stacklens::frame]
#[instrument(skip_all)]
async fn async_below(mut list: Vec<u8>) -> String {
    tokio::task::yield_now().await;
    list.push(1);
    format!("{} {}", here(), list.len())
}

#[instrument(skip_all, err)]
#[stacklens::frame]
async fn async_above(list: &mut Vec<u8>) -> Result<String, std::num::ParseIntError> {
    tokio::task::yield_now().await;
    list.push("1".parse()?);
    Ok(format!("{} {}", here(), list.len()))
}

struct Service(u8);

#[stacklens::frame]
impl Service {
    #[instrument(skip(self))]
    fn method(&mut self, by: u8) -> u8 {
        self.0 += by;
        self.0
    }

    #[instrument(skip(self), ret)]
    async fn async_method(&mut self, by: u8) -> Option<u8> {
        tokio::task::yield_now().await;
        let sum = self.0.checked_add(by)?;
        self.0 = sum;
        Some(sum)
    }
}

#[tokio::main(flavor = "current_thread")]
#[stacklens::frame]
async fn main() {
    println!("{}, {}", below("a", &[1]), above("a", (1, 2)));
    println!("{:?}, {:?}", fails_below("1"), fails_above("x"));
    println!("{}, {:?}", async_below(vec![1]).await, async_above(&mut vec![1]).await);
    let mut service = Service(1);
    println!("{}, {:?}", service.method(1), service.async_method(2).await);
    println!("{}", stacklens::depth());
}
