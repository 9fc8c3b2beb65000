//! Where source lines come from when a program runs elsewhere than it was built. Each test runs a copy of this
//! program in a directory of its own, without Cargo.

use stacklens::report::{Failure, Kind, Report};
use stacklens::{Config, frame};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

const ROOT: &str = "STACKLENS_TEST_ROOT";
const BEGIN: &str = "\u{2}";

#[frame]
fn work(input: &str) -> Report {
    let report = Report::new(Kind::Error, Failure::new(input.to_owned())).with_stack(); // the line
    report
}

struct Carried;

/// A function with its lines in the program, by what it is in.
#[frame(embed)]
impl Carried {
    fn parse(text: &str /* a comment */) -> Result<u8, std::num::ParseIntError> {
        let größe = 1;
        // A comment.
        let number: u8 = text
            .trim_end_matches("longer than that, so that the chain has lines of its own")
            .parse()?;
        Ok(number + größe)
    }
}

/// The same for expressions.
fn carried_expressions() -> String {
    let block = stacklens::framed!(embed, "block", {
        // In a block.
        Report::new(Kind::Error, Failure::new("first")).with_stack()
    });
    let future = stacklens::framed!(embed, "future", async {
        Report::new(Kind::Error, Failure::new("second")).with_stack()
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(future) = std::pin::pin!(future).poll(&mut context) else {
        unreachable!("it waits for nothing")
    };
    format!("{block}\n{future}")
}

/// What the copies run.
#[test]
fn child() {
    let Some(root) = env::var_os(ROOT) else {
        return;
    };
    if !root.is_empty() {
        Config::new().roots([root]).install();
    }
    let carried = Report::of(&Carried::parse("x").unwrap_err());
    let expressions = carried_expressions();
    println!(
        "{BEGIN}{}{BEGIN}{carried}{BEGIN}{expressions}{BEGIN}",
        work("failed")
    );
    std::process::exit(0);
}

/// A directory with a copy of this program; gone at the end.
struct Elsewhere(PathBuf);

impl Elsewhere {
    fn new(name: &str) -> Elsewhere {
        let dir =
            env::temp_dir().join(format!("stacklens-elsewhere-{name}-{}", std::process::id()));
        fs::create_dir_all(dir.join("bin")).unwrap();
        fs::copy(env::current_exe().unwrap(), dir.join("bin/program")).unwrap();
        Elsewhere(dir)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The report of the copy, which is told of a root.
    fn report(&self, root: &str) -> String {
        self.reports(root).swap_remove(0)
    }

    /// That, the one of a function that carries its lines, and those of expressions that do.
    fn reports(&self, root: &str) -> Vec<String> {
        let mut command = Command::new(self.0.join("bin/program"));
        command
            .args(["child", "--exact", "--nocapture"])
            .current_dir(self.0.join("bin"))
            .env_remove("CARGO_MANIFEST_DIR")
            .env(ROOT, root);
        // A test beside this one that forked while the copy was written holds it open until it runs its own program.
        let output = loop {
            match command.output() {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                done => break done.unwrap(),
            }
        };
        let printed = String::from_utf8(output.stdout).unwrap();
        let reports: Vec<_> = printed.split(BEGIN).map(str::to_owned).collect();
        assert_eq!(reports.len(), 5, "{printed}");
        reports[1..4].to_vec()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn this_file() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report_sources.rs"))
        .unwrap()
}

const LINE: &str = "\n    let report = Report::new(Kind::Error, Failure::new(input.to_owned())).with_stack(); // the \
    line";

#[test]
fn without_the_file_a_report_is_whole_but_for_the_line() {
    let report = Elsewhere::new("missing").report("");
    assert!(
        report.contains(
            " in work\n    input = \"failed\", report = <not yet assigned>\nerror: failed"
        ),
        "{report}"
    );
    assert!(!report.contains("let report"), "{report}");
}

#[test]
fn expressions_can_carry_theirs() {
    let report = Elsewhere::new("expressions").reports("").swap_remove(2);
    for line in [
        "in block\n    {\nerror: first",
        "in future\n    Report::new(Kind::Error, Failure::new(\"second\")).with_stack()\nerror in task 'future': second",
    ] {
        assert!(report.contains(line), "{report}");
    }
}

const CARRIED: &str = r#"
    let number: u8 = text
                     ~~~~
        .trim_end_matches("longer than that, so that the chain has lines of its own")
        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        .parse()?;
        ~~~~~~~~^
    text = "x", größe = 1"#;

#[test]
fn a_function_can_carry_its_lines() {
    let elsewhere = Elsewhere::new("carried");
    let missing = elsewhere.reports("").swap_remove(1);
    assert!(missing.contains(CARRIED), "{missing}");
    // And rather those than others.
    elsewhere.file(
        "tests/report_sources.rs",
        this_file().replace("let number", "let another"),
    );
    let later = std::time::SystemTime::now() + Duration::from_secs(60);
    let file = fs::File::options()
        .write(true)
        .open(elsewhere.0.join("tests/report_sources.rs"));
    file.unwrap().set_modified(later).unwrap();
    let changed = elsewhere.reports("").swap_remove(1);
    assert_eq!(changed, missing);
}

#[test]
fn carried_lines_are_those_of_the_file() {
    let report = Report::of(&Carried::parse("x").unwrap_err());
    let from_file = report.to_string();
    assert!(from_file.contains(CARRIED), "{from_file}");
    assert!(!from_file.contains("changed"), "{from_file}");
}

#[test]
fn a_configured_root_has_the_file() {
    let report = Elsewhere::new("root").report(env!("CARGO_MANIFEST_DIR"));
    assert!(report.contains(LINE), "{report}");
    assert!(!report.contains("changed"), "{report}");
}

#[test]
fn so_has_a_directory_above_the_program() {
    let elsewhere = Elsewhere::new("above");
    elsewhere.file("tests/report_sources.rs", this_file());
    let report = elsewhere.report("");
    assert!(report.contains(LINE), "{report}");
}

#[test]
fn a_file_that_was_changed_is_said_to_be() {
    let elsewhere = Elsewhere::new("changed");
    elsewhere.file("tests/report_sources.rs", this_file());
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let file = fs::File::options()
        .write(true)
        .open(elsewhere.0.join("tests/report_sources.rs"))
        .unwrap();
    file.set_modified(later).unwrap();
    let report = elsewhere.report("");
    assert!(
        report.contains(" in work [file changed since the build]\n"),
        "{report}"
    );
    assert!(report.contains(LINE), "{report}");
}

#[test]
fn a_file_that_does_not_have_the_function_is_another_one() {
    let elsewhere = Elsewhere::new("other");
    elsewhere.file("tests/report_sources.rs", "// nothing\n".repeat(100));
    let report = elsewhere.report("");
    assert!(
        !report.contains("// nothing") && report.contains("error: failed"),
        "{report}"
    );
}

#[test]
fn bytes_that_are_no_text_do_not_matter_elsewhere_in_the_file() {
    let elsewhere = Elsewhere::new("bytes");
    let mut bytes = this_file().into_bytes();
    bytes.extend(b"// \xff\xfe\n");
    elsewhere.file("tests/report_sources.rs", bytes);
    let report = elsewhere.report("");
    assert!(report.contains(LINE), "{report}");
}

#[test]
fn a_directory_or_a_binary_in_its_place_has_no_lines() {
    for (name, bytes) in [("directory", None), ("binary", Some(b"\x7fELF\0\0"))] {
        let elsewhere = Elsewhere::new(name);
        match bytes {
            None => fs::create_dir_all(elsewhere.0.join("tests/report_sources.rs")).unwrap(),
            Some(bytes) => elsewhere.file("tests/report_sources.rs", bytes),
        }
        let report = elsewhere.report("");
        assert!(
            report.contains(" in work\n    input = \"failed\""),
            "{report}"
        );
    }
}
