//! What `features = ["off"]` leaves behind.
//!
//! Nothing: the attributes give back the very item they were put on, so that whoever builds an application
//! can take the frames out of all crates in it, and a library can put them in without a second thought. The
//! functions measured are those of the rows above, in a second build of this program.
//!
//! It would grow as soon as the attribute changed anything: a body moved into a block of its own is enough
//! to keep an async function from being inlined into the one that awaits it.

use super::FRAMED;
use super::STACKLENS;
use super::suspend::CHAIN;
use crate::asynchronous::{BARE_CHAIN, POLLED_LEVELS};
use crate::row::Row;
use crate::work::BARE;

pub(super) const ROWS: [Row; 2] = [
    Row::new(STACKLENS, "switched off: a call", FRAMED, BARE)
        .switched_off()
        .budget(0.0),
    Row::new(
        STACKLENS,
        "switched off: an async call, per poll and level",
        CHAIN,
        BARE_CHAIN,
    )
    .switched_off()
    .per(POLLED_LEVELS)
    .budget(0.0),
];
