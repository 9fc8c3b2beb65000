//! The stack as people read it: outermost first, with source lines and values.

use super::model::Entry;
use super::text;
use crate::capture::Limits;
use crate::code::Code;
use crate::config;
use crate::inspect::fold::{Row, collapse, cut, show_last_round};
use crate::inspect::{FrameInfo, Stack};
use crate::native::{self, CrossCheck, Function, MergedFrame};
use crate::stack::{self as storage, Cursor, Meta};
use once_cell::race::OnceBox;
use std::fmt;
use std::sync::Arc;

/// The annotated frames of a thread, outermost first ("most recent call last"), folded for reading.
///
/// Repetitions of up to eight frames are counted from the fourth round on, though a last round at
/// the end is shown, and of more than 100 frames the first and last 50 are kept: what is left out is
/// an entry too. A [`Stack`] has everything instead.
///
/// `Display` prints Python's rhythm: the place, the source line, the values of the variables in
/// scope.
///
/// ```text
/// Traceback (most recent call last):
///   src/main.rs:12:5 in top
///     middle();
///   src/main.rs:9:5 in middle
///     deep_call(x)
///     x = 3
/// ```
///
/// ```
/// use stacklens::{Traceback, frame};
///
/// #[frame]
/// fn outer(x: i32) -> Traceback {
///     inner(x + 1)
/// }
///
/// #[frame]
/// fn inner(y: i32) -> Traceback {
///     Traceback::capture()
/// }
///
/// let traceback = outer(3);
/// let names: Vec<_> = traceback.frames().map(|frame| frame.name()).collect();
/// assert_eq!(names, ["outer", "inner"]);
/// assert!(traceback.to_string().starts_with("Traceback (most recent call last):\n"));
/// assert!(traceback.to_string().contains("y = 4"));
/// ```
///
/// Source lines are read from disk when a traceback is printed, through a cache; where the file is
/// missing, or does not have the function at its lines, they are left out. `Send`, `Sync` and
/// `Clone`.
///
/// # With native frames
///
/// Made from a [`CrossCheck`], and by itself where [`Config::native`](crate::Config::native) says so, it
/// has the functions too that nobody annotated, between the annotated ones:
///
/// ```
/// use stacklens::{Traceback, frame, native};
///
/// #[frame]
/// fn outer(x: i32) -> String {
///     not_annotated()
/// }
///
/// #[inline(never)]
/// fn not_annotated() -> String {
///     Traceback::from(native::crosscheck()).to_string()
/// }
///
/// let text = outer(3);
/// assert!(text.contains("x = 3"));
/// # #[cfg(all(feature = "native", target_os = "linux", not(feature = "off")))]
/// assert!(text.contains("not_annotated [native]"), "{text}");
/// ```
#[derive(Clone, Default)]
pub struct Traceback {
    entries: Vec<TracebackEntry>,
    /// What the entries are of, if they are those of both stacks.
    merged: Option<Arc<Merged>>,
}

/// Both stacks. Native frames are named when somebody asks.
struct Merged {
    check: CrossCheck,
    entries: OnceBox<Vec<TracebackEntry>>,
}

/// An entry of a [`Traceback`]: a frame, or what stands for frames left out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TracebackEntry {
    /// A frame. Frames of functions marked `#[frame(hide)]` are here as well; only `Display` leaves
    /// them out.
    Frame(Box<FrameInfo>),
    /// The last `frames` entries come another `times` times.
    Repeated {
        /// Length of the repetition.
        frames: usize,
        /// How often it comes again.
        times: usize,
    },
    /// Frames cut out of the middle.
    Omitted {
        /// How many.
        frames: usize,
    },
    /// Innermost frames of which nothing is known; see [`Stack::unrecorded`].
    Unrecorded {
        /// How many.
        frames: usize,
    },
    /// A function of the native stack that nobody annotated.
    Native(Box<Function>),
}

impl Traceback {
    /// The traceback of this thread as it is now.
    ///
    /// # Cost
    ///
    /// Linear in the depth, but only frames that are kept (at most some hundred) are copied.
    /// Decodes no values and reads no files: printing does. No lock. With native frames, if they are
    /// [asked for](crate::Config::native): that of [`native::crosscheck`].
    pub fn capture() -> Traceback {
        if config::merges_native() && native::can_merge(storage::depth()) {
            return Traceback::from(native::crosscheck());
        }
        Traceback::recorded()
    }

    /// The annotated functions alone.
    pub(crate) fn recorded() -> Traceback {
        let innermost = storage::current();
        let mut frames: Vec<Cursor> = Vec::with_capacity(innermost.map_or(0, Cursor::depth));
        frames.extend(std::iter::successors(innermost, |cursor| cursor.caller()));
        frames.reverse();
        Traceback::fold(
            frames.len(),
            |i| (frames[i].meta(), frames[i].position()),
            |i| FrameInfo::new(frames[i].snapshot()),
            storage::unrecorded(),
        )
    }

    /// The entries, outermost first.
    pub fn entries(&self) -> &[TracebackEntry] {
        match &self.merged {
            Some(merged) => merged
                .entries
                .get_or_init(|| Box::new(merge(&merged.check))),
            None => &self.entries,
        }
    }

    /// The frames that are kept, outermost first.
    pub fn frames(&self) -> impl DoubleEndedIterator<Item = &FrameInfo> {
        self.entries().iter().filter_map(|entry| match entry {
            TracebackEntry::Frame(frame) => Some(&**frame),
            _ => None,
        })
    }

    /// Folds `len` frames, outermost first: `place` tells function and position of one, `copy`
    /// makes its entry.
    fn fold(
        len: usize,
        place: impl Fn(usize) -> (Option<Meta>, u32),
        copy: impl Fn(usize) -> FrameInfo,
        unrecorded: usize,
    ) -> Traceback {
        let hidden = |i: usize| Code::of(place(i).0).is_hidden();
        let limits = &Limits::DEFAULT;
        let key = |i: usize| (place(i).0.map(Meta::address), place(i).1);
        let rows = cut(
            limits,
            show_last_round(collapse(limits, len, |a, b| key(a) == key(b)), len),
            hidden,
        );
        let last = (unrecorded > 0).then_some(Row::Unrecorded(unrecorded));
        let entry = |row| match row {
            Row::Frame(i) => Some(TracebackEntry::Frame(Box::new(copy(i)))),
            Row::Repeated { frames, times } => Some(TracebackEntry::Repeated { frames, times }),
            Row::Omitted(frames) => Some(TracebackEntry::Omitted { frames }),
            Row::Unrecorded(frames) => Some(TracebackEntry::Unrecorded { frames }),
            // Made only for printing, and of reports.
            Row::Hidden(_) | Row::Joined(_) => None,
        };
        Traceback {
            entries: rows.into_iter().chain(last).filter_map(entry).collect(),
            merged: None,
        }
    }
}

/// The entries of both stacks, outermost first.
fn merge(check: &CrossCheck) -> Vec<TracebackEntry> {
    let mut frames = check.merged();
    // The way here, and what made a panic.
    if let Some(MergedFrame::Runtime { .. }) = frames.first() {
        frames.remove(0);
    }
    frames.reverse();
    let same = |a: usize, b: usize| match (&frames[a], &frames[b]) {
        (MergedFrame::Recorded { frame: a, .. }, MergedFrame::Recorded { frame: b, .. }) => {
            a.meta().map(Meta::address) == b.meta().map(Meta::address) && a.lasti() == b.lasti()
        }
        (
            MergedFrame::Native {
                frame: a,
                function: f,
                ..
            },
            MergedFrame::Native {
                frame: b,
                function: g,
                ..
            },
        ) => a.address() == b.address() && f == g,
        _ => false,
    };
    let hidden = |i: usize| match frames[i] {
        MergedFrame::Recorded { frame, .. } => frame.code().is_hidden(),
        _ => false,
    };
    let limits = &Limits::DEFAULT;
    let rows = collapse(limits, frames.len(), same);
    let rows = cut(limits, show_last_round(rows, frames.len()), hidden);
    let entry = |row| match row {
        Row::Frame(i) => Some(match &frames[i] {
            MergedFrame::Recorded { frame, .. } => {
                TracebackEntry::Frame(Box::new((*frame).clone()))
            }
            MergedFrame::Native {
                frame, function, ..
            } => {
                let unknown = || Function::unknown(frame.address());
                TracebackEntry::Native(Box::new(function.clone().unwrap_or_else(unknown)))
            }
            MergedFrame::Runtime { frames } => TracebackEntry::Omitted { frames: *frames },
        }),
        Row::Repeated { frames, times } => Some(TracebackEntry::Repeated { frames, times }),
        Row::Omitted(frames) => Some(TracebackEntry::Omitted { frames }),
        Row::Unrecorded(frames) => Some(TracebackEntry::Unrecorded { frames }),
        // Made only for printing, and of reports.
        Row::Hidden(_) | Row::Joined(_) => None,
    };
    let unrecorded = check.recorded().unrecorded();
    let last = (unrecorded > 0).then_some(Row::Unrecorded(unrecorded));
    rows.into_iter().chain(last).filter_map(entry).collect()
}

/// Both stacks: native functions, and in the place of the annotated ones what is recorded of them.
impl From<CrossCheck> for Traceback {
    fn from(check: CrossCheck) -> Traceback {
        Traceback {
            entries: Vec::new(),
            merged: Some(Arc::new(Merged {
                check,
                entries: OnceBox::new(),
            })),
        }
    }
}

impl From<&Stack> for Traceback {
    fn from(stack: &Stack) -> Traceback {
        let frame = |i: usize| &stack[stack.len() - 1 - i];
        Traceback::fold(
            stack.len(),
            |i| (frame(i).meta(), frame(i).lasti()),
            |i| frame(i).clone(),
            stack.unrecorded(),
        )
    }
}

impl From<Stack> for Traceback {
    fn from(stack: Stack) -> Traceback {
        Traceback::from(&stack)
    }
}

impl fmt::Display for Traceback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<Entry> = self
            .entries()
            .iter()
            .map(|entry| Entry::of(entry, &Limits::DEFAULT))
            .collect();
        let options = text::plain(f);
        text::write_stack(&entries, f, &options)
    }
}

impl fmt::Debug for Traceback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

#[cfg(feature = "serde")]
mod serialize {
    use super::{Traceback, TracebackEntry};
    use crate::inspect::FrameInfo;
    use crate::source;
    use serde::Serialize;

    #[derive(Serialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Tagged<'a> {
        Frame {
            #[serde(flatten)]
            frame: &'a FrameInfo,
            #[serde(skip_serializing_if = "Option::is_none")]
            source: Option<String>,
        },
        Repeated {
            frames: usize,
            times: usize,
        },
        Omitted {
            frames: usize,
        },
        Unrecorded {
            frames: usize,
        },
        Native {
            name: &'a str,
            file: &'a str,
            line: u32,
            column: u32,
        },
    }

    /// A map with a `type`: `frame` (the fields of a [`FrameInfo`] and the source line),
    /// `repeated`, `omitted`, `unrecorded` or `native`.
    impl Serialize for TracebackEntry {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let tagged = match self {
                TracebackEntry::Frame(frame) => Tagged::Frame {
                    frame,
                    source: source::line_of(frame.code(), frame.line()),
                },
                TracebackEntry::Repeated { frames, times } => Tagged::Repeated {
                    frames: *frames,
                    times: *times,
                },
                TracebackEntry::Omitted { frames } => Tagged::Omitted { frames: *frames },
                TracebackEntry::Unrecorded { frames } => Tagged::Unrecorded { frames: *frames },
                TracebackEntry::Native(function) => Tagged::Native {
                    name: function.name(),
                    file: function.file(),
                    line: function.line(),
                    column: function.column(),
                },
            };
            tagged.serialize(serializer)
        }
    }

    /// The list of its entries, outermost first.
    impl Serialize for Traceback {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.entries())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::__private::{Guard, at, cap, enter0 as enter};
    use crate::code::fixture::{Function, numbers};

    fn function(name: &'static str) -> Function {
        // Where this text stands: `fn fixture_at_a_known_line`, below.
        Function {
            name,
            file: file!(),
            places: vec![(0, 1), (1, 5)],
            ..Function::default()
        }
    }

    fn entered(literal: &'static str, position: u32) -> Guard {
        let guard = enter(literal);
        at(position, guard.active);
        guard
    }

    fn lines(traceback: &Traceback) -> Vec<String> {
        traceback.to_string().lines().map(str::to_owned).collect()
    }

    #[rustfmt::skip]
    fn fixture_at_a_known_line() -> u32 {
        line!()
    }

    #[test]
    fn a_traceback_has_place_source_and_values_outermost_first() {
        let line = fixture_at_a_known_line() - 1;
        let head = [0, 1, line.into(), 5, u64::from(line) + 2];
        let known = Function {
            head,
            ..function("fixture_at_a_known_line")
        };
        let variables = format!("x {}\n", numbers(&[0, 0, 0, 1, 9, 0]));
        let unknown = Function {
            variables,
            ..function("no_such_function")
        };
        let _outer = entered(known.literal(), 1);
        let inner = entered(unknown.literal(), 1);
        cap(&3_i32, 1 << 8, inner.active);

        let here = file!();
        assert_eq!(
            lines(&Traceback::capture()),
            [
                "Traceback (most recent call last):",
                &format!("  {here}:{}:5 in fixture_at_a_known_line", line + 1),
                "    line!()",
                &format!("  {here}:11:5 in no_such_function"),
                "    x = 3",
            ]
        );
        assert_eq!(
            Traceback::from(crate::stack()).to_string(),
            Traceback::capture().to_string()
        );
    }

    #[test]
    fn outside_of_all_frames_it_says_so() {
        assert_eq!(Traceback::capture().frames().count(), 0);
        assert_eq!(
            Traceback::capture().to_string(),
            "Traceback (most recent call last):\n  [no annotated function is active]"
        );
    }

    #[test]
    fn recursion_and_circles_are_counted_not_listed() {
        let (a, b) = (function("ping").literal(), function("pong").literal());
        let _top = enter(function("top").literal());
        let guards: Vec<Guard> = (0..1000)
            .map(|i| enter(if i % 2 == 0 { a } else { b }))
            .collect();
        let text = lines(&Traceback::capture());
        assert_eq!(text.len(), 1 + 1 + 6 + 1 + 2);
        assert_eq!(text[8], "  [previous 2 frames repeated 496 more times]");
        assert!(text[9].ends_with("in ping") && text[10].ends_with("in pong"));
        // Left innermost first, as the language does.
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn a_call_from_another_line_is_no_repetition() {
        let f = function("f").literal();
        let guards: Vec<Guard> = (0..4).map(|i| entered(f, i % 3 / 2)).collect();
        assert_eq!(Traceback::capture().frames().count(), 4);
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn hidden_frames_are_data_but_not_text() {
        let hidden = Function {
            head: [1 << 5, 0, 10, 1, 20],
            ..function("wrapper")
        };
        let _outer = enter(function("outer").literal());
        let _one = enter(hidden.literal());
        let _two = enter(hidden.literal());
        let _inner = enter(function("inner").literal());
        let traceback = Traceback::capture();
        let text = lines(&traceback);
        assert!(
            text[1].ends_with("in outer") && text[3].ends_with("in inner"),
            "{text:?}"
        );
        assert_eq!(text[2], "  [2 hidden frames]");
        assert_eq!(traceback.frames().count(), 4);
    }

    #[test]
    fn of_a_deep_stack_only_the_ends_are_copied() {
        let functions: Vec<_> = (0..300)
            .map(|i| function(format!("f{i}").leak()).literal())
            .collect();
        let guards: Vec<Guard> = functions.iter().map(|f| enter(f)).collect();
        let traceback = Traceback::capture();
        assert_eq!(traceback.frames().count(), 100);
        assert!(matches!(
            traceback.entries()[50],
            TracebackEntry::Omitted { frames: 200 }
        ));
        assert_eq!(traceback.frames().next_back().unwrap().name(), "f299");
        guards.into_iter().rev().for_each(drop);
    }

    #[test]
    fn a_traceback_goes_to_other_threads() {
        fn anywhere<T: Send + Sync + Clone + std::panic::UnwindSafe + Default + 'static>() {}
        anywhere::<Traceback>();
    }
}
