//! Nodes that are nobody's and no thread's: a stack of chains.
//!
//! Threads take and give whole chains, so that they come here once in many nodes. The head carries a number that changes
//! with each exchange: one that was taken and given back in between is not mistaken for one that stayed. Whoever reads a
//! node that was just taken by another finds memory that is mapped, and a number that does not fit.
//!
//! Built a second time, with loom's atomics, by tests/suspended_loom.rs.

use super::atomic::{AtomicU64, Ordering::*};

/// The links of a node, as places plus one; 0 ends a list.
pub(crate) trait Links {
    /// The next node of the same chain.
    fn next(&self, place: u32) -> &AtomicU64;
    /// The next chain, in the first node of one.
    fn next_chain(&self, place: u32) -> &AtomicU64;
}

/// A number that changes in the high half, a place plus one in the low half.
pub(crate) struct Chains(pub(crate) AtomicU64);

impl Chains {
    /// Gives the chain that begins at `place`.
    pub(crate) fn give(&self, links: &impl Links, place: u32) {
        let mut head = self.0.load(Relaxed);
        loop {
            links.next_chain(place).store(head & LOW, Relaxed);
            let new = (head | LOW).wrapping_add(1) | (u64::from(place) + 1);
            match self.0.compare_exchange_weak(head, new, Release, Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes a chain: the place of its first node.
    pub(crate) fn take(&self, links: &impl Links) -> Option<u32> {
        let mut head = self.0.load(Acquire);
        loop {
            let place = ((head & LOW) as u32).checked_sub(1)?;
            let next = links.next_chain(place).load(Relaxed) & LOW;
            let new = (head | LOW).wrapping_add(1) | next;
            match self.0.compare_exchange_weak(head, new, Acquire, Acquire) {
                Ok(_) => return Some(place),
                Err(now) => head = now,
            }
        }
    }
}

const LOW: u64 = 0xffff_ffff;
