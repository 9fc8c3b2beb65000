//! The panic hook.

use super::backtrace::{self, Style};
use super::previous::Previous;
use super::{catch, last, output, payload, render};
use crate::Traceback;
use crate::capture::Limits;
use crate::config::{PreviousHook, Settings, settings};
use crate::native::{self, NativeLocals};
use crate::recursion;
use crate::report::{Kind, Panic, Report, Section};
use crate::spans;
use std::cell::Cell;
use std::panic::{self, Location, PanicHookInfo};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a program wants to be told of panics.
#[derive(Clone)]
pub(crate) struct PanicCallback(pub(crate) Arc<dyn Fn(&Report) + Send + Sync>);

impl std::fmt::Debug for PanicCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PanicCallback")
    }
}

/// Whether panics are reported, not only caught.
static REPORTS: AtomicBool = AtomicBool::new(false);

/// Whether reports are printed by this hook.
pub(crate) fn reports() -> bool {
    REPORTS.load(Ordering::Relaxed)
}

/// Where the state of the hook that we set lies: by it our hook is known again.
static OURS: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Whether this thread is in the hook already: another hook was set over ours, and ours over that.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Panics are reported from now on.
pub(crate) fn install() {
    set();
    REPORTS.store(true, Ordering::Relaxed);
}

/// Panics can be caught from now on.
pub(super) fn ensure() {
    if OURS.load(Ordering::Acquire).is_null() {
        set();
    }
}

/// Messages of panics are kept from now on, in [`last`]; if nobody is just setting a hook, which may be who calls this.
pub(crate) fn listen() {
    if OURS.load(Ordering::Acquire).is_null()
        && let Ok(_one) = ONE_AT_A_TIME.try_lock()
    {
        set_alone();
    }
}

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Makes ours the hook, if it is not.
fn set() {
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    set_alone();
}

fn set_alone() {
    if thread::panicking() {
        // The standard library would panic.
        return;
    }
    let previous = Previous::take();
    if previous.address() == OURS.load(Ordering::Acquire) {
        return previous.put_back();
    }
    if previous.is_std() {
        output::is_not_captured();
    }
    let hook = Box::new(move |info: &PanicHookInfo<'_>| run(info, &previous));
    OURS.store((&raw const *hook).cast_mut().cast(), Ordering::Release);
    panic::set_hook(hook);
}

fn run(info: &PanicHookInfo<'_>, previous: &Previous) {
    if INSIDE.replace(true) {
        // This panic's report is written; what is left to do is what our other hook found here.
        if runs_after(settings().previous, previous) {
            previous.run(info);
        }
        return;
    }
    last::note(info);
    let aborts = cfg!(panic = "abort") || !can_unwind(info);
    let caught = catch::is_active();
    if caught && !aborts && hold(info) {
        // It is for who catches it.
    } else if caught || reports() {
        let settings = settings();
        let written = report(info, settings, aborts);
        if !written || runs_after(settings.previous, previous) {
            previous.run(info);
        }
    } else {
        previous.run(info);
    }
    INSIDE.set(false);
}

/// Keeps the panic's report for who catches it. Whether that worked.
fn hold(info: &PanicHookInfo<'_>) -> bool {
    let limits = &settings().limits;
    let captured = Captured::of(info, limits, Style::Off);
    let report = with_stack(move || captured.report(limits));
    report.is_some_and(|report| catch::hold(info.payload(), report))
}

fn runs_after(choice: PreviousHook, previous: &Previous) -> bool {
    match choice {
        PreviousHook::Always => true,
        PreviousHook::Never => false,
        PreviousHook::Auto => !previous.is_std(),
    }
}

/// Whether the panic can unwind. There is no stable way to ask; if the way that there is does not answer,
/// it can.
fn can_unwind(info: &PanicHookInfo<'_>) -> bool {
    !format!("{info:?}").contains("can_unwind: false")
}

/// Writes the panic's report, and of those that were held back in the hope of being caught.
fn report(info: &PanicHookInfo<'_>, settings: &'static Settings, aborts: bool) -> bool {
    let held = if aborts { catch::release() } else { Vec::new() };
    let captured = Captured::of(info, &settings.limits, backtrace::style());
    let work = move || {
        let report = captured.report(&settings.limits);
        let texts = held
            .iter()
            .chain([&report])
            .map(|report| render::for_stderr(report, settings));
        output::write(&texts.collect::<String>());
        if let Some(PanicCallback(callback)) = &settings.on_panic {
            callback(&report);
        }
    };
    with_stack(work).is_some()
}

/// Runs it where there is stack enough to make a report and to print it. `None` if it failed.
fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    /// More than an unoptimised build needs.
    const ENOUGH: usize = 128 << 10;
    if recursion::remaining_stack().is_none_or(|left| left >= ENOUGH) {
        return Some(work());
    }
    let work = move || {
        // A panic of ours: not to be reported by us again, the caller falls back.
        INSIDE.set(true);
        work()
    };
    let thread = thread::Builder::new()
        .name("stacklens".to_owned())
        .stack_size(8 * ENOUGH);
    thread.spawn(work).ok()?.join().ok()
}

/// What only the panicking thread can tell; becomes a whole report anywhere.
struct Captured {
    /// Without its frames.
    report: Report,
    traceback: Traceback,
    place: Option<Panic>,
    backtrace: Option<Section>,
    /// What variables hold now, if that is asked for.
    live: Option<NativeLocals>,
}

impl Captured {
    fn of(info: &PanicHookInfo<'_>, limits: &Limits, style: Style) -> Captured {
        let (kind, failure) = payload::of(info, limits);
        // What the standard library says when a panic leaves a destructor that unwinding runs.
        let second = failure.message == "panic in a destructor during cleanup";
        let place = |at: &Location<'_>| {
            let mut place = Panic::at(at.file().to_owned(), at.line(), at.column());
            place.second = second;
            place
        };
        Captured {
            report: spans::add_to(Report::new(kind, failure)),
            traceback: Traceback::capture(),
            // A recursion error is made by this library.
            place: info.location().filter(|_| kind == Kind::Panic).map(place),
            backtrace: backtrace::section(style),
            live: settings()
                .live_values
                .then(|| native::locals_within(limits)),
        }
    }

    fn report(self, limits: &Limits) -> Report {
        let mut report = self
            .report
            .with_panicked(&self.traceback, self.place, limits);
        if let Some(live) = &self.live {
            report.fill_in(live, limits);
        }
        report.sections.extend(self.backtrace);
        report
    }
}
