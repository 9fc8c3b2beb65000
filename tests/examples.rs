//! Every example prints what its snapshot says: `tests/snapshots/examples/NAME.stdout`.
//!
//! `STACKLENS_BLESS=1 cargo test --test examples` writes them anew; look at what changed before you keep it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// Runs an example as the README tells a reader to.
fn check(name: &str) {
    check_with(name, name, &[]);
}

/// Runs an example with options, and compares what it prints with the snapshot of this name; on standard error too, where
/// there is a snapshot of that.
fn check_with(name: &str, snapshot: &str, options: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--example", name])
        .args(features(name))
        .arg("--")
        .args(options)
        .current_dir(root)
        // What the reader's shell asks for is not part of what an example prints.
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE")
        .env_remove("STACKLENS")
        .output()
        .expect("cargo runs");
    let stderr = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{name}: {}\n{stderr}", run.status);
    let printed = String::from_utf8(run.stdout).expect("examples print UTF-8");

    let snapshot = root
        .join("tests/snapshots/examples")
        .join(snapshot)
        .with_extension("stdout");
    if env::var_os("STACKLENS_BLESS").is_some() {
        fs::create_dir_all(snapshot.parent().expect("a directory"))
            .expect("a directory to write to");
        fs::write(&snapshot, printed).expect("a snapshot to write");
        // Threads have other numbers each time.
        if !stderr.is_empty() && name != "watchdog" {
            fs::write(snapshot.with_extension("stderr"), &*stderr).expect("a snapshot to write");
        }
        return;
    }
    if let Ok(expected) = fs::read_to_string(snapshot.with_extension("stderr")) {
        assert!(
            stderr == expected,
            "{name} prints something else on standard error than {}\n{stderr}",
            snapshot.with_extension("stderr").display(),
        );
    }
    let expected = fs::read_to_string(&snapshot).unwrap_or_default();
    assert!(
        printed == expected,
        "{name} prints something else than {}; if that is right, run again with STACKLENS_BLESS=1\n{printed}",
        snapshot.display(),
    );
}

/// What else the example's first lines tell a reader to type.
fn features(name: &str) -> &'static [&'static str] {
    match name {
        "recursion" => &["--features", "grow"],
        _ => &[],
    }
}

#[test]
#[cfg(all(feature = "native", target_os = "linux", target_arch = "x86_64"))]
fn tour_with_native_frames() {
    let broken = "examples/data/shipping_broken.cfg";
    check_with("tour", "tour_native", &["--native", broken]);
}

macro_rules! examples {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_example_has_a_test() {
            let tested = [$(stringify!($name)),*];
            let examples = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
            for example in examples.expect("the examples") {
                let path = example.expect("an entry").path();
                let is_example = path.extension().is_some_and(|extension| extension == "rs")
                    || path.join("main.rs").exists();
                let name = path.file_stem().expect("a name").to_string_lossy();
                assert!(!is_example || tested.contains(&&*name), "{name} is not tested");
            }
        }
    };
}

examples! {
    async_frames
    call_stack
    call_timeline
    crosscheck
    current_depth
    current_frame
    enhanced_traceback
    error_messages
    error_report
    frame_chain
    generators
    log_calls
    native_locals
    panic_report
    quick_start
    recursion
    show_frame_info
    task_dump
    tour
    traceback
    watchdog
}
