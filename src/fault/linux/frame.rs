//! One frame of a dump, from memory that may be damaged.

use super::memory::{self, Bytes};
use super::out::Out;
use crate::capture::scan::{print as print_value, print_text};
use crate::capture::{Capture, Limits, Tag, Value, mode, secret};
use crate::code::{Freshness, Missing, Scan, State, Within};
use crate::inspect::fold::Row;
use crate::stack::kept;
use crate::stack::owner::{NAME_BYTES, Owner};
use crate::stack::read::ARGUMENT;
use crate::stack::record::{
    ARGUMENT_TAGS, ARGUMENTS, FUTURE, HAS_SPILL, HOT, INLINE_SLOTS, MARKED, Record, SHORT_TEXT,
    SLOTS, STRIDE,
};
use crate::stack::region::Region;
use crate::suspend::{self, Node};
use std::fmt::Write;
use std::mem::offset_of;

/// What a region's head said when it was read.
pub(super) struct RegionHead {
    at: usize,
    pub(super) base: usize,
    limit: usize,
    counted_end: usize,
    arena: usize,
    arena_words: usize,
    pub(super) next: usize,
    pub(super) thread: usize,
    pub(super) id: u32,
    name: [u8; NAME_BYTES],
}

/// No region is larger.
const LARGEST: usize = 512 << 20;

impl RegionHead {
    /// `None` if there is nothing at this address.
    pub(super) fn read(at: usize) -> Option<RegionHead> {
        const OWNER: usize = offset_of!(Region, owner);
        if at == 0 || !at.is_multiple_of(align_of::<Region>()) {
            return None;
        }
        let head: Bytes<{ size_of::<Region>() }> = Bytes::read(at)?;
        let mut name = [0; NAME_BYTES];
        for (i, bytes) in name.chunks_mut(8).enumerate() {
            let word = head.u64(OWNER + offset_of!(Owner, name) + 8 * i);
            bytes
                .iter_mut()
                .zip(word.to_le_bytes())
                .for_each(|(to, from)| *to = from);
        }
        Some(RegionHead {
            at,
            base: head.usize(offset_of!(Region, base)),
            limit: head.usize(offset_of!(Region, limit)),
            counted_end: head.usize(offset_of!(Region, counted_end)),
            arena: head.usize(offset_of!(Region, arena)),
            arena_words: head.usize(offset_of!(Region, arena_words)),
            next: head.usize(OWNER + offset_of!(Owner, next)),
            thread: head.usize(OWNER + offset_of!(Owner, thread)),
            id: head.u32(OWNER + offset_of!(Owner, id)),
            name,
        })
    }

    /// Whether the parts follow each other as they do in a region.
    pub(super) fn is_sound(&self) -> bool {
        let parts = [self.at, self.base, self.limit, self.counted_end, self.arena];
        let end = self.arena.checked_add(self.arena_words.saturating_mul(8));
        parts.is_sorted()
            && (self.limit - self.base).is_multiple_of(STRIDE)
            && end.is_some_and(|end| end - self.at <= LARGEST)
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    /// Frames with a record, and frames without one. Any top is accepted.
    pub(super) fn extent(&self, top: usize) -> (usize, usize) {
        if !(self.base..=self.counted_end).contains(&top) {
            return (0, 0);
        }
        let recorded = (top.min(self.limit) - self.base) / STRIDE;
        (recorded, top.saturating_sub(self.limit) / 8)
    }

    /// A word of the arena.
    fn word(&self, index: usize) -> Option<u64> {
        (index < self.arena_words).then(|| memory::word(self.arena + 8 * index))?
    }

    /// The bytes of a chunk of the arena.
    fn chunk<'b>(&self, chunk: u32, buffer: &'b mut [u8]) -> &'b [u8] {
        let chunk = chunk as usize;
        let length = match self.word(chunk) {
            Some(head) if chunk != 0 => (head as u32 as usize).min(buffer.len()),
            _ => return &[],
        };
        let length = length.min(8 * (self.arena_words - chunk - 1));
        let buffer = buffer.get_mut(..length).unwrap_or_default();
        let read = memory::read(self.arena + 8 * (chunk + 1), buffer);
        buffer.get(..read).unwrap_or_default()
    }
}

/// What became of a frame.
pub(super) enum Printed {
    Line,
    /// It is one that is not shown.
    Hidden,
}

/// Prints a line: `  [0] name in file:line {values}`, after one on frames that were hidden.
pub(super) fn print(
    index: usize,
    at: usize,
    region: &RegionHead,
    values: bool,
    hidden: usize,
    out: &mut Out,
) -> Result<Printed, std::fmt::Error> {
    let record: Option<Bytes<STRIDE>> = Bytes::read(at);
    let meta = record
        .as_ref()
        .map_or(0, |r| r.usize(offset_of!(Record, meta)));
    // Longer ones lose variables.
    let mut text = [0; 16 << 10];
    let scan = literal(meta, &mut text).and_then(Scan::new);
    if scan.as_ref().is_some_and(Scan::is_hidden) {
        return Ok(Printed::Hidden);
    }
    if hidden > 0 {
        writeln!(out, "  {}", Row::Hidden(hidden))?;
    }
    match (record, scan) {
        (Some(record), Some(scan)) => {
            let position = record.u32(offset_of!(Record, position)) & !MARKED;
            write!(out, "  [{index}] ")?;
            out.visible(scan.name);
            out.text(" in ");
            out.visible(scan.file);
            write!(out, ":{}", scan.line(position))?;
            if values {
                // The innermost function may have been hit at any instruction; the others are in a call.
                let at = match index {
                    0 => Within::Further(position),
                    _ => Within::Statement(position),
                };
                locals(&scan, at, &record, region, out)?;
            }
            out.text("\n");
        }
        (Some(_), None) if meta == 0 => writeln!(out, "  [{index}] (is being entered)")?,
        _ => writeln!(out, "  [{index}] ? (its record is damaged)")?,
    }
    Ok(Printed::Line)
}

/// The text of a function, without the NUL.
fn literal(meta: usize, buffer: &mut [u8]) -> Option<&str> {
    if meta == 0 {
        return None;
    }
    let read = memory::read(meta, buffer);
    let bytes = buffer.get(..read)?.split(|&byte| byte == 0).next()?;
    // What was cut in a character, or never was text, ends there.
    bytes.utf8_chunks().next().map(|chunk| chunk.valid())
}

fn locals(
    scan: &Scan<'_>,
    at: Within,
    record: &Bytes<STRIDE>,
    region: &RegionHead,
    out: &mut Out,
) -> std::fmt::Result {
    let (position, mut count) = (at.position(), 0);
    for (variable, state) in scan.variables_at(position) {
        count += 1;
        if count > Limits::DEFAULT.locals {
            continue;
        }
        out.text(if count == 1 { " {" } else { ", " });
        out.visible(variable.name());
        out.text(": ");
        match variable.missing() {
            _ if state == State::Unassigned => write!(out, "{}", Value::not_yet_assigned())?,
            Some(Missing::Redacted) => write!(out, "{}", Value::redacted())?,
            Some(Missing::Skipped) => write!(out, "{}", Value::omitted("skipped"))?,
            Some(Missing::NotCaptured) => write!(out, "{}", Value::omitted("not captured"))?,
            None if !mode::allows(Capture::Cheap) => {
                write!(out, "{}", Value::omitted("switched off"))?;
            }
            None if secret::is_added(variable.name()) => write!(out, "{}", Value::redacted())?,
            None => {
                let slot = variable
                    .slot()
                    .and_then(|slot| slot_of(slot, position, record, region));
                let Some(slot) = slot.filter(|slot| slot.tag != Tag::EMPTY) else {
                    write!(out, "{}", Value::omitted("not captured"))?;
                    continue;
                };
                match variable.freshness(slot.position, at) {
                    Freshness::MaybeMoved => write!(out, "{}", Value::moved())?,
                    Freshness::Current => slot.print(record, region, out)?,
                    Freshness::AsOfCapture => {
                        slot.print(record, region, out)?;
                        write!(out, " (as of line {})", scan.line(slot.position))?;
                    }
                }
            }
        }
    }
    if let Some(more) = count.checked_sub(Limits::DEFAULT.locals).filter(|&n| n > 0) {
        write!(out, ", ... {more} more")?;
    }
    if count > 0 {
        out.text("}");
    }
    Ok(())
}

/// What a slot holds.
struct Slot {
    tag: u8,
    bits: u64,
    /// Where it was captured.
    position: u32,
}

/// As `Snapshot::slot` finds it.
fn slot_of(slot: u32, position: u32, record: &Bytes<STRIDE>, region: &RegionHead) -> Option<Slot> {
    let flags = record.u32(offset_of!(Record, flags));
    if flags & HOT != 0 && (slot & ARGUMENT == 0 || flags & ARGUMENTS == 0) {
        let (tag, bits) = (Tag::HOT, 0);
        return Some(Slot {
            tag,
            bits,
            position,
        });
    }
    let value = |slot: usize| record.u64(offset_of!(Record, values) + 8 * slot);
    let (note, bits) = if slot & ARGUMENT != 0 {
        let slot = (slot & !ARGUMENT) as usize;
        let tags = record.u64(offset_of!(Record, argument_tags));
        let tag = (slot < ARGUMENT_TAGS).then(|| (tags >> (8 * slot)) as u32 & 0xff)?;
        (tag, value(slot))
    } else if (slot as usize) < INLINE_SLOTS {
        let slot = slot as usize;
        (
            record.u32(offset_of!(Record, notes) + 4 * slot),
            value(slot),
        )
    } else if (slot as usize) < SLOTS && flags & HAS_SPILL != 0 {
        let table = record.u32(offset_of!(Record, spill)) as usize;
        let at = table + 2 * (slot as usize - INLINE_SLOTS);
        (region.word(at)? as u32, region.word(at + 1)?)
    } else {
        return None;
    };
    Some(Slot {
        tag: note as u8,
        bits,
        position: note >> 8,
    })
}

/// The bytes that the upper half of a value's word leads to: in the thread's arena, or kept with the frame of a future.
fn value_bytes<'b>(
    place: u32,
    record: &Bytes<STRIDE>,
    region: &RegionHead,
    buffer: &'b mut [u8],
) -> &'b [u8] {
    let Some((first, length)) = kept::parts(place) else {
        return region.chunk(place, buffer);
    };
    let id = record.u64(offset_of!(Record, argument_tags));
    let node = suspend::locate(id).filter(|_| record.u32(offset_of!(Record, flags)) & FUTURE != 0);
    let Some((class, node)) = node else {
        return &[];
    };
    let head: Option<Bytes<{ size_of::<Node>() }>> = Bytes::read(node as usize);
    let Some(head) = head.filter(|head| head.u64(offset_of!(Node, id)) == id) else {
        return &[];
    };
    let slots = head.u32(offset_of!(Node, slots)) as usize;
    let words = suspend::room(class);
    let first = 2 * slots.min(words) + first.min(words);
    let length = length
        .min(8 * words.saturating_sub(first))
        .min(buffer.len());
    let buffer = buffer.get_mut(..length).unwrap_or_default();
    let read = memory::read(node as usize + size_of::<Node>() + 8 * first, buffer);
    buffer.get(..read).unwrap_or_default()
}

impl Slot {
    fn print(
        &self,
        record: &Bytes<STRIDE>,
        region: &RegionHead,
        out: &mut Out,
    ) -> std::fmt::Result {
        let mut bytes = [0; crate::capture::VALUE_BYTES];
        let (low, chunk) = (self.bits & 0xffff_ffff, (self.bits >> 32) as u32);
        match self.tag {
            SHORT_TEXT => {
                let word = self.bits.to_le_bytes();
                let length = usize::from(word[7]).min(7);
                print_text(word.get(..length).unwrap_or_default(), length, out)
            }
            Tag::TEXT => {
                let shown = value_bytes(chunk, record, region, &mut bytes);
                print_text(shown, low as usize, out)
            }
            Tag::TYPED => match value_bytes(chunk, record, region, &mut bytes) {
                // Its type's name is all that is known.
                [] => write!(out, "{}", Value::decode(Tag::TYPED, low, &[])),
                bytes => print_value(bytes, out),
            },
            // Neither allocates: a scalar, or words for why there is none.
            tag => write!(out, "{}", Value::decode(tag, self.bits, &[])),
        }
    }
}
