//! What the macros' output calls. No promise is made of any of it.
//!
//! All of it is sound to call from safe code with anything: `enter` checks its text, the rest stores words.

#![allow(missing_docs)]

pub use crate::capture::derive_support::*;
#[cfg(feature = "grow")]
pub use crate::framed::Growing;
pub use crate::framed::{Limited, OrError, Plain, framed_by, framed_future as framed};
pub use crate::log_calls::call::{Log, log_enter, log_none};
pub use crate::log_calls::enter::*;
pub use crate::log_calls::entry::*;
pub use crate::log_calls::probe::Shown;
pub use crate::log_calls::show::{Hidden, Parts, Returned};
pub use crate::log_calls::site::LogSite;
pub use crate::log_calls::task::{
    LogTask, log_future, log_no_task, log_show, log_show_plain, log_task,
};
pub use crate::observe::{
    Early, Leaf, Observed, SeenLeaf, early, fail, fail_top, failing, failing_top, fails, fails_top,
    left, left_top, q, q_next, q_next_top, q_top,
};
pub use crate::probe::{InspectFailing, Probe, ProbeFailing, ProbeFull};
pub use crate::recursion::private::*;
pub use crate::stack::Guard;
#[cfg(not(unoptimised))]
pub use crate::stack::enter as enter0;
pub use core::result::Result::{Err, Ok};
pub use core::{concat, format_args, module_path, stringify};

#[cfg(not(unoptimised))]
use crate::stack::Depth;
use crate::stack::innermost;

/// What is known of a function, as a literal.
pub type Text = &'static str;

/// The slot holds nothing yet.
#[inline]
pub fn unset(site: u32, guard: &Guard) {
    guard.unset(site);
}

#[inline]
pub fn unset_top(site: u32) {
    innermost().unset(site);
}

/// Always false; the compiler does not know.
#[inline]
pub fn never() -> bool {
    false
}

/// A value of any type, never.
///
/// # Panics
/// Always. It stands behind [`never`].
#[cold]
pub fn absurd<R>() -> R {
    unreachable!("stacklens: this stands behind `if never()`")
}

/// The type `!`, which cannot be written in every place where a type can.
pub type Never = <fn() -> ! as Returns>::Output;

pub trait Returns {
    type Output;
}

impl<R> Returns for fn() -> R {
    type Output = R;
}

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

#[cfg(unoptimised)]
use crate::stack::unoptimised::entered;
#[cfg(unoptimised)]
pub use crate::stack::unoptimised::{at, cap, cap_plain, enter0, records};

/// Whether this activation records its arguments: always, but in a hot function of an unoptimised build.
#[cfg(not(unoptimised))]
#[inline]
pub fn records(guard: &Guard) -> bool {
    guard.records()
}

/// The function is at statement `position` now.
#[cfg(not(unoptimised))]
#[inline]
pub fn at(position: u32, guard: &Guard) {
    guard.at(position);
}

#[inline]
pub fn at_top(position: u32) {
    innermost().at(position);
}

/// Records a local.
#[cfg(not(unoptimised))]
#[inline]
pub fn cap<T>(value: &T, site: u32, guard: &Guard) {
    guard.capture(site, value);
}

#[cfg(not(unoptimised))]
#[inline]
pub fn cap_plain<T>(value: &T, site: u32, guard: &Guard) {
    guard.capture_surface(site, value);
}

#[inline]
pub fn cap_top<T>(value: &T, site: u32) {
    innermost().capture(site, value);
}

#[inline]
pub fn cap_plain_top<T>(value: &T, site: u32) {
    innermost().capture_surface(site, value);
}

/// Records the value that a local is about to be bound to.
#[inline]
pub fn cap_init<T>(value: T, site: u32, guard: &Guard) -> T {
    guard.capture(site, &value);
    value
}

#[inline]
pub fn cap_init_plain<T>(value: T, site: u32, guard: &Guard) -> T {
    guard.capture_surface(site, &value);
    value
}

#[inline]
pub fn cap_init_top<T>(value: T, site: u32) -> T {
    innermost().capture(site, &value);
    value
}

#[inline]
pub fn cap_init_plain_top<T>(value: T, site: u32) -> T {
    innermost().capture_surface(site, &value);
    value
}
