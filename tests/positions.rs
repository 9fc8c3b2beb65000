//! `line()` is the line that the function is at now.
//!
//! A line is named by a comment at its end: `// @name`.

#![cfg(not(feature = "off"))]

use stacklens::{currentframe, frame};
use std::cell::RefCell;

/// The line that the innermost annotated function is at.
fn here() -> u32 {
    currentframe().expect("an annotated caller").line()
}

/// The line that ends in this mark.
fn line(mark: &str) -> u32 {
    let lines = || include_str!("positions.rs").lines().zip(1..);
    let mark = format!("// @{mark}");
    let mut found = lines().filter(|(line, _)| line.ends_with(&mark));
    let (_, number) = found
        .next()
        .unwrap_or_else(|| panic!("no line ends in {mark}"));
    assert!(found.next().is_none(), "two lines end in {mark}");
    number
}

fn lines<const N: usize>(marks: [&str; N]) -> [u32; N] {
    marks.map(line)
}

thread_local! {
    static SEEN: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Notes the line.
fn note() -> bool {
    let line = here();
    SEEN.with_borrow_mut(|seen| seen.push(line));
    true
}

/// Notes the line when it is dropped: that of the exit.
struct AtExit;

impl Drop for AtExit {
    fn drop(&mut self) {
        note();
    }
}

fn seen() -> Vec<u32> {
    SEEN.take()
}

fn passes<T>(value: T) -> Result<T, ()> {
    Ok(value)
}

fn fails_if(fail: bool) -> Result<(), ()> {
    if fail { Err(()) } else { Ok(()) }
}

fn fails<T>(_: T) -> Result<T, ()> {
    Err(())
}

mod statements {
    use super::*;

    #[frame]
    fn straight() -> u32 {
        note(); // @first
        let a = here(); // @let
        let b = {
            note(); // @in a block
            here() // @at its end
        };
        assert_eq!((a, b), (line("let"), line("at its end")));

        // A comment in between.
        note(); // @after a comment
        let mut c = 0;
        c += here(); // @added
        assert_eq!(c, line("added"));
        c = here(); // @assigned
        assert_eq!(c, line("assigned"));
        here() // @tail
    }

    #[test]
    fn each_statement_has_its_line_and_so_has_the_tail() {
        assert_eq!(straight(), line("tail"));
        assert_eq!(seen(), lines(["first", "in a block", "after a comment"]));
    }

    #[rustfmt::skip]
    #[frame]
    fn entry() -> u32 { here() } // @one line

    #[test]
    fn a_function_on_one_line_is_on_that_line() {
        assert_eq!(entry(), line("one line"));
    }

    #[rustfmt::skip]
    #[frame]
    fn long_call() -> u32 {
        three( // @long call
            1,
            2,
            "text",
        )
    }

    fn three(_: u32, _: u32, _: &str) -> u32 {
        here()
    }

    #[test]
    fn a_statement_over_several_lines_is_where_it_begins() {
        assert_eq!(long_call(), line("long call"));
    }

    #[rustfmt::skip]
    #[frame]
    fn calls() -> (u32, u32) {
        let first = callee(); // @first call
        let second = // @second call
            callee();
        (first, second)
    }

    #[frame]
    fn callee() -> u32 {
        note(); // @callee
        let callers = currentframe().and_then(|frame| frame.back());
        callers.expect("an annotated caller").line()
    }

    #[test]
    fn in_a_caller_it_is_the_line_of_the_call() {
        assert_eq!(calls(), (line("first call"), line("second call")));
        assert_eq!(seen(), lines(["callee", "callee"]));
    }

    #[frame]
    fn returns(early: bool) -> u32 {
        let _exit = AtExit;
        if early {
            return here(); // @return
        }
        here() // @late
    }

    #[test]
    fn a_return_is_on_its_line() {
        assert_eq!(
            (returns(true), seen()),
            (line("return"), vec![line("return")])
        );
        assert_eq!((returns(false), seen()), (line("late"), vec![line("late")]));
    }

    #[rustfmt::skip]
    #[frame]
    fn column() -> [u32; 2] {
        let a = currentframe().unwrap().column(); let b = currentframe().unwrap().column();
        [a, b]
    }

    #[test]
    fn columns_tell_statements_on_one_line_apart() {
        assert_eq!(column(), [9, 51]);
    }

    #[frame]
    fn index() -> [u32; 3] {
        let a = currentframe().unwrap().lasti();
        let b = currentframe().unwrap().lasti();
        [a, b, currentframe().unwrap().lasti()]
    }

    #[test]
    fn lasti_grows_with_the_statements() {
        let [a, b, c] = index();
        assert!(a < b && b < c);
    }
}

mod questions {
    use super::*;

    #[rustfmt::skip]
    #[frame]
    fn one_by_one(failing: u32) -> Result<u32, ()> {
        let _exit = AtExit;
        fails_if(failing == 1)?; // @q1
        let x = if failing == 2 { fails(1) } else { passes(1) }?; // @q2
        note(); // @q note
        let y = passes(x)? + if failing == 3 { fails(1)? } else { 2 }; // @q3
        if failing == 4 {
            fails(y)?; // @q4
        }
        for round in 0..3 {
            if round == 1 && failing == 5 { fails(())?; } // @q5
        }
        note(); // @q second note
        Ok(if failing == 6 { fails(x)? } else { y }) // @q6
    }

    #[test]
    fn a_question_mark_that_leaves_is_on_its_line() {
        for failing in 1..=6 {
            assert_eq!(one_by_one(failing), Err(()));
            assert_eq!(
                seen().last(),
                Some(&line(&format!("q{failing}"))),
                "{failing}"
            );
        }
        assert_eq!(one_by_one(0), Ok(3));
        assert_eq!(seen(), lines(["q note", "q second note", "q6"]));
    }

    struct Chain(u32);

    impl Chain {
        fn link(self, number: u32, failing: u32) -> Result<Chain, ()> {
            note();
            let next = self.0 + 1;
            assert_eq!(number, next);
            if number == failing {
                Err(())
            } else {
                Ok(Chain(next))
            }
        }
    }

    #[rustfmt::skip]
    #[frame]
    fn chain(failing: u32) -> Result<u32, ()> {
        let _exit = AtExit;
        let start = Chain(0);
        let end = start // @chain
            .link(1, failing)? // @link 1
            .link(2, failing)? // @link 2
            .link(3, failing)?.link(4, failing)? // @links 3 and 4

            .link(5, failing)?; // @link 5
        Ok(end.0) // @chain end
    }

    #[test]
    fn a_chain_goes_down_its_lines_behind_each_question_mark() {
        // What runs before the first `?` is at the statement's own line.
        let calls = lines([
            "chain",
            "link 2",
            "links 3 and 4",
            "links 3 and 4",
            "link 5",
        ]);
        let exits = lines([
            "link 1",
            "link 2",
            "links 3 and 4",
            "links 3 and 4",
            "link 5",
        ]);
        for failing in 1..=5u32 {
            assert_eq!(chain(failing), Err(()));
            let mut expected = calls[..failing as usize].to_vec();
            expected.push(exits[failing as usize - 1]);
            assert_eq!(seen(), expected, "{failing}");
        }
        assert_eq!(chain(0), Ok(5));
        assert_eq!(seen().last(), Some(&line("chain end")));
    }

    #[rustfmt::skip]
    #[frame]
    fn options(failing: u32) -> Option<u32> {
        let _exit = AtExit;
        let x = (failing != 1).then_some(1)?; // @option 1
        let y = (failing != 2)
            .then_some(2)?; // @option 2
        Some(x + y) // @option 0
    }

    #[test]
    fn options_are_no_different() {
        for failing in 0..3 {
            assert_eq!(options(failing).is_none(), failing != 0);
            assert_eq!(seen(), lines([&format!("option {failing}")]));
        }
    }

    #[rustfmt::skip]
    #[frame]
    fn nested(failing: u32) -> Result<u32, ()> {
        let _exit = AtExit;
        let sum = passes(
            if failing == 1 { fails(1) } else { passes(1) }? // @nested 1
                + if failing == 2 { fails(1) } else { passes(1) }?, // @nested 2
        )?;
        Ok(sum) // @nested 0
    }

    #[test]
    fn a_question_mark_inside_a_call_is_on_its_own_line() {
        for failing in 0..3 {
            assert_eq!(nested(failing).is_err(), failing != 0);
            assert_eq!(seen(), lines([&format!("nested {failing}")]));
        }
    }

    #[rustfmt::skip]
    #[frame]
    fn goes_on() -> Result<u32, ()> {
        let a = passes(0)? // @goes on
            + here();
        Ok(a)
    }

    #[test]
    fn behind_a_question_mark_that_passed_the_statement_goes_on() {
        assert_eq!(goes_on(), Ok(line("goes on")));
    }
}

mod control_flow {
    use super::*;

    #[rustfmt::skip]
    #[frame]
    fn branches(way: u32) -> u32 {
        if note() && way == 0 { // @if
            note(); // @then
            here() // @then tail
        } else if way == 1 {
            note(); // @else if
            here() // @else if tail
        } else {
            here() // @else tail
        }
    }

    #[test]
    fn branches_are_on_their_own_lines() {
        let expected = lines(["then tail", "else if tail", "else tail"]);
        assert_eq!([branches(0), branches(1), branches(2)], expected);
        assert_eq!(seen(), lines(["if", "then", "if", "else if", "if"]));
    }

    #[rustfmt::skip]
    #[frame]
    fn arms(way: Option<u32>) -> u32 {
        match way { // @match
            None => here(), // @none
            Some(0) => {
                note(); // @zero
                here() // @zero tail
            }
            Some(x) if note() && x == 7 => here(), // @guarded
            Some(1) => wide( // @wide
                2,
            ),
            Some(other) =>
                other + here(), // @other
        }
    }

    fn wide(_: u32) -> u32 {
        here()
    }

    #[test]
    fn arms_are_on_their_own_lines() {
        assert_eq!(arms(None), line("none"));
        assert_eq!(arms(Some(0)), line("zero tail"));
        assert_eq!(arms(Some(7)), line("guarded"));
        assert_eq!(arms(Some(1)), line("wide"));
        assert_eq!(arms(Some(100)), line("other") + 100);
        // A guard runs at the `match`.
        assert_eq!(seen(), lines(["zero", "match", "match", "match"]));
    }

    #[rustfmt::skip]
    #[allow(clippy::never_loop)]
    #[frame]
    fn loops() -> Vec<u32> {
        let mut lines = Vec::new();
        for _ in 0..2 {
            lines.push(here()); // @for
            if lines.len() == 1 {
                continue;
            }
            lines.push(here()); // @for end
        }
        while note() && lines.len() < 5 { // @while
            lines.push(here()); // @while body
            note(); // @while note
        }
        loop {
            lines.push(here()); // @loop
            if lines.len() == 7 {
                break;
            }
        }
        lines.push(here()); // @after the loops
        'outer: loop {
            loop {
                note(); // @inner loop
                if lines.len() > 7 {
                    break 'outer;
                }
            }
        }
        lines
    }

    #[test]
    fn loops_are_on_the_line_of_each_round() {
        let expected = [
            "for",
            "for",
            "for end",
            "while body",
            "while body",
            "loop",
            "loop",
            "after the loops",
        ];
        assert_eq!(loops(), lines(expected));
        let notes = [
            "while",
            "while note",
            "while",
            "while note",
            "while",
            "inner loop",
        ];
        assert_eq!(seen(), lines(notes));
    }

    struct Rounds(u32);

    impl Iterator for Rounds {
        type Item = u32;

        fn next(&mut self) -> Option<u32> {
            note();
            self.0 = self.0.checked_sub(1)?;
            Some(self.0)
        }
    }

    #[rustfmt::skip]
    #[frame]
    fn iterates() {
        for round in Rounds(2) { // @head
            note(); // @round
            let _next = round + 1;
            note(); // @round end
        }
        note(); // @after
    }

    #[test]
    fn between_two_rounds_a_loop_is_at_its_head() {
        iterates();
        let round = ["head", "round", "round end"];
        assert_eq!(
            seen(),
            [&lines(round)[..], &lines(round), &lines(["head", "after"])].concat()
        );
    }

    #[frame]
    fn binds(text: Option<&str>) -> u32 {
        let Some(text) = text else {
            return here(); // @let else
        };
        if let Some(rest) = text.strip_prefix('a')
            && rest.len() == 1
        {
            return here(); // @let chain
        }
        here() // @binds nothing
    }

    #[test]
    fn let_else_and_chains_are_on_their_lines() {
        let expected = lines(["let else", "let chain", "binds nothing"]);
        assert_eq!([binds(None), binds(Some("ab")), binds(Some("b"))], expected);
    }

    #[rustfmt::skip]
    #[allow(clippy::never_loop)]
    #[frame]
    fn after_blocks() -> [u32; 4] {
        let a = if note() { 0 } else { 2 } + here(); // @sum
        { note(); } // @block
        let b = here(); // @after a block
        let c = match a { 0 => 0, _ => here() }; // @match in a let
        let d = loop { break here(); }; // @loop in a let
        [a, b, c, d]
    }

    #[test]
    fn what_follows_a_block_is_on_its_own_line() {
        let expected = ["sum", "after a block", "match in a let", "loop in a let"];
        assert_eq!(after_blocks(), lines(expected));
        assert_eq!(seen(), lines(["sum", "block"]));
    }

    #[rustfmt::skip]
    #[frame]
    fn after_a_block_inside() -> [u32; 2] {
        let a = two( // @call of two
            {
                note();
                1
            },
            here(),
        );
        [a, here()] // @after two
    }

    fn two(_: u32, line: u32) -> u32 {
        assert_eq!(line, here());
        line
    }

    #[test]
    fn blocks_inside_a_call_do_not_move_it() {
        assert_eq!(after_a_block_inside(), lines(["call of two", "after two"]));
        assert_eq!(seen(), lines(["call of two"]));
    }
}

mod macros {
    use super::*;

    macro_rules! noted {
        ($($rest:tt)*) => {{
            note();
            $($rest)*
        }};
    }

    #[rustfmt::skip]
    #[frame]
    fn calls_macros() -> Vec<u32> {
        noted!(); // @a macro
        let a = noted!(here()); // @a macro in a let
        let list = vec![ // @vec
            a,
            here(),
        ];
        assert!(note() && list.len() == 2); // @assert
        println!("{}", note()); // @println
        list
    }

    #[test]
    fn a_macro_is_on_the_line_of_its_call() {
        assert_eq!(calls_macros(), lines(["a macro in a let", "vec"]));
        assert_eq!(
            seen(),
            lines(["a macro", "a macro in a let", "assert", "println"])
        );
    }

    macro_rules! make {
        ($name:ident, $value:expr) => {
            #[frame]
            fn $name() -> [u32; 2] {
                let first = here(); // @written in the macro
                let second = $value; // @second in the macro
                [first, second]
            }
        };
    }

    make!(made, here()); // @the macro's call

    #[test]
    fn a_function_made_by_a_macro_has_lines_of_the_file_it_is_in() {
        // A statement is where its tokens were written, as the compiler's own messages have it.
        assert_eq!(
            made(),
            lines(["written in the macro", "second in the macro"])
        );
    }

    #[frame]
    fn closures() -> [u32; 2] {
        let look = || here();
        let first = look(); // @calls a closure
        let second = [1].iter().map(|_| here()).sum(); // @hands over a closure
        [first, second]
    }

    #[test]
    fn a_closure_runs_at_the_line_that_calls_it() {
        assert_eq!(
            closures(),
            lines(["calls a closure", "hands over a closure"])
        );
    }
}

mod code {
    use super::*;

    #[rustfmt::skip]
    #[frame]
    fn spans( // @begins
        a: u32,
        b: u32,
    ) -> &'static stacklens::Code {
        assert!(a < b);
        currentframe().unwrap().code()
    } // @ends

    #[test]
    fn a_function_knows_where_it_begins_and_ends() {
        let code = spans(1, 2);
        assert_eq!(
            (code.first_line(), code.last_line()),
            (line("begins"), line("ends"))
        );
        assert_eq!(code.file(), file!());
        assert_eq!(code.module(), module_path!());
    }
}
