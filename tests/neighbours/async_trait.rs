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

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let all: Vec<Box<dyn Handler>> = vec![Box::new(OnMethods(1)), Box::new(Above(1)), Box::new(Below(1))];
    for mut handler in all {
        println!("{}, {}", handler.declared("a").await, handler.provided(2).await);
        println!("{:?}", handler.with_self().await);
    }
    println!("{}, {}", 1u8.local().await, 1u8.provided("!".to_owned()).await);
    println!("{}", stacklens::depth());
}
