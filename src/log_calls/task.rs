//! One logged call of an async function: a line when it is first polled, one when it is ready or dropped. Its depth,
//! and the task it belongs to, are its own: they hold while it is polled, on whichever thread.

use super::event::{Arguments, Event, EventKind};
use super::filter::Conditions;
use super::format::{self, Flags};
use super::line::Line;
use super::probe::Notes;
use super::site::{Argument, LogSite};
use super::thread::{self, Busy};
use super::{Outcome, panic, value};
use crate::capture::Encoder;
use std::any::TypeId;
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
    pub(super) fn argument<T: ?Sized>(&mut self, name: &'static str, value: &T) {
        if let Some(call) = &mut self.0 {
            let at = std::ptr::from_ref(value).cast();
            let (id, type_name) = (crate::capture::type_id::<T>, std::any::type_name::<T>);
            // SAFETY: a reference to a `T`.
            call.argument(name, type_name, &mut |out, types| unsafe {
                value::by_identity(out, at, id, type_name, types);
            });
        }
    }

    /// What an argument is, by code of the user's.
    pub(super) fn argument_by(
        &mut self,
        name: &'static str,
        type_name: fn() -> &'static str,
        write: &mut dyn FnMut(&mut Encoder<'_>),
    ) {
        if let Some(call) = &mut self.0 {
            call.argument(name, type_name, &mut |out, types| {
                value::by(out, type_name(), types, write);
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
        let flags = facts.flags.with(format::flags());
        Some(Box::new(Call {
            site,
            flags,
            slow: conditions.slow,
            arguments: facts.shown(flags).map(unknown).collect(),
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
        type_name: fn() -> &'static str,
        write: &mut dyn FnMut(&mut Line, bool),
    ) {
        let Some(_busy) = Busy::enter() else { return };
        if name == "self" {
            self.name = self.site.facts().name_of(type_name());
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
            let _ = panic::with_message(|text| message.push_text(text));
            call.end(Outcome::Panic, message.as_str());
        }
    }
}

/// What a future gave.
#[derive(Default)]
pub struct Given {
    flags: Option<Flags>,
    outcome: Cell<Option<Outcome>>,
    text: RefCell<String>,
}

impl Given {
    fn keep(&self, write: impl FnOnce(&mut Line, bool) -> Outcome) {
        let Some(flags) = self.flags else { return };
        let seen = match (flags.has(Flags::RESULT), flags.has(Flags::REDACT_RESULT)) {
            (false, _) => Outcome::Value,
            (true, true) => {
                self.text.replace("<redacted>".to_owned());
                Outcome::Value
            }
            (true, false) => {
                let Some(_busy) = Busy::enter() else { return };
                let mut text = Line::new();
                let outcome = write(&mut text, flags.has(Flags::TYPES));
                self.text.replace(text.as_str().to_owned());
                outcome
            }
        };
        // What the type said is more than what the text says.
        self.outcome.set(self.outcome.get().or(Some(seen)));
    }
}

impl Notes for Given {
    fn outcome(&self, outcome: Outcome) {
        self.outcome.set(Some(outcome));
    }

    fn by(&self, name: &'static str, write: &mut dyn FnMut(&mut Encoder<'_>)) {
        self.keep(|out, types| value::by(out, name, types, write));
    }

    fn by_identity<T>(&self, value: &T) {
        let at = std::ptr::from_ref(value).cast();
        let (id, name): (fn() -> TypeId, _) =
            (crate::capture::type_id::<T>, std::any::type_name::<T>);
        if id() == TypeId::of::<()>() {
            return self.outcome.set(Some(Outcome::Value));
        }
        // SAFETY: a reference to a `T`.
        self.keep(|out, types| unsafe { value::by_identity(out, at, id, name, types) });
    }

    fn inside<T>(&self, name: &'static str, inside: &T) {
        self.keep(|out, types| {
            value::inside(out, name, inside, types);
            Outcome::Value
        });
    }

    fn nothing(&self) {
        self.keep(|out, _| {
            out.push("None");
            Outcome::None
        });
    }
}

/// What a future gives, of a type that cannot be written.
pub fn log_show<R>(value: &R, given: &Given) {
    given.by_identity(value);
}

/// The same, of a function that contains `unsafe`: nothing is read.
pub fn log_show_plain<R>(_: &R, given: &Given) {
    given.keep(|out, _| {
        value::type_of::<R>(out);
        Outcome::Value
    });
}

/// A logged async function.
pub struct Logged<F, S> {
    /// Dropped first: what it awaits ends before it does.
    body: F,
    log: LogTask,
    show: S,
}

/// Gives a future a place in the log.
#[inline]
pub fn log_future<R, F, S>(log: LogTask, show: S, body: F) -> Logged<F, S>
where
    F: Future<Output = R>,
    S: Fn(&R, &Given),
{
    Logged { body, log, show }
}

impl<R, F, S> Future for Logged<F, S>
where
    F: Future<Output = R>,
    S: Fn(&R, &Given),
{
    type Output = R;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<R> {
        // SAFETY: `body` is pinned with `self` and never moved out of it; the other fields are never pinned.
        let (body, log, show) = unsafe {
            let this = self.get_unchecked_mut();
            (
                Pin::new_unchecked(&mut this.body),
                &mut this.log,
                &this.show,
            )
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
