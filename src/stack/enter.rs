//! Entering a frame: the place is taken, then filled, or the frame is one too many.

use super::guard::Guard;
#[cfg(not(unoptimised))]
use super::platform;
use super::read::Meta;
#[cfg(not(unoptimised))]
use super::record::Record;
#[cfg(not(unoptimised))]
use super::thread;
#[cfg(not(unoptimised))]
use std::sync::atomic::Ordering::Relaxed;

/// Enters a frame.
///
/// # Panics
/// With a [`RecursionError`](crate::recursion::RecursionError) if the frame is one too many. If `meta` is not a text that
/// the macros make: it ends in NUL. (Known when compiled: no instruction is spent on it.)
#[inline(always)]
pub fn enter(meta: &'static str) -> Guard {
    #[cfg(unoptimised)]
    return super::unoptimised::enter0(meta);
    #[cfg(not(unoptimised))]
    match try_enter(meta) {
        Some(guard) => guard,
        // SAFETY: the text of a `&'static str`.
        None => unsafe { refuse(meta.as_ptr(), meta.len()) },
    }
}

/// [`enter`], but a frame that is one too many is `None`: [`native::refusal`](super::native::refusal) says why.
#[cfg(not(unoptimised))]
#[inline(always)]
pub(crate) fn try_enter(meta: &'static str) -> Option<Guard> {
    let bytes = meta.as_bytes();
    if bytes.is_empty() || bytes[bytes.len() - 1] != 0 {
        malformed();
    }
    place(meta.as_ptr())
}

/// The frame of the function with this text, which ends in NUL.
#[cfg(not(unoptimised))]
#[inline(always)]
fn place(meta: *const u8) -> Option<Guard> {
    let record = thread::with(|t| {
        let top = t.top.load(Relaxed);
        if top < t.limit_now() && platform::stack_pointer() >= t.bound_now() {
            // SAFETY: below `limit` lies a region's record.
            let record = unsafe { &*(top as *const Record) };
            // First the place is taken, then filled: a signal handler that enters frames in between takes the next one. What
            // it sees of this one meanwhile is a frame without a function, which readers pass over.
            record.meta.store(std::ptr::null_mut(), Relaxed);
            t.advance();
            Some(top)
        } else {
            match platform::place_cold() {
                0 => None,
                record => Some(record),
            }
        }
    })?;
    // Not in the closure, which is a function of its own at opt-level=s: the place that is recorded is to be the caller's.
    // SAFETY: `place_cold` answers with a record of a region, or with a place in a counted part or sink behind which 192
    // bytes follow.
    unsafe { platform::fill(record, meta) };
    Some(Guard::of(record))
}

/// [`enter`], but a frame that is one too many is `None`: [`native::refusal`](super::native::refusal) says why.
#[cfg(unoptimised)]
#[inline(always)]
pub(crate) fn try_enter(meta: &'static str) -> Option<Guard> {
    match super::unoptimised::try_enter(meta.as_ptr(), meta.len()) {
        0 => None,
        record => Some(Guard::of(record)),
    }
}

/// A function's text that is known to be one, for frames that are entered again and again.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    #[cfg(unoptimised)]
    text: &'static str,
    #[cfg(not(unoptimised))]
    meta: Meta,
}

impl Known {
    /// # Panics
    /// As [`enter`].
    #[inline(always)]
    pub(crate) fn new(text: &'static str) -> Known {
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes[bytes.len() - 1] != 0 {
            malformed();
        }
        Known {
            #[cfg(unoptimised)]
            text,
            #[cfg(not(unoptimised))]
            meta: Meta::at(text),
        }
    }

    #[inline]
    pub(crate) fn meta(self) -> Meta {
        #[cfg(unoptimised)]
        return Meta::at(self.text);
        #[cfg(not(unoptimised))]
        self.meta
    }

    pub(crate) fn text(self) -> &'static str {
        #[cfg(unoptimised)]
        return self.text;
        #[cfg(not(unoptimised))]
        self.meta.whole_text()
    }

    /// [`enter`].
    #[inline(always)]
    pub(crate) fn enter(self) -> Guard {
        #[cfg(unoptimised)]
        return enter(self.text);
        #[cfg(not(unoptimised))]
        match place(self.meta.pointer()) {
            Some(guard) => guard,
            None => self.refuse(),
        }
    }

    #[cfg(not(unoptimised))]
    #[cold]
    #[inline(never)]
    fn refuse(self) -> ! {
        crate::recursion::raise(self.text())
    }
}

/// Raises the error that the thread's [`native::refusal`](super::native::refusal) is.
///
/// # Safety
/// `meta` and `length` are those of a `&'static str`.
#[cold]
#[inline(never)]
pub(super) unsafe extern "C-unwind" fn refuse(meta: *const u8, length: usize) -> ! {
    // SAFETY: passed on.
    let bytes = unsafe { std::slice::from_raw_parts(meta, length) };
    // SAFETY: as above.
    crate::recursion::raise(unsafe { std::str::from_utf8_unchecked(bytes) })
}

#[cold]
#[inline(never)]
pub(super) extern "C-unwind" fn malformed() -> ! {
    panic!("stacklens: `enter` is for the output of the stacklens macros alone");
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    #[test]
    fn a_record_leads_to_the_code_that_filled_it() {
        #[inline(never)]
        fn entered() -> usize {
            let guard = super::enter("entered\n\n\n\0");
            let word = guard.record().code_address.load(Relaxed);
            #[cfg(unoptimised)]
            return word;
            #[cfg(not(unoptimised))]
            super::platform::code_address(word)
        }
        let (address, begin) = (entered(), entered as fn() -> usize as usize);
        if address != 0 {
            assert!(
                (begin..begin + 4096).contains(&address),
                "{address:x} {begin:x}"
            );
        }
    }
}
