//! What a sink is given.

use super::format::{self, Flags};
use super::line::Line;
use super::site::Facts;
use super::{Level, Outcome, value};
use crate::Code;
use crate::code::Missing;
use crate::stack::{Guard, Values};
use std::fmt;
use std::time::Duration;

/// What happened to a logged call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// It begins.
    Call,
    /// It ends, in whichever way.
    Return,
    /// Its future is polled and will go on later.
    Suspend,
    /// Its future is polled again.
    Resume,
}

impl EventKind {
    /// `"call"`, `"return"`, `"suspend"` or `"resume"`.
    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Call => "call",
            EventKind::Return => "return",
            EventKind::Suspend => "suspend",
            EventKind::Resume => "resume",
        }
    }
}

/// One entry of the log, as a [`Sink`](super::Sink) is given it: the text that is printed, and what it is made of.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub(super) kind: EventKind,
    pub(super) facts: &'a Facts,
    /// `Type::method`, where the type is known only now.
    pub(super) function: &'a str,
    pub(super) depth: u32,
    pub(super) task: u64,
    pub(super) arguments: Arguments<'a>,
    pub(super) outcome: Option<Outcome>,
    pub(super) result: Option<&'a str>,
    pub(super) elapsed: Option<Duration>,
    pub(super) flags: Flags,
    pub(super) line: &'a str,
}

/// Where the arguments of a call are read.
#[derive(Clone, Copy)]
pub(super) enum Arguments<'a> {
    /// In its frame.
    Of(&'a Guard),
    /// They were turned into text when it began.
    Text(&'a [(&'static str, Box<str>)]),
}

impl<'a> Event<'a> {
    /// What happened.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// The text, ending in a line break. Empty if the sink did not ask for it ([`Needs`](super::Needs)).
    pub fn line(&self) -> &'a str {
        self.line
    }

    /// The same event with another text.
    #[must_use]
    pub fn with_line<'b>(&self, line: &'b str) -> Event<'b>
    where
        'a: 'b,
    {
        Event { line, ..*self }
    }

    /// The name that is printed: `parse`, `Parser::parse`.
    pub fn function(&self) -> &'a str {
        self.function
    }

    /// Module, type and name: `mycrate::config::Parser::parse`.
    pub fn path(&self) -> String {
        format!("{}::{}", self.facts.code.module(), self.function)
    }

    /// The function.
    pub fn code(&self) -> &'static Code {
        self.facts.code
    }

    /// The importance that the attribute gives it.
    pub fn level(&self) -> Level {
        self.facts.level
    }

    /// How many logged calls are round it: 0 for the outermost.
    pub fn depth(&self) -> usize {
        self.depth as usize
    }

    /// The number of the asynchronous task that it belongs to.
    pub fn task(&self) -> Option<u64> {
        (self.task != 0).then_some(self.task)
    }

    /// How it ended, at [`EventKind::Return`].
    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome
    }

    /// What it returned, as it is printed; the message of a panic.
    pub fn result(&self) -> Option<&'a str> {
        self.result
    }

    /// How long it took, at [`EventKind::Return`] and if somebody asks for it: an option, the filter, or the sink.
    pub fn elapsed(&self) -> Option<Duration> {
        self.elapsed
    }

    /// The line and column, counted from 1: where the function begins, and where a return was.
    pub fn place(&self) -> (u32, u32) {
        let code = self.facts.code;
        let position = match (self.kind, self.arguments) {
            (EventKind::Return, Arguments::Of(frame)) => frame.position(),
            _ => None,
        };
        match position {
            Some(position) => {
                let place = code.place(position);
                (place.line, place.column)
            }
            None => (code.first_line(), code.place(0).column),
        }
    }

    /// Calls `each` with the name and the printed value of each argument that is shown.
    pub fn each_argument(&self, each: &mut dyn FnMut(&'static str, &str)) {
        if !self.flags.has(Flags::ARGUMENTS) {
            return;
        }
        match self.arguments {
            Arguments::Of(frame) => {
                let mut text = Line::new();
                let values = frame.values();
                for argument in self.facts.shown(self.flags) {
                    text.clear();
                    match values {
                        Some(values) => argument.write(&mut text, values, self.flags),
                        None => argument.write_unrecorded(&mut text),
                    }
                    each(argument.name, text.as_str());
                }
            }
            Arguments::Text(list) => {
                for (name, text) in list {
                    each(name, text);
                }
            }
        }
    }

    /// The whole line, of which the result is known.
    pub(super) fn write_line(&self, out: &mut Line) {
        format::write_head(out, self);
        self.write_subject(out);
        match (self.outcome, self.result) {
            (Some(Outcome::Panic), Some(message)) => {
                out.push(" panicked: ");
                out.push_text(message);
            }
            (Some(Outcome::Panic), None) => out.push(" panicked"),
            (Some(Outcome::Dropped), _) => out.push(" dropped"),
            (_, Some(result)) => {
                out.push(" = ");
                out.push_text(result);
            }
            (_, None) => {}
        }
        format::write_tail(out, self);
    }

    /// [`Event::write_subject_here`], as a call.
    #[inline(never)]
    pub(super) fn write_subject(&self, out: &mut Line) {
        self.write_subject_here(out);
    }

    /// `name(arguments)`
    #[inline(always)] // where lines of calls are made; nobody else is in a hurry
    pub(super) fn write_subject_here(&self, out: &mut Line) {
        if self.flags.has(Flags::QUALIFIED) {
            out.push_text(self.facts.path());
            out.push("(");
        } else {
            self.facts.open(out, self.function);
        }
        if self.flags.has(Flags::ARGUMENTS) {
            self.write_arguments(out);
        } else if self.facts.code.argcount() > 0 {
            out.push("..");
        }
        out.push(")");
    }

    #[inline(always)]
    fn write_arguments(&self, out: &mut Line) {
        let from = out.len();
        let begin = |out: &mut Line, name: &str| {
            if out.len() != from {
                out.push(", ");
            }
            if self.flags.has(Flags::NAMES) {
                out.push_text(name);
                out.push("=");
            }
        };
        match self.arguments {
            Arguments::Of(frame) => {
                let shown = self.facts.shown(self.flags);
                match frame.values() {
                    Some(values) => {
                        for argument in shown {
                            begin(out, argument.name);
                            argument.write(out, values, self.flags);
                        }
                    }
                    None => {
                        for argument in shown {
                            begin(out, argument.name);
                            argument.write_unrecorded(out);
                        }
                    }
                }
            }
            Arguments::Text(list) => {
                for (name, text) in list {
                    begin(out, name);
                    out.push_text(text);
                }
            }
        }
        let left_out = match self.arguments {
            Arguments::Of(_) => self.facts.left_out(),
            Arguments::Text(list) => {
                let named = list.iter().filter(|(name, _)| *name != "self").count();
                let code = self.facts.code;
                named + usize::from(code.is_method()) < code.argcount()
            }
        };
        if left_out {
            out.push(if out.len() == from { ".." } else { ", .." });
        }
    }
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("function", &self.function)
            .field("depth", &self.depth)
            .field("task", &self.task())
            .field("outcome", &self.outcome)
            .field("result", &self.result)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

impl super::site::Argument {
    /// What stands for a value that is not known.
    pub(super) fn missing(&self) -> &'static str {
        match self.slot {
            Err(Missing::Redacted) => "<redacted>",
            Err(Missing::Skipped) => "<omitted: skipped>",
            Ok(_) | Err(Missing::NotCaptured) => "_",
        }
    }

    #[inline(always)] // as `value::slot`
    fn write(&self, out: &mut Line, values: Values, flags: Flags) {
        match self.slot {
            Ok(slot) => value::slot(out, values, slot, flags.has(Flags::TYPES)),
            Err(_) => out.push_text(self.missing()),
        }
    }

    /// The same, of a frame that was only counted.
    #[cold]
    fn write_unrecorded(&self, out: &mut Line) {
        out.push(match self.slot {
            Ok(_) => "<omitted: not recorded>",
            Err(_) => self.missing(),
        });
    }
}
