//! Probes of a build without optimisation, on x86_64 Linux: what they record goes the short way of all captures
//! (capture/unoptimised.rs), which knows a type with `Inspect` by the address of the function that copies it. None of it
//! unwinds, so that the functions it stands in need no landing pads for it.

use super::{Known, MayDebug, Probe, ProbeFull, Unknown, inspected};
use crate::capture::types::{Inspected, remember};
use crate::capture::unoptimised::{Looked, is_hot};
use crate::capture::{Inspect, Tag, cost, debug, intern, type_id};
use crate::config;
use crate::stack::unoptimised::{entered, record_local, typed_whole};
use crate::stack::{Active, Guard, copied, written};
use std::any::type_name;
use std::fmt::Debug;

/// Captures the probed value, and enters a frame with arguments and captures it there.
macro_rules! probes {
    ($($probe:ident [$($bound:tt)*] $($looked:ident)?,)*) => {$(
        impl<T: $($bound)*> $probe<'_, T> {
            probes!(@cap $($looked)?);
            probes!(@enter $($looked)?; stacklens_enter0());
            probes!(@enter $($looked)?; stacklens_enter1(0 a A));
            probes!(@enter $($looked)?; stacklens_enter2(0 a A, 1 b B));
            probes!(@enter $($looked)?; stacklens_enter3(0 a A, 1 b B, 2 c C));
        }
    )*};
    (@cap) => {
        #[inline(always)]
        pub extern "C" fn stacklens_cap(&self, site: u32, frame: Active) {
            record_local!(local_whole, T, self.0, site, frame);
        }
    };
    (@cap $looked:ident) => {
        #[inline(always)]
        pub extern "C" fn stacklens_cap(&self, site: u32, frame: Active) {
            record_local!(by $looked::<T>, T, self.0, site, frame);
        }
    };
    (@enter $($looked:ident)?; $name:ident($($index:literal $arg:ident $type:ident),*)) => {
        #[inline(always)]
        pub fn $name<$($type),*>(&self, meta: &'static str, slot: u32, $($arg: &$type),*) -> Guard {
            entered!(
                meta, argument_whole, $($index $arg $type),*; slot, self.0, T $(, $looked::<T>)?
            )
        }
    };
}

probes! {
    Unknown [?Sized],
    Probe [Inspect] looked,
    ProbeFull [Inspect] looked,
    MayDebug [Debug] debugged,
}

/// # Safety
/// `record` is a guard's, and the live value at `value` a `T`.
unsafe extern "C" fn looked<T: Inspect>(
    record: usize,
    slot: u32,
    value: *const (),
    key: usize,
) -> Looked {
    // SAFETY: passed on.
    unsafe { looked_by(record, slot, value, key, inspected!(T)) }
}

/// # Safety
/// `record` is a guard's, and the live value at `value` of the type.
unsafe extern "C" fn looked_by(
    record: usize,
    slot: u32,
    value: *const (),
    key: usize,
    inspected: &Inspected,
) -> Looked {
    // From now on values of the type are known by identity too: in `let`s without a written type.
    let entry = inspected.register();
    // And by the key: then this is called for no scalar again, and for others only where the site is not hot.
    let known = entry.is_copied() && remember(key as *mut (), entry);
    // SAFETY: the entry is that of the value's type.
    if !known && unsafe { entry.scalar(value) }.is_none() && is_hot_at(record, slot) {
        return Looked::marked(Tag::HOT);
    }
    // SAFETY: passed on.
    unsafe { copied(record, slot, value, entry, inspected.encode) }.into()
}

fn is_hot_at(record: usize, slot: u32) -> bool {
    // SAFETY: a guard's record.
    is_hot(unsafe { Active::of_record(record) }.site_key(slot))
}

/// # Safety
/// As for [`looked`].
unsafe extern "C" fn debugged<T: Debug>(
    record: usize,
    slot: u32,
    value: *const (),
    _: usize,
) -> Looked {
    // SAFETY: passed on.
    let reference = unsafe { &*value.cast::<T>() };
    // A table of functions for a reference: that for what is owned also has its drop.
    // SAFETY: passed on.
    unsafe {
        debugged_by(
            record,
            slot,
            value,
            &reference,
            (type_id::<T>, type_name::<T>),
        )
    }
}

/// # Safety
/// As for [`looked_by`].
#[allow(improper_ctypes_definitions)] // no C is called
unsafe extern "C" fn debugged_by(
    record: usize,
    slot: u32,
    value: *const (),
    debugged: &dyn Debug,
    (id, name): Known,
) -> Looked {
    if !config::allows_debug() {
        // SAFETY: passed on.
        return unsafe { typed_whole(record, slot, value, id, name) };
    }
    // SAFETY: passed on.
    let key = unsafe { Active::of_record(record) }.site_key(slot);
    let mut looked = (Tag::COSTLY, 0);
    cost::within(key, || {
        looked = written(record, slot, intern(id, name), &mut |encoder| {
            debug::encode_debug(debugged, encoder)
        });
    });
    looked.into()
}
