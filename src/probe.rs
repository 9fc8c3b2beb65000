//! Values of variables whose type is written: by the type's own `Inspect`, or, where the attribute says
//! `capture = "full"`, its `Debug`; by the type's identity otherwise.
//!
//! Which it is, is decided by method resolution: an inherent method exists for types with the impl, and one of the same name
//! behind a `Deref` for all. That works for types that are known when the method is looked up, which those of `let`s
//! without a type need not be.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use crate::capture::{Inspect, Tag, cost, debug, type_id};
use crate::config;
use crate::stack::{Depth, Guard, innermost};
use std::any::type_name;
use std::fmt::Debug;
use std::ops::Deref;

/// A value of which only the type's identity is asked.
pub struct Unknown<'a, T: ?Sized>(&'a T);

/// A value whose type may have `Debug`.
pub struct MayDebug<'a, T: ?Sized>(Unknown<'a, T>);

/// A value whose type may have `Inspect`.
pub struct MayInspect<'a, T: ?Sized>(Unknown<'a, T>);

/// A value whose type may have `Inspect` or else `Debug`.
pub struct MayInspectOrDebug<'a, T: ?Sized>(MayDebug<'a, T>);

#[allow(non_snake_case)] // reads as what it makes in the macros' output
#[cfg_attr(not(unoptimised), inline)]
#[cfg_attr(unoptimised, inline(always))]
pub fn Probe<T: ?Sized>(value: &T) -> MayInspect<'_, T> {
    MayInspect(Unknown(value))
}

#[allow(non_snake_case)] // as above
#[cfg_attr(not(unoptimised), inline)]
#[cfg_attr(unoptimised, inline(always))]
pub fn ProbeFull<T: ?Sized>(value: &T) -> MayInspectOrDebug<'_, T> {
    MayInspectOrDebug(MayDebug(Unknown(value)))
}

impl<'a, T: ?Sized> Deref for MayInspect<'a, T> {
    type Target = Unknown<'a, T>;

    #[cfg_attr(not(unoptimised), inline)]
    #[cfg_attr(unoptimised, inline(always))]
    fn deref(&self) -> &Unknown<'a, T> {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for MayDebug<'a, T> {
    type Target = Unknown<'a, T>;

    #[cfg_attr(not(unoptimised), inline)]
    #[cfg_attr(unoptimised, inline(always))]
    fn deref(&self) -> &Unknown<'a, T> {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for MayInspectOrDebug<'a, T> {
    type Target = MayDebug<'a, T>;

    #[cfg_attr(not(unoptimised), inline)]
    #[cfg_attr(unoptimised, inline(always))]
    fn deref(&self) -> &MayDebug<'a, T> {
        &self.0
    }
}

impl<T: ?Sized> Unknown<'_, T> {
    #[cfg_attr(not(unoptimised), inline)]
    #[cfg_attr(unoptimised, inline(always))]
    pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
        guard.capture(site, self.0, Depth::Whole);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        innermost().capture(site, self.0, Depth::Whole);
    }
}

impl<T: Inspect> MayInspect<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
        inspect(self.0.0, site, guard);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        inspect(self.0.0, site, &innermost());
    }
}

impl<T: Inspect> MayInspectOrDebug<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
        inspect(self.0.0.0, site, guard);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        inspect(self.0.0.0, site, &innermost());
    }
}

impl<T: Debug> MayDebug<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, guard: &Guard) {
        format(self.0.0, site, guard);
    }

    #[inline]
    pub fn stacklens_cap_top(&self, site: u32) {
        format(self.0.0, site, &innermost());
    }
}

#[inline(never)]
fn inspect<T: Inspect>(value: &T, site: u32, guard: &Guard) {
    if guard.records_nothing() {
        return;
    }
    #[cfg(unoptimised)]
    if crate::capture::unoptimised::is_hot(guard.site_key(site)) {
        return guard.mark(site, Tag::HOT);
    }
    // From now on values of the type are known by identity too: in `let`s without a written type.
    let entry = crate::capture::types::register::<T>();
    guard.capture_with(site, entry, &mut |encoder| {
        debug::encode_inspect(value, encoder)
    });
}

#[inline(never)]
fn format<T: Debug>(value: &T, site: u32, guard: &Guard) {
    if guard.records_nothing() {
        return;
    }
    if !config::allows_debug() {
        return guard.capture(site, value, Depth::Whole);
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
