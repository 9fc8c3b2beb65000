//! Reports as events of `tracing`.

use super::{Kind, Report, TextOptions};
use tracing::Level;

impl Report {
    /// Records the report as an event of `tracing` named `exception`, in the current span, for whoever
    /// collects these: at the level `ERROR`, or `INFO` where nothing failed.
    ///
    /// Its fields are the attributes of [`to_otel`](Report::to_otel), so that `tracing-opentelemetry` and
    /// others that know the names of OpenTelemetry pass them on as what they are. The text is made only if
    /// somebody collects the event.
    ///
    /// ```
    /// use stacklens::report::{Failure, Kind, Report};
    ///
    /// Report::new(Kind::Error, Failure::new("port is taken")).record();
    /// ```
    pub fn record(&self) {
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    name: "exception",
                    target: "stacklens",
                    $level,
                    "exception.type" = &*self.exception_type(),
                    "exception.message" = &*self.failure.message,
                    "exception.stacktrace" = %self.text(&TextOptions::default()),
                    "code.function.name" = self.frames().next_back().map(|frame| &*frame.qualified),
                    "code.file.path" = self.frames().next_back().map(|frame| &*frame.file),
                    "code.line.number" = self.frames().next_back().map(|frame| frame.line),
                    "code.column.number" = self.frames().next_back().map(|frame| frame.column),
                    "thread.id" = self.thread.id,
                    "thread.name" = self.thread.name.as_deref(),
                    "stacklens.task.name" = self.task.as_deref(),
                    "stacklens.report.id" = &*self.id,
                    "stacklens.report.kind" = self.kind.as_str(),
                    "{}",
                    self.failure.message
                )
            };
        }
        match self.kind {
            Kind::Dump => event!(Level::INFO),
            _ => event!(Level::ERROR),
        }
    }
}
