//! Flame graphs, by the `inferno` crate.

use inferno::flamegraph::{self, Options};
use std::collections::BTreeMap;
use std::io;

pub(super) fn write(stacks: &BTreeMap<String, u64>, output: impl io::Write) -> io::Result<()> {
    let line = |(stack, count): (&String, &u64)| format!("{stack} {count}");
    let lines: Vec<String> = stacks.iter().map(line).collect();
    let mut options = Options::default();
    options.title = "Samples".to_owned();
    options.count_name = "samples".to_owned();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), output)
        .map_err(io::Error::other)
}
