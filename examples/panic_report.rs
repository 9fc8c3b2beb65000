//! What a panic looks like after `stacklens::install()`: on standard error, and as data.

use stacklens::{catch, frame};
use std::thread;

#[derive(stacklens::Inspect)]
struct Order {
    id: u32,
    items: Vec<u32>,
}

#[frame]
fn average(prices: &[u32]) -> u32 {
    let sum: u32 = prices.iter().sum();
    sum / prices.len() as u32
}

#[frame]
fn invoice(order: &Order, api_key: &str) -> String {
    let price = average(&order.items);
    format!("{} {price} {}", order.id, api_key.len())
}

#[frame]
fn worker(orders: &[Order]) {
    for order in orders {
        let text = invoice(order, "hunter2");
        println!("{text}");
    }
}

fn orders() -> Vec<Order> {
    let items = [vec![120, 80], vec![]];
    items
        .into_iter()
        .zip(1..)
        .map(|(items, id)| Order { id, items })
        .collect()
}

fn main() {
    stacklens::install();

    // Printed, in place of the standard library's message.
    let thread = thread::Builder::new().name("worker".into());
    let thread = thread.spawn(|| worker(&orders())).expect("a thread");
    assert!(thread.join().is_err());

    // Not printed: here it is.
    let Err(report) = catch(|| worker(&orders())) else {
        return;
    };
    println!("caught: {}", report.failure.message);
    for frame in report.frames() {
        println!("  {}:{} in {}", frame.file, frame.line, frame.function);
    }
}
