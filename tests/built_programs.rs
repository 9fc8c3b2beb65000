//! What is decided when a program is built, as a user's cargo builds it: `STACKLENS=capture=..`, and
//! `panic = "abort"`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A package with a program, in a directory of its own.
struct Program {
    root: PathBuf,
}

impl Program {
    fn new(name: &str, profile: &str, main: &str) -> Program {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(root.join("src")).expect("a directory");
        let library = env!("CARGO_MANIFEST_DIR");
        let manifest = format!(
            "[package]\nname = \"program\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\nstacklens = {{ path = {library:?} }}\n\n[workspace]\n\n\
             [profile.dev]\ndebug = false\n{profile}\n"
        );
        fs::write(root.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(root.join("src/main.rs"), main).expect("a program");
        fs::copy(
            Path::new(library).join("Cargo.lock"),
            root.join("Cargo.lock"),
        )
        .expect("a lock file");
        Program { root }
    }

    /// Builds it while `STACKLENS` has this value.
    fn build(&self, variable: &str) {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--offline"])
            .current_dir(&self.root)
            .env_remove("RUSTFLAGS")
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("STACKLENS", variable)
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn run(&self, variable: &str, argument: &str) -> Output {
        Command::new(self.root.join("target/debug/program"))
            .arg(argument)
            .env_remove("RUST_BACKTRACE")
            .env("STACKLENS", variable)
            .output()
            .expect("the program runs")
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn what_was_built_in_is_shown_and_can_be_lowered_when_the_program_runs() {
    let main = r#"
        use stacklens::{currentframe, frame};

        #[derive(Debug)]
        struct Point(i32, i32);

        #[frame]
        fn by_default(point: &Point) -> String {
            format!("{} {}", point.0 + point.1, currentframe().unwrap().locals())
        }

        #[frame(capture = "cheap")]
        fn by_attribute(point: &Point) -> String {
            format!("{} {}", point.0 + point.1, currentframe().unwrap().locals())
        }

        fn main() {
            print!("{}, {}", by_default(&Point(1, 2)), by_attribute(&Point(1, 2)));
        }
    "#;
    let program = Program::new("capture", "", main);
    let printed = |variable| text(program.run(variable, "").stdout);

    let full = "3 {point: Point(1, 2)}, 3 {point: <opaque &Point>}";
    let cheap = "3 {point: <opaque &Point>}, 3 {point: <opaque &Point>}";
    program.build("capture=full");
    assert_eq!(printed(""), full);
    assert_eq!(printed("capture=full"), full);
    assert_eq!(printed("capture=cheap"), cheap);
    let none = "3 {point: <omitted: switched off>}, 3 {point: <omitted: switched off>}";
    assert_eq!(printed("capture=none"), none);

    program.build("color=never");
    assert_eq!(
        printed("capture=full"),
        cheap,
        "it has to be built in to be shown"
    );
}

#[test]
fn a_panic_that_aborts_is_reported_first_also_inside_of_catch() {
    let main = r#"
        use stacklens::{catch, frame, install};

        #[frame]
        fn divide(dividend: i32, divisor: i32) -> i32 {
            dividend / divisor
        }

        #[frame]
        #[allow(unconditional_recursion)]
        fn infinite(n: u64) -> u64 {
            1 + infinite(n + 1)
        }

        fn main() {
            match std::env::args().nth(1).unwrap().as_str() {
                "installed" => {
                    install();
                    divide(77, 0);
                }
                "caught" => {
                    let _ = catch(|| divide(77, 0));
                }
                _ => {
                    install();
                    infinite(0);
                }
            }
        }
    "#;
    let program = Program::new("abort", "panic = \"abort\"", main);
    program.build("");
    for case in ["installed", "caught"] {
        let output = program.run("", case);
        assert!(!output.status.success());
        let stderr = text(output.stderr);
        assert!(stderr.contains("dividend = 77"), "{case}:\n{stderr}");
        assert_eq!(
            stderr.matches("attempt to divide by zero").count(),
            1,
            "{case}:\n{stderr}"
        );
    }
    let output = program.run("", "recursion");
    assert!(!output.status.success());
    let stderr = text(output.stderr);
    assert!(
        stderr.contains("RecursionError: maximum recursion depth exceeded"),
        "{stderr}"
    );
}
