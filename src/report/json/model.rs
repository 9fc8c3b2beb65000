//! The model as JSON, type by type. What is empty, `None` or `false` by default is left out.

use super::{Json, Object};
use crate::report::{
    Entry, Exit, Failure, Frame, LogLine, Note, Panic, Process, Range, Relation, Report, Section,
    Source, Thread, Variable,
};

/// `From` by a function that makes an object; with the feature `serde`, the same for `Serialize`.
macro_rules! objects {
    ($($type:ident by $object:ident,)*) => {
        $(impl<'a> From<&'a $type> for Json<'a> {
            fn from(it: &'a $type) -> Json<'a> {
                $object(it).into()
            }
        }

        #[cfg(feature = "serde")]
        #[doc = "As [`Report::to_json`] writes it."]
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Json::from(self).serialize(serializer)
            }
        })*
    };
}

objects! {
    Report by report,
    Failure by failure,
    Note by note,
    Panic by panic,
    Thread by thread,
    Process by process,
    Entry by entry,
    Frame by frame,
    Exit by exit,
    Range by range,
    Variable by variable,
    Source by source,
    LogLine by log_line,
    Section by section,
}

fn report(it: &Report) -> Object<'_> {
    Object::new()
        .with("version", it.version)
        .with("id", &it.id)
        .with("kind", it.kind.as_str())
        .with("time", it.time.to_string())
        .with("failure", &it.failure)
        .with_some("panic", it.panic.as_ref())
        .with("thread", &it.thread)
        .with_some("task", it.task.as_ref())
        .with("process", &it.process)
        .with_list("stack", &it.stack)
        .with_list("log", &it.log)
        .with_list("sections", &it.sections)
}

fn failure(it: &Failure) -> Object<'_> {
    let relation = (it.relation != Relation::Source).then_some(it.relation.as_str());
    Object::new()
        .with("message", &it.message)
        .with_some("type", it.type_name.as_ref())
        .with_some("relation", relation)
        .with_list("notes", &it.notes)
        .with_list("causes", &it.causes)
        .with_some("causes_omitted", Some(it.causes_omitted).filter(|&n| n > 0))
}

fn note(it: &Note) -> Object<'_> {
    let text = Object::new().with("text", &it.text);
    match it.line {
        0 => text,
        line => text
            .with("file", &it.file)
            .with("line", line)
            .with("column", it.column),
    }
}

fn panic(it: &Panic) -> Object<'_> {
    Object::new()
        .with("file", &it.file)
        .with("line", it.line)
        .with("column", it.column)
        .with_flag("second", it.second)
}

fn thread(it: &Thread) -> Object<'_> {
    Object::new()
        .with("id", it.id)
        .with_some("name", it.name.as_ref())
}

fn process(it: &Process) -> Object<'_> {
    Object::new()
        .with("id", it.id)
        .with("program", &it.program)
        .with("os", &it.os)
        .with("arch", &it.arch)
}

fn entry(it: &Entry) -> Object<'_> {
    match it {
        Entry::Frame(it) => frame_in(Object::new().with("type", "frame"), it),
        Entry::Repeated { frames, times } => Object::new()
            .with("type", "repeated")
            .with("frames", *frames)
            .with("times", *times),
        Entry::Omitted { frames } => Object::new()
            .with("type", "omitted")
            .with("frames", *frames),
        Entry::Unrecorded { frames } => Object::new()
            .with("type", "unrecorded")
            .with("frames", *frames),
        Entry::Joined(it) => Object::new()
            .with("type", "joined")
            .with("from", it.from.as_str())
            .with("thread", &it.thread)
            .with_some("task", it.task.as_ref()),
    }
}

fn frame(it: &Frame) -> Object<'_> {
    frame_in(Object::new(), it)
}

fn frame_in<'a>(object: Object<'a>, it: &'a Frame) -> Object<'a> {
    object
        .with("function", &it.function)
        .with("qualified", &it.qualified)
        .with("module", &it.module)
        .with("file", &it.file)
        .with("line", it.line)
        .with("column", it.column)
        .with_some("range", it.range.as_ref())
        .with("first_line", it.first_line)
        .with("last_line", it.last_line)
        .with("role", it.role.as_str())
        .with_some("exit", it.exit.as_ref())
        .with_list("locals", &it.locals)
        .with_flag("is_async", it.is_async)
        .with_flag("is_hidden", it.is_hidden)
        .with_flag("is_annotated", it.is_annotated)
        .with_some("source", it.source())
}

fn exit(it: &Exit) -> Object<'_> {
    Object::new()
        .with("how", it.how.as_str())
        .with_some("error_type", it.error_type.as_ref())
        .with_some("converted_from", it.converted_from.as_ref())
}

fn range(it: &Range) -> Object<'_> {
    Object::new()
        .with("line", it.line)
        .with("column", it.column)
        .with("end_line", it.end_line)
        .with("end_column", it.end_column)
}

fn variable(it: &Variable) -> Object<'_> {
    Object::new()
        .with("name", &it.name)
        .with("value", &it.value)
        .with("state", it.state.as_str())
        .with_some("type", it.type_name.as_ref())
        .with_flag("is_arg", it.is_arg)
        .with_some("as_of_line", it.as_of_line)
        .with_some("whole", it.whole)
        .with("is_complete", it.is_complete)
        .with("origin", &it.origin)
}

fn source(it: &Source) -> Object<'_> {
    let lines: Vec<Json<'_>> = it.lines.iter().map(|line| line.as_str().into()).collect();
    Object::new()
        .with("first_line", it.first_line)
        .with("lines", lines)
        .with_flag("is_changed", it.is_changed)
}

fn log_line(it: &LogLine) -> Object<'_> {
    Object::new()
        .with("time", it.time.to_string())
        .with("level", &it.level)
        .with("target", &it.target)
        .with("message", &it.message)
}

fn section(it: &Section) -> Object<'_> {
    let lines: Vec<Json<'_>> = it.lines.iter().map(Json::from).collect();
    Object::new().with("title", &it.title).with("lines", lines)
}
