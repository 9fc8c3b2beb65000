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
#[cfg(unoptimised)]
use crate::stack::unoptimised::record_local;
use crate::stack::{Guard, innermost};
use std::any::type_name;
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
    pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
        guard.look_and_store(site, self.0, Depth::Whole);
    }

    #[cfg(unoptimised)]
    #[inline(always)]
    pub extern "C" fn stacklens_cap(&self, site: u32, guard: &Guard) {
        record_local!(local_whole, T, self.0, site, guard);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        self.stacklens_cap(site, &innermost());
    }
}

macro_rules! methods {
    ($($probe:ident $bound:ident $record:ident,)*) => {$(
        impl<T: $bound> $probe<'_, T> {
            #[inline]
            pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
                if guard.records() {
                    $record(self.0, site, guard);
                }
            }

            #[inline]
            pub fn stacklens_cap_top(&self, site: u32) {
                self.stacklens_cap(site, &innermost());
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
fn inspect<T: Inspect>(value: &T, site: u32, guard: &Guard) {
    #[cfg(unoptimised)]
    if crate::capture::unoptimised::is_hot(guard.site_key(site)) {
        return guard.mark(site, Tag::HOT);
    }
    inspect_failing(value, site, guard);
}

/// However often the place is passed: it is not left so often.
#[inline(never)]
fn inspect_failing<T: Inspect>(value: &T, site: u32, guard: &Guard) {
    // From now on values of the type are known by identity too: in `let`s without a written type.
    let entry = crate::capture::types::register::<T>();
    guard.capture_with(site, entry, &mut |encoder| {
        debug::encode_inspect(value, encoder)
    });
}

/// `Debug` may be anybody's code: it may wait for a lock that the failing function holds, and nothing could stop it. So it
/// runs where nobody's attribute names it only if the program asks for that.
#[inline(never)]
fn format_failing<T: Debug>(value: &T, site: u32, guard: &Guard) {
    if config::debugs_failures() {
        format(value, site, guard);
    } else {
        guard.capture(site, value);
    }
}

#[inline(never)]
fn format<T: Debug>(value: &T, site: u32, guard: &Guard) {
    if !config::allows_debug() {
        return guard.capture(site, value);
    }
    let entry = crate::capture::intern(type_id::<T>, type_name::<T>);
    let ran = cost::within(guard.site_key(site), || {
        guard.capture_with(site, entry, &mut |encoder| {
            debug::encode_debug(value, encoder)
        });
    });
    if !ran {
        guard.mark(site, Tag::COSTLY);
    }
}
