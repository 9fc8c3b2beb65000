//! Frames that are on no stack: where the frame of an async function is kept between two polls, and how any thread reads
//! it there.
//!
//! A [`Node`] is a few atomic words in a table that only grows ([`table`]). The future holds the node's address; nothing
//! holds the future's. So it may move, be dropped half-way, be forgotten, or live on a stack that is switched away: what
//! a reader looks at is mapped for as long as the program runs, and belongs to whoever the node's number says
//! ([`node`]). What each thread keeps for itself is in [`thread`].
//!
//! Invariants, and where each is kept:
//! * The memory of a node is never given back, and only ever accessed as atomic words ([`table`]).
//! * A node belongs to one future at a time: taken when that is first polled, given back when it is ready, dropped, or
//!   left by a panic. One that is forgotten keeps its node ([`thread`], [`free`]).
//! * A copy that a reader takes is of one moment, or it is not taken ([`node`]; tests/suspended_loom.rs).
//! * No lock, and no allocation but to let the table grow.

mod atomic;
mod clock;
mod free;
mod node;
mod table;
pub(crate) mod thread;

pub(crate) use clock::{Clock, now};
pub(crate) use node::{Id, Moment, Node, SPAWNED};
pub(crate) use table::{Class, class_of, each, find, locate, room};
