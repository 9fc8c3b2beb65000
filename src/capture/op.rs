//! What the bytes of a copied value say: a sequence of nodes.
//!
//! A node is one of the codes here, then what it says. A container's node carries its whole length,
//! is followed by the nodes of the items that were kept, and ends with [`END`]. Where the bytes
//! stop, everything open ends too. The writer is [`encode`](super::encode), the reader
//! [`decode`](super::decode).
//!
//! A code is the first byte of a node. Numbers below 32 are scalar [`Tag`](super::Tag)s, followed
//! by the value in little-endian order.

pub(crate) const END: u8 = 32;
pub(crate) const I128: u8 = 33;
pub(crate) const U128: u8 = 34;
/// Text that is shown quoted: whole length, kept length, bytes.
pub(crate) const STR: u8 = 35;
/// Like [`STR`], of an operating system's string or of a C string: not all of it needs to be
/// UTF-8.
pub(crate) const BYTE_STR: u8 = 36;
/// Text that is shown as it is: whole length (0: unknown), kept length, bytes.
pub(crate) const VERBATIM: u8 = 37;
pub(crate) const NONE: u8 = 38;
/// One node follows these three.
pub(crate) const SOME: u8 = 39;
pub(crate) const OK: u8 = 40;
pub(crate) const ERR: u8 = 41;
/// Whole length, nodes, [`END`].
pub(crate) const LIST: u8 = 42;
pub(crate) const SET: u8 = 43;
pub(crate) const TUPLE: u8 = 44;
/// As a list of keys and values in turn; the length counts pairs.
pub(crate) const MAP: u8 = 45;
/// Name, number of fields, (name, node) for each, [`END`].
pub(crate) const STRUCT: u8 = 46;
/// Name, number of fields, nodes, [`END`].
pub(crate) const TUPLE_STRUCT: u8 = 47;
/// Scalar tag, whole length, kept length, values.
pub(crate) const PACKED: u8 = 48;
/// Stands for fields that were left out on purpose.
pub(crate) const SKIPPED: u8 = 49;
pub(crate) const REDACTED: u8 = 50;
/// Reason as in [`VERBATIM`].
pub(crate) const OMITTED: u8 = 51;
/// Bits of a type index.
pub(crate) const OPAQUE: u8 = 52;
/// Seconds, nanoseconds.
pub(crate) const DURATION: u8 = 53;
/// One of the [`Bounds`], then one node for each bound that it has.
pub(crate) const RANGE: u8 = 54;
/// Before the name of a field in a [`STRUCT`].
pub(crate) const FIELD: u8 = 55;

/// Which ends a range has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Bounds {
    Full = 0,
    From = 1,
    To = 2,
    ToInclusive = 3,
    Both = 4,
    Inclusive = 5,
}
