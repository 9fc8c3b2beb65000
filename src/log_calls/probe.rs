//! Arguments whose type is written and of which the frame has only the type, shown by their own impls.
//!
//! As in `crate::probe`, method resolution decides: an inherent method for types with the impl, and one of the same
//! name behind a `Deref` for all.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::task::LogTask;
use super::thread::Busy;
use crate::capture::{Encoder, Erased, Inspect, debug};
use crate::stack::Guard;
use std::fmt::Debug;
use std::ops::Deref;

/// `Shown(&x).stacklens_cap(SITE, &frame)`, in a call that is logged: puts into the frame what `x`'s `Debug` prints,
/// if it has that and nothing better. `Shown(&x).stacklens_arg("x", &mut task)`: the same for an async function, whose
/// arguments are turned into text at once.
///
/// A constructor and not a function: it is no call, in a build without optimisation neither.
#[repr(transparent)]
pub struct Shown<'a, T: ?Sized>(pub &'a T);

/// A value whose type may have `Debug`.
#[repr(transparent)]
pub struct ByDebug<'a, T: ?Sized>(&'a T);

/// A value of which only the type's identity is asked.
#[repr(transparent)]
pub struct Plain<'a, T: ?Sized>(&'a T);

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
    Shown ByDebug,
    ByDebug Plain,
}

impl<T: ?Sized> Plain<'_, T> {
    /// The frame has it already; not that of a hot place, in an unoptimised build.
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        recorded(site, Erased::of(self.0), frame);
    }

    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        task.argument(name, Erased::of(self.0));
    }
}

impl<T: Inspect> Shown<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_inspect(self.0, encoder);
        capture(site, Erased::of(self.0), frame, write);
    }

    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_inspect(self.0, encoder);
        task.argument_by(name, Erased::of(self.0), write);
    }
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        capture_debug(site, Erased::of(self.0), &self.0, frame);
    }

    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        argument_debug(name, Erased::of(self.0), &self.0, task);
    }
}

#[inline]
fn recorded(site: u32, value: Erased<'_>, frame: &Guard) {
    #[cfg(unoptimised)]
    {
        frame.thaw();
        if frame.is_missing(site & 0xff) {
            frame.capture_always(site, value);
        }
    }
    #[cfg(not(unoptimised))]
    let _ = (site, value, frame);
}

/// `value`: a reference to what is debugged: a table of functions for references is smaller than one for what is owned,
/// which drops.
#[inline(never)]
fn capture_debug(site: u32, value: Erased<'_>, debugged: &dyn Debug, frame: &Guard) {
    let write = &mut |encoder: &mut Encoder<'_>| debug::encode_debug(debugged, encoder);
    capture(site, value, frame, write);
}

#[inline(never)]
fn argument_debug(name: &'static str, value: Erased<'_>, debugged: &dyn Debug, task: &mut LogTask) {
    let write = &mut |encoder: &mut Encoder<'_>| debug::encode_debug(debugged, encoder);
    task.argument_by(name, value, write);
}

#[inline(never)]
fn capture(site: u32, value: Erased<'_>, frame: &Guard, write: &mut dyn FnMut(&mut Encoder<'_>)) {
    let entry = value.entry();
    if entry.is_known() {
        return recorded(site, value, frame);
    }
    let _busy = Busy::enter();
    frame.capture_with(site, entry, write);
}
