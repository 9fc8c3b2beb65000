//! What `#[frame]` costs, beside the budgets it is held to and beside what others cost on the same work.
//!
//! ```text
//! cargo run --release -p stacklens-benches -- [--filter WORD[,WORD..]] [--json] [--check]
//! ```
//!
//! Instructions are counted by callgrind and are exact; each number is the difference of two runs of the
//! same program with different iteration counts, less the same difference of the same work without the
//! frame. Time depends on the machine and on what else it does, so it is given as a ratio only, to a plain
//! call in the same run.

mod asynchronous;
mod bench;
mod child;
mod dump;
mod measure;
mod options;
mod ours;
#[cfg(feature = "peers")]
mod peers;
mod row;
mod table;
mod work;

use measure::Meter;
use options::Options;
use row::{Outcome, Row};
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: measure::allocator::Counting = measure::allocator::Counting;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(order) = child::Order::parse(&arguments) {
        order.obey(all_rows());
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(&arguments) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    if options.help {
        println!("{}", options::USAGE);
        return ExitCode::SUCCESS;
    }
    let rows: Vec<Row> = all_rows()
        .into_iter()
        .filter(|row| options.selects(row))
        .collect();
    if rows.is_empty() {
        eprintln!(
            "no row has any of these words in its name; without --filter all rows are printed"
        );
        return ExitCode::from(2);
    }
    let mut meter = Meter::new();
    let outcomes: Vec<Outcome> = rows
        .iter()
        .map(|row| {
            progress(row.name);
            meter.outcome(row)
        })
        .collect();
    progress("");
    if options.json {
        println!("{}", table::json(&outcomes));
        meter
            .remarks()
            .iter()
            .for_each(|remark| eprintln!("{remark}"));
    } else {
        print!("{}", table::text(&outcomes, &meter.remarks()));
    }
    ExitCode::from(if options.check {
        row::status(&outcomes)
    } else {
        0
    })
}

fn all_rows() -> Vec<Row> {
    let rows = ours::rows();
    #[cfg(feature = "peers")]
    let rows = [rows, peers::rows()].concat();
    rows
}

/// Which row is being measured, where somebody watches: the whole table takes a minute.
fn progress(name: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let _ = write!(stderr, "\r\x1b[K{name}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn a_name_stands_for_one_row_and_for_one_bench() {
        let (mut rows, mut benches) = (HashMap::new(), HashMap::new());
        for row in all_rows() {
            assert!(
                rows.insert(row.name, ()).is_none(),
                "two rows `{}`",
                row.name
            );
            for bench in [Some(row.bench), row.less].into_iter().flatten() {
                let known = *benches.entry(bench.name).or_insert(bench.defined);
                assert_eq!(known, bench.defined, "two benches `{}`", bench.name);
            }
        }
    }
}
