//! Async functions have a frame while they are polled, wherever, by whomever and as far as that
//! happens.

#![cfg(not(feature = "off"))]

use stacklens::{FrameInfo, currentframe, depth, frame, stack};
use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::catch_unwind;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

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

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls to the end.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..10_000 {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
    panic!("it does not end");
}

/// Pending at the first poll, ready at the second.
async fn pause() {
    let mut polled = false;
    poll_fn(|_| {
        if std::mem::replace(&mut polled, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Both at once.
async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(output) = a.as_mut().poll(context)
        {
            first = Some(output);
        }
        if second.is_none()
            && let Poll::Ready(output) = b.as_mut().poll(context)
        {
            second = Some(output);
        }
        match (first.take(), second.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (first, second) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}

/// The first to be ready; the other is dropped.
async fn select<A>(a: impl Future<Output = A>, b: impl Future<Output = A>) -> A {
    let (mut a, mut b) = (pin!(a), pin!(b));
    poll_fn(move |context| match a.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(output),
        Poll::Pending => b.as_mut().poll(context),
    })
    .await
}

#[frame]
async fn leaf() -> Vec<&'static str> {
    pause().await;
    names()
}

#[frame]
async fn middle(n: u32) -> Vec<Vec<&'static str>> {
    let mut seen = vec![names()];
    for _ in 0..n {
        seen.push(leaf().await);
    }
    seen.push(names());
    seen
}

#[frame]
async fn top() -> Vec<Vec<&'static str>> {
    middle(2).await
}

mod polled {
    use super::*;

    #[test]
    fn a_polled_future_has_its_callers_below_it() {
        let above = ["middle", "top"].as_slice();
        let inside = ["leaf", "middle", "top"].as_slice();
        assert_eq!(block_on(top()), [above, inside, inside, above]);
        assert_eq!(depth(), 0);
    }

    #[test]
    fn a_suspended_future_is_not_on_the_stack() {
        let mut future = pin!(top());
        for _ in 0..2 {
            assert!(poll(future.as_mut()).is_pending());
            assert!(depth() == 0 && currentframe().is_none());
        }
        assert!(poll(future.as_mut()).is_ready() && depth() == 0);
    }

    #[frame]
    fn executor<F: Future>(future: F) -> F::Output {
        block_on(future)
    }

    #[test]
    fn the_function_that_polls_is_below_the_future() {
        assert_eq!(executor(leaf()), ["leaf", "executor"]);
    }

    #[frame]
    fn makes() -> impl Future<Output = Vec<&'static str>> {
        leaf()
    }

    #[test]
    fn who_made_the_future_is_not_who_polls_it() {
        assert_eq!(block_on(makes()), ["leaf"]);
    }

    #[frame]
    async fn told() -> (bool, bool, bool) {
        let code = currentframe().unwrap().code();
        (code.is_async(), code.is_method(), code.is_closure())
    }

    #[test]
    fn its_code_says_that_it_is_async() {
        assert_eq!(block_on(told()), (true, false, false));
    }

    struct Server {
        name: String,
    }

    #[frame]
    impl Server {
        async fn serve(&self, requests: &[u32]) -> u32 {
            let mut total = 0;
            for request in requests {
                total += self.handle(*request).await;
            }
            total
        }

        async fn handle(&self, request: u32) -> u32 {
            pause().await;
            assert_eq!(names(), ["handle", "serve"]);
            assert_eq!(shown("request"), request.to_string());
            assert_eq!(
                currentframe().unwrap().qualified_name(),
                concat!(module_path!(), "::Server::handle")
            );
            request + self.name.len() as u32
        }
    }

    #[test]
    fn methods_are_no_different() {
        assert_eq!(
            block_on(
                Server {
                    name: "ab".to_owned()
                }
                .serve(&[1, 2])
            ),
            7
        );
    }
}

mod positions {
    use super::*;

    #[rustfmt::skip]
    #[frame]
    async fn lines() -> Vec<(u32, u32)> {
        let here = || currentframe().unwrap().line();
        let mut seen = vec![(here(), line!())];
        pause().await;
        seen.push((here(), line!()));
        for _ in 0..2 {
            pause().await;
            seen.push((here(), line!()));
        }
        if seen.len() > 3 {
            pause().await;
            seen.push((here(), line!()));
        }
        seen
    }

    #[test]
    fn the_line_is_right_after_each_await() {
        let seen = block_on(lines());
        assert_eq!(seen.len(), 5);
        assert!(
            seen.iter().all(|(frame, compiler)| frame == compiler),
            "{seen:?}"
        );
    }

    #[frame]
    async fn callee(seen: &RefCell<Vec<(u32, u32)>>, call: u32) {
        for _ in 0..2 {
            let caller = currentframe().unwrap().back().unwrap();
            seen.borrow_mut().push((caller.line(), call));
            pause().await;
        }
    }

    #[rustfmt::skip]
    #[frame]
    async fn calls(seen: &RefCell<Vec<(u32, u32)>>) {
        callee(seen, line!()).await;
        callee(seen, line!()).await;
        let ((), ()) = join(callee(seen, line!()), callee(seen, line!())).await;
    }

    #[test]
    fn a_caller_that_waits_is_at_the_line_of_the_call() {
        let seen = RefCell::new(Vec::new());
        block_on(calls(&seen));
        let seen = seen.into_inner();
        assert!(
            seen.len() == 8 && seen.iter().all(|(frame, compiler)| frame == compiler),
            "{seen:?}"
        );
    }

    struct AtExit<'a>(&'a RefCell<u32>);

    impl Drop for AtExit<'_> {
        fn drop(&mut self) {
            *self.0.borrow_mut() = currentframe().unwrap().line();
        }
    }

    async fn fails(fail: bool) -> Result<u32, ()> {
        pause().await;
        if fail { Err(()) } else { Ok(1) }
    }

    #[rustfmt::skip]
    #[frame]
    async fn questions(failing: u32, exit: &RefCell<u32>) -> Result<u32, u32> {
        let _exit = AtExit(exit);
        fails(failing == 1).await.map_err(|()| line!())?;
        let x = fails(failing == 2).await
            .map_err(|()| line!() + 1)
            ?;
        Ok(x)
    }

    #[test]
    fn a_question_mark_behind_an_await_is_on_its_line() {
        for failing in [1, 2] {
            let exit = RefCell::new(0);
            let line = block_on(questions(failing, &exit)).unwrap_err();
            assert_eq!(exit.into_inner(), line);
        }
    }
}

mod values {
    use super::*;

    #[frame]
    async fn keeps(number: i32, text: &str) -> [Vec<String>; 2] {
        let double = number * 2;
        let look = || ["number", "text", "double"].map(shown).to_vec();
        let before = look();
        pause().await;
        let after = look();
        assert!(double > 0 && !text.is_empty());
        [before, after]
    }

    #[test]
    fn scalars_are_known_after_an_await_and_text_is_never_wrong() {
        let [before, after] = block_on(keeps(4, "abc"));
        assert_eq!(before, ["4", "\"abc\"", "8"]);
        assert_eq!([&after[0], &after[2]], ["4", "8"]);
        assert!(
            after[1] == "\"abc\"" || after[1].starts_with('<'),
            "{}",
            after[1]
        );
    }

    #[frame]
    async fn many(base: u64) -> Vec<String> {
        let (a, b, c, d, e, f, g) = (
            base,
            base + 1,
            base + 2,
            base + 3,
            base + 4,
            base + 5,
            base + 6,
        );
        let (h, i, j, k, l, m, n) = (
            base + 7,
            base + 8,
            base + 9,
            base + 10,
            base + 11,
            base + 12,
            base + 13,
        );
        pause().await;
        let seen = [
            "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n",
        ]
        .map(shown)
        .to_vec();
        let _used = [a, b, c, d, e, f, g, h, i, j, k, l, m, n];
        seen
    }

    #[test]
    fn more_variables_than_a_record_holds_are_right_or_said_to_be_unknown() {
        #[frame]
        async fn both() -> (Vec<String>, Vec<String>) {
            join(many(100), many(200)).await
        }
        let (first, second) = block_on(both());
        for (seen, base) in [(first, 100), (second, 200)] {
            for (value, expected) in seen.iter().zip(base..) {
                assert!(
                    *value == expected.to_string() || value.starts_with('<'),
                    "{value} is not {expected}"
                );
            }
        }
    }

    #[frame]
    async fn task(id: usize, rounds: usize) -> usize {
        let mut count = 0;
        for round in 0..rounds {
            pause().await;
            assert_eq!(
                (shown("id"), shown("round")),
                (id.to_string(), round.to_string())
            );
            count += step(id, round).await;
        }
        count
    }

    #[frame]
    async fn step(id: usize, round: usize) -> usize {
        let product = id * round;
        pause().await;
        assert_eq!(shown("product"), product.to_string());
        assert_eq!(names()[..2], ["step", "task"]);
        1
    }

    /// Each has a turn in each round.
    fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
        let mut futures: Vec<_> = futures
            .into_iter()
            .map(|future| (Box::pin(future), None))
            .collect();
        while futures.iter().any(|(_, output)| output.is_none()) {
            for (future, output) in &mut futures {
                if output.is_none()
                    && let Poll::Ready(ready) = poll(future.as_mut())
                {
                    *output = Some(ready);
                }
            }
        }
        futures
            .into_iter()
            .filter_map(|(_, output)| output)
            .collect()
    }

    #[test]
    fn a_hundred_tasks_in_turn_do_not_see_each_others_values() {
        assert_eq!(
            all((0..100).map(|id| task(id, 1 + id % 5))),
            (0..100).map(|id| 1 + id % 5).collect::<Vec<_>>()
        );
    }
}

mod moved {
    use super::*;
    use std::thread;

    #[frame]
    async fn travels(stops: u32) -> Vec<(Vec<&'static str>, String)> {
        let mut seen = Vec::new();
        for stop in 0..stops {
            seen.push((names(), shown("stop")));
            pause().await;
            seen.push((names(), shown("stop")));
            assert!(stop < stops);
        }
        seen
    }

    #[test]
    fn a_future_that_moves_between_threads_takes_its_frame_along() {
        let mut future = Box::pin(travels(5));
        let seen = loop {
            let step = thread::spawn(move || {
                // The thread has frames of its own, and other values where the future's were.
                #[frame]
                fn elsewhere<F: Future>(future: Pin<&mut F>, salt: u64) -> Poll<F::Output> {
                    let value = salt.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    let polled = poll(future);
                    assert!(value != 1 && depth() == 1);
                    polled
                }
                let polled = elsewhere(future.as_mut(), 77);
                (future, polled)
            });
            match step.join().unwrap() {
                (_, Poll::Ready(seen)) => break seen,
                (back, Poll::Pending) => future = back,
            }
        };
        assert_eq!(seen.len(), 10);
        for (i, (names, stop)) in seen.into_iter().enumerate() {
            assert_eq!(
                (names, stop),
                (vec!["travels", "elsewhere"], (i / 2).to_string())
            );
        }
        assert_eq!(depth(), 0);
    }

    #[test]
    fn futures_of_annotated_functions_stay_send() {
        fn send<T: Send>(_: T) {}
        send(travels(1));
        send(top());
        send(values_across_an_await());
    }

    #[frame]
    async fn values_across_an_await() -> usize {
        let text = String::from("abc");
        let list = vec![1, 2];
        pause().await;
        text.len() + list.len()
    }
}

mod cut_short {
    use super::*;

    struct Looks<'a>(&'a RefCell<Vec<Vec<&'static str>>>);

    impl Drop for Looks<'_> {
        fn drop(&mut self) {
            self.0.borrow_mut().push(names());
        }
    }

    #[frame]
    async fn holds(seen: &RefCell<Vec<Vec<&'static str>>>, forever: bool) -> u32 {
        let _looks = Looks(seen);
        pause().await;
        if forever {
            pending::<()>().await;
        }
        1
    }

    #[test]
    fn a_future_dropped_mid_way_leaves_no_frame() {
        let seen = RefCell::new(Vec::new());
        {
            let mut future = Box::pin(holds(&seen, true));
            assert!(poll(future.as_mut()).is_pending() && poll(future.as_mut()).is_pending());
        }
        assert_eq!(depth(), 0);
        // Its destructors run outside of any poll.
        assert_eq!(seen.into_inner(), [Vec::<&str>::new()]);
    }

    #[test]
    fn a_future_that_is_never_polled_leaves_nothing() {
        let seen = RefCell::new(Vec::new());
        drop(holds(&seen, true));
        assert!(depth() == 0 && seen.into_inner().is_empty());
    }

    #[frame]
    async fn races(seen: &RefCell<Vec<Vec<&'static str>>>) -> u32 {
        let winner = select(holds(seen, true), holds(seen, false)).await;
        assert_eq!(names(), ["races"]);
        winner
    }

    #[test]
    fn the_loser_of_a_race_is_dropped_below_the_racer() {
        let seen = RefCell::new(Vec::new());
        assert_eq!(block_on(races(&seen)), 1);
        assert_eq!(seen.into_inner(), [vec!["holds", "races"], vec!["races"]]);
    }

    #[frame]
    async fn panics(level: u32) {
        pause().await;
        if level == 0 {
            panic!("as asked");
        }
        Box::pin(panics(level - 1)).await;
    }

    #[test]
    fn a_panic_in_a_poll_takes_its_frames_with_it() {
        let caught = catch_unwind(|| block_on(panics(5)));
        assert!(caught.is_err() && depth() == 0);
        assert_eq!(block_on(leaf()), ["leaf"]);
    }

    #[test]
    fn a_forgotten_future_leaves_no_frame() {
        let seen = RefCell::new(Vec::new());
        let mut future = std::mem::ManuallyDrop::new(Box::pin(holds(&seen, true)));
        assert!(poll(future.as_mut()).is_pending());
        std::mem::forget(leaf());
        assert!(depth() == 0 && seen.borrow().is_empty());
        drop(std::mem::ManuallyDrop::into_inner(future));
    }

    #[frame]
    async fn deep(level: u32) -> usize {
        if level == 0 {
            pause().await;
            return depth();
        }
        Box::pin(deep(level - 1)).await
    }

    #[test]
    fn recursion_through_boxes_has_a_frame_a_level() {
        assert_eq!(block_on(deep(99)), 100);
        assert_eq!(depth(), 0);
    }

    #[frame]
    fn sync_inside(n: u32) -> Vec<&'static str> {
        // An executor inside a poll.
        let inside = block_on(leaf());
        assert_eq!(inside, ["leaf", "sync_inside", "nests"]);
        assert_eq!(shown("n"), n.to_string());
        inside
    }

    #[frame]
    async fn nests() -> usize {
        pause().await;
        let inside = sync_inside(7);
        pause().await;
        inside.len()
    }

    #[test]
    fn an_executor_inside_a_poll_nests() {
        assert_eq!(block_on(nests()), 3);
    }
}

/// Texts and containers that were copied before the frame was suspended, by all who may ask while it runs.
#[test]
fn what_was_copied_before_a_suspension_is_read_after_it_by_all_who_ask() {
    #[frame]
    fn caller_is_asked() -> String {
        stack()[1].locals().to_string()
    }

    #[frame]
    async fn fetch(url: &str) -> Vec<String> {
        let ids = vec![1, 2, 3];
        pause().await;
        let live = currentframe().expect("this one").locals();
        let copied = stack()[0].locals();
        let own = stacklens::threads::dump_all();
        let own = own.current().expect("this one").frames()[0].locals();
        let shown = [live, copied, own].map(|locals| locals.to_string());
        let traced = stacklens::Traceback::capture().to_string();
        for value in [r#" = "https://example.com""#, " = [1, 2, 3]"] {
            assert!(traced.contains(value), "{traced}");
        }
        // What is copied now lies elsewhere than what was kept.
        let late = format!("{url}?late");
        let mut shown: Vec<String> = shown
            .iter()
            .map(|shown| shown[..shown.find(", live").unwrap_or(shown.len())].to_owned())
            .collect();
        shown.push(caller_is_asked());
        pause().await;
        assert!(late.ends_with("late") && ids.len() == 3);
        shown.push(currentframe().expect("this one").locals().to_string());
        shown
    }

    let shown = block_on(fetch("https://example.com"));
    let kept = r#"{url: "https://example.com", ids: [1, 2, 3]"#;
    assert_eq!(shown[..3], [kept; 3]);
    for late in &shown[3..] {
        assert!(late.starts_with(kept), "{late}");
        assert!(
            late.contains(r#"late: "https://example.com?late""#),
            "{late}"
        );
    }
}
