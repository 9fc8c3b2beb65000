//! Values whose type is written, shown by their own impls: arguments of which the frame has only the type, and what is
//! returned.
//!
//! As in `crate::probe`, method resolution decides: an inherent method for types with the impl, and one of the same name behind
//! a `Deref` for all.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::Outcome;
use super::call::Log;
use crate::capture::{Encoder, Inspect, debug, intern, type_id};
use crate::stack::Guard;
use std::any::type_name;
use std::fmt::Debug;
use std::ops::Deref;

pub struct Plain<'a, T: ?Sized>(&'a T);
pub struct ByDebug<'a, T: ?Sized>(Plain<'a, T>);
pub struct ByInspect<'a, T: ?Sized>(ByDebug<'a, T>);

impl<'a, T: ?Sized> Deref for ByDebug<'a, T> {
    type Target = Plain<'a, T>;

    #[inline]
    fn deref(&self) -> &Plain<'a, T> {
        &self.0
    }
}

impl<'a, T: ?Sized> Deref for ByInspect<'a, T> {
    type Target = ByDebug<'a, T>;

    #[inline]
    fn deref(&self) -> &ByDebug<'a, T> {
        &self.0
    }
}

/// `Shown(&x).stacklens_cap(SITE, &frame)`, in a call that is logged: puts into the frame what `x`'s `Debug` prints, if it has
/// that and nothing better.
#[allow(non_snake_case)] // reads as what it makes in the macros' output
#[inline]
pub fn Shown<T: ?Sized>(value: &T) -> ByInspect<'_, T> {
    ByInspect(ByDebug(Plain(value)))
}

impl<T: ?Sized> Plain<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, _: u32, _: &Guard) {}
}

impl<T: Inspect> ByInspect<'_, T> {
    /// The frame has it already.
    #[inline]
    pub fn stacklens_cap(&self, _: u32, _: &Guard) {}
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline(never)]
    pub fn stacklens_cap(&self, site: u32, frame: &Guard) {
        let entry = intern(type_id::<T>, type_name::<T>);
        frame.capture_with(site, entry, &mut |encoder| {
            debug::encode_debug(self.0.0, encoder);
        });
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
        let failed = self.0.0.0.0.0.is_err();
        log.outcome(if failed { Outcome::Err } else { Outcome::Value });
    }
}

impl<T> Returned<'_, Option<T>> {
    #[inline]
    pub fn stacklens_outcome(&self, log: &impl Notes) {
        let none = self.0.0.0.0.0.is_none();
        log.outcome(if none { Outcome::None } else { Outcome::Value });
    }
}

impl<T> Kind<'_, T> {
    #[inline]
    pub fn stacklens_outcome(&self, log: &impl Notes) {
        log.outcome(Outcome::Value);
    }
}

impl<T: Inspect> ByInspect<'_, T> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        log.by(type_name::<T>(), &mut |encoder| {
            debug::encode_inspect(self.0.0.0, encoder)
        });
    }
}

impl<T: Debug> ByDebug<'_, T> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        log.by(type_name::<T>(), &mut |encoder| {
            debug::encode_debug(self.0.0, encoder)
        });
    }
}

impl<T> Plain<'_, T> {
    #[inline]
    pub fn stacklens_ret(&self, log: &impl Notes) {
        log.by_identity(self.0);
    }
}

/// Who is told what a call returns: the log of a call, or of a future.
pub trait Notes {
    fn outcome(&self, outcome: Outcome);
    fn by(&self, name: &'static str, write: &mut dyn FnMut(&mut Encoder<'_>));
    fn by_identity<T>(&self, value: &T);
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
}
