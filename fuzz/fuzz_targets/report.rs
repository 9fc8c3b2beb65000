//! A report that somebody stored or sent, in each form that reports are written in.
#![no_main]

use stacklens::report::{Level, Report, SentryOptions, TextOptions, Theme};

/// Nothing in it is obeyed by a terminal.
fn is_harmless(text: &str) -> bool {
    !text
        .chars()
        .any(|c| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c))
}

fn is_json(text: &str) {
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        panic!("{error}: {text}");
    }
}

libfuzzer_sys::fuzz_target!(|json: &[u8]| {
    let Ok(report) = serde_json::from_slice::<Report>(json) else {
        return;
    };
    let mut coloured = TextOptions::new(Level::Full);
    coloured.theme = Theme::ansi();
    assert!(!report.text(&coloured).to_string().is_empty());
    for text in [report.to_string(), format!("{report:#}"), report.to_html()] {
        assert!(is_harmless(&text), "{text:?}");
    }
    is_json(&report.to_sentry_with(&SentryOptions::default()));
    is_json(&report.to_otel_json());
    let written = report.to_json();
    let again: Report = serde_json::from_str(&written).expect("what is written can be read");
    assert_eq!(again.to_json(), written);
    is_json(&report.to_json_pretty());
});
