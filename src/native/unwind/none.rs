//! Without the feature `native`.

use super::RawFrame;

pub(super) const MISSING: Option<&str> =
    Some("not built in: the feature `native` of stacklens is off");

pub(super) fn walk(_own: usize, _registers: bool, _take: &mut dyn FnMut(RawFrame) -> bool) {}

pub(super) fn function_of(_address: usize) -> Option<usize> {
    None
}
