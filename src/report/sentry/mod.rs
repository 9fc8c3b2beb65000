//! A report as a Sentry event: <https://develop.sentry.dev/sdk/data-model/event-payloads/>.

#[cfg(feature = "sentry")]
mod send;
mod stacktrace;

use super::json::{Json, Object};
use super::names::short_type;
use super::{Failure, Kind, LogLine, Relation, Report, Timestamp};
use stacktrace::Stacktrace;
use std::borrow::Cow;

/// What a Sentry event says that a report does not know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentryOptions {
    /// The platform; `native` by default, as Sentry's own client for Rust has it.
    pub platform: Cow<'static, str>,
    /// The release: `app@1.2.3`.
    pub release: Option<Cow<'static, str>>,
    /// The environment: `production`.
    pub environment: Option<Cow<'static, str>>,
    /// The machine's name.
    pub server_name: Option<Cow<'static, str>>,
    /// Modules whose functions are the program's own, in addition to all annotated functions.
    pub in_app_include: Vec<Cow<'static, str>>,
    /// Modules whose functions are not the program's own.
    pub in_app_exclude: Vec<Cow<'static, str>>,
}

impl Default for SentryOptions {
    fn default() -> SentryOptions {
        SentryOptions {
            platform: "native".into(),
            release: None,
            environment: None,
            server_name: None,
            in_app_include: Vec::new(),
            in_app_exclude: Vec::new(),
        }
    }
}

impl Report {
    /// The report as the JSON of a Sentry event, on one line.
    ///
    /// Exceptions are listed with the first cause first, frames from caller to callee. Values of variables
    /// are text in `vars`; those that were redacted read `[Filtered]`, and `_meta` says of these and of
    /// what was cut how it was. Notes, frames left out and whatever else Sentry has no place for are in
    /// `extra`.
    ///
    /// ```
    /// use stacklens::report::{Failure, Kind, Report};
    ///
    /// let report = Report::new(Kind::Error, Failure::new("port is taken"));
    /// assert!(report.to_sentry().contains(r#""exception":{"values":[{"type":"Error","value":"port is taken""#));
    /// ```
    pub fn to_sentry(&self) -> String {
        self.to_sentry_with(&SentryOptions::default())
    }

    /// As [`to_sentry`](Report::to_sentry), with what the report does not know.
    pub fn to_sentry_with(&self, options: &SentryOptions) -> String {
        Json::from(event(self, options)).to_string()
    }
}

fn event<'a>(report: &'a Report, options: &'a SentryOptions) -> Object<'a> {
    let stacktrace = Stacktrace::of(report, options);
    let exceptions = Exceptions::of(report);
    let root = exceptions.list.len().saturating_sub(1);
    let meta = stacktrace.meta(root);
    let mut extra = extra(report);
    for (key, lines) in [
        ("frames_left_out", &stacktrace.gaps),
        ("joined", &stacktrace.joints),
    ] {
        extra = extra.with_list(
            key,
            lines
                .iter()
                .map(|line| Json::from(line.clone()))
                .collect::<Vec<_>>(),
        );
    }
    let level = match report.kind {
        Kind::Panic | Kind::Signal => Some("fatal"),
        // Sentry's default.
        Kind::Error | Kind::Recursion => None,
        Kind::Dump => Some("info"),
    };
    let (exceptions, threads) = match report.kind {
        Kind::Dump => (None, thread(report, Some(stacktrace.json()))),
        _ => (
            Some(exceptions.json(report, stacktrace.json())),
            thread(report, None),
        ),
    };
    Object::new()
        .with("event_id", &report.id)
        .with_some("level", level)
        .with("platform", &*options.platform)
        .with("timestamp", seconds(report.time))
        .with_some("server_name", options.server_name.as_ref())
        .with_some("release", options.release.as_ref())
        .with_some("environment", options.environment.as_ref())
        .with("contexts", contexts(report))
        .with_some("breadcrumbs", breadcrumbs(&report.log))
        .with_some("exception", exceptions)
        .with("threads", values(vec![threads.into()]))
        .with("tags", tags(report))
        .with("extra", extra)
        .with(
            "sdk",
            Object::new()
                .with("name", "stacklens")
                .with("version", env!("CARGO_PKG_VERSION")),
        )
        .with_some("_meta", meta)
}

/// The failures of a report as Sentry lists them: a cause before what it caused, the root last.
struct Exceptions<'a> {
    list: Vec<Exception<'a>>,
}

struct Exception<'a> {
    failure: &'a Failure,
    /// 0 is the root.
    id: u64,
    parent: Option<u64>,
    source: String,
}

impl<'a> Exceptions<'a> {
    fn of(report: &'a Report) -> Exceptions<'a> {
        let mut list = Vec::new();
        Exceptions::add(&report.failure, None, String::new(), &mut list);
        list.reverse();
        Exceptions { list }
    }

    fn add(
        failure: &'a Failure,
        parent: Option<u64>,
        source: String,
        list: &mut Vec<Exception<'a>>,
    ) {
        let id = list.len() as u64;
        list.push(Exception {
            failure,
            id,
            parent,
            source,
        });
        for (i, cause) in failure.causes.iter().enumerate() {
            let source = match cause.relation {
                Relation::During => "during".to_owned(),
                Relation::Source if failure.causes.len() == 1 => "source()".to_owned(),
                Relation::Source => format!("causes[{i}]"),
            };
            Exceptions::add(cause, Some(id), source, list);
        }
    }

    fn json(self, report: &'a Report, stacktrace: Option<Json<'a>>) -> Object<'a> {
        // Of a plain chain the order in the list tells all.
        let is_tree = self
            .list
            .iter()
            .any(|exception| exception.failure.causes.len() > 1);
        let mut stacktrace = stacktrace;
        let json = |exception: &Exception<'a>| {
            let failure = exception.failure;
            let is_root = exception.parent.is_none();
            let (module, name) = type_of(failure, is_root.then_some(report.kind));
            let kind = match (is_root, report.kind) {
                (false, _) => "chained",
                (true, Kind::Panic) => "panic",
                (true, Kind::Signal) => "signalhandler",
                (true, _) => "generic",
            };
            let mut mechanism = Object::new().with("type", kind).with(
                "handled",
                !matches!(report.kind, Kind::Panic | Kind::Signal),
            );
            if is_tree {
                mechanism = mechanism
                    .with("exception_id", exception.id)
                    .with_some("parent_id", exception.parent)
                    .with_some(
                        "source",
                        Some(exception.source.clone()).filter(|source| !source.is_empty()),
                    )
                    .with_flag("is_exception_group", failure.causes.len() > 1);
            }
            let exception = Object::new()
                .with("type", name)
                .with("value", &failure.message)
                .with_some("module", module)
                .with_some("stacktrace", if is_root { stacktrace.take() } else { None })
                .with_some("thread_id", is_root.then_some(report.thread.id))
                .with("mechanism", mechanism);
            Json::from(exception)
        };
        values(self.list.iter().map(json).collect())
    }
}

/// The module and the name of a failure's type.
fn type_of(failure: &Failure, root: Option<Kind>) -> (Option<String>, String) {
    match (failure.type_name.as_deref(), root) {
        (_, Some(Kind::Panic)) => (None, "panic".to_owned()),
        (Some(name), _) => {
            let path = name.split('<').next().unwrap_or(name);
            let module = path.rsplit_once("::").map(|(module, _)| module.to_owned());
            (module, short_type(name))
        }
        (None, Some(Kind::Recursion)) => (None, "RecursionError".to_owned()),
        (None, Some(Kind::Signal)) => (None, "Signal".to_owned()),
        (None, _) => (None, "Error".to_owned()),
    }
}

fn values(list: Vec<Json<'_>>) -> Object<'_> {
    Object::new().with("values", list)
}

fn thread<'a>(report: &'a Report, stacktrace: Option<Option<Json<'a>>>) -> Object<'a> {
    Object::new()
        .with("id", report.thread.id)
        .with_some("name", report.thread.name.as_ref())
        .with_some("stacktrace", stacktrace.flatten())
        .with_flag("crashed", matches!(report.kind, Kind::Panic | Kind::Signal))
        .with("current", true)
}

/// Seconds; whole ones without a point, as Sentry's own types have them.
fn seconds<'a>(time: Timestamp) -> Json<'a> {
    match (time.as_micros() / 1_000_000, time.as_micros() % 1_000_000) {
        (seconds, 0) => Json::Number(seconds),
        _ => Json::Float(time.as_micros() as f64 / 1e6),
    }
}

fn contexts(report: &Report) -> Object<'_> {
    Object::new()
        .with(
            "os",
            Object::new()
                .with("type", "os")
                .with("name", &report.process.os),
        )
        .with(
            "device",
            Object::new()
                .with("type", "device")
                .with("arch", &report.process.arch),
        )
        .with(
            "app",
            Object::new()
                .with("type", "app")
                .with("app_name", &report.process.program),
        )
}

fn tags(report: &Report) -> Object<'_> {
    Object::new()
        .with("kind", report.kind.as_str())
        .with_some("task", report.task.as_ref())
}

fn breadcrumbs(log: &[LogLine]) -> Option<Object<'_>> {
    let line = |line: &LogLine| -> Json<'_> {
        let level = match &*line.level {
            "error" => Some("error"),
            "warn" | "warning" => Some("warning"),
            "debug" | "trace" => Some("debug"),
            // Sentry's default.
            _ => None,
        };
        Object::new()
            .with("timestamp", seconds(line.time))
            .with("category", line.target.to_string())
            .with_some("level", level)
            .with("message", line.message.to_string())
            .into()
    };
    (!log.is_empty()).then(|| values(log.iter().map(line).collect()))
}

fn extra(report: &Report) -> Object<'_> {
    let mut notes = Vec::new();
    gather_notes(&report.failure, &mut notes);
    let mut extra = Object::new()
        .with("pid", report.process.id)
        .with_list("notes", notes);
    if let Some(panic) = &report.panic {
        extra = extra.with(
            "panicked_at",
            format!("{}:{}:{}", panic.file, panic.line, panic.column),
        );
    }
    for section in &report.sections {
        let lines: Vec<Json<'_>> = section.lines.iter().map(Json::from).collect();
        extra = extra.with(&*section.title, lines);
    }
    extra
}

fn gather_notes<'a>(failure: &'a Failure, notes: &mut Vec<&'a Cow<'static, str>>) {
    notes.extend(failure.notes.iter().map(|note| &note.text));
    for cause in &failure.causes {
        gather_notes(cause, notes);
    }
}
