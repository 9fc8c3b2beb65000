//! Error return traces: through which functions, and from which place in each, an error left.
//!
//! A function that is left by a failure adds a *hop* to its thread: a copy of its frame as it was. Hops of one error belong
//! together, hops of another must not join them; and nothing ties an error of any type to its hops but time and place. The
//! rule: a hop goes on with the trace of a callee's hop if the error came back *into the very expression that now fails*.
//!
//! * When a function is left by a failure, its caller's frame is marked, in the word that holds its position. The next
//!   statement that the caller runs stores its own position, and with that wipes the mark. So a mark that is still there
//!   when the caller fails says that nothing happened in between.
//! * Where the failing expression passes on what an earlier statement made (`let r = f(); ..; r?`, `Err(e) => return
//!   Err(e.into())`), the macro names that statement, and the trace that came back into it goes on.
//!
//! Handled errors therefore leave nothing behind that a later error could pick up: their traces stay with a place that is not
//! asked again, until they are overwritten.

use crate::capture::debug;
use crate::inspect::FrameInfo;
use crate::stack::{self, Active, Cursor, Meta, Remains};
use std::cell::RefCell;
use std::fmt;

/// Hops of a trace that are kept: so many first ones, and the last.
pub(crate) const FIRST: usize = 16;
const KEPT: usize = 64;
/// Traces that a thread keeps. More than one, because errors can be stored.
const TRACES: usize = 8;

/// By which code an error left a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Question,
    Return,
    Tail,
    /// Not seen: a macro returned.
    Early,
}

/// A failure on its way out of a function.
pub(crate) struct Left {
    pub(crate) position: u32,
    /// Of the statement that made the failing value, if it is not the one that runs.
    pub(crate) from: Option<u32>,
    /// The failure is made here: it goes on with what came back into `from`, if that is given, and with nothing else.
    pub(crate) made: bool,
    pub(crate) way: Way,
    /// Names the error's type where it leaves, before `From` made another of it. `None`: it is that of the result, if
    /// there is one.
    pub(crate) error: Option<fn() -> &'static str>,
    /// Names the type that the function returns; `()` if that is not known.
    pub(crate) result: fn() -> &'static str,
}

/// A function that an error left through: where, and its values at that moment.
///
/// The types' names are asked for when somebody reads them: most errors of a parser are never looked at.
#[derive(Clone)]
pub struct Hop {
    frame: FrameInfo,
    way: Way,
    error: Option<fn() -> &'static str>,
    result: fn() -> &'static str,
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hop")
            .field("frame", &self.frame)
            .field("way", &self.way)
            .field("error", &self.error_type())
            .field("result", &(self.result)())
            .finish()
    }
}

impl Hop {
    /// The frame of the function as it was when the error left it: [`FrameInfo::line`] is that of the failing `?`, `return` or
    /// tail expression.
    pub fn frame(&self) -> &FrameInfo {
        &self.frame
    }

    /// Full name of the error's type at that place, before `?` converted it. `None` for an `Option`.
    pub fn error_type(&self) -> Option<&'static str> {
        match self.error {
            Some(name) => Some(name()),
            None => error_of((self.result)()),
        }
    }

    /// Full name of the type that `?` converted the error to, if it is another one.
    pub fn converted_to(&self) -> Option<&'static str> {
        let to = error_of((self.result)())?;
        (self.error_type() != Some(to)).then_some(to)
    }

    /// The number of the activation that was left.
    pub(crate) fn identity(&self) -> Option<u64> {
        self.frame.identity()
    }

    pub(crate) fn way(&self) -> Way {
        self.way
    }

    /// Full name of the error's type when it had left the function, as far as that is known.
    fn outside(&self) -> Option<&'static str> {
        let result = (self.result)();
        error_of(result).or(self.error_type().filter(|_| result == "()"))
    }
}

/// The functions that one error left through, innermost first.
#[derive(Clone, Debug, Default)]
pub struct ReturnTrace {
    hops: Vec<Hop>,
    omitted: usize,
}

impl ReturnTrace {
    /// The functions that `error` left through on this thread, as far as they are known.
    ///
    /// Nothing ties an error of any type to a place, so this is the newest trace of an error of this type that came back into
    /// a function that is still active, or out of all of them. `None` if there is none: the error was made by code without
    /// frames, on another thread, or so long ago that eight others came after it.
    ///
    /// ```
    /// use stacklens::{ReturnTrace, frame};
    ///
    /// #[frame]
    /// fn port(text: &str) -> Result<u16, std::num::ParseIntError> {
    ///     let port = text.parse()?;
    ///     Ok(port)
    /// }
    ///
    /// #[frame]
    /// fn address(host: &str, text: &str) -> Result<String, std::num::ParseIntError> {
    ///     Ok(format!("{host}:{}", port(text)?))
    /// }
    ///
    /// let error = address("localhost", "80a").unwrap_err();
    /// let trace = ReturnTrace::of(&error).unwrap();
    /// let hops: Vec<_> = trace.hops().iter().map(|hop| hop.frame().name()).collect();
    /// assert_eq!(hops, ["port", "address"]);
    /// assert_eq!(trace.hops()[1].frame().locals().to_string(), r#"{host: "localhost", text: "80a"}"#);
    /// ```
    pub fn of<E: ?Sized>(_: &E) -> Option<ReturnTrace> {
        of_error(std::any::type_name::<E>())
    }

    /// The hops, innermost first: the first one is where the error was made, or came from code without frames.
    pub fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// Hops between the first 16 and the last 48 that were not kept.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// The hops behind that of the activation with this number; all, if it has none.
    pub(crate) fn hops_since(&self, identity: Option<u64>) -> &[Hop] {
        let is_it = |hop: &Hop| identity.is_some() && hop.identity() == identity;
        let from = self.hops.iter().rposition(is_it).map_or(0, |at| at + 1);
        &self.hops[from..]
    }

    /// The hops up to the one with this index.
    pub(crate) fn up_to(&self, last: usize) -> ReturnTrace {
        ReturnTrace {
            hops: self.hops[..=last].to_vec(),
            omitted: if last < FIRST { 0 } else { self.omitted },
        }
    }

    pub(crate) fn extend(&mut self, hops: &[Hop]) {
        hops.iter().for_each(|hop| self.push(hop.clone()));
    }

    fn push(&mut self, hop: Hop) {
        if self.hops.len() == KEPT {
            self.hops.remove(FIRST);
            self.omitted += 1;
        }
        self.hops.push(hop);
    }
}

impl FromIterator<Hop> for ReturnTrace {
    fn from_iter<I: IntoIterator<Item = Hop>>(hops: I) -> ReturnTrace {
        let mut trace = ReturnTrace::default();
        hops.into_iter().for_each(|hop| trace.push(hop));
        trace
    }
}

/// A trace, and where its error is.
struct Open {
    trace: ReturnTrace,
    at: At,
}

/// The frame that an error came back into.
struct At {
    caller: Option<Place>,
    /// The frame that it left, by its activation: once its function is entered anew there, with that of the same caller, the
    /// error is an earlier round's.
    left: (Cursor, u64, Option<Meta>),
}

struct Place {
    frame: Cursor,
    identity: u64,
    position: u32,
}

impl At {
    fn active(&self) -> bool {
        self.caller.as_ref().is_none_or(|c| c.frame.is(c.identity))
    }

    fn is_in(&self, frame: Cursor) -> bool {
        self.caller
            .as_ref()
            .is_some_and(|c| c.frame.is_at(frame) && frame.is(c.identity))
    }

    /// Whether the error came back into the caller's statement at `position`.
    fn is_back(&self, position: Option<u32>) -> bool {
        self.position().is_some_and(|at| Some(at) == position)
    }

    fn position(&self) -> Option<u32> {
        self.caller.as_ref().map(|caller| caller.position)
    }

    /// Whether it left the same activation.
    fn is_of(&self, other: &At) -> bool {
        self.left.1 == other.left.1
    }

    /// Whether the place of the frame that it left is still that frame's, or that of another activation, or taken by
    /// another function.
    fn remains(&self) -> Remains {
        let (frame, identity, function) = self.left;
        frame.remains(identity, function)
    }
}

/// Whether the function that the error left was entered anew from the same statement: then the statement runs once more, and
/// what fails in it now is another error. (A new activation that failed in its turn came back into a known statement.)
fn outrun(o: &Open, all: &[Open]) -> bool {
    let elsewhere = |p: &Open| {
        p.at.left.0.is_at(o.at.left.0)
            && p.at.remains() == Remains::Itself
            && p.at.position() != o.at.position()
    };
    o.at.remains() == Remains::Again && !all.iter().any(elsewhere)
}

thread_local! {
    static OPEN: RefCell<Vec<Open>> = const { RefCell::new(Vec::new()) };
}

/// The function is left by a failure: its frame becomes a hop. `guard`'s position becomes that of the failure.
pub(crate) fn leave(entered: Active, left: &Left) {
    // What a `Debug` that is asked for a value has to do with errors is its own affair.
    let Some(frame) = Cursor::of(entered).filter(|_| !debug::is_busy()) else {
        return entered.at(left.position);
    };
    let marked = frame.is_marked();
    let here = frame.position();
    entered.at(left.position);
    // Before the frame is copied: the hop has the number, too.
    let identity = frame.identity();
    let hop = Hop {
        frame: FrameInfo::new(frame.snapshot()),
        way: left.way,
        error: left.error,
        result: left.result,
    };
    let caller = frame.caller().map(|frame| {
        frame.mark();
        Place {
            frame,
            identity: frame.identity(),
            position: frame.position(),
        }
    });
    let at = At {
        caller,
        left: (frame, identity, frame.meta()),
    };
    // Busy only if what this calls (an allocator that is annotated) fails in its turn, and gone past the thread's end.
    let _ = OPEN.try_with(|open| {
        if let Ok(mut open) = open.try_borrow_mut() {
            let here = (marked && !left.made).then_some(here);
            let goes_on = open.iter().rposition(|o| {
                o.at.is_in(frame)
                    && (o.at.is_back(here) || o.at.is_back(left.from) && !outrun(o, &open))
            });
            let mut trace =
                goes_on.map_or_else(ReturnTrace::default, |index| open.remove(index).trace);
            trace.push(hop);
            // An error that failed to be made (`Err(f()?)`) is none.
            open.retain(|o| !o.at.is_of(&at));
            // Traces whose callers have ended can never go on, and nobody is given them: they go when room is needed.
            if open.len() == TRACES {
                open.retain(|o| o.at.active());
            }
            if open.len() == TRACES {
                open.remove(0);
            }
            open.push(Open { trace, at });
        }
    });
}

/// The trace of an error whose type has this name, as far as it can be told: the newest that came back into a function that is
/// still active (or into none), with an error of that type.
fn of_error(type_name: &str) -> Option<ReturnTrace> {
    OPEN.try_with(|open| {
        let open = open.try_borrow().ok()?;
        let found = open.iter().rev().find(|o| {
            let known = o.trace.hops.last().and_then(Hop::outside);
            o.at.active()
                && !outrun(o, &open)
                && known.is_none_or(|known| same_error(known, type_name))
        })?;
        Some(found.trace.clone())
    })
    .ok()
    .flatten()
}

/// The trace of the error that the innermost function is just being left by: `?` has found it and converts it.
pub(crate) fn leaving() -> Option<ReturnTrace> {
    with_leaving(ReturnTrace::clone)
}

/// The same, to be looked at.
pub(crate) fn with_leaving<R>(look: impl FnOnce(&ReturnTrace) -> R) -> Option<R> {
    let frame = stack::current()?;
    with(
        |open| open.at.left.0.is_at(frame) && frame.is(open.at.left.1),
        look,
    )
}

/// Whether the function's failure has become a hop.
pub(crate) fn has_left(entered: Active) -> bool {
    let Some(frame) = Cursor::of(entered) else {
        return true;
    };
    find(|open| open.at.left.0.is_at(frame) && frame.is(open.at.left.1)).is_some()
}

/// The trace of the error of this type that a call in the innermost function's present statement has come back with.
pub(crate) fn back_here(type_name: &str) -> Option<ReturnTrace> {
    let frame = stack::current().filter(|frame| frame.is_marked())?;
    let here = frame.position();
    find(|open| {
        let known = open.trace.hops.last().and_then(Hop::outside);
        open.at.is_in(frame)
            && open.at.is_back(Some(here))
            && known.is_none_or(|known| same_error(known, type_name))
    })
}

/// The trace of the error that left the activation of this number, up to there.
pub(crate) fn up_to(identity: u64) -> Option<ReturnTrace> {
    let is_it = |hop: &Hop| hop.frame.identity() == Some(identity);
    let mut trace = find(|open| open.trace.hops.iter().any(is_it))?;
    let at = trace.hops.iter().position(is_it)?;
    trace.hops.truncate(at + 1);
    Some(trace)
}

/// As [`ReturnTrace::of`], and the depth of the active frame that the error came back into; 0 if it left them all.
pub(crate) fn held(type_name: &str) -> Option<(ReturnTrace, usize)> {
    let trace = of_error(type_name)?;
    let last = trace.hops.last()?.frame.depth();
    Some((trace, last.saturating_sub(1)))
}

/// The newest trace like this.
fn find(like: impl Fn(&Open) -> bool) -> Option<ReturnTrace> {
    with(like, ReturnTrace::clone)
}

fn with<R>(like: impl Fn(&Open) -> bool, look: impl FnOnce(&ReturnTrace) -> R) -> Option<R> {
    let find = |open: &RefCell<Vec<Open>>| {
        let open = open.try_borrow().ok()?;
        let found = open.iter().rev().find(|open| like(open))?;
        Some(look(&found.trace))
    };
    OPEN.try_with(find).ok().flatten()
}

/// The error's type in the name of a `Result`.
fn error_of(result: &'static str) -> Option<&'static str> {
    let arguments = result
        .strip_prefix("core::result::Result<")?
        .strip_suffix('>')?;
    let mut depth = 0usize;
    for (i, c) in arguments.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            // The `>` of `->` closes nothing.
            '>' if arguments[..i].ends_with('-') => {}
            '>' | ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return Some(arguments[i + 1..].trim_start()),
            _ => {}
        }
    }
    None
}

/// Whether an error asked for by one name may be the one that was recorded by another: `dyn Error` may be any, by itself or in
/// its box.
fn same_error(recorded: &str, asked: &str) -> bool {
    recorded == asked || asked.starts_with("dyn ")
}

#[cfg(test)]
mod tests {
    use super::error_of;
    use std::any::type_name;

    #[test]
    fn the_error_type_is_found_in_the_name_of_a_result() {
        for (result, error) in [
            (
                type_name::<Result<u8, String>>(),
                Some(type_name::<String>()),
            ),
            (
                type_name::<Result<(u8, u8), Vec<(u8, u16)>>>(),
                Some(type_name::<Vec<(u8, u16)>>()),
            ),
            (
                type_name::<Result<fn(u8) -> u8, [u8; 2]>>(),
                Some(type_name::<[u8; 2]>()),
            ),
            (type_name::<Result<Result<u8, u16>, u32>>(), Some("u32")),
            ("()", None),
            (type_name::<Option<u8>>(), None),
        ] {
            assert_eq!(error_of(result), error, "{result}");
        }
    }
}
