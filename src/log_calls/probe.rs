//! Values whose type is written, shown by their own impls: arguments of which the frame has only the type, and what is
//! returned.
//!
//! As in `crate::probe`, method resolution decides: an inherent method for types with the impl, and one of the same
//! name behind a `Deref` for all.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::Outcome;
use super::call::Log;
use super::task::LogTask;
use super::thread::Busy;
use crate::capture::{Encoder, Inspect, debug, intern, type_id};
use crate::stack::Guard;
use std::any::type_name;
use std::fmt::Debug;
use std::ops::Deref;

pub struct Plain<'a, T: ?Sized>(&'a T);
pub struct Split<'a, T: ?Sized>(Plain<'a, T>);
pub struct ByDebug<'a, T: ?Sized>(Split<'a, T>);
pub struct ByInspect<'a, T: ?Sized>(ByDebug<'a, T>);

macro_rules! deref {
    ($($outer:ident => $inner:ident;)*) => {$(
        impl<'a, T: ?Sized> Deref for $outer<'a, T> {
            type Target = $inner<'a, T>;

            #[inline]
            fn deref(&self) -> &$inner<'a, T> {
                &self.0
            }
        }
    )*};
}

deref! {
    ByInspect => ByDebug;
    ByDebug => Split;
    Split => Plain;
}

/// `Shown(&x).stacklens_cap(SITE, &frame)`, in a call that is logged: puts into the frame what `x`'s `Debug` prints,
/// if it has that and nothing better.
#[allow(non_snake_case)] // reads as what it makes in the macros' output
#[inline]
pub fn Shown<T: ?Sized>(value: &T) -> ByInspect<'_, T> {
    ByInspect(ByDebug(Split(Plain(value))))
}

impl<T: ?Sized> Plain<'_, T> {
    /// The frame has it already; not that of a hot place, in an unoptimised build.
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        #[cfg(unoptimised)]
        if frame.is_missing(site & 0xff) {
            frame.capture_always(site, self.0, crate::stack::Depth::Whole);
        }
        #[cfg(not(unoptimised))]
        let _ = (site, frame);
    }
}

impl<T: Inspect> ByInspect<'_, T> {
    #[inline(never)]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        let entry = intern(type_id::<T>, type_name::<T>);
        if entry.is_known() {
            return self.0.0.0.stacklens_cap(site, frame);
        }
        let _busy = Busy::enter();
        frame.capture_with(site, entry, &mut |encoder| {
            debug::encode_inspect(self.0.0.0.0, encoder);
        });
    }
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline(never)]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        let entry = intern(type_id::<T>, type_name::<T>);
        if entry.is_known() {
            return self.0.0.stacklens_cap(site, frame);
        }
        let _busy = Busy::enter();
        frame.capture_with(site, entry, &mut |encoder| {
            debug::encode_debug(self.0.0.0, encoder);
        });
    }
}

/// `Shown(&x).stacklens_arg("x", &mut task)`: the same for an async function, whose arguments are turned into text at
/// once.
impl<T: ?Sized> Plain<'_, T> {
    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        task.argument(name, self.0);
    }
}

impl<T: Inspect> ByInspect<'_, T> {
    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_inspect(self.0.0.0.0, encoder);
        task.argument_by(name, type_name::<T>, write);
    }
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline]
    pub fn stacklens_arg(&self, name: &'static str, task: &mut LogTask) {
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_debug(self.0.0.0, encoder);
        task.argument_by(name, type_name::<T>, write);
    }
}

/// `Returned(&x).stacklens_ret(&log)`: notes what is returned, and whether it is a failure.
pub struct Returned<'a, T>(Kind<'a, T>);
pub struct Kind<'a, T>(ByInspect<'a, T>);

#[allow(non_snake_case)] // as above
#[inline]
pub fn Returning<T>(value: &T) -> Returned<'_, T> {
    Returned(Kind(Shown(value)))
}

impl<'a, T> Deref for Returned<'a, T> {
    type Target = Kind<'a, T>;

    #[inline]
    fn deref(&self) -> &Kind<'a, T> {
        &self.0
    }
}

impl<'a, T> Deref for Kind<'a, T> {
    type Target = ByInspect<'a, T>;

    #[inline]
    fn deref(&self) -> &ByInspect<'a, T> {
        &self.0
    }
}

/// What is asked of a call before its value is looked at.
impl<T, E> Returned<'_, Result<T, E>> {
    #[inline]
    pub fn stacklens_outcome(&self, log: &impl Notes) {
        let failed = self.value().is_err();
        log.outcome(if failed { Outcome::Err } else { Outcome::Value });
    }
}

impl<T> Returned<'_, Option<T>> {
    #[inline]
    pub fn stacklens_outcome(&self, log: &impl Notes) {
        let none = self.value().is_none();
        log.outcome(if none { Outcome::None } else { Outcome::Value });
    }
}

impl<T> Kind<'_, T> {
    #[inline]
    pub fn stacklens_outcome(&self, log: &impl Notes) {
        log.outcome(Outcome::Value);
    }
}

impl<T> Plain<'_, T> {
    #[inline]
    fn value(&self) -> &T {
        self.0
    }

    /// By identity, whatever impls it has.
    #[inline]
    pub fn stacklens_ret_plain(&self, log: &impl Notes) {
        log.by_identity(self.0);
    }

    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        log.by_identity(self.0);
    }
}

impl<T, E> Split<'_, Result<T, E>> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        self.stacklens_ret_plain(log);
    }

    #[inline]
    pub fn stacklens_ret_plain(&self, log: &impl Notes) {
        if is_known::<Result<T, E>>() {
            return log.by_identity(self.value());
        }
        match self.value() {
            Ok(value) => log.inside("Ok", value),
            Err(error) => log.inside("Err", error),
        }
    }
}

impl<T> Split<'_, Option<T>> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        self.stacklens_ret_plain(log);
    }

    #[inline]
    pub fn stacklens_ret_plain(&self, log: &impl Notes) {
        match self.value() {
            Some(value) if !is_known::<Option<T>>() => log.inside("Some", value),
            None if !is_known::<Option<T>>() => log.nothing(),
            _ => log.by_identity(self.value()),
        }
    }
}

/// Whether values of a type are shown by its identity.
fn is_known<T>() -> bool {
    intern(type_id::<T>, type_name::<T>).is_known()
}

impl<T: Inspect> ByInspect<'_, T> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_inspect(self.0.0.0.0, encoder);
        log.by(type_name::<T>(), write);
    }
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        if is_known::<T>() {
            return log.by_identity(self.0.0.0);
        }
        let write = &mut |encoder: &mut Encoder<'_>| debug::encode_debug(self.0.0.0, encoder);
        log.by(type_name::<T>(), write);
    }
}

/// Who is told what a call returns: the log of a call, or of a future.
pub trait Notes {
    fn outcome(&self, outcome: Outcome);
    fn by(&self, name: &'static str, write: &mut dyn FnMut(&mut Encoder<'_>));
    fn by_identity<T>(&self, value: &T);
    /// A value of which only what is inside can be shown.
    fn inside<T>(&self, name: &'static str, inside: &T);
    /// `None`, of a type of which nothing is known.
    fn nothing(&self);
}

impl Notes for Log {
    #[inline]
    fn outcome(&self, outcome: Outcome) {
        if self.is_on() {
            self.note_outcome(outcome);
        }
    }

    #[inline]
    fn by(&self, name: &'static str, write: &mut dyn FnMut(&mut Encoder<'_>)) {
        if self.is_on() {
            self.note_by(name, write);
        }
    }

    #[inline]
    fn by_identity<T>(&self, value: &T) {
        self.look(value);
    }

    fn inside<T>(&self, name: &'static str, inside: &T) {
        let failed = name == "Err";
        self.note_inside(
            if failed { Outcome::Err } else { Outcome::Value },
            name,
            inside,
        );
    }

    fn nothing(&self) {
        self.none();
    }
}
