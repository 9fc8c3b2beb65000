//! Chrome's trace format: <https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU>.

use super::{Recording, What};
use crate::log_calls::json::string;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};

pub(super) fn write(recording: &Recording, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let process = std::process::id();
    output.write_all(b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n")?;
    let mut line = String::new();
    let mut first = true;
    let mut put = |line: &mut String| {
        let separator = if std::mem::take(&mut first) {
            ""
        } else {
            ",\n"
        };
        output.write_all(separator.as_bytes())?;
        let written = output.write_all(line.as_bytes());
        line.clear();
        written
    };
    for (thread, name) in recording.threads.iter().enumerate() {
        let _ = write!(
            line,
            "{{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":{process},\"tid\":{},\"args\":{{\"name\":",
            thread + 1
        );
        string(&mut line, name);
        line.push_str("}}");
        put(&mut line)?;
    }
    for entry in &recording.entries {
        let (phase, future) = match entry.what {
            What::Begin { future: false } => ("B", false),
            What::End { future: false, .. } => ("E", false),
            What::Begin { future: true } => ("b", true),
            What::End { future: true, .. } => ("e", true),
        };
        // Microseconds, to the nanosecond.
        let (micros, rest) = (entry.at / 1_000, entry.at % 1_000);
        let _ = write!(
            line,
            "{{\"ph\":\"{phase}\",\"ts\":{micros}.{rest:03},\"pid\":{process},\"tid\":{},\"cat\":\"{}\",\"name\":",
            entry.thread + 1,
            if future { "task" } else { "call" },
        );
        string(&mut line, recording.short(entry.name));
        if future {
            let _ = write!(line, ",\"id\":{}", entry.task);
        }
        match (entry.what, recording.names.get(entry.name as usize)) {
            (What::Begin { .. }, Some((path, file))) => {
                line.push_str(",\"args\":{\"function\":");
                string(&mut line, path);
                line.push_str(",\"file\":");
                string(&mut line, file);
                line.push('}');
            }
            (What::End { outcome, .. }, _) => {
                let _ = write!(line, ",\"args\":{{\"outcome\":\"{}\"}}", outcome.as_str());
            }
            _ => {}
        }
        line.push('}');
        put(&mut line)?;
    }
    output.write_all(b"\n]}\n")?;
    output.flush()
}
