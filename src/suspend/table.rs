//! The memory of all nodes: four tables, by how many values a frame has, that only grow.
//!
//! A table is a list of chunks, each twice as large as the one before, so that a place is found by a shift, and a table
//! of any size has few of them.

use super::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::*};
use super::free::{Chains, Links};
use super::node::{Id, Node, PLACE};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;

/// Which table: nodes of one are of one size.
pub(crate) type Class = usize;

/// Most values of a frame, by class.
const SLOTS: [usize; CLASSES] = [0, 4, 11, 32];
/// Bytes of a node, by class: the head, two words a value, and the rest for the bytes of texts and such.
const BYTES: [usize; CLASSES] = [64, 256, 512, 1024];
pub(super) const CLASSES: usize = 4;

/// Nodes that a thread takes and gives at a time.
pub(super) const CHAIN: usize = 16;

/// Nodes of the first chunk: a multiple of [`CHAIN`], so that no chain lies in two.
const FIRST: usize = 64;
const CHUNKS: usize = 22;
/// The low bits of a place are the node's in its table, those above the class.
const INDEX_BITS: u32 = 28;

const _: () = {
    assert!(size_of::<Node>() == BYTES[0] && FIRST.is_multiple_of(CHAIN));
    assert!(FIRST << CHUNKS <= 1 << INDEX_BITS && CLASSES << INDEX_BITS == PLACE as usize);
    let mut class = 0;
    while class < CLASSES {
        assert!(BYTES[class] >= size_of::<Node>() + 16 * SLOTS[class]);
        assert!(BYTES[class].is_multiple_of(align_of::<Node>()));
        class += 1;
    }
};

/// The class of a frame with so many values.
///
/// # Panics
/// When compiled, if no frame has so many.
pub(crate) const fn class_of(slots: usize) -> Class {
    let mut class = 0;
    while SLOTS[class] < slots {
        class += 1;
    }
    class
}

/// Words behind the head of a node.
pub(crate) const fn room(class: Class) -> usize {
    (BYTES[class] - size_of::<Node>()) / 8
}

struct Table {
    chunks: [AtomicPtr<u8>; CHUNKS],
    /// Nodes that were ever given out, and those that are about to be.
    made: AtomicU32,
    free: Chains,
}

static TABLES: [Table; CLASSES] = [const {
    Table {
        chunks: [const { AtomicPtr::new(null_mut()) }; CHUNKS],
        made: AtomicU32::new(0),
        free: Chains(AtomicU64::new(0)),
    }
}; CLASSES];

/// Chunk of the node with this index, and which one of it.
fn split(index: usize) -> (usize, usize) {
    let chunk = (index / FIRST + 1).ilog2() as usize;
    (chunk, index + FIRST - (FIRST << chunk))
}

impl Table {
    /// The node with this index, if its chunk is there.
    fn node(&self, class: Class, index: usize) -> Option<&'static Node> {
        let node = self.place(class, index)?;
        // SAFETY: a chunk has `FIRST << chunk` nodes of the class's size, and `split` gives an index below that; it was
        // zeroed, which is a node, and is never freed. All of it is atomic words.
        Some(unsafe { &*node })
    }

    /// Where that is, without a look at it.
    fn place(&self, class: Class, index: usize) -> Option<*const Node> {
        let (chunk, offset) = split(index);
        let start = self.chunks.get(chunk)?.load(Acquire);
        (!start.is_null()).then(|| {
            start
                .wrapping_add(offset * BYTES[class])
                .cast::<Node>()
                .cast_const()
        })
    }

    /// Nodes that nobody had yet: the index of the first of [`CHAIN`].
    fn make(&self, class: Class) -> Option<usize> {
        let made = self.made.fetch_update(Relaxed, Relaxed, |made| {
            made.checked_add(CHAIN as u32)
                .filter(|&made| split(made as usize - 1).0 < CHUNKS)
        });
        let index = made.ok()? as usize;
        let (chunk, _) = split(index);
        self.grow(class, chunk).then_some(index)
    }

    /// Makes sure that a chunk is there.
    fn grow(&self, class: Class, chunk: usize) -> bool {
        if !self.chunks[chunk].load(Acquire).is_null() {
            return true;
        }
        let bytes = (FIRST << chunk) * BYTES[class];
        let Ok(layout) = Layout::from_size_align(bytes, align_of::<Node>()) else {
            return false;
        };
        // The system allocator itself: the program's may be annotated, or counted.
        // SAFETY: the layout has a size.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() {
            return false;
        }
        let there = self.chunks[chunk].compare_exchange(null_mut(), memory, AcqRel, Acquire);
        if there.is_err() {
            // SAFETY: allocated above, by the same layout, and nobody else knows of it.
            unsafe { System.dealloc(memory, layout) };
        }
        true
    }
}

/// The links of free nodes of one class.
struct LinksOf(Class);

impl LinksOf {
    fn node(&self, place: u32) -> &'static Node {
        let index = place as usize & ((1 << INDEX_BITS) - 1);
        static NONE: Node = Node::nobodys(null_mut());
        TABLES[self.0].node(self.0, index).unwrap_or(&NONE)
    }
}

impl Links for LinksOf {
    fn next(&self, place: u32) -> &AtomicU64 {
        &self.node(place).created
    }

    fn next_chain(&self, place: u32) -> &AtomicU64 {
        &self.node(place).polled
    }
}

/// Takes [`CHAIN`] nodes. `None` if there is no memory for more.
#[cold]
pub(super) fn take_chain(class: Class, mut each: impl FnMut(&'static Node)) -> Option<()> {
    let (table, links) = (&TABLES[class], LinksOf(class));
    if let Some(first) = table.free.take(&links) {
        let mut place = Some(first);
        while let Some(here) = place {
            // Before it is anybody's: the link is in a word that its frame will use.
            place = (links.next(here).load(Relaxed) as u32).checked_sub(1);
            each(links.node(here));
        }
        return Some(());
    }
    let index = table.make(class)?;
    for index in index..index + CHAIN {
        let node = table.node(class, index)?;
        node.id.store(place(class, index), Relaxed);
        each(node);
    }
    Some(())
}

fn place(class: Class, index: usize) -> Id {
    (class << INDEX_BITS | index) as Id | PLACE
}

/// Gives nodes back, which are nobody's.
#[cold]
pub(super) fn give_chain(class: Class, nodes: &[&'static Node]) {
    let links = LinksOf(class);
    let mut below = 0;
    for node in nodes {
        links
            .next(node.id.load(Relaxed) as u32)
            .store(below, Relaxed);
        below = (node.id.load(Relaxed) & 0xffff_ffff) + 1;
    }
    if let Some(first) = (below as u32).checked_sub(1) {
        TABLES[class].free.give(&links, first);
    }
}

/// Every node that somebody has or had, with its class, in the order of their places.
#[inline]
pub(crate) fn each(mut look: impl FnMut(Class, &'static Node)) {
    for (class, table) in TABLES.iter().enumerate() {
        let made = table.made.load(Relaxed) as usize;
        for (number, chunk) in table.chunks.iter().enumerate() {
            let before = (FIRST << number) - FIRST;
            let start = chunk.load(Acquire);
            if before >= made {
                break;
            }
            // Places are given out before the memory is there.
            if start.is_null() {
                continue;
            }
            for offset in 0..(made - before).min(FIRST << number) {
                // SAFETY: as in `Table::node`.
                let node = unsafe { &*start.add(offset * BYTES[class]).cast::<Node>() };
                look(class, node);
            }
        }
    }
}

/// The node that has, or had, the frame of this number.
pub(crate) fn find(id: Id) -> Option<(Class, &'static Node)> {
    let (class, node) = locate(id)?;
    // SAFETY: as in `Table::node`.
    Some((class, unsafe { &*node }))
}

/// Where that is, without a look at it.
pub(crate) fn locate(id: Id) -> Option<(Class, *const Node)> {
    let (class, index) = place_of(id);
    Some((class, TABLES[class].place(class, index)?))
}

/// The class and the index of a frame's node.
fn place_of(id: Id) -> (Class, usize) {
    let place = id as u32;
    let class = (place >> INDEX_BITS) as usize & (CLASSES - 1);
    (class, place as usize & ((1 << INDEX_BITS) - 1))
}

impl Node {
    /// The words behind the head of a node of this class: of each value what it is and the value itself; then bytes.
    ///
    /// # Safety
    /// The node is one of the table of `class`.
    #[inline(always)]
    pub(crate) unsafe fn words(&'static self, class: Class) -> &'static [AtomicU64] {
        let head = std::ptr::from_ref(self);
        // SAFETY: a node of the class is `BYTES` long, of atomic words that live forever.
        unsafe { std::slice::from_raw_parts(head.add(1).cast(), room(class)) }
    }

    /// A node in no table, that is nobody's: its number is 0, and its record `nowhere`.
    pub(crate) const fn nobodys(nowhere: *mut ()) -> Node {
        Node {
            id: AtomicU64::new(0),
            meta: AtomicPtr::new(null_mut()),
            parent: AtomicU64::new(0),
            record: AtomicPtr::new(nowhere),
            polls: AtomicU64::new(0),
            created: AtomicU64::new(0),
            polled: AtomicU64::new(0),
            position: AtomicU32::new(0),
            slots: AtomicU32::new(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_double_and_no_chain_lies_in_two() {
        assert_eq!(split(0), (0, 0));
        assert_eq!(split(FIRST - 1), (0, FIRST - 1));
        assert_eq!(split(FIRST), (1, 0));
        assert_eq!(split(3 * FIRST), (2, 0));
        for index in (0..100_000).step_by(CHAIN) {
            let (first, last) = (split(index), split(index + CHAIN - 1));
            assert_eq!((first.0, first.1 + CHAIN - 1), last);
        }
    }

    #[test]
    fn a_frame_has_the_smallest_class_that_holds_its_values() {
        assert_eq!(
            [0, 1, 4, 5, 11, 12, 32].map(class_of),
            [0, 1, 1, 2, 2, 3, 3]
        );
    }

    #[test]
    fn a_chain_that_is_given_back_is_taken_again_before_others_are_made() {
        // The largest class: other tests of this process have no frames with so many values.
        let take = || {
            let mut nodes = Vec::new();
            take_chain(3, |node| nodes.push(node)).unwrap();
            nodes
        };
        let (first, second) = (take(), take());
        assert_eq!((first.len(), second.len()), (CHAIN, CHAIN));
        for node in first.iter().chain(&second) {
            let id = node.id.load(Relaxed);
            assert!(
                find(id).is_some_and(|(class, found)| class == 3 && std::ptr::eq(found, *node))
            );
        }
        give_chain(3, &first[..5]);
        give_chain(3, &second);
        let again = [take(), take()].concat();
        assert_eq!(again.len(), 5 + CHAIN);
        assert!(again.iter().all(|node| {
            let of = |nodes: &[&'static Node]| nodes.iter().any(|n| std::ptr::eq(*n, *node));
            of(&first[..5]) || of(&second)
        }));
    }

    #[test]
    fn what_is_no_node_is_not_found() {
        assert!(find(u64::MAX).is_none() && find(PLACE | ((1 << INDEX_BITS) - 1)).is_none());
    }
}
