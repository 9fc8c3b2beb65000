//! Frames for what is no function: blocks, closures, the roots of threads.

#![cfg(not(feature = "off"))]

use stacklens::{FrameInfo, currentframe, depth, frame, framed, stack};
use std::panic::catch_unwind;
use std::thread;

/// The names of the active frames, innermost first.
fn names() -> Vec<&'static str> {
    stack().iter().map(FrameInfo::name).collect()
}

#[frame]
fn leaf() -> Vec<&'static str> {
    names()
}

#[test]
fn a_block_has_a_frame_while_it_runs_and_gives_its_value() {
    let value = framed!("block", {
        assert_eq!(names(), ["block"]);
        let inside = framed!("inner", leaf());
        assert_eq!(inside, ["leaf", "inner", "block"]);
        inside.len()
    });
    assert_eq!((value, depth()), (3, 0));
}

#[frame]
fn function(list: &[i32]) -> Vec<Vec<&'static str>> {
    list.iter().map(|_| framed!("closure", leaf())).collect()
}

#[test]
fn a_closures_body_has_a_frame_in_each_call() {
    assert_eq!(
        function(&[1, 2]),
        vec![vec!["leaf", "closure", "function"]; 2]
    );
}

#[test]
fn a_threads_root_has_a_name() {
    let seen = thread::spawn(|| framed!("worker 7", leaf()))
        .join()
        .unwrap();
    assert_eq!(seen, ["leaf", "worker 7"]);
}

#[test]
fn a_frame_of_a_block_says_that_it_is_one_and_where() {
    let (code, line) = framed!("block", (currentframe().unwrap().code(), line!()));
    assert!(code.is_closure());
    assert_eq!((code.first_line(), code.file()), (line, file!()));
    assert_eq!(code.module(), module_path!());
    assert_eq!(code.qualified_name(), concat!(module_path!(), "::block"));
    assert_eq!(code.argcount(), 0);
    assert!(!leaf_code().is_closure());
}

#[frame]
fn leaf_code() -> &'static stacklens::Code {
    currentframe().unwrap().code()
}

#[frame]
fn early(limit: usize) -> Result<usize, String> {
    for i in 0.. {
        framed!("turn", {
            if i == limit {
                return Ok(depth());
            }
            if i > 2 {
                Err("too far")?;
            }
            if i == 1 {
                continue;
            }
            assert_eq!(names(), ["turn", "early"]);
        });
    }
    Ok(0)
}

#[test]
fn return_break_continue_and_the_question_mark_go_through_it() {
    assert_eq!(early(2), Ok(2));
    assert_eq!(early(9), Err("too far".to_owned()));
    assert_eq!(depth(), 0);
}

#[test]
fn a_panic_goes_through_it() {
    let caught = catch_unwind(|| framed!("doomed", panic!("as asked")));
    assert!(caught.is_err() && depth() == 0);
}

#[test]
fn it_may_borrow_change_and_move_what_is_around_it() {
    let mut list = vec![1];
    let text = String::from("abc");
    let moved = framed!("block", {
        list.push(2);
        text
    });
    assert_eq!((moved.as_str(), list.len()), ("abc", 2));
}

#[test]
fn its_value_may_borrow() {
    let list = [1, 2, 3];
    let first: &i32 = framed!("block", list.first().unwrap());
    assert_eq!(first, &1);
}

#[test]
fn a_trailing_comma_and_unicode_are_fine() {
    assert_eq!(framed!("größe ✓", names(),), ["größe ✓"]);
}

#[rustfmt::skip]
#[test]
fn its_line_is_that_of_the_expression() {
    let lines = framed!("block",
        [currentframe().unwrap().line(), line!()]);
    assert_eq!(lines[0], lines[1]);
}

#[test]
fn two_frames_on_one_line_are_two_codes() {
    let codes = [
        framed!("a", currentframe().unwrap().code()),
        framed!("b", currentframe().unwrap().code()),
    ];
    assert_ne!(codes[0], codes[1]);
    assert_eq!(codes.map(|code| code.name()), ["a", "b"]);
}
