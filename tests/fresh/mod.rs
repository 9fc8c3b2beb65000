//! Fresh crates: sources below `tests/` compiled as a user's are, by cargo, with a path dependency
//! on this library.
//!
//! Workspaces lie in cargo's directory for the temporary files of tests. All share one target
//! directory, so that the library is compiled once; files are rewritten only if they changed, so
//! that a second run finds nothing to do.

#![allow(dead_code)] // each test binary uses a part

pub mod diagnostics;
pub mod parity;
pub mod source;

use diagnostics::Diagnostic;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// A workspace in the making.
pub struct Workspace {
    root: PathBuf,
    packages: BTreeMap<String, Package>,
    profiles: String,
}

/// A package of the workspace. Its crates are examples: each has a root, and so crate-level
/// attributes, of its own.
#[derive(Default)]
pub struct Package {
    edition: u32,
    features: Vec<String>,
    manifest: String,
    targets: String,
    /// The source of its own library, and what the manifest says of it.
    library: Option<(String, &'static str)>,
    sources: BTreeMap<String, String>,
}

impl Workspace {
    pub fn new(name: &str) -> Workspace {
        Workspace {
            root: directory().join(name),
            packages: BTreeMap::new(),
            profiles: String::new(),
        }
    }

    /// A build profile besides cargo's own.
    pub fn profile(&mut self, name: &str, settings: &str) {
        let _ = write!(self.profiles, "\n[profile.{name}]\n{settings}");
    }

    /// The package of that name; `manifest` is what its `Cargo.toml` has besides its name and
    /// targets.
    pub fn package(&mut self, name: &str, edition: u32, manifest: &str) -> &mut Package {
        let package = self.packages.entry(name.to_owned()).or_default();
        package.edition = edition;
        manifest.clone_into(&mut package.manifest);
        package
    }

    pub fn has(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    /// Where a package is written to.
    pub fn path(&self, package: &str) -> PathBuf {
        self.root.join(package)
    }

    /// Writes all packages.
    pub fn write(&self) {
        let mut members = String::new();
        for (name, package) in &self.packages {
            let _ = write!(members, "{name:?}, ");
            package.write(name, &self.root.join(name));
        }
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = [{members}]\n\n\
             [profile.dev]\ndebug = false\nincremental = false\n{}",
            self.profiles
        );
        write(&self.root.join("Cargo.toml"), &manifest);
        let lock = self.root.join("Cargo.lock");
        if !lock.exists() {
            write(&lock, &locked_versions());
        }
    }

    /// `cargo` with these arguments, from the workspace's root. It need not succeed.
    pub fn cargo(&self, arguments: &[&str]) -> Output {
        let (command, rest) = arguments.split_first().expect("a command");
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .arg(command)
            .arg("--target-dir")
            .arg(directory().join("target"))
            .args(rest)
            .current_dir(&self.root);
        // What the cargo that runs this test has set for its own packages.
        for (name, _) in env::vars()
            .filter(|(name, _)| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_BIN_"))
        {
            cargo.env_remove(name);
        }
        for name in [
            "CARGO_TARGET_DIR",
            "CARGO_MANIFEST_DIR",
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
        ] {
            cargo.env_remove(name);
        }
        cargo.output().expect("cargo runs")
    }

    /// Runs a program that was built before.
    pub fn run_example(&self, package: &str, name: &str) -> Output {
        let program = directory()
            .join("target/debug/examples")
            .join(format!("{package}-{name}"));
        Command::new(&program)
            .current_dir(&self.root)
            .output()
            .unwrap_or_else(|e| panic!("{}: {e}", program.display()))
    }

    /// A program that was built with a profile.
    pub fn example(&self, profile: &str, package: &str, name: &str) -> PathBuf {
        let directory = directory().join("target").join(match profile {
            "dev" => "debug",
            other => other,
        });
        directory.join("examples").join(format!("{package}-{name}"))
    }

    /// What the compiler says of each crate of the packages, by the crate's name. Fails if cargo
    /// could not even begin.
    pub fn diagnostics(
        &self,
        command: &str,
        packages: &[String],
    ) -> BTreeMap<String, Vec<Diagnostic>> {
        let mut arguments = vec![
            command,
            "--examples",
            "--keep-going",
            "--message-format=json",
        ];
        for package in packages {
            arguments.extend(["-p", package]);
        }
        let output = self.cargo(&arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let mut messages = diagnostics::parse(&String::from_utf8_lossy(&output.stdout));
        let targets = packages.iter().flat_map(|name| {
            self.packages[name]
                .sources
                .keys()
                .map(move |e| format!("{name}-{e}"))
        });
        targets
            .map(|target| {
                assert!(
                    messages.seen.contains(&target),
                    "cargo {command} did not compile {target}:\n{stderr}"
                );
                let said = messages.by_target.remove(&target).unwrap_or_default();
                (target, said)
            })
            .collect()
    }
}

impl Package {
    /// Asks for a feature of this library.
    pub fn feature(&mut self, name: &str) {
        self.features.push(name.to_owned());
    }

    /// Adds a library crate.
    pub fn library(&mut self, package: &str, name: &str, source: String) {
        self.target(package, name, source, "crate-type = [\"lib\"]\n");
    }

    /// Adds a program.
    pub fn program(&mut self, package: &str, name: &str, source: String) {
        self.target(package, name, source, "");
    }

    /// Adds a program that is a test harness.
    pub fn tests(&mut self, package: &str, name: &str, source: String) {
        self.target(package, name, source, "test = true\n");
    }

    /// Adds a library that is loaded at run time.
    pub fn dynamic_library(&mut self, package: &str, name: &str, source: String) {
        self.target(package, name, source, "crate-type = [\"cdylib\"]\n");
    }

    /// Makes the package's own library one of macros.
    pub fn proc_macro(&mut self, source: String) {
        self.library = Some((source, "proc-macro = true\n"));
    }

    /// Makes the package's own library one of Rust code that is loaded at run time.
    pub fn rust_dylib(&mut self, source: String) {
        self.library = Some((source, "crate-type = [\"dylib\"]\n"));
    }

    fn target(&mut self, package: &str, name: &str, source: String, more: &str) {
        let _ = write!(
            self.targets,
            "[[example]]\nname = \"{package}-{name}\"\npath = \"{name}.rs\"\n{more}\n"
        );
        self.sources.insert(name.to_owned(), source);
    }

    fn write(&self, name: &str, directory: &Path) {
        let library = env!("CARGO_MANIFEST_DIR");
        let Package {
            edition,
            features,
            manifest,
            targets,
            ..
        } = self;
        let (source, kind) = match &self.library {
            Some((source, kind)) => (&**source, *kind),
            None => ("", ""),
        };
        let manifest = format!(
            "[package]\nname = {name:?}\nversion = \"0.0.0\"\nedition = \"{edition}\"\npublish = false\n\
             autoexamples = false\n\n[lib]\npath = \"lib.rs\"\n{kind}\n\
             [dependencies]\nstacklens = {{ path = {library:?}, features = {features:?} }}\n{manifest}\n\n{targets}"
        );
        write(&directory.join("Cargo.toml"), &manifest);
        write(&directory.join("lib.rs"), source);
        for (name, source) in &self.sources {
            write(&directory.join(name).with_extension("rs"), source);
        }
    }
}

/// `tests/` of the repository.
pub fn source_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fresh")
}

/// A lock file, without which each new directory would take the newest version of each dependency:
/// the versions of this repository, and of `tests/fresh/Cargo.lock` what only fresh crates depend on.
/// Cargo leaves out what is not needed.
fn locked_versions() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut packages = BTreeMap::new();
    for lock in [
        source_directory().join("fresh/Cargo.lock"),
        root.join("Cargo.lock"),
    ] {
        let text = fs::read_to_string(lock).unwrap_or_default();
        let all = text.split("[[package]]").skip(1).map(str::trim);
        for package in all.filter(|package| package.contains("\nsource = ")) {
            // `name = ".."` and `version = ".."`; what it depends on may be said differently.
            let identity = package.lines().take(2).collect::<String>();
            packages.insert(identity, package.to_owned());
        }
    }
    let entries = packages
        .values()
        .map(|package| format!("\n[[package]]\n{package}\n"));
    "version = 4\n".to_owned() + &entries.collect::<String>()
}

/// Writes the file if it has other content: cargo goes by the time of the last change.
fn write(path: &Path, content: &str) {
    if fs::read_to_string(path).is_ok_and(|present| present == content) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory to write to");
    fs::write(path, content).expect("a file to write");
}
