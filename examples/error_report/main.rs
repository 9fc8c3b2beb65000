//! A program that fails in five ways, each told in full: it reads a configuration file, follows its includes, parses and
//! validates it.
//!
//! `cargo run --example error_report -- FILE` reads a file of yours; without one it goes through those in `examples/data/reports`.
//! `--json` and `--html FILE` write the last report in another form.

mod config;

use config::Config;
use stacklens::{Result, ResultExt, frame, report::Report};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What it is given, in the order of the ways to fail.
const SAMPLES: [&str; 6] = [
    "good.conf",
    "missing-include.conf",
    "no-value.conf",
    "port.conf",
    "loop.conf",
    "many.conf",
];

#[frame]
fn check(file: &Path) -> Result<Config> {
    let config = Config::read(file).with_context(|| format!("{} is no good", file.display()))?;
    config.validate()?;
    Ok(config)
}

struct Options {
    json: bool,
    html: Option<PathBuf>,
    files: Vec<PathBuf>,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Options {
        let mut options = Options {
            json: false,
            html: None,
            files: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            match &*argument {
                "--json" => options.json = true,
                "--html" => options.html = arguments.next().map(PathBuf::from),
                _ => options.files.push(argument.into()),
            }
        }
        if options.files.is_empty() {
            let folder = Path::new("examples/data/reports");
            options.files = SAMPLES.iter().map(|name| folder.join(name)).collect();
        }
        options
    }
}

fn main() -> ExitCode {
    stacklens::install();
    let options = Options::parse(std::env::args().skip(1));
    let mut last: Option<Report> = None;
    for file in &options.files {
        println!("--- {}", file.display());
        match check(file) {
            Ok(config) => println!("{config}\n"),
            Err(error) => {
                println!("{error:?}\n");
                last = Some(error.report());
            }
        }
    }
    if let (true, Some(report)) = (options.json, &last) {
        println!("{}", report.to_json_pretty());
    }
    #[cfg(feature = "html")]
    if let (Some(file), Some(report)) = (&options.html, &last)
        && let Err(error) = std::fs::write(file, report.to_html())
    {
        eprintln!("{} cannot be written: {error}", file.display());
    }
    ExitCode::SUCCESS
}
