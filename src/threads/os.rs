//! What the system knows of this process's threads: `/proc/self/task`. Nothing, where there is no such thing.

use super::State;
use std::fs;

/// A thread as the system knows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OsThread {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) state: State,
}

/// The numbers of all threads.
pub(super) fn threads() -> Vec<u32> {
    let entries = fs::read_dir("/proc/self/task").into_iter().flatten();
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect()
}

/// What is known of one. `None`: there is no such thread (any more), or nothing is known of any.
pub(super) fn thread(id: u32) -> Option<OsThread> {
    parse(
        id,
        &fs::read_to_string(format!("/proc/self/task/{id}/stat")).ok()?,
    )
}

/// `1234 (name) S ..`; the name may hold anything.
fn parse(id: u32, stat: &str) -> Option<OsThread> {
    let (_, rest) = stat.split_once('(')?;
    let (name, rest) = rest.rsplit_once(')')?;
    let state = match rest.trim_start().chars().next()? {
        'R' => State::Running,
        'S' | 'I' => State::Blocked,
        'D' => State::Uninterruptible,
        'T' | 't' => State::Stopped,
        'Z' | 'X' | 'x' => State::Exiting,
        _ => State::Unknown,
    };
    Some(OsThread {
        id,
        name: name.to_owned(),
        state,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let thread = parse(7, "7 (a) S (b)) D 1 2 3").unwrap();
        assert_eq!(
            (&*thread.name, thread.state),
            ("a) S (b)", State::Uninterruptible)
        );
        assert_eq!(parse(7, "7 (x"), None);
        assert_eq!(parse(7, "7 (x) "), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_running_thread_is_listed_and_runs() {
        let name = std::thread::current().name().unwrap().to_owned();
        let found = threads().into_iter().filter_map(thread);
        let running: Vec<_> = found.filter(|t| t.state == State::Running).collect();
        assert!(
            running.iter().any(|t| name.starts_with(&t.name)),
            "{name} {running:?}"
        );
    }
}
