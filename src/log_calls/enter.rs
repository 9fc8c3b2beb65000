//! Entering the frame of a logged function.
//!
//! In an unoptimised build a hot function records no values; a call that is logged does.

#![allow(missing_docs)] // hidden: called by the macros' output alone

use super::site::LogSite;
use crate::__private as private;
use crate::stack::Guard;

#[cfg(not(unoptimised))]
macro_rules! enter {
    ($($name:ident $plain:ident = $enter:ident $enter_plain:ident ($($index:literal $arg:ident $type:ident),*);)*) => {$(
        #[inline]
        #[allow(clippy::too_many_arguments)]
        pub fn $name<$($type),*>(meta: &'static str, _: &'static LogSite, $($arg: &$type),*) -> Guard {
            private::$enter(meta, $($arg),*)
        }

        #[inline]
        #[allow(clippy::too_many_arguments)]
        pub fn $plain<$($type),*>(meta: &'static str, _: &'static LogSite, $($arg: &$type),*) -> Guard {
            private::$enter_plain(meta, $($arg),*)
        }
    )*};
}

#[cfg(unoptimised)]
macro_rules! enter {
    ($($name:ident $plain:ident = $enter:ident $enter_plain:ident ($($index:literal $arg:ident $type:ident),*);)*) => {$(
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $name<$($type),*>(meta: &'static str, site: &'static LogSite, $($arg: &$type),*) -> Guard {
            let guard = private::$enter(meta, $($arg),*);
            if private::log_may(site) {
                guard.thaw();
                $(guard.argument_again($index, $arg, crate::stack::Depth::Whole);)*
            }
            guard
        }

        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $plain<$($type),*>(meta: &'static str, site: &'static LogSite, $($arg: &$type),*) -> Guard {
            let guard = private::$enter_plain(meta, $($arg),*);
            if private::log_may(site) {
                guard.thaw();
                $(guard.argument_again($index, $arg, crate::stack::Depth::Surface);)*
            }
            guard
        }
    )*};
}

enter! {
    enter0_log enter0_plain_log = enter0 enter0 ();
    enter1_log enter1_plain_log = enter1 enter1_plain (0 a A);
    enter2_log enter2_plain_log = enter2 enter2_plain (0 a A, 1 b B);
    enter3_log enter3_plain_log = enter3 enter3_plain (0 a A, 1 b B, 2 c C);
    enter4_log enter4_plain_log = enter4 enter4_plain (0 a A, 1 b B, 2 c C, 3 d D);
    enter5_log enter5_plain_log = enter5 enter5_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E);
    enter6_log enter6_plain_log = enter6 enter6_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F);
    enter7_log enter7_plain_log = enter7 enter7_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F, 6 g G);
    enter8_log enter8_plain_log = enter8 enter8_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F, 6 g G, 7 h H);
}
