//! Lines of the program's source files, read when a stack is printed.
//!
//! The files of the machine that runs the program need not be those it was built from: whatever is
//! missing, too large, or not text simply has no lines. Nothing here fails, waits for another
//! thread, or grows without bound.

use crate::code::Code;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Larger files are not source code.
const LARGEST_FILE: u64 = 4 << 20;
/// Text kept in memory. The files used longest ago make room.
const KEPT_BYTES: usize = 8 << 20;
/// Files remembered, the unreadable ones among them.
const KEPT_FILES: usize = 128;

/// A line of the file that a function is in, without the white space around it. `None` if it cannot
/// be read or is empty, or if the file found is not the one that the function was compiled from, as
/// far as can be told.
pub(crate) fn line_of(code: &Code, number: u32) -> Option<String> {
    let text = text(code.file())?;
    if !holds(&text, code.name(), code.first_line(), code.last_line()) {
        return None;
    }
    line(&text, number).map(str::to_owned)
}

fn line(text: &str, number: u32) -> Option<&str> {
    let line = text.lines().nth((number as usize).checked_sub(1)?)?.trim();
    (!line.is_empty()).then_some(line)
}

/// Whether a text may have a function of this name at these lines. A program that runs in another
/// project's directory finds that project's `src/main.rs`, and a file may have been edited since:
/// better no line than a wrong one.
fn holds(text: &str, name: &str, first_line: u32, last_line: u32) -> bool {
    // The name of `#[frame(name = "..")]` stands above the function.
    const ATTRIBUTES: usize = 8;
    let skip = (first_line as usize).saturating_sub(1 + ATTRIBUTES);
    let count = (last_line as usize).saturating_sub(skip);
    let (mut lines, mut found) = (0, false);
    for line in text.lines().skip(skip).take(count) {
        lines += 1;
        found = found || mentions(line, name);
    }
    found && lines == count
}

/// Whether `name` stands in a line as a word of its own.
fn mentions(line: &str, name: &str) -> bool {
    let in_word = |c: char| c == '_' || c.is_alphanumeric();
    line.match_indices(name).any(|(at, _)| {
        !line[..at].ends_with(in_word) && !line[at + name.len()..].starts_with(in_word)
    })
}

/// The file's text: from the cache, or from disk if the cache is in use by another thread or by a
/// frame below this one (a panic hook that prints while the cache is being filled must not wait for
/// itself).
fn text(file: &str) -> Option<Arc<str>> {
    static CACHE: Mutex<Cache> = Mutex::new(Cache::new());
    if let Ok(mut cache) = CACHE.try_lock()
        && let Some(known) = cache.get(file)
    {
        return known;
    }
    // Read without the lock: a file on a slow disk keeps nobody else waiting.
    let text = read(file).map(Arc::from);
    if let Ok(mut cache) = CACHE.try_lock() {
        cache.insert(file, text.clone());
    }
    text
}

/// Reads a file by its path as `file!()` gives it: a relative one is looked for in the working
/// directory and the ones above, because Cargo runs tests in the package's directory and gives
/// paths relative to the workspace's.
fn read(file: &str) -> Option<String> {
    let path = Path::new(file);
    if path.is_absolute() {
        return read_path(path);
    }
    let directory = std::env::current_dir().ok()?;
    directory
        .ancestors()
        .find_map(|directory| read_path(&directory.join(path)))
}

fn read_path(path: &Path) -> Option<String> {
    // Asked before opening: opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path)
        .ok()?
        .take(LARGEST_FILE)
        .read_to_end(&mut bytes)
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// Files by path, the one used last at the end.
struct Cache {
    files: Vec<(Box<str>, Option<Arc<str>>)>,
    bytes: usize,
}

impl Cache {
    const fn new() -> Cache {
        Cache {
            files: Vec::new(),
            bytes: 0,
        }
    }

    fn get(&mut self, file: &str) -> Option<Option<Arc<str>>> {
        let at = self.files.iter().position(|(path, _)| **path == *file)?;
        let used = self.files.remove(at);
        let text = used.1.clone();
        self.files.push(used);
        Some(text)
    }

    fn insert(&mut self, file: &str, text: Option<Arc<str>>) {
        if self.files.iter().any(|(path, _)| **path == *file) {
            return;
        }
        self.bytes += text.as_ref().map_or(0, |t| t.len());
        self.files.push((file.into(), text));
        while self.files.len() > KEPT_FILES || (self.bytes > KEPT_BYTES && self.files.len() > 1) {
            let (_, oldest) = self.files.remove(0);
            self.bytes -= oldest.map_or(0, |t| t.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_without_its_indentation() {
        let text = "one\n\ttwo  \n\nfour";
        assert_eq!(
            [1, 2, 3, 4].map(|n| line(text, n)),
            [Some("one"), Some("two"), None, Some("four")]
        );
        assert_eq!([0, 5, u32::MAX].map(|n| line(text, n)), [None; 3]);
    }

    #[test]
    fn this_file_is_found_wherever_cargo_runs_the_test() {
        let this = text(file!()).unwrap();
        assert!(
            line(&this, 1)
                .unwrap()
                .starts_with("//! Lines of the program's source files")
        );
        assert!(
            std::ptr::eq(&*this, &*text(file!()).unwrap()),
            "from the cache"
        );
    }

    #[test]
    fn a_file_that_does_not_have_the_function_there_is_another_one() {
        let text = "mod a;\n\n#[frame]\nfn parse() {\n    one();\n}\n";
        assert!(holds(text, "parse", 4, 6));
        assert!(!holds(text, "eval", 4, 6), "another function");
        assert!(
            !holds(text, "par", 4, 6) && !holds(text, "arse", 4, 6),
            "part of another name"
        );
        assert!(!holds(text, "parse", 5, 7), "too short");
        assert!(!holds(text, "parse", 40, 60));
        assert!(!holds("", "parse", 0, u32::MAX));
        let far = format!("fn parse() {{}}\n{}", "\n".repeat(50));
        assert!(!holds(&far, "parse", 30, 33), "elsewhere in the file");
        assert!(
            holds("#[frame(name = \"top\")]\nfn parse() {\n}", "top", 2, 3),
            "named by its attribute"
        );
    }

    #[test]
    fn what_cannot_be_read_has_no_lines() {
        for path in ["src/no_such_file.rs", "?", "", "/", "src"] {
            assert_eq!(text(path), None, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_a_file_is_not_opened() {
        assert_eq!(text("/dev/zero"), None);
    }

    #[test]
    fn bytes_that_are_not_text_have_no_lines() {
        let path = std::env::temp_dir().join(format!("stacklens-source-{}", std::process::id()));
        std::fs::write(&path, b"fn main() {} // \xff\n").unwrap();
        assert_eq!(text(path.to_str().unwrap()), None);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn the_cache_keeps_what_was_used_last_within_its_bounds() {
        let mut cache = Cache::new();
        let large: Arc<str> = "x".repeat(KEPT_BYTES / 2).into();
        for name in ["a", "b"] {
            cache.insert(name, Some(large.clone()));
        }
        assert!(cache.get("a").is_some());
        cache.insert("c", Some(large.clone()));
        assert!(cache.get("b").is_none(), "used longest ago");
        assert!(cache.get("a").is_some() && cache.get("c").is_some());
        assert_eq!(cache.bytes, KEPT_BYTES);
        for i in 0..2 * KEPT_FILES {
            cache.insert(&i.to_string(), None);
        }
        assert_eq!((cache.files.len(), cache.bytes), (KEPT_FILES, 0));
        assert_eq!(
            cache.get("255"),
            Some(None),
            "that a file is missing is remembered"
        );
    }
}
