//! A source file of the corpora: what its head says of it, and the variants it is compiled in.
//!
//! The head is made of the first lines that are comments:
//! ```text
//! // editions: 2018 2021 2024              (without it: all four) // does not forbid: unsafe_code
//!         (lints that it cannot be clean of) // not as a module: why                  (its
//! attributes are the crate's, or its paths go from the crate's root)
//! ```

use super::source_directory;
use std::fs;

pub const EDITIONS: [u32; 4] = [2015, 2018, 2021, 2024];

pub struct Source {
    pub name: String,
    pub editions: Vec<u32>,
    /// What `#![forbid(..)]` leaves out.
    pub allowed: Vec<String>,
    pub as_module: bool,
    text: String,
}

impl Source {
    /// All sources of a directory below `tests/`, by name.
    pub fn all(directory: &str) -> Vec<Source> {
        let directory = source_directory().join(directory);
        let entries = fs::read_dir(&directory).expect("a directory of sources");
        let mut all: Vec<Source> = entries
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
            .map(|path| {
                let name = path
                    .file_stem()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                Source::parse(name, fs::read_to_string(&path).expect("a source"))
            })
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    pub fn parse(name: String, text: String) -> Source {
        let head = || text.lines().take_while(|line| line.starts_with("//"));
        let words = |key: &str| {
            let line = head().find_map(|line| {
                line.strip_prefix("// ")?
                    .strip_prefix(key)?
                    .strip_prefix(':')
            });
            line.map(|rest| {
                rest.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
        };
        let editions = words("editions").map(|words| {
            words
                .iter()
                .map(|w| w.parse().expect("an edition"))
                .collect()
        });
        Source {
            editions: editions.unwrap_or_else(|| EDITIONS.to_vec()),
            allowed: words("does not forbid").unwrap_or_default(),
            as_module: words("not as a module").is_none(),
            name,
            text,
        }
    }

    /// As it is written.
    pub fn annotated(&self) -> String {
        self.text.clone()
    }

    /// Without the attribute; what is left keeps its lines. (An empty line between a function and
    /// its documentation is something that clippy remarks on.)
    pub fn plain(&self) -> String {
        // How the compiler shortens paths in messages depends on which crates are loaded.
        self.map_attributes(|_| "//".to_owned()) + "extern crate stacklens as _;\n"
    }

    /// With more options in each attribute that has none.
    pub fn with_options(&self, options: &str) -> String {
        self.map_attributes(|line| line.replace("frame]", &format!("frame({options})]")))
    }

    /// The whole file as one annotated module, and what is in it without the attribute unless that
    /// has options. Lines stay where they are.
    pub fn module(&self) -> Option<String> {
        let bare = |line: &str| line.trim().ends_with("frame]");
        let text = self.map_attributes(|line| if bare(line) { "//" } else { line }.to_owned());
        let module = || format!("#[stacklens::frame] pub mod whole {{ {text}\n}}\n");
        self.as_module.then(module)
    }

    /// The whole file as a module without the attribute.
    pub fn plain_module(&self) -> Option<String> {
        self.as_module
            .then(|| format!("pub mod whole {{ {}\n}}\n", self.plain()))
    }

    fn map_attributes(&self, mut map: impl FnMut(&str) -> String) -> String {
        let mut out = String::with_capacity(self.text.len());
        for line in self.text.lines() {
            if is_own(line) {
                out.push_str(&map(line));
            } else {
                out.push_str(line);
            }
            out.push('\n');
        }
        out
    }
}

/// Whether the line is our attribute and nothing else.
fn is_own(line: &str) -> bool {
    let line = line.trim();
    ["#[stacklens::frame", "#[::stacklens::frame", "#[frame"]
        .iter()
        .any(|own| line.starts_with(own))
        && line.ends_with(']')
        || line.starts_with("use stacklens::")
}
