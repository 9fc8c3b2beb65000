//! Every function's variables, live, of a program in which nothing is annotated.
//!
//! Needs debug information: `cargo run --example native_locals`.

use stacklens::native;
use std::collections::BTreeMap;

#[derive(Debug)]
#[allow(dead_code)] // read from memory alone
struct Order {
    id: u32,
    customer: String,
    items: Vec<Item>,
    api_token: String,
}

#[derive(Debug)]
#[allow(dead_code)]
enum Item {
    Book { title: &'static str, price: f64 },
    Voucher(u32),
}

fn price(item: &Item, discounts: &BTreeMap<&str, f64>) -> f64 {
    let base = match item {
        Item::Book { price, .. } => *price,
        Item::Voucher(value) => -f64::from(*value),
    };
    let discount = discounts.get("books").copied();
    if base < 0.0 {
        println!("{}", native::locals());
    }
    base * (1.0 - discount.unwrap_or(0.0))
}

fn total(order: &Order) -> f64 {
    let discounts = BTreeMap::from([("books", 0.25), ("games", 0.1)]);
    let mut sum = 0.0;
    for item in &order.items {
        sum += price(item, &discounts);
    }
    sum
}

fn main() {
    let order = Order {
        id: 7,
        customer: "Ann".to_owned(),
        items: vec![
            Item::Book {
                title: "Dune",
                price: 8.0,
            },
            Item::Voucher(5),
        ],
        api_token: "hunter2".to_owned(),
    };
    println!("total: {}", total(&order));
}
