//! A frame for a closure, by a function: where a macro is in the way.

use crate::stack::enter;
use once_cell::race::OnceBox;
use std::fmt::Write;
use std::panic::Location;

/// Runs `body` in a frame called `name`, placed at the call.
///
/// For the root of a thread, a callback, or any closure whose work should show as a frame of its own. In code that is
/// written out, the macro [`framed!`](macro@crate::framed) does the same for less: its facts are a literal.
///
/// ```
/// let names = stacklens::framed("worker", || {
///     stacklens::stack().iter().map(|frame| frame.name().to_string()).collect::<Vec<_>>()
/// });
/// assert_eq!(names, ["worker"]);
/// ```
///
/// # Cost
/// That of a frame, and a look-up by place and name. The first call at a place allocates its facts, once for the program;
/// no lock is taken.
///
/// With the feature `off`, `body` is called and nothing else.
#[track_caller]
#[inline]
pub fn framed<R>(name: &'static str, body: impl FnOnce() -> R) -> R {
    if cfg!(feature = "off") {
        return body();
    }
    let _frame = enter(facts(name, Location::caller()));
    body()
}

const CHAINS: usize = 64;

/// The facts of each place so far: chains that only ever grow.
static TABLE: [OnceBox<Entry>; CHAINS] = [const { OnceBox::new() }; CHAINS];

struct Entry {
    key: (usize, usize),
    facts: &'static str,
    next: OnceBox<Entry>,
}

/// The facts of a frame of this name at this place, as the macros write them.
pub(crate) fn facts(name: &'static str, place: &'static Location<'static>) -> &'static str {
    let key = (name.as_ptr() as usize, std::ptr::from_ref(place) as usize);
    let mut link = &TABLE[(key.0 ^ key.1 >> 3) % CHAINS];
    let mut new = None;
    loop {
        match link.get() {
            // Names at one address may differ in length.
            Some(entry) if entry.key == key && entry.facts.split('\n').next() == Some(name) => {
                return entry.facts;
            }
            Some(entry) => link = &entry.next,
            None => {
                let entry = new.take().unwrap_or_else(|| {
                    let facts = literal(name, place);
                    Box::new(Entry {
                        key,
                        facts,
                        next: OnceBox::new(),
                    })
                });
                // Refused if another thread was faster: then look at what it put there.
                new = link.set(entry).err();
            }
        }
    }
}

/// What the macro writes into a program as a literal (the format is in code.rs).
#[cold]
fn literal(name: &'static str, place: &'static Location<'static>) -> &'static str {
    const BLOCK: u64 = 16;
    let mut text = String::new();
    let (line, column) = (u64::from(place.line()), u64::from(place.column()));
    let _ = write!(text, "{name}\n\n{}\n", place.file());
    for n in [BLOCK, 0, line, column, line] {
        number(&mut text, n);
    }
    text.push('\n');
    for n in [0, column] {
        number(&mut text, n);
    }
    text.push_str("\n\n\0");
    text.leak()
}

/// Base 32, least significant digit first.
fn number(out: &mut String, mut n: u64) {
    loop {
        let digit = (n & 31) as u8;
        n >>= 5;
        out.push((if n == 0 { b'#' + digit } else { b']' + digit }) as char);
        if n == 0 {
            return;
        }
    }
}

#[cfg(all(test, not(feature = "off")))]
mod tests {
    use super::framed;

    #[test]
    fn the_frame_has_the_name_and_the_place_of_the_call() {
        let (frame, line) = (framed("root", || crate::stack()[0].clone()), line!());
        assert_eq!(
            (frame.name(), frame.file(), frame.line()),
            ("root", file!(), line)
        );
    }

    #[test]
    fn one_place_with_two_names_has_two_frames() {
        let names = ["first", "second"].map(|name| framed(name, || crate::stack()[0].name()));
        assert_eq!(names, ["first", "second"]);
    }
}
