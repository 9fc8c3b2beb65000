//! The debug mode: a cross-check at every N-th call of an annotated function, and a panic where the stacks disagree.
//!
//! It costs nothing while it is off: what makes a thread's calls come here is the limit on the number of its frames, which
//! each of them is compared with anyway and which the mode sets to zero.

use super::{CrossCheck, can_merge, crosscheck};
use crate::stack::{self as storage, with_room};
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Calls between two checks; 0: there are none.
static EVERY: AtomicUsize = AtomicUsize::new(UNKNOWN);

/// Nobody has looked into the environment yet.
const UNKNOWN: usize = usize::MAX;

thread_local! {
    /// Calls up to the next check.
    static LEFT: Cell<usize> = const { Cell::new(0) };
    /// What is called by a check (an allocator that is annotated) is not checked.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// What is to be raised.
    static FOUND: RefCell<Option<Box<CrossCheck>>> = const { RefCell::new(None) };
}

/// Sets the mode, for this thread and those that enter their first frame from now on.
pub(crate) fn set(every: usize) {
    EVERY.store(every, Relaxed);
    storage::settle_limit();
}

/// Whether calls are checked. The first to ask reads the environment.
pub(crate) fn is_on() -> bool {
    match EVERY.load(Relaxed) {
        _ if !can_merge(0) => false,
        UNKNOWN => {
            // First: reading allocates, and the allocator may be annotated.
            EVERY.store(0, Relaxed);
            let every = std::env::var("STACKLENS").map_or(0, |text| every(&text));
            EVERY.store(every, Relaxed);
            every != 0
        }
        every => every != 0,
    }
}

/// `crosscheck=N`, among the other settings.
fn every(settings: &str) -> usize {
    let settings = settings.split(',').filter_map(|part| part.split_once('='));
    let mut found = settings.filter(|(key, _)| key.trim() == "crosscheck");
    found
        .next()
        .and_then(|(_, n)| n.trim().parse().ok())
        .unwrap_or(0)
}

/// A frame is about to be entered: whether it is the turn of a check and the stacks disagree. Then [`raise`] has to follow.
#[cold]
pub(crate) fn finds_fault() -> bool {
    let every = EVERY.load(Relaxed);
    if every == 0 || every == UNKNOWN || std::thread::panicking() {
        return false;
    }
    let is_due = |left: &Cell<usize>| {
        let is_due = left.get() <= 1;
        left.set(if is_due { every } else { left.get() - 1 });
        is_due
    };
    if !LEFT.with(is_due) || !can_merge(storage::depth()) || BUSY.get() {
        return false;
    }
    // Until the disagreement is raised, if there is one.
    let busy = Busy::begin();
    let check = crosscheck();
    // Of a deep stack a check takes long, and there are many: not each of a recursion's calls.
    LEFT.set(every.max(check.native().frames().len() / 64));
    if check.agrees() {
        return false;
    }
    let check = Some(Box::new(check));
    let is_kept = FOUND.try_with(|found| *found.borrow_mut() = check).is_ok();
    if is_kept {
        std::mem::forget(busy);
    }
    is_kept
}

/// No check is made while it lives.
struct Busy;

impl Busy {
    fn begin() -> Busy {
        BUSY.set(true);
        Busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

/// Raises the disagreement that [`finds_fault`] found last, if there is one.
///
/// # Panics
/// If there is one.
pub(crate) fn raise() {
    let found = FOUND.try_with(|found| found.borrow_mut().take());
    let Some(check) = found.ok().flatten() else {
        return;
    };
    /// For names in an unoptimised build.
    const ROOM: usize = 1 << 20;
    // Until the panic unwinds.
    let _busy = Busy::begin();
    let mut text = String::new();
    let _ = with_room(ROOM, &mut || text = check.to_string());
    panic!("stacklens: {text}");
}

#[cfg(test)]
mod tests {
    use super::every;

    #[test]
    fn the_setting_is_found_among_others() {
        let found = [
            "crosscheck=16",
            "color=never, crosscheck = 3",
            "",
            "crosscheck=x",
            "cross=1",
        ]
        .map(every);
        assert_eq!(found, [16, 3, 0, 0, 0]);
    }
}
