//! The spans of `tracing` in reports (feature `tracing`).
//!
//! With [`SpanLayer`] in the subscriber, every report says in which spans the thread was when it was made,
//! with their fields:
//!
//! ```
//! use stacklens::frame;
//! use stacklens::spans::SpanLayer;
//! use tracing_subscriber::layer::SubscriberExt;
//!
//! #[frame]
//! fn handle(id: u32) -> stacklens::Result<u16> {
//!     let _span = tracing::info_span!("request", id, user = "ann").entered();
//!     Ok("80a".parse()?)
//! }
//!
//! let subscriber = tracing_subscriber::registry().with(SpanLayer::new());
//! tracing::subscriber::with_default(subscriber, || {
//!     let report = handle(7).unwrap_err().report();
//!     assert!(report.sections[0].lines[0].contains(r#"::request{id=7 user="ann"} at "#));
//! });
//! ```

use crate::capture::{Limits, secret};
use crate::report::{Failure, Report, Section};
use std::cell::RefCell;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// A layer of a `tracing` subscriber that remembers, for reports, which spans each thread is in.
///
/// Fields become text when they are recorded, each at most 256 bytes; those named like a secret are
/// redacted. Reading takes no lock that another thread waits with, and can be done in a panic hook.
///
/// # Cost
///
/// A span allocates once, and once more for its fields. Entering and leaving is a push and a pop.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanLayer(());

impl SpanLayer {
    /// The layer.
    pub fn new() -> SpanLayer {
        SpanLayer(())
    }
}

/// Bytes kept of one field's value.
const FIELD_BYTES: usize = 256;
/// Spans shown of a thread: the innermost.
const SHOWN: usize = 32;

/// A span, as its data in the registry and as every thread that is in it know it.
struct Span {
    metadata: &'static Metadata<'static>,
    /// `id=7 user="ann"`
    fields: Mutex<String>,
}

thread_local! {
    /// The spans that the thread is in, the outermost first.
    static ENTERED: RefCell<Vec<(Id, Arc<Span>)>> = const { RefCell::new(Vec::new()) };
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for SpanLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = String::new();
        attributes.record(&mut Fields(&mut fields));
        if let Some(span) = context.span(id) {
            let (metadata, fields) = (attributes.metadata(), Mutex::new(fields));
            span.extensions_mut()
                .insert(Arc::new(Span { metadata, fields }));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = known(id, &context) else {
            return;
        };
        // Written aside: the `Debug` of a value is the program's.
        let mut more = String::new();
        values.record(&mut Fields(&mut more));
        let mut fields = span.fields.lock().unwrap_or_else(PoisonError::into_inner);
        if !fields.is_empty() {
            fields.push(' ');
        }
        fields.push_str(&more);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let Some(span) = known(id, &context) else {
            return;
        };
        let _ = ENTERED.try_with(|entered| {
            if let Ok(mut entered) = entered.try_borrow_mut() {
                entered.push((id.clone(), span));
            }
        });
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        let left = ENTERED.try_with(|entered| {
            let mut entered = entered.try_borrow_mut().ok()?;
            // Spans may be left in another order than the reverse.
            let at = entered.iter().rposition(|(known, _)| known == id)?;
            Some(entered.remove(at))
        });
        drop(left);
    }
}

fn known<S: Subscriber + for<'a> LookupSpan<'a>>(
    id: &Id,
    context: &Context<'_, S>,
) -> Option<Arc<Span>> {
    context.span(id)?.extensions().get::<Arc<Span>>().cloned()
}

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let separator = if self.0.is_empty() { "" } else { " " };
        let (name, limits) = (
            field.name(),
            Limits {
                message_bytes: FIELD_BYTES,
                ..Limits::DEFAULT
            },
        );
        let value = match secret::is_secret(name) {
            true => "<redacted>".to_owned(),
            false => Failure::of_display(&format_args!("{value:?}"), &limits)
                .message
                .into_owned(),
        };
        let _ = match name {
            "message" => write!(self.0, "{separator}{value}"),
            _ => write!(self.0, "{separator}{name}={value}"),
        };
    }
}

/// Adds the spans that this thread is in, if it is in any.
pub(crate) fn add_to(report: Report) -> Report {
    let lines = ENTERED.try_with(|entered| {
        let entered = entered.try_borrow().ok()?;
        let hidden = entered.len().saturating_sub(SHOWN);
        let gap = (hidden > 0).then(|| format!("[{hidden} outer spans not shown]"));
        let shown = entered[hidden..].iter().map(|(_, span)| line(span));
        Some(gap.into_iter().chain(shown).collect::<Vec<_>>())
    });
    match lines {
        Ok(Some(lines)) if !lines.is_empty() => report.with_section(Section::new("Spans", lines)),
        _ => report,
    }
}

/// `app::server::request{id=7} at src/server.rs:10`
fn line(span: &Span) -> String {
    let metadata = span.metadata;
    let mut line = format!("{}::{}", metadata.target(), metadata.name());
    match span.fields.try_lock() {
        Ok(fields) if fields.is_empty() => {}
        Ok(fields) => line += &format!("{{{fields}}}"),
        // Being written at this moment.
        Err(_) => line += "{..}",
    }
    if let (Some(file), Some(number)) = (metadata.file(), metadata.line()) {
        line += &format!(" at {file}:{number}");
    }
    line
}
