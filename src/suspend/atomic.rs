//! What the protocols are made of. A file of its own, so that loom's can stand in its place (tests/suspended_loom.rs).

pub(crate) use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};
