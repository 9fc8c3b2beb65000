//! Reading memory that may have been overwritten, freed or never have been there.

use crate::threads::system::{make_pipe, read_memory};
use std::sync::atomic::{
    AtomicU64,
    Ordering::{AcqRel, Acquire},
};

/// Both ends of a pipe and a bit that says that they are there.
static PIPE: AtomicU64 = AtomicU64::new(0);
const THERE: u64 = 1 << 63;

pub(super) fn prepare() {
    if PIPE.load(Acquire) == 0
        && let Some([out, into]) = make_pipe()
    {
        let ends = THERE | u64::from(into as u32) << 31 | u64::from(out as u32);
        let _ = PIPE.compare_exchange(0, ends, AcqRel, Acquire);
    }
}

/// Reads as many bytes as there are, up to the buffer's end.
pub(super) fn read(from: usize, to: &mut [u8]) -> usize {
    let ends = PIPE.load(Acquire);
    let end = |shift: u32| (ends >> shift & 0x7fff_ffff) as i32;
    let pipe = (ends & THERE != 0).then(|| [end(0), end(31)]);
    read_memory(from, to, pipe).min(to.len())
}

/// Reads so many bytes, or nothing.
pub(super) fn read_array<const N: usize>(from: usize) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (read(from, &mut bytes) == N).then_some(bytes)
}

/// Reads a word.
pub(super) fn word(from: usize) -> Option<u64> {
    read_array(from).map(u64::from_ne_bytes)
}

/// A struct that was read, by the offsets of its fields.
pub(super) struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Bytes<N> {
    pub(super) fn read(from: usize) -> Option<Bytes<N>> {
        read_array(from).map(Bytes)
    }

    /// 0 behind the end.
    pub(super) fn u64(&self, offset: usize) -> u64 {
        let bytes = self.0.get(offset..).and_then(|bytes| bytes.first_chunk());
        bytes.copied().map_or(0, u64::from_ne_bytes)
    }

    pub(super) fn u32(&self, offset: usize) -> u32 {
        let bytes = self.0.get(offset..).and_then(|bytes| bytes.first_chunk());
        bytes.copied().map_or(0, u32::from_ne_bytes)
    }

    pub(super) fn usize(&self, offset: usize) -> usize {
        self.u64(offset) as usize
    }
}
