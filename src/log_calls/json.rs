//! Lines for machines.

use super::event::{Event, EventKind};
use super::sink::{Needs, Sink};
use std::fmt::Write;
use std::io;
use std::time::SystemTime;

/// Turns lines into JSON, one object each, for another sink.
///
/// ```
/// use stacklens::log_calls::{self, Background, Json, Writer};
/// # fn file() -> Vec<u8> { Vec::new() }
///
/// log_calls::set_sink(Json::new(Writer::new(file())));
/// // {"ts":"2026-11-23T02:10:53.123456Z","thread":"main","task":null,"depth":0,"event":"call", ..
/// ```
///
/// The fields are always the same, in this order; `src/log_calls/schema.json` is their JSON schema.
///
/// | field | |
/// |---|---|
/// | `ts` | when it happened: UTC, RFC 3339 with microseconds |
/// | `thread` | the thread's name; `null` without one |
/// | `task` | the number of the asynchronous task, or `null` |
/// | `depth` | logged calls round it |
/// | `event` | `call`, `return`, `suspend`, `resume` |
/// | `level` | `error`, `warn`, `info`, `debug`, `trace` |
/// | `function` | module, type and name |
/// | `file`, `line` | of the function; at `return`, of the statement that returned |
/// | `args` | an object: names to values, as text lines print them |
/// | `outcome` | at `return`: `value`, `err`, `none`, `panic`, `dropped`, `left`; else `null` |
/// | `result` | at `return`: what was returned, as text lines print it, or a panic's message; `null` if there is nothing |
/// | `elapsed_ns` | at `return`: nanoseconds; else `null` |
#[derive(Clone, Copy, Debug)]
pub struct Json<S>(S);

impl<S: Sink> Json<S> {
    /// Objects go to `sink`, each a line.
    pub const fn new(sink: S) -> Json<S> {
        Json(sink)
    }
}

impl<S: Sink> Sink for Json<S> {
    fn write(&self, event: &Event<'_>) -> io::Result<()> {
        let line = object(event, SystemTime::now());
        self.0.write(&event.with_line(&line))
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }

    fn needs(&self) -> Needs {
        Needs::FIELDS
    }
}

fn object(event: &Event<'_>, now: SystemTime) -> String {
    let mut out = String::with_capacity(256);
    out.push_str("{\"ts\":\"");
    timestamp(&mut out, now);
    out.push_str("\",\"thread\":");
    optional(&mut out, std::thread::current().name());
    out.push_str(",\"task\":");
    number(&mut out, event.task().map(u128::from));
    let _ = write!(
        out,
        ",\"depth\":{},\"event\":\"{}\",\"level\":\"{}\",\"function\":",
        event.depth(),
        event.kind().as_str(),
        event.level(),
    );
    string(&mut out, &event.path());
    out.push_str(",\"file\":");
    string(&mut out, event.code().file());
    let _ = write!(out, ",\"line\":{},\"args\":{{", event.place().0);
    let mut first = true;
    event.each_argument(&mut |name, value| {
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        string(&mut out, name);
        out.push(':');
        string(&mut out, value);
    });
    out.push_str("},\"outcome\":");
    optional(&mut out, event.outcome().map(|outcome| outcome.as_str()));
    out.push_str(",\"result\":");
    optional(&mut out, event.result());
    out.push_str(",\"elapsed_ns\":");
    let ended = event.kind() == EventKind::Return;
    let elapsed = event.elapsed().filter(|_| ended);
    number(&mut out, elapsed.map(|elapsed| elapsed.as_nanos()));
    out.push_str("}\n");
    out
}

fn number(out: &mut String, number: Option<u128>) {
    match number {
        Some(number) => {
            let _ = write!(out, "{number}");
        }
        None => out.push_str("null"),
    }
}

fn optional(out: &mut String, text: Option<&str>) {
    match text {
        Some(text) => string(out, text),
        None => out.push_str("null"),
    }
}

/// A text as JSON writes it.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// `2026-11-23T02:10:53.123456Z`; of a clock that is set before 1970, that year's beginning.
fn timestamp(out: &mut String, now: SystemTime) {
    let since = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let (days, seconds) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let micros = since.subsec_micros();
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z"
    );
}

/// Year, month and day of a day since 1970-01-01 in the Gregorian calendar: by years that begin in March, whose leap
/// day is their last.
fn date(days: u64) -> (u64, u64, u64) {
    const CYCLE: u64 = 146_097;
    let days = days + 719_468;
    let (cycle, of_cycle) = (days / CYCLE, days % CYCLE);
    let year_of = (of_cycle - of_cycle / 1_460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year_of + year_of / 4 - year_of / 100);
    let march_based = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_based + 2) / 5 + 1;
    let month = (march_based + 2) % 12 + 1;
    let year = 400 * cycle + year_of + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199, "2024-02-29T23:59:59.000000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000Z"),
        ] {
            let mut text = String::new();
            timestamp(
                &mut text,
                SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            );
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn texts_are_escaped() {
        let mut text = String::new();
        string(&mut text, "a\"\\\n\u{1}é");
        assert_eq!(text, r#""a\"\\\n\u0001é""#);
        assert_eq!(
            serde_json::from_str::<String>(&text).unwrap(),
            "a\"\\\n\u{1}é"
        );
    }
}
