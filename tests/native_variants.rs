//! The native side in programs that are built and treated in every way: what can be known is, and what cannot says why.
//!
//! One program (`native_variants/child.rs`). Most variants differ by flags of its own compilation, so that dependencies
//! are compiled once a profile. `STACKLENS_TEST_ALL=1` adds the variants whose dependencies have to be compiled anew.

#![cfg(all(
    feature = "native",
    target_arch = "x86_64",
    target_os = "linux",
    not(feature = "off")
))]

mod fresh;

use fresh::Workspace;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PACKAGE: &str = "native-variants";

/// What is known of the program's functions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Known {
    /// Names and lines, of inlined functions too.
    All,
    /// Names of functions that were not inlined.
    Names,
    /// Nothing.
    Nothing,
}
use Known::*;

/// A way to build the program.
struct Variant {
    name: &'static str,
    profile: &'static str,
    flags: &'static str,
    known: Known,
    /// A part of what is said to be missing.
    missing: Option<&'static str>,
}

const fn variant(
    name: &'static str,
    profile: &'static str,
    flags: &'static str,
    known: Known,
    missing: Option<&'static str>,
) -> Variant {
    Variant {
        name,
        profile,
        flags,
        known,
        missing,
    }
}

const VARIANTS: &[Variant] = &[
    variant("plain", "variants", "-g", All, None),
    variant("dwarf5", "variants", "-g -Cdwarf-version=5", All, None),
    variant(
        "packed",
        "variants",
        "-g -Csplit-debuginfo=packed",
        All,
        None,
    ),
    variant(
        "packed-dwarf5",
        "variants",
        "-g -Csplit-debuginfo=packed -Cdwarf-version=5",
        All,
        None,
    ),
    variant(
        "unpacked",
        "variants",
        "-g -Csplit-debuginfo=unpacked",
        All,
        None,
    ),
    variant("limited", "variants", "-Cdebuginfo=1", All, None),
    variant(
        "lines",
        "variants",
        "-Cdebuginfo=line-tables-only",
        All,
        None,
    ),
    variant(
        "none",
        "variants",
        "-Cdebuginfo=0",
        Names,
        Some("no line: this function was compiled without debug information"),
    ),
    variant(
        "zlib",
        "variants",
        "-g -Clink-arg=-Wl,--compress-debug-sections=zlib",
        All,
        None,
    ),
    variant(
        "v0",
        "variants",
        "-g -Csymbol-mangling-version=v0",
        All,
        None,
    ),
    variant(
        "frame-pointers",
        "variants",
        "-g -Cforce-frame-pointers=yes",
        All,
        None,
    ),
    variant(
        "stripped-debuginfo",
        "variants",
        "-g -Cstrip=debuginfo",
        Names,
        Some("has no debug information, and no file with it was found"),
    ),
    variant(
        "stripped-symbols",
        "variants",
        "-g -Cstrip=symbols",
        Nothing,
        Some("no name: "),
    ),
    variant("release", "optimised", "-g", All, None),
    variant(
        "release-dwarf5",
        "optimised",
        "-g -Cdwarf-version=5",
        All,
        None,
    ),
    variant(
        "release-v0",
        "optimised",
        "-g -Csymbol-mangling-version=v0",
        All,
        None,
    ),
    variant(
        "release-stripped",
        "optimised",
        "-Cstrip=symbols",
        Nothing,
        Some("no name: "),
    ),
    variant(
        "release-packed",
        "optimised",
        "-g -Csplit-debuginfo=packed",
        All,
        None,
    ),
    variant("release-abort", "abort", "-g", All, None),
    variant("release-1", "optimised", "-g -Copt-level=1", All, None),
    variant("release-s", "optimised", "-g -Copt-level=s", All, None),
    variant("fat", "fat", "-g", All, None),
];

/// Those whose dependencies are compiled for them alone.
const DEAR: &[&str] = &["fat"];

fn workspace() -> Workspace {
    let mut workspace = Workspace::new("native_variants");
    let source = |name: &str| {
        let path = fresh::source_directory().join("native_variants").join(name);
        fs::read_to_string(path).expect("the program's source")
    };
    let package = workspace.package(PACKAGE, 2024, "libc = \"0.2\"\n");
    package.program(PACKAGE, "child", source("child.rs"));
    package.dynamic_library(PACKAGE, "plugin", source("plugin.rs"));
    // Cargo would strip everything where no dependency has debug information.
    let plain = "debug = false\nincremental = false\nstrip = \"none\"\n";
    for (name, inherited, more) in [
        ("variants", "dev", ""),
        ("optimised", "release", ""),
        ("abort", "release", "panic = \"abort\"\n"),
        ("fat", "release", "lto = \"fat\"\ncodegen-units = 1\n"),
    ] {
        let settings = format!("inherits = {inherited:?}\n{plain}{more}");
        workspace.profile(name, &settings);
    }
    workspace.write();
    workspace
}

/// Builds one of the crates and gives what was built.
fn build(workspace: &Workspace, crate_name: &str, profile: &str, flags: &str) -> PathBuf {
    let example = format!("{PACKAGE}-{crate_name}");
    let mut arguments = vec![
        "rustc",
        "--quiet",
        "-p",
        PACKAGE,
        "--example",
        &example,
        "--profile",
        profile,
        "--",
    ];
    arguments.extend(flags.split(' '));
    let output = workspace.cargo(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{flags}: {stderr}");
    let program = workspace.example(profile, PACKAGE, crate_name);
    if crate_name == "plugin" {
        return program.with_file_name(format!("lib{}.so", example.replace('-', "_")));
    }
    program
}

fn run(program: &Path, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .env_remove("STACKLENS")
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What is wrong with the print of a stack that `S::method` begins.
fn check_stack(printed: &str, known: Known, missing: Option<&str>) -> Result<(), String> {
    let has = |part: &str| printed.contains(part);
    let line = |name: &str| {
        let line = printed.lines().find(|line| line.contains(name));
        line.unwrap_or_default()
    };
    let named = |name: &str| !line(name).is_empty();
    let placed = |name: &str| line(name).contains("child.rs:");
    let functions = ["leaf", "S::method", "child::main"];
    // `<child::S>::method` by v0 names.
    let all = |test: &dyn Fn(&str) -> bool| {
        functions.iter().all(|name| match *name {
            "S::method" => test("S::method") || test("S>::method"),
            // Its frame may be gone: what it calls last it jumps to.
            "child::main" => true,
            name => test(name),
        })
    };
    let right = match known {
        All => all(&placed) && line("inlined in ").ends_with("(inlined)"),
        Names => all(&named) && !all(&placed),
        Nothing => !named("leaf") && has("[0] ? at 0x"),
    };
    let explained = match missing {
        Some(why) => has(why),
        None => !has("no line: ") && !has("no name: ") && !has("missing"),
    };
    if right && explained {
        return Ok(());
    }
    Err(format!("not {known:?}, missing {missing:?}:\n{printed}"))
}

/// The variables of the program's `with_locals`, as they print.
const VARIABLES: [(&str, &str); 4] = [
    ("number", "5"),
    ("text", "\"abc\""),
    ("list", "[1, 2, 3]"),
    ("order", "Order { id: 7, name: \"Ann\" }"),
];

/// What is to be known of variables.
#[derive(Clone, Copy, Debug)]
enum Values {
    /// All of them.
    All,
    /// With optimisation: what is shown is right, or says that it is not whole.
    Right,
    /// None, for a reason of which this is a part.
    None(&'static str),
}

impl Variant {
    fn values(&self) -> Values {
        let has = |flag: &str| self.flags.contains(flag);
        match self.missing {
            Some(why) if why.starts_with("no line: ") => {
                Values::None("compiled without debug information")
            }
            Some(_) => Values::None("has no debug information"),
            None if has("debuginfo=1") || has("line-tables-only") => Values::None("no variables: "),
            None if self.profile == "variants" => Values::All,
            None => Values::Right,
        }
    }
}

/// What is wrong with the print of `with_locals`.
fn check_values(printed: &str, values: Values) -> Result<(), String> {
    let value = |name: &str| {
        let line = format!("    {name}: ");
        printed.lines().find_map(|it| it.strip_prefix(&*line))
    };
    let is_marked = |value: &str| value.contains("<omitted") || value.contains("more");
    let is_right = |(name, expected): &(&str, &str)| match (values, value(name)) {
        (Values::All, value) => value == Some(*expected),
        (Values::Right, Some(value)) => value == *expected || is_marked(value),
        (Values::Right, None) => true,
        (Values::None(_), value) => value.is_none(),
    };
    let wrong: Vec<_> = VARIABLES.iter().filter(|it| !is_right(it)).collect();
    let said = match values {
        Values::None(why) => printed.contains(why),
        _ => printed.contains("with_locals") && !printed.contains("no variables: "),
    };
    if wrong.is_empty() && said {
        return Ok(());
    }
    Err(format!("not {values:?}: {wrong:?}\n{printed}"))
}

/// Annotated functions in each part of what the program checks.
const CHECKS: [(&str, usize, usize); 8] = [
    ("sync", 6, 6),
    ("recursive", 11, 11),
    ("limited", 11, 11),
    ("async", 3, 3),
    ("boxed", 3, 3),
    ("thread", 2, 2),
    ("c", 3, 3),
    ("leak", 2, 3),
];

fn check_verdicts(output: &Output) -> Result<(), String> {
    let stdout = text(&output.stdout);
    for (name, confirmed, recorded) in CHECKS {
        let line = stdout
            .lines()
            .find(|line| line.starts_with(&format!("{name}: ")));
        let agrees = if confirmed == recorded {
            "agree"
        } else {
            "disagree"
        };
        let expected = format!(
            "the stacks {agrees}: {confirmed} of {recorded} recorded frames are on the native stack"
        );
        if !line.is_some_and(|line| line.contains(&expected)) {
            return Err(format!(
                "{expected}, not\n{stdout}\n{}",
                text(&output.stderr)
            ));
        }
    }
    Ok(())
}

fn all() -> bool {
    std::env::var_os("STACKLENS_TEST_ALL").is_some()
}

#[test]
fn programs_in_every_variant_know_their_stacks() {
    let workspace = workspace();
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("native_variants");
    fs::create_dir_all(&kept).expect("a directory");
    let mut wrong = Vec::new();
    let chosen = VARIANTS.iter().filter(|v| all() || !DEAR.contains(&v.name));
    for variant in chosen {
        let Variant {
            name,
            profile,
            flags,
            known,
            missing,
        } = variant;
        let program = build(&workspace, "child", profile, flags);
        let stack = run(&program, &["stack"]);
        let mut fail = |why: String| {
            eprintln!("== {name}\n{why}");
            wrong.push(*name);
        };
        if let Err(why) = check_stack(&text(&stack.stdout), *known, *missing) {
            fail(format!("{why}{}", text(&stack.stderr)));
        }
        if let Err(why) = check_verdicts(&run(&program, &["check"])) {
            fail(why);
        }
        let locals = text(&run(&program, &["locals"]).stdout);
        if let Err(why) = check_values(&locals, variant.values()) {
            fail(why);
        }
        let copy = kept.join(name);
        let _ = fs::remove_file(&copy);
        fs::copy(&program, &copy).expect("a copy");
        if flags.contains("packed") {
            // The copy has lost its `.dwp`; the `.dwo` files are where they were.
            let stack = text(&run(&copy, &["stack"]).stdout);
            let right = match flags.contains("unpacked") {
                true => check_stack(&stack, All, None),
                false => check_stack(&stack, Names, Some("split debug information is missing: "))
                    .or_else(|_| {
                        match stack.contains("split debug information is missing: ")
                            && stack.contains("leaf")
                        {
                            true => Ok(()),
                            false => Err(stack.clone()),
                        }
                    }),
            };
            let locals = text(&run(&copy, &["locals"]).stdout);
            let values = match flags.contains("unpacked") {
                true => variant.values(),
                false => Values::None("split debug information is missing: "),
            };
            if let Err(why) = right.and_then(|()| check_values(&locals, values)) {
                fail(format!("alone: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}, see above");
    treated(&kept.join("plain"));
    plugin(&workspace, &kept);
}

/// The program after it was built.
fn treated(program: &Path) {
    let directory = program.with_file_name("treated");
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("a directory");
    let copy = |name: &str| {
        let copy = directory.join(name);
        fs::copy(program, &copy).expect("a copy");
        copy
    };
    let objcopy = |arguments: &[&str]| {
        let status = Command::new("objcopy")
            .args(arguments)
            .current_dir(&directory)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "objcopy {arguments:?}"
        );
    };
    let good = |program: &Path| {
        let stack = text(&run(program, &["stack"]).stdout);
        let locals = text(&run(program, &["locals"]).stdout);
        check_stack(&stack, All, None).and_then(|()| check_values(&locals, Values::All))
    };

    // Its debug information is in a file beside it.
    copy("linked");
    objcopy(&["--only-keep-debug", "linked", "linked.debug"]);
    objcopy(&[
        "--strip-all",
        "--add-gnu-debuglink=linked.debug",
        "linked",
        "stripped",
    ]);
    let stripped = directory.join("stripped");
    good(&stripped).unwrap();
    assert_eq!(check_verdicts(&run(&stripped, &["check"])), Ok(()));
    // Or in `.debug` there.
    fs::create_dir(directory.join(".debug")).expect("a directory");
    fs::rename(
        directory.join("linked.debug"),
        directory.join(".debug/linked.debug"),
    )
    .expect("moved");
    good(&stripped).unwrap();
    // One of another program is not believed.
    fs::write(
        directory.join("linked.debug"),
        fs::read("/proc/self/exe").expect("this test"),
    )
    .expect("a file");
    good(&stripped).unwrap();
    fs::remove_dir_all(directory.join(".debug")).expect("removed");
    let stack = text(&run(&stripped, &["stack"]).stdout);
    check_stack(&stack, Nothing, Some("no file with it was found")).unwrap();
    let locals = text(&run(&stripped, &["locals"]).stdout);
    check_values(&locals, Values::None("no file with it was found")).unwrap();

    // Compressed by other means than the linker's.
    copy("zstd");
    objcopy(&["--compress-debug-sections=zstd", "zstd"]);
    good(&directory.join("zstd")).unwrap();

    // The file is gone, or is another one, when it is asked for.
    for replacement in [None, Some("/proc/self/exe")] {
        let running = copy("running");
        let printed = while_it_waits(&running, &["wait"], || {
            fs::remove_file(&running).expect("removed");
            if let Some(other) = replacement {
                fs::copy(other, &running).expect("replaced");
            }
        });
        check_stack(&printed, All, None).unwrap();
        check_values(&printed, Values::All).unwrap();
    }
}

/// What a program prints that waits for `change` before it looks anything up.
fn while_it_waits(program: &Path, arguments: &[&str], change: impl FnOnce()) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("it is ready");
    change();
    drop(child.stdin.take());
    let mut printed = String::new();
    output.read_to_string(&mut printed).expect("text");
    assert!(child.wait().expect("it ends").success(), "{printed}");
    printed
}

/// A library that is loaded while the program runs.
fn plugin(workspace: &Workspace, kept: &Path) {
    let built = build(workspace, "plugin", "variants", "-g");
    let path = kept.join("plugin.so");
    let install = || {
        let _ = fs::remove_file(&path);
        fs::copy(&built, &path).expect("a copy");
    };
    install();
    let program = kept.join("plain");
    let name = path.to_str().expect("a path of text");
    let check = |printed: &str| {
        // Called back: the frames of both, in one stack; then the library by itself.
        for part in [
            "child::leaf in ",
            "in_plugin in ",
            "plugin.rs:",
            "child::plugin in ",
            "    of_plugin: [5, 6]",
        ] {
            assert!(printed.contains(part), "no {part} in\n{printed}");
        }
        let verdict = "plugin: the stacks agree: 1 of 1 recorded frame is on the native stack";
        assert!(printed.contains(verdict), "{printed}");
    };
    check(&text(&run(&program, &["plugin", name]).stdout));
    // Another file at its path is not believed.
    let printed = while_it_waits(&program, &["plugin", name, "wait"], || {
        fs::remove_file(&path).expect("removed");
        fs::copy(&program, &path).expect("replaced");
    });
    assert!(
        printed.contains("was replaced since it was loaded"),
        "{printed}"
    );
    assert!(printed.contains("child::leaf in "), "{printed}");
}
