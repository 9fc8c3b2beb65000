//! Probes of an optimised build.

use super::{Known, MayDebug, Probe, ProbeFull, Unknown, inspect_failing, inspected};
use crate::capture::{Inspect, scalar, type_id};
use crate::config;
use crate::stack::arguments::{enter1, enter2, enter3};
use crate::stack::enter as enter0;
use crate::stack::{Active, Depth, Guard};
use std::any::type_name;
use std::fmt::Debug;

impl<T: ?Sized> Unknown<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: Active) {
        frame.look_and_store(site, self.0, Depth::Whole);
    }
}

macro_rules! inspecting {
    ($($probe:ident,)*) => {$(
        impl<T: Inspect> $probe<'_, T> {
            #[inline]
            pub fn stacklens_cap(&self, site: u32, frame: Active) {
                // A scalar by another name: folds away for all other types.
                if scalar(self.0).is_some() {
                    return frame.look_and_store(site, self.0, Depth::Whole);
                }
                let value = std::ptr::from_ref(self.0).cast();
                // SAFETY: the value is of the type.
                unsafe { inspect_failing(value, site, frame, inspected!(T)) }
            }
        }
    )*};
}

inspecting! {
    Probe,
    ProbeFull,
}

impl<T: Debug> MayDebug<'_, T> {
    #[inline]
    pub fn stacklens_cap(&self, site: u32, frame: Active) {
        let value = std::ptr::from_ref(self.0).cast();
        // SAFETY: the value is of the type.
        unsafe { debug(value, &self.0, (type_id::<T>, type_name::<T>), site, frame) }
    }
}

/// # Safety
/// The live value at `value` is of the type of which `known` is.
#[allow(improper_ctypes_definitions)] // no C is called
unsafe extern "C" fn debug(
    value: *const (),
    debugged: &dyn Debug,
    known: Known,
    site: u32,
    frame: Active,
) {
    if config::allows_debug() {
        super::debug(debugged, known, site, frame);
    } else {
        // SAFETY: passed on.
        unsafe { frame.capture_as(site, value, known.0, known.1) };
    }
}

/// Enters a frame with arguments and captures the probed value in it.
macro_rules! entering {
    ($($probe:ident [$($bound:tt)*],)*) => {$(
        impl<T: $($bound)*> $probe<'_, T> {
            entering!(@ stacklens_enter0 enter0 ());
            entering!(@ stacklens_enter1 enter1 (a A));
            entering!(@ stacklens_enter2 enter2 (a A, b B));
            entering!(@ stacklens_enter3 enter3 (a A, b B, c C));
        }
    )*};
    (@ $name:ident $enter:ident ($($arg:ident $type:ident),*)) => {
        #[inline(always)]
        pub fn $name<$($type),*>(&self, meta: &'static str, slot: u32, $($arg: &$type),*) -> Guard {
            let guard = $enter(meta, $($arg),*);
            self.stacklens_cap(slot, guard.active);
            guard
        }
    };
}

entering! {
    Unknown [?Sized],
    Probe [Inspect],
    ProbeFull [Inspect],
    MayDebug [Debug],
}
