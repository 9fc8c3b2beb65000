//! What a failing exit shows beyond what the frame held: values that may be read right there, read only then.

#![cfg(not(feature = "off"))]

use stacklens::{Inspect, ReturnTrace, frame};
use std::cell::Cell;
use std::fmt;

#[derive(Inspect, Clone)]
struct Config {
    host: &'static str,
    port: u16,
}

#[derive(Debug)]
struct Failed;

const CONFIG: Config = Config { host: "a", port: 1 };

fn fails<T>(_: T) -> Result<(), Failed> {
    Err(Failed)
}

fn take(_: Config) {}

fn ok<T>(_: T) -> Result<(), Failed> {
    Ok(())
}

/// The locals of the innermost hop.
fn locals<E>(error: &E) -> String {
    let trace = ReturnTrace::of(error).unwrap();
    trace.hops()[0].frame().locals().to_string()
}

const SHOWN: &str = r#"Config { host: "a", port: 1 }"#;

#[test]
fn a_shared_parameter_is_read() {
    #[frame]
    fn case(config: &Config) -> Result<(), Failed> {
        ok(config)?;
        fails(config)?;
        Ok(())
    }
    assert_eq!(
        locals(&case(&CONFIG).unwrap_err()),
        format!("{{config: {SHOWN}}}")
    );
}

impl Config {
    #[frame]
    fn connect(&self) -> Result<(), Failed> {
        fails(self.port)?;
        Ok(())
    }
}

#[test]
fn the_receiver_is_read() {
    assert_eq!(
        locals(&CONFIG.connect().unwrap_err()),
        format!("{{self: {SHOWN}}}")
    );
}

#[test]
fn a_parameter_by_value_is_read_anew_until_it_may_have_moved() {
    #[frame]
    fn before(config: Config) -> Result<(), Failed> {
        fails(&config)?;
        take(config);
        Ok(())
    }
    #[frame]
    fn after(config: Config) -> Result<(), Failed> {
        take(config);
        fails(1)?;
        Ok(())
    }
    for error in [before(CONFIG), after(CONFIG)] {
        assert_eq!(locals(&error.unwrap_err()), format!("{{config: {SHOWN}}}"));
    }
}

#[test]
fn what_the_failing_call_borrows_is_read() {
    #[frame]
    fn case() -> Result<(), Failed> {
        let mut list = vec![1];
        list.extend([2, 3]);
        fails(&list)?;
        list.push(4);
        Ok(())
    }
    assert_eq!(locals(&case().unwrap_err()), "{list: [1, 2, 3]}");
}

#[test]
fn an_error_that_is_made_reads_too() {
    #[frame]
    fn returned(config: &Config) -> Result<(), Failed> {
        if config.port == 1 {
            return Err(Failed);
        }
        Ok(())
    }
    #[frame]
    fn tail(config: &Config) -> Result<(), Failed> {
        match config.port {
            1 => Err(Failed),
            _ => Ok(()),
        }
    }
    for error in [returned(&CONFIG), tail(&CONFIG)] {
        assert_eq!(locals(&error.unwrap_err()), format!("{{config: {SHOWN}}}"));
    }
}

#[test]
fn what_an_arm_binds_is_there_when_it_fails() {
    #[frame]
    fn case(n: u32) -> Result<String, Failed> {
        match n.checked_add(1) {
            Some(next) => Err(Failed).map(|()| next.to_string()),
            None => Ok(String::new()),
        }
    }
    #[frame]
    fn made(n: u32) -> Result<(), Vec<u32>> {
        match n.checked_add(1) {
            Some(next) => Err(vec![next]),
            None => Ok(()),
        }
    }
    assert_eq!(locals(&case(1).unwrap_err()), "{n: 1, next: 2}");
    assert_eq!(locals(&made(1).unwrap_err()), "{n: 1, next: 2}");
}

#[test]
fn success_reads_nothing() {
    thread_local!(static ASKED: Cell<u32> = const { Cell::new(0) });
    struct Counts;
    impl Inspect for Counts {
        fn inspect(&self, encoder: &mut stacklens::Encoder<'_>) {
            ASKED.set(ASKED.get() + 1);
            encoder.verbatim("Counts");
        }
    }
    #[frame]
    fn case(counts: &Counts, fail: bool) -> Result<(), Failed> {
        ok(counts)?;
        if fail {
            return Err(Failed);
        }
        Ok(())
    }
    case(&Counts, false).unwrap();
    let entered = ASKED.replace(0);
    assert_eq!(
        locals(&case(&Counts, true).unwrap_err()),
        "{counts: Counts, fail: true}"
    );
    assert_eq!(ASKED.get(), entered + 1);
}

/// Types whose `Debug` is the program's own.
mod foreign {
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

    #[test]
    fn one_that_never_ends_is_not_asked() {
        #[frame]
        fn case(value: &Never) -> Result<(), Failed> {
            fails(value)?;
            Ok(())
        }
        assert_eq!(
            locals(&case(&Never).unwrap_err()),
            "{value: <opaque &Never>}"
        );
    }

    #[test]
    fn one_that_waits_for_what_the_function_holds_is_not_asked() {
        #[frame]
        fn case(value: &Locked) -> Result<(), Failed> {
            let _held: MutexGuard<'_, u32> = value.0.lock().unwrap();
            fails(value)?;
            Ok(())
        }
        #[frame]
        fn made(value: &Locked) -> Result<(), Failed> {
            let held = value.0.lock().unwrap();
            if *held == 1 {
                return Err(Failed);
            }
            Ok(())
        }
        let value = Locked(Mutex::new(1));
        for case in [case, made] {
            let shown = locals(&case(&value).unwrap_err());
            assert!(shown.contains("value: <opaque &Locked>"), "{shown}");
        }
    }

    #[test]
    fn stds_lock_is_looked_at_without_waiting() {
        #[frame]
        fn case(value: &Mutex<u32>) -> Result<(), Failed> {
            let held = value.lock().unwrap();
            fails(*held)?;
            Ok(())
        }
        let shown = locals(&case(&Mutex::new(1)).unwrap_err());
        assert!(shown.starts_with("{value: "), "{shown}");
    }
}

#[test]
fn secrets_stay_secret() {
    #[frame]
    fn case(password: &Config, config: &Config) -> Result<(), Failed> {
        fails((password, config))?;
        Ok(())
    }
    assert_eq!(
        locals(&case(&CONFIG, &CONFIG).unwrap_err()),
        format!("{{password: <redacted>, config: {SHOWN}}}")
    );
}

#[test]
fn a_function_that_is_called_all_the_time_still_shows_where_it_fails() {
    #[frame]
    fn case(config: &Config, fail: bool) -> Result<(), Failed> {
        if fail {
            fails(config)?;
        }
        Ok(())
    }
    #[frame]
    fn made(config: &Config, fail: bool) -> Result<(), Failed> {
        if fail && config.port == 1 {
            return Err(Failed);
        }
        Ok(())
    }
    for case in [case, made] {
        for _ in 0..100_000 {
            case(&CONFIG, false).unwrap();
        }
        // In builds without optimisation all but one of a hundred activations record nothing by now.
        for _ in 0..10 {
            let shown = locals(&case(&CONFIG, true).unwrap_err());
            assert!(shown.contains(SHOWN), "{shown}");
        }
    }
}
