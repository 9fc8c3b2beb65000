//! Asking where the program is: the counterpart of Python's `inspect` module.
//!
//! [`currentframe`] gives a handle of the running function, [`stack`] a copy of the whole stack.
//! Both only copy words; names, lines and values are worked out when they are asked for.

pub(crate) mod fold;
mod frame;
mod info;
mod locals;
#[cfg(feature = "serde")]
mod serialize;
mod snapshot;

pub use frame::{Frame, StackBytes};
pub(crate) use info::receiver_type;

pub use info::FrameInfo;
#[cfg(native_elf)]
pub(crate) use locals::Wanted;
pub use locals::{Local, Locals, Origin};
pub use snapshot::Stack;

use crate::stack as storage;

/// The frame of the annotated function that calls this: `inspect.currentframe()`.
///
/// Called by a function without `#[frame]`, it answers with the innermost annotated function on the
/// way to it. `None` outside of all annotated functions, and where the innermost frame was only
/// counted because the thread's storage is full (see [`Stack::unrecorded`]).
///
/// ```
/// use stacklens::{currentframe, frame};
///
/// #[frame]
/// fn greet(name: &str) -> String {
///     let frame = currentframe().unwrap();
///     format!("{} at line {}: {}", frame.name(), frame.line(), frame.locals())
/// }
///
/// assert!(greet("Alice").starts_with("greet at line "));
/// assert!(greet("Alice").contains(r#"{name: "Alice""#));
/// assert!(currentframe().is_none());
/// ```
///
/// # Cost
///
/// Some 30 instructions. No allocation, no lock.
#[inline]
pub fn currentframe() -> Option<Frame> {
    if storage::unrecorded() != 0 {
        return None;
    }
    storage::current().map(Frame::of)
}

/// A copy of this thread's stack of annotated functions, innermost first: `inspect.stack()`.
///
/// ```
/// use stacklens::{frame, stack};
///
/// #[frame]
/// fn deep_call() -> stacklens::Stack {
///     stack()
/// }
///
/// #[frame]
/// fn middle() -> stacklens::Stack {
///     deep_call()
/// }
///
/// let stack = middle();
/// assert_eq!(stack.len(), 2);
/// assert_eq!(stack[0].name(), "deep_call");
/// assert_eq!(stack[1].name(), "middle");
/// println!("{stack}");
/// // [0] deep_call in src/main.rs:6
/// // [1] middle in src/main.rs:11
/// ```
///
/// # Cost
///
/// One allocation and some 60 instructions a frame; one more allocation if any frame holds a value
/// that does not fit a word. Values are not turned into text before somebody asks for them. No lock.
pub fn stack() -> Stack {
    Stack::take()
}

/// How many annotated functions are active on this thread; 0 outside of all.
///
/// ```
/// use stacklens::{depth, frame};
///
/// #[frame]
/// fn down(n: usize) -> usize {
///     if n == 0 { depth() } else { down(n - 1) }
/// }
///
/// assert_eq!(depth(), 0);
/// assert_eq!(down(9), 10);
/// ```
///
/// # Cost
///
/// The same few instructions at any depth.
#[inline]
pub fn depth() -> usize {
    storage::depth()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::{Guard, at, cap, enter0 as enter};
    use crate::code::fixture::{Function, numbers};

    /// Lines 10, 11, 12 for positions 0, 1, 2, and a variable `x` in slot 0 from position 2 on.
    fn function(name: &'static str) -> Function {
        let variables = format!("x {}\n", numbers(&[0, 0, 1, 2, 9, 0]));
        Function {
            name,
            places: vec![(0, 1), (1, 5), (1, 9)],
            variables,
            ..Function::default()
        }
    }

    fn assigned(guard: &Guard, x: i32) {
        at(1, guard.active);
        cap(&x, 1 << 8, guard.active);
        at(2, guard.active);
    }

    #[test]
    fn a_handle_answers_for_now() {
        let guard = enter(function("f").literal());
        let frame = currentframe().unwrap();
        assert_eq!((frame.line(), frame.column(), frame.lasti()), (10, 1, 0));
        assert_eq!(frame.locals().to_string(), "{}");
        at(1, guard.active);
        assert_eq!((frame.line(), frame.column(), frame.lasti()), (11, 5, 1));
        assert_eq!(frame.locals().to_string(), "{x: <not yet assigned>}");
        assigned(&guard, 42);
        assert_eq!(frame.to_string(), "f in src/a.rs:12");
        let x = &frame.locals().into_iter().next().unwrap();
        assert_eq!(
            (x.name(), x.value().as_i64(), x.type_name()),
            ("x", Some(42), Some("i32"))
        );
        assert_eq!(
            (x.is_arg(), x.as_of_line(), x.origin()),
            (false, None, Origin::Recorded)
        );
    }

    #[test]
    fn a_finished_frame_never_shows_another_frames_data() {
        let guard = enter(function("gone").literal());
        assigned(&guard, 42);
        let frame = currentframe().unwrap();
        drop(guard);
        for again in [false, true] {
            // The second time another frame has the very same record.
            let _next = again.then(|| enter(function("next").literal()));
            assert!(!frame.is_live());
            assert_eq!((frame.name(), frame.line(), frame.lasti()), ("gone", 12, 2));
            assert_eq!(
                (frame.locals().to_string(), frame.locals().len()),
                ("<finished>".into(), 0)
            );
            assert!(frame.back().is_none() && frame.info().is_none());
            assert_eq!(frame.depth(), 1);
            assert_ne!(Some(frame), currentframe());
        }
    }

    #[test]
    fn frames_link_to_their_callers() {
        let _a = enter(function("a").literal());
        let outer = currentframe();
        let _b = enter(function("b").literal());
        let frame = currentframe().unwrap();
        assert_eq!((frame.name(), frame.depth()), ("b", 2));
        assert_eq!(frame.back(), outer);
        assert_eq!(outer.unwrap().back(), None);
        assert_eq!(depth(), 2);
    }

    #[test]
    fn a_stack_is_a_copy_innermost_first() {
        let a = enter(function("a").literal());
        assigned(&a, 1);
        let b = enter(function("b").literal());
        assigned(&b, 2);
        let stack = stack();
        drop(b);
        at(0, a.active);
        assert_eq!(
            stack.to_string(),
            "[0] b in src/a.rs:12\n[1] a in src/a.rs:12"
        );
        assert_eq!(stack[1].locals().to_string(), "{x: 1}");
        assert_eq!(
            stack.iter().map(FrameInfo::depth).collect::<Vec<_>>(),
            [2, 1]
        );
        assert_eq!(
            (stack.len(), stack[..1].len(), stack.get(2).is_none()),
            (2, 1, true)
        );
        let copy = std::thread::spawn(move || stack.clone()[0].locals().to_string())
            .join()
            .unwrap();
        assert_eq!(copy, "{x: 2}");
    }

    #[test]
    fn outside_of_all_frames_there_is_nothing() {
        assert!(currentframe().is_none() && stack().is_empty());
        assert_eq!((depth(), stack().to_string()), (0, String::new()));
    }

    #[test]
    fn text_is_copied_with_the_frame() {
        let variables = format!("s {}\n", numbers(&[0, 0, 0, 0, 9, 0]));
        let guard = enter(
            Function {
                variables,
                ..Function::default()
            }
            .literal(),
        );
        cap(&"abc", 0, guard.active);
        let stack = stack();
        cap(&"xyz", 0, guard.active);
        assert_eq!(stack[0].locals().to_string(), r#"{s: "abc"}"#);
        assert_eq!(
            currentframe().unwrap().locals().to_string(),
            r#"{s: "xyz"}"#
        );
    }

    #[test]
    fn each_frame_of_a_copy_has_its_own_values() {
        // Slot 0 is in the record itself, slot 20 in the table beside it.
        let slot = |name, slot| format!("{name} {}\n", numbers(&[0, slot, 0, 0, 9, 0]));
        let variables = slot("a", 0) + &slot("b", 20);
        let f = Function {
            variables,
            ..Function::default()
        }
        .literal();
        let guards: Vec<Guard> = (0..6).map(|_| enter(f)).collect();
        for (i, guard) in guards.iter().enumerate() {
            cap(&"x".repeat(10 * i), 0, guard.active);
            cap(&(i as u8), 20, guard.active);
        }
        let stack = stack();
        let mut frame = currentframe();
        for (i, info) in (0..6).rev().zip(&stack) {
            let locals = info.locals();
            assert_eq!(
                locals.get("a").unwrap().value().as_str(),
                Some(&*"x".repeat(10 * i))
            );
            assert_eq!(locals.get("b").unwrap().value().as_u64(), Some(i as u64));
            assert_eq!(frame.unwrap().locals().to_string(), locals.to_string());
            frame = frame.unwrap().back();
        }
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn hidden_frames_keep_their_index_and_are_counted() {
        let hidden = Function {
            head: [1 << 5, 0, 10, 1, 20],
            ..Function::default()
        };
        let _a = enter(function("a").literal());
        let _hidden = enter(hidden.literal());
        let _b = enter(function("b").literal());
        assert_eq!(
            stack().to_string(),
            "[0] b in src/a.rs:10\n[1 hidden frame]\n[2] a in src/a.rs:10"
        );
        assert!(stack()[1].is_hidden());
    }

    #[test]
    fn a_long_stack_prints_its_ends() {
        let f = function("f").literal();
        let guards: Vec<Guard> = (0..120).map(|_| enter(f)).collect();
        let text = stack().to_string();
        assert_eq!(text.lines().count(), 101);
        assert_eq!(text.lines().nth(50), Some("[20 frames not shown]"));
        assert_eq!(text.lines().last(), Some("[119] f in src/a.rs:10"));
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn a_method_is_named_by_the_type_of_its_self() {
        struct Parser;
        let variables = format!("self {}\n", numbers(&[1, 0, 0, 0, 9, 0]));
        let method = Function {
            name: "parse",
            variables,
            ..Function::default()
        };
        let guard = enter(method.literal());
        cap(&&&Parser, 0, guard.active);
        let frame = currentframe().unwrap();
        assert_eq!(frame.qualified_name(), "mycrate::a::Parser::parse");
        assert_eq!(stack()[0].qualified_name(), "mycrate::a::Parser::parse");
        assert_eq!(frame.code().qualified_name(), "mycrate::a::parse");
        drop(guard);
        assert_eq!(
            frame.qualified_name(),
            "mycrate::a::parse",
            "its self is gone"
        );

        let _guard = enter(
            Function {
                qualifier: "<Parser as Parse>",
                ..method
            }
            .literal(),
        );
        assert_eq!(
            stack()[0].qualified_name(),
            "mycrate::a::<Parser as Parse>::parse"
        );
    }

    #[test]
    fn secrets_and_what_was_not_captured_say_why() {
        let variable = |name, flags| format!("{name} {}\n", numbers(&[flags, 0, 0, 1, 9, 0]));
        let variables = variable("a", 1 << 3) + &variable("b", 1 << 2) + &variable("c", 1 << 5);
        let guard = enter(
            Function {
                variables,
                ..Function::default()
            }
            .literal(),
        );
        cap(&7_i32, 0, guard.active);
        at(1, guard.active);
        assert_eq!(
            currentframe().unwrap().locals().to_string(),
            "{a: <redacted>, b: <omitted: not captured>, c: <omitted: skipped>}"
        );
    }

    #[test]
    fn a_value_that_may_have_changed_says_as_of_when() {
        // May change; a change at position 2.
        let changes = format!("v {}\n", numbers(&[2, 0, 0, 1, 9, 1, 4]));
        // May be moved out; at position 2.
        let moves = format!("s {}\n", numbers(&[16, 1, 0, 1, 9, 1, 4]));
        let places = vec![(0, 1), (1, 1), (1, 1), (1, 1)];
        let guard = enter(
            Function {
                places,
                variables: changes + &moves,
                ..Function::default()
            }
            .literal(),
        );
        for slot in 0..2 {
            cap(&7_i32, slot | 1 << 8, guard.active);
        }
        let frame = currentframe().unwrap();
        let locals = |position| {
            at(position, guard.active);
            frame.locals().to_string()
        };
        assert_eq!(locals(2), "{v: 7, s: 7}");
        assert_eq!(locals(3), "{v: 7 (as of line 11), s: <moved?>}");
    }

    #[test]
    fn owned_data_goes_anywhere_and_handles_stay() {
        fn anywhere<
            T: Send + Sync + Clone + std::panic::UnwindSafe + std::panic::RefUnwindSafe + 'static,
        >() {
        }
        anywhere::<FrameInfo>();
        anywhere::<Stack>();
        anywhere::<Locals>();
        anywhere::<Local>();
        anywhere::<&'static crate::Code>();
        // Ambiguous, and so an error, if `Frame` could be sent.
        trait Stays<A> {
            fn check() {}
        }
        impl<T> Stays<()> for T {}
        impl<T: Send> Stays<u8> for T {}
        <Frame as Stays<_>>::check();
    }
}
