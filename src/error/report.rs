//! Reports of errors.

use super::Error;
use super::layer::Node;
use super::many::Many;
use super::path::{with_callers, with_hops};
use crate::capture::Limits;
use crate::config::settings;
use crate::report::{Failure, Kind, Report};
use crate::spans;
use crate::trace;
use std::error::Error as StdError;

impl Error {
    /// All that is known of the error, as data.
    ///
    /// ```
    /// let error = stacklens::err!("no such user").context("cannot log in");
    /// let report = error.report();
    /// assert_eq!(report.failure.message, "cannot log in");
    /// assert_eq!(report.failure.causes[0].message, "no such user");
    /// ```
    ///
    /// # Cost
    ///
    /// Values become text: some microseconds a frame. Runs the errors' `Display`.
    pub fn report(&self) -> Report {
        self.0
            .origin
            .report(failure(&self.0.node, &settings().limits))
    }
}

/// The error as a tree of causes.
fn failure(node: &Node, limits: &Limits) -> Failure {
    let mut layers = Vec::new();
    let mut innermost = node;
    while let Some(layer) = innermost.layer().filter(|_| layers.len() < limits.causes) {
        layers.push(with_notes(
            Failure::of_display(&layer.message, limits),
            innermost,
        ));
        innermost = &layer.below;
    }
    let innermost = with_notes(base(innermost, limits), innermost);
    layers
        .into_iter()
        .rev()
        .fold(innermost, |cause, layer| layer.with_cause(cause))
}

fn base(node: &Node, limits: &Limits) -> Failure {
    if let Some(many) = node.error.downcast_ref::<Many>() {
        let kept = many.errors.iter().take(limits.causes);
        let mut whole = Failure::of_dyn(many, limits);
        whole.causes = kept.map(|error| failure(&error.0.node, limits)).collect();
        whole.causes_omitted = many.errors.len() - whole.causes.len();
        return whole;
    }
    let failure = Failure::of_dyn(&*node.error, limits);
    match node.type_name {
        Some(name) => failure.with_type(name),
        None => failure,
    }
}

fn with_notes(failure: Failure, node: &Node) -> Failure {
    node.notes.iter().cloned().fold(failure, Failure::with_note)
}

/// What [`Report::of`] makes a report of: every `std::error::Error`, `dyn Error` as well, and
/// [`Error`](crate::Error).
pub trait Reportable {
    #[doc(hidden)]
    fn stacklens_report(&self) -> Report;
}

impl<E: StdError + 'static> Reportable for E {
    fn stacklens_report(&self) -> Report {
        let failure = Failure::of(self, &settings().limits);
        now(failure, std::any::type_name::<E>())
    }
}

impl Reportable for Error {
    fn stacklens_report(&self) -> Report {
        self.report()
    }
}

macro_rules! reportable {
    ($($kind:ty),*) => {$(
        impl Reportable for $kind {
            fn stacklens_report(&self) -> Report {
                now(Failure::of_dyn(self, &settings().limits), std::any::type_name::<Self>())
            }
        }
    )*};
}

reportable!(
    dyn StdError,
    dyn StdError + Send,
    dyn StdError + Send + Sync
);

/// A report of an error that somebody holds now. Its name is as its trace has it.
fn now(failure: Failure, type_name: &str) -> Report {
    let limits = &settings().limits;
    let report = spans::add_to(Report::new(Kind::Error, failure));
    match trace::held(type_name) {
        Some((trace, depth)) => with_hops(with_callers(report, depth, limits), &trace, limits),
        None => report.with_stack(),
    }
}

impl Report {
    /// A report of an error: its message, its causes, the functions that it has left, and those that are
    /// active.
    ///
    /// For errors of every type. An [`Error`](crate::Error) takes the functions that it has left along
    /// wherever it goes. Those of other errors are known on the thread on which they failed, until the
    /// next error goes through its annotated functions.
    ///
    /// ```
    /// use stacklens::{Report, frame};
    ///
    /// #[frame]
    /// fn check(text: &str) -> String {
    ///     match text.parse::<u16>() {
    ///         Ok(port) => format!("port {port}"),
    ///         Err(error) => {
    ///             let report = Report::of(&error);
    ///             let text = &report.frames().next_back().unwrap().locals[0];
    ///             format!("{}: {} = {}", report.failure.message, text.name, text.value)
    ///         }
    ///     }
    /// }
    ///
    /// assert_eq!(check("80a"), r#"invalid digit found in string: text = "80a""#);
    /// ```
    ///
    /// An `anyhow::Error` or `eyre::Report` leads to an error: `Report::of(&*error)`.
    pub fn of<E: Reportable + ?Sized>(error: &E) -> Report {
        error.stacklens_report()
    }
}
