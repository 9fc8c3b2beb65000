//! Flame graphs, by the `inferno` crate.

use inferno::flamegraph::{self, Options};
use std::collections::BTreeMap;
use std::io;

pub(super) fn write(stacks: &BTreeMap<String, u64>, output: impl io::Write) -> io::Result<()> {
    let lines: Vec<String> = stacks
        .iter()
        .map(|(stack, nanoseconds)| format!("{stack} {nanoseconds}"))
        .collect();
    let mut options = Options::default();
    options.title = "Calls".to_owned();
    options.count_name = "ns".to_owned();
    flamegraph::from_lines(&mut options, lines.iter().map(String::as_str), output)
        .map_err(io::Error::other)
}
