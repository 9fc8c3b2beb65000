//! Source files in memory.

use super::find;
use crate::lock::Lock;
use std::sync::Arc;

/// Text kept in memory. The files used longest ago make room.
const KEPT_BYTES: usize = 8 << 20;
/// Files remembered, the unreadable ones among them.
const KEPT_FILES: usize = 128;

/// A file that was read.
#[derive(Debug, PartialEq)]
pub(super) struct File {
    pub(super) text: String,
    /// Written after the program was built.
    pub(super) is_changed: bool,
}

static CACHE: Lock<Cache> = Lock::new(Cache::new());

/// The file of this path as `file!()` gives it: from the cache, or from disk if the cache is in use by
/// another thread or by a frame below this one (a panic hook that prints while the cache is being
/// filled must not wait for itself).
pub(super) fn file(path: &str) -> Option<Arc<File>> {
    if let Some(mut cache) = CACHE.try_lock()
        && let Some(known) = cache.get(path)
    {
        return known;
    }
    // Read without the lock: a file on a slow disk keeps nobody else waiting.
    let file = find::read(path).map(Arc::new);
    if let Some(mut cache) = CACHE.try_lock() {
        cache.insert(path, file.clone());
    }
    file
}

/// Forgets all files: they may be found elsewhere now.
pub(super) fn clear() {
    if let Some(mut cache) = CACHE.try_lock() {
        *cache = Cache::new();
    }
}

/// Files by path, the one used last at the end.
#[derive(Default)]
struct Cache {
    files: Vec<(Box<str>, Option<Arc<File>>)>,
    bytes: usize,
}

impl Cache {
    const fn new() -> Cache {
        Cache {
            files: Vec::new(),
            bytes: 0,
        }
    }

    fn get(&mut self, path: &str) -> Option<Option<Arc<File>>> {
        let at = self.files.iter().position(|(known, _)| **known == *path)?;
        let used = self.files.remove(at);
        let file = used.1.clone();
        self.files.push(used);
        Some(file)
    }

    fn insert(&mut self, path: &str, file: Option<Arc<File>>) {
        if self.files.iter().any(|(known, _)| **known == *path) {
            return;
        }
        self.bytes += file.as_ref().map_or(0, |f| f.text.len());
        self.files.push((path.into(), file));
        while self.files.len() > KEPT_FILES || (self.bytes > KEPT_BYTES && self.files.len() > 1) {
            let (_, oldest) = self.files.remove(0);
            self.bytes -= oldest.map_or(0, |f| f.text.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once() {
        let this = file(file!()).unwrap();
        assert!(this.text.starts_with("//! Source files in memory."));
        assert!(
            Arc::ptr_eq(&this, &file(file!()).unwrap()),
            "from the cache"
        );
    }

    #[test]
    fn the_cache_keeps_what_was_used_last_within_its_bounds() {
        let mut cache = Cache::new();
        let large = Arc::new(File {
            text: "x".repeat(KEPT_BYTES / 2),
            is_changed: false,
        });
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
