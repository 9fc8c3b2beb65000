//! Folded stacks: how long each stack of calls was the innermost one.

use super::{Recording, What};
use std::collections::{BTreeMap, HashMap};

/// A call that has not ended.
struct Open {
    depth: u32,
    name: u32,
    began: u64,
    /// Spent in logged calls further in.
    inside: u64,
}

/// What runs one thing after the other: a thread outside of all tasks, or a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Track {
    Thread(u32),
    Task(u64),
}

/// Nanoseconds by stack: `thread;outer;inner`.
pub(super) fn stacks(recording: &Recording) -> BTreeMap<String, u64> {
    let mut open: HashMap<Track, Vec<Open>> = HashMap::new();
    let mut stacks = BTreeMap::new();
    let mut last = 0;
    for entry in &recording.entries {
        last = entry.at.max(last);
        let track = match entry.task {
            0 => Track::Thread(entry.thread),
            task => Track::Task(task),
        };
        let calls = open.entry(track).or_default();
        match entry.what {
            What::Begin { .. } => calls.push(Open {
                depth: entry.depth,
                name: entry.name,
                began: entry.at,
                inside: 0,
            }),
            What::End { .. } => {
                let same = |call: &Open| call.depth == entry.depth && call.name == entry.name;
                // Branches of a task need not end in the order in which they began.
                if let Some(at) = calls.iter().rposition(same) {
                    close(recording, track, calls, at, entry.at, &mut stacks);
                }
            }
        }
    }
    // What has not ended is counted as far as it is known.
    for (track, mut calls) in open {
        while !calls.is_empty() {
            let at = calls.len() - 1;
            close(recording, track, &mut calls, at, last, &mut stacks);
        }
    }
    stacks
}

fn close(
    recording: &Recording,
    track: Track,
    calls: &mut Vec<Open>,
    at: usize,
    ended: u64,
    stacks: &mut BTreeMap<String, u64>,
) {
    let call = calls.remove(at);
    let spent = ended.saturating_sub(call.began);
    let mut stack = match track {
        Track::Thread(thread) => {
            let name = recording.threads.get(thread as usize);
            clean(name.map_or("?", |name| name))
        }
        Track::Task(task) => format!("task {task}"),
    };
    // The calls round it: of each depth the one that began last.
    let mut depth = call.depth;
    let mut round: Vec<usize> = Vec::new();
    for (i, outer) in calls[..at].iter().enumerate().rev() {
        if outer.depth < depth {
            depth = outer.depth;
            round.push(i);
        }
    }
    for &i in round.iter().rev() {
        stack.push(';');
        stack.push_str(&clean(recording.short(calls[i].name)));
    }
    stack.push(';');
    stack.push_str(&clean(recording.short(call.name)));
    if let Some(&parent) = round.first() {
        calls[parent].inside += spent;
    }
    *stacks.entry(stack).or_default() += spent.saturating_sub(call.inside);
}

/// A name without what separates names.
fn clean(name: &str) -> String {
    name.replace([';', '\n'], ":")
}
