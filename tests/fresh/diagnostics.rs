//! What the compiler says, as data: from cargo's messages in JSON.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An error or a warning. Two are equal if a user would see the same text at the same line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    pub line: u64,
    pub level: String,
    /// The lint, or the number of the error.
    pub code: String,
    pub message: String,
    /// As the compiler prints it.
    pub rendered: Rendered,
}

impl Diagnostic {
    /// Not a lint, of which some of clippy's are errors by default.
    pub fn is_error(&self) -> bool {
        self.level == "error" && (self.code.is_empty() || self.code.starts_with('E'))
    }
}

/// Equal to any other: places in it, such as columns, are not compared.
#[derive(Clone, Default)]
pub struct Rendered(pub String);

impl PartialEq for Rendered {
    fn eq(&self, _: &Rendered) -> bool {
        true
    }
}

impl Eq for Rendered {}

impl PartialOrd for Rendered {
    fn partial_cmp(&self, other: &Rendered) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rendered {
    fn cmp(&self, _: &Rendered) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic {
            line,
            level,
            code,
            message,
            ..
        } = self;
        write!(f, "line {line}: {level}[{code}]: {message}")
    }
}

/// What cargo printed.
pub struct Messages {
    pub by_target: BTreeMap<String, Vec<Diagnostic>>,
    /// Crates that the compiler said something of, be it that it made them.
    pub seen: BTreeSet<String>,
}

pub fn parse(stdout: &str) -> Messages {
    let mut messages = Messages {
        by_target: BTreeMap::new(),
        seen: BTreeSet::new(),
    };
    for line in stdout.lines() {
        let Ok(json) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let Some(target) = json["target"]["name"].as_str() else {
            continue;
        };
        messages.seen.insert(target.to_owned());
        let message = &json["message"];
        // Its place; the count of warnings at the end has none.
        let place = message["spans"]
            .as_array()
            .and_then(|spans| spans.iter().find(|span| span["is_primary"] == true));
        let level = message["level"].as_str().unwrap_or_default();
        if message.is_null() || place.is_none() && (level != "error" || is_summary(message)) {
            continue;
        }
        let diagnostic = Diagnostic {
            line: place.map_or(0, line_of),
            level: level.to_owned(),
            code: message["code"]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            message: without_places(message["message"].as_str().unwrap_or_default()),
            rendered: Rendered(message["rendered"].as_str().unwrap_or_default().to_owned()),
        };
        messages
            .by_target
            .entry(target.to_owned())
            .or_default()
            .push(diagnostic);
    }
    for found in messages.by_target.values_mut() {
        found.sort();
    }
    messages
}

/// The line in the user's file: what a macro of std's made is at the call of the macro.
fn line_of(place: &Value) -> u64 {
    let in_the_package = place["file_name"]
        .as_str()
        .is_some_and(|name| !name.starts_with('/'));
    let call = &place["expansion"]["span"];
    if in_the_package || call.is_null() {
        place["line_start"].as_u64().unwrap_or(0)
    } else {
        line_of(call)
    }
}

/// Types of closures are named by their place, which has the name of the package.
fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[rest.find('}').unwrap_or(rest.len())..];
    }
    out + rest
}

fn is_summary(message: &Value) -> bool {
    message["message"]
        .as_str()
        .is_some_and(|text| text.starts_with("aborting due to"))
}

/// What one list has and the other has not; those of the second are marked `true`, for new.
pub fn difference(before: &[Diagnostic], after: &[Diagnostic]) -> Vec<(bool, Diagnostic)> {
    let mut rest = after.to_vec();
    let mut changes = Vec::new();
    for diagnostic in before {
        match rest.iter().position(|other| other == diagnostic) {
            Some(at) => {
                rest.remove(at);
            }
            None => changes.push((false, diagnostic.clone())),
        }
    }
    changes.extend(rest.into_iter().map(|diagnostic| (true, diagnostic)));
    changes
}
