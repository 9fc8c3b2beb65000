//! How generators suspend frames: a body waits between two values, with its frame and all its variables.

use stacklens::{Generator, Yielder, currentframe, frame, generator, generator_with_send};
use std::future::Future;

/// The lesson's generator.
#[frame]
async fn my_gen(y: Yielder<u32>) {
    println!("before yield 1");
    y.yield_(1).await;
    println!("before yield 2");
    y.yield_(2).await;
    println!("after last yield");
}

/// One whose frame has something to keep.
#[frame]
async fn running_total(y: Yielder<u64>, prices: Vec<u64>) -> u64 {
    for count in 1..=prices.len() {
        let total = prices[..count].iter().sum();
        y.yield_(total).await;
    }
    prices.iter().sum()
}

/// One that is told something, and waits in a function of its own.
#[frame]
async fn greeter(y: Yielder<String, &'static str>) {
    let mut greeting = "hello".to_owned();
    while let Some(name) = ask(y, greeting).await {
        greeting = format!("hello, {name}");
    }
}

#[frame]
async fn ask(y: Yielder<String, &'static str>, question: String) -> Option<&'static str> {
    y.yield_(question).await
}

/// An iterator written by hand: its frame is there while it works, and there is nothing to suspend.
struct Countdown(u32);

#[frame]
impl Iterator for Countdown {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        println!("  {} at work", currentframe()?.qualified_name());
        Some(self.0)
    }
}

/// Where the body of a generator is.
fn show<T, F: Future, S>(generator: &Generator<T, F, S>) {
    match generator.frame() {
        None => println!("  no frame: it is finished"),
        Some(frame) if !frame.is_started() => println!("  {} has not started", frame.name()),
        Some(frame) => println!("  {frame} with {}", frame.locals()),
    }
}

fn main() {
    println!("The lesson's program:");
    let mut g = generator(my_gen);
    show(&g);
    println!("got {:?}", g.next());
    show(&g);
    println!("got {:?}", g.next());
    show(&g);
    println!("got {:?}", g.next());
    show(&g);

    println!("\nA frame keeps its variables while others run:");
    let mut fruit = generator(|y| running_total(y, vec![3, 5, 9]));
    let mut books = generator(|y| running_total(y, vec![20, 12]));
    for _ in 0..2 {
        println!("{:?} for fruit, {:?} for books", fruit.next(), books.next());
    }
    show(&fruit);
    show(&books);
    println!(
        "the rest: {:?}, altogether {:?}",
        fruit.by_ref().collect::<Vec<_>>(),
        fruit.returned()
    );

    println!("\nValues go in, too:");
    let mut g = generator_with_send(greeter);
    println!("{:?}", g.next());
    println!("{:?}", g.send("Alice").ok().flatten());
    for frame in g.frame().iter().flat_map(|frame| frame.frames().to_vec()) {
        println!("  {frame} {}", frame.locals());
    }
    g.close();
    show(&g);

    println!("\nAn iterator by hand:");
    println!("{:?}", Countdown(2).collect::<Vec<_>>());
}
