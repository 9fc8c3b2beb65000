//! The native stack as people get it.

use super::symbols::{Function, Symbols};
use super::unwind::{self, RawFrame, RawStack};
use super::{names, runtime};
use crate::capture::Limits;
use crate::inspect::fold::{Row, collapse, cut, show_last_round};
use std::fmt;

/// The native frames of a thread at one moment, innermost first: what [`stack`] gives.
///
/// Holds addresses; names, files and lines are looked up when they are asked for, on any thread. `Display` prints them:
///
/// ```text
/// [0] app::parse in src/parse.rs:12:9
/// [1] app::read in src/main.rs:7:5 (inlined)
/// [1] app::main in src/main.rs:3:5
/// [9 runtime frames]
/// ```
///
/// The numbers are indices; functions that were inlined have that of the frame they are in. Frames that only pass control
/// on (std's start of programs and threads, its panics, closures' shims, this library) are counted; `{:#}` prints them,
/// and addresses. What debug information does not tell is said at the end, with the reason.
#[derive(Clone, Debug, Default)]
pub struct NativeStack {
    frames: Vec<NativeFrame>,
    is_cut: bool,
}

/// A native frame: the activation of a function, with all that was inlined into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct NativeFrame {
    raw: RawFrame,
}

/// The native stack of this thread: what really runs, annotated or not.
///
/// ```
/// #[inline(never)]
/// fn leaf() -> String {
///     stacklens::native::stack().to_string()
/// }
///
/// # #[cfg(all(feature = "native", target_os = "linux"))]
/// assert!(leaf().contains("leaf"), "{}", leaf());
/// ```
///
/// Where it cannot be had, it is empty, and [`NativeStack::missing`] says why.
///
/// # Cost
///
/// Some 100 ns a frame and one allocation: the unwinder walks through the tables that panics use. Names are looked up in
/// the program's files when they are asked for: some milliseconds the first time, mostly for the pages that are read.
#[inline(never)]
pub fn stack() -> NativeStack {
    NativeStack::of(unwind::capture_outside(stack_function(), false))
}

fn stack_function() -> usize {
    stack as *const () as usize
}

impl NativeStack {
    pub(crate) fn of(raw: RawStack) -> NativeStack {
        let frames = raw.frames.into_iter().map(|raw| NativeFrame { raw });
        NativeStack {
            frames: frames.collect(),
            is_cut: raw.is_cut,
        }
    }

    /// Without the innermost frame, if it is of this function of ours.
    pub(crate) fn leave_out(&mut self, function: usize) {
        let first = self.frames.first();
        if first.is_some_and(|frame| frame.raw.function == function) {
            self.frames.remove(0);
        }
    }

    /// The frames, innermost first.
    pub fn frames(&self) -> &[NativeFrame] {
        &self.frames
    }

    /// Whether outer frames are left out, because there are more than some thousand.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Why there are no native frames in this build, if that is so.
    pub fn missing(&self) -> Option<&'static str> {
        unwind::MISSING
    }

    /// The functions of all frames. Those of the frames that the program or thread was started by are not looked up,
    /// unless `all` are wanted.
    pub(crate) fn functions(&self, all: bool) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::with_capacity(self.frames.len());
        // Outside of what std runs the program's code in.
        let mut outside = false;
        for (index, frame) in self.frames.iter().enumerate() {
            if outside && !all {
                places.push(Place {
                    frame: index,
                    is_runtime: true,
                    symbols: None,
                    function: 0,
                });
                continue;
            }
            let symbols = frame.symbols();
            let names = symbols.functions();
            for function in 0..names.len().max(1) {
                let known = names.get(function);
                outside |= known.is_some_and(|function| runtime::begins(&function.name));
                places.push(Place {
                    frame: index,
                    is_runtime: outside || known.is_some_and(Function::is_runtime),
                    symbols: Some(symbols.clone()),
                    function,
                });
                // What a panic is made by.
                if known.is_some_and(|function| runtime::ends(&function.name)) {
                    places.iter_mut().for_each(|place| place.is_runtime = true);
                }
            }
        }
        places
    }
}

/// A function of a native stack.
#[derive(Clone)]
pub(crate) struct Place {
    /// Index of the native frame.
    pub(crate) frame: usize,
    pub(crate) is_runtime: bool,
    /// None if it was not looked up.
    symbols: Option<Symbols>,
    function: usize,
}

impl Place {
    /// `None` if nothing is known of the frame.
    pub(crate) fn function(&self) -> Option<&Function> {
        self.symbols.as_ref()?.functions().get(self.function)
    }

    /// The index of the function in its frame; 0 is the innermost.
    #[cfg(native_elf)]
    pub(crate) fn depth(&self) -> usize {
        self.function
    }

    /// Whether it is a function of this library.
    pub(crate) fn is_ours(&self) -> bool {
        self.function()
            .is_some_and(|function| names::crate_of(&function.name) == "stacklens")
    }

    /// What is not known of it, and why.
    pub(crate) fn missing(&self) -> Option<&str> {
        self.symbols.as_ref()?.missing()
    }

    pub(crate) fn object(&self) -> &str {
        self.symbols.as_ref().map_or("", Symbols::object)
    }
}

impl NativeFrame {
    pub(crate) fn raw(&self) -> &RawFrame {
        &self.raw
    }

    /// Where the function goes on, as a rule the instruction behind its call.
    pub fn address(&self) -> usize {
        self.raw.pc
    }

    /// The stack pointer at that call; 0 where it is not known. The frame ends where the next outer one's begins.
    pub fn stack_pointer(&self) -> usize {
        self.raw.sp
    }

    /// Where the function's machine code begins; 0 where it is not known.
    pub fn function_address(&self) -> usize {
        self.raw.function
    }

    /// The functions that run there, with their files and lines.
    ///
    /// # Cost
    ///
    /// The first time for an address, a look through the debug information of the unit that it is in: tens to hundreds of
    /// microseconds. Then the answer is kept. Takes no lock that it would wait for. Opens files, the first time.
    pub fn symbols(&self) -> Symbols {
        Symbols::of(self.raw.lookup())
    }
}

impl fmt::Display for NativeStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = self.missing() {
            return write!(f, "[no native frames: {why}]");
        }
        let all = f.alternate();
        let places = self.functions(all);
        let same = |a: usize, b: usize| {
            let (a, b) = (&places[a], &places[b]);
            let address = |place: &Place| self.frames[place.frame].raw.pc;
            address(a) == address(b) && a.function == b.function
        };
        let limits = &Limits::DEFAULT;
        let rows = collapse(limits, places.len(), same);
        let rows = cut(limits, show_last_round(rows, places.len()), |i| {
            !all && places[i].is_runtime
        });
        let mut lines = Lines {
            f,
            is_first: true,
            runtime: 0,
        };
        for row in rows {
            match row {
                Row::Frame(i) if !all && places[i].is_runtime => lines.runtime += 1,
                Row::Frame(i) => lines.place(&self.frames[places[i].frame], &places[i])?,
                row => lines.line(format_args!("{row}"))?,
            }
        }
        lines.flush()?;
        if self.is_cut {
            lines.line(format_args!("[outer frames not walked]"))?;
        }
        for missing in what_is_missing(&places, all) {
            lines.line(format_args!("[{missing}]"))?;
        }
        Ok(())
    }
}

/// Each reason once, of the frames that are shown.
fn what_is_missing(places: &[Place], all: bool) -> Vec<&str> {
    let mut reasons: Vec<&str> = Vec::new();
    for place in places.iter().filter(|place| all || !place.is_runtime) {
        if let Some(why) = place.missing()
            && !reasons.contains(&why)
        {
            reasons.push(why);
        }
    }
    reasons
}

struct Lines<'a, 'f> {
    f: &'a mut fmt::Formatter<'f>,
    is_first: bool,
    /// Frames of the runtime that are not said yet.
    runtime: usize,
}

impl Lines<'_, '_> {
    fn line(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        self.flush()?;
        self.write(text)
    }

    fn write(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        if !std::mem::replace(&mut self.is_first, false) {
            self.f.write_str("\n")?;
        }
        self.f.write_fmt(text)
    }

    fn flush(&mut self) -> fmt::Result {
        match std::mem::take(&mut self.runtime) {
            0 => Ok(()),
            1 => self.write(format_args!("[1 runtime frame]")),
            n => self.write(format_args!("[{n} runtime frames]")),
        }
    }

    fn place(&mut self, frame: &NativeFrame, place: &Place) -> fmt::Result {
        let index = place.frame;
        match place.function() {
            Some(function) => {
                self.line(format_args!("[{index}] {function}"))?;
                if function.is_inlined {
                    self.f.write_str(" (inlined)")?;
                }
            }
            None => self.line(format_args!("[{index}] ?"))?,
        }
        if self.f.alternate() || place.function().is_none() {
            write!(self.f, " at {:#x}", frame.raw.pc)?;
            if !place.object().is_empty() {
                write!(self.f, " of {}", place.object())?;
            }
        }
        Ok(())
    }
}
