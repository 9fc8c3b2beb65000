//! A dump as JSON.

use super::{TaskDump, TaskFrame};
use crate::report::json::{Json, Object};

/// What the form is called: it changes when a reader of the old one would not understand the new one.
const VERSION: u64 = 1;

impl TaskDump {
    /// All frames as JSON on one line: an object with `version`, `frames` and, if there are any, `missed`. A frame has `id`,
    /// `name`, `qualified_name`, `file`, `line`, `column`, `state` (`"suspended"` or `"running"`), `polls`, `age_ns`,
    /// `since_polled_ns`, `locals`; and `awaited_by` or `spawned_by`, the `id` of another frame, or `detached`.
    ///
    /// A list, not a tree: however deep futures await each other, no reader runs out of stack.
    ///
    /// ```
    /// assert!(stacklens::tasks::dump().to_json().starts_with(r#"{"version":1,"frames":["#));
    /// ```
    pub fn to_json(&self) -> String {
        Json::from(self).to_string()
    }
}

impl<'d> From<&'d TaskDump> for Json<'d> {
    fn from(dump: &'d TaskDump) -> Json<'d> {
        let frames: Vec<Json<'d>> = dump.frames().map(Json::from).collect();
        Object::new()
            .with("version", VERSION)
            .with("frames", frames)
            .with_some("missed", Some(dump.missed()).filter(|&missed| missed > 0))
            .into()
    }
}

impl<'d> From<TaskFrame<'d>> for Json<'d> {
    fn from(frame: TaskFrame<'d>) -> Json<'d> {
        let info = frame.info();
        let nanos = |time: std::time::Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let local = |local: &crate::inspect::Local| {
            Object::new()
                .with("name", local.name())
                .with("value", local.value().to_string())
                .with_some("type", local.type_name())
                .with_flag("argument", local.is_arg())
                .with_some("as_of_line", local.as_of_line())
        };
        Object::new()
            .with("id", frame.id())
            .with("name", frame.name())
            .with("qualified_name", info.qualified_name().into_owned())
            .with("file", frame.file())
            .with("line", frame.line())
            .with("column", frame.column())
            .with(
                "state",
                if frame.is_running() {
                    "running"
                } else {
                    "suspended"
                },
            )
            .with("polls", frame.polls())
            .with("age_ns", nanos(frame.age()))
            .with("since_polled_ns", nanos(frame.since_polled()))
            .with_some("awaited_by", frame.awaited_by().map(TaskFrame::id))
            .with_some("spawned_by", frame.spawned_by().map(TaskFrame::id))
            .with_flag("detached", frame.is_detached())
            .with_list("locals", info.locals().iter().map(local))
            .into()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for TaskDump {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json::from(self).serialize(serializer)
    }
}
