//! What the macros' output asks of a call besides entering and leaving it.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::call::Log;
use super::show::{How, Notes, Show};
use super::site::LogSite;
use crate::capture::Erased;
use crate::observe::Observed;

/// Whether calls may be logged.
#[cfg_attr(not(unoptimised), inline)]
pub fn log_may(site: &'static LogSite) -> bool {
    !site.is_off() && site.may()
}

/// What the function is about to return, and what shows it.
#[inline]
pub fn log_ret_by<R>(value: R, show: Show<R>, log: &Log) -> R {
    if log.is_on() {
        show(&value, log);
    }
    value
}

/// Whether anybody looks at the values of a call that may be logged.
#[cfg_attr(not(unoptimised), inline)]
pub fn log_reads(site: &'static LogSite) -> bool {
    site.reads()
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
