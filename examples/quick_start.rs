//! Which call asked for more than there is?

use stacklens::{Traceback, frame};

#[frame]
fn discounted(price: f64, percent: u32) -> f64 {
    if percent > 100 {
        println!("{}", Traceback::capture());
    }
    price - price * f64::from(percent) / 100.0
}

#[frame]
fn main() {
    let customer = "Alexandra";
    let percent = 15 * customer.len() as u32;
    let price = discounted(10.0, percent);
    println!("{customer} pays {price}");
}
