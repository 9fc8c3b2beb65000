//! Another native stack for this thread to run on: for raising an error where little is left of its own, and to grow.

#[cfg_attr(
    all(target_arch = "x86_64", target_os = "linux"),
    path = "x86_64_linux.rs"
)]
#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    path = "unknown.rs"
)]
mod platform;

#[cfg(feature = "grow")]
#[cfg_attr(all(target_arch = "x86_64", target_os = "linux"), path = "cached.rs")]
#[cfg_attr(
    not(all(target_arch = "x86_64", target_os = "linux")),
    path = "stacker.rs"
)]
mod grow;

#[cfg(feature = "grow")]
pub(crate) use grow::run_on_segment;

use super::bounds::Bounds;
use super::native::{self, OnSegment};
use super::switch::call_on;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// Memory for a stack, with a page below it that cannot be touched. Given back when it is dropped.
pub(crate) struct Segment {
    bounds: Bounds,
}

/// What a segment is asked to do. It crosses from one stack to the other as a pointer.
struct Job<'a> {
    work: &'a mut dyn FnMut(),
    result: thread::Result<()>,
}

impl Segment {
    /// Whether segments can be had here at all.
    pub(crate) const AVAILABLE: bool = platform::AVAILABLE;

    /// A segment of at least `bytes`, if the system has the memory.
    ///
    /// It lies below the stack that runs, if there is room: who knows the bounds of that one alone (the `stacker`
    /// crate) then sees that nothing is left of it, and not more than there is.
    pub(crate) fn map(bytes: usize) -> Option<Segment> {
        let (low, high) = platform::map(bytes, native::lowest())?;
        Some(Segment {
            bounds: Bounds { low, high },
        })
    }

    /// Runs `work` on the segment. What it panics with is the `Err`: no unwinding crosses from one stack to another.
    pub(crate) fn run(&self, work: &mut dyn FnMut()) -> thread::Result<()> {
        extern "C" fn begin(job: *mut ()) {
            // SAFETY: `run` below passes its own job, which waits there.
            let job = unsafe { &mut *job.cast::<Job<'_>>() };
            job.result = catch_unwind(AssertUnwindSafe(&mut *job.work));
        }
        let mut job = Job {
            work,
            result: Ok(()),
        };
        let on_segment = OnSegment::enter(self.bounds, native::here());
        // SAFETY: the segment is mapped, nobody else runs on it (`Segment`s are not shared: `map` makes them and
        // `run` is not re-entered, see `grow`), and `begin` does not unwind. The job outlives the call.
        unsafe {
            call_on(self.bounds.high, begin, (&raw mut job).cast());
        }
        drop(on_segment);
        job.result
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        platform::unmap(self.bounds.low, self.bounds.high);
    }
}

/// Runs `work` where at least `bytes` of stack are left: here, or on a segment. Here too if there is none to be had.
pub(crate) fn with_room(bytes: usize, work: &mut dyn FnMut()) -> thread::Result<()> {
    if Segment::AVAILABLE
        && native::remaining().is_some_and(|left| left < bytes)
        && let Some(segment) = Segment::map(bytes)
    {
        return segment.run(work);
    }
    catch_unwind(AssertUnwindSafe(work))
}
