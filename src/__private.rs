//! What the macros' output calls. No promise is made of any of it.
//!
//! All of it is sound to call from safe code with anything: `enter` checks its text, the rest stores words.

#![allow(missing_docs)]

pub use crate::capture::derive_support::*;
#[cfg(feature = "grow")]
pub use crate::framed::Growing;
pub use crate::framed::{Limited, OrError, Plain, framed_by, framed_future as framed};
pub use crate::framed::{
    Making, Returned as ReturnedFuture, SameFuture, enter_future, future, same_future,
};
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
#[cfg(not(unoptimised))]
pub use crate::stack::enter as enter0;
pub use crate::stack::{Active, Guard, arguments::*};
pub use core::result::Result::{Err, Ok};
pub use core::{concat, format_args, module_path, stringify};

use crate::stack::innermost;

/// What is known of a function, as a literal.
pub type Text = &'static str;

/// The slot holds nothing yet.
#[inline]
pub fn unset(site: u32, frame: Active) {
    frame.unset(site);
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

#[cfg(unoptimised)]
pub use crate::stack::unoptimised::{at, cap, cap_at, cap_plain, enter0, records};

/// Whether this activation records its arguments: always, but in a hot function of an unoptimised build.
#[cfg(not(unoptimised))]
#[inline]
pub fn records(frame: Active) -> bool {
    frame.records()
}

/// The function is at statement `position` now.
#[cfg(not(unoptimised))]
#[inline]
pub fn at(position: u32, frame: Active) {
    frame.at(position);
}

#[inline]
pub fn at_top(position: u32) {
    innermost().at(position);
}

/// Records a local.
#[cfg(not(unoptimised))]
#[inline]
pub fn cap<T>(value: &T, site: u32, frame: Active) {
    frame.capture(site, value);
}

/// Records a local; then the function is at statement `next`: one call for both, where one follows the other.
#[cfg(not(unoptimised))]
#[inline]
pub fn cap_at<T>(value: &T, site: u32, next: u32, frame: Active) {
    frame.capture(site, value);
    frame.at(next);
}

#[cfg(not(unoptimised))]
#[inline]
pub fn cap_plain<T>(value: &T, site: u32, frame: Active) {
    frame.capture_surface(site, value);
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
pub fn cap_init<T>(value: T, site: u32, frame: Active) -> T {
    frame.capture(site, &value);
    value
}

#[inline]
pub fn cap_init_plain<T>(value: T, site: u32, frame: Active) -> T {
    frame.capture_surface(site, &value);
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
