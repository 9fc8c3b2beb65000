//! Making a report.

use super::context::{LogLine, Process, Section, Thread, Timestamp, unique_id};
use super::failure::Failure;
use super::frame::Frame;
use super::model::{Entry, Kind, Panic, Report, ReportData};
use super::traceback::{Traceback, TracebackEntry};
use super::variable::Variable;
use crate::capture::Limits;
use crate::inspect::Stack;
use crate::recursion::{self, RecursionError};
use std::any::type_name;
use std::borrow::Cow;
use std::panic::{Location, PanicHookInfo};

/// The last calls that this thread logged, if the program keeps them.
fn logged() -> Vec<LogLine> {
    let line = |kept: crate::log_calls::Kept| {
        LogLine::new(
            kept.time.into(),
            kept.level.as_str(),
            kept.module,
            kept.line,
        )
    };
    crate::log_calls::kept().into_iter().map(line).collect()
}

/// The asynchronous task: by its name, or as the call log's lines name it.
fn task() -> Option<Cow<'static, str>> {
    if let Some(name) = crate::tasks::name() {
        return Some(name.into());
    }
    let number = crate::log_calls::running_task()?;
    Some(format!("#{number}").into())
}

impl Report {
    /// A report of here and now, without frames: thread, time and process are those of the caller.
    ///
    /// Runs no code of the program's and takes no lock, like all that is made with `with_..`: good in a
    /// panic hook. It allocates.
    pub fn new(kind: Kind, failure: Failure) -> Report {
        let time = Timestamp::now();
        let data = ReportData {
            version: Report::VERSION,
            id: unique_id(time).into(),
            kind,
            time,
            failure,
            panic: None,
            thread: Thread::current(),
            task: task(),
            process: Process::current(),
            stack: Vec::new(),
            log: logged(),
            sections: Vec::new(),
        };
        data.into()
    }

    /// A report of a panic, made in a panic hook: message, place and the frames of this thread.
    pub fn of_panic(info: &PanicHookInfo<'_>) -> Report {
        Report::of_panic_within(info, &Limits::DEFAULT)
    }

    /// As [`of_panic`](Report::of_panic), within other limits.
    pub fn of_panic_within(info: &PanicHookInfo<'_>, limits: &Limits) -> Report {
        if let Some(error) = recursion::raised() {
            // The hook was given a text for it, and a place of ours.
            let failure = Failure::of_payload(&error.to_string(), limits)
                .with_type(type_name::<RecursionError>());
            return Report::new(Kind::Recursion, failure)
                .with_traceback(&Traceback::capture(), limits);
        }
        let failure = Failure::of_payload(info.payload(), limits);
        let place = |at: &Location<'_>| Panic::at(at.file().to_owned(), at.line(), at.column());
        Report::new(Kind::Panic, failure).with_panicked(
            &Traceback::capture(),
            info.location().map(place),
            limits,
        )
    }

    /// With the frames of a thread that panics, and the place where it does.
    pub(crate) fn with_panicked(
        self,
        traceback: &Traceback,
        place: Option<Panic>,
        limits: &Limits,
    ) -> Report {
        let mut report = self.with_traceback(traceback, limits);
        let Some(place) = place else { return report };
        // What the statements between the recorded one and the place did to the variables is not recorded.
        if let (Some(Entry::Frame(frame)), Some(TracebackEntry::Frame(info))) =
            (report.stack.last_mut(), traceback.entries().last())
            && frame.holds(&place.file, place.line)
        {
            frame.set_locals(&info.locals_at(place.line), limits);
        }
        report.with_panic(place)
    }

    /// With the annotated functions that are active on this thread.
    #[must_use]
    pub fn with_stack(self) -> Report {
        self.with_traceback(&Traceback::capture(), &Limits::DEFAULT)
    }

    /// With the frames of a traceback, behind those that are there; values become text within `limits`.
    #[must_use]
    pub fn with_traceback(self, traceback: &Traceback, limits: &Limits) -> Report {
        self.with_entries(traceback.entries(), limits)
    }

    pub(crate) fn with_entries(mut self, entries: &[TracebackEntry], limits: &Limits) -> Report {
        let entries = entries.iter().map(|entry| Entry::of(entry, limits));
        self.stack.extend(entries);
        self
    }

    /// With all frames of a stack, folded as a [`Traceback`] of it is.
    #[must_use]
    pub fn with_frames_of(self, stack: &Stack, limits: &Limits) -> Report {
        self.with_traceback(&Traceback::from(stack), limits)
    }

    /// With the functions that an error left, the outermost first: they come behind the active ones,
    /// because those had called them. Of a long trace the ends are kept: [`Limits::hops_first`] next to
    /// the origin and [`Limits::hops_last`] of the others.
    #[must_use]
    pub fn with_hops(mut self, hops: impl IntoIterator<Item = Frame>, limits: &Limits) -> Report {
        let hops: Vec<Frame> = hops.into_iter().collect();
        let kept = limits.hops_first.saturating_add(limits.hops_last);
        let omitted = hops.len().saturating_sub(kept);
        let (start, end) = (limits.hops_last, limits.hops_last.saturating_add(omitted));
        for (i, hop) in hops.into_iter().enumerate() {
            if omitted > 0 && i == start {
                self.stack.push(Entry::Omitted { frames: omitted });
            }
            if omitted == 0 || !(start..end).contains(&i) {
                self.stack.push(hop.into());
            }
        }
        self
    }

    /// With the place of a panic. If the innermost frame is of the function that panicked, its place
    /// becomes this one; otherwise the function has no frame, and one of which only the place is known
    /// stands for it.
    #[must_use]
    pub fn with_panic(mut self, panic: Panic) -> Report {
        let (line, column) = (panic.line, panic.column);
        match self.stack.last_mut() {
            Some(Entry::Frame(frame)) if frame.holds(&panic.file, line) => {
                (frame.line, frame.column, frame.range) = (line, column, None);
            }
            // It is raised by the standard library, for whichever destructor is unwound.
            _ if panic.second => {}
            // Whatever is not recorded is inside the recorded ones, and so is the panic.
            _ => self
                .stack
                .push(Frame::new("", panic.file.clone(), line, column).into()),
        }
        self.panic = Some(panic);
        self
    }

    /// With another thread than the one that makes the report.
    #[must_use]
    pub fn with_thread(mut self, thread: Thread) -> Report {
        self.thread = thread;
        self
    }

    /// With the name of the task that was running, instead of the one that it was given
    /// ([`FutureExt::framed`](crate::tasks::FutureExt::framed)), or of the number that it has if its calls are logged.
    #[must_use]
    pub fn with_task(mut self, name: impl Into<Cow<'static, str>>) -> Report {
        self.task = Some(name.into());
        self
    }

    /// With the last lines of the log, oldest first.
    #[must_use]
    pub fn with_log(mut self, lines: impl IntoIterator<Item = LogLine>) -> Report {
        self.log.extend(lines);
        self
    }

    /// Hides the variables that `is_secret` picks, by their frame, name, value or type.
    ///
    /// For what only the program knows to be one, before a report leaves it. Names like `password` are hidden
    /// when they are recorded, and so is what a type's [`Inspect`](crate::Inspect) or
    /// [`Secret`](crate::Secret) hides: none of that gets this far.
    ///
    /// ```
    /// use stacklens::{frame, report::{Failure, Kind, Report}};
    ///
    /// #[frame]
    /// fn check(iban: &str) -> Report {
    ///     Report::new(Kind::Error, Failure::new("no such account")).with_stack()
    /// }
    ///
    /// let mut report = check("DE02120300000000202051");
    /// report.redact(|_, variable| variable.value.starts_with("\"DE"));
    /// assert!(report.to_string().contains("iban = <redacted>"));
    /// ```
    pub fn redact(&mut self, mut is_secret: impl FnMut(&Frame, &Variable) -> bool) {
        for frame in self.frames_mut() {
            // The frame is looked at while its variables change.
            let mut locals = std::mem::take(&mut frame.locals);
            for local in &mut locals {
                if is_secret(frame, local) {
                    local.redact();
                }
            }
            frame.locals = locals;
        }
    }

    /// With one more named part.
    #[must_use]
    pub fn with_section(mut self, section: Section) -> Report {
        self.sections.push(section);
        self
    }
}

impl Entry {
    pub(crate) fn of(entry: &TracebackEntry, limits: &Limits) -> Entry {
        match *entry {
            TracebackEntry::Frame(ref info) => Frame::of(info, limits).into(),
            TracebackEntry::Repeated { frames, times } => Entry::Repeated { frames, times },
            TracebackEntry::Omitted { frames } => Entry::Omitted { frames },
            TracebackEntry::Unrecorded { frames } => Entry::Unrecorded { frames },
            TracebackEntry::Native(ref function) => Frame::native(function).into(),
        }
    }
}

impl Panic {
    /// A panic at a place.
    pub fn at(file: impl Into<Cow<'static, str>>, line: u32, column: u32) -> Panic {
        Panic {
            file: file.into(),
            line,
            column,
            second: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(name: &str) -> Frame {
        let mut frame = Frame::new(name.to_owned(), "src/a.rs", 10, 1);
        (frame.first_line, frame.last_line) = (5, 20);
        frame
    }

    fn report() -> Report {
        Report::new(Kind::Panic, Failure::new("failed"))
    }

    #[test]
    fn a_report_goes_anywhere_and_is_small() {
        fn anywhere<
            T: Send + Sync + Clone + std::panic::UnwindSafe + std::panic::RefUnwindSafe + 'static,
        >() {
        }
        anywhere::<Report>();
        assert_eq!(size_of::<Result<(), Report>>(), size_of::<usize>());
    }

    #[test]
    fn of_a_long_trace_the_origin_and_the_last_functions_are_kept() {
        let hops = (0..100).map(|i| frame(&format!("f{i}")));
        let report = report().with_hops(hops, &Limits::DEFAULT);
        assert_eq!(report.stack.len(), 48 + 1 + 16);
        assert_eq!(report.stack[48], Entry::Omitted { frames: 36 });
        let names: Vec<_> = report.frames().map(|frame| &*frame.function).collect();
        assert_eq!(
            (names[0], names[47], names[48], names[63]),
            ("f0", "f47", "f84", "f99")
        );
        let short = (0..64).map(|i| frame(&format!("f{i}")));
        assert_eq!(
            self::report()
                .with_hops(short, &Limits::DEFAULT)
                .stack
                .len(),
            64
        );
    }

    #[test]
    fn a_panic_is_where_std_says_it_is() {
        let mut inside = report();
        inside.stack.push(frame("f").into());
        let inside = inside.with_panic(Panic::at("src/a.rs", 12, 34));
        let places: Vec<_> = inside
            .frames()
            .map(|frame| (frame.line, frame.column))
            .collect();
        assert_eq!(places, [(12, 34)]);

        for (file, line) in [("src/a.rs", 21), ("src/b.rs", 12)] {
            let mut elsewhere = report();
            elsewhere.stack.push(frame("f").into());
            let elsewhere = elsewhere.with_panic(Panic::at(file, line, 1));
            let last = elsewhere.frames().next_back().unwrap();
            assert_eq!((&*last.function, &*last.file, last.line), ("", file, line));
            assert_eq!(elsewhere.frames().count(), 2);
        }
    }

    #[test]
    fn the_place_of_a_panic_beyond_what_is_recorded_is_a_frame_of_its_own() {
        let mut deep = report();
        deep.stack = vec![frame("f").into(), Entry::Unrecorded { frames: 9 }];
        let deep = deep.with_panic(Panic::at("src/a.rs", 12, 34));
        assert_eq!(deep.stack.len(), 3);
        assert_eq!(
            deep.frames().next().unwrap().line,
            10,
            "not that of another activation"
        );
    }
}
