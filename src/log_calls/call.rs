//! One logged call of a function: a line when it begins, one when it is left, however that happens.

use super::cold;
use super::event::{Arguments, Event, EventKind};
use super::format::{self, Flags};
use super::line::Line;
use super::show::{How, Notes};
use super::sink::Target;
use super::site::{Facts, LogSite};
use super::subject::{Subject, kept};
use super::thread::{self, Busy};
use super::{Outcome, value};
use crate::capture::{Erased, Tag};
use crate::panics::last;
use crate::stack::Guard;
use std::cell::{Cell, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::time::{Duration, Instant};

/// The log's part in a function. Dropping it closes the line.
pub struct Log {
    /// `None`: this call is not logged, and `state` is nothing.
    site: Cell<Option<&'static LogSite>>,
    state: UnsafeCell<MaybeUninit<State>>,
}

struct State {
    frame: ManuallyDrop<Guard>,
    /// Known where somebody asks how long the call takes.
    started: Option<Instant>,
    /// Only a call that takes longer is mentioned, when it ends.
    slow: Option<Duration>,
    flags: Flags,
    depth: u32,
    /// `name(arguments)`, as it was when the call began.
    subject: Subject,
    outcome: Cell<Outcome>,
    result: Cell<Stored>,
    /// It began while a panic was on its way: then that is not its own.
    unwinding: bool,
    /// Panics that there had been before.
    panics: u32,
}

/// What was returned, until the line is written: locals of the body are dropped in between, and may be logged
/// themselves.
#[derive(Clone, Copy)]
enum Stored {
    Nothing,
    Scalar(u8, u64),
    /// Text, beside the frame.
    Kept(u32),
    NoRoom,
    Hidden,
}

/// A call that is not logged, so far. Entered in its place: what is returned by value would be copied.
#[cfg_attr(not(unoptimised), inline)]
pub fn log_none() -> Log {
    Log {
        site: Cell::new(None),
        state: UnsafeCell::new(MaybeUninit::uninit()),
    }
}

/// Enters the log of a call, if it is to be logged.
#[cfg_attr(not(unoptimised), inline)]
pub fn log_enter(site: &'static LogSite, frame: &Guard, log: &Log) {
    cold::open_cold(log, site, frame.address());
}

/// `record`: that of the frame.
#[cold]
#[inline(always)] // each platform has one place that calls it
pub(super) fn open(log: &Log, site: &'static LogSite, record: usize) {
    // The macros enter a call once. Another time would change a state that is being looked at.
    if log.is_on() {
        return;
    }
    let frame = Guard::of_record(record);
    let Some((busy, depth, task)) = Busy::begin() else {
        return;
    };
    let Some(rule) = site.rule() else { return };
    let mut slow = None;
    if let Some(conditions) = LogSite::conditions(rule) {
        if !conditions.admit(site, depth) {
            return;
        }
        slow = conditions.slow;
    }
    let facts = site.facts();
    let target = facts.target();
    let flags = target.looks(facts.flags.with(format::flags()));
    let timed = slow.is_some() || target.needs.time || flags.has(Flags::TIME);
    // SAFETY: the call is not entered yet, so that nobody looks at the state; nobody writes it once it is.
    let state: &State = unsafe {
        (*log.state.get()).write(State {
            frame: frame.alias(),
            started: None,
            slow,
            flags,
            depth,
            subject: Subject::unknown(),
            outcome: Cell::new(Outcome::Left),
            result: Cell::new(Stored::Nothing),
            unwinding: std::thread::panicking(),
            panics: last::number(),
        });
        let state = &mut *(*log.state.get()).as_mut_ptr();
        if slow.is_none() {
            begin(facts, target, state, &frame, task);
        }
        if timed {
            state.started = Some(Instant::now());
        }
        state
    };
    log.site.set(Some(site));
    busy.begun(state.depth.saturating_add(1));
}

/// Writes the line of the beginning, and keeps `name(arguments)`.
fn begin(facts: &Facts, target: &Target, state: &mut State, frame: &Guard, task: u64) {
    let mut learned = None;
    let name = facts.name(frame, &mut learned);
    let mut event = state.event(facts, name, target, EventKind::Call, task, frame);
    if !target.needs.line {
        return target.write(&event);
    }
    let mut line = Line::new();
    format::write_head(&mut line, &event);
    let from = line.len();
    event.write_subject_here(&mut line);
    state.subject.keep(&line, from, frame);
    format::write_tail(&mut line, &event);
    event.line = line.as_str();
    target.write(&event);
}

impl State {
    fn event<'a>(
        &self,
        facts: &'a Facts,
        function: &'a str,
        target: &Target,
        kind: EventKind,
        task: u64,
        frame: &'a Guard,
    ) -> Event<'a> {
        Event {
            kind,
            facts,
            function,
            depth: self.depth,
            task,
            arguments: Arguments::Of(frame),
            outcome: None,
            result: None,
            elapsed: None,
            flags: self.flags.with(target.flags()),
            line: "",
        }
    }
}

impl Log {
    /// Whether this call is logged.
    #[inline]
    fn state(&self) -> Option<(&'static LogSite, &State)> {
        // SAFETY: `open` writes the state before it sets the site, and nobody writes it again.
        let state = |site| (site, unsafe { (*self.state.get()).assume_init_ref() });
        self.site.get().map(state)
    }
}

impl Drop for Log {
    #[cfg_attr(not(unoptimised), inline)]
    fn drop(&mut self) {
        if self.is_on() {
            cold::close_cold(self);
        }
    }
}

#[cold]
#[inline(always)] // as `open`
pub(super) fn close(log: &Log) {
    let Some((site, state)) = log.state() else {
        return;
    };
    let elapsed = state.started.map(|started| started.elapsed());
    let short = |slow| elapsed.is_none_or(|elapsed| elapsed < slow);
    if state.slow.is_some_and(short) {
        return thread::set_depth(state.depth);
    }
    if let Some((_busy, task)) = Busy::end(state.depth) {
        end(site.facts(), state, elapsed, task);
    }
}

/// Writes the line of the end.
fn end(facts: &Facts, state: &State, elapsed: Option<Duration>, task: u64) {
    let target = facts.target();
    let frame: &Guard = &state.frame;
    let mut learned = None;
    let name = facts.name(frame, &mut learned);
    let mut event = state.event(facts, name, target, EventKind::Return, task, frame);
    let outcome = if std::thread::panicking() && !state.unwinding {
        Outcome::Panic
    } else {
        state.outcome()
    };
    event.outcome = Some(outcome);
    event.elapsed = elapsed;
    if !target.looks_at_values() {
        return target.write(&event);
    }
    let mut line = Line::new();
    if target.needs.line {
        format::write_head(&mut line, &event);
        if !state.subject.write(frame, &mut line) {
            event.write_subject(&mut line);
        }
    }
    let before = line.len();
    let result = match outcome {
        Outcome::Panic => {
            line.push(" panicked: ");
            let from = line.len();
            if last::with_message_since(state.panics, |message| line.push(message)).is_none() {
                line.truncate(before + " panicked".len());
            }
            from
        }
        _ => {
            line.push(" = ");
            let from = line.len();
            state.write_result(&mut line);
            if line.len() == from {
                line.truncate(before);
            }
            from
        }
    };
    let end = line.len();
    if target.needs.line {
        format::write_tail(&mut line, &event);
    }
    let text = line.as_str();
    if result < end {
        // SAFETY: both are lengths that the line had, so that whole texts lie between them.
        event.result = Some(unsafe { text.get_unchecked(result..end) });
    }
    if target.needs.line {
        event.line = text;
    }
    target.write(&event);
}

impl State {
    /// How the call ended, if not by a panic.
    fn outcome(&self) -> Outcome {
        match self.result.get() {
            Stored::Nothing if self.flags.has(Flags::UNIT.with(Flags::CLOSURE)) => Outcome::Value,
            Stored::Nothing => Outcome::Left,
            _ => self.outcome.get(),
        }
    }

    /// Appends what was returned; nothing if that is `()`, or not to be seen.
    #[inline]
    fn write_result(&self, out: &mut Line) {
        let flags = self.flags;
        match self.result.get() {
            _ if !flags.has(Flags::RESULT) => {}
            Stored::Nothing if flags.has(Flags::UNIT) => {}
            _ if flags.has(Flags::REDACT_RESULT) => out.push("<redacted>"),
            Stored::Nothing if flags.has(Flags::CLOSURE) => out.push("<closure>"),
            Stored::Nothing => out.push("<returned>"),
            Stored::Scalar(tag, _) if tag == Tag::Unit as u8 => {}
            Stored::Scalar(tag, bits) => value::scalar(out, tag, bits, flags.has(Flags::TYPES)),
            Stored::Kept(place) => {
                if !kept(&self.frame, place, out) {
                    out.push("<omitted: unreadable>");
                }
            }
            Stored::Hidden => {}
            Stored::NoRoom => out.push("<omitted: no room>"),
        }
    }

    /// Keeps a text as what is returned.
    fn keep_result(&self, outcome: Outcome, text: &Line) {
        self.outcome.set(outcome);
        self.result
            .set(match self.frame.keep(text.as_str().as_bytes()) {
                0 => Stored::NoRoom,
                place => Stored::Kept(place),
            });
    }

    /// Whether there is anything to look at in what is returned.
    fn hides_result(&self) -> bool {
        !self.flags.has(Flags::RESULT) || self.flags.has(Flags::REDACT_RESULT)
    }

    /// There was a value, of which nothing else is to be seen.
    fn hide_result(&self, outcome: Outcome) {
        self.outcome.set(outcome);
        self.result.set(Stored::Hidden);
    }

    /// Notes what is returned.
    fn returned(&self, value: Erased<'_>, how: How<'_>) {
        if let Some((tag, bits)) = value.scalar() {
            self.outcome.set(Outcome::Value);
            return self.result.set(Stored::Scalar(tag, bits));
        }
        let mut text = Line::new();
        let outcome = value::shown(&mut text, value, how, self.flags.has(Flags::TYPES));
        self.keep_result(outcome, &text);
    }
}

impl Notes for Log {
    #[cold]
    fn note(&self, value: Erased<'_>, how: How<'_>) {
        let Some((_, state)) = self.state() else {
            return;
        };
        if state.hides_result() {
            state.hide_result(how.outcome(value.type_name()));
        } else if let Some(_busy) = Busy::enter() {
            state.returned(value, how);
        }
    }

    fn outcome(&self, outcome: Outcome) {
        if let Some((_, state)) = self.state() {
            state.hide_result(outcome);
        }
    }
}

impl Log {
    /// Notes a value by the identity of its type.
    #[inline]
    pub(super) fn look<R>(&self, value: &R) {
        let Some((_, state)) = self.state() else {
            return;
        };
        #[cfg(unoptimised)]
        if state.hides_result() {
            return state.hide_result(Outcome::Value);
        }
        #[cfg(not(unoptimised))]
        if let Some((tag, bits)) = crate::capture::scalar(value) {
            state.outcome.set(Outcome::Value);
            return state.result.set(Stored::Scalar(tag, bits));
        }
        self.note(Erased::of(value), How::Identity);
    }

    #[inline]
    pub(super) fn is_on(&self) -> bool {
        self.site.get().is_some()
    }

    /// Notes that the function is left by a failure: what it is wrapped in, and itself.
    #[cold]
    pub(crate) fn failed<E>(&self, name: &'static str, error: &E) {
        let how = How::Parts(Outcome::Err, name, Some(Erased::of(error)));
        // No value of a known type: it is shown by its parts.
        self.note(Erased::of(self), how);
    }

    /// Notes that the function is left by `None`.
    #[cold]
    pub(crate) fn none(&self) {
        self.note(Erased::of(self), How::Parts(Outcome::None, "None", None));
    }
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::*;
    use crate::__private::enter1;
    use crate::code::fixture::{Function, numbers};
    use crate::log_calls::Writer;
    use crate::log_calls::entry::log_ret;

    /// What the macro makes of the lesson's function.
    fn factorial(n: u64, site: &'static LogSite, meta: &'static str) -> u64 {
        let frame = enter1(meta, &n);
        let log = log_none();
        log_enter(site, &frame, &log);
        if n <= 1 {
            return log_ret(1, &log);
        }
        log_ret(n * factorial(n - 1, site, meta), &log)
    }

    fn site(
        meta: &'static str,
        options: &'static str,
    ) -> (&'static LogSite, &'static Writer<Vec<u8>>) {
        let sink: &'static Writer<Vec<u8>> = Box::leak(Box::new(Writer::new(Vec::new())));
        (Box::leak(Box::new(LogSite::to(meta, options, sink))), sink)
    }

    fn meta(name: &'static str) -> &'static str {
        let variables = format!("n {}\n", numbers(&[1, 0x40, 0, 0, 9, 0]));
        Function {
            name,
            variables,
            head: [0, 1, 10, 1, 20],
            ..Function::default()
        }
        .literal()
    }

    fn lines(sink: &Writer<Vec<u8>>) -> String {
        sink.with(|text| String::from_utf8(std::mem::take(text)).unwrap())
    }

    #[test]
    fn the_lessons_log_is_the_lessons_log() {
        let meta = meta("factorial");
        let (site, sink) = site(meta, "");
        assert_eq!(factorial(4, site, meta), 24);
        let expected = "\
→ factorial(4)
  → factorial(3)
    → factorial(2)
      → factorial(1)
      ← factorial(1) = 1
    ← factorial(2) = 2
  ← factorial(3) = 6
← factorial(4) = 24
";
        assert_eq!(lines(sink), expected);
        assert_eq!(thread::depth(), 0);
    }
}
