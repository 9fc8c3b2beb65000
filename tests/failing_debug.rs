//! `Config::debug`: a function that fails asks its arguments for their `Debug`. In a program of its own, as it holds for
//! all of one.

use stacklens::{Config, ReturnTrace, frame};
use std::cell::Cell;
use std::fmt;
use std::sync::Once;

#[derive(Debug)]
struct Failed;

fn fails<T>(_: T) -> Result<(), Failed> {
    Err(Failed)
}

/// The locals of the innermost hop.
fn locals<E>(error: &E) -> String {
    let trace = ReturnTrace::of(error).unwrap();
    trace.hops()[0].frame().locals().to_string()
}

/// A value whose `Debug` does what a test wants.
struct Shows(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

impl fmt::Debug for Shows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0(f)
    }
}

/// What a failing function shows of it. Each use has a site of its own: one that took long is not asked again soon.
macro_rules! shown {
    ($debug:expr) => {{
        #[frame]
        fn case(value: &Shows) -> Result<(), Failed> {
            fails(value)?;
            Ok(())
        }
        switched_on();
        let shown = locals(&case(&Shows($debug)).unwrap_err());
        let value = shown
            .strip_prefix("{value: ")
            .and_then(|shown| shown.strip_suffix('}'));
        value.unwrap().to_owned()
    }};
}

fn switched_on() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| Config::new().debug(true).install());
}

#[derive(Debug)]
#[expect(dead_code, reason = "read by its Debug")]
struct Order {
    id: u32,
}

const ORDER: Order = Order { id: 7 };
const SHOWN: &str = "Order { id: 7 }";

fn take(_: Order) {}

#[test]
fn it_is_shown_where_it_may_be_read() {
    #[frame]
    fn by_reference(order: &Order) -> Result<(), Failed> {
        fails(order)?;
        Ok(())
    }
    #[frame]
    fn by_value(order: Order) -> Result<(), Failed> {
        fails(&order)?;
        take(order);
        Ok(())
    }
    #[frame]
    fn made(order: &Order) -> Result<(), Failed> {
        if size_of_val(order) > 0 {
            return Err(Failed);
        }
        Ok(())
    }
    switched_on();
    for result in [by_reference(&ORDER), by_value(ORDER), made(&ORDER)] {
        assert_eq!(locals(&result.unwrap_err()), format!("{{order: {SHOWN}}}"));
    }
}

#[test]
fn a_parameter_by_value_is_read_until_it_may_have_moved() {
    #[frame]
    fn before(order: Order) -> Result<(), Failed> {
        fails(&order)?;
        take(order);
        Ok(())
    }
    #[frame]
    fn after(order: Order) -> Result<(), Failed> {
        take(order);
        fails(1)?;
        Ok(())
    }
    #[frame]
    fn moved_by_the_failing_call(order: Order) -> Result<(), Failed> {
        fails(order)?;
        Ok(())
    }
    switched_on();
    assert_eq!(
        locals(&before(ORDER).unwrap_err()),
        format!("{{order: {SHOWN}}}")
    );
    assert_eq!(
        locals(&after(ORDER).unwrap_err()),
        "{order: <opaque Order>}"
    );
    assert_eq!(
        locals(&moved_by_the_failing_call(ORDER).unwrap_err()),
        "{order: <opaque Order>}"
    );
}

#[test]
fn in_a_loop_a_later_move_counts_too() {
    #[frame]
    fn case(order: Order) -> Result<(), Failed> {
        for n in 0..2 {
            fails(n)?;
            if n == 1 {
                take(order);
                break;
            }
        }
        Ok(())
    }
    switched_on();
    assert!(locals(&case(ORDER).unwrap_err()).contains("order: <opaque Order>"));
}

#[test]
fn success_asks_nothing() {
    thread_local!(static ASKED: Cell<u32> = const { Cell::new(0) });
    #[frame]
    fn case(value: &Shows, fail: bool) -> Result<(), Failed> {
        if fail {
            fails(value)?;
        }
        Ok(())
    }
    switched_on();
    let counts = Shows(|f| {
        ASKED.set(ASKED.get() + 1);
        f.write_str("Counts")
    });
    case(&counts, false).unwrap();
    assert_eq!(ASKED.get(), 0);
    assert_eq!(
        locals(&case(&counts, true).unwrap_err()),
        "{value: Counts, fail: true}"
    );
    assert_eq!(ASKED.get(), 1);
}

#[test]
fn one_that_panics_costs_only_its_value() {
    assert_eq!(
        shown!(|_| panic!("in Debug")),
        "<omitted: its Debug panicked>"
    );
}

#[test]
fn one_that_writes_without_end_is_cut() {
    let stops = shown!(|f| loop {
        f.write_str("endless ")?;
    });
    let goes_on = shown!(|f| loop {
        let _ = f.write_str("endless ");
    });
    for shown in [stops, goes_on] {
        assert!(
            shown.starts_with("endless endless ") && shown.ends_with("..."),
            "{shown}"
        );
        assert!(shown.len() < 300, "{shown}");
    }
}

#[test]
fn one_that_prints_a_gibibyte_in_pieces_is_cut() {
    let shown = shown!(|f| {
        let piece = "x".repeat(1 << 20);
        for _ in 0..1 << 10 {
            let _ = f.write_str(&piece);
        }
        Ok(())
    });
    assert!(
        shown.starts_with("xxx") && shown.ends_with("x...") && shown.len() < 300,
        "{shown}"
    );
}
