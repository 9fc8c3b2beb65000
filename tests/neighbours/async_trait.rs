//! `#[async_trait]`, with the attribute on the methods, above the whole and below it.

#![deny(warnings)]

use async_trait::async_trait;

fn here() -> String {
    stacklens::currentframe().map_or_else(String::new, |frame| frame.name().to_owned())
}

#[async_trait]
pub trait Handler: Sync {
    async fn declared(&mut self, text: &str) -> String;

    #[stacklens::frame]
    async fn provided(&self, n: u8) -> String {
        tokio::task::yield_now().await;
        format!("{} {n}", here())
    }

    async fn with_self(self: Box<Self>) -> Option<u8>;
}

pub struct OnMethods(u8);

#[async_trait]
impl Handler for OnMethods {
    #[stacklens::frame]
    async fn declared(&mut self, text: &str) -> String {
        self.0 += 1;
        tokio::task::yield_now().await;
        format!("{} {text}", here())
    }

    #[stacklens::frame]
    async fn with_self(self: Box<Self>) -> Option<u8> {
        let n = self.0.checked_add(1)?;
        tokio::task::yield_now().await;
        Some(n)
    }
}

pub struct Above(u8);

#[stacklens::frame]
#[async_trait]
impl Handler for Above {
    async fn declared(&mut self, text: &str) -> String {
        self.0 += 1;
        tokio::task::yield_now().await;
        format!("{} {text}", here())
    }

    async fn with_self(self: Box<Self>) -> Option<u8> {
        tokio::task::yield_now().await;
        self.0.checked_add(1)
    }
}

pub struct Below(u8);

#[async_trait]
#[stacklens::frame]
impl Handler for Below {
    async fn declared(&mut self, text: &str) -> String {
        self.0 += 1;
        tokio::task::yield_now().await;
        format!("{} {text}", here())
    }

    async fn with_self(self: Box<Self>) -> Option<u8> {
        tokio::task::yield_now().await;
        self.0.checked_add(1)
    }
}

#[async_trait(?Send)]
pub trait Local {
    #[stacklens::frame]
    async fn local(&self) -> usize {
        let shared = std::rc::Rc::new(1);
        tokio::task::yield_now().await;
        *shared
    }
}

impl Local for u8 {}

#[stacklens::frame]
#[async_trait]
pub trait WholeTrait {
    async fn provided(&self, text: String) -> String
    where
        Self: Sync,
    {
        tokio::task::yield_now().await;
        here() + &text
    }
}

impl WholeTrait for u8 {}

#[async_trait]
pub trait Store {
    async fn load(&self, key: u32) -> Result<u32, String>;

    #[stacklens::frame]
    async fn load_all(&self, keys: &[u32]) -> Result<u32, String>
    where
        Self: Sync,
    {
        let mut sum = 0;
        for key in keys {
            sum += self.load(*key).await?;
        }
        Ok(sum)
    }
}

macro_rules! ensure {
    ($condition:expr, $message:expr) => {
        if !$condition {
            return Err($message.to_owned());
        }
    };
}

#[async_trait]
impl Store for u32 {
    #[stacklens::frame]
    async fn load(&self, key: u32) -> Result<u32, String> {
        ensure!(key < *self, "too large");
        tokio::task::yield_now().await;
        ensure!(key % 2 == 0, "odd");
        if key == 6 { Err("six".to_owned()) } else { Ok(key) }
    }
}

/// The functions that the error left, and how it left the innermost.
async fn way(keys: &[u32]) -> String {
    let Err(error) = 8u32.load_all(keys).await else { return "none".to_owned() };
    let trace = stacklens::ReturnTrace::of(&error).unwrap_or_default();
    let hops: Vec<_> = trace.hops().iter().map(|hop| hop.frame().name()).collect();
    format!("{error}: {}", hops.join(" "))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let all: Vec<Box<dyn Handler>> = vec![Box::new(OnMethods(1)), Box::new(Above(1)), Box::new(Below(1))];
    for mut handler in all {
        println!("{}, {}", handler.declared("a").await, handler.provided(2).await);
        println!("{:?}", handler.with_self().await);
    }
    println!("{}, {}", 1u8.local().await, 1u8.provided("!".to_owned()).await);
    for keys in [&[2, 4][..], &[2, 9], &[2, 3], &[2, 6]] {
        println!("{}", way(keys).await);
    }
    println!("{}", stacklens::depth());
}
