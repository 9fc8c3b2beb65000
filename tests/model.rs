//! Random programs of annotated functions: at each call, the shadow stack is what an explicit model
//! of it says.
//!
//! A program is a tree of steps. Every function of this file that has a frame takes one as its
//! script, keeps its variables as the script says, and tells the model of each change. The model
//! does not know how the library works.

#![cfg(not(feature = "off"))]

use proptest::prelude::*;
use stacklens::{FrameInfo, Traceback, currentframe, depth, frame, framed, stack};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// One step of a function.
#[derive(Clone, Debug)]
enum Step {
    /// Calls one of the functions.
    Call(Function, Vec<Step>),
    /// The same, behind `?`: if it fails, so does this one.
    Try(Function, Vec<Step>),
    /// Calls it and catches its panic.
    Catch(Function, Vec<Step>),
    /// Assigns to the variable that changes.
    Assign(i64),
    Return,
    Fail,
    Panic,
}

#[derive(Clone, Copy, Debug)]
enum Function {
    /// An argument, a local, and a variable that changes.
    Plain,
    /// Shadows its variable in blocks.
    Shadows,
    /// Text and lists, which go to the arena.
    Bytes,
    /// More variables than a record has slots.
    Many,
    Method,
    Block,
    Generic,
    Loops,
    /// Is not recorded.
    Unannotated,
}

const FUNCTIONS: [Function; 9] = [
    Function::Plain,
    Function::Shadows,
    Function::Bytes,
    Function::Many,
    Function::Method,
    Function::Block,
    Function::Generic,
    Function::Loops,
    Function::Unannotated,
];

#[derive(Debug)]
enum Stop {
    Return,
    Fail,
}

/// Variables that are `mut`.
const CHANGES: [&str; 2] = ["changes", "grows"];

/// What an unoptimised build shows of functions that are called thousands of times.
const HOT: &str = "<omitted: captured rarely, as it is hot, in unoptimised builds>";

/// The payload of a panic that the program asked for: any other is a failure of the test.
struct Asked;

/// What should be seen of one frame.
#[derive(Debug, Default)]
struct Expected {
    name: &'static str,
    /// Names and values of the variables that are certain; there may be others.
    variables: Vec<(&'static str, String)>,
    /// Names of variables that must not be seen.
    gone: Vec<&'static str>,
}

/// The model: the frames that should be there, outermost first.
#[derive(Debug, Default)]
struct Model {
    frames: Vec<Expected>,
    checks: usize,
}

impl Model {
    fn set(&mut self, name: &'static str, value: impl ToString) {
        let frame = self.frames.last_mut().expect("a frame");
        frame.gone.retain(|gone| *gone != name);
        frame.variables.retain(|(known, _)| *known != name);
        frame.variables.push((name, value.to_string()));
    }

    fn unset(&mut self, name: &'static str) {
        let frame = self.frames.last_mut().expect("a frame");
        frame.variables.retain(|(known, _)| *known != name);
        frame.gone.push(name);
    }

    /// Compares it with what is there.
    fn check(&mut self) {
        self.checks += 1;
        let seen = stack();
        let names: Vec<&str> = seen.iter().rev().map(FrameInfo::name).collect();
        let expected: Vec<&str> = self.frames.iter().map(|frame| frame.name).collect();
        assert_eq!(names, expected);
        assert_eq!((depth(), seen.unrecorded()), (self.frames.len(), 0));
        for (info, expected) in seen.iter().rev().zip(&self.frames) {
            let locals = info.locals();
            for (name, value) in &expected.variables {
                let local = locals
                    .get(name)
                    .unwrap_or_else(|| panic!("no {name} in {info}: {locals}"));
                match local.as_of_line() {
                    // A value that may be old says so.
                    Some(_) => assert!(CHANGES.contains(name), "{name} in {info} cannot change"),
                    None if cfg!(debug_assertions) && local.value().to_string() == HOT => {}
                    None => assert_eq!(&local.value().to_string(), value, "{name} in {info}"),
                }
            }
            for name in &expected.gone {
                assert!(locals.get(name).is_none(), "{name} in {info}: {locals}");
            }
        }
        self.check_handles(&seen);
    }

    /// Handles tell the same as the copy.
    fn check_handles(&self, seen: &stacklens::Stack) {
        let mut handle = currentframe();
        for info in seen {
            let frame = handle.expect("a handle for each frame");
            assert!(frame.is_live());
            assert_eq!(
                (frame.name(), frame.line(), frame.depth()),
                (info.name(), info.line(), info.depth())
            );
            assert_eq!(frame.locals().to_string(), info.locals().to_string());
            handle = frame.back();
        }
        assert!(handle.is_none());
        if seen.len() < 4 {
            let names: Vec<&str> = Traceback::capture()
                .frames()
                .map(FrameInfo::name)
                .collect::<Vec<_>>();
            assert!(names.iter().eq(self.frames.iter().map(|frame| &frame.name)));
        }
    }
}

/// Calls a function, with a frame in the model while it runs, however it ends.
fn call(model: &mut Model, function: Function, script: &[Step]) -> Result<i64, Stop> {
    let before = model.frames.len();
    let n = script.len() as i64;
    let result = catch_unwind(AssertUnwindSafe(|| match function {
        Function::Plain => enter(model, "plain", |model| plain(model, script, n)),
        Function::Shadows => enter(model, "shadows", |model| shadows(model, script, n)),
        Function::Bytes => enter(model, "bytes", |model| {
            bytes(model, script, &"é".repeat(script.len() * 7))
        }),
        Function::Many => enter(model, "many", |model| many(model, script, n)),
        Function::Method => enter(model, "method", |model| Object(n).method(model, script)),
        Function::Block => enter(model, "block", |model| {
            framed!("block", run(model, script).map(|()| 0))
        }),
        Function::Generic => enter(model, "generic", |model| generic(model, script, n)),
        Function::Loops => enter(model, "loops", |model| loops(model, script, n)),
        Function::Unannotated => run(model, script).map(|()| 0),
    }));
    model.frames.truncate(before);
    assert_eq!(depth(), before, "the frames of {function:?} are gone");
    model.check();
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Stop::Return)) => Ok(-1),
        Ok(Err(Stop::Fail)) => Err(Stop::Fail),
        Err(payload) => resume_unwind(payload),
    }
}

fn enter<R>(model: &mut Model, name: &'static str, f: impl FnOnce(&mut Model) -> R) -> R {
    model.frames.push(Expected {
        name,
        ..Expected::default()
    });
    f(model)
}

/// One step of a function that has no `Assign` of its own.
fn step(model: &mut Model, step: &Step) -> Result<(), Stop> {
    model.check();
    match step {
        Step::Call(function, script) => drop(call(model, *function, script)),
        Step::Try(function, script) => drop(call(model, *function, script)?),
        Step::Catch(function, script) => {
            let before = model.frames.len();
            catch(|| drop(call(model, *function, script)));
            model.frames.truncate(before);
        }
        Step::Assign(_) => {}
        Step::Return => return Err(Stop::Return),
        Step::Fail => return Err(Stop::Fail),
        Step::Panic => resume_unwind(Box::new(Asked)),
    }
    model.check();
    Ok(())
}

/// Catches the panics that were asked for.
fn catch(f: impl FnOnce()) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(f))
        && !payload.is::<Asked>()
    {
        resume_unwind(payload);
    }
}

fn run(model: &mut Model, script: &[Step]) -> Result<(), Stop> {
    script.iter().try_for_each(|one| step(model, one))
}

/// The first part of a script, and the rest.
fn split(script: &[Step], parts: usize) -> (&[Step], &[Step]) {
    script.split_at(script.len().div_ceil(parts))
}

#[frame]
fn plain(model: &mut Model, script: &[Step], n: i64) -> Result<i64, Stop> {
    model.set("n", n);
    let double = n * 2;
    model.set("double", double);
    let mut changes = n;
    model.set("changes", changes);
    for one in script {
        if let Step::Assign(value) = one {
            changes = *value;
            model.set("changes", changes);
            keep(changes);
            model.check();
        }
        step(model, one)?;
    }
    if changes == 3 {
        return Err(Stop::Return);
    }
    Ok(changes + double)
}

fn keep(_: i64) {}

#[frame]
fn shadows(model: &mut Model, script: &[Step], n: i64) -> Result<i64, Stop> {
    let (first, rest) = split(script, 4);
    let (second, rest) = split(rest, 3);
    let (third, fourth) = split(rest, 2);
    let x = n + 1;
    model.set("x", x);
    run(model, first)?;
    {
        let x = format!("text {x}");
        model.set("x", format!("{x:?}"));
        let y = 'y';
        model.set("y", "'y'");
        run(model, second)?;
        if let Some(x) = x.strip_prefix("text") {
            model.set("x", format!("{x:?}"));
            run(model, third)?;
            assert!(x.len() > 1);
        }
        model.set("x", format!("{x:?}"));
        model.check();
        assert!(x.len() > 5 && y == 'y');
    }
    model.set("x", x);
    model.unset("y");
    model.check();
    let x = [x, n];
    model.set("x", format!("{x:?}"));
    run(model, fourth)?;
    Ok(x[0])
}

#[frame]
fn bytes(model: &mut Model, script: &[Step], text: &str) -> Result<i64, Stop> {
    let (first, second) = split(script, 2);
    let short = text.len() < 160;
    if short && text.chars().count() < 40 {
        model.set("text", format!("{text:?}"));
    }
    let list: Vec<i32> = (0..script.len() as i32).take(10).collect();
    model.set("list", format!("{list:?}"));
    run(model, first)?;
    let mut grows = String::new();
    for (i, one) in second.iter().enumerate() {
        grows.push_str("ab");
        if i < 30 {
            model.set("grows", format!("{grows:?}"));
        }
        look(&grows);
        step(model, one)?;
    }
    let owned = Some(list.len().to_string());
    model.set("owned", format!("{owned:?}"));
    model.check();
    assert!(owned.is_some() && list.len() <= 10);
    Ok(grows.len() as i64)
}

fn look(_: &str) {}

#[frame]
fn many(model: &mut Model, script: &[Step], n: i64) -> Result<i64, Stop> {
    let (a, b, c, d, e, f, g) = (n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6);
    let (h, i, j, k, l, m) = (n + 7, n + 8, n + 9, n + 10, n + 11, n + 12);
    let text = format!("many {n}");
    let names = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
    ];
    for (name, value) in names.into_iter().zip(n..) {
        model.set(name, value);
    }
    model.set("text", format!("{text:?}"));
    run(model, script)?;
    assert!(!text.is_empty());
    Ok([a, b, c, d, e, f, g, h, i, j, k, l, m].iter().sum())
}

struct Object(i64);

#[frame]
impl Object {
    fn method(&self, model: &mut Model, script: &[Step]) -> Result<i64, Stop> {
        let value = self.0;
        model.set("value", value);
        match script.split_first() {
            None => Ok(value),
            Some((first, rest)) => {
                step(model, first)?;
                let more = value + 1;
                model.set("more", more);
                run(model, rest)?;
                Ok(more)
            }
        }
    }
}

#[frame]
fn generic<T: Copy + Into<i128> + ToString>(
    model: &mut Model,
    script: &[Step],
    value: T,
) -> Result<i64, Stop> {
    model.set("value", value.to_string());
    let pair = (true, script.len());
    model.set("pair", format!("{pair:?}"));
    run(model, script)?;
    model.check();
    Ok(value.into() as i64 + pair.1 as i64)
}

#[frame]
fn loops(model: &mut Model, script: &[Step], n: i64) -> Result<i64, Stop> {
    let mut total = 0;
    for (round, one) in script.iter().enumerate() {
        model.set("round", round);
        let square = round * round;
        model.set("square", square);
        if round == 2 && n == 3 {
            break;
        }
        step(model, one)?;
        total += square;
        model.unset("square");
        model.unset("round");
        model.frames.last_mut().expect("a frame").gone.clear();
    }
    model.unset("round");
    model.unset("square");
    model.check();
    Ok(total as i64)
}

fn program() -> impl Strategy<Value = Vec<Step>> {
    let end = prop_oneof![
        6 => (-5..100_i64).prop_map(Step::Assign),
        1 => Just(Step::Return),
        1 => Just(Step::Fail),
        1 => Just(Step::Panic),
    ];
    let function = || proptest::sample::select(&FUNCTIONS);
    let steps = end.prop_recursive(7, 80, 6, move |inner| {
        let script = || prop::collection::vec(inner.clone(), 0..6);
        prop_oneof![
            3 => (function(), script()).prop_map(|(function, script)| Step::Call(function, script)),
            2 => (function(), script()).prop_map(|(function, script)| Step::Try(function, script)),
            2 => (function(), script()).prop_map(|(function, script)| Step::Catch(function, script)),
        ]
    });
    prop::collection::vec(steps, 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_stack_is_what_the_model_says(
        function in proptest::sample::select(&FUNCTIONS),
        script in program(),
    ) {
        let mut model = Model::default();
        catch(|| drop(call(&mut model, function, &script)));
        prop_assert_eq!(depth(), 0);
        prop_assert!(model.checks > 0);
    }
}
