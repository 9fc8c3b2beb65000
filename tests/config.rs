//! `Config` and `STACKLENS`: what is set, and which of the two wins.

mod ended;

use ended::{count, panic_on_thread, stderr};
use stacklens::report::{Level, Order, Style, Theme};
use stacklens::{ColorChoice, Config, Format, Limits, frame};

#[frame]
fn divide(dividend: i32, divisor: i32) -> i32 {
    dividend / divisor
}

#[frame]
fn named(name: &str) -> i32 {
    divide(name.len() as i32, 0)
}

#[test]
fn installed_twice_it_reports_once_and_the_last_settings_hold() {
    let stderr = stderr(&[], || {
        Config::new().redact_names(["dividend"]).install();
        Config::new().redact_names(["numbers"]).install();
        panic_on_thread("w", || {
            divide(1234, 0);
        });
    });
    assert_eq!(count(&stderr, "attempt to divide by zero"), 1, "{stderr}");
    assert!(stderr.contains("1234"), "{stderr}");
}

#[test]
fn names_that_are_configured_are_redacted() {
    let stderr = stderr(&[("STACKLENS", "redact=dividend")], || {
        Config::new().redact_names(["sum"]).install();
        panic_on_thread("w", || {
            divide(1234, 0);
        });
        panic_on_thread("w", || {
            #[frame]
            fn total(the_sum: u32) -> u32 {
                panic!("{}", the_sum > 5)
            }
            total(5678);
        });
    });
    assert!(
        !stderr.contains("1234") && !stderr.contains("5678"),
        "{stderr}"
    );
    assert_eq!(count(&stderr, "<redacted>"), 2, "{stderr}");
}

#[test]
fn values_can_be_switched_off_when_the_program_runs() {
    let stderr = stderr(&[("STACKLENS", "capture=none")], || {
        stacklens::install();
        panic_on_thread("w", || {
            divide(1234, 0);
        });
    });
    assert!(
        stderr.contains("dividend") && !stderr.contains("1234"),
        "{stderr}"
    );
}

#[test]
fn what_is_wrong_in_the_environment_is_said_once_and_harms_nothing() {
    let stderr = stderr(
        &[("STACKLENS", "colour=pink,nonsense,redact=dividend")],
        || {
            stacklens::install();
            stacklens::install();
            panic_on_thread("w", || {
                divide(1234, 0);
            });
        },
    );
    let expected = "STACKLENS: colour is auto, always or never, not \"pink\"\n";
    assert_eq!(count(&stderr, expected), 1, "{stderr}");
    assert_eq!(count(&stderr, "found \"nonsense\""), 1, "{stderr}");
    assert!(
        stderr.contains("divide by zero") && !stderr.contains("1234"),
        "{stderr}"
    );
}

#[test]
fn json_is_one_line() {
    let stderr = stderr(&[("STACKLENS", "color=always")], || {
        Config::new().format(Format::Json).install();
        panic_on_thread("w", || {
            divide(1, 0);
        });
    });
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!(lines.len(), 1, "{stderr}");
    let json: serde_json::Value = serde_json::from_str(lines[0]).expect("valid JSON");
    assert_eq!(json["failure"]["message"], "attempt to divide by zero");
}

#[test]
fn what_is_set_wins_over_the_environment_which_wins_over_the_defaults() {
    let environment = [(
        "STACKLENS",
        "format=json,level=brief,color=always,order=recent_first",
    )];
    let stderr = stderr(&environment, || {
        Config::new()
            .format(Format::Text)
            .color(ColorChoice::Never)
            .install();
        panic_on_thread("w", || {
            named("ann");
        });
    });
    assert!(
        !stderr.contains("\u{1b}[") && !stderr.contains("\"version\""),
        "{stderr}"
    );
    assert!(
        stderr.contains("Traceback (most recent call first):"),
        "{stderr}"
    );
    // `brief`: values of the innermost frame only.
    assert!(
        stderr.contains("dividend = 3") && !stderr.contains("name = "),
        "{stderr}"
    );
}

#[test]
fn text_looks_as_it_is_set_to() {
    let stderr = stderr(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], || {
        let mut limits = Limits::default();
        limits.string_chars = 3;
        let mut theme = Theme::plain();
        theme.function = Style::new("1;36");
        Config::new()
            .level(Level::Full)
            .order(Order::RecentFirst)
            .theme(theme)
            .width(60)
            .limits(limits)
            .install();
        panic_on_thread("w", || {
            named("a long name");
        });
    });
    assert!(stderr.contains("\u{1b}[1;36m"), "{stderr}");
    assert!(stderr.contains("\"a l\"... (11 bytes)"), "{stderr}");
    assert!(
        stderr.find("attempt to").unwrap() < stderr.find("Traceback").unwrap(),
        "{stderr}"
    );
}

#[test]
fn colours_depend_on_the_stream_and_the_environment() {
    let colored = |variables: &[(&str, &str)]| {
        let stderr = stderr(variables, || {
            stacklens::install();
            panic_on_thread("w", || {
                divide(1, 0);
            });
        });
        stderr.contains('\u{1b}')
    };
    assert!(!colored(&[("NO_COLOR", "")]), "it is a pipe");
    let there_are_some = cfg!(feature = "color");
    assert_eq!(
        colored(&[("NO_COLOR", ""), ("FORCE_COLOR", "1")]),
        there_are_some
    );
    assert!(!colored(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")]));
    assert_eq!(
        colored(&[("NO_COLOR", "1"), ("STACKLENS", "color=always")]),
        there_are_some
    );
}

#[test]
fn an_error_prints_as_it_is_set_to_without_colours_unless_there_are_always_some() {
    let printed = |settings| {
        stderr(&[("STACKLENS", settings), ("FORCE_COLOR", "1")], || {
            eprint!("{:?}", stacklens::err!("what failed"));
        })
    };
    assert!(!printed("order=recent_last").contains('\u{1b}'));
    assert_eq!(
        printed("color=always").contains('\u{1b}'),
        cfg!(feature = "color")
    );
    assert!(printed("order=recent_first").contains("what failed\nTraceback"));
}

#[test]
fn hot_functions_record_always_if_so_configured() {
    #[frame]
    #[allow(unused_variables)] // to be seen in the frame
    fn last(numbers: &[u64]) -> (bool, bool) {
        let sum: u64 = numbers.iter().sum();
        let locals = stacklens::currentframe().expect("a frame").locals();
        let known = |name| {
            !locals
                .get(name)
                .expect("a variable")
                .to_string()
                .contains("rarely")
        };
        (known("numbers"), known("sum"))
    }
    let all_known = |variable| {
        let stderr = stderr(&[("STACKLENS", variable)], || {
            stacklens::install();
            let unknown = (0..20_000).filter(|i| last(&[*i]) != (true, true)).count();
            eprint!("{unknown}");
        });
        stderr == "0"
    };
    assert!(all_known("hot=always"));
    if cfg!(all(
        debug_assertions,
        target_arch = "x86_64",
        target_os = "linux"
    )) {
        assert!(!all_known("hot=rarely"));
    }
}
