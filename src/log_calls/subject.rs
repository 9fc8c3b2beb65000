//! `name(arguments)`, kept from the beginning of a call to its end; and other texts that lie beside its frame.

use super::line::Line;
use crate::stack::Guard;
use std::mem::MaybeUninit;

/// A text that is written once more when the call ends.
pub(super) enum Subject {
    Unknown,
    /// Most of them, and the cheapest.
    Short {
        length: u8,
        bytes: [MaybeUninit<u8>; SHORT],
    },
    /// Beside the frame.
    Kept(u32),
}

const SHORT: usize = 30;

impl Subject {
    /// Keeps what was appended since the line was `from` bytes long.
    #[inline]
    pub(super) fn keep(&mut self, line: &Line, from: usize, frame: &Guard) {
        let length = line.len() - from;
        *self = match line.array(from).filter(|_| length <= SHORT) {
            Some(bytes) => Subject::Short {
                length: length as u8,
                bytes,
            },
            None => Subject::Kept(frame.keep(line.since(from).as_bytes())),
        };
    }

    /// Appends the text, if it is known.
    #[inline]
    pub(super) fn write(&self, frame: &Guard, out: &mut Line) -> bool {
        match self {
            Subject::Unknown => false,
            Subject::Kept(place) => kept(frame, *place, out),
            Subject::Short { length, bytes } => {
                // SAFETY: `keep` copied that many bytes of a line, from a text's beginning to its end.
                unsafe { out.push_array(bytes, usize::from(*length)) };
                true
            }
        }
    }
}

/// Appends a text that was kept beside the frame.
#[inline]
pub(super) fn kept(frame: &Guard, place: u32, out: &mut Line) -> bool {
    if place == 0 {
        return false;
    }
    // Room is made first: an allocator that is annotated may write over the bytes of a frame whose coroutine was left
    // elsewhere, also in between.
    let Some(length) = frame.kept(place, <[u8]>::len) else {
        return false;
    };
    out.reserve(length);
    frame
        // Such bytes may be no text.
        .kept(place, |bytes| {
            out.push_checked(&bytes[..bytes.len().min(length)])
        })
        .unwrap_or(false)
}
