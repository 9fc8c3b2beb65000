//! What a thread keeps for itself: whom it polls, when it began to, and a few free nodes.

use super::atomic::Ordering::Relaxed;
use super::clock;
use super::node::Node;
use super::table::{CHAIN, CLASSES, Class, give_chain, take_chain};
use std::cell::Cell;
use std::ptr::{NonNull, null_mut};

/// So many nodes are given back until it is looked whether there are too many at hand,
const GIVEN: i32 = 256;
/// which are more than this.
const AT_HAND: usize = 64;

/// Polled by a thread that polls none.
static NOBODY: Node = Node::nobodys(crate::stack::NOWHERE);

thread_local! {
    static POLLS: Polls = const { Polls {
        current: Cell::new(&NOBODY),
        now: Cell::new(0),
        free: [const { Cell::new(null_mut()) }; CLASSES],
        until_looked: Cell::new(0),
        open: Cell::new(false),
    } };
}

/// No destructor: futures are polled and dropped in those of other thread-locals too.
struct Polls {
    /// The frame whose future is being polled, the innermost of them.
    current: Cell<&'static Node>,
    /// When the outermost poll that is going on began.
    now: Cell<u64>,
    /// Nodes at hand: a list of each class, linked by `created`.
    free: [Cell<*mut Node>; CLASSES],
    /// Nodes to give back until it is looked how many are at hand.
    until_looked: Cell<i32>,
    /// Whether nodes may stay at hand: what the thread keeps is given back when it ends.
    open: Cell<bool>,
}

/// The frame whose future is being polled on this thread, the innermost of them; outside of all, one with the number 0.
#[inline(always)]
pub(crate) fn current() -> &'static Node {
    POLLS.with(|polls| polls.current.get())
}

#[inline(always)]
pub(crate) fn set_current(node: &'static Node) {
    POLLS.with(|polls| polls.current.set(node));
}

/// When the outermost poll that is going on began.
#[inline(always)]
pub(crate) fn now() -> u64 {
    POLLS.with(|polls| polls.now.get())
}

#[inline(always)]
pub(crate) fn set_now(now: u64) {
    POLLS.with(|polls| polls.now.set(now));
}

/// The same, once: each frame has a time of its own, by which those of one poll are in order.
#[inline(always)]
pub(crate) fn another_now() -> u64 {
    POLLS.with(|polls| {
        let now = polls.now.get();
        polls.now.set(now.wrapping_add(1));
        now
    })
}

/// A node for a frame, if one is at hand; if not, [`fill`] has one.
#[inline(always)]
pub(crate) fn take(class: Class) -> Option<&'static Node> {
    POLLS.with(|polls| {
        let free = &polls.free[class];
        let node = NonNull::new(free.get())?;
        // SAFETY: the list has nodes of the tables, which live forever (`give`, `fill`).
        let node: &'static Node = unsafe { node.as_ref() };
        free.set(node.created.load(Relaxed) as *mut Node);
        Some(node)
    })
}

/// Gives back a node that is nobody's.
#[inline(always)]
pub(crate) fn give(class: Class, node: &'static Node) {
    POLLS.with(|polls| {
        polls.put(class, node);
        let left = polls.until_looked.get() - 1;
        polls.until_looked.set(left);
        if left < 0 {
            polls.look(class);
        }
    });
}

/// A node for a frame of a thread that has none at hand. `open`: the thread calls [`close`] before it ends. `None` for want
/// of memory.
pub(crate) fn fill(class: Class, open: bool) -> Option<&'static Node> {
    clock::begin();
    POLLS.with(|polls| {
        polls.open.set(open);
        let mut first = None;
        take_chain(class, |node| match first {
            None => first = Some(node),
            Some(_) => polls.put(class, node),
        });
        if !open {
            polls.give_all(class);
        }
        first
    })
}

/// The thread ends: what it has at hand is given back, and from here on nothing stays.
pub(crate) fn close() {
    POLLS.with(|polls| {
        polls.open.set(false);
        polls.until_looked.set(0);
        (0..CLASSES).for_each(|class| polls.give_all(class));
    });
}

impl Polls {
    #[inline(always)]
    fn put(&self, class: Class, node: &'static Node) {
        let free = &self.free[class];
        node.created.store(free.get() as u64, Relaxed);
        free.set(std::ptr::from_ref(node).cast_mut());
    }

    /// Gives back what is too much to be kept at hand.
    #[cold]
    #[inline(never)]
    fn look(&self, class: Class) {
        if !self.open.get() {
            self.until_looked.set(0);
            return self.give_all(class);
        }
        self.until_looked.set(GIVEN);
        for class in 0..CLASSES {
            let mut count = 0;
            let mut node = self.free[class].get();
            // SAFETY: as in `take`.
            while let Some(here) = unsafe { node.as_ref() }
                && count <= AT_HAND
            {
                count += 1;
                node = here.created.load(Relaxed) as *mut Node;
            }
            if count > AT_HAND {
                for _ in 0..AT_HAND / CHAIN / 2 {
                    self.give_some(class);
                }
            }
        }
    }

    fn give_all(&self, class: Class) {
        while !self.free[class].get().is_null() {
            self.give_some(class);
        }
    }

    fn give_some(&self, class: Class) {
        let mut nodes = [&NOBODY; CHAIN];
        let mut count = 0;
        while count < CHAIN
            && let Some(node) = take(class)
        {
            nodes[count] = node;
            count += 1;
        }
        give_chain(class, &nodes[..count]);
    }
}
