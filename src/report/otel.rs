//! A report by the names of OpenTelemetry: an event `exception` with its attributes.
//! <https://opentelemetry.io/docs/specs/semconv/exceptions/>

use super::json::{Json, Object};
use super::{Frame, Kind, Report, State, TextOptions, Variable};
use std::borrow::Cow;

/// An attribute of an OpenTelemetry log record or span event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtelAttribute {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: OtelValue,
}

/// The value of an [`OtelAttribute`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtelValue {
    /// A text.
    Text(String),
    /// A number.
    Int(i64),
    /// Texts.
    Texts(Vec<String>),
}

impl Report {
    /// The report as the attributes of an OpenTelemetry event named `exception`.
    ///
    /// `exception.type`, `.message` and `.stacktrace` (the text without colours); `code.function.name`,
    /// `code.file.path`, `code.line.number`, `code.column.number` of the innermost frame; `thread.*`,
    /// `process.*`. What OpenTelemetry has no name for is `stacklens.*`.
    ///
    /// ```
    /// use stacklens::report::{Failure, Kind, OtelValue, Report};
    ///
    /// let attributes = Report::new(Kind::Error, Failure::new("port is taken")).to_otel();
    /// let message = attributes.iter().find(|it| it.key == "exception.message").unwrap();
    /// assert_eq!(message.value, OtelValue::Text("port is taken".to_owned()));
    /// ```
    pub fn to_otel(&self) -> Vec<OtelAttribute> {
        let mut list = vec![
            text("exception.type", self.exception_type()),
            text("exception.message", self.failure.message.clone()),
            text(
                "exception.stacktrace",
                self.text(&TextOptions::default()).to_string(),
            ),
            text("stacklens.report.id", self.id.clone()),
            text("stacklens.report.kind", self.kind.as_str()),
            int("thread.id", self.thread.id),
            int("process.pid", self.process.id.into()),
            text("process.executable.name", self.process.program.clone()),
            text("os.type", self.process.os.clone()),
            text("host.arch", self.process.arch.clone()),
        ];
        list.extend(
            self.thread
                .name
                .clone()
                .map(|name| text("thread.name", name)),
        );
        list.extend(
            self.task
                .clone()
                .map(|name| text("stacklens.task.name", name)),
        );
        if let Some(frame) = self.frames().next_back() {
            list.extend(code(frame));
        }
        list.retain(|attribute| attribute.value != OtelValue::Text(String::new()));
        list
    }

    /// As [`to_otel`](Report::to_otel), as the JSON of an OTLP log record, on one line.
    pub fn to_otel_json(&self) -> String {
        let (number, name) = match self.kind {
            Kind::Panic | Kind::Signal => (21_u32, "FATAL"),
            Kind::Error | Kind::Recursion => (17, "ERROR"),
            Kind::Dump => (9, "INFO"),
        };
        // 64-bit numbers are strings in OTLP's JSON.
        let time = (u128::from(self.time.as_micros()) * 1000).to_string();
        let attributes = self.to_otel().into_iter().map(|it| {
            Object::new()
                .with("key", it.key)
                .with("value", any_value(it.value))
        });
        let record = Object::new()
            .with("timeUnixNano", time.clone())
            .with("observedTimeUnixNano", time)
            .with("severityNumber", number)
            .with("severityText", name)
            .with("eventName", "exception")
            .with(
                "body",
                any_value(OtelValue::Text(self.failure.message.to_string())),
            )
            .with_list("attributes", attributes);
        Json::from(record).to_string()
    }

    /// The type's full name; of a panic `panic`.
    pub(super) fn exception_type(&self) -> Cow<'static, str> {
        match (&self.failure.type_name, self.kind) {
            (_, Kind::Panic) => "panic".into(),
            (Some(name), _) => name.clone(),
            (None, kind) => kind.as_str().into(),
        }
    }
}

fn text(key: &'static str, value: impl Into<Cow<'static, str>>) -> OtelAttribute {
    OtelAttribute {
        key,
        value: OtelValue::Text(value.into().into_owned()),
    }
}

fn int(key: &'static str, value: u64) -> OtelAttribute {
    OtelAttribute {
        key,
        value: OtelValue::Int(i64::try_from(value).unwrap_or(i64::MAX)),
    }
}

fn code(frame: &Frame) -> Vec<OtelAttribute> {
    let local = |local: &Variable| match (local.state, local.as_of_line) {
        (State::Known, Some(line)) => {
            format!("{} = {} (as of line {line})", local.name, local.value)
        }
        _ => format!("{} = {}", local.name, local.value),
    };
    let locals: Vec<String> = frame.locals.iter().map(local).collect();
    let mut list = vec![
        text("code.function.name", frame.qualified.clone()),
        text("code.file.path", frame.file.clone()),
    ];
    if frame.line > 0 {
        list.push(int("code.line.number", frame.line.into()));
    }
    if frame.column > 0 {
        list.push(int("code.column.number", frame.column.into()));
    }
    if !locals.is_empty() {
        list.push(OtelAttribute {
            key: "stacklens.locals",
            value: OtelValue::Texts(locals),
        });
    }
    list
}

/// A value as OTLP's JSON has it.
fn any_value<'a>(value: OtelValue) -> Object<'a> {
    match value {
        OtelValue::Text(text) => Object::new().with("stringValue", text),
        OtelValue::Int(number) => Object::new().with("intValue", number.to_string()),
        OtelValue::Texts(texts) => {
            let values = texts
                .into_iter()
                .map(|text| any_value(OtelValue::Text(text)).into());
            let values: Vec<Json<'a>> = values.collect();
            Object::new().with("arrayValue", Object::new().with("values", values))
        }
    }
}
