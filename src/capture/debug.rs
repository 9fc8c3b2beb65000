//! Running code of the user's while capturing: a `Debug` (capture = "full") or an `Inspect` impl.
//!
//! It may panic, print without end, or be annotated itself. A panic is caught, one in the drop of
//! its payload too; output stops at the room there is, and who writes on is unwound; and while it runs, captures
//! on the same thread do not run such code again. What is *not* bounded here is the time of a `Debug` that does
//! not write: it runs only where somebody has asked for it, and whoever calls it watches the cost.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::beginning::Beginning;
use super::encode::Encoder;
use super::inspect::Inspect;
use super::mode::{self, Capture};
use super::unending;

thread_local! {
    /// Constant and without a destructor: usable while the thread exits.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a user's `Debug` or `Inspect` that a capture has called.
pub(crate) fn is_busy() -> bool {
    BUSY.get()
}

struct Busy;

impl Busy {
    fn enter() -> Option<Busy> {
        (!BUSY.replace(true)).then(|| Busy)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

/// Writes what the value's `Debug` prints, shown as it is.
pub(crate) fn encode_debug(value: &dyn fmt::Debug, encoder: &mut Encoder<'_>) {
    isolated(encoder, "its Debug panicked", &mut |encoder| {
        let mut text = Beginning::default();
        match unending::write(&mut text, format_args!("{value:?}")) {
            Ok(()) => encoder.verbatim(text.as_str()),
            Err(_) => encoder.verbatim_beginning(text.as_str()),
        }
    });
}

/// Writes the value by an impl that may be the user's own.
pub(crate) fn encode_inspect<T: Inspect + ?Sized>(value: &T, encoder: &mut Encoder<'_>) {
    isolated(encoder, "its inspect panicked", &mut |encoder| {
        value.inspect(encoder)
    });
}

/// The same behind the signature of the type table, and not by way of it: each function is compiled for each type.
///
/// # Safety
/// `at` is the address of a live, valid `T`; lifetimes aside, if the impl is the same for all of them.
pub(crate) unsafe fn encode_isolated<T: Inspect>(at: *const (), encoder: &mut Encoder<'_>) {
    // SAFETY: promised by the caller; `Inspected::register` admits only impls that are uniform.
    let value = unsafe { &*at.cast::<T>() };
    isolated(encoder, "its inspect panicked", &mut |encoder| {
        value.inspect(encoder)
    });
}

fn isolated(encoder: &mut Encoder<'_>, panicked: &str, run: &mut dyn FnMut(&mut Encoder<'_>)) {
    if !mode::allows(Capture::Cheap) {
        return encoder.omitted("switched off");
    }
    let Some(busy) = Busy::enter() else {
        return encoder.omitted("captured while another value was being formatted");
    };
    let start = encoder.mark();
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| run(encoder))) {
        discard(payload);
        encoder.reset(start);
        encoder.omitted(panicked);
    } else {
        encoder.level(start);
    }
    drop(busy);
}

/// Drops the payload of a panic. That may panic too, with another payload: the last of a few is
/// forgotten instead.
pub(crate) fn discard(mut payload: Box<dyn Any + Send>) {
    for _ in 0..4 {
        match catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            Ok(()) => return,
            Err(next) => payload = next,
        }
    }
    mem::forget(payload);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Value;
    use crate::capture::kind::Tag;

    fn debugged(value: &dyn fmt::Debug) -> String {
        let mut out = [0; 256];
        let mut encoder = Encoder::new(&mut out);
        encode_debug(value, &mut encoder);
        Value::decode(Tag::TYPED, 0, encoder.written()).to_string()
    }

    struct By(fn(&mut fmt::Formatter<'_>) -> fmt::Result);

    impl fmt::Debug for By {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0(f)
        }
    }

    #[test]
    fn a_debug_is_shown_as_it_prints() {
        assert_eq!(debugged(&Some("x")), "Some(\"x\")");
        assert_eq!(debugged(&By(|_| Ok(()))), "");
    }

    #[test]
    fn a_long_debug_is_cut() {
        let shown = debugged(&"x".repeat(5000));
        assert!(
            shown.starts_with("\"xxx") && shown.ends_with("xxx...") && shown.len() < 260,
            "{shown}"
        );
    }

    #[test]
    fn a_debug_that_panics_is_caught_wherever_it_panics() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("the payload's drop");
            }
        }
        assert_eq!(debugged(&By(|_| panic!())), "<omitted: its Debug panicked>");
        assert_eq!(
            debugged(&By(|_| std::panic::panic_any(Bomb))),
            "<omitted: its Debug panicked>"
        );
        assert!(!is_busy());
    }

    #[test]
    fn a_debug_inside_a_debug_is_not_run() {
        assert_eq!(
            debugged(&By(|f| f.write_str(&debugged(&1)))),
            "<omitted: captured while another value was being formatted>"
        );
        assert!(!is_busy());
    }

    #[test]
    fn an_inspect_that_panics_leaves_no_half_value() {
        struct Panics;
        impl Inspect for Panics {
            fn inspect(&self, encoder: &mut Encoder<'_>) {
                let _fields = encoder.structure("Panics", 2).field("a", &1);
                panic!();
            }
        }
        let mut out = [0; 256];
        let mut encoder = Encoder::new(&mut out);
        encode_inspect(&Panics, &mut encoder);
        encode_inspect(&2u8, &mut encoder);
        let shown = Value::decode(Tag::TYPED, 0, encoder.written()).to_string();
        assert_eq!(shown, "<omitted: its inspect panicked>");
    }
}
