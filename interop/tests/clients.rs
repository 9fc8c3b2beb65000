//! Reports through the programs that take them in: Sentry's client, a subscriber of tracing, OpenTelemetry's
//! logger.

#[path = "../../tests/report_samples/mod.rs"]
mod samples;
mod validate;

use opentelemetry::logs::{AnyValue, LoggerProvider};
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLoggerProvider};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[test]
fn sentrys_client_gets_every_report() {
    let reports = samples::all();
    let events = sentry_core::test::with_captured_events(|| {
        sentry_core::configure_scope(|scope| scope.set_tag("from", "the scope"));
        for (_, report) in &reports {
            report.send_to_sentry();
        }
    });
    assert_eq!(events.len(), reports.len());
    for (event, (name, report)) in events.iter().zip(&reports) {
        assert_eq!(event.event_id.simple().to_string(), report.id, "{name}");
        assert_eq!(event.tags["from"], "the scope");
        assert_eq!(event.tags["kind"], report.kind.as_str());
    }
    let root = events[0].exception.values.last().unwrap();
    let frames = &root.stacktrace.as_ref().unwrap().frames;
    assert_eq!(frames[1].vars["token"], "[Filtered]");
    assert_eq!(
        frames[1].context_line.as_deref(),
        Some("        .map(Config::checked)?;")
    );
}

#[test]
fn without_a_client_nothing_happens() {
    samples::chain().send_to_sentry();
}

/// Keeps the events that it is given.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<Kept>>>);

/// The level, the name and the fields of an event.
type Kept = (Level, String, BTreeMap<String, String>);

struct Fields(BTreeMap<String, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(BTreeMap::new());
        event.record(&mut fields);
        let meta = event.metadata();
        self.0
            .lock()
            .unwrap()
            .push((*meta.level(), meta.name().to_owned(), fields.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn tracing_gets_every_report_by_the_names_of_opentelemetry() {
    let collector = Collector::default();
    tracing::subscriber::with_default(collector.clone(), || {
        for (_, report) in samples::all() {
            report.record();
        }
    });
    let events = collector.0.lock().unwrap();
    for ((name, report), (level, event, fields)) in samples::all().iter().zip(&*events) {
        assert_eq!(event, "exception", "{name}");
        assert_eq!(
            *level == Level::INFO,
            report.kind == stacklens::report::Kind::Dump,
            "{name}"
        );
        assert_eq!(fields["message"], report.failure.message, "{name}");
        assert_eq!(
            fields["exception.message"], report.failure.message,
            "{name}"
        );
        assert_eq!(fields["exception.stacktrace"], report.to_string(), "{name}");
        assert_eq!(fields["stacklens.report.id"], report.id, "{name}");
    }
    let (_, _, fields) = &events[0];
    assert_eq!(fields["exception.type"], "app::config::ConfigError");
    assert_eq!(fields["code.function.name"], "app::config::parse");
    assert_eq!(fields["code.line.number"], "12");
    assert!(!fields.contains_key("stacklens.task.name"));
    assert_eq!(events.len(), samples::all().len());
}

#[test]
fn opentelemetry_gets_every_report_as_a_log_record() {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    for (_, report) in samples::all() {
        validate::emit(&report, &provider.logger("test"));
    }
    let records = exporter.get_emitted_logs().unwrap();
    assert_eq!(records.len(), samples::all().len());
    for ((name, report), log) in samples::all().iter().zip(&records) {
        let record = &log.record;
        assert_eq!(record.event_name(), Some("exception"), "{name}");
        assert_eq!(record.timestamp(), Some(report.time.into()), "{name}");
        let find = |key: &str| {
            record
                .attributes_iter()
                .find(|(found, _)| found.as_str() == key)
                .map(|(_, value)| value)
        };
        let text = Some(AnyValue::String(report.to_string().into()));
        assert_eq!(find("exception.stacktrace").cloned(), text, "{name}");
        assert_eq!(find("process.pid"), Some(&AnyValue::Int(4711)), "{name}");
    }
    let locals = records[0]
        .record
        .attributes_iter()
        .find(|(key, _)| key.as_str() == "stacklens.locals");
    let Some((_, AnyValue::ListAny(locals))) = locals else {
        panic!("{locals:?}")
    };
    assert_eq!(locals.len(), 4);
}
