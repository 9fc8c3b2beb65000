//! A frame that leaves the stack and comes back: an async function's, between two polls.
//!
//! While its future is polled the frame is a [`Record`] like any other. When that is not ready, what the record says is
//! copied to the frame's [`Node`], where any thread can read it, and from there to a record again at the next poll, on
//! whichever thread that happens.

use super::copy::copy;
use super::guard::Guard;
use super::kept::{KEPT, keep_bytes};
use super::read::{Cursor, Meta};
use super::record::{FUTURE, INLINE_SLOTS, MARKED, Record, SLOTS};
use super::region::sink;
use super::snapshot::Snapshot;
use super::{arena, thread};
use crate::capture::Tag;
use crate::suspend::{self, Class, Id, Node, class_of, now, thread as polls};
use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// The record of frames that are not running: the sink, where anything may be stored.
pub(crate) const NOWHERE: *mut () = sink::PLACE;

/// The flags of a frame that records its values.
#[cfg(unoptimised)]
const RECORDING: u32 = super::heat::WARM;
#[cfg(not(unoptimised))]
const RECORDING: u32 = 0;

/// The frame of the async function whose body this is called by.
#[inline]
pub(crate) fn innermost() -> ManuallyDrop<Guard> {
    // If nobody is polled, or it has no node, the record is `NOWHERE`: what is said of it is lost.
    Guard::of_record(polls::current().record.load(Relaxed) as usize)
}

/// The number of the future whose frame this is, if it is the innermost one that is being polled.
pub(crate) fn future_of(frame: Cursor) -> Option<Id> {
    let node = polls::current();
    let is_it = node.record.load(Relaxed) as usize == frame.address();
    Some(node.id()).filter(|&id| id != 0 && is_it)
}

/// The frame of a future, as that holds it, with `N` values: a word.
pub(crate) struct Suspended<const N: usize> {
    /// [`FRESH`], [`FINISHED`], or the address of the node.
    node: usize,
}

/// Not polled yet; or without a node, for want of memory.
const FRESH: usize = 0;
const FINISHED: usize = 1;

/// Where a future is: Python's `inspect.getcoroutinestate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It was never polled.
    Created,
    /// It is being polled.
    Running,
    /// It was polled, and waits.
    Suspended,
    /// It was ready, or was left by a panic.
    Finished,
}

/// A poll that is going on. It restores what is polled around it; when that happens by unwinding, nobody sees the frame
/// any more, and its node is given back when the future is dropped.
///
/// No more than a word, of which no address is needed on the way: what unwinding looks at would have to be in memory.
pub(crate) struct Polling {
    outer: &'static Node,
}

impl<const N: usize> Suspended<N> {
    /// A frame that has not run yet.
    pub(crate) const FRESH: Suspended<N> = Suspended { node: FRESH };

    const INLINE: usize = if N < INLINE_SLOTS { N } else { INLINE_SLOTS };

    /// Gives the frame that was just entered what was kept. `spawner` made the future, for nobody to await.
    #[inline(always)]
    pub(crate) fn resume(
        &mut self,
        meta: Meta,
        guard: &Guard,
        spawner: Id,
    ) -> (&'static Node, Polling) {
        const { assert!(N <= SLOTS) };
        let record: &Record = guard.record();
        // What is kept must go on being recorded, however hot the function is.
        if N > 0 || RECORDING != 0 {
            record.flags.store(RECORDING | FUTURE, Relaxed);
        }
        let outer = polls::current();
        let mut parent = outer.id.load(Relaxed);
        if parent == 0 {
            polls::set_now(now());
            parent = spawner;
        }
        let at = guard.record as *mut ();
        let node = match self.node() {
            Some(node) => {
                // Before it is said that it runs: from then on the record is what a reader looks at.
                let position = node.position.load(Relaxed);
                record.position.store(position, Relaxed);
                Self::restore(node, guard);
                node.resume(at, parent, polls::now());
                node
            }
            None => self.begin(meta, record, at, parent),
        };
        if N > 0 {
            record.argument_tags.store(node.id.load(Relaxed), Relaxed);
        }
        polls::set_current(node);
        (node, Polling { outer })
    }

    /// The future waits: keeps what its frame, about to be left, holds.
    #[inline(always)]
    pub(crate) fn suspend(node: &'static Node, polling: Polling, guard: &Guard) {
        let outer = ManuallyDrop::new(polling).outer;
        Self::store(node, guard);
        node.rest();
        polls::set_current(outer);
    }

    /// As [`Suspended::suspend`], of a frame that no poll has entered: the function that makes the future returns it. `by` is
    /// who called that.
    #[inline]
    pub(crate) fn made(node: &'static Node, polling: Polling, guard: &Guard, by: Id) {
        let outer = ManuallyDrop::new(polling).outer;
        Self::store(node, guard);
        node.made(by);
        polls::set_current(outer);
    }

    /// The future is ready: its frame is gone. [`Suspended::finish`] is to be told.
    #[inline(always)]
    pub(crate) fn end(&self, node: &'static Node, polling: Polling) {
        polls::set_current(ManuallyDrop::new(polling).outer);
        if self.node > FINISHED {
            node.release();
            polls::give(class_of(N), node);
        }
    }

    /// After [`Suspended::end`]: there is no node to give back. By itself, so that it can come last, where the compiler sees
    /// that nothing is left to be done when the future is dropped next.
    #[inline(always)]
    pub(crate) fn finish(&mut self) {
        self.node = FINISHED;
    }

    #[inline(always)]
    pub(crate) fn is_finished(&self) -> bool {
        self.node == FINISHED
    }

    /// The first poll.
    #[inline(always)]
    fn begin(&mut self, meta: Meta, record: &Record, at: *mut (), parent: Id) -> &'static Node {
        for slot in 0..Self::INLINE {
            record.notes[slot].store(u32::from(Tag::EMPTY), Relaxed);
        }
        let node = match polls::take(class_of(N)).or_else(|| first_node(class_of(N))) {
            Some(node) => node,
            None => return &LOST.0,
        };
        let now = polls::another_now();
        node.take(meta.pointer(), at, N as u32, now);
        node.taken(parent, now);
        self.node = std::ptr::from_ref(node) as usize;
        node
    }

    #[inline(always)]
    fn words(node: &'static Node) -> &'static [AtomicU64] {
        // SAFETY: `begin` took the node from the table of the class, or it is `LOST`, which is as large as any.
        unsafe { node.words(class_of(N)) }
    }

    #[inline(always)]
    fn restore(node: &'static Node, guard: &Guard) {
        let (record, words) = (guard.record(), Self::words(node));
        for slot in 0..Self::INLINE {
            let (note, value) = (&words[2 * slot], &words[2 * slot + 1]);
            record.notes[slot].store(note.load(Relaxed) as u32, Relaxed);
            record.values[slot].store(value.load(Relaxed), Relaxed);
        }
        for slot in INLINE_SLOTS..N {
            let (note, value) = (
                words[2 * slot].load(Relaxed),
                words[2 * slot + 1].load(Relaxed),
            );
            if note as u8 != Tag::EMPTY {
                arena::store_spilled(guard.record, slot as u32, value, note as u32);
            }
        }
    }

    /// Keeps what the frame, about to be left, holds.
    #[inline(always)]
    fn store(node: &'static Node, guard: &Guard) {
        let record: &Record = guard.record();
        #[cfg(unoptimised)]
        super::heat::forget_if_hot(record);
        let position = record.position.load(Relaxed) & !MARKED;
        node.position.store(position, Relaxed);
        if N == 0 {
            return;
        }
        let words = Self::words(node);
        // A frame that is only counted has no record: what lies there is anybody's.
        if !thread::with(|t| t.owns(guard.record)) {
            words[..2 * N]
                .iter()
                .for_each(|word| word.store(0, Relaxed));
            return;
        }
        let mut new_bytes = false;
        let mut keep = |slot: usize, note: u32, value: u64| {
            let has_bytes = note as u8 == Tag::TEXT || note as u8 == Tag::TYPED;
            new_bytes |= has_bytes && value >> 32 != 0 && value & KEPT == 0;
            words[2 * slot].store(u64::from(note), Relaxed);
            words[2 * slot + 1].store(value, Relaxed);
        };
        for slot in 0..Self::INLINE {
            keep(
                slot,
                record.notes[slot].load(Relaxed),
                record.values[slot].load(Relaxed),
            );
        }
        for slot in INLINE_SLOTS..N {
            let (note, value) = arena::spilled_note_of(guard.record, slot as u32).unwrap_or((0, 0));
            keep(slot, note, value);
        }
        if new_bytes {
            keep_bytes(words, N);
        }
    }

    #[inline(always)]
    fn node(&self) -> Option<&'static Node> {
        // SAFETY: `begin` stored the address of a node of the tables, which live forever.
        (self.node > FINISHED).then(|| unsafe { &*(self.node as *const Node) })
    }

    /// Where the future is.
    pub(crate) fn state(&self) -> State {
        match (self.node, self.node().and_then(Node::moment)) {
            (FRESH, _) => State::Created,
            (_, Some(moment)) if moment.is_running() => State::Running,
            (_, Some(moment)) if moment.polls() == 0 => State::Created,
            (_, Some(_)) => State::Suspended,
            // A panic left a node that nobody sees.
            (_, None) => State::Finished,
        }
    }

    /// What is kept of the frame of the function `meta`, if it is not finished.
    pub(crate) fn snapshot(&self, meta: Meta) -> Option<Snapshot> {
        if self.node == FRESH {
            return Some(Snapshot::of_kept(meta, 0, &[], 0, 1));
        }
        let (mut frames, mut values) = (Vec::new(), Vec::new());
        copy(class_of(N), self.node()?, &mut frames, &mut values, &mut 0);
        Some(frames.first()?.snapshot(&values, 1))
    }

    /// The number of the frame, once it was polled and before it is finished.
    pub(crate) fn id(&self) -> Option<Id> {
        self.node()?.moment().map(|moment| moment.id)
    }

    /// Gives the node back, if there is one: the future is dropped. Whoever holds this sees to it.
    pub(crate) fn release(&mut self) {
        if let Some(node) = self.node() {
            node.release();
            polls::give(class_of(N), node);
        }
        self.node = FINISHED;
    }
}

/// Stands for nodes that there was no memory for: the future has a frame on the stack, and none in the tables.
static LOST: Lost = Lost(
    Node::nobodys(NOWHERE),
    [const { AtomicU64::new(0) }; LOST_WORDS],
);
const LOST_WORDS: usize = suspend::room(class_of(SLOTS));

#[repr(C)]
struct Lost(Node, [AtomicU64; LOST_WORDS]);

/// Where the thread has no node at hand. `None` for want of memory.
#[cold]
#[inline(never)]
fn first_node(class: Class) -> Option<&'static Node> {
    // A thread with a region does something when it ends.
    polls::fill(class, thread::with(|t| t.region()).is_some())
}

impl Drop for Polling {
    #[inline(always)]
    fn drop(&mut self) {
        polls::current().release();
        polls::set_current(self.outer);
    }
}

impl<const N: usize> std::fmt::Debug for Suspended<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.state().fmt(f)
    }
}
