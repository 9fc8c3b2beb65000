//! Copies of frames that are kept, taken by any thread while theirs go on.

use super::kept;
use super::read::Meta;
use super::record::{HAS_SPILL, HOT, INLINE_SLOTS, MARKED, Record, note};
use super::region::Region;
use super::snapshot::Snapshot;
use crate::capture::{Tag, VALUE_BYTES};
use crate::suspend::{Class, Id, Moment, Node, SPAWNED};
use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// How often a frame is looked at that changes all the time.
const ATTEMPTS: usize = 8;

/// What a node says of its frame, but for the values: those are in a list that the copies share.
#[derive(Clone, Debug)]
pub(crate) struct Copied {
    pub(crate) id: Id,
    pub(crate) meta: Meta,
    pub(crate) position: u32,
    /// Who polled it last; 0 for a thread that polled nothing else.
    pub(crate) parent: Id,
    /// Instead of polling it, `parent` made it and left it to others.
    pub(crate) is_spawned: bool,
    pub(crate) is_running: bool,
    pub(crate) polls: u64,
    pub(crate) created: u64,
    pub(crate) polled: u64,
    slots: u32,
    words: Range<usize>,
}

/// Copies the frame of a node, if it is somebody's, to the end of `frames`, and its values to that of `values`. If it changed
/// at each attempt, it is counted as `busy`.
///
/// Always inlined, in a loop over all nodes: a call for each is a third more.
#[inline(always)]
pub(crate) fn copy(
    class: Class,
    node: &'static Node,
    frames: &mut Vec<Copied>,
    values: &mut Vec<u64>,
    busy: &mut usize,
) {
    let begin = values.len();
    for _ in 0..ATTEMPTS {
        let Some(moment) = node.moment() else {
            return;
        };
        if let Some(copied) = attempt(class, node, moment, values)
            && node.is_still(moment)
        {
            return frames.push(copied);
        }
        values.truncate(begin);
    }
    *busy += 1;
}

#[inline(always)]
fn attempt(
    class: Class,
    node: &'static Node,
    moment: Moment,
    values: &mut Vec<u64>,
) -> Option<Copied> {
    let begin = values.len();
    let slots = node.slots.load(Relaxed);
    let mut position = node.position.load(Relaxed);
    // SAFETY: the caller found the node in the table of the class.
    let words = unsafe { node.words(class) };
    if 2 * slots as usize > words.len() {
        return None;
    }
    if moment.is_running() {
        position = running(
            node.record.load(Relaxed) as usize,
            slots as usize,
            words,
            values,
        );
    } else if slots > 0 {
        suspended(words, slots as usize, values);
    }
    let parent = node.parent.load(Relaxed);
    Some(Copied {
        id: moment.id,
        // Checked by `is_still` before anybody uses it: then it is what `take` stored.
        meta: Meta::of_node(node)?,
        position,
        parent: parent & !SPAWNED,
        is_spawned: parent & SPAWNED != 0,
        is_running: moment.is_running(),
        polls: moment.polls(),
        created: node.created.load(Relaxed),
        polled: node.polled.load(Relaxed),
        slots,
        words: begin..values.len(),
    })
}

fn suspended(words: &[AtomicU64], slots: usize, values: &mut Vec<u64>) {
    let begin = values.len();
    let load = |word: &AtomicU64| word.load(Relaxed);
    values.extend(words[..2 * slots].iter().map(load));
    let used = kept::used(&values[begin..]).min(words.len() - 2 * slots);
    values.extend(words[2 * slots..][..used].iter().map(load));
}

/// Copies what the record of a running frame says; gives its position. While it is being copied its thread goes on: it is
/// copied until two copies are the same.
#[cold]
fn running(address: usize, slots: usize, words: &[AtomicU64], values: &mut Vec<u64>) -> u32 {
    let Some(region) = Region::with_record(address) else {
        return 0;
    };
    // SAFETY: a record of a region, of atomic words that live forever.
    let record = unsafe { &*(address as *const Record) };
    let begin = values.len();
    let mut position = record.position.load(Relaxed) & !MARKED;
    for _ in 0..ATTEMPTS {
        copy_record(record, region, slots, words, values);
        let middle = values.len();
        copy_record(record, region, slots, words, values);
        let again = record.position.load(Relaxed) & !MARKED;
        let same = values[begin..middle] == values[middle..] && again == position;
        position = again;
        values.truncate(middle);
        if same {
            return position;
        }
        values.truncate(begin);
    }
    let changing = u64::from(note(Tag::CHANGING, position));
    values.extend((0..2 * slots).map(|word| if word % 2 == 0 { changing } else { 0 }));
    position
}

fn copy_record(
    record: &Record,
    region: &'static Region,
    slots: usize,
    words: &[AtomicU64],
    values: &mut Vec<u64>,
) {
    let begin = values.len();
    let flags = record.flags.load(Relaxed);
    let arena = region.arena();
    for slot in 0..slots {
        let (note, value) = if flags & HOT != 0 {
            (
                u64::from(note(Tag::HOT, record.position.load(Relaxed) & !MARKED)),
                0,
            )
        } else if slot < INLINE_SLOTS {
            (
                u64::from(record.notes[slot].load(Relaxed)),
                record.values[slot].load(Relaxed),
            )
        } else {
            let at = record.spill.load(Relaxed) as usize + 2 * (slot - INLINE_SLOTS);
            match arena.get(at..at + 2) {
                Some([note, value]) if flags & HAS_SPILL != 0 => {
                    (note.load(Relaxed), value.load(Relaxed))
                }
                _ => (0, 0),
            }
        };
        values.extend([note, value]);
    }
    // The bytes: those that are kept with the node are behind its values; those in the thread's arena come behind them.
    let kept = kept::used(&values[begin..]).min(words.len() - 2 * slots);
    values.extend(
        words[2 * slots..][..kept]
            .iter()
            .map(|word| word.load(Relaxed)),
    );
    let bytes = begin + 2 * slots;
    for slot in 0..slots {
        let (tag, value) = (values[begin + 2 * slot] as u8, values[begin + 2 * slot + 1]);
        let chunk = (value >> 32) as usize;
        if (tag != Tag::TEXT && tag != Tag::TYPED) || chunk == 0 || kept::is_kept(value) {
            continue;
        }
        let (first, length) = match arena.get(chunk) {
            Some(head) => (
                values.len() - bytes,
                (head.load(Relaxed) as u32 as usize).min(VALUE_BYTES),
            ),
            None => (0, 0),
        };
        let data = arena.get(chunk + 1..).unwrap_or_default();
        let data = &data[..data.len().min(length.div_ceil(8))];
        values.extend(data.iter().map(|word| word.load(Relaxed)));
        values[begin + 2 * slot + 1] = kept::value(value, first, length);
    }
}

impl Copied {
    /// The words of the frame among those of all copies.
    pub(crate) fn words<'w>(&self, all: &'w [u64]) -> &'w [u64] {
        &all[self.words.clone()]
    }

    /// The frame as any other is shown. `all`: the values of all copies.
    pub(crate) fn snapshot(&self, all: &[u64], depth: usize) -> Snapshot {
        Snapshot::of_kept(
            self.meta,
            self.position,
            self.words(all),
            self.slots as usize,
            depth,
        )
    }
}
