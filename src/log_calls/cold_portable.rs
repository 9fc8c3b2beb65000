//! Calls that a logged function makes once it may be logged: ordinary ones.

use super::call::{Log, close, open};
use super::show::Show;
use super::site::LogSite;

/// [`open`].
#[cold]
#[inline]
pub(super) fn open_cold(log: &Log, site: &'static LogSite, record: usize) {
    open(log, site, record);
}

/// [`close`].
#[cold]
#[inline]
pub(super) fn close_cold(log: &Log) {
    close(log);
}

/// `show(value, log)`
#[cold]
#[inline]
pub(super) fn show_cold<R>(show: Show<R>, value: &R, log: &Log) {
    show(value, log);
}
