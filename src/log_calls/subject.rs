//! `name(arguments)`, kept from the beginning of a call to its end; and other texts that lie beside its frame.

use super::line::Line;
use crate::stack::Guard;
use std::mem::MaybeUninit;

/// A text that is written once more when the call ends.
pub(super) struct Subject {
    /// The text's, if it is short, as most are; [`UNKNOWN`] or [`KEPT`].
    length: u8,
    /// Where it is kept beside the frame.
    place: u32,
    bytes: [MaybeUninit<u8>; SHORT],
}

/// Two registers' worth: it is copied whole.
const SHORT: usize = 32;
const KEPT: u8 = 254;
const UNKNOWN: u8 = 255;

impl Subject {
    /// Not a constant: that would be copied, uninitialised bytes and all.
    #[inline(always)]
    pub(super) fn unknown() -> Subject {
        Subject {
            length: UNKNOWN,
            place: 0,
            bytes: [MaybeUninit::uninit(); SHORT],
        }
    }

    /// Keeps what was appended since the line was `from` bytes long.
    #[inline]
    pub(super) fn keep(&mut self, line: &Line, from: usize, frame: &Guard) {
        let length = line.len() - from;
        if length <= SHORT && line.copy_array(from, &mut self.bytes) {
            self.length = length as u8;
        } else {
            self.place = frame.keep(line.since(from).as_bytes());
            self.length = KEPT;
        }
    }

    /// Appends the text, if it is known.
    #[inline]
    pub(super) fn write(&self, frame: &Guard, out: &mut Line) -> bool {
        match self.length {
            UNKNOWN => false,
            KEPT => kept(frame, self.place, out),
            length => {
                // SAFETY: `keep` copied that many bytes of a line, from a text's beginning to its end.
                unsafe { out.push_array(&self.bytes, usize::from(length)) };
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
