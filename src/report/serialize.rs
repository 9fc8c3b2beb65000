//! `serde` for reports.

use crate::source::Source;
use serde::{Deserialize, Deserializer};
use std::sync::OnceLock;

type Cell = OnceLock<Option<Source>>;

/// A report that was read has the source lines that it came with: files of this machine are others.
pub(super) fn no_source() -> Cell {
    Cell::from(None)
}

pub(super) fn source<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cell, D::Error> {
    Option::<Source>::deserialize(deserializer).map(Cell::from)
}
