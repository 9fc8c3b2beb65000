//! The thread's shadow stack: storage, entering and leaving, and reading it.
//!
//! Invariants, and where each is kept:
//! * A region is never unmapped and holds nothing but atomic words ([`region`]).
//! * The address of a frame's record is the top of the stack it was entered on; leaving stores it back, so that frames that
//!   were skipped (a leaked guard, a forced unwinding, `longjmp`) are gone too ([`guard`]).
//! * The only pointer in a record is `meta`, stored by `enter` alone; everything else is checked when read ([`record`],
//!   [`read`]).
//! * A slot's content is meaningful only where the metadata says that it was captured; nothing is cleared on entry.

mod arena;
pub(crate) mod arguments;
mod bounds;
mod copy;
mod enter;
mod guard;
#[cfg(unoptimised)]
mod heat;
pub(crate) mod kept;
mod limited;
mod look;
pub(crate) mod native;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
pub(crate) mod owner;
mod peek;
#[cfg(all(not(unoptimised), target_arch = "x86_64", not(windows)))]
pub(crate) mod preserving;
mod process;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod region;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
pub(crate) mod remote;
mod segment;
mod snapshot;
mod suspend;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // for fatal signals
pub(crate) mod switch;
mod thread;
#[cfg(unoptimised)]
pub(crate) mod unoptimised;
mod word;

#[cfg(all(not(unoptimised), target_arch = "x86_64", not(windows)))]
#[path = "enter_x86_64.rs"]
mod platform;
#[cfg(all(not(unoptimised), not(all(target_arch = "x86_64", not(windows)))))]
#[path = "enter_portable.rs"]
mod platform;

pub(crate) use process::generation;

/// The address that a record's word for it means, inside of the function's code; none where none is recorded.
pub(crate) fn code_address(word: usize) -> Option<usize> {
    #[cfg(not(unoptimised))]
    let address = platform::code_address(word);
    // The return address of the call that entered.
    #[cfg(unoptimised)]
    let address = word.saturating_sub(1);
    (word != 0 && address != 0).then_some(address)
}

/// What a code address is relative to, in the object that this library is in; `None` where it is relative to nothing.
/// Of a record that code of another object filled, [`code_address`] is off by the distance of their landmarks.
#[cfg_attr(not(native_elf), expect(dead_code))]
pub(crate) fn landmark() -> Option<usize> {
    #[cfg(all(
        not(unoptimised),
        target_arch = "x86_64",
        not(any(windows, target_vendor = "apple"))
    ))]
    return Some(platform::code_address(0));
    #[cfg(not(all(
        not(unoptimised),
        target_arch = "x86_64",
        not(any(windows, target_vendor = "apple"))
    )))]
    None
}

/// Sets the word anew that decides which of this thread's frames take the cold path.
pub(crate) fn settle_limit() {
    native::begin();
    thread::with(|t| t.settle_limit());
}

pub(crate) use copy::{Copied, copy};
pub(crate) use enter::try_enter;
pub use enter::{Known, enter};
pub use guard::{Active, Guard};
pub(crate) use limited::LimitedFrame;
pub(crate) use look::Depth;
#[cfg(unoptimised)]
pub(crate) use look::{copied, written};
pub(crate) use peek::{Seen, Values};
pub(crate) use read::{Cursor, Meta, Remains, current, depth, number_all, unrecorded};
#[cfg(feature = "grow")]
pub(crate) use segment::run_on_segment;
pub(crate) use segment::with_room;
pub(crate) use snapshot::{Snapshot, snapshots};
pub use suspend::State;
pub(crate) use suspend::{NOWHERE, Polling, Suspended, future_of, innermost};
