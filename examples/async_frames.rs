//! Two downloads at once, and what each of them waits for: `cargo run --example async_frames`
//!
//! Between two polls an async function is on no stack: its frame is kept with its line and its values, and `tasks::dump`
//! shows the frames of all.

use stacklens::{frame, tasks};
use std::time::Duration;
use tokio::time::sleep;

#[frame]
async fn fetch_data(url: &str) -> String {
    println!("Fetching {url}");
    sleep(Duration::from_millis(200)).await;
    println!("Got data from {url}");
    format!("data from {url}")
}

#[frame]
async fn gather() -> (String, String) {
    futures::join!(
        fetch_data("https://api.example.com/users"),
        fetch_data("https://api.example.com/posts"),
    )
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let work = tokio::spawn(gather());
    // Both have begun, and wait.
    sleep(Duration::from_millis(50)).await;
    print!("\n{}\n", tasks::dump_tree());
    let results = work.await.expect("no panic");
    println!("{results:?}");
    println!("frames left: {}", tasks::dump().len());
}
