//! Values read from debug information are what the program itself prints of them, for every type in one list.
#![cfg(all(
    feature = "native",
    target_os = "linux",
    target_arch = "x86_64",
    not(feature = "off")
))]

#[path = "native_golden/cases.rs"]
mod cases;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

#[test]
fn without_optimisation_each_value_is_what_its_debug_prints() {
    let report = cases::run();
    let is_wrong =
        |case: &&cases::Case| case.found.as_ref().map(shown).as_deref() != Some(&printed(case));
    let wrong: Vec<String> = report.iter().filter(is_wrong).map(described).collect();
    assert!(report.len() > 1000, "{}", report.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        report.len(),
        wrong.join("\n")
    );
}

#[test]
fn with_optimisation_each_value_is_right_or_says_that_it_is_not_whole() {
    let output = optimised("");
    assert!(output.contains(" values, "), "{output}");
    assert!(!output.contains("WRONG"), "{output}");
}

#[test]
#[ignore = "builds for minutes: see Contributing in the README"]
fn with_all_crates_optimised_as_one_too() {
    let output = optimised("lto = \"fat\"\ncodegen-units = 1\n");
    assert!(output.contains(" values, "), "{output}");
    assert!(!output.contains("WRONG"), "{output}");
}

#[test]
#[ignore = "what the test with gdb runs"]
fn scalars_for_a_debugger() {
    for case in cases::run_scalars() {
        let value = case
            .found
            .expect("without optimisation each variable is there");
        println!("OURS {}", case.name);
        println!("OURS-VALUE {value}");
        println!("OURS-NAMES {}", case.names.join(" "));
    }
}

#[test]
fn a_debugger_sees_the_same_names_and_values() {
    if Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("not compared: there is no gdb on this machine");
        return;
    }
    let script = "set pagination off\nset width 0\nbreak native_golden::cases::look\n\
        commands\nsilent\nup\nprint value\ninfo args\ninfo locals\ncontinue\nend\n\
        run scalars_for_a_debugger --exact --ignored --nocapture --test-threads=1\n";
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden.gdb");
    fs::write(&path, script).expect("a script");
    let output = Command::new("gdb")
        .args(["--nx", "--batch", "-x"])
        .arg(&path)
        .arg(env::current_exe().expect("this program"))
        .output()
        .expect("gdb runs");
    let output = String::from_utf8_lossy(&output.stdout);
    if !output.contains("OURS ") && output.contains("ptrace") {
        eprintln!("not compared: this machine forbids debuggers\n{output}");
        return;
    }
    let (mut theirs, mut names, mut compared) = (Vec::new(), Vec::new(), 0);
    let mut stops = Vec::new();
    for line in output.lines() {
        if let Some((start, value)) = line.split_once(" = ")
            && start.starts_with('$')
        {
            stops.push((std::mem::take(&mut names), value.to_owned()));
        } else if let Some((name, _)) = line.split_once(" = ")
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && let Some((names, _)) = stops.last_mut()
        {
            names.push(name.to_owned());
        }
        if let Some(value) = line.strip_prefix("OURS-VALUE ") {
            theirs.push(value.to_owned());
        }
        if let Some(ours) = line.strip_prefix("OURS-NAMES ") {
            let (seen, value) = &stops[compared];
            let mut ours: Vec<&str> = ours.split(' ').collect();
            let mut seen: Vec<&str> = seen.iter().map(String::as_str).collect();
            ours.sort_unstable();
            seen.sort_unstable();
            assert_eq!(ours, seen, "{output}");
            assert!(
                same(&theirs[compared], value),
                "{} {value}",
                theirs[compared]
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 25, "{output}");
}

/// Whether gdb means the same value: it prints a `char` with its number, and fewer digits of an `f32`.
fn same(ours: &str, theirs: &str) -> bool {
    if ours == theirs {
        return true;
    }
    if ours.starts_with('\'') {
        let number = theirs.split(' ').next().and_then(|n| n.parse::<u32>().ok());
        let char = number.and_then(char::from_u32);
        return char.is_some_and(|char| format!("{char:?}") == ours);
    }
    match (ours.parse::<f64>(), theirs.parse::<f64>()) {
        (Ok(ours), Ok(theirs)) => (ours - theirs).abs() <= 1e-6 * theirs.abs() || ours == theirs,
        _ => ours == "NaN" && theirs.starts_with("nan"),
    }
}

/// Runs the list in a program of its own, and gives what it says: see `MAIN`.
fn optimised(profile: &str) -> String {
    let name = if profile.is_empty() {
        "golden"
    } else {
        "golden_lto"
    };
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(root.join("src")).expect("a directory");
    let manifest = format!(
        "[package]\nname = \"native_golden\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nstacklens = {{ path = {library:?} }}\n\n[workspace]\n\n\
         [profile.release]\ndebug = 2\n{profile}"
    );
    let cases = library.join("tests/native_golden/cases.rs");
    fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(
        root.join("src/main.rs"),
        format!("#[path = {cases:?}]\nmod cases;\n{MAIN}"),
    )
    .expect("a program");
    fs::copy(library.join("Cargo.lock"), root.join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--release", "--quiet", "--offline"])
        .current_dir(&root)
        .env_remove("RUSTFLAGS")
        .env("CARGO_TARGET_DIR", root.join("target"))
        .output()
        .expect("cargo runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    assert!(output.status.success(), "{}", text(output.stderr));
    text(output.stdout)
}

const MAIN: &str = r#"
fn main() {
    let report = cases::run();
    let (mut right, mut marked) = (0, 0);
    for case in &report {
        let text = case.found.as_ref().map(|value| value.to_string());
        let printed = case.expected.replace("\"<locked>\"", "<locked>");
        match (text, &case.found) {
            (None, _) => marked += 1,
            (Some(text), _) if text == printed || text.starts_with("0x") => right += 1,
            (Some(text), _) if text.contains("0x") && text.contains("(native_golden::") => right += 1,
            (Some(_), Some(value)) if !value.is_complete() => marked += 1,
            (Some(text), _) => println!("WRONG {}: {text}\n      not {printed}", case.name),
        }
    }
    println!("{} values, {right} right, {marked} not whole", report.len());
}
"#;

fn described(case: &cases::Case) -> String {
    format!(
        "{}: {:?}\n     not {}",
        case.name, case.found, case.expected
    )
}

/// std puts what stands for a locked value in quotes, as if it were a text.
fn printed(case: &cases::Case) -> String {
    case.expected.replace("\"<locked>\"", "<locked>")
}

/// Without the names of functions behind their addresses, which `Debug` does not print.
fn shown(value: &stacklens::Value) -> String {
    let mut text = value.to_string();
    while let Some(start) = text.find(" (native_golden::") {
        let end = start + text[start..].find("increment)").expect("its name") + "increment)".len();
        text.replace_range(start..end, "");
    }
    text
}
