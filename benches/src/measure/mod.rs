//! From a row to its numbers.

pub(crate) mod allocator;
mod callgrind;
pub(crate) mod clock;
mod switched_off;

use crate::bench::Bench;
use crate::child::{Order, What};
use crate::row::{Counted, Outcome, Row};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;

/// Iterations over which allocations are counted, and of the warm-up before.
const ALLOCATING_ITERATIONS: u64 = 2_000;
/// Rounds of a time in one process, and processes: where the code lies in memory differs between processes.
const ROUNDS: u64 = 15;
const PROCESSES: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Program {
    Running,
    SwitchedOff,
}

pub(crate) struct Meter {
    valgrind: bool,
    switched_off: Option<Result<PathBuf, String>>,
    /// Plain calls are subtracted from many rows, and counted once.
    counted: HashMap<(Program, &'static str), f64>,
    failures: Vec<String>,
}

impl Meter {
    pub(crate) fn new() -> Meter {
        Meter {
            valgrind: callgrind::is_installed(),
            switched_off: None,
            counted: HashMap::new(),
            failures: Vec::new(),
        }
    }

    pub(crate) fn outcome(&mut self, row: &Row) -> Outcome {
        let result = self.try_outcome(row);
        result.unwrap_or_else(|failure| {
            self.failures.push(format!("{}: {failure}", row.name));
            Outcome {
                row: *row,
                measured: None,
                times_bare: None,
            }
        })
    }

    /// What the reader of the table is to know of how it came about.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.valgrind {
            remarks.push("valgrind was not found: no instructions, ratios of time only.".into());
        }
        if cfg!(debug_assertions) {
            remarks.push("This is an unoptimised build; the budgets are for `--release`.".into());
        }
        if !cfg!(target_arch = "x86_64") {
            remarks.push("The budgets are for x86_64.".into());
        }
        remarks.extend(self.failures.iter().cloned());
        remarks
    }

    fn try_outcome(&mut self, row: &Row) -> Result<Outcome, String> {
        let program = match row.counted {
            Counted::InstructionsOff => Program::SwitchedOff,
            Counted::Instructions | Counted::Allocations | Counted::TimeAlone => Program::Running,
        };
        let per = row.per as f64;
        let measured = match row.counted {
            Counted::Allocations => Some(
                self.ask(
                    program,
                    What::Allocations,
                    &row.bench,
                    ALLOCATING_ITERATIONS,
                )? / per,
            ),
            Counted::TimeAlone => None,
            _ if !self.valgrind => None,
            _ => {
                let less = row
                    .less
                    .map_or(Ok(0.0), |less| self.instructions(program, &less))?;
                Some((self.instructions(program, &row.bench)? - less) / per)
            }
        };
        let mut times_bare = None;
        if row.timed {
            let ratios = (0..PROCESSES).map(|_| self.ask(program, What::Time, &row.bench, ROUNDS));
            times_bare = Some(clock::median(ratios.collect::<Result<_, _>>()?) / per);
        }
        Ok(Outcome {
            row: *row,
            measured,
            times_bare,
        })
    }

    /// Instructions of one iteration: what is done once is in both counts and falls out.
    fn instructions(&mut self, program: Program, bench: &Bench) -> Result<f64, String> {
        if let Some(known) = self.counted.get(&(program, bench.name)) {
            return Ok(*known);
        }
        let path = self.path(program)?;
        let [few, many] = bench.counts;
        let difference = callgrind::instructions(&path, bench.name, many)? as f64
            - callgrind::instructions(&path, bench.name, few)? as f64;
        let one = difference / (many - few) as f64;
        self.counted.insert((program, bench.name), one);
        Ok(one)
    }

    fn ask(
        &mut self,
        program: Program,
        what: What,
        bench: &Bench,
        count: u64,
    ) -> Result<f64, String> {
        let output = Command::new(self.path(program)?)
            .args(Order::arguments(what, bench.name, count))
            .env("RUST_BACKTRACE", "0")
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        let number = said.trim().parse();
        number.map_err(|_| {
            format!(
                "{}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr).trim()
            )
        })
    }

    fn path(&mut self, program: Program) -> Result<PathBuf, String> {
        match program {
            Program::Running => std::env::current_exe().map_err(|error| error.to_string()),
            Program::SwitchedOff => self
                .switched_off
                .get_or_insert_with(switched_off::build)
                .clone(),
        }
    }
}
