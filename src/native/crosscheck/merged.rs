//! One list of both stacks: native functions, the annotated ones with what is recorded of them.

use super::{CrossCheck, Verdict};
use crate::code::Code;
use crate::inspect::FrameInfo;
use crate::native::names::{around_closures, last_segment};
use crate::native::stack::Place;
use crate::native::{Function, NativeFrame};

/// An entry of [`CrossCheck::merged`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum MergedFrame<'a> {
    /// An annotated function, with what is recorded of it.
    Recorded {
        /// Its index in [`CrossCheck::recorded`].
        index: usize,
        /// What is recorded.
        frame: &'a FrameInfo,
    },
    /// A function that nobody annotated.
    Native {
        /// The index in [`CrossCheck::native`] of the frame that it is in.
        native_index: usize,
        /// The frame.
        frame: &'a NativeFrame,
        /// The function, or `None` if nothing is known of the frame.
        function: Option<Function>,
    },
    /// Native frames that only pass control on.
    Runtime {
        /// How many.
        frames: usize,
    },
}

impl CrossCheck {
    /// Both stacks as one list, innermost first: each native function, inlined ones too, and in the place of the annotated
    /// ones what is recorded of them. Frames that leaked are left out: they are not there.
    ///
    /// ```
    /// use stacklens::{frame, native::{self, MergedFrame}};
    ///
    /// #[frame]
    /// fn annotated(x: i32) -> Vec<String> {
    ///     not_annotated()
    /// }
    ///
    /// #[inline(never)]
    /// fn not_annotated() -> Vec<String> {
    ///     let check = native::crosscheck();
    ///     let lines = check.merged().into_iter().map(|entry| match entry {
    ///         MergedFrame::Recorded { frame, .. } => format!("{frame} {}", frame.locals()),
    ///         MergedFrame::Native { function, .. } => function.map(|f| f.to_string()).unwrap_or_default(),
    ///         other => format!("{other:?}"),
    ///     });
    ///     lines.collect()
    /// }
    ///
    /// let lines = annotated(3);
    /// // app::not_annotated in src/main.rs:10:17
    /// // annotated in src/main.rs:5 {x: 3}
    /// // app::main in src/main.rs:19:13
    /// assert!(lines.iter().any(|line| line.contains("{x: 3}")));
    /// ```
    ///
    /// Looks up names, as [`NativeFrame::symbols`] does.
    pub fn merged(&self) -> Vec<MergedFrame<'_>> {
        let places = self.native().functions(false);
        let mut items: Vec<Item<'_>> = Vec::with_capacity(places.len());
        let mut next = 0;
        for places in places.chunk_by(|a, b| a.frame == b.frame) {
            let here = Verdict::Confirmed {
                native_index: places[0].frame,
            };
            let in_frame: Vec<usize> = (0..self.verdicts().len())
                .filter(|&index| self.verdicts()[index] == here)
                .collect();
            if let Some(&first) = in_frame.first() {
                self.unplaced(next..first, &mut items);
                next = in_frame.last().map_or(next, |last| last + 1);
            }
            self.merge(places, &in_frame, &mut items);
        }
        self.unplaced(next..self.verdicts().len(), &mut items);
        self.claim_bodies(&mut items);
        self.finish(items)
    }

    /// Recorded frames that are in no native one.
    fn unplaced<'p>(&self, range: std::ops::Range<usize>, items: &mut Vec<Item<'p>>) {
        let kept = range.filter(|&index| {
            matches!(
                self.verdicts()[index],
                Verdict::Suspended | Verdict::Unverifiable { .. }
            )
        });
        items.extend(kept.map(Item::Recorded));
    }

    /// The functions of one native frame, with the recorded ones in their places. Both are innermost first.
    fn merge<'p>(&self, places: &'p [Place], recorded: &[usize], items: &mut Vec<Item<'p>>) {
        let own = |place: &&Place| !place.is_runtime;
        let only = (recorded.len() == 1 && places.iter().filter(own).count() == 1)
            .then(|| places.iter().position(|place| !place.is_runtime))
            .flatten();
        let mut at = 0;
        for &index in recorded {
            let frame = &self.recorded()[index];
            let fit = |place: &Place| place.function().map_or(Fit::Not, |f| fit(frame.code(), f));
            let found = (at..places.len())
                .map(|i| (i, fit(&places[i])))
                .find(|(_, fit)| *fit != Fit::Not);
            let found = match (found, only) {
                (None, Some(i)) if !frame.code().is_closure() => Some((i, Fit::Itself)),
                (found, _) => found,
            };
            if let Some((i, _)) = found {
                items.extend(places[at..i.max(at)].iter().map(Item::Native));
            }
            items.push(Item::Recorded(index));
            match found {
                Some((i, Fit::Itself)) => at = i + 1,
                Some((i, _)) => at = i,
                None => {}
            }
        }
        items.extend(places[at.min(places.len())..].iter().map(Item::Native));
    }

    /// An async function is polled by two closures of its own, within the frame that records it and around that: they are
    /// the function itself.
    fn claim_bodies(&self, items: &mut Vec<Item<'_>>) {
        let mut claimed = vec![false; items.len()];
        for (at, item) in items.iter().enumerate() {
            let Item::Recorded(index) = *item else {
                continue;
            };
            let code = self.recorded()[index].code();
            if !code.is_async() {
                continue;
            }
            let is_body = |item: &Item<'_>| match item {
                Item::Native(place) => place
                    .function()
                    .is_some_and(|f| fit(code, f) == Fit::Itself),
                _ => false,
            };
            let passed = |item: &Item<'_>| matches!(item, Item::Native(place) if place.is_runtime);
            let mut look = |indices: &mut dyn Iterator<Item = usize>| {
                for i in indices {
                    if is_body(&items[i]) {
                        claimed[i] = true;
                    } else if !passed(&items[i]) {
                        break;
                    }
                }
            };
            look(&mut (0..at).rev());
            look(&mut (at + 1..items.len()));
        }
        let mut claimed = claimed.into_iter();
        items.retain(|_| !claimed.next().unwrap_or(false));
    }

    fn finish(&self, items: Vec<Item<'_>>) -> Vec<MergedFrame<'_>> {
        let mut merged: Vec<MergedFrame<'_>> = Vec::with_capacity(items.len());
        // The native frame that was counted last.
        let mut counted = None;
        for item in items {
            match item {
                // Of this library: between an async function and its body.
                Item::Native(place) if place.is_runtime && place.is_ours() => {}
                Item::Recorded(index) => merged.push(MergedFrame::Recorded {
                    index,
                    frame: &self.recorded()[index],
                }),
                Item::Native(place) if place.is_runtime => {
                    let again = counted.replace(place.frame) == Some(place.frame);
                    match merged.last_mut() {
                        Some(MergedFrame::Runtime { frames }) => *frames += usize::from(!again),
                        _ => merged.push(MergedFrame::Runtime { frames: 1 }),
                    }
                }
                Item::Native(place) => merged.push(MergedFrame::Native {
                    native_index: place.frame,
                    frame: &self.native().frames()[place.frame],
                    function: place.function().cloned(),
                }),
            }
        }
        merged
    }
}

enum Item<'p> {
    Recorded(usize),
    Native(&'p Place),
}

/// What a native function is to a recorded one.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    /// The same.
    Itself,
    /// The function that a `framed!` block is in.
    Around,
    Not,
}

/// By name and line. A frame may be called otherwise than its function; a line may be of another file, where a macro was.
fn fit(code: &Code, function: &Function) -> Fit {
    let (around, closures) = around_closures(&function.name);
    let file = function.file.ends_with(code.file()) || code.file().ends_with(&*function.file);
    let lines = code.first_line()..=code.last_line();
    let inside = file && lines.contains(&function.line);
    let known = function.line != 0;
    if code.is_closure() {
        return match inside {
            true => Fit::Around,
            false => Fit::Not,
        };
    }
    let named = last_segment(around) == code.name();
    let own_kind = (closures > 0) == code.is_async();
    // The outer body of an async function has the line of the attribute.
    let elsewhere = named && (!known || !file || code.is_async());
    match own_kind && (known && inside || elsewhere) {
        true => Fit::Itself,
        false => Fit::Not,
    }
}
