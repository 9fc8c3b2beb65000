//! What the macros' output asks of a call besides entering and leaving it.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::call::Log;
use super::site::LogSite;
use crate::observe::Observed;

/// Whether calls may be logged.
#[inline]
pub fn log_may(site: &'static LogSite) -> bool {
    !site.is_off() && site.rule().is_some()
}

/// Whether a call is logged.
#[inline]
pub fn log_on(log: &Log) -> bool {
    log.is_on()
}

/// Checks a value against the type that is written.
#[inline]
pub fn log_value<R>(value: R) -> R {
    value
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
    log.look_plainly(&value);
    value
}
