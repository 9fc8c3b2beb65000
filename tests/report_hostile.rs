//! Values, messages and paths that would rather break a report: recorded from real calls, written in every
//! format, bounded in time and size. And secrets, which are in none.

use serde_json::Value;
use stacklens::report::{Failure, Kind, Level, Report, SentryOptions, TextOptions, Theme};
use stacklens::{Encoder, Inspect, Limits, Secret, frame};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

/// Every output of a report.
fn outputs(report: &Report) -> Vec<(&'static str, String)> {
    let mut full = TextOptions::new(Level::Full);
    full.theme = Theme::ansi();
    #[cfg_attr(not(feature = "html"), allow(unused_mut))]
    let mut outputs = vec![
        ("text", report.to_string()),
        ("full", format!("{report:#}")),
        ("coloured", report.text(&full).to_string()),
        ("debug", format!("{report:?}")),
        ("json", report.to_json()),
        ("pretty", report.to_json_pretty()),
        ("sentry", report.to_sentry_with(&SentryOptions::default())),
        ("otel", report.to_otel_json()),
        ("attributes", format!("{:?}", report.to_otel())),
    ];
    #[cfg(feature = "html")]
    outputs.push(("html", report.to_html()));
    outputs
}

/// Checks that all outputs are valid, free of what a terminal obeys, and no larger than a report may be.
#[track_caller]
fn valid(report: &Report) {
    for (name, output) in outputs(report) {
        assert!(output.len() < 200_000, "{name}: {} bytes", output.len());
        if ["json", "pretty", "sentry", "otel"].contains(&name) {
            serde_json::from_str::<Value>(&output)
                .unwrap_or_else(|error| panic!("{name}: {error}\n{output}"));
        }
        if !["coloured", "debug", "attributes"].contains(&name) {
            let obeyed =
                |c: &char| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c);
            assert_eq!(output.chars().find(obeyed), None, "{name}: {output:?}");
        }
    }
}

fn failed() -> Report {
    Report::new(Kind::Error, Failure::new("failed")).with_stack()
}

/// A value whose `Debug` does what a test wants.
struct Shows(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

impl fmt::Debug for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

impl fmt::Display for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

#[frame(capture = "full")]
fn holds(value: &Shows) -> Report {
    let report = failed();
    assert_eq!(size_of_val(value), size_of::<usize>());
    report
}

fn shown(report: &Report, name: &str) -> String {
    let frame = report.frames().next_back().unwrap();
    let local = frame.locals.iter().find(|local| local.name == name);
    local
        .unwrap_or_else(|| panic!("{name} in {:?}", frame.locals))
        .value
        .to_string()
}

mod debug {
    use super::*;

    #[test]
    fn one_that_panics_is_said_to() {
        let report = holds(&Shows(|_| panic!("in Debug")));
        assert_eq!(shown(&report, "value"), "<omitted: its Debug panicked>");
        valid(&report);
    }

    #[test]
    fn one_that_prints_a_gibibyte_is_stopped() {
        // A site whose `Debug` took long is not asked again: this one is for nobody else.
        #[frame(capture = "full")]
        fn holds(value: &Shows) -> Report {
            let report = failed();
            assert_eq!(size_of_val(value), size_of::<usize>());
            report
        }
        let start = Instant::now();
        let report = holds(&Shows(|f| {
            for _ in 0..1 << 20 {
                f.write_str(&"x".repeat(1024))?;
            }
            Ok(())
        }));
        assert!(shown(&report, "value").len() < 300);
        valid(&report);
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn one_that_goes_on_when_it_is_told_to_stop_is_unwound() {
        #[frame(capture = "full")]
        fn holds(value: &Shows) -> Report {
            let report = failed();
            assert_eq!(size_of_val(value), size_of::<usize>());
            report
        }
        let report = holds(&Shows(|f| {
            loop {
                let _ = f.write_str("\u{202e}</script>");
            }
        }));
        assert!(shown(&report, "value").ends_with("..."));
        valid(&report);
    }

    /// Shown as it is, like what a `Debug` prints, but at no cost that a busy machine could blame it for.
    struct Says(&'static str);

    impl Inspect for Says {
        fn inspect(&self, encoder: &mut Encoder<'_>) {
            encoder.verbatim(self.0);
        }
    }

    #[frame]
    fn says(value: &Says) -> Report {
        let report = failed();
        assert!(!value.0.is_empty());
        report
    }

    #[test]
    fn what_it_prints_is_only_text() {
        for text in [
            "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
            "</script><script>alert(1)</script><!-- ]]>",
            "\u{202e}desrever\u{202c}\u{2066}\u{2069}",
            "a\r\nb\0c\u{2028}\u{feff}\u{e0041}",
            "\"}],\"injected\":[{\"",
            "{{7*7}} ${jndi:ldap://x} %s %n",
        ] {
            let report = says(&Says(text));
            assert_eq!(shown(&report, "value"), text, "the model has it as it is");
            valid(&report);
            let json: Value = serde_json::from_str(&report.to_json()).unwrap();
            assert_eq!(
                json["stack"][0]["locals"][0]["value"], text,
                "and so has JSON"
            );
        }
    }
}

/// What would never come back is not run: neither where a function fails nor for its report.
mod not_asked {
    use super::*;
    use std::sync::{Mutex, MutexGuard};

    struct Never;

    impl fmt::Debug for Never {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                std::hint::spin_loop();
            }
        }
    }

    /// Waits for its lock, unlike std's `Mutex`.
    struct Locked(Mutex<u32>);

    impl fmt::Debug for Locked {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.lock().unwrap().fmt(f)
        }
    }

    #[frame]
    fn fails(never: &Never, locked: &Locked, std_lock: &Mutex<u32>) -> stacklens::Result<u32> {
        let held: MutexGuard<'_, u32> = locked.0.lock().unwrap();
        let also_held = std_lock.lock().unwrap();
        assert_eq!(size_of_val(never), 0);
        stacklens::ensure!(*held + *also_held == 0, "both are held");
        Ok(0)
    }

    #[frame]
    fn passes(never: &Never, locked: &Locked) -> stacklens::Result<u32> {
        let n = fails(never, locked, &Mutex::new(1))?;
        Ok(n)
    }

    #[test]
    fn a_debug_without_end_and_one_that_waits_for_what_the_function_holds() {
        let start = Instant::now();
        let locked = Locked(Mutex::new(1));
        let report = passes(&Never, &locked).unwrap_err().report();
        assert_eq!(shown(&report, "never"), "<opaque &Never>");
        assert_eq!(shown(&report, "locked"), "<opaque &Locked>");
        valid(&report);
        // The same of a panic, where both are held while the hook looks at them.
        let panics = std::panic::AssertUnwindSafe(|| {
            let _held = locked.0.lock().unwrap();
            panics(&Never, &locked);
        });
        let report = stacklens::catch(panics).unwrap_err();
        assert_eq!(shown(&report, "never"), "<opaque &Never>");
        valid(&report);
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[frame]
    fn panics(never: &Never, locked: &Locked) {
        assert_eq!(size_of_val(never), 0);
        panic!("{}", locked.0.try_lock().is_err());
    }
}

mod messages {
    use super::*;

    fn of(display: fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> Report {
        Report::new(
            Kind::Error,
            Failure::of_display(&Shows(display), &Limits::DEFAULT),
        )
    }

    #[test]
    fn one_that_panics_is_said_to() {
        let report = of(|_| panic!("in Display"));
        assert_eq!(report.failure.message, "<its Display panicked>");
        valid(&report);
    }

    #[test]
    fn one_without_end_is_stopped() {
        let report = of(|f| {
            loop {
                f.write_str("\u{1b}[31m endless ")?;
            }
        });
        assert!(report.failure.message.ends_with("...") && report.failure.message.len() < 5000);
        valid(&report);
    }

    #[test]
    fn one_without_end_that_does_not_listen_is_unwound() {
        let report = of(|f| {
            loop {
                let _ = f.write_str("endless ");
            }
        });
        assert!(report.failure.message.ends_with("...") && report.failure.message.len() < 5000);
        valid(&report);
    }

    #[test]
    fn a_payload_of_a_megabyte_is_cut() {
        let report = Report::new(
            Kind::Panic,
            Failure::of_payload(&"é".repeat(1 << 19), &Limits::DEFAULT),
        );
        assert!(
            report.failure.message.ends_with("é... (1048576 bytes)"),
            "{}",
            report.failure.message
        );
        valid(&report);
    }
}

#[cfg(unix)]
mod paths {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    #[frame]
    fn open(path: &Path) -> Report {
        let report = failed();
        assert!(!path.exists());
        report
    }

    #[frame]
    fn read(name: &OsStr, bytes: &[u8], owned: std::path::PathBuf) -> stacklens::Result<usize> {
        assert_eq!(name.as_bytes(), bytes);
        Err(stacklens::err!("cannot read {}", owned.display()).note(owned.display()))
    }

    #[test]
    fn names_and_messages_that_are_no_text_are_shown_too() {
        let bytes = b"\xc3\x28\xf0\x9f\xff.conf";
        let name = OsStr::from_bytes(bytes);
        let error = read(name, bytes, Path::new(name).to_owned()).unwrap_err();
        let report = error.report();
        assert_eq!(shown(&report, "name"), r#""\xC3(\xF0\x9F\xFF.conf""#);
        assert_eq!(
            report.failure.message,
            "cannot read \u{fffd}(\u{fffd}\u{fffd}.conf"
        );
        valid(&report);
    }

    #[test]
    fn one_that_is_no_text_is_shown_all_the_same() {
        let report = open(Path::new(OsStr::from_bytes(b"/tmp/\xff\xfe\x1b[2J\n.rs")));
        assert_eq!(shown(&report, "path"), r#""/tmp/\xFF\xFE\u{1b}[2J\n.rs""#);
        valid(&report);
    }
}

mod secrets {
    use super::*;

    const SENTINEL: &str = "s3nt1nel";

    struct Card;

    impl Inspect for Card {
        fn inspect(&self, encoder: &mut Encoder<'_>) {
            encoder.redacted();
        }
    }

    #[derive(Inspect)]
    #[expect(dead_code, reason = "only recorded, or rather not")]
    struct Login {
        user: String,
        password: String,
        #[inspect(redact)]
        birthday: String,
        session: Secret<String>,
        #[inspect(skip)]
        skipped: String,
    }

    /// The text in memory that is not in the binary as it is.
    fn secret() -> String {
        SENTINEL.chars().collect()
    }

    #[frame(redact(chosen), capture = "full")]
    fn log_in(
        password: &str,
        chosen: &str,
        seed: &Secret<String>,
        login: &Login,
        headers: &BTreeMap<String, String>,
        card: &Card,
        optional: Option<&Secret<String>>,
    ) -> Report {
        let api_key = secret();
        let hidden = Secret::new(secret());
        let auth_token: String = secret();
        let report = failed();
        let all = (
            password,
            chosen,
            seed,
            login,
            headers,
            optional,
            &api_key,
            &hidden,
            &auth_token,
        );
        assert!(!std::ptr::eq(&raw const all.2, std::ptr::null()));
        assert_eq!(size_of_val(card), 0);
        report
    }

    #[test]
    fn no_output_has_any() {
        let login = Login {
            user: "ann".to_owned(),
            password: secret(),
            birthday: secret(),
            session: Secret::new(secret()),
            skipped: secret(),
        };
        let headers = BTreeMap::from([
            ("Authorization".to_owned(), secret()),
            ("Host".to_owned(), "example.org".to_owned()),
        ]);
        let seed = Secret::new(secret());
        let report = log_in(
            &secret(),
            &secret(),
            &seed,
            &login,
            &headers,
            &Card,
            Some(&seed),
        );
        for (name, output) in outputs(&report) {
            assert!(!output.contains(SENTINEL), "{name}: {output}");
        }
        assert_eq!(shown(&report, "password"), "<redacted>");
        assert_eq!(shown(&report, "chosen"), "<redacted>");
        assert_eq!(shown(&report, "seed"), "<redacted>");
        assert_eq!(shown(&report, "card"), "<redacted>");
        assert_eq!(shown(&report, "api_key"), "<redacted>");
        assert_eq!(shown(&report, "optional"), "Some(<redacted>)");
        assert_eq!(
            shown(&report, "headers"),
            r#"{"Authorization": <redacted>, "Host": "example.org"}"#
        );
        assert_eq!(
            shown(&report, "login"),
            r#"Login { user: "ann", password: <redacted>, birthday: <redacted>, session: <redacted>, .. }"#
        );
        let hidden = shown(&report, "hidden");
        assert!(
            hidden == "<redacted>" || hidden == "<opaque Secret<String>>",
            "{hidden}"
        );
    }

    #[test]
    fn what_is_no_secret_is_there() {
        let seed = Secret::new(secret());
        let login = Login {
            user: "ann".to_owned(),
            password: secret(),
            birthday: secret(),
            session: Secret::new(secret()),
            skipped: secret(),
        };
        let report = log_in("", "", &seed, &login, &BTreeMap::new(), &Card, None);
        for (name, output) in outputs(&report) {
            assert!(output.contains("ann"), "{name}: {output}");
        }
    }
}

mod anything {
    use super::*;
    use proptest::prelude::*;
    use stacklens::report::{Entry, Exit, Frame, How, Note, Order, Panic, Range, Source, Variable};

    /// Text with what code, terminals and markup give a meaning to.
    fn text() -> impl Strategy<Value = String> {
        let characters = "a_z ().?:;,<>{}[]\"'/\\|&!#-\n\t\u{1b}\u{202e}é日🦀\u{301}\0";
        let character = proptest::sample::select(characters.chars().collect::<Vec<_>>());
        proptest::collection::vec(character, 0..60).prop_map(String::from_iter)
    }

    fn number() -> impl Strategy<Value = u32> {
        prop_oneof![0..12u32, Just(u32::MAX), Just(u32::MAX - 1), 0..400u32]
    }

    prop_compose! {
        fn frame()(
            names in [text(), text()],
            numbers in [number(), number(), number(), number(), number(), number(), number()],
            source in proptest::option::of((number(), text())),
            locals in proptest::collection::vec((text(), text(), number()), 0..4),
            shape in 0..8u8,
        ) -> Frame {
            let [function, file] = names;
            let [line, column, a, b, c, d, _] = numbers;
            let mut frame = Frame::new(function, file, line, column);
            frame.first_line = a;
            frame.last_line = b;
            if shape & 1 != 0 {
                frame = frame.with_range(Range::new(a, b, c, d));
            }
            if shape & 2 != 0 {
                let how = [How::Question, How::Early][usize::from(shape >> 2)];
                frame = frame.left(Exit::by(how).with_type("a::B").converted_from("c::D<e::F>"));
            }
            for (name, value, line) in locals {
                let mut variable = Variable::text(name, value);
                variable.as_of_line = Some(line);
                frame = frame.with_local(variable);
            }
            frame.with_source(source.map(|(first, text)| Source::new(first, &text)))
        }
    }

    prop_compose! {
        fn report()(
            texts in [text(), text(), text()],
            frames in proptest::collection::vec((frame(), 0..6u8), 0..6),
            panic in proptest::option::of((text(), number(), number())),
        ) -> Report {
            let [message, note, cause] = texts;
            let failure = Failure::new(message)
                .with_note(Note::new(note).at("a.rs", 1, 1))
                .with_cause(Failure::new(cause.clone()).with_type(cause));
            let mut report = Report::new(Kind::Error, failure);
            for (frame, gap) in frames {
                report.stack.push(frame.into());
                if gap == 0 {
                    report.stack.push(Entry::Repeated { frames: 1, times: usize::MAX });
                    report.stack.push(Entry::Omitted { frames: usize::MAX });
                }
            }
            match panic {
                Some((file, line, column)) => report.with_panic(Panic::at(file, line, column)),
                None => report,
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn every_report_can_be_written(report in report(), width in 0..200usize, level in 0..3usize) {
            valid(&report);
            let mut options = TextOptions::new([Level::Brief, Level::Normal, Level::Full][level]);
            options.width = width;
            for (ascii, order) in [(false, Order::RecentFirst), (true, Order::RecentLast)] {
                (options.ascii, options.order) = (ascii, order);
                let written = report.text(&options).to_string();
                prop_assert!(!ascii || written.is_ascii());
            }
        }
    }
}
