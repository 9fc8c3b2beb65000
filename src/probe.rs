//! Values of variables whose type is written: by the type's own `Inspect`, or its `Debug`, where the attribute says
//! `capture = "full"` or, of what a failing exit reads, the program asks for it; by the type's identity otherwise.
//!
//! Which it is, is decided by method resolution: an inherent method exists for types with the impl, and one of the same name
//! behind a `Deref` for all. That works for types that are known when the method is looked up, which those of `let`s
//! without a type need not be.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use crate::capture::{Inspect, Tag, cost, debug, type_id};
use crate::config;
#[cfg(not(unoptimised))]
use crate::stack::Depth;
use crate::stack::arguments::{enter1, enter2, enter3};
#[cfg(not(unoptimised))]
use crate::stack::enter as enter0;
#[cfg(unoptimised)]
use crate::stack::unoptimised::{enter0, entered, record_local};
use crate::stack::{Active, Guard, innermost};
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

impl<T: ?Sized> Unknown<'_, T> {
    #[cfg(not(unoptimised))]
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: Active) {
        frame.look_and_store(site, self.0, Depth::Whole);
    }

    #[cfg(unoptimised)]
    #[inline(always)]
    pub extern "C" fn stacklens_cap(&self, site: u32, frame: Active) {
        record_local!(local_whole, T, self.0, site, frame);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        self.stacklens_cap(site, innermost().active);
    }
}

/// Enters a frame with arguments and captures the probed value in it.
macro_rules! entering {
    ($($probe:ident $bound:ident $record:ident,)*) => {
        impl<T: ?Sized> Unknown<'_, T> {
            entering!(@unknown stacklens_enter0 enter0 ());
            entering!(@unknown stacklens_enter1 enter1 (0 a A));
            entering!(@unknown stacklens_enter2 enter2 (0 a A, 1 b B));
            entering!(@unknown stacklens_enter3 enter3 (0 a A, 1 b B, 2 c C));
        }

        $(impl<T: $bound> $probe<'_, T> {
            entering!(@by $record stacklens_enter0 enter0 ());
            entering!(@by $record stacklens_enter1 enter1 (a A));
            entering!(@by $record stacklens_enter2 enter2 (a A, b B));
            entering!(@by $record stacklens_enter3 enter3 (a A, b B, c C));
        })*
    };
    (@unknown $name:ident $enter:ident ($($index:literal $arg:ident $type:ident),*)) => {
        #[cfg(not(unoptimised))]
        #[inline(always)]
        pub fn $name<$($type),*>(&self, meta: &'static str, slot: u32, $($arg: &$type),*) -> Guard {
            let guard = $enter(meta, $($arg),*);
            guard.look_and_store(slot, self.0, Depth::Whole);
            guard
        }

        #[cfg(unoptimised)]
        #[inline(always)]
        pub fn $name<$($type),*>(&self, meta: &'static str, slot: u32, $($arg: &$type),*) -> Guard {
            entered!(meta, argument_whole, $($index $arg $type),*; slot self.0, T)
        }
    };
    (@by $record:ident $name:ident $enter:ident ($($arg:ident $type:ident),*)) => {
        #[inline(always)]
        pub fn $name<$($type),*>(&self, meta: &'static str, slot: u32, $($arg: &$type),*) -> Guard {
            let guard = $enter(meta, $($arg),*);
            if guard.active.records() {
                $record(self.0, slot, guard.active);
            }
            guard
        }
    };
}

entering! {
    Probe Inspect inspect,
    ProbeFull Inspect inspect,
    MayDebug Debug format,
}

macro_rules! methods {
    ($($probe:ident $bound:ident $record:ident,)*) => {$(
        impl<T: $bound> $probe<'_, T> {
            #[inline]
            pub fn stacklens_cap(&self, site: u32, frame: Active) {
                if frame.records() {
                    $record(self.0, site, frame);
                }
            }

            #[inline]
            pub fn stacklens_cap_top(&self, site: u32) {
                self.stacklens_cap(site, innermost().active);
            }
        }
    )*};
}

methods! {
    Probe Inspect inspect,
    ProbeFull Inspect inspect,
    MayDebug Debug format,
    ProbeFailing Inspect inspect_failing,
    InspectFailing Inspect inspect_failing,
    MayDebugFailing Debug format_failing,
}

#[inline(never)]
fn inspect<T: Inspect>(value: &T, site: u32, frame: Active) {
    #[cfg(unoptimised)]
    if crate::capture::unoptimised::is_hot(frame.site_key(site)) {
        return frame.mark(site, Tag::HOT);
    }
    inspect_failing(value, site, frame);
}

/// However often the place is passed: it is not left so often.
#[inline(never)]
fn inspect_failing<T: Inspect>(value: &T, site: u32, frame: Active) {
    // From now on values of the type are known by identity too: in `let`s without a written type.
    let entry = crate::capture::types::register::<T>();
    frame.capture_with(site, entry, &mut |encoder| {
        debug::encode_inspect(value, encoder)
    });
}

/// `Debug` may be anybody's code: it may wait for a lock that the failing function holds, and nothing could stop it. So it
/// runs where nobody's attribute names it only if the program asks for that.
fn format_failing<T: Debug>(value: &T, site: u32, frame: Active) {
    let known: Known = (type_id::<T>, type_name::<T>);
    format_any(value, known, config::debugs_failures(), site, frame);
}

fn format<T: Debug>(value: &T, site: u32, frame: Active) {
    let known: Known = (type_id::<T>, type_name::<T>);
    format_any(value, known, config::allows_debug(), site, frame);
}

/// What answers for a type: its identity and its name.
type Known = (fn() -> TypeId, fn() -> &'static str);

/// Not generic: what is done is compiled once, and not in the user's crate for each type.
#[inline(never)]
fn format_any(value: &dyn Debug, (id, name): Known, debug: bool, site: u32, frame: Active) {
    if !debug || !config::allows_debug() {
        // SAFETY: the callers pass the functions of the value's type.
        return unsafe { frame.capture_as(site, std::ptr::from_ref(value).cast(), id, name) };
    }
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
