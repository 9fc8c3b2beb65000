//! The signal by which a thread is asked, and its handler.

use super::system::{
    self, Action, Context, DEFAULT, Info, SA_RESTART, on_signal_stack, real_time_signals, set_errno,
};
use crate::stack::owner::Owner;
use crate::stack::remote;
use std::ffi::c_int;
use std::io;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

pub(crate) use super::system::Sent;

/// 0: not looked for yet; -1: none is free.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// So far before the last one: debuggers and runtimes take the very first and last ones.
const FROM_THE_END: c_int = 4;

/// The signal, if it is still ours: somebody may have set another handler meanwhile.
pub(super) fn number() -> Option<i32> {
    let signal = match SIGNAL.load(Relaxed) {
        0 => {
            let (first, last) = real_time_signals();
            let free = (first..=last - FROM_THE_END)
                .rev()
                .find(|&signal| install(signal));
            SIGNAL.store(free.unwrap_or(-1), Relaxed);
            free?
        }
        signal => signal,
    };
    (signal > 0 && Action::now(signal)?.calls(handler)).then_some(signal)
}

pub(super) fn choose(signal: i32) -> io::Result<()> {
    let (first, last) = real_time_signals();
    if !(first..=last).contains(&signal) {
        let what = format!("expected a real-time signal, {first} to {last}, found {signal}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    if !install(signal) {
        let what = format!("signal {signal} has a handler already; choose another one");
        return Err(io::Error::new(io::ErrorKind::AddrInUse, what));
    }
    SIGNAL.store(signal, Relaxed);
    Ok(())
}

/// Sets the handler, if there is no other.
fn install(signal: c_int) -> bool {
    let action = Action::of(handler, on_signal_stack() | SA_RESTART);
    match Action::now(signal) {
        Some(now) if now.calls(handler) => true,
        Some(now) if now.handler == DEFAULT => match action.set(signal) {
            Some(old) if old.handler == DEFAULT || old.calls(handler) => true,
            // Another thread was faster.
            Some(old) => {
                old.set(signal);
                false
            }
            None => false,
        },
        _ => false,
    }
}

/// Asks the owner of a pinned region to answer its request.
pub(crate) fn send(owner: &Owner) -> Sent {
    match (number(), owner.id()) {
        (None, _) | (_, 0) => Sent::No,
        (Some(signal), thread) => system::send(thread, signal),
    }
}

/// Answers what this thread is asked. Whoever else sends the signal gets what he would without us: the end of the
/// process.
extern "C" fn handler(signal: c_int, info: *mut Info, context: *mut Context) {
    // SAFETY: the system's, for this call.
    let (info, context) = unsafe { (&*info, &mut *context) };
    if info.is_directed() {
        // Late, perhaps: then nothing is asked any more.
        remote::answer(|address, size| context.provide_signal_stack(address, size));
        return;
    }
    let error = system::errno();
    Action::default_one().set(signal);
    system::send(system::thread_id(), signal);
    set_errno(error);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_is_taken_or_none_of_the_real_time_ones_is_refused() {
        extern "C" fn others(_: c_int, _: *mut Info, _: *mut Context) {}
        let (first, _) = real_time_signals();
        Action::of(others, 0).set(first);
        assert_eq!(choose(first).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        assert_eq!(choose(11).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(Action::now(first).unwrap().calls(others));
        assert!(number().is_some_and(|signal| signal > first));
    }
}
