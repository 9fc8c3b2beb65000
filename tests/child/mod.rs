//! A test's body in a process of its own: for what ends the process, changes all of it, or must not
//! meet other tests.

use std::env;
use std::process::{Command, Stdio};
use std::thread;

const CHOSEN: &str = "STACKLENS_TEST_CHILD";
/// Before it the test harness of the child has printed its own lines.
const BEGIN: &str = "\u{2}";

/// Whether the run is under a sanitizer or an emulator (`scripts/sanitize.sh` says so): a region
/// costs memory there, and every call a hundred times as much.
#[allow(dead_code)] // not in each file that has this module
pub(crate) fn slow() -> bool {
    env::var_os("STACKLENS_TEST_SLOW").is_some()
}

/// Runs the body of the test that calls this in a child process, which is the same test of the same
/// binary again; gives what it printed.
///
/// # Panics
/// If the child fails.
pub(crate) fn run(body: impl FnOnce()) -> String {
    let current = thread::current();
    let name = current
        .name()
        .expect("the harness names a test's thread after the test");
    if env::var_os(CHOSEN).is_some_and(|chosen| chosen == name) {
        println!("{BEGIN}");
        body();
        // What the harness prints is not the test's.
        std::process::exit(0);
    }
    let output = Command::new(env::current_exe().expect("the test's own path"))
        .args([name, "--exact", "--nocapture", "--quiet"])
        .env(CHOSEN, name)
        .stdin(Stdio::null())
        .output()
        .expect("the test binary runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success(),
        "{}\n{stdout}\n{stderr}",
        output.status
    );
    let (_, printed) = stdout.split_once(BEGIN).expect("the child ran the test");
    printed.trim().to_owned()
}
