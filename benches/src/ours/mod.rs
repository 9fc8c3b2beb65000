//! The rows of stacklens, in the order of the table. Each file starts with what its number means for a user
//! and what would make it grow.

mod allocations;
mod arguments;
mod deep;
mod enter;
mod errors;
mod inspect;
mod locals;
mod log_calls;
mod native;
mod position;
mod suspend;
mod switched_off;
mod tasks;

use crate::row::Row;

pub(crate) use enter::FRAMED;
#[cfg(feature = "peers")]
pub(crate) use inspect::twenty_deep;

/// The title over the rows.
const STACKLENS: &str = "stacklens";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![enter::ROW, arguments::ROW, locals::ROW, position::ROW];
    rows.extend(deep::ROWS);
    rows.extend(inspect::ROWS);
    rows.extend(native::ROWS);
    rows.extend(errors::ROWS);
    rows.extend(allocations::ROWS);
    rows.extend(suspend::ROWS);
    rows.extend(tasks::ROWS);
    rows.extend(log_calls::ROWS);
    rows.extend(switched_off::ROWS);
    rows
}
