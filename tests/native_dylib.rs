//! A program that has this library in a Rust `dylib`: one stack for the code of both objects, checked and read across them.

#![cfg(all(
    feature = "native",
    target_arch = "x86_64",
    target_os = "linux",
    not(feature = "off")
))]

mod fresh;

use fresh::Workspace;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

const PACKAGE: &str = "native-dylib";
const LIBRARY: &str = "native-dylib-library";

fn workspace() -> Workspace {
    let source = |name: &str| {
        let path = fresh::source_directory().join("native_dylib").join(name);
        fs::read_to_string(path).expect("the program's source")
    };
    // No member of the program's workspace: of a dependency cargo makes a library that shares std.
    let mut library = Workspace::new("native_dylib_library");
    library
        .package(LIBRARY, 2024, "")
        .rust_dylib(source("library.rs"));
    library.write();
    let mut workspace = Workspace::new("native_dylib");
    let dependency = format!("{LIBRARY} = {{ path = {:?} }}\n", library.path(LIBRARY));
    let package = workspace.package(PACKAGE, 2024, &dependency);
    package.program(PACKAGE, "main", source("program.rs"));
    for (profile, inherited) in [("variants", "dev"), ("optimised", "release")] {
        let mut settings = format!("inherits = {inherited:?}\n");
        settings.push_str("debug = false\nincremental = false\nstrip = \"none\"\n");
        for package in [PACKAGE, LIBRARY] {
            settings += &format!("\n[profile.{profile}.package.{package}]\ndebug = 2\n");
        }
        workspace.profile(profile, &settings);
    }
    workspace.write();
    workspace
}

/// What the program prints.
fn run(workspace: &Workspace, profile: &str) -> String {
    let program = format!("{PACKAGE}-main");
    let output = workspace.cargo(&[
        "build",
        "--quiet",
        "--example",
        &program,
        "--profile",
        profile,
    ]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{profile}: {stderr}");
    let program = workspace.example(profile, PACKAGE, "main");
    let target = program.ancestors().nth(2).expect("a directory");
    let libraries = Command::new("rustc")
        .args(["--print", "target-libdir"])
        .output();
    let libraries = String::from_utf8(libraries.expect("rustc runs").stdout).expect("UTF-8");
    let directories = [
        target.to_owned(),
        target.join("deps"),
        PathBuf::from(libraries.trim()),
    ];
    let output = Command::new(&program)
        .env(
            "LD_LIBRARY_PATH",
            env::join_paths(directories).expect("paths"),
        )
        .env_remove("STACKLENS")
        .output()
        .expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{profile}: {}\n{stderr}",
        output.status
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn frames_of_both_objects_are_on_one_stack() {
    let workspace = workspace();
    for profile in ["variants", "optimised"] {
        let printed = run(&workspace, profile);
        let agrees = "the stacks agree: 7 of 7 recorded frames are on the native stack";
        for expected in [agrees, &format!("in a thread: {agrees}")] {
            let found = printed.lines().any(|line| line.starts_with(expected));
            assert!(found, "{profile}: not {expected}\n{printed}");
        }
        let path = "panicked in fails > inlined > generic > in_library > in_library";
        assert!(printed.contains(path), "{profile}: {printed}");
    }
}

#[test]
fn variables_of_both_objects_are_read() {
    let printed = run(&workspace(), "variants");
    for expected in [
        "    number: 5\n",
        "    list: [5, 6]",
        "    text: \"abc\"\n",
        "    of_program: [3]",
    ] {
        assert!(printed.contains(expected), "no {expected} in\n{printed}");
    }
}
