//! Signal stacks for threads that have none: without one, a stack overflow ends the process before a handler runs.
//!
//! The memory belongs to the thread's region, and so to the next thread as well.

use crate::stack::native;
use crate::stack::owner::{self, Hooks, Pinned};
use crate::stack::region::Region;
use crate::stack::remote::{Request, Wish};
use crate::threads::system::{provide_signal_stack, remove_signal_stack, reserve_stack};
use crate::threads::wait::{Asked, Turn, collect};
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::time::{Duration, Instant};

/// What the system puts there, and the handler up to the switch to its own stack (stack.rs).
const SIZE: usize = 32 << 10;

/// How long threads have to take theirs, all together.
const PATIENCE: Duration = Duration::from_millis(250);

static HOOKS: Hooks = Hooks {
    begin: provide,
    end: remove,
};

/// All threads that are known get one, and those that come.
pub(super) fn provide_to_all() {
    native::begin();
    owner::set_hooks(&HOOKS);
    let own = owner::own();
    if let Some(region) = own {
        provide(region);
    }
    let Some(turn) = Turn::wait(Instant::now() + PATIENCE) else {
        return;
    };
    let deadline = Instant::now() + PATIENCE;
    let mut asked = Vec::new();
    for region in owner::regions() {
        let is_own = own.is_some_and(|own| std::ptr::eq(own, region));
        let Some(pinned) = Pinned::new(region).filter(|_| !is_own) else {
            continue;
        };
        if let Some(memory) = memory_of(region) {
            let request = Request::new(Wish::SignalStack(memory, SIZE));
            asked.extend(Asked::ask(&turn, &region.owner, &pinned, request));
        }
    }
    // Whoever does not answer keeps what it has.
    drop(collect(asked, deadline));
}

fn memory_of(region: &'static Region) -> Option<usize> {
    let place = &region.owner.signal_stack;
    match place.load(Acquire) {
        0 => {
            let memory = reserve_stack(SIZE)?;
            match place.compare_exchange(0, memory, AcqRel, Acquire) {
                Ok(_) => Some(memory),
                // Made twice at once; this one stays unused.
                Err(other) => Some(other),
            }
        }
        memory => Some(memory),
    }
}

/// Gives the running thread one if it has none.
fn provide(region: &'static Region) {
    if let Some(memory) = memory_of(region) {
        provide_signal_stack(memory, SIZE);
    }
}

/// The running thread ends, and its memory is for the next one.
fn remove(region: &'static Region) {
    match region.owner.signal_stack.load(Acquire) {
        0 => {}
        memory => remove_signal_stack(memory),
    }
}
