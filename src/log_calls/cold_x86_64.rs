//! Calls that a logged function makes once it may be logged, behind calls that keep all registers (src/stack/preserving.rs):
//! one that is filtered out has no register to save for their sake.

use super::call::{Log, close, open};
use super::show::Show;
use super::site::LogSite;
use crate::stack::preserving::{behind_call, preserving};
use std::mem::transmute;
use std::ptr::from_ref;

/// [`open`].
#[cold]
#[inline(always)]
pub(super) fn open_cold(log: &Log, site: &'static LogSite, record: usize) {
    // SAFETY: what is called has these parameters and unwinds not. As for registers and stack, see `place_cold`.
    unsafe {
        behind_call!(
            preserve_all_for_open,
            inout("r10") from_ref(log) => _,
            in("rsi") from_ref(site),
            in("rdx") record,
        );
    }
}

extern "C" fn opened(log: &Log, site: &'static LogSite, record: usize) {
    open(log, site, record);
}

/// [`close`].
#[cold]
#[inline(always)]
pub(super) fn close_cold(log: &Log) {
    // SAFETY: as in `open_cold`.
    unsafe {
        behind_call!(
            preserve_all_for_close,
            inout("r10") from_ref(log) => _,
        );
    }
}

extern "C" fn closed(log: &Log) {
    close(log);
}

/// `show(value, log)`
#[cold]
#[inline(always)]
pub(super) fn show_cold<R>(show: Show<R>, value: &R, log: &Log) {
    // SAFETY: as in `open_cold`; of `shown`: the two belong together.
    unsafe {
        behind_call!(
            preserve_all_for_show,
            inout("r10") show as *const () => _,
            in("rsi") from_ref(value),
            in("rdx") from_ref(log),
        );
    }
}

/// # Safety
/// `show` is a [`Show`], and `value` points to what it shows.
unsafe extern "C" fn shown(show: *const (), value: *const (), log: &Log) {
    // SAFETY: promised by the caller; all references to what has a size are passed in the same way.
    unsafe { transmute::<*const (), Show<()>>(show)(&*value, log) }
}

preserving!(preserve_all_for_open calls opened);
preserving!(preserve_all_for_close calls closed);
preserving!(preserve_all_for_show calls shown);
