//! Async functions.
// editions: 2018 2021 2024

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

#[stacklens::frame]
pub async fn nothing() {}

#[stacklens::frame]
pub async fn value(x: u8) -> u8 {
    let y = x + 1;
    nothing().await;
    y
}

#[stacklens::frame]
pub async fn references(a: &str, b: &mut Vec<u8>) -> usize {
    b.push(value(1).await);
    let n = b.len();
    nothing().await;
    a.len() + n
}

#[stacklens::frame]
pub async fn returns_a_reference<'a>(x: &'a mut Vec<u8>, _other: &str) -> Option<&'a mut u8> {
    nothing().await;
    let last = x.last_mut()?;
    *last = value(*last).await;
    Some(last)
}

#[stacklens::frame]
pub async fn generic<T: Clone, F>(x: &T, f: F) -> T
where
    F: Fn(&T) -> T,
{
    let y = f(x);
    nothing().await;
    y.clone()
}

#[stacklens::frame]
pub async fn impl_argument(x: impl Future<Output = u8>, text: impl AsRef<str>) -> usize {
    x.await as usize + text.as_ref().len()
}

#[stacklens::frame]
pub async fn impl_result(n: u8) -> impl Iterator<Item = u8> {
    let from = value(n).await;
    (from..n).map(|x| x * 2)
}

#[stacklens::frame]
pub async fn fails(text: &str) -> Result<u32, std::num::ParseIntError> {
    let n: u32 = text.parse()?;
    if n == 0 {
        return text.parse();
    }
    value(1).await;
    Ok(n + text.parse::<u32>()?)
}

#[stacklens::frame]
pub async fn fails_in_a_box(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    let n = fails(text).await?;
    if n == 1 {
        return Err("one".into());
    }
    Err(std::fmt::Error)?
}

#[stacklens::frame]
pub async fn boxed_dyn(x: bool) -> Box<dyn std::fmt::Debug> {
    if x {
        return Box::new(1);
    }
    nothing().await;
    Box::new("a")
}

#[stacklens::frame]
pub async fn never() -> ! {
    nothing().await;
    panic!("never")
}

#[stacklens::frame]
pub async fn forever(mut n: u8) -> ! {
    loop {
        n = n.wrapping_add(value(n).await);
    }
}

#[stacklens::frame]
pub async fn patterns((a, mut b): (u8, String), [c, _]: [u8; 2], _: u8, mut d: u8, _unused: &str) -> String {
    b.push('x');
    d += value(a + c).await;
    b + &d.to_string()
}

#[stacklens::frame]
pub async fn referenced_patterns(&(ref a, b): &(String, u8), ref c: u8) -> usize {
    nothing().await;
    a.len() + b as usize + *c as usize
}

#[stacklens::frame]
pub fn recursion(n: u8) -> Pin<Box<dyn Future<Output = u8> + Send>> {
    Box::pin(async move { if n == 0 { 0 } else { recursion(n - 1).await + 1 } })
}

#[stacklens::frame]
pub async fn recursion_boxed_inside(n: u8) -> u8 {
    if n == 0 {
        return 0;
    }
    let before: Pin<Box<dyn Future<Output = u8>>> = Box::pin(recursion_boxed_inside(n - 1));
    before.await + 1
}

#[stacklens::frame]
pub async fn not_send() -> usize {
    let shared = Rc::new(RefCell::new(vec![1]));
    value(1).await;
    shared.borrow_mut().push(2);
    let n = shared.borrow().len();
    nothing().await;
    n
}

fn assert_send<T: Send>(x: T) -> T {
    x
}

#[stacklens::frame]
pub async fn is_send(text: String, list: Vec<u8>, shared: Arc<str>) -> usize {
    let n = {
        let local = Rc::new(1);
        *local
    };
    let text_length = fails(&text).await.map(|n| n as usize).unwrap_or(0);
    let mut sum = n;
    for x in &list {
        sum += value(*x).await as usize;
    }
    sum + text_length + shared.len()
}

#[stacklens::frame]
pub fn checks_send() -> impl Future<Output = usize> + Send {
    assert_send(is_send(String::new(), vec![], "a".into()))
}

pub struct Service {
    pub count: u8,
    pub name: String,
}

impl Service {
    #[stacklens::frame]
    pub async fn by_reference(&self) -> &str {
        nothing().await;
        &self.name
    }

    #[stacklens::frame]
    pub async fn by_mutable_reference(&mut self, by: u8) -> &mut u8 {
        self.count += value(by).await;
        &mut self.count
    }

    #[stacklens::frame]
    pub async fn by_value(self) -> String {
        nothing().await;
        self.name
    }

    #[stacklens::frame]
    pub async fn by_mutable_value(mut self, name: &str) -> Self {
        self.name.push_str(name);
        nothing().await;
        self
    }

    #[stacklens::frame]
    pub async fn shared(self: Arc<Self>, n: u8) -> u8 {
        self.count + value(n).await
    }

    #[stacklens::frame]
    pub async fn boxed(self: Box<Self>) -> Self {
        *self
    }

    #[stacklens::frame]
    pub async fn pinned(self: Pin<&mut Self>) -> u8 {
        let me = self.get_mut();
        me.count = value(me.count).await;
        me.count
    }

    #[stacklens::frame]
    pub async fn without_use(&self, _x: u8) {}

    #[stacklens::frame]
    pub async fn made(count: u8) -> Self {
        Self { count, name: String::new() }
    }

    #[stacklens::frame]
    pub fn polled(&mut self, context: &mut Context<'_>) -> Poll<u8> {
        let mut future = Box::pin(value(self.count));
        let polled = future.as_mut().poll(context);
        polled.map(|x| x + 1)
    }
}

#[stacklens::frame]
impl Service {
    pub async fn in_a_block(&mut self) -> Result<u8, std::num::ParseIntError> {
        let n: u8 = self.name.parse()?;
        self.count = n;
        let service = &*self;
        service.by_reference().await;
        Ok(n)
    }

    #[frame(skip)]
    pub async fn left_out(&self) -> u8 {
        1
    }
}

#[stacklens::frame]
pub async fn blocks_inside(x: u8) -> u8 {
    let future = async {
        let y = value(x).await;
        if y > 3 {
            return y;
        }
        y + 1
    };
    let result = async move {
        let n: u8 = "1".parse()?;
        Ok::<u8, std::num::ParseIntError>(n)
    };
    future.await + result.await.unwrap_or(0)
}

#[stacklens::frame]
pub async fn awaits_in_operands(x: u8) -> Option<u8> {
    let sum = value(x).await + value(value(x).await).await * 2;
    let list = [value(1).await, value(2).await];
    if value(x).await > 1 && value(2).await < 3 {
        return Some(list[value(0).await as usize]);
    }
    while value(sum).await > 250 {
        nothing().await
    }
    match value(x).await {
        0 => Some(value(1).await),
        n if n > 3 => Some(n),
        _ => Some(fails("1").await.ok()? as u8 + std::future::ready(Some(1)).await?),
    }
}

#[stacklens::frame]
pub async fn lasting_borrows(text: &mut String) -> &str {
    let part = &text[..];
    let n = part.len();
    nothing().await;
    text.push('a');
    let part = &text[n..];
    nothing().await;
    part
}

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

pub trait Handler {
    #[stacklens::frame]
    fn handle<'a>(&'a self, x: &'a str) -> BoxFuture<'a, usize>;

    #[stacklens::frame]
    fn handle_twice<'a>(&'a self, x: &'a str) -> BoxFuture<'a, usize>
    where
        Self: Sync,
    {
        Box::pin(async move {
            let n = self.handle(x).await;
            n + self.handle(x).await
        })
    }
}

pub trait Asynchronous {
    #[stacklens::frame]
    fn declared(&mut self, x: u8) -> impl Future<Output = u8> + Send;
}

impl Asynchronous for u8 {
    #[stacklens::frame]
    async fn declared(&mut self, x: u8) -> u8 {
        *self = value(x).await;
        *self
    }
}

#[stacklens::frame]
impl Asynchronous for Service {
    async fn declared(&mut self, x: u8) -> u8 {
        self.count += value(x).await;
        self.count
    }
}

#[stacklens::frame]
pub async fn elided_and_hidden(context: Context<'_>, x: std::borrow::Cow<'_, str>) -> usize {
    drop(context);
    x.len()
}

#[stacklens::frame]
#[must_use]
#[inline]
pub async fn attributes(#[cfg(all())] x: u8, #[cfg(not(all()))] y: TypeThatIsNotThere) -> u8 {
    x
}
