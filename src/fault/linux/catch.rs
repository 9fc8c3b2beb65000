//! The handlers, and how they pass on.

use super::print::{self, Cause};
use super::turn::{self, Entered};
use super::{Fatal, Options, Settings, prepare, signal_stack, stack};
use crate::threads;
use crate::threads::system::{
    self, Action, Context, Info, SA_NODEFER, SA_ONSTACK, SA_RESTART, errno, send, set_errno,
    thread_id,
};
use std::io;
use std::ptr::null_mut;
use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::{Mutex, PoisonError};

/// Signals are smaller numbers.
const SIGNALS: usize = 65;

/// What was done at a signal before, and what is dumped now.
struct Slot {
    /// Our handler was set, and not taken away by us.
    is_set: AtomicBool,
    /// Null, or what is never freed: another thread's handler may be passing on to it while we are set anew.
    previous: AtomicPtr<Action>,
    settings: AtomicU64,
}

static SLOTS: [Slot; SIGNALS] = [const {
    Slot {
        is_set: AtomicBool::new(false),
        previous: AtomicPtr::new(null_mut()),
        settings: AtomicU64::new(0),
    }
}; SIGNALS];

/// Taken to set handlers, never in one.
static SETTING: Mutex<()> = Mutex::new(());

impl Slot {
    fn of(signal: i32) -> Option<&'static Slot> {
        SLOTS.get(usize::try_from(signal).ok()?)
    }

    fn previous(&self) -> Option<Action> {
        // SAFETY: `catch` alone stores here, pointers to boxes that are never freed.
        unsafe { self.previous.load(Acquire).as_ref() }.copied()
    }

    /// Sets a handler. Set again, it changes the settings alone, also where the program has put another one on top of it: that
    /// may call ours as the one before it, which must not go round in a circle.
    fn catch(&self, signal: i32, action: Action, settings: Settings) -> Option<()> {
        self.settings.store(settings.to_bits(), Relaxed);
        let now = Action::now(signal)?;
        if now.handler == action.handler || self.is_set.load(Relaxed) {
            return Some(());
        }
        // Known before the handler may run.
        self.previous.store(Box::into_raw(Box::new(now)), Release);
        action.set(signal)?;
        self.is_set.store(true, Relaxed);
        Some(())
    }
}

pub(in crate::fault) fn install(options: &Options) -> io::Result<()> {
    prepare()?;
    signal_stack::provide_to_all();
    let _setting = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
    let settings = Settings::of(options);
    for signal in Fatal::ALL {
        let slot = &SLOTS[signal.number() as usize];
        if options.without & 1 << signal as u8 == 0 {
            slot.catch(signal.number(), action(), settings)
                .ok_or_else(io::Error::last_os_error)?;
        }
    }
    Ok(())
}

pub(in crate::fault) fn uninstall() {
    let _setting = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
    for signal in Fatal::ALL.map(Fatal::number) {
        if let (true, Some(slot)) = (step_back(signal), Slot::of(signal)) {
            slot.is_set.store(false, Relaxed);
        }
    }
}

pub(in crate::fault) fn dump_on(options: &Options, signal: i32) -> io::Result<()> {
    const KILL: i32 = 9;
    const STOP: i32 = 19;
    let (first_free, last) = system::real_time_signals();
    let of_the_c_library = (32..first_free).contains(&signal);
    let refused = if Fatal::of(signal).is_some() {
        "is fatal: `install` catches it"
    } else if signal == KILL || signal == STOP || of_the_c_library {
        "cannot be caught"
    } else if threads::signal() == Some(signal) {
        "is the one by which threads are asked"
    } else {
        ""
    };
    if !refused.is_empty() || !(1..=last).contains(&signal) {
        let why = if refused.is_empty() {
            "is none"
        } else {
            refused
        };
        let what = format!("expected a signal to dump on, found {signal}, which {why}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    prepare()?;
    let _setting = SETTING.lock().unwrap_or_else(PoisonError::into_inner);
    Slot::of(signal)
        .and_then(|slot| {
            let action = Action::of(user, SA_ONSTACK | SA_RESTART);
            slot.catch(signal, action, Settings::of(options))
        })
        .ok_or_else(io::Error::last_os_error)
}

/// A fatal signal.
extern "C" fn fatal(signal: i32, info: *mut Info, context: *mut Context) {
    if turn::comes_back(info) {
        // Two handlers that each hold the other for the one before. What is left is what the system does by itself.
        // SAFETY: the system's, for this call.
        return unsafe { end(Action::default_one(), signal, info) };
    }
    let error = errno();
    // SAFETY: the system's, for this call.
    let (facts, interrupted) = unsafe { (&*info, (*context).stack_pointer()) };
    let settings = Slot::of(signal).map_or(0, |slot| slot.settings.load(Relaxed));
    let settings = Settings::from_bits(settings);
    // What std does of an overflow is an abort: one dump is enough.
    if !turn::is_dying() {
        let cause = Cause::Fatal {
            signal: Fatal::of(signal).unwrap_or(Fatal::Abrt),
            address: facts.is_fault().then(|| facts.address()),
            stack_pointer: interrupted,
        };
        match turn::enter() {
            Entered::Alone(_turn) => stack::on_own_stack(|| print::dump(&cause, settings)),
            // What is printed is at fault itself.
            Entered::Nested => print::failed(settings.file),
            Entered::No => {}
        }
    }
    set_errno(error);
    turn::dying(info, || {
        // SAFETY: what the system gave us.
        unsafe { pass_on(signal, info, context) };
    });
}

/// Does what would be done without us.
///
/// # Safety
/// The arguments are those of the handler that runs.
unsafe fn pass_on(signal: i32, info: *mut Info, context: *mut Context) {
    let previous = Slot::of(signal).and_then(Slot::previous);
    let previous = previous.unwrap_or(Action::default_one());
    // What the handler before does (std aborts) is its own matter: another frame of ours may be more than is left of
    // the signal stack. A fault in it ends the process, as it would if the system had called it.
    let others = Fatal::ALL.map(|other| other.number() != signal && step_back(other.number()));
    system::block(signal);
    // SAFETY: what was set before us; the caller has the arguments.
    if !unsafe { previous.call(signal, info, context) } {
        // SAFETY: the caller's.
        unsafe { end(previous, signal, info) };
    }
    // It may have made good what was wrong.
    for (other, stepped_back) in Fatal::ALL.into_iter().zip(others) {
        if stepped_back {
            action().set(other.number());
        }
    }
}

/// Has the signal come again, to be handled so.
///
/// # Safety
/// `info` is that of the handler that runs.
unsafe fn end(action: Action, signal: i32, info: *const Info) {
    action.set(signal);
    // SAFETY: the caller's.
    if unsafe { !(*info).is_fault() } {
        // Nothing raises it again when the handler returns.
        send(thread_id(), signal);
    }
}

/// Our handler. Not deferred: a fault while printing would else end the process at once.
fn action() -> Action {
    Action::of(fatal, SA_ONSTACK | SA_NODEFER)
}

/// Restores what was done at a signal before us, if it is us now.
fn step_back(signal: i32) -> bool {
    let previous = Slot::of(signal).and_then(Slot::previous);
    let ours = Action::now(signal).is_some_and(|now| now.calls(fatal));
    previous
        .filter(|_| ours)
        .is_some_and(|previous| previous.set(signal).is_some())
}

/// A signal that the program chose.
extern "C" fn user(signal: i32, info: *mut Info, context: *mut Context) {
    let error = errno();
    let slot = Slot::of(signal);
    let settings = slot.map_or(0, |slot| slot.settings.load(Relaxed));
    let settings = Settings::from_bits(settings);
    if let Entered::Alone(_turn) = turn::enter() {
        stack::on_own_stack(|| print::dump(&Cause::Asked(signal), settings));
    }
    set_errno(error);
    if let Some(previous) = slot.and_then(Slot::previous) {
        // SAFETY: what was set before us, with what the system gave us.
        unsafe { previous.call(signal, info, context) };
    }
}
