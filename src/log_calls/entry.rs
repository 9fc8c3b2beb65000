//! What the macros' output asks of a call besides entering and leaving it.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::call::Log;
use super::cold;
use super::show::{How, Notes, Show};
use super::site::LogSite;
use crate::capture::Erased;
use crate::observe::Observed;
use crate::stack::Guard;

/// Whether calls may be logged: it is not said yet that they are not.
#[cfg_attr(not(unoptimised), inline(always))]
pub fn log_may(site: &'static LogSite) -> bool {
    !site.is_off()
}

/// Whether calls may be logged, for those who are asked for their own condition then.
#[cfg_attr(not(unoptimised), inline(always))]
pub fn log_asks(site: &'static LogSite) -> bool {
    !site.is_off() && site.may()
}

/// What the function is about to return, and what shows it.
#[inline]
pub fn log_ret_by<R>(value: R, show: Show<R>, log: &Log) -> R {
    if log.is_on() {
        cold::show_cold(show, &value, log);
    }
    value
}

/// Whether anybody looks at the values of a call that may be logged.
#[cfg_attr(not(unoptimised), cold)]
pub fn log_reads(site: &'static LogSite) -> bool {
    site.may() && site.reads()
}

/// [`log_reads`], and the arguments were not recorded on entry: in an unoptimised build, because the function is hot.
#[cfg(unoptimised)]
pub fn log_again(site: &'static LogSite, frame: &Guard) -> bool {
    frame.is_hot() && log_reads(site)
}

#[cfg(not(unoptimised))]
#[inline(always)]
pub fn log_again(_: &'static LogSite, _: &Guard) -> bool {
    false
}

/// The operand of a `?`: what leaves the function by it.
#[inline]
pub fn log_q<T: Observed>(operand: T, log: &Log) -> T {
    if log.is_on() && operand.leaves() {
        operand.failure(log);
    }
    operand
}

/// What the function is about to return.
#[inline]
pub fn log_ret<R>(value: R, log: &Log) -> R {
    log.look(&value);
    value
}

/// The same, of a function that contains `unsafe`: what a reference leads to may be half made, so that only scalars are
/// read.
#[inline]
pub fn log_ret_plain<R>(value: R, log: &Log) -> R {
    if log.is_on() {
        log.note(Erased::of(&value), How::Type);
    }
    value
}
