//! Variables that are not assigned yet, moved, dropped or shadowed: what is said of them in functions with `#[frame]`,
//! where the macro knows, and in others, where nobody does.
#![cfg(all(
    feature = "native",
    target_os = "linux",
    target_arch = "x86_64",
    not(feature = "off")
))]
// Values are read from memory, and never otherwise.
#![allow(dead_code, unused_variables, unused_assignments)]
// As programs write it.
#![allow(
    clippy::needless_late_init,
    clippy::match_single_binding,
    clippy::single_match,
    clippy::useless_vec
)]

use stacklens::native::{self, FrameLocals};
use stacklens::{Origin, frame};
use std::cell::RefCell;
use std::hint::black_box;

thread_local! {
    static SEEN: RefCell<Vec<FrameLocals>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is known of the function that calls this.
#[inline(never)]
fn look() {
    let locals = native::locals();
    let caller = locals.frames()[1].clone();
    SEEN.with_borrow_mut(|seen| seen.push(caller));
}

#[inline(never)]
fn look_and<T>(value: T) -> T {
    let locals = native::locals();
    let caller = locals.frames()[1].clone();
    SEEN.with_borrow_mut(|seen| seen.push(caller));
    value
}

/// What was seen of one function, in order.
fn seen(run: impl FnOnce()) -> Vec<FrameLocals> {
    SEEN.with_borrow_mut(Vec::clear);
    run();
    SEEN.with_borrow_mut(std::mem::take)
}

#[track_caller]
fn value(frame: &FrameLocals, name: &str) -> String {
    let locals = frame.locals();
    let local = locals.get(name);
    local
        .unwrap_or_else(|| panic!("no {name} in {locals}"))
        .value()
        .to_string()
}

/// What no copy is recorded of.
#[derive(Debug, Clone)]
struct Order {
    id: u32,
    items: Vec<&'static str>,
}

impl Order {
    fn new(id: u32) -> Order {
        Order {
            id,
            items: vec!["a", "b"],
        }
    }
}

const ORDER: &str = r#"Order { id: 7, items: ["a", "b"] }"#;

#[inline(never)]
fn consume(order: Order) -> u32 {
    black_box(order).id
}

#[test]
fn what_is_not_recorded_is_read_from_memory_while_it_is_sure_to_be_there() {
    #[frame]
    fn work(number: u32) {
        let order = Order::new(7);
        look();
        let kept = consume(order.clone());
        look();
        consume(order);
        look();
        black_box(kept);
    }
    let seen = seen(|| work(3));
    for (frame, expected) in seen.iter().zip([ORDER, ORDER, "<moved?>"]) {
        assert!(frame.is_annotated());
        assert_eq!(value(frame, "order"), expected);
        let order = frame.locals().get("order").unwrap();
        let number = frame.locals().get("number").unwrap();
        assert_eq!(number.origin(), Origin::Recorded);
        assert_eq!(order.origin() == Origin::DebugInfo, expected == ORDER);
        assert_eq!(order.as_of_line(), None);
    }
    assert_eq!(
        seen[2].locals().get("kept").unwrap().value().as_u64(),
        Some(7)
    );
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_value_that_changed_is_read_anew() {
    #[frame]
    fn work() {
        let mut list = vec![1];
        look();
        list.push(2);
        list.push(look_and(3));
        look();
        let mut order = Order::new(7);
        order.id = 8;
        order.items.clear();
        look();
        black_box((&list, &order));
    }
    let seen = seen(work);
    let lists: Vec<String> = seen.iter().map(|frame| value(frame, "list")).collect();
    assert_eq!(lists, ["[1]", "[1, 2]", "[1, 2, 3]", "[1, 2, 3]"]);
    assert!(
        seen.iter()
            .all(|frame| frame.locals().get("list").unwrap().as_of_line().is_none())
    );
    assert_eq!(value(&seen[3], "order"), "Order { id: 8, items: [] }");
    assert_eq!(value(&seen[0], "order"), "<not yet assigned>");
}

#[test]
fn what_is_not_assigned_yet_is_never_read() {
    #[frame]
    fn scrutinee(input: Option<u32>) {
        if let Some(found) = look_and(input.map(Order::new)) {
            look();
            black_box(&found);
        }
        while let Some(next) = look_and(None::<Order>) {
            black_box(&next);
        }
    }
    #[frame]
    fn deferred(flag: bool) {
        let order;
        look();
        if flag {
            order = Order::new(7);
        } else {
            order = Order::new(8);
        }
        look();
        black_box(&order);
    }
    let seen_in_scrutinee = seen(|| scrutinee(Some(7)));
    assert_eq!(seen_in_scrutinee.len(), 3);
    let [before, inside, after] = &seen_in_scrutinee[..] else {
        panic!()
    };
    assert!(matches!(
        before
            .locals()
            .get("found")
            .map(|l| l.value().is_assigned()),
        None | Some(false)
    ));
    assert_eq!(value(inside, "found"), ORDER);
    assert!(matches!(
        after.locals().get("next").map(|l| l.value().is_assigned()),
        None | Some(false)
    ));
    let seen_in_deferred = seen(|| deferred(true));
    assert_eq!(value(&seen_in_deferred[0], "order"), "<not yet assigned>");
    assert_eq!(value(&seen_in_deferred[1], "order"), ORDER);
}

#[test]
fn each_round_of_a_loop_has_its_own_variables() {
    #[frame]
    fn rounds() {
        let mut kept = None;
        for id in 7..9 {
            let order;
            look();
            order = Order::new(id);
            look();
            kept = Some(order);
            look();
        }
        black_box(&kept);
    }
    let seen = seen(rounds);
    let orders: Vec<String> = seen.iter().map(|frame| value(frame, "order")).collect();
    let second = ORDER.replace('7', "8");
    let expected = [
        "<not yet assigned>",
        ORDER,
        "<moved?>",
        "<not yet assigned>",
        &second,
        "<moved?>",
    ];
    assert_eq!(orders, expected);
    let kept: Vec<String> = seen.iter().map(|frame| value(frame, "kept")).collect();
    assert_eq!(kept[2], format!("Some({ORDER})"));
    assert_eq!(kept[3], kept[2]);
}

#[test]
fn what_is_dropped_or_captured_by_move_is_not_read() {
    #[frame]
    fn work() {
        let order = Order::new(7);
        drop(order);
        look();
        let other = Order::new(8);
        let closure = move || other.id;
        look();
        let third = Order::new(9);
        let boxed = vec![third];
        look();
        let fourth = Order::new(10);
        let id = match fourth {
            Order { id, .. } => id,
        };
        look();
        black_box((closure(), &boxed, id));
    }
    let seen = seen(work);
    for (frame, name) in seen.iter().zip(["order", "other", "third", "fourth"]) {
        assert_eq!(value(frame, name), "<moved?>");
    }
    assert_eq!(
        value(&seen[2], "boxed"),
        r#"[Order { id: 9, items: ["a", "b"] }]"#
    );
}

impl Order {
    fn take(self) -> u32 {
        black_box(self).id
    }

    /// What std's types have by this name borrows.
    fn push(self, item: &'static str) -> Order {
        let mut order = self;
        order.items.push(item);
        order
    }

    fn look_at(&self) -> usize {
        black_box(self).items.len()
    }
}

static SEVEN: Order = Order {
    id: 7,
    items: Vec::new(),
};

const MOVED: &str = "<moved?>";
const GONE: &str = "<omitted: what it refers to may be gone>";

#[test]
fn any_method_may_take_what_it_is_called_on() {
    #[frame]
    fn taken() {
        let order = Order::new(7);
        order.take();
        look();
        let other = Order::new(8);
        let longer = other.push("c");
        look();
        black_box(&longer);
    }
    #[frame]
    fn borrowed() {
        let order = Order::new(7);
        order.look_at();
        look();
        let mut list = vec![Order::new(8)];
        list.push(Order::new(9));
        look();
        black_box(&order);
    }
    #[frame]
    fn argument(order: Order) {
        order.take();
        look();
    }
    let seen = seen(|| {
        taken();
        borrowed();
        argument(Order::new(7));
    });
    assert_eq!(value(&seen[0], "order"), MOVED);
    assert_eq!(value(&seen[1], "other"), MOVED);
    assert!(value(&seen[1], "longer").contains(r#"["a", "b", "c"]"#));
    assert_eq!(
        value(&seen[2], "order"),
        ORDER,
        "it is used as a whole later"
    );
    let list = value(&seen[3], "list");
    assert!(
        list.contains("id: 8") && list.contains("id: 9"),
        "a `Vec`'s `push` borrows: {list}"
    );
    assert_eq!(value(&seen[4], "order"), MOVED);
}

#[test]
fn what_is_used_later_was_not_moved_on_the_way_there() {
    #[frame]
    fn branches(flag: bool) {
        let order = Order::new(7);
        if flag {
            order.take();
            look();
        } else {
            order.look_at();
        }
        look();
    }
    #[frame]
    fn leaves(flag: bool) {
        let order = Order::new(7);
        if flag {
            order.take();
            look();
            return;
        }
        look();
        order.look_at();
    }
    #[frame]
    fn breaks() {
        let order = Order::new(7);
        let mut rounds = 0;
        loop {
            rounds += 1;
            look();
            if rounds == 2 {
                order.take();
                break;
            }
            order.look_at();
        }
        look();
    }
    #[frame]
    fn rounds() {
        let order = Order::new(7);
        for _ in 0..2 {
            look();
            order.look_at();
        }
        look();
    }
    #[frame]
    fn assigned() {
        let mut order = Order::new(7);
        order.take();
        look();
        order = Order::new(8);
        look();
        order.look_at();
    }
    let run = |run: &dyn Fn()| -> Vec<String> {
        seen(run)
            .iter()
            .map(|frame| value(frame, "order"))
            .collect()
    };
    assert_eq!(run(&|| branches(true)), [MOVED, MOVED]);
    assert_eq!(run(&|| branches(false)), [MOVED]);
    assert_eq!(run(&|| leaves(true)), [MOVED]);
    assert_eq!(run(&|| leaves(false)), [ORDER]);
    assert_eq!(run(&breaks), [ORDER, ORDER, MOVED]);
    assert_eq!(run(&rounds), [ORDER, ORDER, ORDER]);
    let eighth = ORDER.replace('7', "8");
    assert_eq!(run(&assigned), [MOVED, &eighth]);
}

#[test]
fn what_lost_a_part_is_not_shown() {
    struct Line {
        number: u32,
        text: String,
        boxed: Box<Order>,
    }
    fn line() -> Line {
        Line {
            number: 3,
            text: "text".to_owned(),
            boxed: Box::new(Order::new(7)),
        }
    }
    #[frame]
    fn copied() {
        let line = line();
        let number = line.number;
        look();
        let length = line.text.len();
        look();
        black_box((number, length));
    }
    #[frame]
    fn taken() {
        let line = line();
        drop(line.text);
        look();
        black_box(line.number);
    }
    #[frame]
    fn matched() {
        let line = Some(line());
        match line {
            Some(inner) => drop(inner),
            None => {}
        }
        look();
    }
    #[frame]
    fn matched_in_one_arm(flag: bool) {
        let line = flag.then(line);
        match line {
            Some(inner) => drop(inner),
            None => {
                black_box(&line);
            }
        }
        look();
    }
    #[frame]
    fn let_else(flag: bool) {
        let line = flag.then(line);
        let Some(inner) = line else {
            look();
            black_box(&line);
            return;
        };
        drop(inner);
        look();
    }
    #[frame]
    fn matched_and_gone(flag: bool) {
        let line = flag.then(line);
        if let Some(inner) = line {
            drop(inner);
            look();
            return;
        }
        look();
        black_box(&line);
    }
    #[frame]
    fn unboxed() {
        let line = Box::new(line());
        let content = *line;
        drop(content);
        look();
    }
    #[frame]
    fn given_anew() {
        let mut line = line();
        drop(line.text);
        look();
        line.text = "new".to_owned();
        black_box(&line);
    }
    let whole = r#"Line { number: 3, text: "text", boxed: Order { id: 7, items: ["a", "b"] } }"#;
    let run =
        |run: fn()| -> Vec<String> { seen(run).iter().map(|frame| value(frame, "line")).collect() };
    assert_eq!(run(copied), [whole, whole]);
    assert_eq!(run(taken), [MOVED]);
    assert_eq!(run(matched), [MOVED]);
    for flag in [true, false] {
        let run = |run: fn(bool)| -> Vec<String> {
            let seen = seen(|| run(flag));
            seen.iter().map(|frame| value(frame, "line")).collect()
        };
        assert_eq!(run(matched_in_one_arm), [MOVED]);
        assert_eq!(run(let_else), [MOVED]);
        assert_eq!(run(matched_and_gone), [if flag { MOVED } else { "None" }]);
    }
    assert_eq!(run(unboxed), [MOVED]);
    assert_eq!(run(given_anew), [MOVED]);
}

#[test]
fn what_a_reference_refers_to_is_read_up_to_its_last_use() {
    #[frame]
    fn work(given: &Order) {
        let order = Order::new(7);
        let constant: &Order = &SEVEN;
        constant.look_at();
        let refers = &order;
        look();
        refers.look_at();
        look();
        drop(order);
        look();
        given.look_at();
        look();
    }
    #[frame]
    fn in_one_statement() {
        let order = Order::new(7);
        let refers = &order;
        look_and((refers.look_at(), order.take(), look()));
    }
    let seen = seen(|| {
        work(&Order::new(7));
        in_one_statement();
    });
    assert_eq!(value(&seen[2], "constant"), "Order { id: 7, items: [] }");
    let refers: Vec<String> = seen.iter().map(|frame| value(frame, "refers")).collect();
    assert_eq!(refers, [ORDER, GONE, GONE, GONE, GONE, GONE]);
    let given: Vec<String> = seen[..4]
        .iter()
        .map(|frame| value(frame, "given"))
        .collect();
    assert_eq!(given, [ORDER; 4]);
}

#[test]
fn the_initialiser_of_a_shadowing_variable_sees_the_shadowed_one() {
    #[frame]
    fn work() {
        let order = Order::new(7);
        let order = {
            look();
            Order::new(order.id + 1)
        };
        look();
        if let Some(order) = look_and(Some(Order::new(9))) {
            look();
            black_box(&order);
        }
        look();
        black_box(&order);
    }
    let seen = seen(work);
    let ids: Vec<String> = seen.iter().map(|frame| value(frame, "order")).collect();
    let with = |id: &str| ORDER.replace('7', id);
    assert_eq!(ids[0], with("7"));
    assert_eq!(ids[1], with("8"));
    // Nothing tells apart what lies on one line: then there is no value rather than a wrong one.
    assert!(ids[2] == with("8") || ids[2].starts_with('<'), "{}", ids[2]);
    assert_eq!(ids[3], with("9"));
    assert_eq!(ids[4], with("8"));
}

#[test]
fn secrets_stay_secret_whoever_reads() {
    struct Password(String);

    struct Session {
        user: &'static str,
        api_token: String,
        password: Password,
        hidden: stacklens::Secret<u32>,
    }

    fn session() -> Session {
        Session {
            user: "ann",
            api_token: "hunter2".to_owned(),
            password: Password("hunter2".to_owned()),
            hidden: stacklens::Secret::new(424242),
        }
    }

    #[frame(redact(number), skip(list))]
    fn annotated(number: u32, list: Vec<u32>) {
        let session = session();
        let token = Order::new(424242);
        look();
        black_box((&session, &token));
    }

    fn plain() {
        let session = session();
        let secret_key = "hunter2";
        look();
        black_box((&session, &secret_key));
    }

    let seen = seen(|| {
        annotated(424242, vec![424242]);
        plain();
    });
    assert_eq!(
        value(&seen[1], "session"),
        r#"Session { user: "ann", api_token: <redacted>, password: <redacted>, hidden: <redacted> }"#
    );
    assert_eq!(value(&seen[0], "session"), value(&seen[1], "session"));
    assert_eq!(value(&seen[1], "secret_key"), "<redacted>");
    assert_eq!(value(&seen[0], "number"), "<redacted>");
    let all = format!("{seen:?}");
    assert!(!all.contains("hunter2") && !all.contains("424242"), "{all}");
}

#[test]
fn of_other_functions_what_no_value_looks_like_is_said() {
    fn work(input: Option<u32>) {
        let text: String;
        look();
        text = "assigned".to_owned();
        look();
        drop(text);
        black_box(input);
    }
    let seen = seen(|| work(Some(1)));
    assert!(!seen[0].is_annotated());
    assert_eq!(value(&seen[1], "text"), r#""assigned""#);
    assert_eq!(value(&seen[1], "input"), "Some(1)");
    let local = seen[0].locals().get("input").unwrap();
    assert_eq!(local.origin(), Origin::DebugInfo);
    // Whatever lies there: not what will be assigned.
    assert_ne!(value(&seen[0], "text"), r#""assigned""#);
}

#[test]
fn a_value_that_holds_itself_ends() {
    struct Node {
        name: &'static str,
        next: RefCell<Option<std::rc::Rc<Node>>>,
    }
    fn work() {
        let node = std::rc::Rc::new(Node {
            name: "n",
            next: RefCell::new(None),
        });
        *node.next.borrow_mut() = Some(node.clone());
        look();
        node.next.take();
    }
    let seen = seen(work);
    let expected = r#"Node { name: "n", next: RefCell { value: Some(<omitted: cycle>) } }"#;
    assert_eq!(value(&seen[0], "node"), expected);
}

#[test]
fn what_is_cut_is_counted() {
    fn work() {
        let list: Vec<u32> = (0..1000).collect();
        let text = "x".repeat(1000);
        let deep = vec![vec![vec![vec![vec![1, 2]]]]];
        let large = [7u64; 10_000];
        look();
        black_box((&list, &text, &deep, &large));
    }
    let seen = seen(work);
    assert_eq!(
        value(&seen[0], "list"),
        "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 990 more]"
    );
    assert_eq!(
        value(&seen[0], "text"),
        format!("{:?}... (1000 bytes)", "x".repeat(80))
    );
    assert_eq!(value(&seen[0], "deep"), "[[[[[... 2 more]]]]]");
    assert_eq!(
        value(&seen[0], "large"),
        "[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, ... 9990 more]"
    );
    assert!(!seen[0].locals().get("large").unwrap().value().is_complete());
}

#[test]
fn threads_that_ask_at_the_same_time_wait_for_each_other() {
    fn work() -> usize {
        let number = 7;
        let asked = (0..20).map(|_| native::locals());
        asked.filter(|locals| locals.missing().is_none()).count()
    }
    std::thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work), scope.spawn(work)];
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 20);
        }
    });
}

#[test]
fn variables_of_async_functions_and_closures_are_found_where_they_are_kept() {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    #[frame]
    async fn annotated(order: Order, name: &str) -> u32 {
        let text = format!("{name}!");
        std::future::ready(()).await;
        look();
        let inner = plain(order.id).await;
        look();
        black_box((&text, &order));
        inner
    }

    async fn plain(number: u32) -> u32 {
        let doubled = number * 2;
        std::future::ready(()).await;
        look();
        let words = vec!["a".to_owned()];
        let count = |k: usize| {
            look();
            words.len() + k
        };
        black_box(doubled) + count(1) as u32
    }

    let seen = seen(|| {
        let mut future = Box::pin(annotated(Order::new(7), "ann"));
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(future.as_mut().poll(&mut context), Poll::Ready(16));
    });
    assert_eq!(seen.len(), 4);
    assert!(seen[0].is_annotated() && !seen[1].is_annotated() && seen[3].is_annotated());
    assert_eq!(value(&seen[0], "order"), ORDER);
    assert_eq!(value(&seen[0], "text"), r#""ann!""#);
    assert_eq!(value(&seen[0], "inner"), "<not yet assigned>");
    assert_eq!(value(&seen[1], "number"), "7");
    assert_eq!(value(&seen[1], "doubled"), "14");
    assert_eq!(value(&seen[2], "k"), "1");
    assert_eq!(value(&seen[2], "words"), r#"["a"]"#);
    assert_eq!(value(&seen[3], "inner"), "16");
}

#[test]
fn a_future_shows_its_state_and_what_it_keeps() {
    use std::future::Future;
    use std::task::{Context, Waker};

    async fn job(id: u32) -> u32 {
        let order = Order::new(id);
        std::future::pending::<()>().await;
        order.id
    }

    fn work() {
        let mut future = Box::pin(job(7));
        look();
        let _ = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        look();
    }

    let seen = seen(work);
    assert_eq!(
        value(&seen[0], "future"),
        "{async_fn#0} Unresumed { id: 7 }"
    );
    let waiting = value(&seen[1], "future");
    let expected = format!("{{async_fn#0}} Suspend0 {{ order: {ORDER}, __awaitee: ");
    assert!(waiting.starts_with(&expected), "{waiting}");
}

#[test]
fn a_panics_report_shows_what_is_in_memory_where_that_is_asked_for() {
    #[frame]
    fn fails(number: u32) {
        let order = Order::new(number);
        // The report has the source lines too.
        let secret = Order::new(500_000 - 75_758);
        let mut list = vec![1];
        list.push(2);
        let given = Order::new(9);
        consume(given);
        plain(&order);
        black_box((&order, &secret, &list));
    }
    fn plain(order: &Order) {
        let doubled = order.id * 2;
        panic!("{doubled}");
    }
    stacklens::Config::new()
        .live_values(true)
        .native(stacklens::NativeFrames::Always)
        .install();
    let report = stacklens::catch(|| fails(7)).unwrap_err();
    let text = report.to_string();
    for line in [format!("order  = {ORDER}"), "list   = [1, 2]\n".to_owned()] {
        assert!(text.contains(&line), "{text}");
    }
    assert!(
        text.contains("given  = <moved?>") || text.contains("given  = <opaque"),
        "{text}"
    );
    assert!(
        text.contains("doubled = 14") && text.contains("secret = <redacted>"),
        "{text}"
    );
    let json = report.to_json();
    assert!(json.contains(r#""debug info""#), "{json}");
    assert!(!json.contains(&(500_000 - 75_758).to_string()), "{json}");
}
