//! Where a report's stack goes on elsewhere.

use super::context::Thread;
use std::borrow::Cow;
use std::fmt;

/// Where an error came from: the entries behind it, further in, ran there; those before it are of where it was brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(default))]
#[non_exhaustive]
pub struct Joint {
    /// What of.
    pub from: JoinedFrom,
    /// The thread on which the functions behind it ran.
    pub thread: Thread,
    /// The name of their task, if it has one.
    pub task: Option<Cow<'static, str>>,
}

/// What an error was brought from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum JoinedFrom {
    /// Another thread: it was joined, or sent the error.
    #[default]
    Thread,
    /// Another task.
    Task,
    /// An earlier call: the error was stored.
    Earlier,
}

impl Joint {
    pub(crate) fn thread() -> Joint {
        Joint::default()
    }

    pub(crate) fn task(name: Option<Cow<'static, str>>) -> Joint {
        Joint {
            from: JoinedFrom::Task,
            task: name,
            ..Joint::default()
        }
    }

    pub(crate) fn earlier() -> Joint {
        Joint {
            from: JoinedFrom::Earlier,
            ..Joint::default()
        }
    }

    pub(crate) fn on(mut self, thread: Thread) -> Joint {
        self.thread = thread;
        self
    }
}

impl JoinedFrom {
    /// As the JSON form has it: `thread`, `task`, `earlier`.
    pub fn as_str(self) -> &'static str {
        match self {
            JoinedFrom::Thread => "thread",
            JoinedFrom::Task => "task",
            JoinedFrom::Earlier => "earlier",
        }
    }
}

/// `joined from thread 'worker'`
impl fmt::Display for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.task.as_deref()) {
            (JoinedFrom::Thread, _) => write!(f, "joined from {}", self.thread),
            (JoinedFrom::Task, Some(name)) => write!(f, "joined from task '{name}'"),
            (JoinedFrom::Task, None) => f.write_str("joined from another task"),
            (JoinedFrom::Earlier, _) => f.write_str("kept since an earlier call"),
        }
    }
}
