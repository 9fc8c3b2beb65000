//! The bytes of a value, as far as they are known.

use super::location::{Gap, Pieces, Place};
use super::memory::Memory;
use std::ops::Range;

/// Bytes read of one value. Items of larger ones are read one by one.
pub(super) const MOST: u64 = 16 << 10;

/// A copy of an object, and which parts of it are missing.
pub(crate) struct Bytes {
    data: Vec<u8>,
    /// Where it is, if it is whole and in memory.
    address: Option<u64>,
    gaps: Vec<(Range<u64>, Gap)>,
}

/// A part of an object.
#[derive(Clone, Copy)]
pub(crate) struct View<'b> {
    bytes: &'b Bytes,
    start: u64,
}

impl Bytes {
    /// Copies an object out of memory.
    pub(crate) fn read(memory: &dyn Memory, address: u64, size: u64) -> Bytes {
        let mut data = vec![0; size.min(MOST) as usize];
        let gap = if !memory.read(address, &mut data) {
            Some((0..size, Gap::Unreadable))
        } else {
            (size > MOST).then_some((MOST..size, Gap::TooLarge))
        };
        Bytes {
            data,
            address: Some(address),
            gaps: gap.into_iter().collect(),
        }
    }

    /// An object that is nowhere.
    pub(crate) fn missing(gap: Gap) -> Bytes {
        Bytes {
            data: Vec::new(),
            address: None,
            gaps: vec![(0..u64::MAX, gap)],
        }
    }

    /// Puts an object together that may be in several places.
    pub(crate) fn gather(memory: &dyn Memory, pieces: &Pieces, size: u64) -> Bytes {
        if let [(Place::Memory(address), None)] = pieces[..] {
            return Bytes::read(memory, address, size);
        }
        if size > MOST {
            return Bytes::missing(Gap::TooLarge);
        }
        let mut bytes = Bytes {
            data: vec![0; size as usize],
            address: None,
            gaps: Vec::new(),
        };
        let mut at = 0;
        for (place, length) in pieces {
            let end = length.map_or(size, |length| size.min(at + length.min(size)));
            bytes.put(memory, place, at..end);
            at = end;
        }
        // What no piece tells of.
        bytes.gap(at..size, Gap::OptimizedOut);
        bytes
    }

    fn put(&mut self, memory: &dyn Memory, place: &Place, range: Range<u64>) {
        let to = &mut self.data[range.start as usize..range.end as usize];
        match place {
            Place::Memory(address) => {
                if !memory.read(*address, to) {
                    self.gap(range, Gap::Unreadable);
                }
            }
            Place::Value(value) => {
                let known = value.len().min(to.len());
                to[..known].copy_from_slice(&value[..known]);
                self.gap(range.start + known as u64..range.end, Gap::OptimizedOut);
            }
            Place::Nowhere(gap) => self.gap(range, *gap),
        }
    }

    fn gap(&mut self, range: Range<u64>, gap: Gap) {
        if !range.is_empty() {
            self.gaps.push((range, gap));
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View {
            bytes: self,
            start: 0,
        }
    }
}

impl<'b> View<'b> {
    /// The part that begins so many bytes further on.
    pub(crate) fn skip(self, offset: u64) -> View<'b> {
        View {
            start: self.start.saturating_add(offset),
            ..self
        }
    }

    /// The first bytes.
    pub(crate) fn get(self, len: u64) -> Result<&'b [u8], Gap> {
        let end = self.start.checked_add(len).ok_or(Gap::NotUnderstood)?;
        let gaps = self.bytes.gaps.iter();
        let mut hit = gaps.filter(|(gap, _)| gap.start < end && self.start < gap.end);
        if len != 0
            && let Some((_, gap)) = hit.next()
        {
            return Err(*gap);
        }
        // What lies beyond the object belongs to nobody: then the description of the type is not to be trusted.
        let range = self.start as usize..end as usize;
        self.bytes.data.get(range).ok_or(Gap::NotUnderstood)
    }

    /// A number of up to 16 bytes, little end first.
    pub(crate) fn unsigned(self, len: u64) -> Result<u128, Gap> {
        let mut number = [0; 16];
        let bytes = self.get(len)?;
        let to = number.get_mut(..bytes.len()).ok_or(Gap::NotUnderstood)?;
        to.copy_from_slice(bytes);
        Ok(u128::from_le_bytes(number))
    }

    pub(crate) fn signed(self, len: u64) -> Result<i128, Gap> {
        let number = self.unsigned(len)?;
        let unused = 128 - 8 * len.min(16) as u32;
        Ok(number.checked_shl(unused).unwrap_or(0) as i128 >> unused.min(127))
    }

    /// The address of the first byte, if it is in memory.
    pub(crate) fn address(self) -> Option<u64> {
        self.bytes.address?.checked_add(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::locals::memory::Memory;

    struct Nothing;
    impl Memory for Nothing {
        fn read(&self, _address: u64, to: &mut [u8]) -> bool {
            to.is_empty()
        }
    }

    #[test]
    fn what_no_piece_tells_of_is_a_gap() {
        let pieces = vec![
            (Place::Value(vec![1, 2, 3, 4, 5, 6, 7, 8]), Some(4)),
            (Place::Nowhere(Gap::Overwritten), Some(4)),
        ];
        let bytes = Bytes::gather(&Nothing, &pieces, 12);
        let view = bytes.view();
        assert_eq!(view.get(4), Ok(&[1, 2, 3, 4][..]));
        assert_eq!(view.get(5), Err(Gap::Overwritten));
        assert_eq!(view.skip(4).get(4), Err(Gap::Overwritten));
        assert_eq!(view.skip(8).get(4), Err(Gap::OptimizedOut));
        assert_eq!(view.skip(12).get(0), Ok(&[][..]));
        assert_eq!(view.skip(12).get(1), Err(Gap::NotUnderstood));
        assert_eq!(view.skip(u64::MAX).get(u64::MAX), Err(Gap::NotUnderstood));
    }

    #[test]
    fn numbers_keep_their_sign() {
        let bytes = Bytes::gather(&Nothing, &vec![(Place::Value(vec![0xff, 0x80]), None)], 2);
        assert_eq!(bytes.view().signed(1), Ok(-1));
        assert_eq!(bytes.view().unsigned(1), Ok(255));
        assert_eq!(bytes.view().signed(2), Ok(-32513));
        assert_eq!(bytes.view().signed(0), Ok(0));
        let wide = vec![(Place::Value(vec![0xfe; 16]), None)];
        let bytes = Bytes::gather(&Nothing, &wide, 16);
        assert_eq!(bytes.view().signed(16), Ok(i128::from_le_bytes([0xfe; 16])));
    }
}
