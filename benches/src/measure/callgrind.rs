//! Instructions, counted by valgrind's callgrind.

use crate::child::{COLLECTED, Order, What};
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) fn is_installed() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// How many instructions `program` runs in `count` iterations of the bench: on its thread alone and inside
/// the collected function alone, so that start-up, set-up and the collectors of some peers stay out.
pub(crate) fn instructions(program: &Path, bench: &str, count: u64) -> Result<u64, String> {
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--quiet",
            "--callgrind-out-file=/dev/stdout",
        ])
        .arg(format!("--toggle-collect=*{COLLECTED}*"))
        .arg(program)
        .args(Order::arguments(What::Run, bench, count))
        .env("RUST_BACKTRACE", "0")
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "valgrind ended with {}: {}",
            output.status,
            said.trim()
        ));
    }
    total(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| "no total in what callgrind wrote".to_owned())
}

fn total(profile: &str) -> Option<u64> {
    profile
        .lines()
        .find_map(|line| line.strip_prefix("totals:"))?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_found_among_the_other_lines() {
        assert_eq!(
            total("events: Ir\nfn=(1) main\n1 22\n\ntotals: 4406\n"),
            Some(4406)
        );
        assert_eq!(total("events: Ir\n"), None);
    }
}
