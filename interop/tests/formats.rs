//! Reports for machines: JSON by its schema, Sentry's event through Sentry's own types, OpenTelemetry's record.

#[path = "../../tests/report_samples/mod.rs"]
mod samples;
mod validate;

use serde_json::{Value, json};
use stacklens::report::{Entry, Kind, OtelValue, Report, SentryOptions};
use validate::parsed;

mod json {
    use super::validate::{schema, valid};
    use super::*;

    #[test]
    fn every_report_is_as_the_schema_says() {
        let schema = schema();
        for (name, report) in samples::all() {
            let value = parsed(&report.to_json());
            valid(&schema, &value);
            let pretty: Value = serde_json::from_str(&report.to_json_pretty()).unwrap();
            assert_eq!(pretty, value, "{name}");
        }
    }

    #[test]
    fn the_schema_refuses_what_no_report_says() {
        let schema = schema();
        let good = parsed(&samples::chain().to_json());
        for (path, wrong) in [
            ("/version", json!(2)),
            ("/id", json!("x")),
            ("/kind", json!("unknown")),
            ("/time", json!("yesterday")),
            ("/thread/id", json!(-1)),
            ("/stack/0/line", json!("3")),
            ("/stack/0/role", json!("dead")),
            ("/stack/1/locals/1/state", json!("secret")),
            ("/stack/0/type", json!("repeated")),
            ("/failure", json!({"message": "x", "unknown": 1})),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(path).unwrap() = wrong;
            assert!(!schema.is_valid(&bad), "{path}");
        }
    }

    #[test]
    fn all_of_the_model_is_there() {
        let value = parsed(&samples::chain().to_json());
        let load = &value["stack"][1];
        assert_eq!(
            load["exit"],
            json!({
                "how": "question",
                "error_type": "app::config::ConfigError",
                "converted_from": "core::num::error::ParseIntError",
            })
        );
        assert_eq!(
            load["range"],
            json!({"line": 4, "column": 18, "end_line": 5, "end_column": 31})
        );
        assert_eq!(
            load["locals"][2],
            json!({
                "name": "text", "value": "\"port = 80 80\"... (1200 bytes)", "state": "known",
                "type": "alloc::string::String", "as_of_line": 3, "whole": 1200, "is_complete": false,
                "origin": "recorded",
            })
        );
        assert_eq!(load["locals"][1]["state"], "redacted");
        assert_eq!(
            load["source"]["lines"][4],
            "        .map(Config::checked)?;"
        );
        assert_eq!(
            value["failure"]["causes"][0]["type"],
            "core::num::error::ParseIntError"
        );
        assert_eq!(value["failure"]["notes"][0]["line"], 5);
        assert_eq!(value["log"][1]["level"], "warn");
        assert_eq!(value["time"], "2026-11-23T02:00:00.250000Z");
    }

    #[test]
    fn serde_writes_the_same_and_reads_it_back() {
        for (name, report) in samples::all() {
            let text = report.to_json();
            assert_eq!(
                serde_json::to_value(&report).unwrap(),
                parsed(&text),
                "{name}"
            );
            assert_eq!(serde_json::to_string_pretty(&report).unwrap().len(), {
                let value: Value = serde_json::from_str(&report.to_json_pretty()).unwrap();
                serde_json::to_string_pretty(&value).unwrap().len()
            });
            let back: Report = serde_json::from_str(&text).unwrap();
            assert_eq!(back, report, "{name}");
            assert_eq!(back.to_json(), text, "{name}: source lines as well");
            assert_eq!(back.to_string(), report.to_string(), "{name}");
        }
    }

    #[test]
    fn what_a_later_version_adds_is_passed_over() {
        let mut value = parsed(&samples::chain().to_json());
        value["new"] = json!([1]);
        value["stack"][0]["new"] = json!({"a": null});
        let back: Report = serde_json::from_value(value).unwrap();
        assert_eq!(back, samples::chain());
    }
}

mod sentry {
    use super::validate::round_trip;
    use super::*;
    use sentry_types::protocol::v7::Level;

    #[test]
    fn every_event_comes_back_from_sentrys_types_as_it_was() {
        for (_, report) in samples::all() {
            validate::sentry(&report.to_sentry(), &report);
        }
    }

    #[test]
    fn frames_go_from_caller_to_callee_with_values_and_source() {
        let (event, _) = round_trip(&parsed(&samples::chain().to_sentry()));
        assert_eq!(event.level, Level::Error);
        let root = event.exception.values.last().unwrap();
        assert_eq!(
            (&*root.ty, root.module.as_deref()),
            ("ConfigError", Some("app::config"))
        );
        assert_eq!(event.exception.values[0].ty, "ParseIntError");
        assert!(event.exception.values[0].stacktrace.is_none());
        let frames = &root.stacktrace.as_ref().unwrap().frames;
        let names: Vec<_> = frames
            .iter()
            .map(|frame| frame.function.as_deref().unwrap())
            .collect();
        assert_eq!(names, ["main", "load", "parse"]);
        let load = &frames[1];
        assert_eq!(
            load.context_line.as_deref(),
            Some("        .map(Config::checked)?;")
        );
        assert_eq!(load.pre_context.len(), 4);
        assert_eq!(load.post_context[0], "    Ok(config)");
        assert_eq!(
            (load.lineno, load.colno, load.in_app),
            (Some(5), Some(30), Some(true))
        );
        assert_eq!(load.vars["token"], "[Filtered]");
        assert_eq!(load.vars["config"], "<not yet assigned>");
        assert_eq!(
            load.vars["text"],
            "\"port = 80 80\"... (1200 bytes) (as of line 3)"
        );
        assert_eq!(event.breadcrumbs.values[1].level, Level::Warning);
        assert_eq!(event.extra["notes"][0], "ports are numbers up to 65535");
    }

    #[test]
    fn what_was_cut_or_redacted_is_said_at_its_path() {
        let event = parsed(&samples::chain().to_sentry());
        let meta = &event["_meta"]["exception"]["values"]["1"]["stacktrace"]["frames"];
        assert_eq!(
            meta,
            &json!({"1": {"vars": {
                "token": {"": {"rem": [["stacklens", "s"]]}},
                "text": {"": {"len": 1200, "rem": [["!limit", "x"]]}},
            }}})
        );
        // The same path without `_meta` is that of the value.
        assert_eq!(
            event["exception"]["values"][1]["stacktrace"]["frames"][1]["vars"]["token"],
            "[Filtered]"
        );
    }

    #[test]
    fn a_panic_is_fatal_and_frames_left_out_are_counted() {
        let (event, value) = round_trip(&parsed(&samples::panic().to_sentry()));
        assert_eq!(event.level, Level::Fatal);
        let panic = &event.exception.values[0];
        assert_eq!(panic.ty, "panic");
        let mechanism = panic.mechanism.as_ref().unwrap();
        assert_eq!((&*mechanism.ty, mechanism.handled), ("panic", Some(false)));
        assert!(event.threads.values[0].crashed);
        let stacktrace = panic.stacktrace.as_ref().unwrap();
        assert_eq!(stacktrace.frames_omitted, Some((6, 1003)));
        assert_eq!(stacktrace.frames[0].in_app, Some(false), "std");
        assert_eq!(
            value["extra"]["frames_left_out"],
            json!([
                "after frame 6: the 1 before come another 997 times",
                "after frame 6: 12 are left out"
            ])
        );
        assert_eq!(event.tags["task"], "fetch");
    }

    #[test]
    fn several_causes_are_a_group() {
        let event = parsed(&samples::tree().to_sentry());
        let values = event["exception"]["values"].as_array().unwrap();
        let links: Vec<_> = values
            .iter()
            .map(|it| {
                (
                    &it["type"],
                    &it["mechanism"]["exception_id"],
                    &it["mechanism"]["parent_id"],
                )
            })
            .map(|(name, id, parent)| {
                (
                    name.as_str().unwrap(),
                    id.as_u64().unwrap(),
                    parent.as_u64(),
                )
            })
            .collect();
        assert_eq!(
            links,
            [
                ("Retry", 4, Some(0)),
                ("ConfigError", 3, Some(0)),
                ("io::Error", 2, Some(1)),
                ("ConfigError", 1, Some(0)),
                ("Error", 0, None),
            ]
        );
        assert_eq!(values[4]["mechanism"]["is_exception_group"], true);
    }

    #[test]
    fn what_the_report_does_not_know_can_be_added() {
        let mut options = SentryOptions::default();
        options.release = Some("app@1.2.3".into());
        options.environment = Some("test".into());
        let (event, _) = round_trip(&parsed(&samples::chain().to_sentry_with(&options)));
        assert_eq!(
            (event.release.as_deref(), event.environment.as_deref()),
            (Some("app@1.2.3"), Some("test"))
        );
    }

    #[test]
    fn a_dump_is_a_thread_and_no_exception() {
        let (event, _) = round_trip(&parsed(&samples::dump().to_sentry()));
        assert!(event.exception.values.is_empty());
        assert_eq!(event.level, Level::Info);
        assert_eq!(
            event.threads.values[0]
                .stacktrace
                .as_ref()
                .unwrap()
                .frames
                .len(),
            1
        );
    }
}

mod otel {
    use super::*;

    fn text(report: &Report, key: &str) -> String {
        match report
            .to_otel()
            .into_iter()
            .find(|it| it.key == key)
            .map(|it| it.value)
        {
            Some(OtelValue::Text(text)) => text,
            other => panic!("{key}: {other:?}"),
        }
    }

    #[test]
    fn type_message_and_text_are_always_there() {
        for (name, report) in samples::all() {
            if report.kind == Kind::Dump {
                continue;
            }
            assert!(!text(&report, "exception.type").is_empty(), "{name}");
            assert_eq!(
                text(&report, "exception.message"),
                report.failure.message,
                "{name}"
            );
            assert_eq!(
                text(&report, "exception.stacktrace"),
                report.to_string(),
                "{name}"
            );
        }
        assert_eq!(text(&samples::panic(), "exception.type"), "panic");
        assert_eq!(
            text(&samples::chain(), "exception.type"),
            "app::config::ConfigError"
        );
    }

    #[test]
    fn the_place_is_that_of_the_innermost_frame() {
        let report = samples::chain();
        assert_eq!(text(&report, "code.function.name"), "app::config::parse");
        assert_eq!(text(&report, "code.file.path"), "src/config.rs");
        let find = |key: &str| {
            report
                .to_otel()
                .into_iter()
                .find(|it| it.key == key)
                .unwrap()
                .value
        };
        assert_eq!(find("code.line.number"), OtelValue::Int(12));
        let OtelValue::Texts(locals) = find("stacklens.locals") else {
            panic!()
        };
        assert_eq!(locals[3], "port = <not yet assigned>");
    }

    #[test]
    fn the_record_is_otlp() {
        let record = parsed(&samples::panic().to_otel_json());
        assert_eq!(record["timeUnixNano"], "1795399200250000000");
        assert_eq!(
            (&record["severityNumber"], &record["severityText"]),
            (&json!(21), &json!("FATAL"))
        );
        validate::otlp(&record);
    }
}

#[test]
fn every_entry_is_counted_in_json() {
    let report = samples::panic();
    let value = parsed(&report.to_json());
    assert_eq!(value["stack"].as_array().unwrap().len(), report.stack.len());
    assert!(matches!(report.stack[6], Entry::Repeated { .. }));
    assert_eq!(
        value["stack"][6],
        json!({"type": "repeated", "frames": 1, "times": 997})
    );
}
