//! How a line looks.

use super::event::{Event, EventKind};
use super::line::Line;
use super::{Level, Outcome};
use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// What is shown of a call, by the attribute and by [`set_format`] together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u32);

impl Flags {
    pub(super) const NONE: Flags = Flags(0);
    pub(super) const ARGUMENTS: Flags = Flags(1);
    pub(super) const RESULT: Flags = Flags(1 << 1);
    pub(super) const NAMES: Flags = Flags(1 << 2);
    pub(super) const TIME: Flags = Flags(1 << 3);
    pub(super) const RECEIVER: Flags = Flags(1 << 4);
    /// The function returns `()`.
    pub(super) const UNIT: Flags = Flags(1 << 5);
    pub(super) const SUSPEND: Flags = Flags(1 << 6);
    pub(super) const REDACT_RESULT: Flags = Flags(1 << 7);
    pub(super) const SHOW_RESULT: Flags = Flags(1 << 8);
    pub(super) const THREAD: Flags = Flags(1 << 9);
    pub(super) const PLACE: Flags = Flags(1 << 10);
    pub(super) const QUALIFIED: Flags = Flags(1 << 11);
    pub(super) const TYPES: Flags = Flags(1 << 12);
    pub(super) const ASCII: Flags = Flags(1 << 13);
    pub(super) const COLOR: Flags = Flags(1 << 14);
    /// What is not seen to be returned is a closure.
    pub(super) const CLOSURE: Flags = Flags(1 << 15);
    /// Whatever looks at a value.
    pub(super) const VALUES: Flags = Flags(Flags::ARGUMENTS.0 | Flags::RESULT.0);
    /// Any of what makes the beginning of a line another one.
    const HEAD: Flags = Flags(Flags::THREAD.0 | Flags::ASCII.0 | Flags::COLOR.0);
    /// Any of what comes behind the result.
    const TAIL: Flags = Flags(Flags::TIME.0 | Flags::PLACE.0);

    #[inline]
    pub(super) fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    #[inline]
    pub(super) const fn with(self, flags: Flags) -> Flags {
        Flags(self.0 | flags.0)
    }

    #[inline]
    pub(super) const fn of(self, flags: Flags) -> Flags {
        Flags(self.0 & flags.0)
    }

    #[inline]
    pub(super) const fn other(self) -> Flags {
        Flags(!self.0)
    }

    fn set(&mut self, flag: Flags, on: bool) {
        self.0 = if on {
            self.0 | flag.0
        } else {
            self.0 & !flag.0
        };
    }

    /// The letters that the macro writes.
    pub(super) fn parse(options: &str) -> (Level, Flags) {
        let mut level = Level::Info;
        let mut flags = Flags::ARGUMENTS.with(Flags::RESULT);
        for letter in options.chars() {
            match letter {
                '1' => level = Level::Error,
                '2' => level = Level::Warn,
                '3' => level = Level::Info,
                '4' => level = Level::Debug,
                '5' => level = Level::Trace,
                'a' => flags.set(Flags::ARGUMENTS, false),
                'r' => flags.set(Flags::RESULT, false),
                'n' => flags.set(Flags::NAMES, true),
                't' => flags.set(Flags::TIME, true),
                's' => flags.set(Flags::RECEIVER, true),
                'u' => flags.set(Flags::UNIT, true),
                'c' => flags.set(Flags::CLOSURE, true),
                'p' => flags.set(Flags::SUSPEND, true),
                'x' => flags.set(Flags::REDACT_RESULT, true),
                'v' => flags.set(Flags::SHOW_RESULT, true),
                'q' => flags.set(Flags::QUALIFIED, true),
                'y' => flags.set(Flags::TYPES, true),
                'l' => flags.set(Flags::PLACE, true),
                'h' => flags.set(Flags::THREAD, true),
                // Of a newer macro than this library.
                _ => {}
            }
        }
        (level, flags)
    }
}

/// What lines show besides name, arguments and result; all off by default.
///
/// An attribute's own options add to it.
///
/// ```
/// use stacklens::log_calls::{self, Format};
///
/// log_calls::set_format(Format { names: true, ascii: true, ..Format::default() });
/// // -> factorial(n=4)
/// # log_calls::set_format(Format::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(clippy::struct_excessive_bools)] // each is one thing to be seen or not
#[expect(
    clippy::exhaustive_structs,
    reason = "written with `..Format::default()`"
)]
pub struct Format {
    /// The names of arguments: `factorial(n=4)`.
    pub names: bool,
    /// The types of arguments and results: `factorial(4: u64) = 24: u64`.
    pub types: bool,
    /// How long a call took: `= 24 in 1.2 µs`.
    pub time: bool,
    /// The thread's name, in brackets before the line.
    pub thread: bool,
    /// The place of the function, and of its return: `at src/main.rs:12:5`.
    pub place: bool,
    /// Module and type before the name.
    pub qualified: bool,
    /// `self` among the arguments of methods.
    pub receiver: bool,
    /// A line whenever a future is suspended and resumed.
    pub suspend: bool,
    /// `->` and `<-` for `→` and `←`.
    pub ascii: bool,
}

static FORMAT: AtomicU32 = AtomicU32::new(0);

/// Sets what lines show from now on, in all threads.
pub fn set_format(format: Format) {
    let mut flags = Flags(0);
    for (flag, on) in [
        (Flags::NAMES, format.names),
        (Flags::TYPES, format.types),
        (Flags::TIME, format.time),
        (Flags::THREAD, format.thread),
        (Flags::PLACE, format.place),
        (Flags::QUALIFIED, format.qualified),
        (Flags::RECEIVER, format.receiver),
        (Flags::SUSPEND, format.suspend),
        (Flags::ASCII, format.ascii),
    ] {
        flags.set(flag, on);
    }
    FORMAT.store(flags.0, Relaxed);
}

#[inline]
pub(super) fn flags() -> Flags {
    Flags(FORMAT.load(Relaxed))
}

/// Levels that are indented; beyond, the depth is a number: ten thousand deep, lines would be mostly spaces.
const INDENTED: u32 = 100;

/// Text, ASCII, colour. All texts are four bytes long, so that one is appended by one store.
static ARROWS: [([u8; 4], &str, &str); 7] = [
    (four("→ "), "-> ", "\x1b[36m"),
    (four("← "), "<- ", "\x1b[32m"),
    (four("✗ "), "<! ", "\x1b[31m"),
    (four("∅ "), "<0 ", "\x1b[33m"),
    (four("↯ "), "<* ", "\x1b[1;31m"),
    (four("⏸ "), "|| ", "\x1b[2m"),
    (four("▶ "), "|> ", "\x1b[2m"),
];

const fn four(text: &str) -> [u8; 4] {
    let bytes = text.as_bytes();
    assert!(bytes.len() == 4);
    [bytes[0], bytes[1], bytes[2], bytes[3]]
}

#[inline]
fn arrow(event: &Event<'_>) -> &'static ([u8; 4], &'static str, &'static str) {
    &ARROWS[match (event.kind, event.outcome) {
        (EventKind::Call, _) => 0,
        (EventKind::Suspend, _) => 5,
        (EventKind::Resume, _) => 6,
        (_, Some(Outcome::Err)) => 2,
        (_, Some(Outcome::None)) => 3,
        (_, Some(Outcome::Panic | Outcome::Dropped)) => 4,
        _ => 1,
    }]
}

/// Appends all that comes before the name.
#[inline]
pub(super) fn write_head(out: &mut Line, event: &Event<'_>) {
    let usual = !event.flags.has(Flags::HEAD) && event.task == 0 && event.depth <= INDENTED;
    if !usual {
        return write_unusual_head(out, event);
    }
    if event.depth > 0 {
        out.push_spaces(2 * event.depth as usize);
    }
    push_arrow(out, &arrow(event).0);
}

#[cold]
fn write_unusual_head(out: &mut Line, event: &Event<'_>) {
    write_mark(out, event);
    out.push_spaces(2 * event.depth.min(INDENTED) as usize);
    if event.depth > INDENTED {
        let _ = write!(out, "[{}] ", event.depth);
    }
    let (text, ascii, color) = arrow(event);
    let colored = event.flags.has(Flags::COLOR);
    if colored {
        out.push(color);
    }
    if event.flags.has(Flags::ASCII) {
        out.push(ascii);
    } else {
        push_arrow(out, text);
    }
    if colored {
        out.push("\x1b[0m");
    }
}

#[inline]
fn push_arrow(out: &mut Line, text: &[u8; 4]) {
    // SAFETY: `four` took it from a text.
    out.push(unsafe { std::str::from_utf8_unchecked(text) });
}

fn write_mark(out: &mut Line, event: &Event<'_>) {
    if event.flags.has(Flags::THREAD) {
        let thread = std::thread::current();
        match thread.name() {
            Some(name) => {
                let _ = write!(out, "[{name}] ");
            }
            None => {
                let _ = write!(out, "[{:?}] ", thread.id());
            }
        }
    }
    if event.task != 0 {
        out.push("#");
        out.push_number(event.task);
        out.push(" ");
    }
}

/// Appends all that comes behind the result, the line break too.
#[inline]
pub(super) fn write_tail(out: &mut Line, event: &Event<'_>) {
    if event.flags.has(Flags::TAIL) {
        write_more(out, event);
    }
    out.push("\n");
}

#[cold]
fn write_more(out: &mut Line, event: &Event<'_>) {
    if let Some(elapsed) = event.elapsed.filter(|_| event.flags.has(Flags::TIME)) {
        out.push(" in ");
        write_duration(out, elapsed, event.flags.has(Flags::ASCII));
    }
    if event.flags.has(Flags::PLACE) {
        let (line, column) = event.place();
        let _ = write!(out, " at {}:{line}:{column}", event.code().file());
    }
}

/// `999 ns`, `1.2 µs`, `15.0 ms`, `3.1 s`
pub(super) fn write_duration(out: &mut Line, duration: Duration, ascii: bool) {
    let nanoseconds = duration.as_nanos();
    let (unit, name) = match nanoseconds {
        0..1_000 => {
            let _ = write!(out, "{nanoseconds} ns");
            return;
        }
        1_000..1_000_000 => (1_000, if ascii { "us" } else { "µs" }),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let tenths = nanoseconds * 10 / unit;
    let _ = write!(out, "{}.{} {name}", tenths / 10, tenths % 10);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        for (nanoseconds, expected) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_250, "1.2 µs"),
            (15_000_000, "15.0 ms"),
            (3_100_000_000, "3.1 s"),
            (7_200_000_000_000, "7200.0 s"),
        ] {
            let mut line = Line::new();
            write_duration(&mut line, Duration::from_nanos(nanoseconds), false);
            assert_eq!(line.as_str(), expected);
        }
    }

    #[test]
    fn letters_are_options() {
        let (level, flags) = Flags::parse("4nt");
        assert_eq!(level, Level::Debug);
        assert!(flags.has(Flags::NAMES) && flags.has(Flags::TIME) && flags.has(Flags::RESULT));
        assert!(!Flags::parse("ar?").1.has(Flags::ARGUMENTS));
        assert_eq!(Flags::parse("").0, Level::Info);
    }
}
