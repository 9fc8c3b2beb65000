//! One line of text in the making: on the native stack, so that a line costs no allocation and whatever runs in the
//! middle of one (an annotated allocator, a `Debug` that logs) has a line of its own.

use std::fmt;
use std::mem::MaybeUninit;

/// Lines that are longer go on in the heap.
const ROOM: usize = 512;

pub(crate) struct Line {
    length: usize,
    /// What the array holds at most; 0 once the text is in the heap.
    room: usize,
    stack: [MaybeUninit<u8>; ROOM],
    /// All of the line, once it did not fit.
    heap: Vec<u8>,
}

impl Line {
    #[inline]
    pub(crate) const fn new() -> Line {
        Line {
            length: 0,
            room: ROOM,
            stack: [MaybeUninit::uninit(); ROOM],
            heap: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, text: &str) {
        let (from, more) = (self.length, text.len());
        if from + more <= self.room {
            // SAFETY: `from + more` bytes fit, and a text that somebody lends is not in this array.
            unsafe {
                let to = self.stack.as_mut_ptr().add(from).cast::<u8>();
                copy(text.as_ptr(), to, more);
            }
            self.length = from + more;
        } else {
            self.push_on_heap(text);
        }
    }

    /// Appends the first `count` bytes of an array, which are a text. All of it is copied: that needs no loop.
    ///
    /// # Safety
    /// They are written, and a text.
    #[inline]
    pub(super) unsafe fn push_array<const N: usize>(
        &mut self,
        bytes: &[MaybeUninit<u8>; N],
        count: usize,
    ) {
        debug_assert!(count <= N);
        if self.length + N <= self.room {
            // SAFETY: the whole array fits.
            unsafe {
                let to = self.stack.as_mut_ptr().add(self.length);
                to.copy_from_nonoverlapping(bytes.as_ptr(), N);
            }
            self.length += count;
        } else {
            // SAFETY: promised by the caller.
            self.push_text(unsafe {
                let bytes = std::slice::from_raw_parts(bytes.as_ptr().cast(), count);
                std::str::from_utf8_unchecked(bytes)
            });
        }
    }

    /// Copies `N` bytes from the `from`th on; how many of them are written is for the caller to know. Says whether there
    /// are so many.
    #[inline]
    pub(super) fn copy_array<const N: usize>(
        &self,
        from: usize,
        to: &mut [MaybeUninit<u8>; N],
    ) -> bool {
        if self.room == 0 {
            return false;
        }
        let there = self.stack.get(from..).and_then(<[_]>::first_chunk);
        there.is_some_and(|bytes| {
            *to = *bytes;
            true
        })
    }

    /// [`Line::push`] as a call, for a text of any length.
    #[inline(never)]
    pub(crate) fn push_text(&mut self, text: &str) {
        self.push(text);
    }

    /// Appends the first `count` (at most seven) bytes of a word, all of them ASCII, between quotes.
    #[inline(always)] // as `value::slot`
    pub(super) fn push_quoted(&mut self, word: u64, count: usize) {
        debug_assert!(count <= 7 && word & 0x80_8080_8080_8080 == 0);
        let text = self.length + 1;
        if self.length + 10 <= self.room {
            // SAFETY: ten bytes fit; those behind the second quote are not counted.
            unsafe {
                let to = self.stack.as_mut_ptr().add(text).cast::<u8>();
                to.sub(1).write(b'"');
                to.cast::<[u8; 8]>().write_unaligned(word.to_le_bytes());
                to.add(count.min(8)).write(b'"');
            }
            self.length = text + count + 1;
        } else {
            let bytes = word.to_le_bytes();
            self.push("\"");
            // SAFETY: ASCII.
            self.push(unsafe { std::str::from_utf8_unchecked(&bytes[..count.min(8)]) });
            self.push("\"");
        }
    }

    /// So many bytes more are appended without an allocation.
    #[inline]
    pub(super) fn reserve(&mut self, count: usize) {
        if self.length + count > self.room {
            self.reserve_on_heap(count);
        }
    }

    #[cold]
    #[inline(never)]
    fn reserve_on_heap(&mut self, count: usize) {
        if self.room != 0 {
            let mut heap = Vec::with_capacity(2 * ROOM + count);
            heap.extend_from_slice(self.on_stack().as_bytes());
            self.heap = heap;
            self.room = 0;
        } else {
            self.heap.reserve(count);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_on_heap(&mut self, text: &str) {
        self.reserve_on_heap(text.len());
        self.heap.extend_from_slice(text.as_bytes());
        self.length = self.heap.len();
    }

    fn on_stack(&self) -> &str {
        // SAFETY: while there is room, the first `length` bytes were written, whole texts each.
        unsafe {
            let bytes = std::slice::from_raw_parts(self.stack.as_ptr().cast::<u8>(), self.length);
            std::str::from_utf8_unchecked(bytes)
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        if self.room != 0 {
            self.on_stack()
        } else {
            // SAFETY: only whole texts are appended.
            unsafe { std::str::from_utf8_unchecked(&self.heap) }
        }
    }

    /// Appends bytes that are text if nobody has written over them. Says whether they were.
    #[inline]
    pub(super) fn push_checked(&mut self, bytes: &[u8]) -> bool {
        let ascii = bytes.is_ascii();
        match if ascii {
            None
        } else {
            Some(std::str::from_utf8(bytes))
        } {
            // SAFETY: ASCII.
            None => self.push_text(unsafe { std::str::from_utf8_unchecked(bytes) }),
            Some(Ok(text)) => self.push_text(text),
            Some(Err(_)) => return false,
        }
        true
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// What was appended since the line was `length` bytes long.
    #[inline]
    pub(super) fn since(&self, length: usize) -> &str {
        self.as_str().get(length..).unwrap_or_default()
    }

    /// Cuts the line to what it was when it was `length` bytes long.
    pub(super) fn truncate(&mut self, length: usize) {
        debug_assert!(self.as_str().is_char_boundary(length));
        self.length = length.min(self.length);
        self.heap.truncate(self.length);
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.heap.clear();
        self.room = ROOM;
    }

    #[inline(never)]
    pub(crate) fn push_number(&mut self, mut number: u64) {
        let count = digits(number);
        if self.length + MOST_DIGITS > self.room {
            return self.push_number_anywhere(number);
        }
        let mut at = self.length + count;
        self.length = at;
        let mut pair = |at: usize, pair: u32| {
            debug_assert!(at <= ROOM - 2 && pair < 100);
            // SAFETY: below 100; and two of the number's digits, for which there is room.
            unsafe {
                let pair = PAIRS.get_unchecked(pair as usize);
                let to = self.stack.as_mut_ptr().add(at);
                to.cast::<[u8; 2]>().write(*pair);
            }
        };
        while number >= 100_000_000 {
            let eight = (number % 100_000_000) as u32;
            number /= 100_000_000;
            at -= 8;
            let (high, low) = (eight / 10_000, eight % 10_000);
            pair(at, high / 100);
            pair(at + 2, high % 100);
            pair(at + 4, low / 100);
            pair(at + 6, low % 100);
        }
        let mut rest = number as u32;
        while rest >= 100 {
            at -= 2;
            pair(at, rest % 100);
            rest /= 100;
        }
        if rest >= 10 {
            pair(at - 2, rest);
        } else {
            // SAFETY: as above, the first digit.
            unsafe {
                self.stack
                    .get_unchecked_mut(at - 1)
                    .write(b'0' + rest as u8)
            };
        }
    }

    #[cold]
    fn push_number_anywhere(&mut self, number: u64) {
        let mut digits = Line::new();
        digits.push_number(number);
        self.push_text(digits.as_str());
    }

    pub(crate) fn push_signed(&mut self, number: i64) {
        if number < 0 {
            self.push("-");
        }
        self.push_number(number.unsigned_abs());
    }

    pub(crate) fn push_spaces(&mut self, mut count: usize) {
        const SPACES: &str = "                                                                ";
        while count > SPACES.len() {
            self.push(SPACES);
            count -= SPACES.len();
        }
        self.push(&SPACES[..count]);
    }
}

/// Those of the largest number: 18446744073709551615.
const MOST_DIGITS: usize = 20;

/// How many digits a number has.
#[inline]
fn digits(number: u64) -> usize {
    // By its bits it is known but for one: log10(2) is 1233 / 4096.
    let about = (((64 - (number | 1).leading_zeros()) * 1233) >> 12) as usize;
    about + usize::from(number >= POWERS[about])
}

/// The powers of ten; 0 for the first: nothing has no digit.
static POWERS: [u64; MOST_DIGITS] = {
    let mut powers = [0; MOST_DIGITS];
    let (mut i, mut power) = (1, 1);
    while i < MOST_DIGITS {
        power *= 10;
        powers[i] = power;
        i += 1;
    }
    powers
};

/// `00` to `99`
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_text(text);
        Ok(())
    }
}

/// The pieces of a line are a few bytes each: by loads that overlap, where a call of `memcpy` would cost more than all
/// else.
///
/// # Safety
/// As for `copy_nonoverlapping`.
#[cfg(not(unoptimised))]
#[inline]
unsafe fn copy(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: each access lies within `count` bytes.
    unsafe {
        match count {
            0 => {}
            1 => *to = *from,
            2..=3 => {
                let last = from.add(count - 2).cast::<u16>().read_unaligned();
                to.cast::<u16>()
                    .write_unaligned(from.cast::<u16>().read_unaligned());
                to.add(count - 2).cast::<u16>().write_unaligned(last);
            }
            4..=7 => {
                let last = from.add(count - 4).cast::<u32>().read_unaligned();
                to.cast::<u32>()
                    .write_unaligned(from.cast::<u32>().read_unaligned());
                to.add(count - 4).cast::<u32>().write_unaligned(last);
            }
            8..=16 => {
                let last = from.add(count - 8).cast::<u64>().read_unaligned();
                to.cast::<u64>()
                    .write_unaligned(from.cast::<u64>().read_unaligned());
                to.add(count - 8).cast::<u64>().write_unaligned(last);
            }
            17..=32 => {
                let last = from.add(count - 16).cast::<u128>().read_unaligned();
                to.cast::<u128>()
                    .write_unaligned(from.cast::<u128>().read_unaligned());
                to.add(count - 16).cast::<u128>().write_unaligned(last);
            }
            _ => from.copy_to_nonoverlapping(to, count),
        }
    }
}

/// Without optimisation `memcpy` is the one that is optimised.
///
/// # Safety
/// As for `copy_nonoverlapping`.
#[cfg(unoptimised)]
unsafe fn copy(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: passed on.
    unsafe { from.copy_to_nonoverlapping(to, count) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_each_length_are_appended_whole() {
        let text = "abcdefghijklmnopqrstuvwxyz0123456789";
        let (mut line, mut expected) = (Line::new(), String::new());
        for length in (0..=text.len()).chain([3, 1, 7]) {
            line.push(&text[..length]);
            expected.push_str(&text[..length]);
        }
        assert!(expected.len() > ROOM, "the heap was tried too");
        assert_eq!(line.as_str(), expected);
        line.clear();
        line.push("again");
        assert_eq!(line.as_str(), "again");
    }

    #[test]
    fn a_line_that_just_fits_stays_on_the_stack() {
        let mut line = Line::new();
        line.push(&"x".repeat(ROOM));
        assert_ne!(line.room, 0);
        line.push("é");
        assert_eq!(line.as_str(), "x".repeat(ROOM) + "é");
    }

    #[test]
    fn numbers_are_decimal() {
        let mut line = Line::new();
        for number in [i64::MIN, -1, 0, 7, 10, i64::MAX] {
            line.push_signed(number);
            line.push(" ");
        }
        line.push_number(u64::MAX);
        assert_eq!(
            line.as_str(),
            "-9223372036854775808 -1 0 7 10 9223372036854775807 18446744073709551615"
        );
        for number in (0..64)
            .map(|shift| 1_u64 << shift)
            .flat_map(|n| [n - 1, n, n + 1])
        {
            line.clear();
            line.push_number(number);
            assert_eq!(line.as_str(), number.to_string());
        }
    }

    #[test]
    fn a_short_text_is_quoted_on_the_stack_and_in_the_heap() {
        for before in [0, ROOM - 10, ROOM - 9, ROOM] {
            let mut line = Line::new();
            line.push(&"x".repeat(before));
            line.push_quoted(u64::from_le_bytes(*b"abcdef\0\0"), 6);
            assert_eq!(line.as_str(), "x".repeat(before) + "\"abcdef\"");
        }
    }

    #[test]
    fn spaces_of_any_count() {
        for count in [0, 1, 64, 65, 200] {
            let mut line = Line::new();
            line.push_spaces(count);
            assert_eq!(line.as_str(), " ".repeat(count));
        }
    }
}
