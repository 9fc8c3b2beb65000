//! The body of a test in a process of its own, of which standard error and the way it ends are looked at.

#![allow(dead_code)] // each test binary uses a part

use std::env;
use std::process::{Command, ExitStatus};
use std::thread;

const CHILD: &str = "STACKLENS_TEST_ENDED";

/// How a child ended.
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the body of the test that calls this in a process of its own, with these variables.
pub fn run(variables: &[(&str, &str)], arguments: &[&str], body: impl FnOnce()) -> Ended {
    let name = thread::current()
        .name()
        .expect("a test's thread has its name")
        .to_owned();
    if env::var_os(CHILD).is_some_and(|child| *child == *name) {
        body();
        std::process::exit(0);
    }
    let output = Command::new(env::current_exe().expect("the test's own path"))
        .args([&*name, "--exact", "--quiet"])
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .env_remove("STACKLENS")
        .env(CHILD, &name)
        .envs(variables.iter().copied())
        .output()
        .expect("the test binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ended {
        status: output.status,
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// What a child that ends well has written to standard error.
pub fn stderr(variables: &[(&str, &str)], body: impl FnOnce()) -> String {
    let ended = run(variables, &["--nocapture"], body);
    assert!(ended.status.success(), "{}\n{}", ended.status, ended.stderr);
    ended.stderr
}

pub fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

/// Panics on a thread of its own, which unwinds.
pub fn panic_on_thread(name: &str, body: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .expect("a thread");
    assert!(thread.join().is_err());
}
