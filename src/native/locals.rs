//! Live values of all variables, read from the program's own debug information.
//!
//! `known` is asked for a frame and keeps what was read; `scope` tells which variables there are, `location` where they
//! are, `types` what their bytes mean, `reader` and `std_types` turn them into values. All that is read is checked: debug
//! information may be of another compiler, values may be garbage, memory may not be there.

#[cfg(native_elf)]
mod annotated;
#[cfg(native_elf)]
mod bytes;
mod display;
#[cfg(native_elf)]
mod fat;
#[cfg(all(native_elf, fuzzing))]
mod fuzz;
#[cfg(native_elf)]
mod known;
#[cfg(native_elf)]
mod location;
#[cfg(native_elf)]
mod lost;
#[cfg(native_elf)]
mod memory;
#[cfg(native_elf)]
mod objects;
#[cfg(native_elf)]
mod reader;
#[cfg(native_elf)]
mod registers;
#[cfg(native_elf)]
mod scope;
#[cfg(native_elf)]
mod source;
#[cfg(native_elf)]
mod std_types;
#[cfg(native_elf)]
mod types;
#[cfg(native_elf)]
pub(super) mod work;

#[cfg(native_elf)]
use self::annotated::Annotated;
#[cfg(all(native_elf, fuzzing))]
pub(crate) use self::fuzz::variables as fuzz_variables;
#[cfg(native_elf)]
use super::names::crate_of;
use super::names::{around_closures, last_segment};
use super::stack::NativeStack;
use super::symbols::Function;
use super::unwind;
use crate::capture::Limits;
use crate::inspect::Locals;
use std::ops::Index;

/// The functions that are active on this thread, annotated or not, with the values of their variables, innermost first:
/// what [`locals`] gives.
///
/// Owned: it can be kept, sent and printed when the functions are gone. `Display` prints
///
/// ```text
/// [0] app::total in src/main.rs:9:5
///     prices: [1.5, 2.0]
///     sum: 3.5
/// [1] app::main in src/main.rs:14:20
///     order: Order { id: 7, note: None }
/// [as a debugger sees them: a variable may be moved, or not assigned yet]
/// ```
#[derive(Clone, Debug, Default)]
pub struct NativeLocals {
    frames: Vec<FrameLocals>,
    /// Frames that are left out, and how many of `frames` come before them.
    omitted: (usize, usize),
    missing: Option<&'static str>,
    /// Why functions have no variables here.
    reasons: Vec<String>,
}

/// A function that is active, and its variables.
#[derive(Clone, Debug)]
pub struct FrameLocals {
    native_index: usize,
    function: Function,
    is_annotated: bool,
    locals: Locals,
}

/// The variables of the functions that are active on this thread, read from memory as the program's debug information
/// describes them. Nothing needs to be annotated.
///
/// ```
/// use stacklens::native;
///
/// #[inline(never)]
/// fn total(prices: &[f64]) -> f64 {
///     let sum = prices.iter().sum();
///     println!("{}", native::locals());
///     sum
/// }
///
/// total(&[1.5, 2.0]);
/// // [0] app::total in src/main.rs:6:20
/// //     prices: [1.5, 2.0]
/// //     sum: 3.5
/// // ..
/// ```
///
/// Values print as their `Debug` does, though no `Debug` runs: types are read from debug information, those of std by
/// what is known of them, trait objects as the types behind them. What is cut is counted. Names and types of secrets are
/// `<redacted>`. What no valid value looks like, memory that is not there and what the optimiser left out are said.
///
/// What debug information does not tell is whether a variable is initialised, or moved or dropped by now: such a one may
/// show what it was, or garbage that happens to look like a value. Of functions with `#[frame]` that is known: there
/// `<not yet assigned>` and `<moved?>` are said, a recorded copy is shown while it is current, else what is in memory, and
/// [`Local::origin`](crate::Local::origin) tells which.
///
/// Functions of std have no variables here. Without debug information (`debug = 2`, the default for `cargo build`) none
/// have, and [`NativeLocals::reasons`] says what is missing; where nothing can be read the list is empty and
/// [`NativeLocals::missing`] says why.
///
/// # Cost
///
/// The first time some milliseconds a function: debug information is searched. Then 10 µs a variable in a build without
/// optimisation. Stops after 40 ms of work; what is not read by then says so. Memory is read through the kernel, so that no
/// address can crash. Threads that ask at the same time wait for each other, half a second at most.
#[inline(never)]
pub fn locals() -> NativeLocals {
    let locals = locals_within(&Limits::DEFAULT);
    // Not a tail call: this frame is looked for and left out.
    std::hint::black_box(locals)
}

/// As [`locals`], with other limits: of these, those on items, nesting, characters and frames count.
///
/// ```
/// let mut limits = stacklens::Limits::default();
/// limits.items = 3;
/// let locals = stacklens::native::locals_within(&limits);
/// ```
#[inline(never)]
pub fn locals_within(limits: &Limits) -> NativeLocals {
    let mut stack = NativeStack::of(unwind::capture_registers());
    stack.leave_out(locals_within as *const () as usize);
    stack.leave_out(locals as *const () as usize);
    let locals = of_stack(&stack, limits);
    // As above.
    std::hint::black_box(locals)
}

/// The variables of a stack that is still there.
#[cfg(not(native_elf))]
fn of_stack(_stack: &NativeStack, _limits: &Limits) -> NativeLocals {
    NativeLocals {
        missing: Some("the values of variables are read on Linux alone, with the feature `native`"),
        ..NativeLocals::default()
    }
}

/// The variables of a stack that is still there.
#[cfg(native_elf)]
pub(crate) fn of_stack(stack: &NativeStack, limits: &Limits) -> NativeLocals {
    /// Time for all variables of a request.
    const TIME: std::time::Duration = std::time::Duration::from_millis(40);
    const LINES_ALONE: &str =
        "no variables: this was compiled with lines alone, `debug = 2` adds them";

    let mut result = NativeLocals::default();
    if let Some(why) = stack.missing() {
        result.missing = Some(why);
        return result;
    }
    if cfg!(target_endian = "big") {
        result.missing = Some("values are read where the little end of a number comes first");
        return result;
    }
    let mut places = stack.functions(false);
    places.retain(|place| !place.is_runtime);
    let (first, last) = (limits.frames_first, limits.frames_last);
    if places.len() > first.saturating_add(last) {
        result.omitted = (places.len() - first - last, first);
        places.drain(first..places.len() - last);
    }
    let Some(mut known) = known::lock() else {
        result.missing =
            Some("debug information is being read already, by another thread or further out");
        return result;
    };
    let known = known.known();
    let mut work = work::Work::within(TIME);
    let mut annotated = Annotated::of(stack);
    // The variables of the native frame that was read last, for each function in it.
    let mut frame = (usize::MAX, Vec::new());
    for place in &places {
        let Some(function) = place.function() else {
            result.note(place.missing());
            continue;
        };
        let index = place.frame;
        if annotated.is_around(function.name()) {
            continue;
        }
        // What std's own functions have is of no interest to others.
        let is_std = matches!(crate_of(function.name()), "core" | "alloc" | "std");
        if frame.0 != index && !is_std {
            let raw = stack.frames()[index].raw();
            let caller = stack.frames().get(index + 1).map(|it| it.raw().sp);
            frame = (index, known.frame(raw, caller, limits, &mut work));
            if frame.1.iter().all(Vec::is_empty) {
                let lacking = || known.has_lines_alone(raw).then_some(LINES_ALONE);
                result.note(place.missing().or_else(lacking));
            }
        }
        let list = match frame.1.get_mut(place.depth()) {
            Some(list) if frame.0 == index && !is_std => std::mem::take(list),
            _ => Vec::new(),
        };
        let recorded = annotated.take(index, function.name());
        result.frames.push(FrameLocals {
            native_index: index,
            function: function.clone(),
            is_annotated: recorded.is_some(),
            locals: match recorded {
                Some(recorded) => annotated::resolve(&recorded, &list, known),
                None => annotated::all(list),
            },
        });
    }
    result
}

impl NativeLocals {
    /// The functions, innermost first.
    pub fn frames(&self) -> &[FrameLocals] {
        &self.frames
    }

    /// The functions, innermost first.
    pub fn iter(&self) -> std::slice::Iter<'_, FrameLocals> {
        self.frames.iter()
    }

    /// The number of functions.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// How many functions between the innermost and the outermost ones are left out, as the limits say.
    pub fn omitted(&self) -> usize {
        self.omitted.0
    }

    /// Why nothing is read, if that is so.
    pub fn missing(&self) -> Option<&'static str> {
        self.missing
    }

    /// What debug information lacks of the functions that have no variables here, and why; each reason once.
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }

    #[cfg(native_elf)]
    fn note(&mut self, reason: Option<&str>) {
        if let Some(reason) = reason
            && !self.reasons.iter().any(|known| known == reason)
        {
            self.reasons.push(reason.to_owned());
        }
    }
}

impl FrameLocals {
    /// Index of the native frame in [`stack`](super::stack) of the same moment. Functions that were inlined have that of
    /// the one they are in.
    pub fn native_index(&self) -> usize {
        self.native_index
    }

    /// The function: its path, file and line.
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// Whether it has `#[frame]`, so that it is known which variables are initialised and which may be moved out.
    pub fn is_annotated(&self) -> bool {
        self.is_annotated
    }

    /// Whether it has this name, paths and closures left out.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        last_segment(around_closures(self.function.name()).0) == name
    }

    /// Its variables, arguments first.
    pub fn locals(&self) -> &Locals {
        &self.locals
    }
}

/// # Panics
///
/// If the index is out of bounds; `frames().get(index)` does not.
impl Index<usize> for NativeLocals {
    type Output = FrameLocals;

    fn index(&self, index: usize) -> &FrameLocals {
        &self.frames[index]
    }
}

impl<'a> IntoIterator for &'a NativeLocals {
    type Item = &'a FrameLocals;
    type IntoIter = std::slice::Iter<'a, FrameLocals>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
