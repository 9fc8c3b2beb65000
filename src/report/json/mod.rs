//! A report as JSON. `src/report/report.schema.json` describes the form.

mod model;
mod tree;

pub(crate) use tree::{Json, Object};

use super::Report;

impl Report {
    /// The JSON Schema of what [`to_json`](Report::to_json) writes.
    pub const JSON_SCHEMA: &'static str = include_str!("../report.schema.json");

    /// The whole report as JSON on one line: all that is in the model, with the source lines around each
    /// place. The same as the feature `serde` gives, which reads it back too.
    ///
    /// ```
    /// use stacklens::report::{Failure, Kind, Report};
    ///
    /// let report = Report::new(Kind::Error, Failure::new("port is taken"));
    /// assert!(report.to_json().starts_with(r#"{"version":1,"#));
    /// assert!(report.to_json().contains(r#""failure":{"message":"port is taken"}"#));
    /// ```
    ///
    /// # Cost
    ///
    /// Reads the source lines if nobody has yet. Otherwise some microseconds a frame.
    pub fn to_json(&self) -> String {
        Json::from(self).to_string()
    }

    /// As [`to_json`](Report::to_json), indented for people.
    pub fn to_json_pretty(&self) -> String {
        format!("{:#}", Json::from(self))
    }
}
