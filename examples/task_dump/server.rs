//! The server: a task a connection.

use stacklens::frame;
use stacklens::tasks::FutureExt;
use std::future::pending;
use std::io;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[frame]
pub async fn serve(listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream).framed("connection"));
    }
}

#[frame]
async fn connection(stream: TcpStream) -> io::Result<u32> {
    let mut stream = BufReader::new(stream);
    let mut requests = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        requests += 1;
        let answer = answer(line.trim()).await;
        stream.write_all(answer.as_bytes()).await?;
        line.clear();
    }
    Ok(requests)
}

#[frame]
async fn answer(request: &str) -> String {
    match request.split_once(' ') {
        Some(("square", n)) => square(n).await,
        _ => wait_forever(request).await,
    }
}

#[frame]
async fn square(n: &str) -> String {
    tokio::task::yield_now().await;
    match n.parse::<u64>() {
        Ok(n) => format!("{}\n", n * n),
        Err(error) => format!("error: {error}\n"),
    }
}

/// Whoever asks for it gets it.
#[frame]
async fn wait_forever(request: &str) -> String {
    pending::<()>().await;
    request.to_owned()
}
