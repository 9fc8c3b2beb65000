//! In a build without optimisation, functions that are called very often leave most values out. They say so, and what they
//! do show is right.

#![cfg(not(feature = "off"))]

use std::hint::black_box;
use std::time::Duration;

use stacklens::{currentframe, frame};

const HOT: &str = "<omitted: captured rarely, as it is hot, in unoptimised builds>";

/// The value of a variable of the calling function as text.
fn shown(name: &str) -> String {
    let locals = currentframe().expect("a frame").locals();
    let local = locals.get(name).expect("the variable");
    assert_eq!(local.as_of_line(), None, "{locals}");
    local.value().to_string()
}

/// How often the value was left out; where it is shown it is `expected`.
fn left_out(name: &str, expected: u64) -> usize {
    let shown = shown(name);
    if shown == HOT {
        return 1;
    }
    assert_eq!(shown, expected.to_string());
    0
}

#[frame]
fn called(argument: u64, look: bool) -> usize {
    let local = black_box(argument + 1);
    if look {
        left_out("argument", argument) + left_out("local", local)
    } else {
        0
    }
}

#[frame]
fn called_a_thousand_times(argument: u64) -> usize {
    let local = black_box(argument + 1);
    left_out("argument", argument) + left_out("local", local)
}

#[test]
fn the_first_thousand_calls_show_their_values() {
    for n in 0..1000 {
        assert_eq!(called_a_thousand_times(n), 0);
    }
}

#[test]
fn a_function_called_without_pause_shows_its_values_now_and_then() {
    let mut missing = 0;
    for n in 0..100_000 {
        // Looking takes longer than a hot call may.
        missing += called(n, n % 1001 == 0);
    }
    if !cfg!(debug_assertions) {
        assert_eq!(missing, 0);
    }
}

#[frame]
fn leaf(n: u64) -> u64 {
    black_box(n)
}

#[frame]
fn looping(rounds: u64, every: u64) -> usize {
    let mut missing = 0;
    for round in 0..rounds {
        let twice = black_box(2 * round);
        if round % every == 0 {
            missing += left_out("twice", twice) + left_out("round", round);
        }
    }
    missing
}

#[test]
fn a_loop_in_one_call_never_shows_a_value_of_another_round() {
    assert_eq!(looping(100, 1), 0);
    let missing = looping(300_000, 1009);
    assert!(cfg!(debug_assertions) || missing == 0);
}

#[frame]
fn fast_then_slow() -> usize {
    let mut last = 0;
    for round in 0..20_000u64 {
        let twice = black_box(2 * round);
        if round >= 19_000 {
            if round % 100 == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
            leaf(twice);
        }
        if round == 19_999 {
            last = left_out("twice", twice);
        }
    }
    last
}

#[test]
fn a_loop_that_slows_down_shows_its_values_again() {
    // Past the calls that are looked at but once.
    for n in 0..2000 {
        leaf(n);
    }
    assert_eq!(fast_then_slow(), 0);
}

#[frame]
fn fails(n: u64) -> Result<u64, u64> {
    let local = black_box(n);
    Err(local)?;
    Ok(n)
}

#[test]
fn a_hot_function_that_fails_all_the_time_goes_on() {
    assert!((0..10_000).all(|n| fails(n) == Err(n)));
}
