//! Values: which can be captured, how they are copied within bounds, and how the copies are read
//! and printed.
//!
//! A leaf: it knows nothing of frames, reports or macros. The way of a value: [`kind`] decides from
//! the type alone whether it is a word; [`types`] knows what else can be copied; [`encode`] copies
//! it, in the form that [`op`] describes; the bytes lie in a slot that this module never sees; [`decode`] makes a [`Value`] of them
//! and [`render`] prints it.

mod beginning;
#[cfg(native_elf)]
pub(crate) mod build;
mod builtin;
pub(crate) mod cost;
pub(crate) mod debug;
mod decode;
pub(crate) mod derive_support;
pub(crate) mod encode;
mod erased;
mod inspect;
mod kind;
mod limits;
mod load;
pub(crate) mod mode;
mod op;
pub(crate) mod redact;
mod render;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
pub(crate) mod scan;
pub(crate) mod secret;
#[cfg(feature = "serde")]
mod serialize;
mod std_types;
pub(crate) mod types;
pub(crate) mod unending;
#[cfg(unoptimised)]
pub(crate) mod unoptimised;
mod value;

pub(crate) use encode::VALUE_BYTES;
pub use erased::Erased;
pub(crate) use kind::{Tag, type_id};
#[cfg(not(unoptimised))]
pub(crate) use kind::{scalar, text};
pub(crate) use render::short_type_name;
pub(crate) use types::{Encode, TypeEntry, intern};

pub use encode::{Encoder, Fields};
pub use inspect::Inspect;
pub use limits::Limits;
pub use mode::Capture;
pub use value::{Value, ValueKind};
