//! Reports that say the same each time, for the tests of renderers.

use stacklens::Limits;
use stacklens::report::{
    Entry, Exit, Failure, Frame, How, JoinedFrom, Joint, Kind, LogLine, Note, Panic, Process,
    Range, Report, Section, Source, State, Thread, Timestamp, Variable,
};

/// All of them, by name.
pub fn all() -> Vec<(&'static str, Report)> {
    vec![
        ("chain", chain()),
        ("panic", panic()),
        ("tree", tree()),
        ("recursion", recursion()),
        ("dump", dump()),
        ("hostile", hostile()),
        (
            "bare",
            of(Kind::Error, Failure::new("nothing else is known")),
        ),
    ]
}

fn of(kind: Kind, failure: Failure) -> Report {
    let mut report = Report::new(kind, failure);
    report.id = "00112233445566778899aabbccddeeff".into();
    report.time = Timestamp::from_micros(1_795_399_200_250_000);
    report.thread = Thread::new(1, Some("main".to_owned()));
    report.process = Process::default();
    report.process.id = 4711;
    report.process.program = "app".into();
    report.process.os = "linux".into();
    report.process.arch = "x86_64".into();
    report
}

const MAIN: &str = "\
fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Err(error) = run(&args[1]) {
        eprintln!(\"{error}\");
    }
}
";

const CONFIG: &str = "\
#[frame]
fn load(path: &str, token: &str) -> Result<Config, ConfigError> {
    let text = read(path)?;
    let config = parse(&text, token)
        .map(Config::checked)?;
    Ok(config)
}

#[frame]
fn parse(text: &str, token: &str) -> Result<Raw, ParseIntError> {
    let (key, value) = text.split_once('=').unwrap_or_default();
    let port: u16 = value.trim().parse()?;
    Ok(Raw { port })
}
";

fn frame(name: &str, file: &'static str, source: &str, line: u32, column: u32) -> Frame {
    let mut frame = Frame::new(format!("app::config::{name}"), file, line, column)
        .with_source(Some(Source::new(1, source)));
    frame.is_annotated = true;
    (frame.first_line, frame.last_line) = (1, 14);
    frame
}

fn variable(name: &'static str, value: &'static str, type_name: &'static str) -> Variable {
    let mut variable = Variable::text(name, value);
    variable.type_name = Some(type_name.into());
    variable
}

fn without_value(name: &'static str, state: State) -> Variable {
    let text = match state {
        State::NotYetAssigned => "<not yet assigned>",
        State::Redacted => "<redacted>",
        State::Moved => "<moved?>",
        _ => "<omitted: not captured>",
    };
    let mut variable = Variable::text(name, text);
    (variable.state, variable.is_complete) = (state, false);
    variable
}

fn argument(mut variable: Variable) -> Variable {
    variable.is_arg = true;
    variable
}

/// An error that was converted on its way, with a cause, notes and a log.
pub fn chain() -> Report {
    let main = frame("main", "src/main.rs", MAIN, 3, 5).with_local(variable(
        "args",
        "[\"app\", \"größe.conf\"]",
        "alloc::vec::Vec<alloc::string::String>",
    ));
    let load = frame("load", "src/config.rs", CONFIG, 5, 30)
        .with_range(Range::new(4, 18, 5, 31))
        .left(
            Exit::by(How::Question)
                .with_type("app::config::ConfigError")
                .converted_from("core::num::error::ParseIntError"),
        )
        .with_local(argument(variable("path", "\"größe.conf\"", "&str")))
        .with_local(argument(without_value("token", State::Redacted)));
    let mut text = variable(
        "text",
        "\"port = 80 80\"... (1200 bytes)",
        "alloc::string::String",
    );
    (text.is_complete, text.whole, text.as_of_line) = (false, Some(1200), Some(3));
    let load = load
        .with_local(text)
        .with_local(without_value("config", State::NotYetAssigned));
    let parse = frame("parse", "src/config.rs", CONFIG, 12, 41)
        .left(Exit::by(How::Question).with_type("core::num::error::ParseIntError"))
        .with_local(argument(variable("text", "\"port = 80 80\"", "&str")))
        .with_local(variable("key", "\"port \"", "&str"))
        .with_local(variable("value", "\" 80 80\"", "&str"))
        .with_local(without_value("port", State::NotYetAssigned));
    let cause = Failure::of(&"80 80".parse::<u16>().unwrap_err(), &Limits::DEFAULT);
    let failure = Failure::new("größe.conf is no configuration")
        .with_type("app::config::ConfigError")
        .with_cause(cause)
        .with_note(Note::new("ports are numbers up to 65535").at("src/config.rs", 5, 14))
        .with_note(Note::new("the file was written\nby hand"));
    let time = Timestamp::from_micros(1_795_399_199_000_000);
    let mut report = of(Kind::Error, failure)
        .with_log([
            LogLine::new(time, "info", "app", "starting".to_owned()),
            LogLine::new(
                time,
                "warn",
                "app::config",
                "no such file: app.conf".to_owned(),
            ),
        ])
        .with_section(Section::new("Spans", ["load{path=größe.conf}".to_owned()]));
    report.stack.push(main.into());
    report.with_hops([load, parse], &Limits::DEFAULT)
}

/// A panic in a thread, behind frames that are hidden, repeated and native.
pub fn panic() -> Report {
    const SOURCE: &str = "fn pick(items: &[u8], at: usize) -> u8 {\n    1 + items[at + 1]\n}\n";
    let mut hidden = frame("wrapper", "src/main.rs", MAIN, 2, 5);
    hidden.is_hidden = true;
    let mut report = of(
        Kind::Panic,
        Failure::new("index out of bounds: the len is 3 but the index is 3"),
    );
    report.thread = Thread::new(7, Some("worker".to_owned()));
    report.task = Some("fetch".into());
    let mut native = Frame::new(
        "std::sys::backtrace::__rust_begin_short_backtrace",
        "/rustc/abc/library/std/src/sys/backtrace.rs",
        152,
        18,
    );
    native.role = stacklens::report::Role::Native;
    native = native.with_source(None);
    let again = frame("walk", "src/walk.rs", "", 9, 5);
    report.stack = vec![
        native.into(),
        hidden.clone().into(),
        hidden.into(),
        again.clone().into(),
        again.clone().into(),
        again.into(),
        Entry::Repeated {
            frames: 1,
            times: 997,
        },
        Entry::Omitted { frames: 12 },
    ];
    let pick = frame("pick", "src/pick.rs", SOURCE, 2, 5)
        .with_local(argument(variable("items", "[1, 2, 3]", "&[u8]")))
        .with_local(argument(variable("at", "2", "usize")));
    report.stack.push(pick.into());
    report.with_panic(Panic::at("src/pick.rs", 2, 9))
}

/// An error that has several causes, one of which has one; and an earlier one that was being handled.
pub fn tree() -> Report {
    let leaf = Failure::new("no such file").with_type("std::io::error::Error");
    let left = Failure::new("a.conf")
        .with_type("app::config::ConfigError")
        .with_cause(leaf);
    let mut right = Failure::new("b.conf")
        .with_type("app::config::ConfigError")
        .with_note(Note::new("optional"));
    right.causes_omitted = 3;
    let earlier = Failure::new("the first try").with_type("app::Retry");
    let failure = Failure::new("2 files could not be read")
        .with_cause(left)
        .with_cause(right)
        .during(earlier);
    of(Kind::Error, failure)
}

/// A recursion that was stopped, a thousand frames deep in three functions that call each other.
pub fn recursion() -> Report {
    let limits = Limits::DEFAULT;
    let hops = (0..999).map(|i| {
        let name = ["first", "second", "third"][i % 3];
        frame(name, "src/deep.rs", "", 10 + (i % 3) as u32, 5)
    });
    let failure = Failure::new("maximum recursion depth exceeded (limit 999)")
        .with_type("stacklens::RecursionError");
    let mut report = of(Kind::Recursion, failure);
    report.stack.extend(
        hops.take(limits.frames_first + limits.frames_last)
            .map(Entry::from),
    );
    report.stack.push(Entry::Unrecorded { frames: 899 });
    report
}

/// A stack without a failure.
pub fn dump() -> Report {
    let mut waiting =
        frame("wait", "src/main.rs", MAIN, 2, 5).with_local(without_value("args", State::Moved));
    waiting.is_async = true;
    let mut report = of(Kind::Dump, Failure::default());
    report.stack.push(waiting.into());
    report
}

/// What a terminal, a browser or a parser might fall for, in every place where text can come from outside.
pub const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\"'&\\ \u{1b}[2J\u{7}\u{9b}31m \
    \u{202e}txt\u{2066} \r\n\u{0}\u{fffd}\u{2028} {{7*7}} \t]]>";

pub fn hostile() -> Report {
    let text = || HOSTILE.to_owned();
    let mut frame = Frame::new(text(), text(), 2, 3)
        .with_source(Some(Source::new(
            1,
            &format!("{0}\nf({0})?;\n{0}", HOSTILE.replace(['\r', '\n'], " ")),
        )))
        .left(
            Exit::by(How::Question)
                .with_type(text())
                .converted_from(format!("{HOSTILE} before")),
        );
    frame.function = text().into();
    frame.module = text().into();
    let mut variable = Variable::text(text(), text());
    variable.type_name = Some(text().into());
    variable.origin = text().into();
    frame.locals = vec![variable.clone(), variable];
    let cause = Failure::new(text()).with_type(text());
    let failure = Failure::new(text())
        .with_type(text())
        .with_note(Note::new(text()).at(text(), 1, 1))
        .with_cause(cause);
    let mut report = of(Kind::Error, failure)
        .with_log([LogLine::new(
            Timestamp::from_micros(0),
            "error",
            text(),
            text(),
        )])
        .with_section(Section::new(text(), [text()]))
        .with_task(text());
    report.thread.name = Some(text().into());
    report.process.program = text().into();
    let mut joint = Joint::default();
    joint.thread = Thread::new(0, Some(text()));
    report.stack.push(Entry::Joined(joint.clone()));
    (joint.from, joint.task) = (JoinedFrom::Task, Some(text().into()));
    report.stack.push(Entry::Joined(joint));
    report.stack.push(frame.into());
    report
}
