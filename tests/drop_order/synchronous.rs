//! When values are dropped in functions. Each line that it prints is a drop, or where the program
//! is.
// editions: 2021 2024

#![allow(unused, dropping_copy_types)]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Says when it is dropped.
pub struct D(&'static str);

impl Drop for D {
    fn drop(&mut self) {
        println!("    drop {}", self.0);
    }
}

impl D {
    fn value(&self) -> u8 {
        self.0.len() as u8
    }

    fn same(&self) -> &Self {
        self
    }

    fn some(&self) -> Option<&Self> {
        Some(self)
    }
}

fn make(name: &'static str) -> D {
    println!("    make {name}");
    D(name)
}

fn mark(place: &str) {
    println!("    at {place}");
}

#[stacklens::frame]
fn parameters_not_mentioned(a: D, mut b: D, _: D, _c: D, (d, _): (D, D), D2 { x: e, .. }: D2) {
    mark("body");
}

struct D2 {
    x: D,
    y: D,
}

#[stacklens::frame]
fn parameters_mentioned(a: D, b: D, c: D, (d, e): (D, D)) -> u8 {
    let local = make("local");
    c.value() + a.value() + e.value() + d.value() + local.value() + b.value()
}

#[stacklens::frame]
fn parameters_moved(a: D, b: D, c: D) -> D {
    drop(b);
    mark("after b");
    let moved = a;
    mark("after a");
    if c.value() > 100 {
        return c;
    }
    moved
}

#[stacklens::frame]
fn parameters_of_scalars_between(a: D, n: u8, b: D, text: &str, c: D) {
    mark("body");
}

#[stacklens::frame]
fn references(a: &D, b: &mut D, c: D) -> u8 {
    *b = make("assigned");
    a.value() + b.value()
}

#[stacklens::frame]
fn lets() {
    let a = make("a");
    let _b = make("_b");
    let _ = make("_");
    let c = make("c");
    let (d, _) = (make("d"), make("d's neighbour"));
    let D2 { ref x, .. } = D2 { x: make("x"), y: make("y") };
    let e;
    e = make("e");
    mark("end");
}

#[stacklens::frame]
fn shadowing() {
    let a = make("a1");
    let a = D2 { x: a, y: make("a2") };
    {
        let a = make("inner a");
        let a = make("inner a again");
        mark("inner end");
    }
    let a = make("a3");
    mark("end");
}

#[stacklens::frame]
fn assignments() {
    let mut a = make("a1");
    a = make("a2");
    mark("assigned");
    let mut b = make("b1");
    for _ in 0..2 {
        b = make("b again");
    }
    let mut pair = D2 { x: make("x1"), y: make("y1") };
    pair.y = make("y2");
    drop(pair.x);
    pair.x = make("x2");
    mark("end");
}

#[stacklens::frame]
fn conditional_initialisation(yes: bool) {
    let a;
    let b = make("b");
    if yes {
        a = make("a");
        mark("a is there");
    }
    mark("end");
}

#[stacklens::frame]
fn conditional_move(yes: bool) {
    let a = make("a");
    let b = make("b");
    if yes {
        drop(a);
    }
    mark("end");
}

#[stacklens::frame]
fn partial_move() {
    let pair = D2 { x: make("x"), y: make("y") };
    let z = make("z");
    let moved = pair.x;
    mark("end");
}

#[stacklens::frame]
fn temporaries_of_statements() {
    make("statement").value();
    let n = make("of a let").value();
    let a = make("a");
    let m = make("argument 1").value() + make("argument 2").value();
    mark("end");
    let _ = make("of an underscore").value();
}

#[stacklens::frame]
fn extended_temporaries() {
    let a = &make("a");
    let b = &make("b").same().0;
    let c = D3(&make("c"));
    let d = { &make("d") };
    let e = if a.value() > 0 { &make("e") } else { a };
    let f = match a.value() {
        0 => a,
        _ => &make("f"),
    };
    let g = &(make("g1"), make("g2")).0;
    mark("end");
    let _ = (a.value(), d.value(), e.value(), f.value(), g.value(), c.0.value());
}

struct D3<'a>(&'a D);

#[stacklens::frame]
fn tail_temporary() -> u8 {
    let local = make("local");
    make("temporary of the tail").value()
}

#[stacklens::frame]
fn tail_temporary_of_a_match() -> u8 {
    let local = make("local");
    match make("scrutinee").some() {
        Some(d) => d.value() + make("in an arm").value(),
        None => 0,
    }
}

#[stacklens::frame]
fn tail_temporary_of_an_if_let() -> u8 {
    let local = make("local");
    if let Some(d) = make("scrutinee").some() {
        let inner = make("inner");
        d.value() + make("in the block").value()
    } else {
        0
    }
}

#[stacklens::frame]
fn tail_temporary_in_a_nested_block() -> u8 {
    let local = make("local");
    let n = {
        let inner = make("inner");
        make("temporary of the block").value()
    };
    mark("after the block");
    {
        let inner = make("inner");
        make("temporary of the tail's block").value() + n
    }
}

#[stacklens::frame]
fn tail_block_as_an_argument() -> u8 {
    let local = make("local");
    u8::max(
        {
            let inner = make("inner 1");
            make("temporary 1").value()
        },
        {
            let inner = make("inner 2");
            make("temporary 2").value()
        },
    )
}

#[stacklens::frame]
fn if_let_with_else() -> u8 {
    let a = if let Some(100) = make("scrutinee").some().map(D::value) {
        1
    } else {
        mark("else");
        make("in else").value()
    };
    mark("after");
    if let None = make("second scrutinee").some() {
        return a;
    } else if let Some(d) = make("third scrutinee").some() {
        mark("else if");
        d.value();
    }
    mark("end");
    a
}

#[stacklens::frame]
fn conditions() {
    if make("condition").value() > 0 && make("second condition").value() > 0 {
        mark("then");
    }
    let mut n = 0;
    while make("of while").value() > n {
        mark("round");
        n += 5;
    }
    while let Some(m) = make("of while let").some().map(D::value).filter(|m| *m > n) {
        let inner = make("inner");
        n = m;
    }
    mark("end");
}

#[stacklens::frame]
fn arms(n: u8) -> u8 {
    let local = make("local");
    let m = match n {
        0 => make("arm 0").value(),
        1 => {
            let inner = make("inner");
            make("arm 1").value()
        }
        2 if make("guard").value() > 0 => make("arm 2").value() + make("arm 2 again").value(),
        3 => return make("arm 3").value(),
        4 => (make("arm 4").value()),
        5 => match make("scrutinee of arm 5").some() {
            Some(d) => make("arm 5").value() + d.value(),
            None => 1,
        },
        _ => if let Some(d) = make("scrutinee of the last arm").some() { d.value() } else { 1 },
    };
    mark("after the match");
    m
}

#[stacklens::frame]
fn arms_with_references<'a>(n: u8, other: &'a D) -> u8 {
    let d = match n {
        0 => make("arm 0").same().value(),
        1 => other.same().value(),
        _ => { make("arm in braces").same().value() }
    };
    let kept: &D = match n {
        0 => &make("kept 0"),
        1 => other,
        _ => { &make("kept in braces") }
    };
    mark("end");
    d + kept.value()
}

#[stacklens::frame]
fn bound_in_arms(x: Option<D>, y: Result<D, D>) -> u8 {
    match x {
        Some(d) if d.value() > 100 => 1,
        Some(d) => {
            mark("in the arm");
            d.value()
        }
        None => 0,
    };
    mark("between");
    match y {
        Ok(d) | Err(d) => d.value(),
    }
}

fn fails(name: &'static str, fail: bool) -> Result<D, D> {
    if fail { Err(make(name)) } else { Ok(make(name)) }
}

#[stacklens::frame]
fn questions(at: u8) -> Result<D, D> {
    let a = fails("a", at == 0)?;
    let b = fails(make("argument").0, at == 1)?.value();
    fails("statement", at == 2)?;
    let c = fails("c", at == 3)?.value() + fails("d", at == 4)?.value();
    let e = D2 { x: fails("x", at == 5)?, y: fails("y", at == 6)? };
    {
        let inner = make("inner");
        fails("in a block", at == 7)?;
    }
    for _ in 0..2 {
        let round = make("round");
        fails("in a loop", at == 8)?;
    }
    let f = match fails("scrutinee", at == 9)?.some() {
        Some(d) => fails("in an arm", at == 10)?.value() + d.value(),
        None => 0,
    };
    if fails("condition", at == 11)?.value() > 0 {
        fails("in an if", at == 12)?;
    }
    let g = vec![fails("element 1", false)?, fails("element 2", at == 13)?];
    mark("before the tail");
    Ok(fails("tail", at == 14)?)
}

#[stacklens::frame]
fn questions_on_temporaries(at: u8) -> Option<u8> {
    let local = make("local");
    let a = make("temporary").some().filter(|_| at != 0)?.value();
    let b = (make("first").some()?, make("second").some().filter(|_| at != 1)?).0.value();
    mark("before the tail");
    Some(make("temporary of the tail").some().filter(|_| at != 2)?.value() + a + b)
}

#[stacklens::frame]
fn question_as_the_tail(fail: bool) -> Option<u8> {
    let local = make("local");
    make("temporary").some().filter(|_| !fail)?.value().checked_add(make("other").value())
}

#[stacklens::frame]
fn returns(at: u8) -> D {
    let a = make("a");
    if at == 0 {
        let inner = make("inner");
        return a;
    }
    let b = make("b");
    for d in [make("first"), make("second"), make("third")] {
        if at == 1 {
            return d;
        }
        mark("round");
    }
    match at {
        2 => return b,
        _ => mark("no return"),
    }
    let Some(c) = make("refutable").some().filter(|_| at != 3).map(|_| make("c")) else {
        mark("else");
        return make("of else");
    };
    c
}

#[stacklens::frame]
fn loops() {
    let outer = make("outer");
    'outer: for i in 0..3 {
        let a = make("a");
        let mut n = 0;
        loop {
            let b = make("b");
            n += 1;
            if n == 1 {
                continue;
            }
            if i == 0 {
                break;
            }
            if i == 1 {
                continue 'outer;
            }
            break 'outer;
        }
        mark("end of a round");
    }
    let value = loop {
        let c = make("c");
        break make("value of the loop");
    };
    let block = 'block: {
        let d = make("d");
        if value.value() > 0 {
            break 'block make("value of the block").value();
        }
        0
    };
    for d in vec![make("1"), make("2"), make("3")] {
        if d.0 == "2" {
            break;
        }
    }
    mark("end");
}

#[stacklens::frame]
fn let_else(yes: bool) {
    let local = make("local");
    let Some(a) = make("scrutinee").some().map(D::value).filter(|_| yes) else {
        let inner = make("inner");
        mark("else");
        return;
    };
    mark("end");
}

#[stacklens::frame]
fn closures() -> u8 {
    let a = make("a");
    let b = make("b");
    let by_reference = || a.value();
    let by_move = move || b.value();
    let n = by_reference() + by_move();
    let local = make("local");
    let inner = |d: D| {
        let e = make("e");
        make("tail of a closure").value() + d.value()
    };
    inner(make("argument")) + n
}

#[stacklens::frame]
fn panics(at: u8, a: D, _b: D) -> u8 {
    let c = make("c");
    if at == 0 {
        panic!("0");
    }
    let d = (make("d1"), if at == 1 { panic!("1") } else { make("d2") });
    let n = make("temporary").value() + if at == 2 { panic!("2") } else { 1 };
    match make("scrutinee").some() {
        Some(_) if at == 3 => panic!("3"),
        _ => {}
    }
    n + make("in the tail").value() + if at == 4 { panic!("4") } else { 1 }
}

struct Holder {
    first: D,
    second: D,
}

impl Holder {
    #[stacklens::frame]
    fn by_value(self, other: D) -> u8 {
        let local = make("local");
        1
    }

    #[stacklens::frame]
    fn by_mutable_value(mut self, other: D) -> u8 {
        self.first = make("new first");
        mark("replaced");
        self.first.value()
    }

    #[stacklens::frame]
    fn boxed(self: Box<Self>, _: D) {
        mark("body");
    }

    #[stacklens::frame]
    fn pattern(self, Holder { ref first, .. }: Holder) -> u8 {
        first.value()
    }
}

#[stacklens::frame]
impl Drop for Holder {
    fn drop(&mut self) {
        let local = make("in drop");
        mark("drop of the holder");
    }
}

macro_rules! made_by_a_macro {
    ($name:ident, $value:expr) => {
        #[stacklens::frame]
        fn $name(a: D, b: D) -> u8 {
            let local = $value;
            let n = $value.value();
            mark("middle");
            $value.value() + n + local.value()
        }
    };
}

made_by_a_macro!(made, make("by the macro"));

#[stacklens::frame]
fn counts_in_flight(cell: &Cell<u8>) -> u8 {
    struct InFlight<'a>(&'a Cell<u8>);
    impl Drop for InFlight<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    let start = || {
        cell.set(cell.get() + 1);
        InFlight(cell)
    };
    let a = start();
    let b = { start().0.get() };
    let c = match start().0.get() {
        n => n + cell.get(),
    };
    println!("    in flight {} {b} {c}", cell.get());
    start().0.get()
}

fn scenario(name: &str, run: impl FnOnce()) {
    println!("{name}");
    let unwound = catch_unwind(AssertUnwindSafe(run)).is_err();
    println!("    {}", if unwound { "unwound" } else { "done" });
}

fn main() {
    std::panic::set_hook(Box::new(|_| println!("    panic")));
    let pair = |x, y| D2 { x: D(x), y: D(y) };
    scenario("parameters_not_mentioned", || {
        parameters_not_mentioned(D("a"), D("b"), D("_"), D("_c"), (D("d"), D("d's")), pair("e", "e's"))
    });
    scenario("parameters_mentioned", || drop(parameters_mentioned(D("a"), D("b"), D("c"), (D("d"), D("e")))));
    scenario("parameters_moved", || drop(parameters_moved(D("a"), D("b"), D("c"))));
    scenario("scalars between", || parameters_of_scalars_between(D("a"), 1, D("b"), "text", D("c")));
    scenario("references", || drop(references(&D("a"), &mut D("b"), D("c"))));
    scenario("lets", lets);
    scenario("shadowing", shadowing);
    scenario("assignments", assignments);
    scenario("conditional_initialisation true", || conditional_initialisation(true));
    scenario("conditional_initialisation false", || conditional_initialisation(false));
    scenario("conditional_move true", || conditional_move(true));
    scenario("conditional_move false", || conditional_move(false));
    scenario("partial_move", partial_move);
    scenario("temporaries_of_statements", temporaries_of_statements);
    scenario("extended_temporaries", extended_temporaries);
    scenario("tail_temporary", || drop(tail_temporary()));
    scenario("tail_temporary_of_a_match", || drop(tail_temporary_of_a_match()));
    scenario("tail_temporary_of_an_if_let", || drop(tail_temporary_of_an_if_let()));
    scenario("tail_temporary_in_a_nested_block", || drop(tail_temporary_in_a_nested_block()));
    scenario("tail_block_as_an_argument", || drop(tail_block_as_an_argument()));
    scenario("if_let_with_else", || drop(if_let_with_else()));
    scenario("conditions", conditions);
    for n in 0..7 {
        scenario(&format!("arms {n}"), || drop(arms(n)));
    }
    for n in 0..3 {
        scenario(&format!("arms_with_references {n}"), || drop(arms_with_references(n, &D("other"))));
    }
    scenario("bound_in_arms", || drop(bound_in_arms(Some(D("some")), Err(D("err")))));
    for at in 0..16 {
        scenario(&format!("questions {at}"), || drop(questions(at)));
    }
    for at in 0..4 {
        scenario(&format!("questions_on_temporaries {at}"), || drop(questions_on_temporaries(at)));
    }
    scenario("question_as_the_tail true", || drop(question_as_the_tail(true)));
    scenario("question_as_the_tail false", || drop(question_as_the_tail(false)));
    for at in 0..5 {
        scenario(&format!("returns {at}"), || drop(returns(at)));
    }
    scenario("loops", loops);
    scenario("let_else true", || let_else(true));
    scenario("let_else false", || let_else(false));
    scenario("closures", || drop(closures()));
    for at in 0..6 {
        scenario(&format!("panics {at}"), || drop(panics(at, D("a"), D("_b"))));
    }
    let holder = |first, second| Holder { first: D(first), second: D(second) };
    scenario("by_value", || drop(holder("1", "2").by_value(D("other"))));
    scenario("by_mutable_value", || drop(holder("1", "2").by_mutable_value(D("other"))));
    scenario("pattern", || drop(holder("1", "2").pattern(holder("3", "4"))));
    scenario("boxed", || Box::new(holder("1", "2")).boxed(D("other")));
    scenario("made", || drop(made(D("a"), D("b"))));
    scenario("counts_in_flight", || drop(counts_in_flight(&Cell::new(0))));
}
