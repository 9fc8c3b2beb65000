//! The protocols by which frames of suspended futures are kept and read, in every order that the memory model allows:
//! `RUSTFLAGS="--cfg stacklens_loom" cargo test --release --test suspended_loom`.
//!
//! The files under test are the library's own, built with loom's atomics in place of std's.

#![cfg(stacklens_loom)]

#[allow(dead_code, unused_imports)]
mod atomic {
    pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};
}

#[allow(dead_code)]
#[path = "../src/suspend/free.rs"]
mod free;
#[allow(dead_code)]
#[path = "../src/suspend/node.rs"]
mod node;

use atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::Relaxed};
use free::{Chains, Links};
use loom::sync::Arc;
use loom::thread;
use node::{Moment, Node};
use std::ptr::{null_mut, without_provenance_mut};

/// In every order with at most two preemptions, unless the environment says more (`LOOM_MAX_PREEMPTIONS`).
fn model(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(2));
    builder.check(run);
}

/// A node with two values, which its writer always makes equal.
struct Kept {
    node: Node,
    values: [AtomicU64; 2],
}

impl Kept {
    fn new() -> Kept {
        let zero = || AtomicU64::new(0);
        Kept {
            node: Node {
                id: zero(),
                meta: AtomicPtr::new(null_mut()),
                parent: zero(),
                record: AtomicPtr::new(null_mut()),
                polls: zero(),
                created: zero(),
                polled: zero(),
                position: AtomicU32::new(0),
                slots: AtomicU32::new(0),
            },
            values: [zero(), zero()],
        }
    }

    /// The first poll of a frame, up to its end.
    fn begin(&self, number: u64) {
        let record = without_provenance_mut(number as usize);
        self.node.take(null_mut(), record, 2, number);
        self.node.taken(number, number);
        self.suspend(number);
    }

    fn again(&self, number: u64) {
        let record = without_provenance_mut(number as usize);
        self.node.resume(record, number, number);
        self.suspend(number);
    }

    fn suspend(&self, number: u64) {
        self.node.position.store(number as u32, Relaxed);
        self.values
            .iter()
            .for_each(|value| value.store(number, Relaxed));
        self.node.rest();
    }

    /// All words of one moment, if they are.
    fn read(&self) -> Option<(Moment, [u64; 6])> {
        let node = &self.node;
        let moment = node.moment()?;
        let words = [
            node.created.load(Relaxed),
            node.parent.load(Relaxed),
            node.polled.load(Relaxed),
            u64::from(node.position.load(Relaxed)),
            self.values[0].load(Relaxed),
            self.values[1].load(Relaxed),
        ];
        node.is_still(moment).then_some((moment, words))
    }
}

/// What was read of a frame that waits is of one poll, and of one frame.
fn check(kept: &Kept) {
    let Some((moment, [created, parent, polled, position, first, second])) = kept.read() else {
        return;
    };
    if moment.is_running() {
        return;
    }
    assert_eq!([parent, polled, position, first], [second; 4], "{moment:?}");
    // The frames of these tests are numbered 1 and 10, their polls from there on.
    assert_eq!(created, if second < 10 { 1 } else { 10 }, "{moment:?}");
    assert_eq!(moment.polls(), second - created + 1, "{moment:?}");
}

#[test]
fn a_copy_is_of_one_poll() {
    model(|| {
        let kept = Arc::new(Kept::new());
        kept.begin(1);
        let writer = Arc::clone(&kept);
        let polls = thread::spawn(move || writer.again(2));
        check(&kept);
        polls.join().unwrap();
        assert!(kept.read().is_some());
    });
}

#[test]
fn a_copy_is_of_one_frame_though_the_node_has_had_two() {
    model(|| {
        let kept = Arc::new(Kept::new());
        kept.begin(1);
        let writer = Arc::clone(&kept);
        let polls = thread::spawn(move || {
            writer.node.release();
            writer.begin(10);
        });
        check(&kept);
        polls.join().unwrap();
        assert_eq!(kept.read().map(|(_, words)| words[5]), Some(10));
    });
}

#[test]
fn a_frame_that_moves_between_threads_is_still_read_whole() {
    model(|| {
        let kept = Arc::new(Kept::new());
        kept.begin(1);
        let writer = Arc::clone(&kept);
        // An executor hands a future on as it hands on any value: what one thread wrote, the next one sees.
        let polls = thread::spawn(move || {
            let next = Arc::clone(&writer);
            writer.again(2);
            thread::spawn(move || next.again(3)).join().unwrap();
        });
        check(&kept);
        polls.join().unwrap();
    });
}

/// A function has made the frame, before anybody polled the future.
#[test]
fn a_frame_that_was_made_is_read_whole_until_it_is_polled_and_then() {
    const MAKER: u64 = 7;
    model(|| {
        let kept = Arc::new(Kept::new());
        let writer = Arc::clone(&kept);
        let polls = thread::spawn(move || {
            let node = &writer.node;
            node.take(null_mut(), without_provenance_mut(1), 2, 1);
            node.taken(MAKER, 1);
            writer
                .values
                .iter()
                .for_each(|value| value.store(MAKER, Relaxed));
            node.made(MAKER);
            writer.again(2);
        });
        if let Some((moment, [created, parent, polled, position, first, second])) = kept.read()
            && !moment.is_running()
        {
            let expected = match moment.polls() {
                0 => [MAKER, 1, 0, MAKER, MAKER],
                polls => [2, polls + 1, 2, 2, 2],
            };
            assert_eq!([parent, polled, position, first, second], expected);
            assert_eq!(created, 1);
        }
        polls.join().unwrap();
        assert_eq!(kept.read().map(|(moment, _)| moment.polls()), Some(1));
    });
}

/// While it runs, the record that was read was its own for the whole time.
#[test]
fn a_record_is_read_while_it_is_the_frames_or_not_believed() {
    model(|| {
        let kept = Arc::new(Kept::new());
        kept.begin(1);
        let record = Arc::new(AtomicU64::new(0));
        let (writer, its_record) = (Arc::clone(&kept), Arc::clone(&record));
        let polls = thread::spawn(move || {
            let number = 2;
            writer
                .node
                .resume(without_provenance_mut(2), number, number);
            its_record.store(7, Relaxed);
            writer.suspend(number);
            // The next frame at this place.
            its_record.store(666, Relaxed);
        });
        if let Some(moment) = kept.node.moment().filter(|moment| moment.is_running()) {
            let seen = record.load(Relaxed);
            if kept.node.is_still(moment) {
                assert_ne!(seen, 666);
            }
        }
        polls.join().unwrap();
    });
}

/// Chains of one node each.
struct Nodes(Vec<[AtomicU64; 2]>);

impl Links for Nodes {
    fn next(&self, place: u32) -> &AtomicU64 {
        &self.0[place as usize][0]
    }

    fn next_chain(&self, place: u32) -> &AtomicU64 {
        &self.0[place as usize][1]
    }
}

#[test]
fn a_free_chain_is_taken_once() {
    model(|| {
        let nodes = Nodes(
            (0..3)
                .map(|_| [AtomicU64::new(0), AtomicU64::new(0)])
                .collect(),
        );
        let shared = Arc::new((nodes, Chains(AtomicU64::new(0))));
        let (nodes, chains) = &*shared;
        (0..3).for_each(|place| chains.give(nodes, place));
        let other = Arc::clone(&shared);
        // Taken, used, given back, in between the steps of somebody who takes one.
        let gives_back = thread::spawn(move || {
            let (nodes, chains) = &*other;
            let first = chains.take(nodes).unwrap();
            let second = chains.take(nodes);
            nodes.next_chain(first).store(99, Relaxed);
            chains.give(nodes, first);
            second
        });
        let mine = chains.take(nodes);
        let theirs = gives_back.join().unwrap();
        let mut all: Vec<u32> = mine.into_iter().chain(theirs).collect();
        while let Some(place) = chains.take(nodes) {
            all.push(place);
        }
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2]);
    });
}
