//! `STACKLENS=capture=..` when a program is built, as a user's cargo does it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const MAIN: &str = r#"
use stacklens::{currentframe, frame};

#[derive(Debug)]
struct Point(i32, i32);

#[frame]
fn show(point: &Point) -> String {
    format!("{} {}", point.0 + point.1, currentframe().unwrap().locals())
}

mod inner {
    #[stacklens::frame(capture = "cheap")]
    pub fn show(point: &super::Point) -> String {
        format!("{} {}", point.0, stacklens::currentframe().unwrap().locals())
    }
}

fn main() {
    println!("{}", show(&Point(1, 2)));
    println!("{}", inner::show(&Point(1, 2)));
}
"#;

/// What the program prints that is built and run with this variable.
fn printed(root: &Path, build: &str, run: &str) -> String {
    let cargo = |arguments: &[&str], variable: &str| {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(root)
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_DIR", root.join("target"))
            .env("STACKLENS", variable)
            .output()
            .expect("cargo runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    cargo(&["build", "--quiet", "--offline"], build);
    let program = root.join("target/debug/program");
    let output = Command::new(program)
        .env("STACKLENS", run)
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn what_was_built_in_is_shown_and_can_be_lowered_when_the_program_runs() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capture_environment");
    fs::create_dir_all(root.join("src")).expect("a directory");
    let library = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nstacklens = {{ path = {library:?} }}\n\n[workspace]\n\n\
         [profile.dev]\ndebug = false\n"
    );
    fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(root.join("src/main.rs"), MAIN).expect("a program");
    fs::copy(
        Path::new(library).join("Cargo.lock"),
        root.join("Cargo.lock"),
    )
    .expect("a lock file");

    let cheap = "1 {point: <opaque &Point>}\n";
    let full = format!("3 {{point: Point(1, 2)}}\n{cheap}");
    assert_eq!(printed(&root, "capture=full", ""), full);
    assert_eq!(printed(&root, "capture=full", "capture=full"), full);
    let lowered = format!("3 {{point: <opaque &Point>}}\n{cheap}");
    assert_eq!(printed(&root, "capture=full", "capture=cheap"), lowered);
    let none = "3 {point: <omitted: switched off>}\n1 {point: <omitted: switched off>}\n";
    assert_eq!(printed(&root, "capture=full", "capture=none"), none);
    assert_eq!(
        printed(&root, "", "capture=full"),
        lowered,
        "it has to be there to be shown"
    );
}
