//! Reading bytes one after the other, in few instructions also where nothing is optimised.
//!
//! Debug information is gone through by megabytes to find one function, by a library that is compiled as the program is.
//! What is used there of iterators and slices would be a dozen calls a byte.

use std::marker::PhantomData;

/// What is left of some bytes. Behind their end everything is zero.
#[derive(Clone, Copy)]
pub(super) struct Bytes<'a> {
    at: *const u8,
    end: *const u8,
    _bytes: PhantomData<&'a [u8]>,
}

impl<'a> Bytes<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes {
            at: bytes.as_ptr(),
            end: bytes.as_ptr_range().end,
            _bytes: PhantomData,
        }
    }

    #[inline(always)]
    pub(super) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.end as usize - self.at as usize
    }

    #[inline(always)]
    pub(super) fn byte(&mut self) -> u8 {
        if self.at == self.end {
            return 0;
        }
        // SAFETY: `at` is in front of the end.
        unsafe {
            let byte = *self.at;
            self.at = (self.at as usize + 1) as *const u8;
            byte
        }
    }

    #[inline(always)]
    pub(super) fn skip(&mut self, count: usize) {
        let left = self.end as usize - self.at as usize;
        let count = if count < left { count } else { left };
        self.at = (self.at as usize + count) as *const u8;
    }

    /// A number of up to eight bytes, in the machine's order.
    #[inline(always)]
    pub(super) fn word(&mut self, size: usize) -> u64 {
        let left = self.end as usize - self.at as usize;
        let mut bytes = [0_u8; 8];
        if size <= 8 && size <= left {
            let to = if cfg!(target_endian = "big") {
                8 - size
            } else {
                0
            };
            // SAFETY: `size` bytes lie in front of the end, and as many in `bytes`.
            unsafe {
                self.at
                    .copy_to_nonoverlapping(bytes.as_mut_ptr().add(to), size)
            };
        }
        self.skip(size);
        u64::from_ne_bytes(bytes)
    }

    /// Eight bytes, in the machine's order.
    #[inline(always)]
    pub(super) fn word64(&mut self) -> u64 {
        if self.len() < 8 {
            self.at = self.end;
            return 0;
        }
        // SAFETY: eight bytes lie in front of the end.
        unsafe {
            let word = self.at.cast::<u64>().read_unaligned();
            self.at = (self.at as usize + 8) as *const u8;
            word
        }
    }

    #[inline(always)]
    pub(super) fn uleb(&mut self) -> u64 {
        let byte = self.byte();
        if byte < 0x80 {
            return byte as u64;
        }
        self.long_uleb(byte)
    }

    fn long_uleb(&mut self, first: u8) -> u64 {
        let mut value = (first & 0x7f) as u64;
        let mut shift = 7;
        loop {
            let byte = self.byte();
            if shift < 64 {
                value |= ((byte & 0x7f) as u64) << shift;
            }
            if byte < 0x80 {
                return value;
            }
            shift = if shift < 64 { shift + 7 } else { shift };
        }
    }

    pub(super) fn sleb(&mut self) -> i64 {
        let (mut value, mut shift) = (0_i64, 0);
        loop {
            let byte = self.byte();
            if shift < 64 {
                value |= ((byte & 0x7f) as i64) << shift;
                shift += 7;
            }
            if byte < 0x80 {
                if shift < 64 && byte & 0x40 != 0 {
                    value |= -1 << shift;
                }
                return value;
            }
        }
    }

    /// Skips a text that ends in NUL.
    pub(super) fn skip_text(&mut self) {
        while !self.is_empty() && self.byte() != 0 {}
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn numbers_are_read_as_dwarf_writes_them() {
        let mut bytes = Bytes::of(&[2, 0xe5, 0x8e, 0x26, 0x7e, 0x80, 0x7f, 1, 2, 3, 0x80]);
        assert_eq!([bytes.uleb(), bytes.uleb()], [2, 624_485]);
        assert_eq!([bytes.sleb(), bytes.sleb()], [-2, -128]);
        let word = bytes.word(3).to_ne_bytes();
        assert!(word.starts_with(&[1, 2, 3]) || word.ends_with(&[1, 2, 3]));
        assert_eq!((bytes.len(), bytes.uleb(), bytes.is_empty()), (1, 0, true));
    }

    #[test]
    fn behind_the_end_everything_is_zero_and_nothing_goes_on_for_ever() {
        let mut bytes = Bytes::of(&[0xff; 3]);
        assert_eq!(bytes.word(8), 0);
        assert!(bytes.is_empty());
        bytes.skip(usize::MAX);
        bytes.skip_text();
        assert_eq!((bytes.byte(), bytes.uleb(), bytes.sleb()), (0, 0, 0));
        assert!(Bytes::of(&[0xff; 100]).uleb() > 0);
    }
}
