//! Formatting by code that may not end: output that nobody takes any more is refused, and who writes on all the same is
//! unwound.
//!
//! What neither writes nor returns cannot be stopped.

use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// Pieces of text that one value may write, and how often it may be told that there is no more room.
const PIECES: u32 = 1 << 16;
const REFUSALS: u32 = 1 << 8;
/// Of something that writes now and then.
const LONGEST: Duration = Duration::from_secs(1);

/// What a formatting that goes on is unwound with.
struct Endless;

struct Watched<'a> {
    out: &'a mut dyn Write,
    pieces: u32,
    refusals: u32,
    /// Says no from now on.
    full: bool,
    began: Instant,
}

impl Write for Watched<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.pieces = self.pieces.saturating_add(1);
        self.full = self.full
            || self.out.write_str(text).is_err()
            || self.pieces > PIECES
            || self.began.elapsed() > LONGEST;
        if !self.full {
            return Ok(());
        }
        self.refusals = self.refusals.saturating_add(1);
        // Once: a destructor that writes while this unwinds must not unwind in its turn. The hook is for panics.
        if self.refusals == REFUSALS && cfg!(panic = "unwind") {
            resume_unwind(Box::new(Endless));
        }
        Err(fmt::Error)
    }
}

/// Writes until there is no more room, or too much is written, or it takes too long.
///
/// # Errors
/// Then, and if the formatting itself fails: what is written is a beginning.
///
/// # Panics
/// As the formatting does.
pub(crate) fn write(out: &mut dyn Write, text: fmt::Arguments<'_>) -> fmt::Result {
    let mut watched = Watched {
        out,
        pieces: 0,
        refusals: 0,
        full: false,
        began: Instant::now(),
    };
    // What `out` holds is text up to the last piece, whatever happens.
    match catch_unwind(AssertUnwindSafe(|| watched.write_fmt(text))) {
        Ok(_) if watched.full => Err(fmt::Error),
        Ok(written) => written,
        Err(payload) if payload.is::<Endless>() => Err(fmt::Error),
        Err(payload) => resume_unwind(payload),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct By<F>(F);

    impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for By<F> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0(f)
        }
    }

    /// Takes four bytes.
    #[derive(Default)]
    struct Four(String);

    impl Write for Four {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.extend(text.chars().take(4 - self.0.len()));
            if self.0.len() == 4 {
                Err(fmt::Error)
            } else {
                Ok(())
            }
        }
    }

    fn written(by: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result) -> (String, bool) {
        let mut out = Four::default();
        let whole = write(&mut out, format_args!("{}", By(by))).is_ok();
        (out.0, whole)
    }

    #[test]
    fn what_ends_is_written() {
        assert_eq!(written(|f| f.write_str("abc")), ("abc".to_owned(), true));
        assert_eq!(written(|_| Err(fmt::Error)), (String::new(), false));
    }

    #[test]
    fn what_ignores_that_there_is_no_room_is_unwound() {
        let endless = |f: &mut fmt::Formatter<'_>| loop {
            let _ = f.write_str("ab");
        };
        assert_eq!(written(endless), ("abab".to_owned(), false));
    }

    #[test]
    fn what_writes_nothing_again_and_again_is_unwound() {
        let endless = |f: &mut fmt::Formatter<'_>| loop {
            let _ = f.write_str("");
        };
        assert_eq!(written(endless), (String::new(), false));
    }

    #[test]
    fn what_swallows_the_refusal_is_a_beginning_all_the_same() {
        let swallows = |f: &mut fmt::Formatter<'_>| {
            let _ = f.write_str("abcdef");
            Ok(())
        };
        assert_eq!(written(swallows), ("abcd".to_owned(), false));
    }

    #[test]
    fn what_writes_while_it_is_unwound_does_not_end_the_process() {
        struct Writes<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl Drop for Writes<'_, '_> {
            fn drop(&mut self) {
                for _ in 0..10_000 {
                    let _ = self.0.write_str("x");
                }
            }
        }
        let endless = |f: &mut fmt::Formatter<'_>| {
            let writes = Writes(f);
            loop {
                let _ = writes.0.write_str("x");
            }
        };
        let endless = |f: &mut fmt::Formatter<'_>| endless(f);
        assert_eq!(written(endless), ("xxxx".to_owned(), false));
    }

    #[test]
    fn a_panic_goes_on() {
        let panics = || written(|_| resume_unwind(Box::new(7)));
        let payload = catch_unwind(AssertUnwindSafe(panics)).unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&7));
    }
}
