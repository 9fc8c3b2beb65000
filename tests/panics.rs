//! A panic anywhere, re-entrance and leaks: the stack stays what it should be.

#![cfg(not(feature = "off"))]

use stacklens::{Encoder, FrameInfo, Inspect, currentframe, depth, frame, framed, stack};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The names of the active frames, innermost first.
fn names() -> Vec<&'static str> {
    stack().iter().map(FrameInfo::name).collect()
}

/// The innermost annotated function's variable, as it is shown.
fn shown(name: &str) -> String {
    let locals = currentframe().expect("an annotated caller").locals();
    locals.get(name).map_or_else(
        || "(no such variable)".to_owned(),
        |local| local.value().to_string(),
    )
}

#[frame]
fn leaf() -> Vec<&'static str> {
    names()
}

fn caught<R>(f: impl FnOnce() -> R) -> Option<R> {
    let before = depth();
    let result = catch_unwind(AssertUnwindSafe(f)).ok();
    assert_eq!(depth(), before, "as deep as before");
    result
}

mod at_every_position {
    use super::*;

    thread_local! {
        /// Calls of `step` that are still to pass.
        static LEFT: Cell<u32> = const { Cell::new(0) };
        static SEEN: RefCell<Vec<(u32, Vec<&'static str>)>> = const { RefCell::new(Vec::new()) };
    }

    /// Passes its argument on, or panics if it is the chosen call.
    fn step<T>(value: T) -> T {
        let left = LEFT.get();
        assert!(left != 0, "as asked");
        LEFT.set(left - 1);
        value
    }

    fn pass<T>(value: T) -> Result<T, String> {
        Ok(step(value))
    }

    struct Looks(u32);

    impl Drop for Looks {
        fn drop(&mut self) {
            SEEN.with_borrow_mut(|seen| seen.push((self.0, names())));
            assert_eq!(leaf()[0], "leaf");
        }
    }

    impl Iterator for Looks {
        type Item = u32;

        fn next(&mut self) -> Option<u32> {
            self.0 = step(self.0).checked_sub(1)?;
            Some(self.0)
        }
    }

    #[frame]
    fn everything(mut n: u32, text: String) -> Result<String, String> {
        let _first = Looks(1);
        let a = step(n) + step(1);
        let (b, [c, _]) = (step(2), step([3, 4]));
        let Some(d) = step(Some(5)) else {
            return Err("never".to_owned());
        };
        n += step(1);
        n = step(n);
        if step(n > 100) {
            step(());
        } else if let Some(e) = step(Some(6))
            && step(e == 6)
        {
            let _second = Looks(2);
            step(());
        }
        for i in step(Looks(3)) {
            let _third = Looks(4);
            step(i);
            if step(i) == 1 {
                continue;
            }
            step(());
        }
        let mut rounds = 0;
        while step(rounds) < 2 {
            rounds += step(1);
        }
        let looped = loop {
            step(());
            if step(true) {
                break step(7);
            }
        };
        match step(looped) {
            0 => {
                step(());
            }
            7 if step(true) => {
                step(8);
            }
            _ => {}
        }
        let chained = pass(1_u32)?
            .checked_add(pass(2)?)
            .ok_or_else(String::new)
            .and_then(pass)?;
        let closure = |x: u32| step(x) + 1;
        let inner = framed!("block", {
            let _fourth = Looks(5);
            recursive(step(2))?
        });
        let caught = catch_unwind(|| step(1)).map_err(|_| "inside".to_owned())?;
        let joined = step(format!("{text}{}", step(n)));
        let _ = step(a + b + c + d + chained + closure(1) + inner + caught);
        Ok(step(joined))
    }

    #[frame]
    fn recursive(n: u32) -> Result<u32, String> {
        let _looks = Looks(10 + n);
        Ok(if pass(n)? == 0 {
            step(0)
        } else {
            recursive(n - 1)? + step(1)
        })
    }

    #[test]
    fn the_stack_is_as_it_was_and_destructors_see_their_own_frames() {
        for position in 0.. {
            LEFT.set(position);
            SEEN.take();
            let result = caught(|| everything(1, "text".to_owned()));
            for (number, names) in SEEN.take() {
                let expected: &[&str] = match number {
                    5 => &["block", "everything"],
                    10 => &["recursive", "recursive", "recursive", "block", "everything"],
                    11 => &["recursive", "recursive", "block", "everything"],
                    12 => &["recursive", "block", "everything"],
                    _ => &["everything"],
                };
                assert_eq!(
                    names, expected,
                    "destructor {number} at position {position}"
                );
            }
            assert_eq!(leaf(), ["leaf"]);
            // A panic inside the function's own `catch_unwind` comes back as an error.
            if let Some(Ok(text)) = result {
                assert_eq!(text, "text2");
                assert!(position > 40, "{position} positions");
                return;
            }
        }
    }

    #[test]
    fn below_other_frames_and_twice_in_a_row_too() {
        #[frame]
        fn around(position: u32) -> bool {
            let first = caught(|| {
                LEFT.set(position);
                everything(1, "a".to_owned())
            });
            let second = caught(|| {
                LEFT.set(position / 2);
                everything(2, "b".to_owned())
            });
            assert_eq!(
                (shown("position"), names()),
                (position.to_string(), vec!["around"])
            );
            SEEN.take();
            first.is_some() && second.is_some()
        }
        assert!((0..).any(around));
    }
}

mod in_destructors {
    use super::*;

    struct Panics(&'static str);

    impl Drop for Panics {
        fn drop(&mut self) {
            #[frame]
            fn in_drop(name: &str) {
                panic!("{name}");
            }
            in_drop(self.0);
        }
    }

    #[frame]
    fn ends_badly() -> u32 {
        let _guard = Panics("at the end");
        1
    }

    #[test]
    fn a_panic_in_a_destructor_leaves_no_frame() {
        assert!(caught(ends_badly).is_none());
        assert_eq!((depth(), leaf()), (0, vec!["leaf"]));
    }

    struct Survives(u32);

    impl Drop for Survives {
        fn drop(&mut self) {
            let before = names();
            if self.0 > 0 {
                // A panic and a whole unwinding inside an unwinding.
                let inner = caught(|| unwinds(self.0 - 1));
                assert!(inner.is_none());
            }
            assert_eq!(names(), before);
        }
    }

    #[frame]
    fn unwinds(levels: u32) {
        let _survives = Survives(levels);
        panic!("level {levels}");
    }

    #[test]
    fn unwinding_inside_unwinding_keeps_both_stacks_right() {
        assert!(caught(|| unwinds(6)).is_none());
        assert_eq!(depth(), 0);
    }
}

mod while_capturing {
    use super::*;

    thread_local! {
        static CALLS: Cell<u32> = const { Cell::new(0) };
    }

    /// Panics when it is looked at.
    struct Bad;

    impl Inspect for Bad {
        fn inspect(&self, _: &mut Encoder<'_>) {
            CALLS.set(CALLS.get() + 1);
            panic!("in `inspect`");
        }
    }

    impl fmt::Debug for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            CALLS.set(CALLS.get() + 1);
            panic!("in `fmt`");
        }
    }

    #[frame]
    fn cheap(before: i32, bad: &Bad, after: i32) -> [String; 3] {
        let all = [shown("before"), shown("bad"), shown("after")];
        let _ = (before, bad, after);
        all
    }

    #[frame(capture = "full")]
    fn full(before: i32, bad: &Bad, after: i32) -> [String; 3] {
        let all = [shown("before"), shown("bad"), shown("after")];
        let _ = (before, bad, after);
        all
    }

    #[test]
    fn a_panic_in_the_values_own_code_stays_inside() {
        for function in [cheap, full] {
            CALLS.set(0);
            let [before, bad, after] = function(1, &Bad, 2);
            assert!(CALLS.get() > 0, "it was not looked at");
            assert_eq!((&*before, &*after), ("1", "2"));
            assert!(bad.starts_with('<'), "{bad}");
            assert_eq!(depth(), 0);
        }
        assert!(stacklens::Value::of(&Bad).to_string().starts_with('<'));
    }

    /// Calls annotated functions when it is looked at, which capture it again.
    struct Reenters(u32);

    impl Reenters {
        fn look(&self) {
            CALLS.set(CALLS.get() + 1);
            assert!(CALLS.get() < 10_000, "without end");
            inside(self, "text in the arena", vec![1, 2, 3]);
            assert!(caught(|| inside_panics(self)).is_none());
        }
    }

    #[frame(capture = "full")]
    fn inside(value: &Reenters, text: &str, list: Vec<i32>) {
        assert_eq!(names()[0], "inside");
        assert!(value.0 > 0 && !text.is_empty() && list.len() == 3);
    }

    #[frame]
    fn inside_panics(value: &Reenters) {
        assert!(value.0 == 0, "as asked");
    }

    impl Inspect for Reenters {
        fn inspect(&self, encoder: &mut Encoder<'_>) {
            self.look();
            self.0.inspect(encoder);
        }
    }

    impl fmt::Debug for Reenters {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.look();
            f.write_str("Reenters")
        }
    }

    #[frame]
    fn captures(first: &str, value: &Reenters, last: &str) -> Vec<&'static str> {
        let doubled = format!("{first}{first}");
        assert_eq!(
            (shown("first"), shown("last")),
            (format!("{first:?}"), format!("{last:?}"))
        );
        assert_eq!(shown("doubled"), format!("{doubled:?}"));
        assert!(value.0 > 0);
        names()
    }

    #[frame(capture = "full")]
    fn captures_in_full(first: &str, value: &Reenters, last: &str) -> Vec<&'static str> {
        let doubled = format!("{first}{first}");
        assert_eq!(
            (shown("first"), shown("last")),
            (format!("{first:?}"), format!("{last:?}"))
        );
        assert_eq!(shown("doubled"), format!("{doubled:?}"));
        assert!(value.0 > 0);
        names()
    }

    #[test]
    fn values_whose_own_code_is_annotated_do_not_disturb_the_frame_they_are_captured_in() {
        assert_eq!(captures("abc", &Reenters(1), "xyz"), ["captures"]);
        assert!(CALLS.replace(0) > 0, "it was not looked at");
        assert_eq!(
            captures_in_full("abc", &Reenters(1), "xyz"),
            ["captures_in_full"]
        );
        assert!(CALLS.get() > 0, "it was not looked at");
        assert_eq!(depth(), 0);
    }

    /// Keeps `stack()` of the time it is looked at.
    struct Looks<'a>(&'a RefCell<Vec<String>>);

    impl Inspect for Looks<'_> {
        fn inspect(&self, encoder: &mut Encoder<'_>) {
            let stack = stack();
            self.0
                .borrow_mut()
                .push(format!("{} {}", stack, stack[0].locals()));
            ().inspect(encoder);
        }
    }

    #[frame]
    fn looked_at(text: &str, looks: &Looks<'_>, number: u8) -> String {
        let shown = currentframe().unwrap().locals().to_string();
        let _ = (text, looks, number);
        shown
    }

    #[test]
    fn a_value_that_looks_at_the_stack_while_it_is_captured_sees_no_garbage() {
        let seen = RefCell::new(Vec::new());
        for round in 0..3 {
            // What another call left in the same slots.
            std::hint::black_box(captures(&"x".repeat(round * 20), &Reenters(1), "y"));
            let text = looked_at("abc", &Looks(&seen), 5);
            assert!(
                text.contains("text: \"abc\"") && text.contains("number: 5"),
                "{text}"
            );
        }
        for text in seen.into_inner() {
            assert!(text.contains("looked_at"), "{text}");
        }
    }

    #[derive(Inspect)]
    struct Cyclic {
        next: RefCell<Option<std::rc::Rc<Cyclic>>>,
    }

    #[frame]
    fn cycle(node: &Cyclic) -> String {
        let shown = shown("node");
        assert!(node.next.borrow().is_some());
        shown
    }

    #[test]
    fn a_value_that_contains_itself_is_cut() {
        let node = std::rc::Rc::new(Cyclic {
            next: RefCell::new(None),
        });
        *node.next.borrow_mut() = Some(node.clone());
        let text = cycle(&node);
        assert!(text.len() < 1000, "{text}");
        *node.next.borrow_mut() = None;
    }
}

mod forgotten {
    use super::*;
    use std::future::Future;
    use std::task::{Context, Waker};

    #[frame]
    async fn waits(text: String) -> usize {
        let copy = text.clone();
        std::future::pending::<()>().await;
        copy.len()
    }

    #[allow(forgetting_copy_types, reason = "everything is forgotten")]
    #[frame]
    fn forgets(text: &str) {
        forget(currentframe());
        forget(stack());
        forget(currentframe().unwrap().locals());
        forget(currentframe().unwrap().info());
        forget(stacklens::Traceback::capture());
        forget(stacklens::Value::of(text));
        forget(framed!("block", (currentframe(), stack())));
        let mut future = Box::pin(waits(text.to_owned()));
        assert!(
            future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
                .is_pending()
        );
        forget(future);
        forget(Box::pin(waits(text.to_owned())));
        let closure = || framed!("closure", depth());
        assert_eq!(closure(), 2);
        forget(closure);
        forget(String::from(text));
        forget(caught(|| panic!("as asked")));
        assert_eq!(leaf(), ["leaf", "forgets"]);
    }

    #[test]
    fn everything_that_can_be_forgotten_leaves_the_stack_right() {
        for _ in 0..10 {
            forgets("abc");
            assert_eq!(depth(), 0);
        }
        std::thread::spawn(|| forgets("abc")).join().unwrap();
    }

    /// The payload of a panic that panics when it is dropped may only be forgotten.
    #[test]
    fn a_payload_that_is_forgotten_is_no_frame() {
        struct Payload;
        impl Drop for Payload {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        #[frame]
        fn throws() {
            std::panic::panic_any(Payload);
        }
        let payload = catch_unwind(throws).unwrap_err();
        assert!(payload.is::<Payload>() && depth() == 0);
        forget(payload);
    }
}

mod hooks {
    use super::*;
    use std::panic::{set_hook, take_hook};
    use std::sync::Mutex;

    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

    #[frame]
    fn thrower(number: i32) {
        assert!(number == 0, "chosen panic");
    }

    #[frame]
    fn hook(message: &str) -> String {
        let stack = stack();
        assert!(!message.is_empty());
        stack
            .iter()
            .map(|frame| format!("{} {}; ", frame.name(), frame.locals()))
            .collect()
    }

    #[test]
    fn a_panic_hook_sees_the_frames_that_panic_and_has_its_own() {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            if info
                .payload_as_str()
                .is_some_and(|text| text == "chosen panic")
            {
                SEEN.lock().unwrap().push(hook("called"));
            } else {
                previous(info);
            }
        }));
        assert!(caught(|| thrower(7)).is_none());
        let seen = std::mem::take(&mut *SEEN.lock().unwrap());
        assert_eq!(
            seen,
            ["hook {message: \"called\", stack: <not yet assigned>}; thrower {number: 7}; "]
        );
    }
}
