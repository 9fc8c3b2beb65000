//! The table of symbols: names of functions where there is no debug information.

use super::bytes::Bytes;

/// `STT_FUNC` and `STT_GNU_IFUNC`
const FUNCTIONS: [u8; 2] = [2, 10];

/// The function whose code an address is in, by its index in a table of the machine's own symbols.
///
/// Tables are sorted by nothing, and have a hundred thousand symbols: by plain loads, see [`Bytes`].
pub(super) fn covering(table: &[u8], svma: u64) -> Option<usize> {
    let mut rest = Bytes::of(table);
    let mut best = None;
    let mut index = 0;
    while rest.len() >= SYMBOL {
        let (info, start, size) = symbol(&mut rest);
        // One that covers nothing is of hand-written code: its first byte.
        let size = if size == 0 { 1 } else { size };
        if svma.wrapping_sub(start) < size {
            let kind = info & 0xf;
            if (kind == FUNCTIONS[0] || kind == FUNCTIONS[1]) && start != 0 {
                let inner = match best {
                    None => true,
                    Some((_, other)) => other < start,
                };
                if inner {
                    best = Some((index, start));
                }
            }
        }
        index += 1;
    }
    Some(best?.0)
}

/// Bytes of a symbol.
const SYMBOL: usize = if cfg!(target_pointer_width = "64") {
    24
} else {
    16
};

/// What a symbol is of, where it begins, and how large it is.
#[inline(always)]
#[cfg(target_pointer_width = "64")]
fn symbol(rest: &mut Bytes<'_>) -> (u8, u64, u64) {
    rest.skip(4);
    let info = rest.byte();
    rest.skip(3);
    (info, rest.word64(), rest.word64())
}

/// What a symbol is of, where it begins, and how large it is.
#[inline(always)]
#[cfg(target_pointer_width = "32")]
fn symbol(rest: &mut Bytes<'_>) -> (u8, u64, u64) {
    rest.skip(4);
    let (start, size) = (rest.word(4), rest.word(4));
    let info = rest.byte();
    rest.skip(3);
    (info, start, size)
}

#[cfg(all(test, target_pointer_width = "64"))]
mod tests {
    use super::covering;

    #[test]
    fn the_innermost_function_that_covers_an_address() {
        let symbol = |kind: u8, start: u64, size: u64| {
            let head = [9, 0, 0, 0, kind, 0, 1, 0];
            [&head[..], &start.to_ne_bytes(), &size.to_ne_bytes()].concat()
        };
        let table = [
            symbol(0, 0, 0),
            symbol(0x12, 100, 50),
            symbol(0x11, 120, 4),
            symbol(0x02, 130, 5),
            symbol(0x12, 200, 0),
        ]
        .concat();
        let found: Vec<_> = [99, 100, 121, 134, 135, 150, 200, 201]
            .map(|svma| covering(&table, svma))
            .into();
        let (outer, inner) = (Some(1), Some(3));
        assert_eq!(
            found,
            [None, outer, outer, inner, outer, None, Some(4), None]
        );
        assert_eq!(covering(&table[..30], 100), None);
    }
}
