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

/// The number that the system gives to the running thread; 0 where it is not asked.
pub(super) fn thread_id() -> u32 {
    platform::thread_id()
}

/// Has `forked` called in the child of each `fork` from now on, by its only thread.
pub(super) fn on_fork(forked: extern "C" fn()) {
    platform::on_fork(forked);
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
