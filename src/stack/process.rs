//! The numbers that the system gives to the process and its threads, and what becomes of both in a `fork`.

#[cfg_attr(
    any(target_os = "linux", target_os = "android"),
    path = "process/linux.rs"
)]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    path = "process/elsewhere.rs"
)]
mod platform;

use std::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{AcqRel, Relaxed},
};

/// Counts from the process that the program began as, 1, to this one, for each `fork` between them that was seen.
static GENERATION: AtomicU32 = AtomicU32::new(1);
static WATCHES: AtomicBool = AtomicBool::new(false);

/// Which process this is. What another one has left behind is nobody's: a child of `fork` has one thread.
pub(crate) fn generation() -> u32 {
    watch();
    GENERATION.load(Relaxed)
}

/// Sees each `fork` from now on.
pub(super) fn watch() {
    if !WATCHES.load(Relaxed) && !WATCHES.swap(true, AcqRel) {
        platform::on_fork(forked);
    }
}

/// Called in the child, by its only thread.
extern "C" fn forked() {
    GENERATION.fetch_add(1, Relaxed);
    super::owner::forked();
}

/// The number that the system gives to the running thread; 0 where it is not asked.
pub(super) fn thread_id() -> u32 {
    platform::thread_id()
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    fn threads_have_numbers_of_their_own() {
        let other = std::thread::spawn(super::thread_id).join().unwrap();
        assert!(other != 0 && other != super::thread_id());
    }
}
