//! The data of a report: what every renderer reads and nothing more.
//!
//! All of it is owned text and numbers. What was a secret is `<redacted>` before it comes here, and
//! what was cut is counted, so that a renderer can neither leak nor lose anything.

use super::context::{LogLine, Process, Section, Thread, Timestamp};
use super::failure::Failure;
use super::frame::Frame;
use super::joint::Joint;
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

/// What happened, with the frames that it went through: an error's or a panic's whole story, or the
/// stack of a thread at some moment.
///
/// One model for all of them, and for every output: text (`Display`), [`to_json`](Report::to_json) and
/// the others are functions of it. A report is owned, `Send`, `Sync` and `Clone`. It says nothing but what
/// was known when it was made, except that source lines are read when somebody first asks
/// ([`Frame::source`]).
///
/// ```
/// use stacklens::frame;
/// use stacklens::report::{Failure, Kind, Report};
///
/// #[frame]
/// fn check(port: u16) -> Report {
///     Report::new(Kind::Error, Failure::new("port is taken")).with_stack()
/// }
///
/// let report = check(80);
/// assert_eq!(report.failure.message, "port is taken");
/// assert_eq!(report.frames().next_back().unwrap().function, "check");
/// ```
///
/// It is as large as a pointer, so that it can be an `Err` at no cost; its fields are those of
/// [`ReportData`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(transparent))]
pub struct Report(Box<ReportData>);

/// The fields of a [`Report`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct ReportData {
    /// Version of the form that [`to_json`](Report::to_json) writes: [`Report::VERSION`].
    pub version: u32,
    /// Tells this report from all others: 32 hexadecimal digits.
    pub id: Cow<'static, str>,
    /// What it is a report of.
    pub kind: Kind,
    /// When it was made.
    pub time: Timestamp,
    /// The error or panic, with its causes.
    pub failure: Failure,
    /// The panic, if it is one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub panic: Option<Panic>,
    /// The thread on which it happened.
    pub thread: Thread,
    /// The task on which it happened.
    #[cfg_attr(feature = "serde", serde(default))]
    pub task: Option<Cow<'static, str>>,
    /// The process in which it happened.
    pub process: Process,
    /// The frames, outermost first, and what stands for frames left out.
    #[cfg_attr(feature = "serde", serde(default))]
    pub stack: Vec<Entry>,
    /// The last lines that the program logged before, oldest first.
    #[cfg_attr(feature = "serde", serde(default))]
    pub log: Vec<LogLine>,
    /// What else there is to say, in named parts: the spans of a tracing subscriber, a hint.
    #[cfg_attr(feature = "serde", serde(default))]
    pub sections: Vec<Section>,
}

/// What a [`Report`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Kind {
    /// An `Err`.
    Error,
    /// A panic.
    Panic,
    /// Recursion that was stopped before it ran out of stack.
    Recursion,
    /// A fatal signal.
    Signal,
    /// Nothing failed: somebody asked.
    Dump,
}

/// An entry of a report's stack.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(tag = "type", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Entry {
    /// A frame.
    Frame(Box<Frame>),
    /// The last `frames` entries come another `times` times.
    Repeated {
        /// Length of the repetition.
        frames: usize,
        /// How often it comes again.
        times: usize,
    },
    /// Frames cut out of the middle.
    Omitted {
        /// How many.
        frames: usize,
    },
    /// Frames that were active but of which nothing is known.
    Unrecorded {
        /// How many.
        frames: usize,
    },
    /// What follows ran elsewhere: the error was brought from there.
    Joined(Joint),
}

/// What is known of a panic beside its message, which is the report's [`Failure`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[non_exhaustive]
pub struct Panic {
    /// The file of the code that panicked, as std tells it.
    pub file: Cow<'static, str>,
    /// Its line.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// Whether the thread was unwinding from another panic already: the process aborts after this one.
    #[cfg_attr(feature = "serde", serde(default))]
    pub second: bool,
}

impl From<ReportData> for Report {
    fn from(data: ReportData) -> Report {
        Report(Box::new(data))
    }
}

impl Deref for Report {
    type Target = ReportData;

    fn deref(&self) -> &ReportData {
        &self.0
    }
}

impl DerefMut for Report {
    fn deref_mut(&mut self) -> &mut ReportData {
        &mut self.0
    }
}

impl Report {
    /// The version of the model and of its JSON form. It changes when a field changes its meaning or goes
    /// away, not when one is added.
    pub const VERSION: u32 = 1;

    /// The fields, to be taken apart.
    pub fn into_data(self) -> ReportData {
        *self.0
    }

    /// The frames that are kept, outermost first.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &Frame> {
        self.stack.iter().filter_map(Entry::frame)
    }

    /// The frames that are kept, outermost first, to be changed.
    pub fn frames_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut Frame> {
        self.stack.iter_mut().filter_map(|entry| match entry {
            Entry::Frame(frame) => Some(&mut **frame),
            _ => None,
        })
    }
}

impl Kind {
    /// As the JSON form has it: `error`, `panic`, ..
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Error => "error",
            Kind::Panic => "panic",
            Kind::Recursion => "recursion",
            Kind::Signal => "signal",
            Kind::Dump => "dump",
        }
    }
}

impl Entry {
    /// The frame, if this is one.
    pub fn frame(&self) -> Option<&Frame> {
        match self {
            Entry::Frame(frame) => Some(frame),
            _ => None,
        }
    }
}

impl From<Frame> for Entry {
    fn from(frame: Frame) -> Entry {
        Entry::Frame(Box::new(frame))
    }
}
