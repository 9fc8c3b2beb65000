//! Where the log of calls goes, and which calls are in it. Sink and filter are the program's: the tests take turns.

#![cfg(not(feature = "off"))]

use serde_json::Value as Json;
use stacklens::log_calls::{
    self, Background, Event, Format, Needs, Null, Outcome, Ring, Sink, Timeline, Writer, recent,
    set_filter, set_format, set_sink, stats,
};
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Alone with the program's sink, filter and format, which are the defaults afterwards.
struct Turn(#[allow(dead_code)] MutexGuard<'static, ()>);

fn turn() -> Turn {
    static TURN: Mutex<()> = Mutex::new(());
    Turn(TURN.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Drop for Turn {
    fn drop(&mut self) {
        set_sink(Null);
        set_filter("info").unwrap();
        set_format(Format::default());
    }
}

type Text = Arc<Writer<Vec<u8>>>;

/// Lines from here on go to a text.
fn listen() -> Text {
    let text: Text = Arc::new(Writer::new(Vec::new()));
    set_sink(Arc::clone(&text));
    text
}

fn taken(text: &Text) -> String {
    text.with(|text| String::from_utf8(std::mem::take(text)).unwrap())
}

#[stacklens::log_calls]
fn leaf(n: u32) -> u32 {
    n + 1
}

#[stacklens::log_calls]
fn root(n: u32) -> u32 {
    leaf(n) * 2
}

#[stacklens::log_calls(level = "debug")]
fn detail(n: u32) -> u32 {
    n
}

mod parser {
    #[stacklens::log_calls(level = "trace")]
    pub fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
        text.parse()
    }
}

#[stacklens::log_calls]
fn sleep(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn filters_are_for_levels_paths_and_the_running_program() {
    let _turn = turn();
    let text = listen();
    let all = || {
        leaf(1);
        detail(2);
        let _ = parser::parse("3");
        taken(&text)
    };
    assert_eq!(all(), "→ leaf(1)\n← leaf(1) = 2\n");
    set_filter("debug").unwrap();
    assert_eq!(
        all(),
        "→ leaf(1)\n← leaf(1) = 2\n→ detail(2)\n← detail(2) = 2\n"
    );
    set_filter("log_calls_sinks::parser").unwrap();
    assert_eq!(all(), "→ parse(\"3\")\n← parse(\"3\") = Ok(3)\n");
    set_filter("trace,*::leaf=off,log_calls_sinks::detail=warn").unwrap();
    assert_eq!(all(), "→ parse(\"3\")\n← parse(\"3\") = Ok(3)\n");
    set_filter("off").unwrap();
    assert_eq!(all(), "");
    let error = set_filter("leaf=loud,debug").unwrap_err();
    assert_eq!(error.directives().collect::<Vec<_>>(), ["leaf=loud"]);
    assert!(all().contains("detail"), "what makes sense is in force");
}

#[test]
fn filters_are_for_depth_number_and_duration() {
    let _turn = turn();
    let text = listen();
    set_filter("depth<1").unwrap();
    root(1);
    assert_eq!(taken(&text), "→ root(1)\n← root(1) = 4\n");
    set_filter("first=2").unwrap();
    (0..5).for_each(|n| assert_eq!(leaf(n), n + 1));
    assert_eq!(taken(&text).lines().count(), 4);
    set_filter("sample=1/3").unwrap();
    (0..7).for_each(|n| assert_eq!(leaf(n), n + 1));
    let lines = taken(&text);
    assert_eq!(
        lines
            .lines()
            .filter(|l| l.starts_with('→'))
            .collect::<Vec<_>>(),
        ["→ leaf(0)", "→ leaf(3)", "→ leaf(6)"]
    );
    set_filter("slow>20ms").unwrap();
    sleep(0);
    sleep(25);
    assert_eq!(taken(&text), "← sleep(25)\n");
    set_filter("*::leaf[first=1]=info,info").unwrap();
    (0..3).for_each(|n| assert_eq!(root(n), (n + 1) * 2));
    assert_eq!(taken(&text).matches("leaf").count(), 2);
}

#[test]
fn formats_add_to_a_line() {
    let _turn = turn();
    let text = listen();
    let line = |format: Format| {
        set_format(format);
        leaf(1);
        taken(&text)
    };
    let plain = Format::default();
    assert_eq!(
        line(Format {
            names: true,
            ascii: true,
            ..plain
        }),
        "-> leaf(n=1)\n<- leaf(n=1) = 2\n"
    );
    assert_eq!(
        line(Format {
            types: true,
            ..plain
        }),
        "→ leaf(1: u32)\n← leaf(1: u32) = 2: u32\n"
    );
    assert_eq!(
        line(Format {
            qualified: true,
            ..plain
        }),
        "→ log_calls_sinks::leaf(1)\n← log_calls_sinks::leaf(1) = 2\n"
    );
    let timed = line(Format {
        time: true,
        ascii: true,
        ..plain
    });
    assert!(
        timed.starts_with("-> leaf(1)\n<- leaf(1) = 2 in ") && timed.ends_with("s\n"),
        "{timed}"
    );
    let placed = line(Format {
        place: true,
        ..plain
    });
    assert!(
        placed.starts_with("→ leaf(1) at tests/log_calls_sinks.rs:"),
        "{placed}"
    );
    let of_thread = thread::Builder::new().name("worker".into());
    set_format(Format {
        thread: true,
        ..plain
    });
    of_thread.spawn(|| leaf(1)).unwrap().join().unwrap();
    assert_eq!(taken(&text), "[worker] → leaf(1)\n[worker] ← leaf(1) = 2\n");
}

#[test]
fn colours_are_for_sinks_that_show_them() {
    struct Terminal(Text);
    impl Sink for Terminal {
        fn write(&self, event: &Event<'_>) -> io::Result<()> {
            self.0.write(event)
        }
        fn needs(&self) -> Needs {
            let mut needs = Needs::LINE;
            needs.color = true;
            needs
        }
    }
    let _turn = turn();
    let text: Text = Arc::new(Writer::new(Vec::new()));
    set_sink(Terminal(Arc::clone(&text)));
    leaf(1);
    assert_eq!(
        taken(&text),
        "\x1b[36m→ \x1b[0mleaf(1)\n\x1b[32m← \x1b[0mleaf(1) = 2\n"
    );
    set_sink((Terminal(Arc::clone(&text)), Arc::clone(&text)));
    leaf(1);
    assert_eq!(
        taken(&text),
        "→ leaf(1)\n→ leaf(1)\n← leaf(1) = 2\n← leaf(1) = 2\n"
    );
}

#[test]
fn the_last_lines_of_a_thread_are_kept() {
    let _turn = turn();
    let text: Text = Arc::new(Writer::new(Vec::new()));
    set_sink((Arc::clone(&text), Ring::new(3)));
    root(1);
    thread::spawn(|| {
        leaf(7);
        assert_eq!(recent(), ["→ leaf(7)", "← leaf(7) = 8"]);
    })
    .join()
    .unwrap();
    assert_eq!(
        recent(),
        ["  → leaf(1)", "  ← leaf(1) = 2", "← root(1) = 4"]
    );
    assert_eq!(taken(&text).lines().count(), 6, "the other sink has all");
    let report = stacklens::Error::msg("no").report();
    let logged: Vec<_> = report.log.iter().map(|line| &*line.message).collect();
    assert_eq!(logged, recent());
    assert_eq!(
        (&*report.log[0].level, &*report.log[0].target),
        ("info", "log_calls_sinks")
    );
}

/// What a JSON schema says of a value: the words that `schema.json` uses, and no other.
fn check(schema: &Json, value: &Json, at: &str) {
    for (word, wanted) in schema.as_object().unwrap() {
        match word.as_str() {
            "type" => {
                let kind = match value {
                    Json::Null => "null",
                    Json::Bool(_) => "boolean",
                    Json::Number(n) if n.is_u64() || n.is_i64() => "integer",
                    Json::Number(_) => "number",
                    Json::String(_) => "string",
                    Json::Array(_) => "array",
                    Json::Object(_) => "object",
                };
                let fits = wanted == kind
                    || wanted
                        .as_array()
                        .is_some_and(|list| list.iter().any(|k| k == kind));
                assert!(fits, "{at}: {value} is no {wanted}");
            }
            "enum" => assert!(
                wanted.as_array().unwrap().contains(value),
                "{at}: {value} is none of {wanted}"
            ),
            "minimum" => assert!(
                value.is_null() || value.as_i64() >= wanted.as_i64(),
                "{at}: {value}"
            ),
            "required" => {
                for name in wanted.as_array().unwrap() {
                    assert!(
                        value.get(name.as_str().unwrap()).is_some(),
                        "{at}: no {name}"
                    );
                }
            }
            "properties" => {
                for (name, schema) in wanted.as_object().unwrap() {
                    check(schema, &value[name], &format!("{at}.{name}"));
                }
            }
            "additionalProperties" if *wanted == false => {
                let known = schema["properties"].as_object().unwrap();
                for name in value.as_object().unwrap().keys() {
                    assert!(
                        known.contains_key(name),
                        "{at}: {name} is not in the schema"
                    );
                }
            }
            "additionalProperties" => {
                for (name, value) in value.as_object().unwrap() {
                    check(wanted, value, &format!("{at}.{name}"));
                }
            }
            "format" => assert!(value.as_str().unwrap().ends_with('Z'), "{at}: {value}"),
            "$schema" | "title" | "description" => {}
            other => panic!("the schema says `{other}`, which this test does not know"),
        }
    }
}

#[test]
fn json_lines_are_what_their_schema_says() {
    let _turn = turn();
    let text: Text = Arc::new(Writer::new(Vec::new()));
    set_sink(log_calls::Json::new(Arc::clone(&text)));
    set_filter("trace").unwrap();
    root(1);
    let _ = parser::parse("\"x\n");
    let _ = std::panic::catch_unwind(|| fail("no"));
    drop(pending());
    let lines: Vec<Json> = taken(&text)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let schema: Json = serde_json::from_str(include_str!("../src/log_calls/schema.json")).unwrap();
    lines.iter().for_each(|line| check(&schema, line, "line"));
    let field = |name: &str| {
        lines
            .iter()
            .map(|l| l[name].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(lines.len(), 10);
    assert_eq!(field("depth")[..4], ["0", "1", "1", "0"]);
    assert_eq!(lines[0]["function"], "log_calls_sinks::root");
    assert_eq!(lines[0]["args"]["n"], "1");
    assert_eq!(
        (&lines[3]["result"], &lines[3]["outcome"]),
        (&Json::from("4"), &Json::from("value"))
    );
    assert!(lines[3]["elapsed_ns"].is_u64() && lines[0]["elapsed_ns"].is_null());
    assert_eq!(
        (&lines[4]["args"]["text"], &lines[5]["outcome"]),
        (&Json::from(r#""\"x\n""#), &Json::from("err"))
    );
    assert_eq!(
        (&lines[7]["result"], &lines[7]["outcome"]),
        (&Json::from("no"), &Json::from("panic"))
    );
    assert_eq!(
        (&lines[9]["outcome"], lines[9]["task"].is_u64()),
        (&Json::from("dropped"), true)
    );
}

#[stacklens::log_calls]
fn fail(message: &str) -> u32 {
    panic!("{message}")
}

#[stacklens::log_calls]
async fn forever() {
    std::future::pending::<()>().await;
}

/// A future that was polled once.
fn pending() -> impl Sized {
    let mut future = Box::pin(forever());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::future::Future::poll(future.as_mut(), &mut context).is_pending());
    future
}

/// The rules by which a trace processor reads the events of a thread.
#[test]
fn a_trace_is_balanced_and_in_order_on_each_track() {
    let _turn = turn();
    let timeline = Arc::new(Timeline::new());
    set_sink(Arc::clone(&timeline));
    let workers: Vec<_> = (0..4)
        .map(|n| {
            thread::Builder::new()
                .name(format!("worker {n}"))
                .spawn(move || (0..10).map(root).sum::<u32>())
                .unwrap()
        })
        .collect();
    workers.into_iter().for_each(|w| assert!(w.join().is_ok()));
    let _ = std::panic::catch_unwind(|| fail("x"));
    drop(pending());
    let mut trace = Vec::new();
    timeline.write_perfetto(&mut trace).unwrap();
    let trace: Json = serde_json::from_slice(&trace).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let mut tracks = std::collections::HashMap::<(u64, String), (f64, Vec<String>)>::new();
    let mut named = std::collections::HashSet::new();
    for event in events {
        let (pid, tid) = (event["pid"].as_u64(), event["tid"].as_u64());
        assert!(pid.is_some() && tid.is_some(), "{event}");
        let name = event["name"].as_str().unwrap().to_owned();
        let phase = event["ph"].as_str().unwrap();
        if phase == "M" {
            assert_eq!(name, "thread_name");
            assert!(event["args"]["name"].is_string());
            named.insert(tid);
            continue;
        }
        assert!(named.contains(&tid), "a thread is named before its events");
        let future = matches!(phase, "b" | "e");
        assert_eq!(event["cat"], if future { "task" } else { "call" });
        assert_eq!(future, event["id"].is_u64());
        let track = (
            tid.unwrap(),
            if future {
                event["id"].to_string()
            } else {
                String::new()
            },
        );
        let (last, open) = tracks.entry(track).or_default();
        let at = event["ts"].as_f64().unwrap();
        assert!(at >= *last, "{event} is before {last}");
        *last = at;
        match phase {
            "B" | "b" => open.push(name),
            "E" | "e" => assert_eq!(open.pop(), Some(name), "{event}"),
            other => panic!("the phase {other}"),
        }
    }
    assert!(
        tracks.values().all(|(_, open)| open.is_empty()),
        "each call has its return"
    );
    assert_eq!(tracks.len(), 6, "four workers, this thread, a task");
}

#[test]
fn folded_stacks_add_up_to_the_time_of_their_roots() {
    let _turn = turn();
    let timeline = Arc::new(Timeline::new());
    set_sink(Arc::clone(&timeline));
    let name = thread::current().name().unwrap().replace(';', ":");
    root(1);
    sleep(3);
    let mut folded = Vec::new();
    timeline.write_folded(&mut folded).unwrap();
    let folded = String::from_utf8(folded).unwrap();
    let time = |stack: &str| -> u64 {
        let line = folded
            .lines()
            .find_map(|l| l.strip_prefix(&format!("{name};{stack} ")));
        line.unwrap_or_else(|| panic!("{stack} in {folded}"))
            .parse()
            .unwrap()
    };
    assert!(time("sleep") >= 3_000_000);
    assert!(time("root;leaf") > 0 && time("root") < 3_000_000);
    assert_eq!(folded.lines().count(), 3);
}

#[cfg(feature = "flame")]
#[test]
fn a_flame_graph_has_a_box_for_each_stack() {
    let _turn = turn();
    let timeline = Arc::new(Timeline::new());
    set_sink(Arc::clone(&timeline));
    root(1);
    let mut svg = Vec::new();
    timeline.write_flame_graph(&mut svg).unwrap();
    let svg = String::from_utf8(svg).unwrap();
    assert!(
        svg.contains("<svg") && svg.contains("<title>root (") && svg.contains("<title>leaf ("),
        "{svg}"
    );
}

#[test]
fn a_timeline_without_room_counts() {
    let _turn = turn();
    let timeline = Arc::new(Timeline::with_room(3));
    set_sink(Arc::clone(&timeline));
    let before = stats().dropped;
    root(1);
    assert_eq!(
        (timeline.len(), timeline.dropped(), stats().dropped - before),
        (3, 1, 1)
    );
}

#[test]
fn a_sink_that_fails_or_panics_is_counted_and_the_program_goes_on() {
    struct Failing;
    impl Sink for Failing {
        fn write(&self, _: &Event<'_>) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    struct Panicking;
    impl Sink for Panicking {
        fn write(&self, event: &Event<'_>) -> io::Result<()> {
            if event.outcome() == Some(Outcome::Value) {
                // Quietly: without the panic hook.
                std::panic::resume_unwind(Box::new(()));
            }
            Ok(())
        }
    }
    let _turn = turn();
    let before = stats().failed;
    set_sink(Failing);
    assert_eq!(leaf(1), 2);
    assert_eq!(stats().failed - before, 2);
    set_sink(Panicking);
    assert_eq!(leaf(1), 2);
    assert_eq!(stats().failed - before, 3);
}

#[test]
fn a_sink_that_cannot_say_what_it_needs_gets_lines() {
    struct Undecided(AtomicUsize);
    impl Sink for Undecided {
        fn write(&self, event: &Event<'_>) -> io::Result<()> {
            self.0.fetch_add(event.line().len(), Relaxed);
            Ok(())
        }

        fn needs(&self) -> Needs {
            std::panic::resume_unwind(Box::new(()));
        }
    }
    static UNDECIDED: Undecided = Undecided(AtomicUsize::new(0));
    #[stacklens::log_calls(sink = UNDECIDED)]
    fn asked(n: u32) -> u32 {
        n
    }
    let _turn = turn();
    let before = stats().failed;
    assert_eq!(asked(1), 1);
    assert_eq!(stats().failed - before, 1);
    assert_eq!(
        UNDECIDED.0.load(Relaxed),
        "→ asked(1)\n← asked(1) = 1\n".len()
    );
}

/// In an optimised build the sink is called behind code of ours that the compiler knows nothing of.
#[test]
fn a_sink_can_walk_the_native_stack() {
    struct Walking(Mutex<Vec<String>>);
    impl Sink for Walking {
        fn write(&self, _: &Event<'_>) -> io::Result<()> {
            let walked = std::backtrace::Backtrace::force_capture().to_string();
            self.0.lock().unwrap().push(walked);
            Ok(())
        }
    }
    static WALKING: Walking = Walking(Mutex::new(Vec::new()));
    #[inline(never)]
    #[stacklens::log_calls(sink = WALKING)]
    fn walked(n: u32) -> u32 {
        std::hint::black_box(n) + 1
    }
    #[inline(never)]
    fn caller() -> u32 {
        std::hint::black_box(walked(1)) + 1
    }
    let _turn = turn();
    assert_eq!(caller(), 3);
    let walked = WALKING.0.lock().unwrap();
    assert_eq!(walked.len(), 2);
    for stack in &*walked {
        let (inner, outer) = (stack.find("walked\n"), stack.find("caller\n"));
        assert!(inner.is_some() && inner < outer, "{stack}");
    }
}

/// Registers hold the function's variables while the sink runs.
#[test]
fn values_are_what_they_were_round_a_sink() {
    #[inline(never)]
    #[stacklens::log_calls]
    fn many(a: u64, b: f64, c: &str, d: [u64; 4], e: i8, f: u16) -> (u64, f64, usize, u64, i32) {
        let product = d.iter().zip([a, 2, 3, 5]).map(|(x, y)| x * y).sum::<u64>();
        (
            a + product,
            b * 2.5,
            c.len(),
            d[3],
            i32::from(e) + i32::from(f),
        )
    }
    let _turn = turn();
    let text = listen();
    for a in 0..100_u64 {
        let d = [a, a + 1, a + 2, a + 3];
        let expected = (
            a + a * a + 2 * (a + 1) + 3 * (a + 2) + 5 * (a + 3),
            a as f64 * 2.5,
            9,
            a + 3,
            -7 + a as i32,
        );
        assert_eq!(many(a, a as f64, "nine char", d, -7, a as u16), expected);
    }
    text.with(|lines| assert_eq!(lines.iter().filter(|&&byte| byte == b'\n').count(), 200));
}

#[test]
fn what_a_sink_calls_is_not_logged() {
    struct Calls(AtomicUsize);
    impl Sink for Calls {
        fn write(&self, _: &Event<'_>) -> io::Result<()> {
            self.0.fetch_add(1, Relaxed);
            leaf(1);
            Ok(())
        }
    }
    static CALLS: Calls = Calls(AtomicUsize::new(0));
    let _turn = turn();
    set_sink(&CALLS);
    let before = stats().suppressed;
    leaf(1);
    assert_eq!(CALLS.0.load(Relaxed), 2);
    assert_eq!(stats().suppressed - before, 2);
}

/// Takes its time, and remembers what it was given.
struct Slow {
    text: Arc<Mutex<Vec<u8>>>,
    writes: u64,
}

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.writes.is_multiple_of(16) {
            thread::sleep(Duration::from_millis(1));
        }
        self.text.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// 64 threads; `STACKLENS_STRESS=1000000` says how many lines each logs.
#[test]
fn lines_of_many_threads_into_a_slow_output_are_whole_and_counted() {
    const THREADS: u32 = 64;
    let lines: u32 = std::env::var("STACKLENS_STRESS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_000);
    let _turn = turn();
    let text = Arc::new(Mutex::new(Vec::new()));
    let slow = Slow {
        text: Arc::clone(&text),
        writes: 0,
    };
    let before = stats();
    let sink = Arc::new(Background::with_room(slow, 64 << 10));
    set_sink(Arc::clone(&sink));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..lines / 2).for_each(|n| assert_eq!(leaf(n), n + 1)));
        }
    });
    log_calls::flush();
    // One more, so that what was dropped last is said.
    leaf(0);
    log_calls::flush();
    let after = stats();
    let text = text.lock().unwrap();
    let (mut written, mut said) = (0, 0);
    for line in std::str::from_utf8(&text).unwrap().lines() {
        if let Some(dropped) = line.strip_prefix('[') {
            said += dropped
                .strip_suffix(" lines dropped]")
                .unwrap()
                .parse::<u64>()
                .unwrap();
            continue;
        }
        written += 1;
        let call = line
            .strip_prefix("→ leaf(")
            .and_then(|l| l.strip_suffix(')'));
        let end = line
            .strip_prefix("← leaf(")
            .and_then(|l| l.split_once(") = "));
        let whole = match (call, end) {
            (Some(n), None) => n.parse::<u32>().is_ok(),
            (None, Some((n, m))) => n.parse::<u32>().unwrap() + 1 == m.parse::<u32>().unwrap(),
            _ => false,
        };
        assert!(whole, "a torn line: {line}");
    }
    let sum = u64::from(THREADS) * u64::from(lines / 2) * 2 + 2;
    assert_eq!(written + said, sum);
    assert_eq!(after.dropped - before.dropped, said);
    assert_eq!(after.failed, before.failed);
    assert_eq!(after.suppressed, before.suppressed);
}

#[cfg(feature = "log")]
#[test]
fn the_log_crate_gets_level_target_and_place() {
    struct Logger;
    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    impl log::Log for Logger {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }
        fn log(&self, record: &log::Record<'_>) {
            let seen = format!(
                "{} {} {:?} {}",
                record.level(),
                record.target(),
                record.file(),
                record.args()
            );
            SEEN.lock().unwrap().push(seen);
        }
        fn flush(&self) {}
    }
    let _turn = turn();
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Debug);
    set_sink(log_calls::LogCrate);
    set_filter("trace").unwrap();
    detail(2);
    let _ = parser::parse("1");
    let file = r#"Some("tests/log_calls_sinks.rs")"#;
    assert_eq!(
        *SEEN.lock().unwrap(),
        [
            format!("DEBUG log_calls_sinks {file} → detail(2)"),
            format!("DEBUG log_calls_sinks {file} ← detail(2) = 2"),
        ]
    );
}

#[cfg(feature = "tracing")]
#[test]
fn tracing_gets_events_with_fields() {
    use std::fmt::{Debug, Write};
    use tracing_core::{Dispatch, Metadata, Subscriber, field, span};

    #[derive(Default)]
    struct Collect(Arc<Mutex<Vec<String>>>);
    struct Fields<'s>(&'s mut String);
    impl field::Visit for Fields<'_> {
        fn record_debug(&mut self, field: &field::Field, value: &dyn Debug) {
            if field.name() != "elapsed_ns" {
                let _ = write!(self.0, " {}={value:?}", field.name());
            }
        }
    }
    impl Subscriber for Collect {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            *metadata.level() <= tracing_core::Level::DEBUG
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, event: &tracing_core::Event<'_>) {
            let metadata = event.metadata();
            let mut text = format!("{} {}", metadata.level(), metadata.target());
            event.record(&mut Fields(&mut text));
            self.0.lock().unwrap().push(text);
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }
    let _turn = turn();
    let seen = Arc::new(Mutex::new(Vec::new()));
    set_sink(log_calls::TracingCrate::new());
    set_filter("trace").unwrap();
    tracing_core::dispatcher::with_default(&Dispatch::new(Collect(Arc::clone(&seen))), || {
        detail(2);
        let _ = parser::parse("1");
    });
    assert_eq!(
        *seen.lock().unwrap(),
        [
            r#"DEBUG log_calls_sinks message="→ detail(2)" event="call" function="detail" args="n=2" depth=0"#,
            r#"DEBUG log_calls_sinks message="← detail(2) = 2" event="return" function="detail" args="n=2" outcome="value" result="2" depth=0"#,
        ]
    );
}

/// Runs in a process of its own: sink and filter are those that a program begins with.
#[test]
#[ignore = "what `the_environment_says_what_a_program_begins_with` starts"]
fn in_a_fresh_process() {
    root(1);
}

#[test]
fn the_environment_says_what_a_program_begins_with() {
    let run = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "in_a_fresh_process", "--ignored", "--nocapture"])
        .env("STACKLENS_LOG", "depth<1,depht<2")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stderr).unwrap();
    let (complaint, lines) = printed.split_once('\n').unwrap();
    assert!(
        complaint.starts_with("stacklens: STACKLENS_LOG: `depht<2`: expected "),
        "{complaint}"
    );
    assert_eq!(lines, "→ root(1)\n← root(1) = 4\n");
}

/// Runs in a process of its own: no logged function has been called, and hooks are the program's.
#[test]
#[ignore = "what `hooks_of_the_program_stay_in_force` starts"]
fn with_hooks_of_its_own() {
    #[stacklens::log_calls(sink = stacklens::log_calls::Stderr)]
    fn fail(n: u32) {
        panic!("with {n}");
    }
    for hook in ["first", "second"] {
        std::panic::set_hook(Box::new(move |info| eprintln!("{hook} hook: {info}")));
        let _ = std::panic::catch_unwind(|| fail(1));
    }
    stacklens::install();
    let _ = std::panic::catch_unwind(|| fail(2));
}

#[test]
fn hooks_of_the_program_stay_in_force() {
    let run = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "with_hooks_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env("NO_COLOR", "1")
        .env_remove("STACKLENS_LOG")
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stderr).unwrap();
    let first = printed.find("second hook").unwrap();
    // The log's is put before the one there is, and is gone with that one: then the message is not known.
    assert!(
        printed[..first].contains("first hook: panicked at"),
        "{printed}"
    );
    assert!(
        printed[..first].contains("↯ fail(1) panicked: with 1\n"),
        "{printed}"
    );
    assert_eq!(
        printed.matches("↯ fail(1) panicked\n").count(),
        1,
        "{printed}"
    );
    // Once reports are installed, it is again.
    assert!(
        printed.contains("↯ fail(2) panicked: with 2\n"),
        "{printed}"
    );
    assert_eq!(
        printed.matches("second hook: panicked at").count(),
        2,
        "{printed}"
    );
}
