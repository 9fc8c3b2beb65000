//! One measurement in a process of its own: subscribers are global, caches are cold the same way each time,
//! and callgrind counts from the start of a program.

use crate::bench::Bench;
use crate::measure::{allocator, clock};
use crate::row::Row;
use std::hint::black_box;

/// The name of the one function that callgrind counts in.
pub(crate) const COLLECTED: &str = "stacklens_benches_collected";

/// Deep enough for a million frames of a small function.
const STACK: usize = 512 << 20;

#[derive(Clone, Copy)]
pub(crate) enum What {
    /// Nothing but the loop: callgrind counts it.
    Run,
    Allocations,
    Time,
}

/// What this program is told by its parent: `--child WHAT NAME COUNT`.
pub(crate) struct Order {
    what: What,
    name: String,
    count: u64,
}

impl Order {
    pub(crate) fn arguments(what: What, name: &str, count: u64) -> [String; 4] {
        let what = match what {
            What::Run => "run",
            What::Allocations => "allocations",
            What::Time => "time",
        };
        [
            "--child".to_owned(),
            what.to_owned(),
            name.to_owned(),
            count.to_string(),
        ]
    }

    pub(crate) fn parse(arguments: &[String]) -> Option<Order> {
        let [flag, what, name, count] = arguments else {
            return None;
        };
        let what = match (flag.as_str(), what.as_str()) {
            ("--child", "run") => What::Run,
            ("--child", "allocations") => What::Allocations,
            ("--child", "time") => What::Time,
            _ => return None,
        };
        Some(Order {
            what,
            name: name.clone(),
            count: count.parse().ok()?,
        })
    }

    /// Prints one number, or nothing for [`What::Run`]: standard output is where callgrind writes.
    pub(crate) fn obey(self, rows: Vec<Row>) {
        let benches = rows
            .iter()
            .flat_map(|row| [Some(row.bench), row.less])
            .flatten();
        let bench = benches.into_iter().find(|bench| bench.name == self.name);
        let bench =
            bench.unwrap_or_else(|| panic!("there is no bench of the name `{}`", self.name));
        let thread = std::thread::Builder::new().stack_size(STACK);
        let result = thread
            .spawn(move || run(bench, self.what, self.count))
            .expect("a thread")
            .join();
        if let Some(number) = result.expect("the bench does not panic") {
            println!("{number}");
        }
        // Not by way of `main`: threads of the peers may still run.
        std::process::exit(0);
    }
}

fn run(bench: Bench, what: What, count: u64) -> Option<f64> {
    (bench.prepare)();
    let mut number = None;
    (bench.around)(&mut || match what {
        What::Run => stacklens_benches_collected(bench.run, count),
        What::Allocations => {
            // The first calls may reserve what later ones use.
            (bench.run)(count);
            let before = allocator::count();
            (bench.run)(count);
            number = Some((allocator::count() - before) as f64 / count as f64);
        }
        What::Time => number = Some(clock::times_bare(bench.run, count)),
    });
    number
}

/// Callgrind finds it by its name ([`COLLECTED`]), which no other function may have.
#[inline(never)]
fn stacklens_benches_collected(run: fn(u64), count: u64) {
    run(count);
    black_box(());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_understood_as_it_was_given() {
        let order = Order::parse(&Order::arguments(What::Time, "a bench", 7)).unwrap();
        assert!(matches!(order.what, What::Time));
        assert_eq!((order.name.as_str(), order.count), ("a bench", 7));
        assert!(Order::parse(&["--check".to_owned()]).is_none());
    }

    #[test]
    fn the_collected_function_is_the_one_named() {
        let name = std::any::type_name_of_val(&stacklens_benches_collected);
        assert_eq!(name.rsplit("::").next(), Some(COLLECTED));
    }
}
