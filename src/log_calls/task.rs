//! One logged call of an async function: a line when it is first polled, one when it is ready or dropped. Its depth,
//! and the task it belongs to, are its own: they hold while it is polled, on whichever thread.

use super::event::{Arguments, Event, EventKind};
use super::filter::Conditions;
use super::format::{self, Flags};
use super::line::Line;
use super::show::{How, Notes, Show};
use super::site::{Argument, LogSite};
use super::thread::{self, Busy};
use super::{Outcome, value};
use crate::capture::{Encoder, Erased};
use crate::panics::last;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// What the log knows of the call of an async function; nothing, if that is not logged.
pub struct LogTask(Option<Box<Call>>);

struct Call {
    site: &'static LogSite,
    flags: Flags,
    slow: Option<Duration>,
    arguments: Vec<(&'static str, Box<str>)>,
    /// `Type::method`, where the type is known from `self` alone.
    name: Option<String>,
    started: Option<Instant>,
    task: u64,
    depth: u32,
    begun: bool,
}

/// Begins the log of a call, if it is to be logged.
#[inline]
pub fn log_task(site: &'static LogSite) -> LogTask {
    if site.is_off() {
        return LogTask(None);
    }
    LogTask(Call::new(site))
}

/// A call that is not logged: its own condition says so.
#[inline]
pub fn log_no_task() -> LogTask {
    LogTask(None)
}

impl LogTask {
    /// What an argument is, by the identity of its type.
    pub(super) fn argument(&mut self, name: &'static str, value: Erased<'_>) {
        if let Some(call) = &mut self.0 {
            call.argument(name, value, &mut |out, types| {
                value::by_identity(out, value, types);
            });
        }
    }

    /// What an argument is, by code of the user's.
    pub(super) fn argument_by(
        &mut self,
        name: &'static str,
        value: Erased<'_>,
        write: &mut dyn FnMut(&mut Encoder<'_>),
    ) {
        if let Some(call) = &mut self.0 {
            call.argument(name, value, &mut |out, types| {
                value::by(out, value, types, write);
            });
        }
    }
}

impl Call {
    #[cold]
    fn new(site: &'static LogSite) -> Option<Box<Call>> {
        let _busy = Busy::enter_or_count()?;
        let rule = site.rule()?;
        let conditions = match LogSite::conditions(rule) {
            Some(conditions) if !conditions.admit(site, thread::depth()) => return None,
            Some(conditions) => conditions,
            None => Conditions::default(),
        };
        let facts = site.facts();
        let unknown = |argument: &Argument| (argument.name, Box::from(argument.missing()));
        let flags = facts.target().looks(facts.flags.with(format::flags()));
        Some(Box::new(Call {
            site,
            flags,
            slow: conditions.slow,
            arguments: facts.shown(flags).iter().map(unknown).collect(),
            name: None,
            started: None,
            task: 0,
            depth: 0,
            begun: false,
        }))
    }

    fn argument(
        &mut self,
        name: &'static str,
        value: Erased<'_>,
        write: &mut dyn FnMut(&mut Line, bool),
    ) {
        let Some(_busy) = Busy::enter() else { return };
        if name == "self" {
            self.name = self.site.facts().name_of(value.type_name());
            if !self.flags.has(Flags::RECEIVER) {
                return;
            }
        }
        if !self.flags.has(Flags::ARGUMENTS) {
            return;
        }
        let mut text = Line::new();
        write(&mut text, self.flags.has(Flags::TYPES));
        let text = Box::from(text.as_str());
        match self.arguments.iter_mut().find(|(known, _)| *known == name) {
            Some((_, there)) => *there = text,
            None => self.arguments.push((name, text)),
        }
    }

    fn begin(&mut self) {
        self.begun = true;
        self.depth = thread::depth();
        self.task = match thread::task() {
            // The first logged future of its task.
            0 => thread::next_task(),
            task => task,
        };
        let facts = self.site.facts();
        let timed = self.flags.has(Flags::TIME) || facts.target().needs.time;
        if timed || self.slow.is_some() {
            self.started = Some(Instant::now());
        }
        if self.slow.is_none() {
            self.say(EventKind::Call, None, None);
        }
    }

    fn mark(&self, kind: EventKind) {
        if self.slow.is_none() && self.flags.has(Flags::SUSPEND) {
            self.say(kind, None, None);
        }
    }

    fn end(&self, outcome: Outcome, result: &str) {
        let elapsed = self.started.map(|started| started.elapsed());
        let short = |slow| elapsed.is_none_or(|elapsed| elapsed < slow);
        if !self.slow.is_some_and(short) {
            let result = Some(result).filter(|result| !result.is_empty());
            self.say(EventKind::Return, Some((outcome, result)), elapsed);
        }
    }

    #[cold]
    fn say(
        &self,
        kind: EventKind,
        ended: Option<(Outcome, Option<&str>)>,
        elapsed: Option<Duration>,
    ) {
        let Some(_busy) = Busy::enter_or_count() else {
            return;
        };
        let facts = self.site.facts();
        let target = facts.target();
        let mut event = Event {
            kind,
            facts,
            function: self.name.as_deref().unwrap_or(&facts.name),
            depth: self.depth,
            task: self.task,
            arguments: Arguments::Text(&self.arguments),
            outcome: ended.map(|(outcome, _)| outcome),
            result: ended.and_then(|(_, result)| result),
            elapsed,
            flags: self.flags.with(target.flags()),
            line: "",
        };
        let mut line = Line::new();
        if target.needs.line {
            event.write_line(&mut line);
            event.line = line.as_str();
        }
        target.write(&event);
    }
}

/// While a logged future is polled: what the thread knew before comes back behind it, also by a panic.
struct Polling<'c> {
    call: &'c mut Option<Box<Call>>,
    before: (u64, u32),
    /// Its panic is not this future's.
    unwinding: bool,
    panics: u32,
}

impl<'c> Polling<'c> {
    fn enter(call: &'c mut Option<Box<Call>>) -> Polling<'c> {
        if let Some(call) = call {
            if call.begun {
                call.mark(EventKind::Resume);
            } else {
                call.begin();
            }
        }
        let (task, depth) = call.as_ref().map_or((0, 0), |c| (c.task, c.depth + 1));
        Polling {
            call,
            before: thread::switch(task, depth),
            unwinding: std::thread::panicking(),
            panics: last::number(),
        }
    }
}

impl Drop for Polling<'_> {
    fn drop(&mut self) {
        let (task, depth) = self.before;
        thread::switch(task, depth);
        if std::thread::panicking()
            && !self.unwinding
            && let Some(call) = self.call.take()
        {
            let mut message = Line::new();
            let _ = last::with_message_since(self.panics, |text| message.push_text(text));
            call.end(Outcome::Panic, message.as_str());
        }
    }
}

/// What a future gave.
#[derive(Default)]
struct Given {
    flags: Option<Flags>,
    outcome: Cell<Option<Outcome>>,
    text: RefCell<String>,
}

impl Given {
    fn keep(&self, known: Outcome, write: &mut dyn FnMut(&mut Line, bool) -> Outcome) {
        let Some(flags) = self.flags else { return };
        let seen = match (flags.has(Flags::RESULT), flags.has(Flags::REDACT_RESULT)) {
            (false, _) => known,
            (true, true) => {
                self.text.replace("<redacted>".to_owned());
                known
            }
            (true, false) => {
                let Some(_busy) = Busy::enter() else { return };
                let mut text = Line::new();
                let outcome = write(&mut text, flags.has(Flags::TYPES));
                self.text.replace(text.as_str().to_owned());
                outcome
            }
        };
        self.outcome.set(Some(seen));
    }
}

impl Notes for Given {
    fn note(&self, value: Erased<'_>, how: How<'_>) {
        if value.is::<()>() {
            return self.outcome.set(Some(Outcome::Value));
        }
        let known = how.outcome(value.type_name());
        let mut how = Some(how);
        self.keep(known, &mut |out, types| {
            value::shown(out, value, how.take().unwrap_or(How::Identity), types)
        });
    }

    fn outcome(&self, outcome: Outcome) {
        self.keep(outcome, &mut |_, _| outcome);
    }
}

/// What a future gives, of a type that cannot be written.
pub fn log_show<R>(value: &R, notes: &dyn Notes) {
    notes.note(Erased::of(value), How::Identity);
}

/// The same, of a function that contains `unsafe`: nothing is read.
pub fn log_show_plain<R>(value: &R, notes: &dyn Notes) {
    notes.note(Erased::of(value), How::Type);
}

/// A logged async function.
pub struct Logged<F: Future> {
    /// Dropped first: what it awaits ends before it does.
    body: F,
    log: LogTask,
    show: Show<F::Output>,
}

/// Gives a future a place in the log.
#[inline]
pub fn log_future<R, F>(log: LogTask, show: Show<R>, body: F) -> Logged<F>
where
    F: Future<Output = R>,
{
    Logged { body, log, show }
}

impl<F: Future> Future for Logged<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: `body` is pinned with `self` and never moved out of it; the other fields are never pinned.
        let (body, log, show) = unsafe {
            let this = self.get_unchecked_mut();
            (Pin::new_unchecked(&mut this.body), &mut this.log, this.show)
        };
        if log.0.is_none() {
            return body.poll(context);
        }
        let polling = Polling::enter(&mut log.0);
        let polled = body.poll(context);
        drop(polling);
        match &polled {
            Poll::Ready(value) => {
                if let Some(call) = log.0.take() {
                    let given = Given {
                        flags: Some(call.flags),
                        ..Given::default()
                    };
                    show(value, &given);
                    let outcome = given.outcome.get().unwrap_or(Outcome::Value);
                    call.end(outcome, &given.text.borrow());
                }
            }
            Poll::Pending => {
                if let Some(call) = &log.0 {
                    call.mark(EventKind::Suspend);
                }
            }
        }
        polled
    }
}

impl Drop for LogTask {
    fn drop(&mut self) {
        if let Some(call) = self.0.take().filter(|call| call.begun) {
            call.end(Outcome::Dropped, "");
        }
    }
}
