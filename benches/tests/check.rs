//! The program as it is run, on its own rows of allocations: they need neither valgrind nor an optimised
//! build.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stacklens-benches"))
        .args(arguments)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_row_over_its_budget_exits_with_1_when_checked() {
    let output = run(&["--filter", "control", "--check"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let line = text(&output)
        .lines()
        .find(|line| line.contains("control"))
        .unwrap()
        .to_owned();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>()[5..],
        ["1.0", "<=", "0", "OVER"],
        "the control allocates once a call"
    );
}

#[test]
fn the_same_row_is_printed_without_failing_when_not_checked() {
    assert_eq!(run(&["--filter", "control"]).status.code(), Some(0));
}

#[test]
fn rows_within_their_budget_pass_the_check() {
    let output = run(&["--filter", "allocations per", "--check", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let rows: serde_json::Value = serde_json::from_str(&text(&output)).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 2, "the control is shown to whoever names it");
    assert!(
        rows.iter()
            .all(|row| row["measured"] == 0.0 && row["verdict"] == "ok"),
        "{rows:?}"
    );
}

#[test]
fn what_is_not_an_option_is_refused() {
    let output = run(&["--chekc"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown option `--chekc`"));
}
