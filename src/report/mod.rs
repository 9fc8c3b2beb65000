//! Reports: what happened, through which functions, with which values, as one piece of data that is
//! rendered in many ways.
//!
//! A [`Report`] is what a failed program has to say: a tree of errors ([`Failure`]), the frames that they
//! went through ([`Frame`]), the thread, the time. It is made by whoever notices the failure and read by
//! renderers, which are functions of it.

mod build;
mod context;
mod failure;
mod frame;
mod highlight;
#[cfg(feature = "html")]
mod html;
mod joint;
pub(crate) mod json;
mod live;
mod mark;
mod model;
mod names;
mod otel;
#[cfg(feature = "tracing")]
mod record;
mod sentry;
#[cfg(feature = "serde")]
mod serialize;
mod text;
mod theme;
mod traceback;
mod variable;
pub(crate) mod visible;
mod width;

pub use crate::source::Source;
pub(crate) use crate::source::set_roots as set_source_roots;
pub use context::{InvalidTimestamp, LogLine, Process, Section, Thread, Timestamp};
pub use failure::{Failure, Note, Relation};
pub use frame::{Exit, Frame, How, Range, Role};
#[cfg(feature = "html")]
pub use html::HtmlOptions;
pub use joint::{JoinedFrom, Joint};
pub(crate) use json::{Json, Object};
pub use model::{Entry, Kind, Panic, Report, ReportData};
pub use otel::{OtelAttribute, OtelValue};
pub use sentry::SentryOptions;
pub use text::{Level, Order, Text, TextOptions};
pub use theme::{Style, Theme};
pub use traceback::{Traceback, TracebackEntry};
pub use variable::{State, Variable};
