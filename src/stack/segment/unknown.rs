//! No way to another stack is known here.

pub(super) const AVAILABLE: bool = false;

pub(super) fn map(_bytes: usize, _ceiling: usize) -> Option<(usize, usize)> {
    None
}

pub(super) fn unmap(_low: usize, _high: usize) {}
