//! Values of variables whose type is written: by the type's own `Inspect`, or its `Debug`, where the attribute says
//! `capture = "full"` or, of what a failing exit reads, the program asks for it; by the type's identity otherwise.
//!
//! Which it is, is decided by method resolution: an inherent method exists for types with the impl, and one of the same name
//! behind a `Deref` for all. That works for types that are known when the method is looked up, which those of `let`s
//! without a type need not be.

#![allow(missing_docs)] // hidden: called by the macros' output alone

#[cfg(not(unoptimised))]
mod optimised;
#[cfg(unoptimised)]
mod unoptimised;

use crate::capture::types::Inspected;
use crate::capture::{Inspect, Tag, cost, debug, type_id};
use crate::config;
use crate::stack::{Active, innermost};
use std::any::{TypeId, type_name};
use std::fmt::Debug;
use std::ops::Deref;

/// A value whose type may have `Inspect`.
///
/// A constructor and not a function: it is no call, in a build without optimisation neither.
#[repr(transparent)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

/// A value whose type may have `Inspect` or else `Debug`.
#[repr(transparent)]
pub struct ProbeFull<'a, T: ?Sized>(pub &'a T);

/// A value that a failing exit reads, whose type may have `Inspect` or else `Debug`.
#[repr(transparent)]
pub struct ProbeFailing<'a, T: ?Sized>(pub &'a T);

/// The same, whose type's `Debug` may not be for all lifetimes.
#[repr(transparent)]
pub struct InspectFailing<'a, T: ?Sized>(pub &'a T);

/// A value whose type may have `Debug`.
#[repr(transparent)]
pub struct MayDebug<'a, T: ?Sized>(&'a T);

/// The same, at a failing exit.
#[repr(transparent)]
pub struct MayDebugFailing<'a, T: ?Sized>(&'a T);

/// A value of which only the type's identity is asked.
#[repr(transparent)]
pub struct Unknown<'a, T: ?Sized>(&'a T);

macro_rules! deref {
    ($($from:ident $to:ident,)*) => {$(
        impl<'a, T: ?Sized> Deref for $from<'a, T> {
            type Target = $to<'a, T>;

            #[cfg_attr(not(unoptimised), inline)]
            #[cfg_attr(unoptimised, inline(always))]
            fn deref(&self) -> &$to<'a, T> {
                // SAFETY: both are transparent around the same reference.
                unsafe { std::mem::transmute::<&$from<'a, T>, &$to<'a, T>>(self) }
            }
        }
    )*};
}

deref! {
    Probe Unknown,
    ProbeFull MayDebug,
    MayDebug Unknown,
    ProbeFailing MayDebugFailing,
    MayDebugFailing Unknown,
    InspectFailing Unknown,
}

/// What is asked of a type with `Inspect`.
macro_rules! inspected {
    ($type:ident) => {
        &$crate::capture::types::Inspected {
            type_id: $crate::capture::type_id::<$type>,
            type_name: std::any::type_name::<$type>,
            uniform: $type::__uniform,
            encode: $crate::capture::debug::encode_isolated::<$type>,
        }
    };
}
use inspected;

/// What answers for a type: its identity and its name.
type Known = (fn() -> TypeId, fn() -> &'static str);

macro_rules! tops {
    ($($probe:ident $($bound:ident)?,)*) => {$(
        impl<T $(: $bound)?> $probe<'_, T> {
            #[inline]
            pub fn stacklens_cap_top(&self, site: u32) {
                self.stacklens_cap(site, innermost().active);
            }
        }
    )*};
}

tops! {
    Unknown,
    Probe Inspect,
    ProbeFull Inspect,
    MayDebug Debug,
    ProbeFailing Inspect,
    InspectFailing Inspect,
    MayDebugFailing Debug,
}

// What a failing exit reads is recorded however often the place is passed: it is not left so often. All of it is
// `extern "C"`, which does not unwind: what the user's own code does is caught.

macro_rules! failing {
    ($($probe:ident,)*) => {$(
        impl<T: Inspect> $probe<'_, T> {
            #[inline(never)]
            pub extern "C" fn stacklens_cap(&self, site: u32, frame: Active) {
                let value = std::ptr::from_ref(self.0).cast();
                // SAFETY: the value is of the type.
                unsafe { inspect_failing(value, site, frame, inspected!(T)) }
            }
        }
    )*};
}

failing! {
    ProbeFailing,
    InspectFailing,
}

impl<T: Debug> MayDebugFailing<'_, T> {
    #[inline(never)]
    pub extern "C" fn stacklens_cap(&self, site: u32, frame: Active) {
        let value = std::ptr::from_ref(self.0).cast();
        // A table of functions for a reference: that for what is owned also has its drop.
        // SAFETY: the value is of the type.
        unsafe { debug_failing(value, &self.0, (type_id::<T>, type_name::<T>), site, frame) }
    }
}

/// # Safety
/// The live value at `value` is of the type.
unsafe extern "C" fn inspect_failing(
    value: *const (),
    site: u32,
    frame: Active,
    inspected: &Inspected,
) {
    if frame.records() {
        // From now on values of the type are known by identity too: in `let`s without a written type.
        let entry = inspected.register();
        // SAFETY: passed on.
        unsafe { frame.capture_by(site, value, entry, inspected.encode) };
    }
}

/// `Debug` may be anybody's code: it may wait for a lock that the failing function holds, and nothing could stop it. So it
/// runs where nobody's attribute names it only if the program asks for that.
///
/// # Safety
/// The live value at `value` is of the type of which `known` is.
#[allow(improper_ctypes_definitions)] // no C is called
unsafe extern "C" fn debug_failing(
    value: *const (),
    debugged: &dyn Debug,
    known: Known,
    site: u32,
    frame: Active,
) {
    if !frame.records() {
        return;
    }
    if config::debugs_failures() && config::allows_debug() {
        debug(debugged, known, site, frame);
    } else {
        // SAFETY: passed on.
        unsafe { frame.capture_as(site, value, known.0, known.1) };
    }
}

/// Copies what the value's `Debug` prints, unless that has taken too long at this place.
fn debug(value: &dyn Debug, (id, name): Known, site: u32, frame: Active) {
    let entry = crate::capture::intern(id, name);
    let ran = cost::within(frame.site_key(site), || {
        frame.capture_with(site, entry, &mut |encoder| {
            debug::encode_debug(value, encoder)
        });
    });
    if !ran {
        frame.mark(site, Tag::COSTLY);
    }
}
