//! A small server under load, and a look into it while it serves: `cargo run --example task_dump`
//!
//! The server answers lines: `square N` at once, `wait` never. Five clients wait; others keep asking, and go on asking
//! while the dump is taken. What is printed is what does not depend on the moment.

mod server;

use server::serve;
use stacklens::tasks::{self, FutureExt, TaskFrame};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

const WAITING: u32 = 5;
const ASKING: u32 = 20;

/// Asks until it has got enough answers, and checks each.
async fn ask(address: std::net::SocketAddr, questions: u64) -> std::io::Result<u64> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    let mut line = String::new();
    for n in 0..questions {
        stream.write_all(format!("square {n}\n").as_bytes()).await?;
        line.clear();
        stream.read_line(&mut line).await?;
        assert_eq!(line.trim().parse(), Ok(n * n));
    }
    Ok(questions)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(serve(listener).framed("server"));

    let mut waiting = Vec::new();
    for _ in 0..WAITING {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"wait\n").await?;
        waiting.push(stream);
    }
    let asking: Vec<_> = (0..ASKING)
        .map(|_| tokio::spawn(ask(address, 500)))
        .collect();

    // While clients ask: dump after dump, until the five that wait are all seen to.
    let mut dumps = 0;
    let dump = loop {
        let dump = tasks::dump();
        dumps += 1;
        let waits = |frame: &TaskFrame<'_>| frame.name() == "wait_forever" && !frame.is_running();
        if dump.frames().filter(waits).count() == WAITING as usize {
            break dump;
        }
        sleep(Duration::from_millis(1)).await;
    };
    let mut answers = 0;
    for client in asking {
        answers += client.await.expect("no panic")?;
    }
    assert!(dumps > 0 && !dump.is_empty());
    println!("{answers} right answers, with dumps in between");

    // Nobody asks any more: what is left are the server, and those that wait.
    let quiet = loop {
        let dump = tasks::dump();
        if dump.tasks().count() == 1 + WAITING as usize {
            break dump;
        }
        sleep(Duration::from_millis(1)).await;
    };
    print!("\n{quiet}");

    sleep(Duration::from_millis(100)).await;
    let stuck = tasks::dump().not_polled_for(Duration::from_millis(50));
    println!("\nnot polled for 50 ms: {} tasks", stuck.tasks().count());
    let first = stuck
        .frames()
        .find(|frame| frame.name() == "wait_forever")
        .expect("it waits");
    println!("one waits in {first}, with {}", first.locals());
    println!(
        "it is awaited by {}",
        first.awaited_by().expect("a connection")
    );
    Ok(())
}
