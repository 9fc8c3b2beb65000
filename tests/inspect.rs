//! What is asked of frames, and what is answered: now, later, and elsewhere.

#![cfg(not(feature = "off"))]

use stacklens::{
    Code, Frame, FrameInfo, Local, Locals, Origin, Stack, Traceback, Value, currentframe, depth,
    frame, stack,
};
use std::panic::{RefUnwindSafe, UnwindSafe};

#[frame]
fn inner(n: i32) -> (Stack, Traceback) {
    let half = f64::from(n) / 2.0;
    let seen = (stack(), Traceback::capture());
    assert!(half > 0.0);
    seen
}

#[frame]
fn outer(name: &str) -> (Stack, Traceback) {
    let length = name.len() as i32;
    inner(length * 10)
}

mod auto_traits {
    use super::*;

    const fn anywhere<T: Send + Sync + Clone + UnwindSafe + RefUnwindSafe + Unpin + 'static>() {}
    const fn copy<T: Copy + 'static>() {}

    /// Ambiguous for what is both, and so an error.
    trait Neither<A> {
        const HOLDS: bool = true;
    }
    struct IfSend;
    struct IfSync;
    impl<T> Neither<()> for T {}
    impl<T: Send> Neither<IfSend> for T {}
    impl<T: Sync> Neither<IfSync> for T {}

    const _: () = {
        copy::<Frame>();
        assert!(<Frame as Neither<_>>::HOLDS, "a handle stays on its thread");
        anywhere::<FrameInfo>();
        anywhere::<Stack>();
        anywhere::<Locals>();
        anywhere::<Local>();
        anywhere::<Value>();
        anywhere::<Traceback>();
        anywhere::<&'static Code>();
        anywhere::<Origin>();
    };

    #[test]
    fn a_handle_is_small() {
        assert!(size_of::<Frame>() <= 4 * size_of::<usize>());
        assert_eq!(size_of::<Option<Frame>>(), size_of::<Frame>());
    }
}

mod live {
    use super::*;

    #[frame]
    fn watches() -> [u32; 4] {
        let frame = currentframe().unwrap();
        let first = frame.line();
        let second = frame.line();
        let copy = frame;
        let third = copy.line();
        assert_eq!(copy, frame);
        [first, second, third, copy.info().unwrap().line()]
    }

    #[test]
    fn a_handle_answers_for_now() {
        let [first, second, third, last] = watches();
        assert_eq!([second - first, third - first, last - first], [1, 3, 5]);
    }

    #[frame]
    fn counts() -> Vec<Option<i64>> {
        let frame = currentframe().unwrap();
        let read = || Some(frame.locals().get("n")?.value().as_i64().unwrap_or(-1));
        let mut seen = vec![read()];
        let n = 1;
        seen.push(read());
        {
            let n = n + 1;
            seen.push(read());
            assert_eq!(n, 2);
        }
        seen.push(read());
        assert_eq!(n, 1);
        seen
    }

    #[test]
    fn locals_are_those_of_now_and_stay_what_they_were_when_taken() {
        assert_eq!(counts(), [Some(-1), Some(1), Some(2), Some(1)]);
        let (taken, _) = outer("abc");
        assert_eq!(
            taken[1].locals().get("length").unwrap().value().as_i64(),
            Some(3)
        );
    }

    #[frame]
    fn callee() -> (Frame, String) {
        let me = currentframe().unwrap();
        let caller = me.back().unwrap();
        assert!(me.is_live() && caller.is_live() && me != caller);
        assert_eq!((me.depth(), caller.depth()), (2, 1));
        assert!(caller.back().is_none());
        assert_eq!(caller.line(), me.back().unwrap().line());
        (me, caller.locals().to_string())
    }

    #[frame]
    fn caller() -> Frame {
        let x = 42;
        let (finished, seen) = callee();
        assert_eq!(
            seen,
            "{x: 42, finished: <not yet assigned>, seen: <not yet assigned>}"
        );
        assert!(x == 42 && !finished.is_live());
        finished
    }

    #[test]
    fn back_is_the_caller_with_its_line_and_locals() {
        assert_eq!(caller().name(), "callee");
    }

    #[frame]
    fn again(kept: Option<Frame>) -> Frame {
        let secret_of_the_second_call = 7;
        if let Some(kept) = kept {
            assert!(!kept.is_live() && kept != currentframe().unwrap());
            assert_eq!(kept.locals().to_string(), "<finished>");
            assert!(kept.locals().is_empty() && kept.locals().is_finished());
            assert!(kept.back().is_none() && kept.info().is_none());
        }
        assert_eq!(secret_of_the_second_call, 7);
        currentframe().unwrap()
    }

    #[test]
    fn a_finished_frame_never_shows_that_of_another_call() {
        let first = again(None);
        let line = first.line();
        let second = again(Some(first));
        assert_ne!(first, second);
        for frame in [first, second] {
            // The function is still known, and the line at which the handle was made.
            assert_eq!(
                (frame.name(), frame.line(), frame.depth()),
                ("again", line, 1)
            );
            assert_eq!(frame.to_string(), format!("again in {}:{line}", file!()));
            assert_eq!(frame.qualified_name(), concat!(module_path!(), "::again"));
            assert!(format!("{frame:?}").contains("is_live: false"));
        }
    }

    #[test]
    fn a_handle_left_by_panic_is_finished() {
        #[frame]
        fn panics(kept: &std::cell::Cell<Option<Frame>>) {
            kept.set(currentframe());
            panic!("as asked");
        }
        let kept = std::cell::Cell::new(None);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panics(&kept)));
        assert!(caught.is_err() && !kept.get().unwrap().is_live());
    }

    #[test]
    fn handles_are_equal_if_they_are_of_one_activation() {
        #[frame]
        fn twice() {
            let (a, b) = (currentframe().unwrap(), currentframe().unwrap());
            assert_eq!(a, b);
            let set = std::collections::HashSet::from([a, b]);
            assert_eq!(set.len(), 1);
        }
        twice();
        #[frame]
        fn recursive(n: u32) -> Vec<Frame> {
            let mut list = if n == 0 { Vec::new() } else { recursive(n - 1) };
            list.push(currentframe().unwrap());
            list
        }
        let all = recursive(20);
        let different: std::collections::HashSet<Frame> = all.iter().copied().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn outside_of_all_frames_there_is_nothing() {
        assert!(currentframe().is_none() && stack().is_empty());
        assert_eq!((depth(), stack().to_string()), (0, String::new()));
    }
}

mod copies {
    use super::*;

    #[test]
    fn a_stack_is_innermost_first_and_indexable() {
        let (stack, _) = outer("abc");
        assert_eq!(stack.len(), 2);
        assert_eq!([stack[0].name(), stack[1].name()], ["inner", "outer"]);
        assert_eq!([stack[0].depth(), stack[1].depth()], [2, 1]);
        assert_eq!(stack[..1].len(), 1);
        assert_eq!(stack.get(1).unwrap().line(), stack[1].line());
        assert!(stack.get(2).is_none() && stack.unrecorded() == 0);
        assert_eq!(stack.iter().count(), stack.clone().into_iter().count());
        assert_eq!(
            (&stack)
                .into_iter()
                .map(FrameInfo::name)
                .collect::<Vec<_>>(),
            ["inner", "outer"]
        );
        assert_eq!(stack.frames().len(), 2);
    }

    #[test]
    #[should_panic]
    fn an_index_beyond_the_stack_panics() {
        let _ = &outer("abc").0[2];
    }

    #[test]
    fn a_stack_prints_one_line_a_frame() {
        let (stack, _) = outer("abc");
        let lines = [stack[0].line(), stack[1].line()];
        let expected = format!(
            "[0] inner in {0}:{1}\n[1] outer in {0}:{2}",
            file!(),
            lines[0],
            lines[1]
        );
        assert_eq!(stack.to_string(), expected);
        assert_eq!(
            stack[0].to_string(),
            format!("inner in {}:{}", file!(), lines[0])
        );
        assert!(format!("{stack:?}").contains("half: 15.0"));
    }

    #[test]
    fn a_copy_may_go_to_another_thread() {
        let (stack, traceback) = outer("abc");
        let texts =
            std::thread::spawn(move || (stack[0].locals().to_string(), traceback.to_string()))
                .join()
                .unwrap();
        assert_eq!(texts.0, "{n: 30, half: 15.0, seen: <not yet assigned>}");
        assert!(texts.1.contains("n = 30, half = 15.0"));
    }

    #[test]
    fn a_traceback_is_outermost_first_with_lines_and_locals() {
        let (stack, traceback) = outer("abc");
        let expected = format!(
            "Traceback (most recent call last):\n  \
             {file}:{outer}:5 in outer\n    inner(length * 10)\n    name = \"abc\", length = 3\n  \
             {file}:{inner}:5 in inner\n    let seen = (stack(), Traceback::capture());\n    \
             n = 30, half = 15.0, seen = <not yet assigned>",
            file = file!(),
            outer = stack[1].line(),
            inner = stack[0].line(),
        );
        assert_eq!(traceback.to_string().trim_end(), expected);
        assert_eq!(
            traceback.frames().map(FrameInfo::name).collect::<Vec<_>>(),
            ["outer", "inner"]
        );
    }

    #[frame]
    fn down(n: u32) -> Traceback {
        if n == 0 {
            Traceback::capture()
        } else {
            down(n - 1)
        }
    }

    #[test]
    fn repeated_frames_are_counted_in_a_traceback() {
        let text = down(1000).to_string();
        assert!(
            text.contains("[previous frame repeated 997 more times]"),
            "{text}"
        );
        assert!(text.lines().count() < 30, "{text}");
    }
}

mod locals {
    use super::*;

    #[frame]
    fn typed(number: i64, text: &str, flag: bool, letter: char, ratio: f32) -> Locals {
        let list = vec![Some(1_u8), None];
        let taken = currentframe().unwrap().locals();
        assert!(
            list.len() == 2
                && flag
                && number != 0
                && !text.is_empty()
                && letter > 'a'
                && ratio > 0.0
        );
        taken
    }

    #[test]
    fn values_have_types() {
        let locals = typed(-7, "a\"b", true, 'x', 0.5);
        let value = |name: &str| locals.get(name).unwrap().value();
        assert_eq!(
            (value("number").as_i64(), value("number").as_u64()),
            (Some(-7), None)
        );
        assert_eq!(value("text").as_str(), Some("a\"b"));
        assert_eq!(
            (value("flag").as_bool(), value("letter").as_char()),
            (Some(true), Some('x'))
        );
        assert_eq!(
            (value("ratio").as_f64(), value("ratio").as_i64()),
            (Some(0.5), None)
        );
        assert_eq!(
            value("list")
                .items()
                .map(|item| item.inner().and_then(Value::as_u64))
                .collect::<Vec<_>>(),
            [Some(1), None]
        );
        assert!(!value("taken").is_assigned() && value("list").is_assigned());
        assert_eq!(locals.get("number").unwrap().type_name(), Some("i64"));
        assert_eq!(locals.get("ratio").unwrap().type_name(), Some("f32"));
        assert!(
            locals
                .get("list")
                .unwrap()
                .type_name()
                .unwrap()
                .contains("Option<u8>")
        );
        assert_eq!(locals.get("taken").unwrap().type_name(), None);
        assert!(locals.get("nothing").is_none());
    }

    #[test]
    fn arguments_come_first_then_the_order_of_declaration() {
        let locals = typed(-7, "abc", true, 'x', 0.5);
        let names: Vec<(&str, bool)> = locals
            .iter()
            .map(|local| (local.name(), local.is_arg()))
            .collect();
        let args = ["number", "text", "flag", "letter", "ratio"].map(|name| (name, true));
        assert_eq!(
            names,
            [&args[..], &[("list", false), ("taken", false)]].concat()
        );
        assert_eq!(
            (locals.len(), locals.is_empty(), locals.is_finished()),
            (7, false, false)
        );
        assert!(
            locals
                .iter()
                .all(|local| local.origin() == Origin::Recorded && local.as_of_line().is_none())
        );
    }

    #[test]
    fn they_print_like_a_map() {
        let locals = typed(-7, "a\"b", true, 'x', 0.5);
        let expected = "{number: -7, text: \"a\\\"b\", flag: true, letter: 'x', ratio: 0.5, \
                        list: [Some(1), None], taken: <not yet assigned>}";
        assert_eq!(locals.to_string(), expected);
        assert_eq!(format!("{locals:?}"), expected);
        assert_eq!(locals.get("number").unwrap().to_string(), "number: -7");
        assert!(format!("{locals:#}").starts_with("{\n    number: -7,\n    text: \"a\\\"b\",\n"));
    }

    #[frame]
    fn changes(mut n: i32) -> (Locals, u32) {
        n += 1;
        let frame = currentframe().unwrap();
        let taken = frame.locals();
        assert_eq!(n, 2);
        (taken, frame.code().first_line())
    }

    #[test]
    fn a_value_that_may_be_old_says_of_which_line() {
        let (locals, entry) = changes(1);
        let local = locals.get("n").unwrap();
        match local.as_of_line() {
            None => assert_eq!(local.value().as_i64(), Some(2)),
            Some(line) => {
                assert_eq!((local.value().as_i64(), line), (Some(1), entry));
                assert_eq!(local.to_string(), format!("n: 1 (as of line {line})"));
            }
        }
    }
}

mod codes {
    use super::*;

    struct Parser;

    #[frame]
    impl Parser {
        fn parse(&self, _text: &str) -> &'static Code {
            currentframe().unwrap().code()
        }

        fn make() -> &'static Code {
            currentframe().unwrap().code()
        }
    }

    trait Shape {
        fn area(&self) -> &'static Code;
    }

    #[frame]
    impl Shape for Parser {
        fn area(&self) -> &'static Code {
            currentframe().unwrap().code()
        }
    }

    #[frame]
    mod inside {
        pub(super) fn function() -> &'static stacklens::Code {
            stacklens::currentframe().unwrap().code()
        }
    }

    #[frame]
    fn generic<T>(_: T) -> &'static Code {
        currentframe().unwrap().code()
    }

    #[frame(name = "another name", hide)]
    #[track_caller]
    fn marked() -> &'static Code {
        currentframe().unwrap().code()
    }

    #[frame]
    unsafe fn not_safe(a: u8, b: u8) -> (&'static Code, u8) {
        let sum = a + b;
        (currentframe().unwrap().code(), sum)
    }

    #[test]
    fn names_have_their_module_and_type() {
        let module = module_path!();
        assert_eq!(
            Parser.parse("").qualified_name(),
            format!("{module}::Parser::parse")
        );
        assert_eq!(
            Parser::make().qualified_name(),
            format!("{module}::Parser::make")
        );
        assert_eq!(
            Parser.area().qualified_name(),
            format!("{module}::<Parser as Shape>::area")
        );
        assert_eq!(
            inside::function().qualified_name(),
            format!("{module}::inside::function")
        );
        assert_eq!(
            (generic(1).name(), generic(1).module()),
            ("generic", module)
        );
        assert_eq!(marked().name(), "another name");
    }

    #[test]
    fn flags_say_what_a_function_is() {
        assert!(Parser.parse("").is_method() && !Parser::make().is_method());
        assert!(generic(1).is_generic() && !marked().is_generic());
        assert!(marked().is_hidden() && marked().is_track_caller() && !generic(1).is_hidden());
        // SAFETY: it asks nothing of its caller.
        let (code, sum) = unsafe { not_safe(1, 2) };
        assert!(code.is_unsafe() && !generic(1).is_unsafe() && sum == 3);
        assert!(!code.is_async() && !code.is_closure());
    }

    #[test]
    fn varnames_and_argcount_are_the_functions() {
        assert_eq!(
            (Parser.parse("").argcount(), Parser::make().argcount()),
            (2, 0)
        );
        assert_eq!(Parser.parse("").varnames(), ["self", "_text"]);
        // SAFETY: as above.
        assert_eq!(unsafe { not_safe(1, 2) }.0.varnames(), ["a", "b", "sum"]);
    }

    #[test]
    fn all_instances_of_a_function_are_one_code() {
        assert_eq!(generic(1), generic("a"));
        assert_ne!(generic(1), marked());
        assert!(std::ptr::eq(Parser.parse(""), Parser.parse("again")));
    }
}

mod hidden {
    use super::*;

    #[frame]
    fn visible() -> (Stack, Traceback) {
        helper()
    }

    #[frame(hide)]
    fn helper() -> (Stack, Traceback) {
        leaf()
    }

    #[frame]
    fn leaf() -> (Stack, Traceback) {
        (stack(), Traceback::capture())
    }

    #[test]
    fn a_hidden_frame_is_counted_in_print_and_there_as_data() {
        let (stack, traceback) = visible();
        assert_eq!(stack.len(), 3);
        assert!(stack[1].is_hidden() && stack[1].name() == "helper");
        let text = stack.to_string();
        let starts = ["[0] leaf in ", "[1 hidden frame]", "[2] visible in "];
        assert!(
            text.lines()
                .zip(starts)
                .all(|(line, start)| line.starts_with(start)),
            "{text}"
        );
        assert!(
            !traceback.to_string().contains("in helper")
                && traceback.to_string().contains("1 hidden frame")
        );
        assert_eq!(traceback.frames().count(), 3);
    }
}

#[cfg(feature = "serde")]
mod serialized {
    use super::*;

    #[test]
    fn owned_data_is_json() {
        let (stack, _) = outer("abc");
        let json = serde_json::to_value(&stack).unwrap();
        let innermost = &json["frames"][0];
        assert_eq!(
            (innermost["name"].as_str(), innermost["line"].as_u64()),
            (Some("inner"), Some(u64::from(stack[0].line())))
        );
        assert_eq!(
            (innermost["depth"].as_u64(), innermost["hidden"].as_bool()),
            (Some(2), Some(false))
        );
        let half = &innermost["locals"][1];
        assert_eq!(
            (
                half["name"].as_str(),
                half["value"].as_f64(),
                half["is_arg"].as_bool()
            ),
            (Some("half"), Some(15.0), Some(false))
        );
        assert_eq!(
            (half["type_name"].as_str(), half["origin"].as_str()),
            (Some("f64"), Some("recorded"))
        );
        assert!(half["as_of_line"].is_null() && json["unrecorded"] == 0);
        let code = serde_json::to_value(stack[1].code()).unwrap();
        assert_eq!(
            (code["name"].as_str(), code["argcount"].as_u64()),
            (Some("outer"), Some(1))
        );
    }
}
