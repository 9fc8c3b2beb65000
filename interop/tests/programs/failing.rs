//! Programs that fail, each in its own way. `tests/snapshots` has what each says as text.

use stacklens::tasks::FutureExt;
use stacklens::{Report, ResultExt, frame, framed};
use std::error::Error as StdError;
use std::fmt;
use std::fs;
use std::io;
use std::num::ParseIntError;
use std::panic::panic_any;
use std::thread;

/// How a program fails.
pub enum Fails {
    /// With an error: its report.
    Error(fn() -> Report),
    /// By a panic, of which the panic hook makes one.
    Panic(fn()),
    /// By a panic while it unwinds, which ends the process.
    Abort(fn()),
}

use Fails::{Abort, Error, Panic};

/// All of them.
pub const PROGRAMS: &[(&str, Fails)] = &[
    ("io_error", Error(io_error)),
    ("parse_error", Error(parse_error)),
    ("custom_enum", Error(custom_enum)),
    ("boxed_dyn", Error(boxed_dyn)),
    ("anyhow", Error(by_anyhow)),
    ("eyre", Error(by_eyre)),
    ("option", Error(option)),
    ("nested_conversions", Error(nested_conversions)),
    ("joined_thread", Error(joined_thread)),
    ("task", Error(task)),
    ("retried", Error(retried)),
    ("panic_str", Panic(panic_str)),
    ("panic_string", Panic(panic_string)),
    ("panic_struct", Panic(panic_struct)),
    ("panic_in_drop", Panic(panic_in_drop)),
    ("unnamed_thread", Panic(unnamed_thread)),
    ("index_out_of_bounds", Panic(index_out_of_bounds)),
    ("overflow", Panic(overflow)),
    ("unwrap_on_err", Panic(unwrap_on_err)),
    ("double_panic", Abort(double_panic)),
];

/// The report of the error that a program comes back with.
fn reported<T>(result: stacklens::Result<T>) -> Report {
    match result {
        Ok(_) => unreachable!("it fails"),
        Err(error) => error.report(),
    }
}

#[frame]
fn read_config(path: &str) -> stacklens::Result<String> {
    let text = fs::read_to_string(path).note("is it mounted?")?;
    Ok(text)
}

#[frame]
fn start(name: &str) -> stacklens::Result<usize> {
    let path = format!("/nowhere/{name}.conf");
    let text = read_config(&path).with_context(|| format!("cannot start {name}"))?;
    Ok(text.len())
}

fn io_error() -> Report {
    reported(start("mailer"))
}

#[frame]
fn port(text: &str) -> Result<u16, ParseIntError> {
    let number = text.trim().parse()?;
    Ok(number)
}

#[frame]
fn address(host: &str, text: &str) -> Result<String, ParseIntError> {
    let port = port(text)?;
    Ok(format!("{host}:{port}"))
}

fn parse_error() -> Report {
    match address("localhost", " 80a") {
        Ok(_) => unreachable!("it fails"),
        Err(error) => Report::of(&error),
    }
}

#[derive(Debug)]
enum OrderError {
    OutOfStock { item: &'static str, wanted: u32 },
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OrderError::OutOfStock { item, wanted } = self;
        write!(f, "{wanted} of {item} wanted, which is more than there is")
    }
}

impl StdError for OrderError {}

#[frame]
fn reserve(item: &'static str, wanted: u32) -> Result<u32, OrderError> {
    let left = 3_u32;
    match left.checked_sub(wanted) {
        Some(left) => Ok(left),
        None => Err(OrderError::OutOfStock { item, wanted }),
    }
}

#[frame]
fn order(items: &[(&'static str, u32)]) -> Result<u32, OrderError> {
    let mut left = 0;
    for &(item, wanted) in items {
        left += reserve(item, wanted)?;
    }
    Ok(left)
}

fn custom_enum() -> Report {
    match order(&[("tea", 2), ("milk", 9)]) {
        Ok(_) => unreachable!("it fails"),
        Err(error) => Report::of(&error),
    }
}

#[frame]
fn checked(age: i32) -> Result<i32, Box<dyn StdError + Send + Sync>> {
    if age < 0 {
        return Err(format!("an age of {age}").into());
    }
    Ok(age)
}

#[frame]
fn average(ages: &[i32]) -> Result<i32, Box<dyn StdError + Send + Sync>> {
    let mut sum = 0;
    for age in ages {
        sum += checked(*age)?;
    }
    Ok(sum / ages.len() as i32)
}

fn boxed_dyn() -> Report {
    match average(&[30, -4]) {
        Ok(_) => unreachable!("it fails"),
        Err(error) => Report::of(&*error),
    }
}

#[frame]
fn level(text: &str) -> anyhow::Result<u8> {
    anyhow::ensure!(!text.is_empty(), "no level given");
    Ok(text.parse()?)
}

#[frame]
fn set_up(levels: &[&str]) -> anyhow::Result<u8> {
    use anyhow::Context;
    let first = level(levels[0]).context("the first level")?;
    let second = level(levels[1]).context("the second level")?;
    Ok(first.max(second))
}

fn by_anyhow() -> Report {
    match set_up(&["7", "300"]) {
        Ok(_) => unreachable!("it fails"),
        Err(error) => Report::of(&*error),
    }
}

#[frame]
fn colour(name: &str) -> eyre::Result<u32> {
    if name != "red" {
        eyre::bail!("no colour is called {name}");
    }
    Ok(0xff_0000)
}

#[frame]
fn paint(names: &[&str]) -> eyre::Result<u32> {
    let mut all = 0;
    for name in names {
        all |= colour(name)?;
    }
    Ok(all)
}

fn by_eyre() -> Report {
    stacklens::eyre::install().expect("it is the first handler");
    match paint(&["red", "ultraviolet"]) {
        Ok(_) => unreachable!("it fails"),
        Err(error) => stacklens::eyre::report(&error).expect("ours made it"),
    }
}

#[frame(trace_none)]
fn initial(name: &str) -> Option<char> {
    let first = name.chars().next()?;
    Some(first.to_ascii_uppercase())
}

#[frame(trace_none)]
fn monogram(first: &str, last: &str) -> Option<String> {
    let letters = [initial(first)?, initial(last)?];
    Some(letters.iter().collect())
}

#[frame]
fn badge(first: &str, last: &str) -> stacklens::Result<String> {
    let text = monogram(first, last).context("a name has letters")?;
    Ok(text)
}

fn option() -> Report {
    reported(badge("Ada", ""))
}

#[derive(Debug)]
struct SettingError(ParseIntError);

#[derive(Debug)]
struct StartError(SettingError);

macro_rules! wraps {
    ($outer:ident, $inner:ident, $says:literal) => {
        impl From<$inner> for $outer {
            fn from(inner: $inner) -> $outer {
                $outer(inner)
            }
        }

        impl fmt::Display for $outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($says)
            }
        }

        impl StdError for $outer {
            fn source(&self) -> Option<&(dyn StdError + 'static)> {
                Some(&self.0)
            }
        }
    };
}

wraps!(SettingError, ParseIntError, "a setting is wrong");
wraps!(StartError, SettingError, "cannot start");

#[frame]
fn workers(text: &str) -> Result<u8, SettingError> {
    let workers = text
        .trim_start_matches('0')
        .trim_end_matches(" workers")
        .parse::<u8>()?;
    Ok(workers)
}

#[frame]
fn launch(setting: &str) -> Result<u8, StartError> {
    let workers = workers(setting)?;
    Ok(workers)
}

#[frame]
fn run(setting: &str) -> stacklens::Result<u8> {
    let workers = launch(setting)?;
    Ok(workers)
}

fn nested_conversions() -> Report {
    reported(run("0512 workers"))
}

#[frame]
fn shard(number: usize) -> stacklens::Result<usize> {
    stacklens::ensure!(number < 2, "there is no shard {number}");
    Ok(number)
}

#[frame]
fn gather(shards: usize) -> stacklens::Result<usize> {
    let mut sum = 0;
    for number in 0..shards {
        let name = format!("worker {number}");
        let work = move || framed!("worker", shard(number));
        let thread = thread::Builder::new().name(name).spawn(work)?;
        sum += thread.join().expect("no worker panics")?;
    }
    Ok(sum)
}

fn joined_thread() -> Report {
    reported(gather(3))
}

#[frame]
async fn fetch(page: u32) -> stacklens::Result<String> {
    tokio::task::yield_now().await;
    if page > 1 {
        stacklens::bail!("there is no page {page}");
    }
    Ok("<html>".to_owned())
}

#[frame]
async fn crawl(pages: u32) -> stacklens::Result<usize> {
    let mut bytes = 0;
    for page in 0..pages {
        bytes += fetch(page).await.context("while crawling")?.len();
    }
    Ok(bytes)
}

fn task() -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    reported(runtime.block_on(mirror(3)))
}

#[frame]
async fn mirror(pages: u32) -> stacklens::Result<usize> {
    let crawler = tokio::spawn(crawl(pages).framed("crawler"));
    let bytes = crawler.await.expect("it does not panic")?;
    Ok(bytes)
}

#[frame]
fn attempt(number: u32) -> Result<u32, io::Error> {
    if number < 9 {
        return Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("no answer to attempt {number}"),
        ));
    }
    Ok(number)
}

#[frame]
fn persist(attempts: u32) -> Result<u32, io::Error> {
    for number in 1..attempts {
        match attempt(number) {
            Ok(answer) => return Ok(answer),
            Err(_) => thread::yield_now(),
        }
    }
    attempt(attempts)
}

fn retried() -> Report {
    match persist(3) {
        Ok(_) => unreachable!("it fails"),
        Err(error) => Report::of(&error),
    }
}

#[frame]
fn check(balance: i64) -> i64 {
    if balance < 0 {
        panic!("a negative balance");
    }
    balance
}

#[frame]
fn panic_str() {
    let balance = 10 - 40;
    check(balance);
}

#[frame]
fn panic_string() {
    let user = "ann";
    panic!("no such user: {user}");
}

#[derive(Clone, stacklens::Inspect)]
struct Cancelled {
    job: u32,
}

#[frame]
fn cancel(reason: Cancelled) {
    if reason.job == 7 {
        panic_any(reason.clone());
    }
}

#[frame]
fn panic_struct() {
    cancel(Cancelled { job: 7 });
}

struct Connection {
    id: u32,
}

impl Drop for Connection {
    #[frame]
    fn drop(&mut self) {
        assert!(self.id == 0, "connection {} was not closed", self.id);
    }
}

#[frame]
fn panic_in_drop() {
    let connection = Connection { id: 5 };
    let id = connection.id;
    drop(connection);
    println!("closed {id}");
}

#[frame]
fn tick(left: u32) {
    let next = left.checked_sub(1).expect("a tick is left");
    if next < 100 {
        tick(next);
    }
}

fn unnamed_thread() {
    let _ = thread::spawn(|| tick(1)).join();
}

#[frame]
fn pick(list: &[u8], at: usize) -> u8 {
    list[at]
}

#[frame]
fn index_out_of_bounds() {
    let list = [1, 2, 3];
    let picked = pick(&list, 3);
    println!("{picked}");
}

#[frame]
fn total(prices: &[u8]) -> u8 {
    let mut sum = 0;
    for price in prices {
        sum += price;
    }
    sum
}

#[frame]
fn overflow() {
    let total = total(&[100, 100, 100]);
    println!("{total}");
}

#[frame]
fn unwrap_on_err() {
    let text = "seven";
    let number: u8 = text.parse().unwrap();
    println!("{number}");
}

struct Transaction {
    id: u32,
}

impl Drop for Transaction {
    #[frame]
    fn drop(&mut self) {
        let open = [7, 9];
        assert!(!open.contains(&self.id), "transaction {} is open", self.id);
    }
}

#[frame]
fn transfer(amount: i64) -> i64 {
    let transaction = Transaction { id: 7 };
    let left = check(100 - amount);
    left + i64::from(transaction.id)
}

#[frame]
fn double_panic() {
    transfer(250);
}
