//! A dump as JSON: frames are those of a [`Report`](crate::Report).

use super::{ThreadDump, ThreadStack};
use crate::capture::Limits;
use crate::report::{Frame, Json, Object, Variable};

impl ThreadDump {
    /// All threads as JSON on one line.
    ///
    /// `{"threads": [..], "took_us": 85}`, with, for each thread, `id`, `name`, `state`, `answer`, `frames` (innermost
    /// first; each as in [`Report::to_json`](crate::Report::to_json)), `omitted`, `unrecorded` and `entering`. What is
    /// empty, unknown, zero or `false` is left out.
    ///
    /// ```
    /// use stacklens::{frame, threads};
    ///
    /// #[frame]
    /// fn ask() -> String {
    ///     threads::dump_all().to_json()
    /// }
    ///
    /// let json = ask();
    /// assert!(json.starts_with(r#"{"threads":[{"id":"#));
    /// # #[cfg(not(feature = "off"))]
    /// assert!(json.contains(r#""answer":"own","frames":[{"function":"ask","#));
    /// ```
    ///
    /// # Cost
    ///
    /// Reads the source lines around each frame's place if nobody has yet.
    pub fn to_json(&self) -> String {
        self.with_json(|json| json.to_string())
    }

    /// As [`to_json`](ThreadDump::to_json), indented for people.
    pub fn to_json_pretty(&self) -> String {
        self.with_json(|json| format!("{json:#}"))
    }

    fn with_json<R>(&self, f: impl FnOnce(Json<'_>) -> R) -> R {
        let frames: Vec<Vec<Frame>> = self.iter().map(frames).collect();
        let threads = self
            .iter()
            .zip(&frames)
            .map(|(t, frames)| thread(t, frames));
        let threads: Vec<Json<'_>> = threads.map(Json::from).collect();
        let took = u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX);
        f(Object::new()
            .with("threads", threads)
            .with("took_us", took)
            .into())
    }
}

fn frames(thread: &ThreadStack) -> Vec<Frame> {
    let limits = &Limits::DEFAULT;
    let frame = |(i, info)| {
        let mut frame = Frame::of(info, limits);
        let locals = thread.locals(i);
        frame.locals = locals.iter().map(|it| Variable::of(it, limits)).collect();
        frame
    };
    thread.frames.iter().enumerate().map(frame).collect()
}

fn thread<'a>(it: &'a ThreadStack, frames: &'a [Frame]) -> Object<'a> {
    let some = |n: usize| Some(n).filter(|&n| n > 0);
    Object::new()
        .with("id", it.id)
        .with_some("name", it.name())
        .with("state", it.state.as_str())
        .with("answer", it.answer.as_str())
        .with_list("frames", frames)
        .with_some("omitted", some(it.omitted))
        .with_some("unrecorded", some(it.unrecorded))
        .with_flag("entering", it.entering)
}

#[cfg(feature = "serde")]
impl serde::Serialize for ThreadDump {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_json(|json| json.serialize(serializer))
    }
}
