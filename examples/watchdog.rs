//! A worker hangs, and the program says where, without being asked: `cargo run --example watchdog`.
//!
//! Where there are signals, `kill -USR1` asks the same question from outside, and a crash answers it by itself.

use stacklens::{fault, frame, threads};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Waits for a job that nobody sends.
#[frame]
fn next_job(queue: &str, jobs: &Receiver<u32>) -> Option<u32> {
    assert!(!queue.is_empty());
    jobs.recv().ok()
}

#[frame]
fn worker(number: u32, jobs: &Receiver<u32>) -> u32 {
    let mut done = 0;
    while let Some(job) = next_job("mail", jobs) {
        done += job / number;
    }
    done
}

#[frame]
fn serve(account: &Mutex<u64>, customer: &str) -> u64 {
    assert!(!customer.is_empty());
    // The lock is held by somebody who waits for us.
    *account.lock().unwrap()
}

fn main() -> std::io::Result<()> {
    // From here on, a crash prints the stacks of all threads before it ends the program as it would have.
    if let Err(error) = fault::install() {
        println!("{error}");
    }
    let watchdog = fault::dump_later(Duration::from_millis(300))?;

    let (give, jobs) = channel();
    let idle = thread::Builder::new().name("worker".to_owned());
    let idle = idle.spawn(move || worker(1, &jobs))?;

    // A hang: the main thread holds a lock and waits for the thread that wants it.
    let account = Mutex::new(7);
    thread::scope(|scope| {
        let held = account.lock().unwrap();
        let server = thread::Builder::new().name("server".to_owned());
        let server = server
            .spawn_scoped(scope, || serve(&account, "ann"))
            .unwrap();
        // Long enough for the watchdog. It prints to standard error:
        //
        //     stacklens: no sign of life for 300ms
        //
        //     thread 4244 "server" (blocked), innermost frame first:
        //       [0] serve in examples/watchdog.rs:31 {account: Mutex { .. }, customer: "ann"}
        //
        //     thread 4243 "worker" (blocked), innermost frame first:
        //       [0] next_job in examples/watchdog.rs:15 {queue: "mail", jobs: <opaque &Receiver<u32>>}
        //       [1] worker in examples/watchdog.rs:21 {number: 1, jobs: <opaque &Receiver<u32>>, done: 0}
        //
        //     thread 4242 "main" (blocked): no annotated function is active
        thread::sleep(Duration::from_millis(900));

        // The same question, as data.
        for name in ["worker", "server"] {
            let dump = threads::dump_all();
            let thread = dump
                .iter()
                .find(|thread| thread.name() == Some(name))
                .unwrap();
            println!("{name} hangs:");
            for frame in thread.frames() {
                println!("  {frame} {}", frame.locals());
            }
        }
        drop(held);
        println!("balance {}", server.join().unwrap());
    });

    // Alive again.
    watchdog.feed();
    drop(give);
    println!("{} jobs done", idle.join().unwrap());
    Ok(())
}
