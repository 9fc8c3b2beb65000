//! What others expect of a report, as they say it themselves: a schema, Sentry's types, OpenTelemetry's records, a page.

#![allow(dead_code)] // each test needs some of it

#[path = "../../../tests/report_samples/page.rs"]
mod html;

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use sentry_types::protocol::v7::Event;
use serde_json::Value;
use stacklens::report::{Kind, OtelValue, Report};

/// A page is whole, alone and harmless.
#[track_caller]
pub fn page(text: &str) {
    html::valid(text);
}

/// What a line of JSON says.
#[track_caller]
pub fn parsed(text: &str) -> Value {
    assert!(!text.chars().any(char::is_control), "on one line: {text}");
    serde_json::from_str(text).unwrap()
}

/// The schema that comes with the library.
pub fn schema() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(Report::JSON_SCHEMA).unwrap()).unwrap()
}

/// A report is as the schema says.
#[track_caller]
pub fn valid(schema: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> = schema
        .iter_errors(value)
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

/// A report's JSON is as the schema says.
#[track_caller]
pub fn json(text: &str) {
    valid(&schema(), &parsed(text));
}

/// Through Sentry's own types and back.
pub fn round_trip(event: &Value) -> (Event<'static>, Value) {
    let typed: Event<'static> = serde_json::from_value(event.clone()).unwrap();
    let back = serde_json::to_value(&typed).unwrap();
    (typed, back)
}

/// What Sentry's types for Rust do not know, though the protocol does.
pub fn without_newer_fields(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("_meta");
    for exception in event
        .pointer_mut("/exception/values")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        let mechanism = exception["mechanism"].as_object_mut().unwrap();
        for key in ["exception_id", "parent_id", "source", "is_exception_group"] {
            mechanism.remove(key);
        }
        let frames = exception.pointer_mut("/stacktrace/frames");
        for frame in frames.and_then(Value::as_array_mut).into_iter().flatten() {
            frame.as_object_mut().unwrap().remove("stack_start");
        }
    }
    event
}

/// An event comes back from Sentry's types as it was, with every frame of the report.
#[track_caller]
pub fn sentry(text: &str, report: &Report) {
    let expected = without_newer_fields(parsed(text));
    let (event, back) = round_trip(&expected);
    assert_eq!(back, expected);
    assert_eq!(event.event_id.simple().to_string(), report.id);
    if report.kind == Kind::Dump {
        return;
    }
    let root = event.exception.values.last().expect("an exception");
    assert_eq!(
        root.value.as_deref().unwrap_or_default(),
        report.failure.message
    );
    let frames = root
        .stacktrace
        .as_ref()
        .map_or(&[][..], |stacktrace| &stacktrace.frames);
    let places: Vec<_> = frames
        .iter()
        .map(|frame| (frame.function.as_deref(), frame.lineno))
        .collect();
    let expected: Vec<_> = report
        .frames()
        .map(|frame| {
            (
                Some(&*frame.qualified).filter(|it| !it.is_empty()),
                frame.line,
            )
        })
        .map(|(name, line)| {
            (
                name.map(|it| it.rsplit("::").next().unwrap()),
                Some(u64::from(line)),
            )
        })
        .collect();
    let short = |(name, line): &(Option<&str>, Option<u64>)| {
        (
            name.map(|it| it.rsplit("::").next().unwrap().to_owned()),
            *line,
        )
    };
    assert_eq!(
        places.iter().map(short).collect::<Vec<_>>(),
        expected.iter().map(short).collect::<Vec<_>>()
    );
}

/// A log record in OpenTelemetry's JSON has one value of a known kind for each key, and the exception's three.
#[track_caller]
pub fn otlp(record: &Value) {
    let attributes = record["attributes"].as_array().unwrap();
    let mut keys = Vec::new();
    for attribute in attributes {
        let value = attribute["value"].as_object().unwrap();
        assert_eq!(value.len(), 1, "one kind of value: {attribute}");
        let (kind, value) = value.iter().next().unwrap();
        match &**kind {
            "stringValue" | "intValue" => assert!(value.is_string(), "{attribute}"),
            "arrayValue" => assert!(value["values"].is_array(), "{attribute}"),
            _ => panic!("{attribute}"),
        }
        keys.push(attribute["key"].as_str().unwrap());
    }
    let unique: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(unique.len(), keys.len(), "{keys:?}");
    for key in [
        "exception.type",
        "exception.message",
        "exception.stacktrace",
    ] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
    assert_eq!(record["eventName"], "exception");
}

/// What a program does to send a report as a log record.
pub fn emit(report: &Report, logger: &impl Logger) {
    let mut record = logger.create_log_record();
    record.set_event_name("exception");
    record.set_timestamp(report.time.into());
    record.set_severity_number(Severity::Error);
    for attribute in report.to_otel() {
        let value: AnyValue = match attribute.value {
            OtelValue::Text(text) => text.into(),
            OtelValue::Int(number) => number.into(),
            OtelValue::Texts(texts) => texts.into_iter().collect(),
            _ => continue,
        };
        record.add_attribute(attribute.key, value);
    }
    logger.emit(record);
}

/// The record is OpenTelemetry's, as text and through its own logger.
#[track_caller]
pub fn otel(text: &str, report: &Report) {
    otlp(&parsed(text));
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    emit(report, &provider.logger("test"));
    let records = exporter.get_emitted_logs().unwrap();
    let found = records[0]
        .record
        .attributes_iter()
        .find(|(key, _)| key.as_str() == "exception.stacktrace");
    let text = AnyValue::String(report.to_string().into());
    assert_eq!(found.map(|(_, value)| value), Some(&text));
}
