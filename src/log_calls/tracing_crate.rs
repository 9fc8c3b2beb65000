//! To the subscriber of the `tracing` crate.

use super::event::Event;
use super::sink::{Needs, Sink};
use super::{EventKind, Level};
use std::collections::HashMap;
use std::io;
use std::sync::{OnceLock, PoisonError, RwLock};
use tracing_core::callsite::{Callsite, Identifier};
use tracing_core::field::{FieldSet, Value};
use tracing_core::{Event as TracingEvent, Interest, Kind, Metadata, callsite, dispatcher};

/// Makes events of `tracing`: with the function's level, its module as target, its file and line, and as fields
/// `message` (the text), `event`, `function`, `args`, `outcome`, `result`, `depth`, `elapsed_ns`.
///
/// ```
/// use stacklens::log_calls::{self, TracingCrate};
///
/// log_calls::set_sink(TracingCrate::new());
/// ```
///
/// What the subscriber keeps is for its own filter to say, besides [`set_filter`](super::set_filter). The events are
/// in the span that is current at the call.
#[derive(Debug, Default)]
pub struct TracingCrate {
    sites: RwLock<HashMap<(usize, Level), &'static Site>>,
}

const FIELDS: &[&str] = &[
    "message",
    "event",
    "function",
    "args",
    "outcome",
    "result",
    "depth",
    "elapsed_ns",
];

/// What `tracing` knows of a logged function; it wants that for the rest of the program.
#[derive(Debug)]
struct Site {
    metadata: OnceLock<Metadata<'static>>,
}

impl Callsite for Site {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.metadata
            .get()
            .expect("set before the site is known to anybody")
    }
}

impl TracingCrate {
    /// A sink that makes events.
    pub fn new() -> TracingCrate {
        TracingCrate::default()
    }

    fn site(&self, event: &Event<'_>) -> &'static Site {
        let key = (std::ptr::from_ref(event.code()) as usize, event.level());
        let known = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = known.get(&key) {
            return site;
        }
        drop(known);
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        sites.entry(key).or_insert_with(|| {
            let site: &'static Site = Box::leak(Box::new(Site {
                metadata: OnceLock::new(),
            }));
            let code = event.code();
            let level = match event.level() {
                Level::Error => tracing_core::Level::ERROR,
                Level::Warn => tracing_core::Level::WARN,
                Level::Info => tracing_core::Level::INFO,
                Level::Debug => tracing_core::Level::DEBUG,
                Level::Trace => tracing_core::Level::TRACE,
            };
            let metadata = Metadata::new(
                "call",
                code.module(),
                level,
                Some(code.file()),
                Some(code.first_line()),
                Some(code.module()),
                FieldSet::new(FIELDS, Identifier(site)),
                Kind::EVENT,
            );
            // Nobody else has it.
            let _ = site.metadata.set(metadata);
            callsite::register(site);
            site
        })
    }
}

impl Sink for TracingCrate {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let site = self.site(event);
        let Some(metadata) = site.metadata.get() else {
            return Ok(());
        };
        dispatcher::get_default(|dispatch| {
            if !dispatch.enabled(metadata) {
                return;
            }
            let mut arguments = String::new();
            event.each_argument(&mut |name, value| {
                let separator = if arguments.is_empty() { "" } else { ", " };
                arguments.push_str(separator);
                arguments.push_str(name);
                arguments.push('=');
                arguments.push_str(value);
            });
            let ended = event.kind() == EventKind::Return;
            let elapsed = event
                .elapsed()
                .filter(|_| ended)
                .map(|e| e.as_nanos() as u64);
            let outcome = event.outcome().map(|outcome| outcome.as_str());
            let (depth, result) = (event.depth() as u64, event.result());
            let message = event.line().trim_end_matches('\n');
            let (kind, function) = (event.kind().as_str(), event.function());
            let all: [Option<&dyn Value>; 8] = [
                Some(&message),
                Some(&kind),
                Some(&function),
                Some(&arguments),
                outcome.as_ref().map(|v| v as &dyn Value),
                result.as_ref().map(|v| v as &dyn Value),
                Some(&depth),
                elapsed.as_ref().map(|v| v as &dyn Value),
            ];
            let mut fields = metadata.fields().iter();
            let mut field = || fields.next().expect("as many as there are names");
            let fields: [_; 8] = std::array::from_fn(|_| field());
            let values: [_; 8] = std::array::from_fn(|i| (&fields[i], all[i]));
            dispatch.event(&TracingEvent::new(
                metadata,
                &metadata.fields().value_set(&values),
            ));
        });
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs {
            line: true,
            ..Needs::FIELDS
        }
    }
}
