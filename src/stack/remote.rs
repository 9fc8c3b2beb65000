//! Copies of another thread's stack, made by that thread when it is asked to, or by the one that asks.
//!
//! What copies takes no lock and allocates nothing: it runs in a signal handler, wherever that came. It copies word by
//! word, as the words are written; a record that is half filled gives a wrong text, and no harm (record.rs).

use super::owner::Pinned;
use super::read::{Meta, meta_of};
use super::record::{MARKED, Record, STRIDE};
use super::region::Region;
use super::snapshot::{Snapshot, Words};
use super::thread::{Thread, with};
use std::cell::UnsafeCell;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU32,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// Words of the arena that are copied at most: those of the innermost frames.
const ARENA_WORDS: usize = 16 << 10;
/// Words for what is kept with the frames of futures that are polled by the time of the copy.
const KEPT_WORDS: usize = 256;
/// How many frames are looked at for the end of what is used of the arena.
const ARENA_SEARCH: usize = 4096;

/// Where a thread's frames lie at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Extent {
    base: usize,
    recorded: usize,
    unrecorded: usize,
}

impl Extent {
    /// Any word is accepted for the top: one that is no place of the region says that there are no frames.
    fn of(region: &Region, top: usize) -> Extent {
        let (base, limit) = (region.base, region.limit);
        let inside = (base..=region.counted_end).contains(&top);
        let top = if inside { top } else { base };
        Extent {
            base,
            recorded: (top.min(limit) - base) / STRIDE,
            unrecorded: top.saturating_sub(limit) / 8,
        }
    }

    /// A record by its place from the outermost one.
    fn record(&self, index: usize) -> &'static Record {
        debug_assert!(index < self.recorded);
        // SAFETY: below `recorded`, and so one of the region's records: atomic words that live forever.
        unsafe { &*((self.base + index * STRIDE) as *const Record) }
    }

    /// Places of the records that are kept, the innermost first: all, or the innermost and outermost ones.
    fn kept(&self, most: usize) -> impl Iterator<Item = usize> {
        let count = self.recorded.min(most);
        let outer = count / 2;
        let outer = if count < self.recorded { outer } else { 0 };
        let inner = self.recorded - (count - outer);
        (inner..self.recorded).rev().chain((0..outer).rev())
    }
}

/// A copy of a stack, with values: room for it, and then the copy.
pub(crate) struct Copied {
    /// The innermost first.
    frames: Vec<CopiedFrame>,
    most: usize,
    /// What is kept with the frames of futures, one after the other.
    kept: Vec<u64>,
    arena: Vec<u64>,
    /// Where in the thread's arena the copied part begins.
    arena_from: u32,
    omitted: usize,
    unrecorded: usize,
    entering: bool,
}

struct CopiedFrame {
    words: Words,
    depth: usize,
    /// Its part of [`Copied::kept`].
    kept: Range<usize>,
}

/// What a copy is read as.
pub(crate) struct CopiedStack {
    /// The innermost first.
    pub(crate) frames: Vec<Snapshot>,
    /// Left out of the middle.
    pub(crate) omitted: usize,
    /// Innermost frames without a record.
    pub(crate) unrecorded: usize,
    /// Whether a frame was just being entered.
    pub(crate) entering: bool,
}

impl Copied {
    /// Room for what a thread with this top has and a little more, up to `most` frames.
    pub(crate) fn with_room(region: &'static Region, top: usize, most: usize) -> Copied {
        let extent = Extent::of(region, top);
        let frames = (extent.recorded + 32).min(most);
        let arena = arena_end(&extent) as usize + 256;
        Copied {
            frames: Vec::with_capacity(frames),
            most: frames,
            kept: Vec::with_capacity(kept_words(&extent, frames) + KEPT_WORDS),
            arena: Vec::with_capacity(arena.min(ARENA_WORDS)),
            arena_from: 0,
            omitted: 0,
            unrecorded: 0,
            entering: false,
        }
    }

    /// Copies a stack by its top. Allocates nothing.
    fn fill(&mut self, region: &'static Region, top: usize) {
        let extent = Extent::of(region, top);
        self.frames.clear();
        self.kept.clear();
        self.arena.clear();
        self.entering = false;
        self.unrecorded = extent.unrecorded;
        self.omitted = extent.recorded.saturating_sub(self.most);
        for index in extent.kept(self.most) {
            let words = Words::load(extent.record(index));
            if words.is_entered() {
                let kept = self.keep(&words);
                self.frames.push(CopiedFrame {
                    words,
                    depth: index + 1,
                    kept,
                });
            } else {
                self.entering = true;
            }
        }
        let own = |frame: &CopiedFrame| frame.words.own_arena();
        let Some((_, end)) = self.frames.iter().find_map(own) else {
            return;
        };
        let start = self
            .frames
            .iter()
            .rev()
            .find_map(own)
            .map_or(0, |own| own.0);
        let end = (end as usize).min(region.arena_words());
        let from = end
            .saturating_sub(self.arena.capacity())
            .max(start as usize);
        self.arena_from = from as u32;
        let words = region.arena().get(from..end).unwrap_or_default();
        self.arena
            .extend(words.iter().map(|word| word.load(Relaxed)));
    }

    /// Copies what is kept with the frame of a future, if there is room; gives where it is.
    fn keep(&mut self, words: &Words) -> Range<usize> {
        let begin = self.kept.len();
        let words = words.kept_words();
        if words.len() <= self.kept.capacity() - begin {
            self.kept
                .extend(words.iter().map(|word| word.load(Relaxed)));
        }
        begin..self.kept.len()
    }

    /// Copies the stack of a pinned thread while it runs. `false`: it did something meanwhile, several times over, and
    /// the copy may have parts of two moments.
    pub(crate) fn fill_from_outside(&mut self, region: &'static Region, pinned: &Pinned) -> bool {
        for _ in 0..ATTEMPTS {
            let top = pinned.top();
            self.fill(region, top);
            if pinned.top() == top && self.is_unchanged(region, top) {
                return true;
            }
        }
        false
    }

    /// Whether the innermost frames are where they were when they were copied.
    fn is_unchanged(&self, region: &'static Region, top: usize) -> bool {
        let extent = Extent::of(region, top);
        let mut copies = self.frames.iter().take(8);
        copies.all(|copy| Words::load(extent.record(copy.depth - 1)).is_same_moment(&copy.words))
    }

    /// The copy of this thread's own stack.
    pub(crate) fn of_this_thread(most: usize) -> Option<CopiedStack> {
        let region = with(Thread::region)?;
        let top = with(|thread| thread.top.load(Relaxed));
        let mut copied = Copied::with_room(region, top, most);
        copied.fill(region, top);
        Some(copied.read())
    }

    /// The frames as they can be asked.
    pub(crate) fn read(self) -> CopiedStack {
        let arena: Option<Arc<[u64]>> = (!self.arena.is_empty()).then(|| self.arena.into());
        let snapshot = |frame: CopiedFrame| {
            let own = frame.words.own_arena().and(arena.clone());
            let kept = &self.kept[frame.kept];
            Snapshot::new(frame.words, frame.depth, own, self.arena_from, kept)
        };
        CopiedStack {
            frames: self.frames.into_iter().map(snapshot).collect(),
            omitted: self.omitted,
            unrecorded: self.unrecorded,
            entering: self.entering,
        }
    }
}

/// Copies of a running thread that are made before one is given out that is not of one moment.
const ATTEMPTS: usize = 8;

/// The end of what is used of the arena, as far as the innermost frames tell.
fn arena_end(extent: &Extent) -> u32 {
    let first = extent.recorded.saturating_sub(ARENA_SEARCH);
    (first..extent.recorded)
        .rev()
        .find_map(|index| Words::load(extent.record(index)).own_arena())
        .map_or(0, |(_, end)| end)
}

/// Words that are kept with those of the innermost frames that are futures'.
fn kept_words(extent: &Extent, most: usize) -> usize {
    let words = |index: usize| Words::load(extent.record(index)).kept_words().len();
    extent.kept(most).map(words).sum()
}

/// The functions and positions of a stack, without values: what a profiler looks at.
pub(crate) struct Places {
    /// The innermost first.
    pub(crate) frames: Vec<(Meta, u32)>,
    most: usize,
    /// Left out of the middle, or without a record.
    pub(crate) omitted: usize,
}

impl Places {
    /// Room for so many frames.
    pub(crate) fn with_room(most: usize) -> Places {
        Places {
            frames: Vec::with_capacity(most),
            most,
            omitted: 0,
        }
    }

    /// Copies a stack by its top. Allocates nothing.
    pub(crate) fn fill(&mut self, region: &'static Region, top: usize) {
        let extent = Extent::of(region, top);
        self.frames.clear();
        self.omitted = extent.recorded.saturating_sub(self.most) + extent.unrecorded;
        for index in extent.kept(self.most) {
            let record = extent.record(index);
            if let Some(meta) = meta_of(record) {
                self.frames
                    .push((meta, record.position.load(Relaxed) & !MARKED));
            }
        }
    }
}

/// What is wanted of a thread.
pub(crate) enum Wish {
    Stack(Copied),
    Places(Places),
    /// Where it has no signal stack, this one: address and size.
    SignalStack(usize, usize),
}

/// Something that a thread is asked to do in a signal handler.
pub(crate) struct Request {
    state: AtomicU32,
    wish: UnsafeCell<Wish>,
}

const ASKED: u32 = 0;
const ANSWERED: u32 = 1;
const REFUSED: u32 = 2;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Waiting,
    Answered,
    /// The thread has ended.
    Refused,
}

// SAFETY: the wish is touched by one thread at a time: by who made the request before `Owner::ask` and after the
// answer or a successful `Owner::take_back`; in between by the thread that `Owner::asked` gave it to, which is one.
unsafe impl Sync for Request {}

impl Request {
    pub(crate) fn new(wish: Wish) -> Request {
        Request {
            state: AtomicU32::new(ASKED),
            wish: UnsafeCell::new(wish),
        }
    }

    pub(crate) fn outcome(&self) -> Outcome {
        match self.state.load(Acquire) {
            ANSWERED => Outcome::Answered,
            REFUSED => Outcome::Refused,
            _ => Outcome::Waiting,
        }
    }

    pub(crate) fn into_wish(self) -> Wish {
        self.wish.into_inner()
    }

    /// The thread has ended.
    pub(super) fn refuse(&self) {
        self.state.store(REFUSED, Release);
    }
}

/// Does what is wanted of this thread, in a signal handler. `signal_stack` is called with the stack to use.
pub(crate) fn answer(signal_stack: impl FnOnce(usize, usize)) {
    with(|thread| {
        let Some(region) = thread.region() else {
            return;
        };
        let Some(request) = region.owner.asked() else {
            return;
        };
        // SAFETY: `asked` gave it to this thread alone, until the store below.
        match unsafe { &mut *request.wish.get() } {
            Wish::Stack(copied) => copied.fill(region, thread.top.load(Relaxed)),
            Wish::Places(places) => places.fill(region, thread.top.load(Relaxed)),
            Wish::SignalStack(address, size) => signal_stack(*address, *size),
        }
        request.state.swap(ANSWERED, AcqRel);
    });
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::*;
    use crate::__private::{at, cap, enter0};
    use crate::code::fixture::{Function, numbers};
    use crate::inspect::FrameInfo;
    use crate::stack::owner;

    fn copied(most: usize) -> CopiedStack {
        Copied::of_this_thread(most).unwrap()
    }

    #[test]
    fn a_copy_is_what_the_thread_itself_sees() {
        let slot = |name, slot| format!("{name} {}\n", numbers(&[0, slot, 0, 0, 9, 0]));
        let variables = slot("a", 0) + &slot("b", 20) + &slot("c", 1);
        let f = Function {
            variables,
            places: vec![(0, 1), (1, 5)],
            ..Function::default()
        }
        .literal();
        let guards: Vec<_> = (0..6).map(|_| enter0(f)).collect();
        for (i, guard) in guards.iter().enumerate() {
            cap(&"text ".repeat(10 * i), 0, **guard);
            cap(&vec![i; 3], 20, **guard);
            cap(&(i as u8), 1, **guard);
            at(1, **guard);
        }
        let copy = copied(100);
        assert_eq!(
            (copy.omitted, copy.unrecorded, copy.entering),
            (0, 0, false)
        );
        let stack = crate::stack();
        let shown = |frame: &FrameInfo| format!("{frame} {} {}", frame.depth(), frame.locals());
        let copies: Vec<_> = copy.frames.into_iter().map(FrameInfo::new).collect();
        assert_eq!(
            copies.iter().map(shown).collect::<Vec<_>>(),
            stack.iter().map(shown).collect::<Vec<_>>()
        );
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn of_a_deep_stack_the_ends_are_copied() {
        let f = Function::default().literal();
        let guards: Vec<_> = (0..1000).map(|_| enter0(f)).collect();
        let copy = copied(10);
        let depths: Vec<usize> = copy.frames.iter().map(Snapshot::depth).collect();
        assert_eq!(depths, [1000, 999, 998, 997, 996, 5, 4, 3, 2, 1]);
        assert_eq!(copy.omitted, 990);
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn any_word_is_a_top() {
        let _frame = enter0(Function::default().literal());
        let region = owner::own().unwrap();
        let mut places = Places::with_room(10);
        for top in [
            0,
            1,
            region.base - 8,
            region.base,
            region.counted_end + 8,
            usize::MAX,
        ] {
            places.fill(region, top);
            assert_eq!((places.frames.len(), places.omitted), (0, 0), "{top:x}");
        }
        places.fill(region, region.base + STRIDE + 1);
        assert_eq!((places.frames.len(), places.omitted), (1, 0));
        places.fill(region, region.counted_end);
        assert!(places.frames.len() <= 10 && places.omitted > 1000);
    }

    #[test]
    fn more_values_than_there_is_room_for_lose_their_bytes_only() {
        let variables = format!("a {}\n", numbers(&[0, 0, 0, 0, 9, 0]));
        let f = Function {
            variables,
            ..Function::default()
        }
        .literal();
        let text = "x".repeat(256);
        let guards: Vec<_> = (0..1000)
            .map(|_| {
                let guard = enter0(f);
                cap(&text, 0, *guard);
                guard
            })
            .collect();
        let copy = copied(1000);
        let shown = |i: usize| FrameInfo::new(copy.frames[i].clone()).locals().to_string();
        assert!(shown(0).contains("xxx"));
        assert_eq!(shown(999), r#"{a: ""... (256 bytes)}"#);
        guards.into_iter().rev().for_each(drop);
    }
}
