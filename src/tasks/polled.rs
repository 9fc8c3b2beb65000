//! The futures that this thread is polling.

use crate::code::Code;
use crate::stack::{Cursor, Meta, future_of};
use crate::suspend::{self, Id, Node, SPAWNED, thread::current};
use std::iter::successors;

/// The numbers of the frames of the futures that are being polled on a thread, innermost first: each is awaited by the next, and
/// the last one's task is what an executor polls.
#[derive(Debug, Default)]
pub(crate) struct Polled(Vec<Id>);

/// Deeper than that nobody awaits, and a circle, which there is none of, would end.
const MOST: usize = 1024;

impl Polled {
    /// Now. Takes no lock; allocates if a future is polled.
    pub(crate) fn now() -> Polled {
        Polled(nodes().map(Node::id).collect())
    }

    /// Whether the future is one of them.
    pub(crate) fn contains(&self, future: Id) -> bool {
        self.0.contains(&future)
    }

    /// The outermost of them.
    pub(crate) fn task(&self) -> Option<Id> {
        self.0.last().copied()
    }

    /// The innermost of them that is polled now, if `frame` is its.
    pub(crate) fn innermost(frame: Cursor) -> Option<Id> {
        future_of(frame)
    }
}

/// The name of the task that this thread polls: that of its outermost future, if it was given one.
pub(crate) fn name() -> Option<&'static str> {
    let code = Code::of(Some(Meta::of_node(nodes().last()?)?));
    code.is_closure().then(|| code.name())
}

fn nodes() -> impl Iterator<Item = &'static Node> {
    let is_one = |node: &&Node| node.id() != 0;
    let outer = |node: &&'static Node| {
        let parent = node.parent();
        let (_, outer) = suspend::find(parent).filter(|_| parent & SPAWNED == 0)?;
        Some(outer).filter(|outer| outer.id() == parent)
    };
    successors(Some(current()).filter(is_one), outer).take(MOST)
}
