//! Entering a frame with the function's arguments.

#![allow(missing_docs)] // hidden: called by the macros' output alone

#[cfg(not(unoptimised))]
use super::enter::enter as enter0;
use super::guard::Guard;
#[cfg(not(unoptimised))]
use super::look::Depth;
#[cfg(unoptimised)]
use super::unoptimised::entered;

#[cfg(not(unoptimised))]
macro_rules! enter {
    ($($name:ident $plain:ident ($($index:literal $arg:ident $type:ident),*);)*) => {$(
        /// Enters a frame and records its arguments.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $name<$($type),*>(meta: &'static str, $($arg: &$type),*) -> Guard {
            let guard = enter0(meta);
            let tags = $(guard.argument($index, $arg, Depth::Whole))|*;
            guard.tag_arguments(tags);
            guard
        }

        /// The same, recording scalars only.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $plain<$($type),*>(meta: &'static str, $($arg: &$type),*) -> Guard {
            let guard = enter0(meta);
            let tags = $(guard.argument($index, $arg, Depth::Surface))|*;
            guard.tag_arguments(tags);
            guard
        }
    )*};
}

// Inlined even so: the frame is to record the stack pointer and code address of the function, not of `enterN`. What is called
// does not unwind (it is `extern "C"`), and the guard comes last: nothing here needs a landing pad.
#[cfg(unoptimised)]
macro_rules! enter {
    ($($name:ident $plain:ident ($($index:literal $arg:ident $type:ident),*);)*) => {$(
        /// Enters a frame and records its arguments.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $name<$($type),*>(meta: &'static str, $($arg: &$type),*) -> Guard {
            entered!(meta, argument_whole, $($index $arg $type),*)
        }

        /// The same, recording scalars only.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $plain<$($type),*>(meta: &'static str, $($arg: &$type),*) -> Guard {
            entered!(meta, argument_surface, $($index $arg $type),*)
        }
    )*};
}

enter! {
    enter1 enter1_plain (0 a A);
    enter2 enter2_plain (0 a A, 1 b B);
    enter3 enter3_plain (0 a A, 1 b B, 2 c C);
    enter4 enter4_plain (0 a A, 1 b B, 2 c C, 3 d D);
    enter5 enter5_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E);
    enter6 enter6_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F);
    enter7 enter7_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F, 6 g G);
    enter8 enter8_plain (0 a A, 1 b B, 2 c C, 3 d D, 4 e E, 5 f F, 6 g G, 7 h H);
}
