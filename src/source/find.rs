//! Where a source file is on the machine that runs the program.

use super::cache::{self, File};
use once_cell::race::OnceBox;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::SystemTime;

/// Larger files are not source code.
const LARGEST_FILE: u64 = 4 << 20;

/// Directories that were configured. Whatever this points to is never freed: readers take no lock, and may be a panic hook
/// or a child of `fork`.
static ROOTS: AtomicPtr<Vec<PathBuf>> = AtomicPtr::new(ptr::null_mut());

/// Looks for source files below these directories first, instead of those of an earlier call: for programs
/// that run elsewhere than they were built.
///
/// A path is looked for as a whole and by its ends: with the root `/srv/app`,
/// `/build/machine/app/src/main.rs` is found as `/srv/app/src/main.rs`.
///
/// Waits for nobody. Files read before are read again.
pub(crate) fn set_roots(roots: Vec<PathBuf>) {
    let roots = if roots.is_empty() {
        ptr::null_mut()
    } else {
        Box::into_raw(Box::new(roots))
    };
    ROOTS.store(roots, Ordering::Release);
    cache::clear();
}

fn roots() -> &'static [PathBuf] {
    // SAFETY: `set_roots` alone stores here, pointers to boxes that are never freed.
    unsafe { ROOTS.load(Ordering::Acquire).as_ref() }.map_or(&[], |roots| roots)
}

/// Reads a file by its path as `file!()` gives it: as Cargo knows it, relative to the workspace, or
/// absolute.
///
/// Looked for, in this order, below each configured root (by shorter and shorter ends of the path, as the
/// build machine may have had other directories), at the path itself if it is absolute, or else in the
/// directories of the package that Cargo runs, of the executable, and the current one, and in all above
/// these: Cargo keeps executables below the workspace and runs tests in the package's directory.
pub(super) fn read(file: &str) -> Option<File> {
    let path = Path::new(file);
    let configured = roots()
        .iter()
        .flat_map(|root| ends(path).map(|end| root.join(end)));
    configured
        .chain(usual(path))
        .find_map(|candidate| read_path(&candidate))
}

/// `a/b/c.rs`, `b/c.rs`, `c.rs`, without a leading `/`.
fn ends(path: &Path) -> impl Iterator<Item = PathBuf> {
    let parts: Vec<_> = path
        .components()
        .filter(|part| matches!(part, std::path::Component::Normal(_)))
        .collect();
    (0..parts.len()).map(move |from| parts[from..].iter().collect())
}

fn usual(path: &Path) -> Vec<PathBuf> {
    if path.is_absolute() {
        return vec![path.to_owned()];
    }
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let program = std::env::current_exe().ok();
    let program = program
        .as_deref()
        .and_then(Path::parent)
        .map(Path::to_owned);
    let starts = [package, program, std::env::current_dir().ok()];
    let above = |start: &PathBuf| {
        start
            .ancestors()
            .map(|dir| dir.join(path))
            .collect::<Vec<_>>()
    };
    starts.iter().flatten().flat_map(above).collect()
}

fn read_path(path: &Path) -> Option<File> {
    // Asked before opening: opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_FILE {
        return None;
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok()?;
    file.take(LARGEST_FILE).read_to_end(&mut bytes).ok()?;
    if bytes.contains(&0) {
        return None;
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    let is_changed = match (metadata.modified(), built()) {
        (Ok(modified), Some(built)) => modified > built,
        _ => false,
    };
    Some(File { text, is_changed })
}

/// When the executable was written.
fn built() -> Option<SystemTime> {
    // As for the roots: nobody waits for whoever is just reading it.
    static BUILT: OnceBox<Option<SystemTime>> = OnceBox::new();
    let read = || {
        std::fs::metadata(std::env::current_exe().ok()?)
            .ok()?
            .modified()
            .ok()
    };
    *BUILT.get_or_init(|| Box::new(read()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A directory that is gone at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let name = format!("stacklens-{name}-{}", std::process::id());
            let dir = std::env::temp_dir().join(name);
            std::fs::create_dir_all(&dir).unwrap();
            Scratch(dir)
        }

        fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            path
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn this_file_is_found_wherever_cargo_runs_the_test() {
        assert!(
            read(file!())
                .unwrap()
                .text
                .starts_with("//! Where a source file is")
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        for path in ["src/no_such_file.rs", "?", "", "/", "src", "a\0b"] {
            assert_eq!(read(path), None, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_a_file_is_not_opened() {
        assert_eq!(read("/dev/zero"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_binaries_left_alone() {
        let dir = Scratch::new("bytes");
        let latin = dir.file("latin.rs", b"fn main() {} // gr\xfc\xdfe\n");
        assert_eq!(
            read_path(&latin).unwrap().text,
            "fn main() {} // gr\u{fffd}\u{fffd}e\n"
        );
        assert_eq!(read_path(&dir.file("binary", b"\x7fELF\0\0")), None);
    }

    #[test]
    fn a_file_written_after_the_build_is_said_to_be_changed() {
        let dir = Scratch::new("changed");
        let path = dir.file("a.rs", b"fn a() {}");
        assert!(read_path(&path).unwrap().is_changed);
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        assert!(!read_path(&path).unwrap().is_changed);
    }

    #[test]
    fn a_configured_root_may_hold_any_end_of_the_path() {
        let dir = Scratch::new("roots");
        dir.file("src/of_a_root.rs", b"fn a() {}");
        set_roots(vec!["/no/such/directory".into(), dir.0.clone()]);
        for path in [
            "src/of_a_root.rs",
            "/build/app/src/of_a_root.rs",
            "crates/app/src/of_a_root.rs",
        ] {
            assert_eq!(read(path).unwrap().text, "fn a() {}", "{path}");
        }
        set_roots(Vec::new());
        assert_eq!(read("src/of_a_root.rs"), None);
    }
}
